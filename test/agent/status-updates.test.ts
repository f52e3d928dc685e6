import { describe, expect, test } from 'vitest';
import { countedUuid } from '../../src/agent/decision.ts';
import { retryDelayMs } from '../../src/agent/status-updates.ts';
import { acknowledge, commandTask, createWorld, framework, startRegistered, type World } from './agent-world.ts';

function launch(world: World, id: string): void {
  world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask(id) });
  world.settle();
}

describe('status updates', () => {
  test('come one at a time: the next after the one before is acknowledged', () => {
    const world = createWorld();
    startRegistered(world);
    launch(world, 't1');
    world.machine.exitTask('t1');
    world.settle();
    const seen: string[] = [];
    for (let [update] = world.updates(); update !== undefined; [update] = world.updates()) {
      seen.push(update.state);
      acknowledge(world, update);
      world.settle();
    }
    expect(seen).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
  });

  test('carry what the agent knows by now', () => {
    const world = createWorld();
    startRegistered(world);
    launch(world, 't1');
    world.machine.exitTask('t1');
    world.clock.advance(10_000);
    expect(world.master.take()).toMatchObject([
      { type: 'statusUpdate', status: { state: 'TASK_STARTING' }, latestState: 'TASK_RUNNING' },
      { type: 'statusUpdate', status: { state: 'TASK_STARTING' }, latestState: 'TASK_FINISHED' },
    ]);
  });

  test('are sent again after 10 s, then ever more rarely, with the same uuid', () => {
    const world = createWorld();
    // So that silence of the master does not matter here.
    world.master.pingTimeoutMs = 1e9;
    startRegistered(world);
    launch(world, 't1');
    const sentAtSecond: number[] = [];
    const uuids = new Set<string | undefined>();
    for (let second = 0; second <= 200; second++) {
      for (const update of world.updates()) {
        sentAtSecond.push(second);
        uuids.add(update.uuid);
      }
      world.clock.advance(1_000);
    }
    expect(sentAtSecond).toEqual([0, 10, 30, 70, 150]);
    expect(uuids.size).toBe(1);
  });

  test('are never more than 10 minutes apart', () => {
    expect([1, 2, 3, 6, 7, 8, 100].map((attempts) => retryDelayMs(10_000, attempts) / 1_000)).toEqual([
      10, 20, 40, 320, 600, 600, 600,
    ]);
    expect(retryDelayMs(900_000, 3)).toBe(900_000);
  });

  test('ignore an acknowledgement that names another update', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    launch(world, 't1');
    const [starting] = world.updates();
    if (starting === undefined) throw new Error('Expected an update');
    acknowledge(world, { ...starting, uuid: '00000000-0000-4000-8000-000000000000' });
    world.settle();
    expect(agent.state().tasks).toMatchObject([{ unacknowledged: 2 }]);
    acknowledge(world, starting);
    acknowledge(world, starting);
    world.settle();
    expect(agent.state().tasks).toMatchObject([{ unacknowledged: 1 }]);
    expect(world.updates()).toMatchObject([{ state: 'TASK_RUNNING' }]);
  });

  test('wait while there is no master, and come again when there is', () => {
    const world = createWorld();
    startRegistered(world);
    launch(world, 't1');
    const [starting] = world.updates();
    world.master.answers = false;
    world.master.disconnect();
    world.clock.advance(60_000);
    expect(world.updates()).toEqual([]);
    world.master.answers = true;
    world.clock.advance(60_000);
    const [again, ...repeats] = world.updates();
    expect(again).toEqual(starting);
    expect(repeats.every(({ uuid }) => uuid === starting?.uuid)).toBe(true);
  });

  test('keep one status per state in the task, the newest', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    launch(world, 't1');
    const [task] = agent.state().tasks;
    expect(task?.statuses.map(({ state }) => state)).toEqual(['TASK_STARTING', 'TASK_RUNNING']);
    expect(task).toMatchObject({ statusUpdateState: 'TASK_STARTING' });
  });
});

describe('countedUuid()', () => {
  test('counts in the last digits, and begins again at 0 after the last number', () => {
    expect(countedUuid('1b4e28ba-2fa1-4d2f-883f-0016d3cca427', 1)).toBe('1b4e28ba-2fa1-4d2f-883f-0016d3cca428');
    expect(countedUuid('1b4e28ba-2fa1-4d2f-883f-fffffffffffe', 3)).toBe('1b4e28ba-2fa1-4d2f-883f-000000000001');
  });
});
