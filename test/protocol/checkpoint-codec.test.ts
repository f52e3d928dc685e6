import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidArgument } from '../../src/core/index.ts';
import {
  decodeAgentInfo,
  decodeExecutorInfo,
  decodeFrameworkInfo,
  decodeTask,
  decodeTaskInfo,
  decodeTaskStatus,
  encodeAgentInfo,
  encodeExecutorInfo,
  encodeFrameworkInfo,
  encodeTask,
  encodeTaskInfo,
  encodeTaskStatus,
} from '../../src/protocol/index.ts';
import * as arbitraries from '../support/message-arbitraries.ts';
import { plain } from '../support/plain.ts';

/** Writes to text and reads back. */
function roundTrip<T>(
  encode: (value: T) => unknown,
  decode: (json: unknown, path: string) => T,
  values: fc.Arbitrary<T>,
) {
  return () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(encode(value));
        expect(plain(decode(JSON.parse(text), 'file'))).toStrictEqual(plain(value));
      }),
      { numRuns: 100 },
    );
  };
}

describe('the records of a checkpoint come back as they were written', () => {
  test('AgentInfo', roundTrip(encodeAgentInfo, decodeAgentInfo, arbitraries.agentInfo));
  test('FrameworkInfo', roundTrip(encodeFrameworkInfo, decodeFrameworkInfo, arbitraries.frameworkInfo));
  test('ExecutorInfo', roundTrip(encodeExecutorInfo, decodeExecutorInfo, arbitraries.executorInfo));
  test('TaskInfo', roundTrip(encodeTaskInfo, decodeTaskInfo, arbitraries.taskInfo));
  test('TaskStatus', roundTrip(encodeTaskStatus, decodeTaskStatus, arbitraries.taskStatus));
  test('Task', roundTrip(encodeTask, decodeTask, arbitraries.task));
});

/** The fields that may be absent, by record; all others must be there. */
const records = [
  {
    name: 'AgentInfo',
    texts: arbitraries.agentInfo.map(encodeAgentInfo),
    decode: decodeAgentInfo,
    optional: ['id'],
  },
  {
    name: 'FrameworkInfo',
    texts: arbitraries.frameworkInfo.map(encodeFrameworkInfo),
    decode: decodeFrameworkInfo,
    optional:
      'id failoverTimeoutMs checkpoint role roles capabilities principal hostname webuiUrl labels minAllocatable'.split(
        ' ',
      ),
  },
  {
    name: 'ExecutorInfo',
    texts: arbitraries.executorInfo.map(encodeExecutorInfo),
    decode: decodeExecutorInfo,
    optional: ['frameworkId', 'name', 'resources', 'labels', 'data'],
  },
  {
    name: 'TaskInfo',
    texts: arbitraries.taskInfo.map(encodeTaskInfo),
    decode: decodeTaskInfo,
    optional: ['command', 'executor', 'killPolicy', 'maxCompletionTimeMs', 'labels', 'data', 'unsupported'],
  },
  {
    name: 'TaskStatus',
    texts: arbitraries.taskStatus.map(encodeTaskStatus),
    decode: decodeTaskStatus,
    optional: 'message reason data agentId executorId uuid labels containerStatus unreachableTimeMs'.split(' '),
  },
  {
    name: 'Task',
    texts: arbitraries.task.map(encodeTask),
    decode: decodeTask,
    optional: ['executorId', 'statusUpdateState', 'statusUpdateUuid', 'labels', 'killPolicy'],
  },
];

describe('a record that is damaged', () => {
  test.for(records)('is refused for the field that it lacks, or lacks what may be absent: $name', (record) => {
    for (const json of fc.sample(record.texts, 50)) {
      if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('Expected an object');
      for (const name of Object.keys(json)) {
        const damaged = Object.fromEntries(Object.entries(json).filter(([other]) => other !== name));
        const read = () => record.decode(damaged, 'tasks/t1/info');
        if (record.optional.includes(name)) expect(read()).not.toHaveProperty(name);
        else expect(read).toThrow(`tasks/t1/info.${name}: expected a value, got none`);
      }
    }
  });

  test.for(records)('is refused by the name it was read under: $name', ({ decode }) => {
    expect(() => decode(7, 'tasks/t1/info')).toThrow(InvalidArgument);
    expect(() => decode(7, 'tasks/t1/info')).toThrow('tasks/t1/info: expected an object, got 7');
  });
});
