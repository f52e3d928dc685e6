import { describe, expect, test } from 'vitest';
import { AgentId } from '../../src/core/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { type CommandTaskSpec, commandTask, inProcessTask } from '../../src/scheduler/index.ts';
import { offer } from '../support/fake-master.ts';

const O1 = offer('O1');

describe('commandTask()', () => {
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
    [{ id: '' }, 'Invalid task id'],
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
});
