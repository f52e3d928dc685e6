import { describe, expect, test } from 'vitest';
import { AgentId, InvalidArgument } from '../../src/core/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { type CommandTaskSpec, commandTask, inProcessTask } from '../../src/scheduler/index.ts';
import { offer } from '../support/fake-master.ts';

const O1 = offer('O1');

/** As of a program without types. */
function refusalOf(make: () => unknown): unknown {
  try {
    make();
  } catch (error) {
    return error instanceof InvalidArgument ? error.field : error;
  }
  return undefined;
}

describe('commandTask()', () => {
  test('takes amounts by name for resources', () => {
    const spec = { id: 't1', command: 'true', offer: O1 };
    expect(commandTask({ ...spec, resources: { cpus: 1, mem: 10 } })).toEqual(
      commandTask({ ...spec, resources: 'cpus:1;mem:10' }),
    );
  });

  test.for<readonly [object, string]>([
    [{ resources: { cpus: -1 } }, 'resources.cpus'],
    [{ resources: { cpus: '1' } }, 'resources.cpus'],
    [{ resources: { cpus: 1, memMb: 10 } }, 'resources.memMb'],
    [{ resources: {} }, 'resources'],
    [{ resources: [{ name: 'cpus' }] }, 'resources'],
    [{ resources: null }, 'resources'],
    [{ resources: undefined }, 'resources'],
    [{ environment: { Q: 5 } }, 'environment.Q'],
    [{ environment: { Q: undefined } }, 'environment.Q'],
    [{ environment: ['Q=5'] }, 'environment'],
    [{ command: 5 }, 'command'],
    [{ command: undefined }, 'command'],
    [{ command: null }, 'command'],
    [{ command: {} }, 'command.value'],
    [{ command: { value: 'a', args: [] } }, 'command.args'],
    [{ command: { value: 'a', arguments: 'b' } }, 'command.arguments'],
    [{ command: { value: 'a', arguments: ['b', 5] } }, 'command.arguments[1]'],
    [{ command: { value: 'a', shell: 'no' } }, 'command.shell'],
    [{ command: { value: 'a', environment: { Q: 5 } } }, 'command.environment.Q'],
    [{ id: 5 }, 'id'],
    [{ id: 'a/b' }, 'id'],
    [{ name: 5 }, 'name'],
    [{ offer: null }, 'offer'],
    [{ offer: {} }, 'offer'],
    [{ offer: undefined, agentId: 5 }, 'agentId'],
    [{ labels: 'a' }, 'labels'],
    [{ labels: [{ key: 'a', value: 5 }] }, 'labels[0].value'],
    [{ labels: [{ name: 'a' }] }, 'labels[0].name'],
    [{ data: 'text' }, 'data'],
    [{ killPolicy: { gracePeriod: 5 } }, 'killPolicy.gracePeriod'],
    [{ killPolicy: 5 }, 'killPolicy'],
    [{ maxCompletionTimeMs: '5' }, 'maxCompletionTimeMs'],
    [{ cmd: 'true' }, 'cmd'],
  ])('refuses %o of a program without types, naming %s', ([spec, field]) => {
    const whole = { id: 't1', command: 'true', offer: O1, resources: 'cpus:1', ...spec };
    expect(refusalOf(() => commandTask(whole))).toBe(field);
  });

  test.for([undefined, null, 'true'])('refuses %o for all of it', (spec) => {
    expect(refusalOf(() => commandTask(spec as never))).toBe('spec');
  });

  test('says which name is meant', () => {
    const spec = { id: 't1', command: 'true', offer: O1, resources: 'cpus:1' };
    const misspelt = { ...spec, enviroment: {} };
    expect(() => commandTask(misspelt)).toThrow(/^enviroment: expected one of id, .*\(is environment meant\?\)$/);
    const misnamed = { ...spec, resources: { memMb: 1 } };
    expect(() => commandTask(misnamed)).toThrow(
      'resources.memMb: expected the name of a resource, got memMb (is mem meant?)',
    );
  });

  test('makes a task of a command line, on the agent of the offer', () => {
    expect(commandTask({ id: 't1', command: 'echo hello', offer: O1, resources: 'cpus:0.1;mem:32' })).toEqual({
      taskId: 't1',
      name: 't1',
      agentId: 'A1',
      resources: Resources.parse('cpus:0.1;mem:32'),
      command: { value: 'echo hello' },
    });
  });

  test('passes on everything that is said', () => {
    const data = new Uint8Array([1]);
    const resources = Resources.parse('cpus:1');
    const task = commandTask({
      id: 't1',
      name: 'web',
      agentId: AgentId('A2'),
      resources,
      command: { value: '/bin/env', shell: false, environment: { A: '1', B: '2' } },
      environment: { B: '3' },
      labels: [{ key: 'k' }],
      data,
      killPolicy: { gracePeriodMs: 1 },
      maxCompletionTimeMs: 2,
    });
    expect(task).toEqual({
      taskId: 't1',
      name: 'web',
      agentId: 'A2',
      resources,
      command: { value: '/bin/env', shell: false, environment: { A: '1', B: '3' } },
      labels: [{ key: 'k' }],
      data,
      killPolicy: { gracePeriodMs: 1 },
      maxCompletionTimeMs: 2,
    });
  });

  test.for<readonly [Partial<CommandTaskSpec>, string]>([
    [{ id: '' }, 'id: expected an identifier, got ""'],
    [{ command: '' }, 'command: expected a command that is not empty'],
    [{ resources: '' }, 'resources: expected at least one resource, got none'],
    [{ resources: 'cpus' }, 'resources: '],
    [{ agentId: AgentId('A2') }, 'agentId: expected A1, the agent of the offer, got A2'],
    [
      { killPolicy: { gracePeriodMs: Number.NaN } },
      'killPolicy.gracePeriodMs: expected milliseconds, 0 or more, got NaN',
    ],
    [{ maxCompletionTimeMs: -1 }, 'maxCompletionTimeMs: expected milliseconds, 0 or more, got -1'],
  ])('refuses %o', ([spec, message]) => {
    const make = () => commandTask({ id: 't1', command: 'true', offer: O1, resources: 'cpus:1', ...spec });
    expect(make).toThrow(message);
  });

  test('refuses a task that is nowhere', () => {
    const make = () => commandTask({ id: 't1', command: 'true', resources: 'cpus:1' });
    expect(make).toThrow('offer: expected an offer or an agentId, got neither');
  });
});

describe('inProcessTask()', () => {
  test('makes a task of an executor that is registered on the agent', () => {
    expect(inProcessTask({ id: 't1', executor: 'resize', offer: O1, resources: 'cpus:1' })).toEqual({
      taskId: 't1',
      name: 't1',
      agentId: 'A1',
      resources: Resources.parse('cpus:1'),
      executor: { type: 'IN_PROCESS', executorId: 'resize', name: 'resize' },
    });
  });

  test('may name the executor, and what it holds', () => {
    const task = inProcessTask({
      id: 't1',
      executor: 'resize',
      executorId: 'resize-1',
      executorResources: 'mem:64',
      offer: O1,
      resources: 'cpus:1',
    });
    expect(task.executor).toEqual({
      type: 'IN_PROCESS',
      executorId: 'resize-1',
      name: 'resize',
      resources: Resources.parse('mem:64'),
    });
  });

  test('the executor may hold amounts by name', () => {
    const spec = { id: 't1', executor: 'resize', offer: O1, resources: { cpus: 1 }, executorResources: { mem: 64 } };
    expect(inProcessTask(spec).executor?.resources).toEqual(Resources.parse('mem:64'));
  });

  test.for<readonly [object, string]>([
    [{ executor: '' }, 'executor'],
    [{ executor: 'a/b' }, 'executor'],
    [{ executor: undefined }, 'executor'],
    [{ executor: 'resize', executorId: '' }, 'executorId'],
    [{ executorResources: { cpus: Number.NaN } }, 'executorResources.cpus'],
    [{ command: 'true' }, 'command'],
    [{ id: '' }, 'id'],
  ])('refuses %o, naming %s', ([spec, field]) => {
    const whole = { id: 't1', executor: 'resize', offer: O1, resources: 'cpus:1', ...spec };
    expect(refusalOf(() => inProcessTask(whole))).toBe(field);
  });
});
