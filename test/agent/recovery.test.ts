import { describe, expect, test } from 'vitest';
import { JOURNAL_PATH } from '../../src/agent/checkpoint.ts';
import { RecoveryError, TaskId } from '../../src/core/index.ts';
import { Resources } from '../../src/resources/index.ts';
import {
  commandTask,
  createWorld,
  E1,
  F1,
  framework,
  groupExecutor,
  startRegistered,
  type World,
} from './agent-world.ts';

function launch(world: World, id: string, options: Parameters<typeof commandTask>[1] = {}): void {
  world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask(id, options) });
  world.drain();
}

describe('an agent that restarts', () => {
  test('has the same tasks with the same pids, and says nothing new of them', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    launch(world, 't1');
    const tasks = [commandTask('a'), commandTask('b')];
    world.master.send({ type: 'runTaskGroup', frameworkInfo: framework(), executor: groupExecutor(), tasks });
    world.drain();
    const before = agent.state();
    await agent.close();

    const again = world.start();
    world.settle();
    const message = world.master.take()[0];
    expect(message).toMatchObject({
      type: 'reregisterAgent',
      agentInfo: { id: 'S0' },
      executors: [{ executor: { executorId: E1 } }],
      tasks: [
        { taskId: 't1', state: 'TASK_RUNNING' },
        { taskId: 'a', state: 'TASK_RUNNING' },
        { taskId: 'b', state: 'TASK_RUNNING' },
      ],
    });
    expect(world.drain()).toEqual([]);
    const ofTasks = (snapshot: typeof before) =>
      snapshot.tasks.map(({ taskId, pid, sandbox }) => [taskId, pid, sandbox]);
    expect(ofTasks(again.state())).toEqual(ofTasks(before));
    world.machine.exitTask('t1');
    expect(world.drain()).toEqual(['t1 TASK_FINISHED']);
  });

  test('tells, once, how those have ended that ended meanwhile', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    launch(world, 't1');
    launch(world, 't2');
    await agent.close();
    world.machine.exitTask('t1', { type: 'exited', exitCode: 4 });
    world.machine.exitTask('t2');
    world.clock.advance(3_600_000);
    startRegistered(world);
    world.master.disconnect();
    world.clock.advance(1_000);
    expect(world.drain()).toEqual(['t1 TASK_FAILED', 't2 TASK_FINISHED']);
    world.clock.advance(60_000);
    expect(world.drain()).toEqual([]);
    expect(world.machine.containers.size).toBe(0);
  });

  test('sends updates that were not acknowledged, the same ones, in order', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1') });
    world.settle();
    const [starting] = world.updates();
    await agent.close();
    world.start();
    world.settle();
    const [again] = world.updates();
    expect(again).toEqual(starting);
    world.clock.advance(10_000);
    expect(world.drain()).toEqual(['t1 TASK_STARTING', 't1 TASK_RUNNING']);
  });

  test('goes on killing what was being killed, and counting what may run only so long', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    launch(world, 't1', { killPolicy: { gracePeriodMs: 900 } });
    launch(world, 't2', { maxCompletionTimeMs: 10_000 });
    world.master.send({ type: 'killTask', frameworkId: F1, taskId: TaskId('t1') });
    world.settle();
    await agent.close();
    world.clock.advance(4_000);
    startRegistered(world);
    expect(world.machine.kills('t1')).toEqual([900, 900]);
    world.clock.advance(5_999);
    expect(world.machine.kills('t2')).toEqual([]);
    world.clock.advance(1);
    world.settle();
    expect(world.machine.kills('t2')).toEqual([3_000]);
    for (const id of ['t1', 't2']) world.machine.exitTask(id, { type: 'exited', exitCode: 143, signal: 'SIGTERM' });
    expect(world.drain()).toEqual(['t1 TASK_KILLED', 't2 TASK_FAILED']);
  });

  test('kills what runs for frameworks that do not checkpoint, and forgets its containers', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    const frameworkInfo = framework({ checkpoint: false });
    world.master.send({ type: 'runTask', frameworkInfo, task: commandTask('t1') });
    world.drain();
    await agent.close();
    const again = startRegistered(world);
    expect(again.state().tasks).toEqual([]);
    expect(world.machine.kills('t1')).toEqual([0]);
    world.machine.exitTask('t1');
    expect(world.drain()).toEqual([]);
    expect(world.machine.containers.size).toBe(0);
  });

  test('tells that a task is gone whose container nobody knows any more', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    launch(world, 't1');
    await agent.close();
    world.machine.exitTask('t1');
    world.machine.containerizer().forget(world.machine.ofTask('t1'));
    world.start();
    expect(world.drain()).toEqual(['t1 TASK_GONE']);
  });

  test('drops a task that was written down and then never launched', () => {
    const world = createWorld();
    startRegistered(world);
    // The launch is the last thing of its turn: a crash in between leaves the journal only.
    world.sandboxes.create = () => {
      world.directory.failAt(1);
      throw new Error('crash');
    };
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1') });
    world.settle();
    world.directory.heal();
    world.start();
    expect(world.drain()).toEqual(['t1 TASK_DROPPED']);
  });

  test('knows nothing of a framework that was shut down, and goes on killing what is left of it', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    for (const id of ['t1', 't2', 't3']) launch(world, id);
    world.machine.exitTask('t2');
    world.settle();
    world.master.send({ type: 'shutdownFramework', frameworkId: F1 });
    world.settle();
    world.machine.exitTask('t3');
    world.settle();
    await agent.close();

    const again = startRegistered(world);
    expect(again.state().tasks).toMatchObject([{ taskId: 't1' }]);
    expect(world.machine.kills('t1')).toEqual([3_000, 3_000]);
    world.machine.exitTask('t1');
    expect(world.drain()).toEqual([]);
    void again.close();
    expect(startRegistered(world).state()).toMatchObject({ agentId: 'S0', frameworks: [], tasks: [] });
  });

  test('takes more resources as they are, with the reservations made before', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    const reserved = Resources.parse('cpus:2').pushReservation({ type: 'DYNAMIC', role: 'dev' });
    world.master.send({ type: 'applyOperation', frameworkId: F1, operation: { type: 'RESERVE', resources: reserved } });
    world.settle();
    await agent.close();
    const more = Resources.parse('cpus:16;mem:8192;disk:1000;ports:[31000-31010]');
    const again = world.start({ resources: more });
    const expected = more.minus(Resources.parse('cpus:2')).plus(reserved);
    expect(again.state().resources.equals(expected)).toBe(true);
  });

  test.for([
    [
      { resources: Resources.parse('cpus:0.5;mem:8192;disk:1000') },
      /resources for what runs \(.*cpus.*got one with cpus:0.5/,
    ],
    [{ resources: Resources.parse('mem:8192;disk:1000') }, /resources for what runs/],
    [{ hostname: 'h2' }, /hostname "h1", got one with "h2"/],
  ] as const)('refuses to be another: %o', async ([options, message]) => {
    const world = createWorld();
    const agent = startRegistered(world);
    launch(world, 't1');
    await agent.close();
    expect(() => world.start(options)).toThrow(RecoveryError);
    expect(() => world.start(options)).toThrow(message);
  });

  test('refuses to lose a reservation', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    const reserved = Resources.parse('cpus:2').pushReservation({ type: 'DYNAMIC', role: 'dev' });
    world.master.send({ type: 'applyOperation', frameworkId: F1, operation: { type: 'RESERVE', resources: reserved } });
    world.settle();
    await agent.close();
    expect(() => world.start({ resources: Resources.parse('cpus:1;mem:8192') })).toThrow(/what was reserved and made/);
  });
});

describe('an agent whose disk fails', () => {
  test('closes before it does what it could not write down; the next one goes on from there', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    const errors: unknown[] = [];
    agent.events$.subscribe({ error: (error: unknown) => errors.push(error) });
    world.directory.failAt(1, 25);
    launch(world, 't1');
    expect(errors).toMatchObject([{ message: 'The disk is gone' }]);
    expect(world.machine.containers.size).toBe(0);
    await agent.close();
    expect(world.clock.pending).toBe(0);

    world.directory.heal();
    const again = startRegistered(world);
    expect(again.state().tasks).toEqual([]);
    launch(world, 't1');
    expect(again.state().tasks).toMatchObject([{ state: 'TASK_RUNNING' }]);
  });

  test('refuses to start on a journal that is damaged anywhere but at its end', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    launch(world, 't1');
    await agent.close();
    const bytes = world.directory.files.get(JOURNAL_PATH) ?? new Uint8Array();
    const damaged = bytes.slice();
    const at = damaged.lastIndexOf(10) - 2;
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    world.directory.files.set(JOURNAL_PATH, damaged);
    expect(() => world.start()).toThrow(RecoveryError);
    expect(() => world.start()).toThrow(/agent\.journal: line \d+: expected the checksum/);
  });
});
