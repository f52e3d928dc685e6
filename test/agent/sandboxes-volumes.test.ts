import { describe, expect, test } from 'vitest';
import { sandboxAgeMaxMs } from '../../src/agent/sandbox-gc.ts';
import type { MasterMessage } from '../../src/protocol/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { commandTask, createWorld, F1, framework, RESOURCES, startRegistered, type World } from './agent-world.ts';

const HOUR_MS = 3_600_000;

/** Where the master may be silent for days. */
function quietWorld(): World {
  const world = createWorld();
  world.master.pingTimeoutMs = 1e12;
  return world;
}

function runAndFinish(world: World, id: string): void {
  world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask(id) });
  world.drain();
  world.machine.exitTask(id);
  world.drain();
}

const sandboxes = (world: World): readonly string[] =>
  [...world.sandboxes.folders].filter((path) => path.startsWith('slaves/')).map((path) => path.split('/')[5] ?? '');

describe('sandboxes', () => {
  test('are removed when their executor has been over for the delay, but for the headroom', () => {
    const world = quietWorld();
    startRegistered(world, { gcDelayMs: 10 * HOUR_MS });
    runAndFinish(world, 't1');
    world.clock.advance(5 * HOUR_MS);
    runAndFinish(world, 't2');
    expect(sandboxes(world)).toEqual(['t1', 't2']);
    world.clock.advance(4 * HOUR_MS + 60_000);
    expect(sandboxes(world)).toEqual(['t2']);
    expect([...world.sandboxes.folders]).not.toContain('slaves/S0/frameworks/F1/executors/t1');
    world.clock.advance(5 * HOUR_MS);
    expect(sandboxes(world)).toEqual([]);
  });

  test('go sooner when the disk fills up, and never while their executor runs', () => {
    const world = quietWorld();
    startRegistered(world, { gcDelayMs: 10 * HOUR_MS });
    runAndFinish(world, 't1');
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t2') });
    world.drain();
    world.sandboxes.free = 0.05;
    world.clock.advance(60_000);
    expect(sandboxes(world)).toEqual(['t2']);
  });

  test('go on ageing over a restart, also those of frameworks that do not checkpoint', async () => {
    const world = quietWorld();
    const agent = startRegistered(world, { gcDelayMs: 10 * HOUR_MS });
    runAndFinish(world, 't1');
    world.master.send({ type: 'runTask', frameworkInfo: framework({ checkpoint: false }), task: commandTask('t2') });
    world.drain();
    world.clock.advance(5 * HOUR_MS);
    await agent.close();
    startRegistered(world, { gcDelayMs: 10 * HOUR_MS });
    world.clock.advance(4 * HOUR_MS + 60_000);
    expect(sandboxes(world)).toEqual(['t2']);
    world.clock.advance(6 * HOUR_MS);
    expect(sandboxes(world)).toEqual([]);
  });

  test('of earlier runs of an executor that runs again leave the newest alone', () => {
    const world = quietWorld();
    startRegistered(world, { gcDelayMs: HOUR_MS });
    runAndFinish(world, 't1');
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1') });
    world.drain();
    expect(sandboxes(world)).toEqual(['t1', 't1']);
    world.clock.advance(HOUR_MS);
    expect(sandboxes(world)).toEqual(['t1']);
  });

  test('sandboxAgeMaxMs() scales the delay by what is free beyond the headroom', () => {
    const gc = { delayMs: 1_000, diskHeadroom: 0.1 };
    const ages = [1, 0.6, 0.1, 0].map((freeShare) => Math.round(sandboxAgeMaxMs({ ...gc, freeShare })));
    expect(ages).toEqual([900, 500, 0, 0]);
  });
});

type Operation = Extract<MasterMessage, { readonly type: 'applyOperation' }>['operation'];

function apply(world: World, operation: Operation): void {
  world.master.send({ type: 'applyOperation', frameworkId: F1, operation });
  world.settle();
}

const DISK = Resources.parse('disk:100').pushReservation({ type: 'DYNAMIC', role: 'eng/dev' });
const [disk] = DISK;
const VOLUME =
  disk === undefined
    ? Resources.empty
    : Resources.of({
        ...disk,
        disk: { persistence: { id: 'v1' }, volume: { containerPath: 'data/db', mode: 'RW' } },
      });
const FOLDER = 'volumes/roles/eng dev/v1';

describe('operations', () => {
  test('change what the agent advertises, now and after a restart', async () => {
    const world = createWorld();
    const agent = startRegistered(world);
    apply(world, { type: 'RESERVE', resources: DISK.allocate('eng/dev') });
    apply(world, { type: 'CREATE', volumes: VOLUME.allocate('eng/dev') });
    const expected = RESOURCES.minus(Resources.parse('disk:100')).plus(VOLUME);
    expect(agent.state().resources.equals(expected)).toBe(true);
    expect(world.sandboxes.folders).toContain(FOLDER);
    await agent.close();
    world.sandboxes.folders.clear();
    expect(startRegistered(world).state().resources.equals(expected)).toBe(true);
    expect(world.sandboxes.folders).toContain(FOLDER);
  });

  test('link a volume into the sandbox of a task that has it', () => {
    const world = createWorld();
    startRegistered(world);
    apply(world, { type: 'RESERVE', resources: DISK });
    apply(world, { type: 'CREATE', volumes: VOLUME });
    const resources = VOLUME.plus(Resources.parse('cpus:1')).allocate('eng/dev');
    world.master.send({ type: 'runTask', frameworkInfo: framework(), task: commandTask('t1', { resources }) });
    expect(world.drain()).toEqual(['t1 TASK_STARTING', 't1 TASK_RUNNING']);
    const containerId = world.machine.ofTask('t1');
    expect([...world.sandboxes.links]).toEqual([
      [`slaves/S0/frameworks/F1/executors/t1/runs/${containerId}/data/db`, `/disk/${FOLDER}`],
    ]);
  });

  test('refuse a volume that would be outside of the sandbox', () => {
    const world = createWorld();
    startRegistered(world);
    apply(world, { type: 'RESERVE', resources: DISK });
    apply(world, { type: 'CREATE', volumes: VOLUME });
    for (const [index, containerPath] of ['../x', '/etc', 'a/../../b', ''].entries()) {
      const [volume] = VOLUME;
      if (volume === undefined) throw new Error('Expected a volume');
      const resources = Resources.of({
        ...volume,
        disk: { persistence: { id: 'v1' }, volume: { containerPath, mode: 'RW' } },
      });
      const task = commandTask(`t${index}`, { resources: resources.allocate('eng/dev') });
      world.master.send({ type: 'runTask', frameworkInfo: framework(), task });
      world.settle();
      expect(world.updates()).toMatchObject([
        {
          state: 'TASK_FAILED',
          reason: 'REASON_CONTAINER_LAUNCH_FAILED',
          message: expect.stringContaining('relative'),
        },
      ]);
    }
    expect(world.machine.containers.size).toBe(0);
  });

  test.for([
    ['data', 'data'],
    ['data', 'data/db'],
    ['data/db/x', 'data/db'],
  ] as const)('refuse two volumes of a task at %s and %s', ([one, other]) => {
    const world = createWorld();
    startRegistered(world);
    const at = (id: string, containerPath: string) =>
      disk === undefined
        ? Resources.empty
        : Resources.of({ ...disk, disk: { persistence: { id }, volume: { containerPath, mode: 'RW' } } });
    const volumes = at('v1', one).plus(at('v2', other));
    apply(world, { type: 'RESERVE', resources: DISK.plus(DISK) });
    apply(world, { type: 'CREATE', volumes });
    const launch = (id: string, resources: Resources) => {
      const task = commandTask(id, { resources: resources.plus(Resources.parse('cpus:1')).allocate('eng/dev') });
      world.master.send({ type: 'runTask', frameworkInfo: framework(), task });
      return world.drain();
    };
    expect(launch('both', volumes)).toEqual(['both TASK_FAILED']);
    expect(world.sandboxes.links.size).toBe(0);
    // Each alone is fine, and so are neighbours whose names begin alike.
    expect(launch('one', at('v1', one))).toEqual(['one TASK_STARTING', 'one TASK_RUNNING']);
    const neighbour = at('v3', `${other}2`);
    apply(world, { type: 'RESERVE', resources: DISK });
    apply(world, { type: 'CREATE', volumes: neighbour });
    expect(launch('apart', at('v2', other).plus(neighbour))).toEqual(['apart TASK_STARTING', 'apart TASK_RUNNING']);
  });

  test('remove a volume with all that is in it', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    apply(world, { type: 'RESERVE', resources: DISK });
    apply(world, { type: 'CREATE', volumes: VOLUME });
    world.sandboxes.folders.add(`${FOLDER}/old`);
    apply(world, { type: 'DESTROY', volumes: VOLUME });
    apply(world, { type: 'UNRESERVE', resources: DISK });
    expect([...world.sandboxes.folders]).toEqual([]);
    expect(agent.state().resources.equals(RESOURCES)).toBe(true);
  });

  test('that cannot be applied change nothing, and are logged', () => {
    const world = createWorld();
    const lines: string[] = [];
    const agent = startRegistered(world, { log: { log: (level, message) => void lines.push(`${level}: ${message}`) } });
    apply(world, { type: 'UNRESERVE', resources: DISK });
    expect(agent.state().resources.equals(RESOURCES)).toBe(true);
    expect(lines.some((line) => line.startsWith('error: Cannot apply UNRESERVE'))).toBe(true);
  });

  test('that were lost with a connection come with the registration', () => {
    const world = createWorld();
    const agent = startRegistered(world);
    world.master.answers = false;
    world.master.disconnect();
    world.clock.advance(100);
    const resources = RESOURCES.minus(Resources.parse('disk:100')).plus(VOLUME);
    const { agentId } = world.master;
    world.master.send({ type: 'agentReregistered', agentId, pingTimeoutMs: 75_000, unknownTasks: [], resources });
    world.settle();
    expect(agent.state().resources.equals(resources)).toBe(true);
    expect(world.sandboxes.folders).toContain(FOLDER);
  });
});
