import { describe, expect, test } from 'vitest';
import type { OfferOperation } from '../../src/offers/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { createHarness, taskOf } from '../support/master-harness.ts';

const RESERVED = Resources.parse('cpus:1;mem:64;disk:128').pushReservation({ type: 'DYNAMIC', role: 'eng' });

function volumeOf(options: { readonly id: string; readonly shared?: true; readonly megabytes?: number }): Resources {
  const [disk] = RESERVED.named('disk');
  if (disk === undefined) throw new Error('expected a disk');
  const persistence = { id: options.id };
  const volume = { containerPath: 'data', mode: 'RW' } as const;
  return Resources.of({
    ...disk,
    value: { type: 'SCALAR', milli: (options.megabytes ?? 128) * 1000 },
    disk: { persistence, volume },
    ...(options.shared && { shared: true as const }),
  });
}

function world(capabilities?: readonly ('MULTI_ROLE' | 'SHARED_RESOURCES' | 'RESERVATION_REFINEMENT')[]) {
  const h = createHarness();
  const agent = h.agent();
  const scheduler = h.framework(capabilities === undefined ? {} : { capabilities });
  return {
    h,
    agent,
    scheduler,
    accept(...operations: OfferOperation[]) {
      scheduler.call({ type: 'accept', offerIds: [scheduler.offer().id], operations, filters: { refuseMs: 0 } });
      h.clock.advance(1_000);
    },
  };
}

describe('RESERVE, CREATE, DESTROY, UNRESERVE', () => {
  test('change what the agent has, one after the other, and a task uses the result in the same call', () => {
    const { h, agent, scheduler, accept } = world();
    const volume = volumeOf({ id: 'v1' });
    const task = { ...taskOf(scheduler.offer(), 't1'), resources: RESERVED.named('cpus').plus(volume) };
    accept(
      { type: 'RESERVE', resources: RESERVED },
      { type: 'CREATE', volumes: volume },
      { type: 'LAUNCH', taskInfos: [task] },
    );
    expect(scheduler.updates()).toEqual([]);
    expect(agent.messages.map(({ type }) => type).filter((type) => type !== 'ping')).toEqual([
      'agentRegistered',
      'applyOperation',
      'applyOperation',
      'runTask',
    ]);
    expect(h.master.state().agents[0]?.total.equals(agent.resources)).toBe(true);
    expect(h.master.state().tasks).toMatchObject([{ taskId: 't1' }]);
    expect(h.master.state().agents[0]?.used.equals(RESERVED.named('cpus').plus(volume))).toBe(true);
    // What was reserved and not used is offered again, as it is now.
    const rest = scheduler.offer().resources.unallocate();
    expect(rest.reserved('eng').equals(RESERVED.named('mem'))).toBe(true);
  });

  test('are undone by their opposites', () => {
    const { agent, accept } = world();
    const before = agent.resources;
    const volume = volumeOf({ id: 'v1' });
    accept({ type: 'RESERVE', resources: RESERVED }, { type: 'CREATE', volumes: volume });
    expect(agent.resources.persistentVolumes().equals(volume)).toBe(true);
    accept({ type: 'UNRESERVE', resources: RESERVED.named('cpus') }, { type: 'DESTROY', volumes: volume });
    accept({ type: 'UNRESERVE', resources: RESERVED.minus(RESERVED.named('cpus')) });
    expect(agent.resources.equals(before)).toBe(true);
  });

  test('that are not valid, or want what is not left, are dropped; what comes after them is tried', () => {
    const { h, agent, scheduler, accept } = world();
    const tooMuch = Resources.parse('cpus:9').pushReservation({ type: 'DYNAMIC', role: 'eng' });
    const foreign = Resources.parse('cpus:1').pushReservation({ type: 'DYNAMIC', role: 'ops' });
    const task = taskOf(scheduler.offer(), 't1');
    accept(
      { type: 'RESERVE', resources: tooMuch },
      { type: 'RESERVE', resources: foreign },
      { type: 'LAUNCH', taskInfos: [task] },
    );
    expect(agent.messages.some(({ type }) => type === 'applyOperation')).toBe(false);
    expect(h.logged.filter((line) => line.startsWith('Dropped RESERVE'))).toHaveLength(2);
    expect(h.master.state().tasks).toMatchObject([{ taskId: 't1' }]);
  });

  test('DESTROY of a volume in use is dropped', () => {
    const { h, scheduler, accept } = world(['MULTI_ROLE', 'SHARED_RESOURCES', 'RESERVATION_REFINEMENT']);
    const volume = volumeOf({ id: 'v1', shared: true });
    const task = { ...taskOf(scheduler.offer(), 't1'), resources: Resources.parse('cpus:1').plus(volume) };
    accept({ type: 'RESERVE', resources: RESERVED }, { type: 'CREATE', volumes: volume });
    accept({ type: 'LAUNCH', taskInfos: [task] });
    expect(h.master.state().tasks).toHaveLength(1);
    accept({ type: 'DESTROY', volumes: volume });
    expect(h.logged.at(-1)).toContain('Dropped DESTROY');
  });

  test('are judged by what those before them in the same call have made of the agent', () => {
    const { h, agent, scheduler, accept } = world();
    const [first, second] = [volumeOf({ id: 'v1', megabytes: 32 }), volumeOf({ id: 'v2', megabytes: 32 })];
    accept(
      { type: 'RESERVE', resources: RESERVED },
      { type: 'CREATE', volumes: first },
      { type: 'CREATE', volumes: first },
      { type: 'CREATE', volumes: second },
      { type: 'DESTROY', volumes: second },
    );
    // Of one id there is one volume, though the disk would do for two; and what was made is there to be destroyed.
    expect(h.logged.filter((line) => line.startsWith('Dropped'))).toEqual([
      expect.stringContaining("Persistence id 'v1' is not unique"),
    ]);
    expect(agent.resources.persistentVolumes().equals(first)).toBe(true);
    expect(h.master.state().agents[0]?.total.equals(agent.resources)).toBe(true);
    expect(scheduler.offer().resources.unallocate().persistentVolumes().equals(first)).toBe(true);
  });

  test('DESTROY of a shared volume that a task launched earlier in the same call uses is dropped', () => {
    const { h, agent, scheduler, accept } = world(['MULTI_ROLE', 'SHARED_RESOURCES', 'RESERVATION_REFINEMENT']);
    const volume = volumeOf({ id: 'v1', shared: true });
    const task = { ...taskOf(scheduler.offer(), 't1'), resources: Resources.parse('cpus:1').plus(volume) };
    accept(
      { type: 'RESERVE', resources: RESERVED },
      { type: 'CREATE', volumes: volume },
      { type: 'LAUNCH', taskInfos: [task] },
      { type: 'DESTROY', volumes: volume },
    );
    expect(h.logged.at(-1)).toContain('Persistent volume is in use');
    expect(h.master.state().tasks).toMatchObject([{ taskId: 't1' }]);
    expect(agent.resources.persistentVolumes().equals(volume)).toBe(true);
  });

  test('a shared volume serves any number of tasks of one call, and comes back once with each', () => {
    const { h, agent, scheduler, accept } = world(['MULTI_ROLE', 'SHARED_RESOURCES', 'RESERVATION_REFINEMENT']);
    const volume = volumeOf({ id: 'v1', shared: true });
    accept({ type: 'RESERVE', resources: RESERVED }, { type: 'CREATE', volumes: volume });
    const taskInfos = ['t1', 't2', 't3', 't4'].map((id) => ({
      ...taskOf(scheduler.offer(), id),
      resources: Resources.parse('cpus:0.5').plus(volume),
    }));
    accept({ type: 'LAUNCH', taskInfos });
    const [shared] = volume;
    const copies = () => shared && h.master.state().agents[0]?.used.unallocate().count(shared);
    expect(copies()).toBe(4);
    for (const [index, { taskId }] of taskInfos.entries()) {
      agent.update(scheduler.id, taskId, 'TASK_FINISHED');
      h.settle();
      expect(copies()).toBe(3 - index);
    }
    expect(h.master.state().agents[0]?.total.equals(agent.resources)).toBe(true);
  });

  test('a shared volume serves several tasks of one call, and is destroyed under the offers of others', () => {
    const { h, agent, scheduler, accept } = world(['MULTI_ROLE', 'SHARED_RESOURCES', 'RESERVATION_REFINEMENT']);
    const volume = volumeOf({ id: 'v1', shared: true });
    accept({ type: 'RESERVE', resources: RESERVED }, { type: 'CREATE', volumes: volume });
    const offer = scheduler.offer();
    const taskInfos = ['t1', 't2'].map((id) => ({
      ...taskOf(offer, id),
      resources: Resources.parse('cpus:1').plus(volume),
    }));
    accept({ type: 'LAUNCH', taskInfos });
    expect(scheduler.updates()).toEqual([]);
    expect(h.master.state().tasks).toHaveLength(2);
    for (const { taskId } of taskInfos) agent.update(scheduler.id, taskId, 'TASK_FINISHED');
    h.clock.advance(1_000);
    // Two offers hold the volume by now: one after the tasks' launch, one of what they gave back.
    const offers = [...scheduler.offers.values()].filter(({ resources }) => !resources.shared().isEmpty);
    expect(offers.length).toBeGreaterThan(1);
    const [first, ...others] = offers;
    if (first === undefined) throw new Error('expected an offer');
    scheduler.call({ type: 'accept', offerIds: [first.id], operations: [{ type: 'DESTROY', volumes: volume }] });
    h.settle();
    for (const { id } of others) expect(scheduler.events).toContainEqual({ type: 'rescind', offerId: id });
    expect(agent.resources.persistentVolumes().isEmpty).toBe(true);
  });
});
