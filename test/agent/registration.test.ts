import { describe, expect, test } from 'vitest';
import { ClosedError, FrameworkId, TaskId } from '../../src/core/index.ts';
import { Resources } from '../../src/resources/index.ts';
import {
  commandTask,
  createWorld,
  E1,
  F1,
  framework,
  groupExecutor,
  RESOURCES,
  startRegistered,
} from './agent-world.ts';

const types = (messages: readonly { readonly type: string }[]): readonly string[] => messages.map(({ type }) => type);

describe('registration', () => {
  test('advertises what the agent has, and takes the id that it is given', async () => {
    const world = createWorld();
    const agent = world.start({ attributes: [{ name: 'rack', value: { type: 'TEXT', text: 'r1' } }] });
    const registered = agent.registered();
    world.settle();
    expect(world.master.take()).toMatchObject([
      {
        type: 'registerAgent',
        protocolVersion: 1,
        agentInfo: { hostname: 'h1', attributes: [{ name: 'rack', value: { type: 'TEXT', text: 'r1' } }] },
      },
    ]);
    expect(await registered).toBe('S0');
    expect(agent.state()).toMatchObject({ agentId: 'S0', registered: true });
  });

  test('waits a random while, and tries again ever more rarely until it is answered', () => {
    const world = createWorld();
    world.master.answers = false;
    world.start({ registrationBackoffMs: 1_000 });
    world.clock.advance(1_000);
    expect(types(world.master.take())).toEqual(['registerAgent']);
    world.clock.advance(2_000 + 4_000 + 8_000);
    expect(world.master.take().length).toBeGreaterThanOrEqual(3);
    world.clock.advance(600_000);
    const before = world.master.heard.length;
    world.clock.advance(600_000);
    expect(world.master.heard.length - before).toBeGreaterThanOrEqual(10);
    expect(world.master.heard.length - before).toBeLessThan(60);
  });

  test('opens a new channel when the old one breaks, and when a minute brings no answer', () => {
    const world = createWorld();
    world.master.answers = false;
    world.start();
    world.settle();
    expect(world.master.connections).toBe(1);
    world.master.disconnect();
    world.clock.advance(5_000);
    expect(world.master.connections).toBe(2);
    world.clock.advance(900_000);
    expect(world.master.connections).toBeGreaterThan(3);
  });

  test('says again what runs on a new channel only: a late answer to the first time, and what follows it, is lost', () => {
    const world = createWorld();
    startRegistered(world);
    world.master.disconnect();
    world.master.answers = false;
    world.clock.advance(60_000);
    const asked = types(world.master.take()).filter((type) => type === 'reregisterAgent').length;
    expect(asked).toBeGreaterThan(3);
    expect(world.master.connections).toBe(1 + asked);
  });

  test('ignores an answer to an attempt that has been answered', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.send({ type: 'agentRegistered', agentId: world.master.agentId, pingTimeoutMs: 1 });
    world.clock.advance(1_000);
    expect(agent.state().registered).toBe(true);
    expect(world.master.connections).toBe(1);
  });

  test('rejects those who wait for it when the agent is closed', async () => {
    const world = createWorld();
    world.master.answers = false;
    const agent = world.start();
    const registered = agent.registered();
    await agent.close();
    await expect(registered).rejects.toThrow(ClosedError);
    await expect(agent.registered()).rejects.toThrow(ClosedError);
    expect(world.clock.pending).toBe(0);
  });
});

describe('re-registration', () => {
  test('reports frameworks, executors and tasks, over ones that wait for an acknowledgement as well', () => {
    const world = createWorld();
    startRegistered(world);
    const tasks = [commandTask('g1'), commandTask('g2')];
    world.master.send({ type: 'runTaskGroup', frameworkInfo: framework(), executor: groupExecutor(), tasks });
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1') });
    world.drain();
    world.machine.exitTask('t1');
    world.settle();
    world.master.disconnect();
    world.settle();
    const message = world.master.take().find(({ type }) => type === 'reregisterAgent');
    expect(message).toMatchObject({
      agentInfo: { id: 'S0', hostname: 'h1' },
      frameworks: [{ id: 'F1' }],
      executors: [{ frameworkId: 'F1', executor: { executorId: E1, frameworkId: 'F1' } }],
      tasks: [
        { taskId: 'g1', state: 'TASK_RUNNING', executorId: E1 },
        { taskId: 'g2', state: 'TASK_RUNNING' },
        { taskId: 't1', state: 'TASK_FINISHED', statusUpdateState: 'TASK_FINISHED' },
      ],
    });
    if (message?.type !== 'reregisterAgent') throw new Error('Expected a re-registration');
    expect(message.agentInfo.resources.equals(RESOURCES)).toBe(true);
    expect(message.tasks[2]?.executorId).toBeUndefined();
  });

  test('answers TASK_DROPPED for tasks that only the master knows', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.answers = false;
    world.master.disconnect();
    world.clock.advance(1_000);
    const unknown = {
      taskId: TaskId('u1'),
      name: 'u1',
      frameworkId: F1,
      agentId: world.master.agentId,
      resources: Resources.parse('cpus:1'),
      state: 'TASK_RUNNING',
      statuses: [],
    } as const;
    world.master.send({
      type: 'agentReregistered',
      agentId: world.master.agentId,
      pingTimeoutMs: 75_000,
      unknownTasks: [{ frameworkInfo: framework(), task: unknown }],
    });
    world.settle();
    expect(world.updates()).toMatchObject([
      {
        taskId: 'u1',
        state: 'TASK_DROPPED',
        reason: 'REASON_RECONCILIATION',
        message: 'Reconciliation: task unknown to the agent',
      },
    ]);
    expect(agent.state().tasks).toMatchObject([{ taskId: 'u1', state: 'TASK_DROPPED', unacknowledged: 1 }]);
  });

  test('follows a ping that says so, and silence', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.send({ type: 'ping', connected: true });
    world.settle();
    expect(types(world.master.take())).toEqual(['pong']);
    world.master.send({ type: 'ping', connected: false });
    world.settle();
    expect(types(world.master.take())).toEqual(['pong', 'reregisterAgent']);
    expect(world.master.connections).toBe(1);
    world.clock.advance(74_999);
    expect(world.master.connections).toBe(1);
    world.clock.advance(10_000);
    expect(world.master.connections).toBe(2);
    expect(types(world.master.take())).toEqual(['reregisterAgent']);
    expect(agent.state().registered).toBe(true);
  });

  test('pings put off the suspicion that the master is gone', () => {
    const world = createWorld();
    startRegistered(world);
    for (let count = 0; count < 10; count++) {
      world.clock.advance(60_000);
      world.master.send({ type: 'ping', connected: true });
      world.settle();
    }
    expect(world.master.connections).toBe(1);
  });
});

describe('shutdown()', () => {
  test('kills all tasks, says so, takes leave, and resolves', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1') });
    world.drain();
    const done = agent.shutdown();
    world.settle();
    expect(world.machine.kills('t1')).toEqual([3_000]);
    expect(world.master.take()).toEqual([]);
    world.machine.exitTask('t1', { type: 'exited', exitCode: 143, signal: 'SIGTERM' });
    world.settle();
    await done;
    world.settle();
    expect(world.master.take()).toMatchObject([
      {
        type: 'statusUpdate',
        status: {
          state: 'TASK_KILLED',
          message: 'Command terminated with signal SIGTERM; Killed because the agent shuts down',
        },
      },
      { type: 'unregisterAgent' },
    ]);
    expect(world.clock.pending).toBe(0);
    await agent.shutdown();
    await agent.close();
  });

  test('takes leave as well if the master has yet to answer: it may have registered the agent', async () => {
    const world = createWorld();
    world.master.answers = false;
    const agent = world.start();
    world.settle();
    expect(types(world.master.take())).toEqual(['registerAgent']);
    const stopped = agent.shutdown();
    world.settle();
    await stopped;
    world.settle();
    expect(types(world.master.take())).toEqual(['unregisterAgent']);
  });

  test('without a master: seeks it once more when all has ended, and tells how', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1') });
    world.drain();
    world.master.answers = false;
    const done = agent.shutdown();
    world.settle();
    world.master.disconnect();
    world.settle();
    world.master.take();
    // While its tasks are being killed it takes no new ones, and so seeks no master.
    world.clock.advance(60_000);
    expect(world.master.take()).toEqual([]);
    world.master.answers = true;
    world.machine.exitTask('t1', { type: 'exited', exitCode: 143, signal: 'SIGTERM' });
    world.settle();
    await done;
    world.settle();
    expect(world.master.take()).toMatchObject([
      { type: 'reregisterAgent', tasks: [{ taskId: 't1', state: 'TASK_KILLED' }] },
      { type: 'statusUpdate', status: { taskId: 't1', state: 'TASK_KILLED' } },
      { type: 'unregisterAgent' },
    ]);
    expect(world.clock.pending).toBe(0);
  });

  test('without a master that answers: waits no longer than ten seconds', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1') });
    world.drain();
    world.master.answers = false;
    world.master.disconnect();
    world.settle();
    const done = agent.shutdown();
    world.settle();
    world.machine.exitTask('t1');
    world.clock.advance(9_999);
    expect(types(world.master.take())).not.toContain('unregisterAgent');
    world.clock.advance(1);
    await done;
    world.settle();
    expect(types(world.master.take())).toContain('unregisterAgent');
    expect(world.clock.pending).toBe(0);
  });

  test('asked for by the master: it has told all that there is to tell, and is not sought', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1') });
    world.drain();
    world.master.send({ type: 'shutdownAgent', message: 'Agent has been marked gone' });
    world.settle();
    world.master.disconnect();
    world.settle();
    world.master.take();
    world.machine.exitTask('t1');
    world.settle();
    await agent.close();
    expect(world.master.take()).toEqual([]);
    expect(world.clock.pending).toBe(0);
  });

  test('is what the master can ask for; the next agent here is a new one', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.send({ type: 'shutdownAgent', message: 'Agent has been marked gone' });
    world.settle();
    await agent.close();
    startRegistered(world);
    world.master.disconnect();
    expect(types(world.master.heard)).toEqual(['registerAgent', 'unregisterAgent', 'registerAgent']);
  });
});

describe('shutdownExecutor', () => {
  test('kills the tasks of that executor, and lets no more be launched there', () => {
    const world = createWorld();
    startRegistered(world);
    const group = (...tasks: ReturnType<typeof commandTask>[]): void => {
      world.master.send({ type: 'runTaskGroup', frameworkInfo: framework(), executor: groupExecutor(), tasks });
      world.settle();
    };
    group(commandTask('g1'));
    world.drain();
    world.master.send({ type: 'shutdownExecutor', frameworkId: F1, executorId: E1 });
    world.master.send({ type: 'shutdownExecutor', frameworkId: FrameworkId('F9'), executorId: E1 });
    world.settle();
    expect(world.machine.kills('g1')).toEqual([3_000]);
    group(commandTask('g2'));
    expect(world.updates()).toMatchObject([
      { taskId: 'g2', state: 'TASK_DROPPED', reason: 'REASON_EXECUTOR_TERMINATED' },
    ]);
    world.machine.exitTask('g1');
    world.settle();
    expect(types(world.master.take())).toEqual(['statusUpdate', 'executorExited']);
  });
});
