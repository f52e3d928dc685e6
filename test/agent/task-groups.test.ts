import { describe, expect, test } from 'vitest';
import { TaskId } from '../../src/core/index.ts';
import {
  capable,
  commandTask,
  createWorld,
  E1,
  F1,
  framework,
  groupExecutor,
  startRegistered,
  type World,
} from './agent-world.ts';

function launch(world: World, ids: readonly string[], launchExecutor?: boolean): void {
  world.master.send({
    type: 'runTaskGroup',
    frameworkInfo: framework(),
    executor: groupExecutor(),
    tasks: ids.map((id) => commandTask(id, { killPolicy: { gracePeriodMs: 700 } })),
    ...(launchExecutor === undefined ? {} : { launchExecutor }),
  });
}

describe('a task group', () => {
  test('runs each task in a container of its own, below the sandbox of one executor', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    launch(world, ['a', 'b']);
    expect([...world.drain()].sort()).toEqual([
      'a TASK_RUNNING',
      'a TASK_STARTING',
      'b TASK_RUNNING',
      'b TASK_STARTING',
    ]);
    const [executor] = agent.state().executors;
    expect(executor?.sandbox).toBe(`slaves/S0/frameworks/F1/executors/E1/runs/${executor?.containerId}`);
    const sandboxes = [...world.machine.containers.values()].map(({ config }) => config.sandbox);
    expect(sandboxes).toEqual([`/disk/${executor?.sandbox}/tasks/a`, `/disk/${executor?.sandbox}/tasks/b`]);
    expect(world.machine.ofTask('a')).not.toBe(world.machine.ofTask('b'));
  });

  test('lets a finished task leave the others alone, and ends the executor with the last', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    launch(world, ['a', 'b']);
    world.drain();
    world.machine.exitTask('a');
    expect(world.drain()).toEqual(['a TASK_FINISHED']);
    expect(world.machine.kills('b')).toEqual([]);
    expect(agent.state().executors).toHaveLength(1);
    world.machine.exitTask('b');
    world.settle();
    expect(world.master.take().map(({ type }) => type)).toEqual(['statusUpdate', 'executorExited']);
    expect(agent.state().executors).toEqual([]);
  });

  test('of which a crash has left one to be launched tells once that it is being killed', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.send({
      type: 'runTaskGroup',
      frameworkInfo: capable('PARTITION_AWARE', 'TASK_KILLING_STATE'),
      executor: groupExecutor(),
      tasks: ['a', 'b', 'c'].map((id) => commandTask(id)),
    });
    world.drain();
    await agent.close();
    for (const id of ['b', 'c']) {
      world.machine.exitTask(id);
      world.machine.containerizer().forget(world.machine.ofTask(id));
    }
    startRegistered(world);
    world.master.disconnect();
    world.clock.advance(1_000);
    expect(world.drain().filter((update) => update.startsWith('a '))).toEqual(['a TASK_KILLING']);
  });

  test('dies with the first task that fails or is killed', () => {
    for (const first of ['fails', 'killed'] as const) {
      const world = createWorld();
      startRegistered(world);
      launch(world, ['a', 'b']);
      launch(world, ['other'], false);
      world.drain();
      if (first === 'fails') world.machine.exitTask('a', { type: 'exited', exitCode: 1 });
      else {
        world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('a') });
        world.settle();
        world.machine.exitTask('a');
      }
      world.settle();
      expect(world.machine.kills('b')).toEqual([700]);
      expect(world.machine.kills('other')).toEqual([]);
      world.machine.exitTask('b', { type: 'exited', exitCode: 143, signal: 'SIGTERM' });
      world.settle();
      expect(world.updates()).toMatchObject([
        { taskId: 'a', state: first === 'fails' ? 'TASK_FAILED' : 'TASK_KILLED' },
        {
          taskId: 'b',
          state: 'TASK_KILLED',
          message: 'Command terminated with signal SIGTERM; Killed because task a of its group ended',
        },
      ]);
    }
  });

  test('starts as a whole or not at all', () => {
    const world = createWorld();
    startRegistered(world);
    world.sandboxes.refuse = 'no space left';
    launch(world, ['a', 'b']);
    const told = world.drain();
    expect(told).toEqual(['a TASK_FAILED', 'b TASK_KILLED']);
    expect(world.machine.containers.size).toBe(0);
  });

  test('whose executor the master believes to run, and does not, is dropped as a whole', () => {
    const world = createWorld();
    startRegistered(world);
    launch(world, ['a', 'b'], false);
    world.settle();
    expect(world.updates()).toMatchObject([
      { taskId: 'a', state: 'TASK_DROPPED', reason: 'REASON_EXECUTOR_TERMINATED', message: `Executor ${E1} has ended` },
      { taskId: 'b', state: 'TASK_DROPPED', reason: 'REASON_EXECUTOR_TERMINATED' },
    ]);
  });

  test('cannot take the executor id of a command task, nor the other way round', () => {
    const world = createWorld();
    startRegistered(world);
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('E1') });
    launch(world, ['a']);
    world.settle();
    expect(world.updates().filter(({ taskId }) => taskId === 'a')).toMatchObject([
      { state: 'TASK_DROPPED', reason: 'REASON_TASK_INVALID' },
    ]);
  });
});
