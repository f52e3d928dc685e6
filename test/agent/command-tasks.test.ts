import { describe, expect, test } from 'vitest';
import type { ContainerExit } from '../../src/agent/index.ts';
import { TaskId } from '../../src/core/index.ts';
import type { StatusReason, TaskState } from '../../src/tasks/index.ts';
import { Resources } from '../../src/resources/index.ts';
import {
  acknowledge,
  capable,
  commandTask,
  createWorld,
  F1,
  framework,
  startRegistered,
  type World,
} from './agent-world.ts';

function running(world: World, ...ids: string[]): void {
  for (const id of ids) world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask(id) });
  world.drain();
}

describe('a command task', () => {
  test('starts, runs and finishes, and is forgotten after the last acknowledgement', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1') });
    expect(world.drain()).toEqual(['t1 TASK_STARTING', 't1 TASK_RUNNING']);
    expect(agent.state().tasks).toMatchObject([{ taskId: 't1', state: 'TASK_RUNNING', pid: 101, unacknowledged: 0 }]);

    world.machine.exitTask('t1');
    world.settle();
    const [last] = world.updates();
    expect(last).toMatchObject({
      state: 'TASK_FINISHED',
      source: 'SOURCE_EXECUTOR',
      message: 'Command exited with status 0',
      executorId: 't1',
      agentId: 'S0',
      containerStatus: {
        containerId: world.master.heard.length > 0 ? last?.containerStatus?.containerId : '',
        executorPid: 101,
      },
    });
    expect(agent.state().executors).toEqual([]);
    expect(agent.state().tasks).toHaveLength(1);
    if (last !== undefined) acknowledge(world, last);
    world.settle();
    expect(agent.state().tasks).toEqual([]);
    expect(agent.state().frameworks).toEqual([]);
    expect(world.machine.containers.size).toBe(0);
  });

  const exits: readonly (readonly [ContainerExit, TaskState, string, StatusReason?])[] = [
    [{ type: 'exited', exitCode: 3 }, 'TASK_FAILED', 'Command exited with status 3'],
    [
      { type: 'exited', exitCode: 127, hint: 'command not found' },
      'TASK_FAILED',
      'Command exited with status 127 (command not found)',
    ],
    [{ type: 'exited', exitCode: 137, signal: 'SIGKILL' }, 'TASK_FAILED', 'Command terminated with signal SIGKILL'],
    [{ type: 'lost', message: 'no supervisor' }, 'TASK_GONE', 'no supervisor', 'REASON_EXECUTOR_TERMINATED'],
  ];
  test.for(exits)('ends as its process does: %o', ([exit, state, message, reason]) => {
    const world = createWorld();
    startRegistered(world);
    running(world, 't1');
    world.machine.exitTask('t1', exit);
    world.settle();
    const [update] = world.updates();
    expect([update?.state, update?.message, update?.reason]).toEqual([state, message, reason]);
  });

  test('that has ended gives way to a new one of its id, though its end is not acknowledged; one that runs does not', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    running(world, 't1');
    const again = () =>
      world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1', { name: 'second' }) });
    again();
    world.settle();
    expect(agent.state().tasks).toMatchObject([{ name: 'task t1', state: 'TASK_RUNNING' }]);
    world.machine.exitTask('t1');
    world.settle();
    const [ended] = world.updates();
    expect(ended?.state).toBe('TASK_FINISHED');
    again();
    expect(world.drain()).toEqual(['t1 TASK_STARTING', 't1 TASK_RUNNING']);
    expect(agent.state().tasks).toMatchObject([{ name: 'second', state: 'TASK_RUNNING', unacknowledged: 0 }]);
    // What is on disk is the new one, with its framework.
    expect(world.machine.containers.size).toBe(1);
    void agent.close();
    const next = startRegistered(world);
    expect(next.state()).toMatchObject({
      frameworks: [{ frameworkId: F1 }],
      tasks: [{ name: 'second', state: 'TASK_RUNNING' }],
    });
    // And the acknowledgement of the first one's end, come late, is not taken for that of anything.
    if (ended !== undefined) acknowledge(world, ended);
    world.settle();
    expect(next.state().tasks).toHaveLength(1);
  });

  test('that is lost is TASK_LOST for a framework that is not partition aware', () => {
    const world = createWorld();
    startRegistered(world);
    world.master.send({ type: 'runTask', frameworkInfo: capable(), task: commandTask('t1') });
    world.drain();
    world.machine.exitTask('t1', { type: 'lost', message: 'gone' });
    expect(world.drain()).toEqual(['t1 TASK_LOST']);
  });

  test('whose container cannot be launched has failed, with the reason', () => {
    const world = createWorld();
    startRegistered(world);
    world.machine.failLaunches('No such program: nope');
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1') });
    world.settle();
    expect(world.updates()).toMatchObject([
      {
        state: 'TASK_FAILED',
        source: 'SOURCE_AGENT',
        reason: 'REASON_CONTAINER_LAUNCH_FAILED',
        message: 'Failed to launch container: No such program: nope',
      },
    ]);
  });

  test('whose sandbox cannot be made has failed, and nothing was launched', () => {
    const world = createWorld();
    startRegistered(world);
    world.sandboxes.refuse = 'ENOSPC: no space left on device';
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1') });
    world.settle();
    expect(world.updates()).toMatchObject([
      { state: 'TASK_FAILED', message: 'Failed to launch container: ENOSPC: no space left on device' },
    ]);
    expect(world.machine.containers.size).toBe(0);
  });

  test('runs in a sandbox of its own, and is told where it is', () => {
    const world = createWorld();
    startRegistered(world);
    const task = commandTask('t1', {
      command: { value: 'run', environment: { HOME: '/mine', MESOS_TASK_ID: 'overridden', EXTRA: 'x' } },
    });
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task });
    world.settle();
    const [container] = [...world.machine.containers.values()].map(({ config }) => config);
    const sandbox = `slaves/S0/frameworks/F1/executors/t1/runs/${container?.containerId}`;
    expect(world.sandboxes.folders).toContain(sandbox);
    expect(container?.sandbox).toBe(`/disk/${sandbox}`);
    expect(container?.environment).toEqual({
      HOME: '/mine',
      EXTRA: 'x',
      MESOS_SANDBOX: `/disk/${sandbox}`,
      MESOS_DIRECTORY: `/disk/${sandbox}`,
      MESOS_FRAMEWORK_ID: 'F1',
      MESOS_EXECUTOR_ID: 't1',
      MESOS_TASK_ID: 'overridden',
      MESOS_CONTAINER_ID: container?.containerId,
      MESOS_AGENT_ID: 'S0',
      MESOS_SLAVE_ID: 'S0',
      MESOS_CHECKPOINT: '1',
      MESOS_ALLOCATION_ROLE: 'dev',
    });
  });
});

describe('killTask', () => {
  test('ends the task with its own grace period, or the one of the call', () => {
    const world = createWorld();
    startRegistered(world);
    const task = commandTask('t1', { killPolicy: { gracePeriodMs: 500 } });
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task });
    running(world, 't2');
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t1') });
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t1'), killPolicy: { gracePeriodMs: 20 } });
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t2') });
    world.settle();
    expect(world.machine.kills('t1')).toEqual([500, 20]);
    expect(world.machine.kills('t2')).toEqual([3_000]);
    expect(world.updates()).toEqual([]);

    world.machine.exitTask('t1', { type: 'exited', exitCode: 143, signal: 'SIGTERM' });
    world.machine.exitTask('t2', { type: 'exited', exitCode: 0 });
    world.settle();
    expect(world.updates()).toMatchObject([
      { taskId: 't1', state: 'TASK_KILLED', message: 'Command terminated with signal SIGTERM' },
      { taskId: 't2', state: 'TASK_KILLED', message: 'Command exited with status 0' },
    ]);
  });

  test('says TASK_KILLING, once, to a framework that knows it', () => {
    const world = createWorld();
    startRegistered(world);
    world.master.send({ type: 'runTask', frameworkInfo: capable('TASK_KILLING_STATE'), task: commandTask('t1') });
    world.drain();
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t1') });
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t1') });
    expect(world.drain()).toEqual(['t1 TASK_KILLING']);
    world.machine.exitTask('t1');
    expect(world.drain()).toEqual(['t1 TASK_KILLED']);
  });

  test('before the process runs ends the task without it ever seeming to run', () => {
    const world = createWorld();
    startRegistered(world);
    world.machine.startsByItself = false;
    running(world, 't1');
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t1') });
    world.settle();
    world.machine.start('t1');
    world.settle();
    expect(world.updates()).toEqual([]);
    world.machine.exitTask('t1', { type: 'exited', exitCode: 143, signal: 'SIGTERM' });
    world.settle();
    expect(world.updates()).toMatchObject([
      { state: 'TASK_KILLED', reason: 'REASON_TASK_KILLED_DURING_LAUNCH', source: 'SOURCE_AGENT' },
    ]);
  });

  test('of a task that is not here answers TASK_DROPPED, for a framework that is known', () => {
    const world = createWorld();
    startRegistered(world);
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t9') });
    world.settle();
    expect(world.updates()).toEqual([]);
    running(world, 't1');
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t9') });
    world.settle();
    expect(world.updates()).toMatchObject([
      { taskId: 't9', state: 'TASK_DROPPED', reason: 'REASON_EXECUTOR_TERMINATED', message: 'Cannot find executor' },
    ]);
  });

  test('of a task that is over changes nothing', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    running(world, 't1');
    world.machine.exitTask('t1');
    world.settle();
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t1') });
    world.settle();
    expect(agent.state().tasks).toMatchObject([{ state: 'TASK_FINISHED' }]);
    expect(world.machine.kills('t1')).toEqual([]);
  });
});

describe('maxCompletionTimeMs', () => {
  test('is the time after which a task is killed, and has failed', () => {
    const world = createWorld();
    startRegistered(world);
    const task = commandTask('t1', { maxCompletionTimeMs: 5_000 });
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task });
    world.drain();
    world.clock.advance(4_999);
    expect(world.machine.kills('t1')).toEqual([]);
    world.clock.advance(1);
    world.settle();
    expect(world.machine.kills('t1')).toEqual([3_000]);
    world.machine.exitTask('t1', { type: 'exited', exitCode: 143, signal: 'SIGTERM' });
    world.settle();
    expect(world.updates()).toMatchObject([{ state: 'TASK_FAILED', reason: 'REASON_MAX_COMPLETION_TIME_REACHED' }]);
  });

  test('does not count against a task that is being killed, nor one that is over', () => {
    const world = createWorld();
    startRegistered(world);
    for (const id of ['t1', 't2']) {
      const task = commandTask(id, { maxCompletionTimeMs: 5_000 });
      world.master.send({ type: 'runTask', frameworkInfo: framework(), task });
    }
    world.drain();
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t1') });
    world.machine.exitTask('t2');
    world.settle();
    world.clock.advance(6_000);
    world.machine.exitTask('t1', { type: 'exited', exitCode: 0 });
    expect([...world.drain()].sort()).toEqual(['t1 TASK_KILLED', 't2 TASK_FINISHED']);
  });
});

describe('runTask', () => {
  test('of a task that uses a reservation the agent does not have answers TASK_DROPPED', () => {
    const world = createWorld();
    startRegistered(world);
    const reserved = Resources.parse('cpus:1').pushReservation({ type: 'DYNAMIC', role: 'dev' }).allocate('dev');
    const task = commandTask('t1', { resources: reserved });
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task });
    world.settle();
    expect(world.updates()).toMatchObject([{ state: 'TASK_DROPPED', reason: 'REASON_RESOURCES_UNKNOWN' }]);
    expect(world.machine.containers.size).toBe(0);
  });

  test('without a command answers TASK_ERROR', () => {
    const world = createWorld();
    startRegistered(world);
    const { command: _command, ...task } = commandTask('t1');
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task });
    world.settle();
    expect(world.updates()).toMatchObject([{ state: 'TASK_ERROR', reason: 'REASON_TASK_INVALID' }]);
  });

  test('a second time for a task that is here changes nothing', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    running(world, 't1');
    running(world, 't1');
    expect(world.machine.containers.size).toBe(1);
    expect(agent.state().tasks).toMatchObject([{ state: 'TASK_RUNNING' }]);
  });
});

describe('shutdownFramework', () => {
  test('kills its tasks without a word, and forgets its updates', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    running(world, 't1', 't2');
    world.machine.exitTask('t2');
    world.settle();
    world.master.take();
    world.master.send({ type: 'shutdownFramework', frameworkId: F1 });
    world.settle();
    expect(agent.state().tasks).toMatchObject([{ taskId: 't1' }]);
    expect(world.machine.kills('t1')).toEqual([3_000]);
    world.machine.exitTask('t1');
    world.clock.advance(60_000);
    expect(world.updates()).toEqual([]);
    expect(agent.state().frameworks).toEqual([]);
  });

  test('lets nothing more be launched for it until it is gone', () => {
    const world = createWorld();
    startRegistered(world);
    running(world, 't1');
    world.master.send({ type: 'shutdownFramework', frameworkId: F1 });
    running(world, 't2');
    expect(world.machine.containers.size).toBe(1);
  });
});
