import { describe, expect, test } from 'vitest';
import { InvalidArgument, OfferId } from '../../src/core/index.ts';
import type { MaintenanceWindow } from '../../src/master/index.ts';
import type { SchedulerEvent } from '../../src/protocol/index.ts';
import type { FakeAgent } from '../support/fake-agent.ts';
import type { FakeScheduler } from '../support/fake-scheduler.ts';
import { createHarness, type Harness, type HarnessOptions, launch } from '../support/master-harness.ts';

const SOON = { startMs: 60_000, durationMs: 3_600_000 };
const window = (...hostnames: string[]): MaintenanceWindow => ({ hostnames, unavailability: SOON });

interface Cluster extends Harness {
  readonly agent1: FakeAgent;
  readonly scheduler: FakeScheduler;
}

/** One agent on `h1`, on which the framework runs a task, and the rest of which it is offered. */
function createCluster(options?: HarnessOptions): Cluster {
  const h = createHarness(options);
  const agent1 = h.agent({ hostname: 'h1' });
  const scheduler = h.framework();
  launch(h, scheduler, 't1');
  h.clock.advance(1_000);
  return Object.assign(h, { agent1, scheduler });
}

type Heard<Type extends SchedulerEvent['type']> = Extract<SchedulerEvent, { readonly type: Type }>;

function heard<Type extends SchedulerEvent['type']>(scheduler: FakeScheduler, type: Type): readonly Heard<Type>[] {
  const isOne = (event: SchedulerEvent): event is Heard<Type> => event.type === type;
  return scheduler.events.filter(isOne);
}

const asked = (scheduler: FakeScheduler) => heard(scheduler, 'inverseOffers').flatMap((each) => each.inverseOffers);
const statuses = (h: Harness) =>
  h.master.state().machines.map((machine) => machine.statuses.map((each) => each.status));

describe('A maintenance schedule', () => {
  test('rescinds offers, which are made again with the time, and asks who is there to leave', () => {
    const h = createCluster();
    const { scheduler } = h;
    const { id } = scheduler.offer();
    expect(scheduler.offer()).not.toHaveProperty('unavailability');
    h.master.updateMaintenanceSchedule([window('H1', 'h9')]);
    h.settle();
    expect(scheduler.events.slice(-3).map(({ type }) => type)).toEqual(['rescind', 'offers', 'inverseOffers']);
    expect(scheduler.events.at(-3)).toEqual({ type: 'rescind', offerId: id });
    expect(scheduler.offer().unavailability).toEqual(SOON);
    const [inverseOffer, ...others] = asked(scheduler);
    expect(others).toEqual([]);
    expect(inverseOffer).toMatchObject({
      frameworkId: scheduler.id,
      agentId: h.agent1.id,
      unavailability: SOON,
    });
    // One counter for both kinds.
    const numberOf = (offerId: string | undefined): number => Number(offerId?.split('-O')[1]);
    expect(numberOf(inverseOffer?.id)).toBe(numberOf(scheduler.offer().id) + 1);
    expect(h.master.state()).toMatchObject({
      inverseOffers: [{ id: inverseOffer?.id }],
      machines: [
        { hostname: 'h1', mode: 'DRAINING', unavailability: SOON, statuses: [] },
        { hostname: 'h9', mode: 'DRAINING', unavailability: SOON, statuses: [] },
      ],
    });
    h.clock.advance(5_000);
    expect(asked(scheduler)).toHaveLength(1);
  });

  test('that is the same for a machine leaves it alone; another time, or none, rescinds what was said', () => {
    const h = createCluster();
    const { scheduler } = h;
    h.master.updateMaintenanceSchedule([window('h1')]);
    h.settle();
    const before = scheduler.events.length;
    h.master.updateMaintenanceSchedule([window('h9'), { hostnames: ['h1'], unavailability: { ...SOON } }]);
    h.settle();
    expect(scheduler.events).toHaveLength(before);
    const [inverseOffer] = asked(scheduler);
    h.master.updateMaintenanceSchedule([{ hostnames: ['h1'], unavailability: { startMs: 90_000 } }]);
    h.settle();
    expect(heard(scheduler, 'rescindInverseOffer')).toEqual([
      { type: 'rescindInverseOffer', inverseOfferId: inverseOffer?.id },
    ]);
    expect(asked(scheduler).map(({ unavailability }) => unavailability.startMs)).toEqual([60_000, 90_000]);
    expect(scheduler.offer().unavailability).toEqual({ startMs: 90_000 });
    h.master.updateMaintenanceSchedule([]);
    h.settle();
    expect(heard(scheduler, 'rescindInverseOffer')).toHaveLength(2);
    expect(scheduler.offer()).not.toHaveProperty('unavailability');
    expect(h.master.state()).toMatchObject({ machines: [], inverseOffers: [] });
  });

  test('holds for agents that come later', () => {
    const h = createHarness();
    h.master.updateMaintenanceSchedule([window('h2')]);
    const scheduler = h.framework();
    const agent = h.agent({ hostname: 'h2' });
    expect(scheduler.offer().unavailability).toEqual(SOON);
    expect(asked(scheduler)).toMatchObject([{ agentId: agent.id }]);
  });

  test.for<readonly [unknown, string, string]>([
    [[{ hostnames: [], unavailability: SOON }], 'windows[0].hostnames', 'expected a list with at least one machine'],
    [[{ hostnames: [''], unavailability: SOON }], 'windows[0].hostnames[0]', 'expected a host name, got ""'],
    [[window('a', 'A')], 'windows[0].hostnames', 'expected each machine once, got "A" again'],
    [[window('a'), window('a')], 'windows[1].hostnames', 'expected each machine once'],
    [[{ hostnames: ['a'], unavailability: { startMs: Number.NaN } }], 'windows[0].unavailability.startMs', 'NaN'],
    [
      [{ hostnames: ['a'], unavailability: { startMs: 0, durationMs: -1 } }],
      'windows[0].unavailability.durationMs',
      'expected milliseconds of 0 or more, got -1',
    ],
    [[{ hostnames: ['a'] }], 'windows[0].unavailability', 'expected an object, got undefined'],
    [5, 'windows', 'expected a list of windows, got 5'],
  ])('%j is refused, naming %s', ([windows, field, message]) => {
    const h = createHarness();
    // What a program without types may say.
    const call = (): void => h.master.updateMaintenanceSchedule(windows as never);
    expect(call).toThrow(InvalidArgument);
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ field }));
    h.settle();
    expect(h.master.state().machines).toEqual([]);
  });
});

describe('An inverse offer', () => {
  test('that is answered is noted, and comes again when the filter is over', () => {
    const h = createCluster();
    const { scheduler } = h;
    h.master.updateMaintenanceSchedule([window('h1')]);
    h.settle();
    const ids = () => asked(scheduler).map(({ id }) => id);
    scheduler.call({ type: 'acceptInverseOffers', inverseOfferIds: ids(), filters: { refuseMs: 2_500 } });
    h.clock.advance(2_000);
    expect(statuses(h)).toEqual([['ACCEPT']]);
    expect(h.master.state().inverseOffers).toEqual([]);
    expect(ids()).toHaveLength(1);
    h.clock.advance(1_000);
    expect(ids()).toHaveLength(2);
    // Five seconds if it does not say.
    scheduler.call({ type: 'declineInverseOffers', inverseOfferIds: [...ids(), OfferId('nope')] });
    h.clock.advance(4_000);
    expect(statuses(h)).toEqual([['DECLINE']]);
    expect(ids()).toHaveLength(2);
    h.clock.advance(2_000);
    expect(ids()).toHaveLength(3);
  });

  test('can be answered by nobody else, and not twice', () => {
    const h = createCluster();
    h.master.updateMaintenanceSchedule([window('h1')]);
    h.settle();
    const [inverseOffer] = asked(h.scheduler);
    const inverseOfferIds = [inverseOffer?.id ?? OfferId('none')];
    h.framework().call({ type: 'acceptInverseOffers', inverseOfferIds });
    h.settle();
    expect(statuses(h)).toEqual([[]]);
    h.scheduler.call({ type: 'acceptInverseOffers', inverseOfferIds: [...inverseOfferIds, ...inverseOfferIds] });
    h.scheduler.call({ type: 'declineInverseOffers', inverseOfferIds });
    h.settle();
    expect(statuses(h)).toEqual([['ACCEPT']]);
  });

  test('is rescinded with its time-out, and comes again', () => {
    const h = createCluster({ offerTimeoutMs: 3_000 });
    h.master.updateMaintenanceSchedule([window('h1')]);
    h.settle();
    h.clock.advance(5_000);
    expect(heard(h.scheduler, 'rescindInverseOffer').length).toBeGreaterThan(0);
    expect(asked(h.scheduler).length).toBeGreaterThan(1);
  });

  test('is rescinded when its agent is away, and comes again with it', () => {
    const h = createCluster();
    h.master.updateMaintenanceSchedule([window('h1')]);
    h.settle();
    h.agent1.disconnect();
    h.clock.advance(3_000);
    expect(heard(h.scheduler, 'rescindInverseOffer')).toHaveLength(1);
    expect(asked(h.scheduler)).toHaveLength(1);
    h.agent1.connect();
    h.clock.advance(2_000);
    expect(asked(h.scheduler)).toHaveLength(2);
  });

  test('ends without a word when its scheduler is replaced, which is asked instead', () => {
    const h = createCluster();
    h.master.updateMaintenanceSchedule([window('h1')]);
    h.settle();
    const younger = h.framework({ id: h.scheduler.id });
    h.clock.advance(1_000);
    expect(heard(h.scheduler, 'rescindInverseOffer')).toEqual([]);
    expect(asked(younger)).toHaveLength(1);
    younger.call({ type: 'teardown' });
    h.settle();
    expect(h.master.state().inverseOffers).toEqual([]);
  });
});

describe('A machine', () => {
  test('that goes down loses its agents, whose tasks are lost; none is taken in until it is up', () => {
    const h = createCluster();
    const { scheduler, agent1 } = h;
    const agent2 = h.agent({ hostname: 'h1' });
    agent2.disconnect();
    h.master.updateMaintenanceSchedule([window('h1')]);
    h.settle();
    h.master.startMaintenance(['H1']);
    h.settle();
    expect(h.master.state()).toMatchObject({ agents: [], inverseOffers: [], machines: [{ mode: 'DOWN' }] });
    const message = "Agent h1 removed: Operator initiated 'Machine DOWN'";
    expect(agent1.messages).toContainEqual({ type: 'shutdownAgent', message });
    expect(scheduler.updates().at(-1)).toMatchObject({
      state: 'TASK_LOST',
      reason: 'REASON_AGENT_REMOVED',
      message,
    });
    expect(scheduler.heard()).toContain('rescindInverseOffer');
    expect(scheduler.heard()).toContain('failure');
    const stranger = h.agent({ hostname: 'h1' });
    expect(stranger.messages).toEqual([{ type: 'shutdownAgent', message: 'Machine is DOWN' }]);
    agent2.connect();
    h.settle();
    expect(agent2.messages.at(-1)).toEqual({ type: 'shutdownAgent', message: 'Machine is DOWN' });
    h.master.stopMaintenance(['h1']);
    h.settle();
    expect(h.master.state().machines).toEqual([]);
    h.agent({ hostname: 'h1' });
    expect(h.master.state().agents).toHaveLength(1);
    expect(scheduler.offer()).not.toHaveProperty('unavailability');
  });

  test('must be in the schedule to go down, and down to come up; while down it stays in the schedule', () => {
    const h = createCluster();
    expect(() => h.master.startMaintenance(['h1'])).toThrow(
      'hostnames[0]: expected a machine that is part of the maintenance schedule, got "h1"',
    );
    h.master.updateMaintenanceSchedule([window('h1')]);
    h.settle();
    expect(() => h.master.stopMaintenance(['h1'])).toThrow('expected a machine that is DOWN, got "h1", which is DRAIN');
    expect(() => h.master.startMaintenance([])).toThrow('hostnames: expected a list with at least one machine, got []');
    expect(() => h.master.startMaintenance(['h1', 'H1'])).toThrow('hostnames[1]: expected each machine once, got "H1"');
    h.master.startMaintenance(['h1']);
    h.settle();
    expect(() => h.master.startMaintenance(['h1'])).toThrow('expected a machine that is DRAINING, got "h1"');
    expect(() => h.master.updateMaintenanceSchedule([])).toThrow('windows: expected every machine that is down');
    h.master.updateMaintenanceSchedule([{ hostnames: ['h1'], unavailability: { startMs: 5 } }]);
    h.settle();
    expect(h.master.state().machines).toMatchObject([{ mode: 'DOWN', unavailability: { startMs: 5 } }]);
  });

  test('is what it was for the next master', () => {
    const h = createCluster();
    h.agent({ hostname: 'h2' });
    h.master.updateMaintenanceSchedule([window('h1', 'h2')]);
    h.settle();
    h.master.startMaintenance(['h2']);
    h.settle();
    const { machines } = h.master.state();
    h.failover();
    h.settle();
    expect(h.master.state().machines).toEqual(machines);
    h.agent1.connect();
    h.scheduler.connect();
    h.clock.advance(1_000);
    expect(h.scheduler.offer().unavailability).toEqual(SOON);
    // Once by each master about `h1`, and about `h2` before it went down.
    const hosts = asked(h.scheduler).map(({ agentId }) => (agentId === h.agent1.id ? 'h1' : 'h2'));
    expect(hosts).toEqual(['h1', 'h2', 'h1']);
  });

  test('an agent that comes back with another host name follows the plan of that machine', () => {
    const h = createCluster();
    h.master.updateMaintenanceSchedule([window('h1')]);
    h.settle();
    h.agent1.disconnect();
    h.settle();
    h.agent1.hostname = 'h2';
    h.agent1.connect();
    h.clock.advance(1_000);
    expect(h.scheduler.offer()).not.toHaveProperty('unavailability');
    expect(asked(h.scheduler)).toHaveLength(1);
  });
});

test('a whitelist takes effect with the next allocation, and may be given with the options', () => {
  const h = createHarness({ whitelist: ['h2'] });
  const scheduler = h.framework();
  h.agent({ hostname: 'h1' });
  h.agent({ hostname: 'h2' });
  expect([...scheduler.offers.values()].map(({ hostname }) => hostname)).toEqual(['h2']);
  h.master.updateWhitelist(undefined);
  h.clock.advance(1_000);
  expect(scheduler.offers.size).toBe(2);
  expect(() => h.master.updateWhitelist([''])).toThrow('whitelist[0]: expected a host name, got ""');
  expect(() => createHarness({ whitelist: 'h1' as never })).toThrow('whitelist: expected a list of host names');
});
