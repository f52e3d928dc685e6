import { describe, expect, test } from 'vitest';
import { FrameworkId } from '../../src/core/index.ts';
import { FakeScheduler } from '../support/fake-scheduler.ts';
import { createHarness, launch } from '../support/master-harness.ts';

describe('subscribe', () => {
  test('of a new framework gives it an id of the master and a counter, then a heartbeat at once', () => {
    const h = createHarness();
    const first = h.framework();
    const second = h.framework();
    const masterId = h.master.state().id;
    expect(first.id).toBe(`${masterId}-0000`);
    expect(second.id).toBe(`${masterId}-0001`);
    expect(first.events.map(({ type }) => type)).toEqual(['subscribed', 'heartbeat']);
    expect(first.events[0]).toMatchObject({
      heartbeatIntervalMs: 15_000,
      masterInfo: { id: masterId, hostname: 'localhost' },
    });
  });

  test('is followed by a heartbeat every interval, until the scheduler is gone', () => {
    const h = createHarness({ heartbeatIntervalMs: 1_000 });
    const scheduler = h.framework();
    h.clock.advance(3_000);
    expect(scheduler.events.filter(({ type }) => type === 'heartbeat')).toHaveLength(4);
    scheduler.disconnect();
    h.clock.advance(3_000);
    expect(scheduler.events.filter(({ type }) => type === 'heartbeat')).toHaveLength(4);
  });

  test('of an id that nobody knows is taken as that of an earlier master', () => {
    const h = createHarness();
    const scheduler = h.framework({ id: FrameworkId('older-0007') });
    expect(scheduler.id).toBe('older-0007');
    expect(h.master.state().frameworks).toMatchObject([{ id: 'older-0007', connected: true, recovered: false }]);
  });

  test.for([
    [{ roles: ['a', 'a'] }, "'FrameworkInfo.roles' must name each role once"],
    [{ roles: ['/a'] }, 'invalid role'],
    [{ failoverTimeoutMs: Number.NaN }, 'failoverTimeoutMs'],
  ] as const)('with %j is refused with an error, and the connection ends', ([info, message]) => {
    const h = createHarness();
    const scheduler = new FakeScheduler(h.master.schedulers, info);
    scheduler.connect();
    h.settle();
    expect(scheduler.heard()).toEqual(['error']);
    expect(scheduler.events[0]).toMatchObject({ message: expect.stringContaining(message) });
    expect(scheduler.closed).toHaveLength(1);
    expect(h.master.state().frameworks).toEqual([]);
  });

  test('that suppresses a role which the framework has not is refused', () => {
    const h = createHarness();
    const scheduler = new FakeScheduler(h.master.schedulers);
    scheduler.connect(['other']);
    h.settle();
    expect(scheduler.events[0]).toMatchObject({
      type: 'error',
      message: expect.stringContaining('Suppressed roles {other}'),
    });
  });

  test('of a connected framework takes over: the older scheduler hears of it and is cut off', () => {
    const h = createHarness();
    h.agent();
    const older = h.framework();
    expect(older.offers.size).toBe(1);
    const younger = h.framework({ id: older.id });
    expect(older.heard()).toEqual(['subscribed', 'offers', 'error']);
    expect(older.events.at(-1)).toEqual({ type: 'error', message: 'Framework failed over' });
    expect(older.closed).toEqual(['Framework failed over']);
    // Its offers end without a word, and the newcomer gets fresh ones.
    expect(younger.heard()).toEqual(['subscribed', 'offers']);
    expect(younger.id).toBe(older.id);
    expect(h.master.state().offers).toHaveLength(1);
  });

  test('with another principal is refused, and the framework stays as it was', () => {
    const h = createHarness();
    const scheduler = h.framework({ principal: 'one' });
    const other = h.framework({ id: scheduler.id, principal: 'two' });
    expect(other.events[0]).toMatchObject({ type: 'error', message: expect.stringContaining('principal') });
    expect(scheduler.isConnected).toBe(true);
  });

  test('with another user or checkpoint flag keeps the old ones; the rest is replaced', () => {
    const h = createHarness();
    const scheduler = h.framework({ user: 'ann', checkpoint: true, name: 'old' });
    h.framework({ id: scheduler.id, user: 'bob', checkpoint: false, name: 'new', roles: ['ops'] });
    const [framework] = h.master.state().frameworks;
    expect(framework?.info).toMatchObject({ user: 'ann', checkpoint: true, name: 'new', roles: ['ops'] });
  });

  test('replaces what was suppressed before', () => {
    const h = createHarness();
    h.agent();
    const scheduler = new FakeScheduler(h.master.schedulers);
    scheduler.connect(['eng']);
    h.clock.advance(2_000);
    expect(scheduler.offers.size).toBe(0);
    scheduler.connect();
    h.settle();
    expect(scheduler.offers.size).toBe(1);
  });

  test('of a framework that has been removed is refused for good', () => {
    const h = createHarness();
    const scheduler = h.framework();
    scheduler.call({ type: 'teardown' });
    h.settle();
    const again = h.framework({ id: scheduler.id });
    expect(again.events).toEqual([{ type: 'error', message: 'Framework has been removed' }]);
  });
});

describe('A scheduler that disconnects', () => {
  test('loses its offers silently, and the framework is removed when its failover timeout is over', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework({ failoverTimeoutMs: 5_000 });
    launch(h, scheduler, 't1');
    scheduler.disconnect();
    h.settle();
    expect(h.master.state().offers).toEqual([]);
    h.clock.advance(4_990);
    expect(h.master.state().frameworks).toMatchObject([{ connected: false }]);
    h.clock.advance(20);
    expect(h.master.state().frameworks).toEqual([]);
    expect(h.master.state().completedFrameworks).toMatchObject([
      { id: scheduler.id, tasks: [{ state: 'TASK_KILLED' }] },
    ]);
    expect(agent.messages.at(-1)).toMatchObject({ type: 'shutdownFramework', frameworkId: scheduler.id });
  });

  test('ends its framework at once without a failover timeout', () => {
    const h = createHarness();
    const scheduler = h.framework({ failoverTimeoutMs: 0 });
    scheduler.disconnect();
    h.settle();
    expect(h.master.state().frameworks).toEqual([]);
  });

  test('and comes back in time is the same framework, with a new failover timeout', () => {
    const h = createHarness();
    const scheduler = h.framework({ failoverTimeoutMs: 5_000 });
    scheduler.disconnect();
    h.clock.advance(4_000);
    scheduler.connect();
    h.settle();
    scheduler.disconnect();
    h.clock.advance(4_000);
    expect(h.master.state().frameworks).toMatchObject([{ id: scheduler.id }]);
    h.clock.advance(1_001);
    expect(h.master.state().frameworks).toEqual([]);
  });

  test('calls that come on a connection of the past are dropped', () => {
    const h = createHarness();
    const older = h.framework();
    h.framework({ id: older.id });
    older.call({ type: 'teardown' });
    h.settle();
    expect(h.master.state().frameworks).toHaveLength(1);
  });
});

describe('updateFramework', () => {
  test('replaces the description and what is suppressed, tells agents, and rescinds offers of a role that was dropped', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1');
    h.clock.advance(1_000);
    const offer = scheduler.offer();
    const frameworkInfo = { ...scheduler.info, name: 'renamed', roles: ['ops'] };
    scheduler.call({ type: 'updateFramework', frameworkInfo });
    h.settle();
    expect(scheduler.events).toContainEqual({ type: 'rescind', offerId: offer.id });
    expect(agent.messages).toContainEqual({ type: 'updateFramework', frameworkInfo });
    expect(h.master.state().frameworks).toMatchObject([
      { info: { name: 'renamed' }, roles: ['ops'], suppressedRoles: [] },
    ]);
    h.clock.advance(1_000);
    expect(scheduler.offer().role).toBe('ops');
  });

  test.for([
    { user: 'other' },
    { checkpoint: false },
    { principal: 'other' },
    { roles: ['/'] },
    { id: FrameworkId('x') },
  ])('with %j is dropped', (change) => {
    const h = createHarness();
    const scheduler = h.framework();
    scheduler.call({ type: 'updateFramework', frameworkInfo: { ...scheduler.info, name: 'renamed', ...change } });
    h.settle();
    expect(h.master.state().frameworks).toMatchObject([{ info: { name: 'test' } }]);
    expect(h.logged.at(-1)).toContain('Dropped update of framework');
  });
});

describe('teardown', () => {
  test('by the operator ends tasks on all agents, and is told to nobody but them', () => {
    const h = createHarness({ maxCompletedFrameworks: 1 });
    const agent = h.agent();
    const first = h.framework();
    const second = h.framework();
    launch(h, first, 't1');
    h.master.teardown(first.id);
    h.settle();
    expect(first.updates()).toEqual([]);
    expect(first.closed).toEqual(['Framework removed']);
    expect(agent.messages).toContainEqual({ type: 'shutdownFramework', frameworkId: first.id });
    expect(h.master.state().tasks).toEqual([]);
    // Only so many are remembered.
    h.master.teardown(second.id);
    h.settle();
    expect(h.master.state().completedFrameworks.map(({ id }) => id)).toEqual([second.id]);
  });

  test('of nobody is a mistake of the caller', () => {
    const h = createHarness();
    expect(() => h.master.teardown(FrameworkId('x'))).toThrow(
      'frameworkId: expected a framework that is known, got "x"',
    );
  });
});
