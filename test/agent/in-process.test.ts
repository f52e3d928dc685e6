import { describe, expect, test } from 'vitest';
import type { Executor } from '../../src/agent/index.ts';
import { TaskId } from '../../src/core/index.ts';
import type { TaskStatus } from '../../src/tasks/index.ts';
import {
  codeTask,
  createWorld,
  E1,
  F1,
  framework,
  heldExecutor,
  startRegistered,
  turn,
  type World,
} from './agent-world.ts';

/** Code settles in microtasks, the rest on the clock: both until nothing more is told. */
async function told(world: World): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let count = 0; count < 4; count++) {
    await turn();
    lines.push(...world.drain());
  }
  return lines;
}

async function firstUpdate(world: World): Promise<TaskStatus | undefined> {
  await turn();
  world.settle();
  return world.updates()[0];
}

function launch(world: World, id: string, options: Parameters<typeof codeTask>[1] = {}): void {
  world.master.send({ type: 'runTask', frameworkInfo: framework(), task: codeTask(id, options) });
  world.settle();
}

function kill(world: World, id: string, gracePeriodMs?: number): void {
  const killPolicy = gracePeriodMs === undefined ? {} : { killPolicy: { gracePeriodMs } };
  world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId(id), ...killPolicy });
  world.settle();
}

describe('an in-process task', () => {
  test('runs when launched, and finishes when its promise resolves', async () => {
    const world = createWorld();
    const code = heldExecutor();
    const agent = startRegistered(world, { executors: { code } });
    launch(world, 't1');
    expect(await told(world)).toEqual(['t1 TASK_STARTING', 't1 TASK_RUNNING']);
    expect(code.launched).toEqual(['t1']);
    code.resolve('t1');
    expect(await told(world)).toEqual(['t1 TASK_FINISHED']);
    expect(agent.state().tasks).toEqual([]);
    expect(world.master.heard.at(-1)).toMatchObject({ type: 'executorExited', executorId: E1, status: 0 });
  });

  test('fails with the message of what it was rejected with, or threw', async () => {
    const world = createWorld();
    const code = heldExecutor();
    const throwing: Executor = {
      launch() {
        throw new Error('no such input');
      },
    };
    startRegistered(world, { executors: { code, throwing } });
    launch(world, 't1');
    await told(world);
    code.reject('t1', new Error('disk on fire'));
    expect(await firstUpdate(world)).toMatchObject({ state: 'TASK_FAILED', message: 'disk on fire' });
    launch(world, 't2', { executor: { type: 'IN_PROCESS', executorId: E1, name: 'throwing' } });
    await turn();
    world.settle();
    expect(await told(world)).toContain('t2 TASK_FAILED');
  });

  test('of a name that nobody has registered has failed; the message lists those that are', async () => {
    const world = createWorld();
    startRegistered(world, { executors: { b: heldExecutor(), a: heldExecutor() } });
    launch(world, 't1');
    expect(await firstUpdate(world)).toMatchObject({
      state: 'TASK_FAILED',
      reason: 'REASON_CONTAINER_LAUNCH_FAILED',
      message:
        'Failed to launch container: Expected the name of an in-process executor of this agent (a, b), got "code"',
    });
  });

  test('is killed by its signal, and TASK_KILLED however it settles', async () => {
    const world = createWorld();
    const code = heldExecutor();
    startRegistered(world, { executors: { code } });
    for (const id of ['t1', 't2']) launch(world, id);
    await told(world);
    for (const id of ['t1', 't2']) kill(world, id);
    expect(code.signals.get('t1')?.reason).toMatchObject({ message: 'Killed by the framework' });
    code.resolve('t1');
    code.reject('t2', new Error('aborted'));
    expect([...(await told(world))].sort()).toEqual(['t1 TASK_KILLED', 't2 TASK_KILLED']);
  });

  test('that ignores its signal is TASK_KILLED after its grace period, and what it does then is ignored', async () => {
    const world = createWorld();
    const code = heldExecutor();
    const agent = startRegistered(world, { executors: { code } });
    launch(world, 't1');
    await told(world);
    kill(world, 't1', 5_000);
    world.clock.advance(1_000);
    kill(world, 't1', 2_000);
    kill(world, 't1', 60_000);
    world.clock.advance(1_999);
    expect(await told(world)).toEqual([]);
    world.clock.advance(1);
    expect(await told(world)).toEqual(['t1 TASK_KILLED']);
    expect(agent.state().tasks).toEqual([]);

    launch(world, 't1');
    expect(await told(world)).toEqual(['t1 TASK_STARTING', 't1 TASK_RUNNING']);
    expect(code.launched).toEqual(['t1', 't1']);
  });

  test('that is killed before its code was called is never called', async () => {
    const world = createWorld();
    const calls: string[] = [];
    const code: Executor = {
      launch: ({ taskId }) => void calls.push(`launch ${taskId}`),
      kill: (taskId) => void calls.push(`kill ${taskId}`),
    };
    startRegistered(world, { executors: { code } });
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: codeTask('t1') });
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t1') });
    world.settle();
    expect(await firstUpdate(world)).toMatchObject({
      state: 'TASK_KILLED',
      reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
    });
    expect(await told(world)).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('whose executor ends while the agent waits to be registered is told of after that', async () => {
    const world = createWorld();
    const code = heldExecutor();
    startRegistered(world, { executors: { code } });
    launch(world, 't1');
    await told(world);
    world.master.answers = false;
    world.master.send({ type: 'ping', connected: false });
    world.settle();
    expect(world.master.take().at(-1)).toMatchObject({ type: 'reregisterAgent', executors: [{ frameworkId: F1 }] });
    code.resolve('t1');
    await turn();
    world.settle();
    expect(world.master.take()).toMatchObject([{ type: 'executorExited', executorId: E1, status: 0 }]);
  });

  test('that is refused leaves the master no executor to count on', () => {
    const world = createWorld();
    const code = heldExecutor();
    startRegistered(world, { executors: { code } });
    const run = (id: string, name: string, launchExecutor: boolean): readonly string[] => {
      const task = codeTask(id, { executor: { type: 'IN_PROCESS', executorId: E1, name } });
      world.master.send({ type: 'runTask', frameworkInfo: framework(), task, launchExecutor });
      world.settle();
      return world.master.take().map(({ type }) => type);
    };
    expect(run('t1', 'nobody', true)).toEqual(['statusUpdate', 'executorExited']);
    expect(world.master.heard.at(-1)).toMatchObject({ frameworkId: F1, executorId: E1, status: -1 });
    expect(run('t2', 'code', false)).toEqual(['statusUpdate']);
    // One that is there is told of when it ends.
    expect(run('t3', 'code', true)).toEqual(['statusUpdate']);
    expect(run('t4', 'code', true)).toEqual(['statusUpdate']);
  });

  test('that settles late does not end a later task of the same id', async () => {
    const world = createWorld();
    let finishFirst: () => void = () => undefined;
    let launches = 0;
    const code: Executor = {
      launch() {
        launches += 1;
        return new Promise((resolve) => {
          if (launches === 1) finishFirst = resolve;
        });
      },
    };
    const agent = startRegistered(world, { executors: { code } });
    launch(world, 't1');
    await told(world);
    kill(world, 't1', 0);
    world.clock.advance(1);
    await told(world);
    launch(world, 't1');
    await told(world);
    finishFirst();
    expect(await told(world)).toEqual([]);
    expect(agent.state().tasks).toMatchObject([{ taskId: 't1', state: 'TASK_RUNNING' }]);
  });

  test('reports news and talks with its scheduler while it runs', async () => {
    const world = createWorld();
    const held = heldExecutor();
    const bytes = new TextEncoder().encode('half');
    const code: Executor = {
      message: (data) => held.message?.(data),
      launch(_task, context) {
        context.report({ message: '50 %', data: bytes });
        context.sendMessage(bytes);
        return new Promise(() => undefined);
      },
    };
    const agent = startRegistered(world, { executors: { code } });
    launch(world, 't1');
    await turn();
    world.settle();
    const heard = world.master.take();
    expect(heard).toContainEqual({ type: 'executorMessage', frameworkId: F1, executorId: E1, data: bytes });
    expect(agent.state().tasks).toMatchObject([{ state: 'TASK_RUNNING', unacknowledged: 3 }]);
    const statuses = agent.state().tasks[0]?.statuses ?? [];
    expect(statuses.map(({ state, message }) => [state, message])).toEqual([
      ['TASK_STARTING', undefined],
      ['TASK_RUNNING', '50 %'],
    ]);
    expect(statuses.at(-1)?.data).toBeUndefined();
    world.master.send({ type: 'frameworkMessage', frameworkId: F1, executorId: E1, data: bytes });
    world.settle();
    expect(held.messages).toEqual(['half']);
  });

  test('may throw wherever it is called without harm to the agent', async () => {
    const world = createWorld();
    const lines: string[] = [];
    const code: Executor = {
      launch: (_task, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve());
        }),
      kill() {
        throw new Error('in kill');
      },
      message() {
        throw new Error('in message');
      },
    };
    const log = { log: (_level: string, message: string) => void lines.push(message) };
    startRegistered(world, { executors: { code }, log });
    launch(world, 't1');
    await told(world);
    world.master.send({ type: 'frameworkMessage', frameworkId: F1, executorId: E1, data: new Uint8Array() });
    kill(world, 't1');
    expect(await told(world)).toEqual(['t1 TASK_KILLED']);
    expect(lines.filter((line) => line.includes('failed'))).toEqual([
      'message of the in-process executor code failed',
      'kill of the in-process executor code failed',
    ]);
  });

  test('is told to end when the agent is closed, which waits for it, though not for ever', async () => {
    const world = createWorld();
    const code = heldExecutor();
    const agent = startRegistered(world, { executors: { code } });
    launch(world, 't1');
    await told(world);
    let closed = false;
    const closing = agent.close().then(() => {
      closed = true;
    });
    await turn();
    expect(code.signals.get('t1')?.aborted).toBe(true);
    expect(closed).toBe(false);
    world.clock.advance(3_000);
    await closing;
  });

  test('is gone with its agent: TASK_GONE, once, from the next one', async () => {
    const world = createWorld();
    const code = heldExecutor();
    const agent = startRegistered(world, { executors: { code } });
    launch(world, 't1');
    await told(world);
    void agent.close();
    startRegistered(world, { executors: { code } });
    world.clock.advance(3_000);
    expect(world.master.heard.at(-1)).toMatchObject({
      type: 'statusUpdate',
      status: { state: 'TASK_GONE', reason: 'REASON_EXECUTOR_TERMINATED', message: 'The agent restarted' },
    });
    world.clock.advance(10_000);
    expect(await told(world)).toEqual(['t1 TASK_GONE']);
    world.clock.advance(60_000);
    expect(await told(world)).toEqual([]);
  });
});
