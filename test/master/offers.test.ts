import { describe, expect, test } from 'vitest';
import { OfferId } from '../../src/core/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { createHarness, launch, taskOf } from '../support/master-harness.ts';

describe('Offers', () => {
  test('name agent, role and resources, and are numbered on', () => {
    const h = createHarness();
    const agent = h.agent({ hostname: 'a1', attributes: [] });
    const scheduler = h.framework();
    const offer = scheduler.offer();
    expect(offer).toMatchObject({
      id: `${h.master.state().id}-O0`,
      frameworkId: scheduler.id,
      agentId: agent.id,
      hostname: 'a1',
      role: 'eng',
      executorIds: [],
    });
    expect(offer.resources.equals(agent.resources.allocate('eng'))).toBe(true);
    scheduler.call({ type: 'decline', offerIds: [offer.id], filters: { refuseMs: 0 } });
    h.clock.advance(1_000);
    expect(scheduler.offer().id).toBe(`${h.master.state().id}-O1`);
  });

  test('that are declined come back when the filter is over, and unknown or foreign ids do no harm', () => {
    const h = createHarness();
    h.agent();
    const scheduler = h.framework();
    const other = h.framework();
    const { id } = scheduler.offer();
    other.call({ type: 'decline', offerIds: [id] });
    h.settle();
    expect(h.master.state().offers).toHaveLength(1);
    scheduler.call({ type: 'decline', offerIds: [OfferId('nobody'), id, id], filters: { refuseMs: 3_000 } });
    h.clock.advance(1_000);
    expect(scheduler.offers.size).toBe(0);
    expect(other.offers.size).toBe(1);
    other.call({ type: 'decline', offerIds: [other.offer().id], filters: { refuseMs: 100_000 } });
    h.clock.advance(4_000);
    expect(scheduler.offers.size).toBe(1);
  });

  test('are rescinded when nobody answers in time', () => {
    const h = createHarness({ offerTimeoutMs: 10_000 });
    h.agent();
    const scheduler = h.framework();
    const { id } = scheduler.offer();
    h.clock.advance(10_000);
    expect(scheduler.events).toContainEqual({ type: 'rescind', offerId: id });
    h.clock.advance(1_000);
    expect(scheduler.offer().id).not.toBe(id);
  });

  test('that were answered in time are not rescinded', () => {
    const h = createHarness({ offerTimeoutMs: 10_000 });
    h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1', 'cpus:4;mem:1024;disk:1024');
    h.clock.advance(20_000);
    expect(scheduler.heard()).toEqual(['subscribed', 'offers']);
  });

  test('stay suppressed until the role is revived', () => {
    const h = createHarness();
    h.agent();
    const scheduler = h.framework({ roles: ['a', 'b'] });
    const { id } = scheduler.offer();
    scheduler.call({ type: 'suppress' });
    scheduler.call({ type: 'decline', offerIds: [id], filters: { refuseMs: 0 } });
    h.clock.advance(3_000);
    expect(scheduler.offers.size).toBe(0);
    expect(h.master.state().frameworks).toMatchObject([{ suppressedRoles: ['a', 'b'] }]);
    scheduler.call({ type: 'revive', roles: ['b'] });
    h.settle();
    expect(scheduler.offer().role).toBe('b');
    expect(h.master.state().frameworks).toMatchObject([{ suppressedRoles: ['a'] }]);
  });

  test('are not changed by a revive or suppress that names a role which the framework has not', () => {
    const h = createHarness();
    const scheduler = h.framework();
    scheduler.call({ type: 'suppress', roles: ['eng', 'other'] });
    h.settle();
    expect(h.master.state().frameworks).toMatchObject([{ suppressedRoles: [] }]);
    expect(h.logged.at(-1)).toContain('Dropped suppress of framework');
  });

  test('are rescinded when the weight of a role in use changes, and stay when it is of nobody', () => {
    const h = createHarness();
    h.agent();
    const scheduler = h.framework({ roles: ['eng/web'] });
    const { id } = scheduler.offer();
    h.master.updateWeights({ other: 2 });
    h.settle();
    expect(scheduler.offer().id).toBe(id);
    h.master.updateWeights({ eng: 2 });
    h.settle();
    expect(scheduler.events).toContainEqual({ type: 'rescind', offerId: id });
    expect(h.master.state().weights).toEqual({ other: 2, eng: 2 });
  });

  test('list the executors that the framework has on the agent', () => {
    const h = createHarness();
    h.agent();
    const scheduler = h.framework();
    const offer = scheduler.offer();
    const { command: _, ...task } = taskOf(offer, 't1');
    const executor = {
      type: 'IN_PROCESS',
      name: 'x',
      executorId: 'e1',
      resources: Resources.parse('cpus:0.5'),
    } as const;
    scheduler.call({
      type: 'accept',
      offerIds: [offer.id],
      // Ids are checked by the master.
      operations: [{ type: 'LAUNCH', taskInfos: [{ ...task, executor: executor as never }] }],
      filters: { refuseMs: 0 },
    });
    h.clock.advance(1_000);
    expect(scheduler.offer().executorIds).toEqual(['e1']);
    expect(scheduler.offer().resources.cpus).toBe(2.5);
  });
});
