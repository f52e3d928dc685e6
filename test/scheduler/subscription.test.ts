import type { Observable } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { ClosedError, FrameworkId, MasterId, SubscriptionError } from '../../src/core/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { connect, type DriverEvent, type DriverOptions, type FrameworkOptions } from '../../src/scheduler/index.ts';
import { createFakeMaster, HEARTBEAT_MS } from '../support/fake-master.ts';
import { createManualClock } from '../support/manual-clock.ts';

function setUp(options: DriverOptions & { readonly framework?: Partial<FrameworkOptions> } = {}) {
  const clock = createManualClock();
  const master = createFakeMaster();
  const { framework, ...rest } = options;
  const start = () => {
    const driver = connect(master, { name: 'test', ...framework }, { clock, random: seededRandom(1), ...rest });
    const events: DriverEvent[] = [];
    const types = () => events.map(({ type }) => type);
    driver.events$.subscribe({ next: (event) => events.push(event), error: () => undefined });
    return { driver, events, types };
  };
  return { clock, master, start };
}

describe('subscribing', () => {
  test('ready() resolves with the id that the master gives', async () => {
    const { master, start } = setUp();
    const { driver } = start();
    expect(driver.frameworkId).toBeUndefined();
    expect(driver.connected).toBe(false);
    master.connection.accept('F7');
    await expect(driver.ready()).resolves.toBe('F7');
    expect(driver.frameworkId).toBe('F7');
    expect(driver.connected).toBe(true);
  });

  test('ready() rejects, and every stream fails, when the master answers ERROR', async () => {
    const { clock, master, start } = setUp();
    const { driver, types } = start();
    const errors: unknown[] = [];
    const streams: readonly Observable<unknown>[] = [
      driver.offers$,
      driver.updates$,
      driver.rescinded$,
      driver.messages$,
      driver.failures$,
    ];
    for (const stream of streams) {
      stream.subscribe({ error: (error: unknown) => errors.push(error) });
    }
    master.connection.emit({ type: 'error', message: 'Role is not on the whitelist' });
    await expect(driver.ready()).rejects.toThrow(new SubscriptionError('Role is not on the whitelist'));
    await expect(driver.ended()).rejects.toThrow(SubscriptionError);
    expect(errors).toHaveLength(5);
    expect(types()).toEqual(['error']);
    clock.advance(3_600_000);
    expect(master.connections).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test.for([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'a master whose heartbeats come every %s ms is not taken for one',
    (heartbeatIntervalMs) => {
      const { clock, master, start } = setUp();
      const { driver, events } = start();
      master.connection.emit({
        type: 'subscribed',
        frameworkId: FrameworkId('F1'),
        heartbeatIntervalMs,
        masterInfo: { id: MasterId('m'), hostname: 'localhost', version: '1' },
      });
      clock.advance(0);
      expect(driver.connected).toBe(false);
      expect(events).toEqual([
        {
          type: 'disconnected',
          reason: `expected heartbeatIntervalMs of SUBSCRIBED to be finite and greater than 0, got ${heartbeatIntervalMs}`,
          retryMs: expect.any(Number),
        },
      ]);
    },
  );

  test('a scheduler that another has replaced ends, and its calls do nothing', async () => {
    const { master, start } = setUp();
    const { driver } = start();
    master.connection.accept();
    master.connection.emit({ type: 'error', message: 'Framework failed over' });
    await expect(driver.ended()).rejects.toThrow('Framework failed over');
    driver.kill('t1');
    expect(master.connection.calls).toEqual([]);
    expect(master.connections).toHaveLength(1);
  });

  test('events that come before SUBSCRIBED are ignored', () => {
    const { master, start } = setUp();
    const { types } = start();
    master.connection.emit({ type: 'heartbeat' });
    expect(types()).toEqual([]);
  });
});

describe('subscribing again', () => {
  test('goes on with the same id and new offers after the connection was closed', () => {
    const { clock, master, start } = setUp();
    const { driver, events } = start();
    expect(master.connection.subscribe.frameworkInfo.id).toBeUndefined();
    master.connection.accept('F7');
    clock.advance(5_000);
    master.connection.drop('master restarts');
    expect(driver.connected).toBe(false);
    expect(events.at(-1)).toMatchObject({ type: 'disconnected', reason: 'master restarts' });
    clock.advance(100);
    expect(master.connections).toHaveLength(2);
    expect(master.connection.subscribe.frameworkInfo.id).toBe('F7');
    expect(driver.frameworkId).toBe('F7');
  });

  test('waits longer and longer, up to the maximum, and never less than half of it', () => {
    const { clock, master, start } = setUp();
    master.refusing = true;
    const { events } = start();
    clock.advance(600_000);
    const delays = events.flatMap((event) => (event.type === 'disconnected' ? [event.retryMs] : []));
    const full = [100, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
    full.forEach((fullMs, index) => {
      expect(delays[index]).toBeGreaterThanOrEqual(fullMs / 2);
      expect(delays[index]).toBeLessThanOrEqual(fullMs);
    });
    expect(Math.max(...delays)).toBeLessThanOrEqual(30_000);
    expect(new Set(delays.slice(6)).size).toBeGreaterThan(5);
    expect(events.filter(({ type }) => type === 'connecting').at(-1)).toEqual({
      type: 'connecting',
      attempt: delays.length,
    });
  });

  test('begins with the short delay again only after a subscription that lasted', () => {
    const { clock, master, start } = setUp();
    const { events } = start();
    const lastDelay = () => events.flatMap((event) => (event.type === 'disconnected' ? [event.retryMs] : [])).at(-1);
    for (let flap = 0; flap < 5; flap++) {
      master.connection.accept();
      master.connection.drop();
      clock.advance(30_000);
    }
    expect(lastDelay()).toBeGreaterThanOrEqual(4_000);
    master.connection.accept();
    clock.advance(1_000);
    master.connection.drop();
    expect(lastDelay()).toBeLessThanOrEqual(100);
  });

  test('gives a master up that is silent for three heartbeats, and no sooner', () => {
    const { clock, master, start } = setUp();
    const { events } = start();
    const { connection } = master;
    connection.accept();
    clock.advance(2 * HEARTBEAT_MS);
    connection.emit({ type: 'heartbeat' });
    clock.advance(3 * HEARTBEAT_MS - 1);
    expect(connection.closed).toBe(false);
    clock.advance(1);
    expect(connection.closed).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: 'disconnected', reason: 'no heartbeat for 45000 ms' });
    clock.advance(100);
    expect(master.connections).toHaveLength(2);
  });

  test('gives a master up that does not answer SUBSCRIBE in time', () => {
    const { clock, master, start } = setUp({ subscribeTimeoutMs: 2_000 });
    const { events } = start();
    clock.advance(1_999);
    expect(master.connection.closed).toBe(false);
    clock.advance(1);
    expect(events.at(-1)).toMatchObject({ type: 'disconnected', reason: 'no answer to SUBSCRIBE for 2000 ms' });
  });

  test('ignores what a connection says that was given up', () => {
    const { clock, master, start } = setUp();
    const { driver, types } = start();
    const [old] = master.connections;
    old?.accept();
    old?.drop();
    clock.advance(100);
    const before = types().length;
    old?.emit({ type: 'heartbeat' });
    old?.accept('F9');
    old?.drop();
    expect(types()).toHaveLength(before);
    expect(driver.frameworkId).toBe('F1');
    expect(driver.connected).toBe(false);
  });

  test('carries what was suppressed and changed meanwhile', () => {
    const { clock, master, start } = setUp({ framework: { roles: ['a', 'b', 'c'], suppressedRoles: ['c'] } });
    const { driver } = start();
    expect(master.connection.subscribe.suppressedRoles).toEqual(['c']);
    master.connection.accept();
    master.connection.drop();
    driver.suppress(['a', 'b']);
    driver.revive(['b', 'c']);
    driver.updateFramework({ failoverTimeoutMs: 60_000 });
    clock.advance(100);
    expect(master.connection.subscribe).toMatchObject({
      frameworkInfo: { id: 'F1', failoverTimeoutMs: 60_000, roles: ['a', 'b', 'c'] },
      suppressedRoles: ['a'],
    });
    driver.revive();
    master.connection.accept();
    master.connection.drop();
    clock.advance(1_000);
    expect(master.connection.subscribe.suppressedRoles).toBeUndefined();
  });
});

describe('ending', () => {
  test('close() disconnects, completes the streams, and rejects what waits', async () => {
    const { clock, master, start } = setUp();
    const { driver } = start();
    let completed = 0;
    driver.offers$.subscribe({ complete: () => (completed += 1) });
    driver.updates$.subscribe({ complete: () => (completed += 1) });
    await driver.close();
    await driver.close();
    expect(master.connection.closed).toBe(true);
    expect(completed).toBe(2);
    expect(clock.pending).toBe(0);
    await expect(driver.ready()).rejects.toThrow(ClosedError);
    await expect(driver.teardown()).rejects.toThrow(ClosedError);
    await expect(driver.ended()).resolves.toBeUndefined();
    driver.offers$.subscribe({ complete: () => (completed += 1) });
    expect(completed).toBe(3);
    expect(() => driver.kill('t1')).toThrow('Expected an open driver for kill, got a closed one');
  });

  test('close() while waiting to connect again makes no other attempt', async () => {
    const { clock, master, start } = setUp();
    const { driver } = start();
    master.connection.drop();
    await driver.close();
    clock.advance(60_000);
    expect(master.connections).toHaveLength(1);
  });

  test('close() by one who watches an attempt begin prevents it', () => {
    const { clock, master, start } = setUp();
    const { driver } = start();
    driver.events$.subscribe(({ type }) => {
      if (type === 'connecting') void driver.close();
    });
    master.connection.drop();
    clock.advance(60_000);
    expect(master.connections).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('await using closes the driver', async () => {
    const { master, start } = setUp();
    {
      await using driver = start().driver;
      master.connection.accept();
      expect(driver.connected).toBe(true);
    }
    expect(master.connection.closed).toBe(true);
    expect(master.connection.calls).toEqual([]);
  });

  test('teardown() resolves when the master has ended the connection', async () => {
    const { clock, master, start } = setUp();
    const { driver, types } = start();
    master.connection.accept();
    let done = false;
    const teardown = driver.teardown().then(() => (done = true));
    expect(driver.teardown()).toBe(driver.teardown());
    expect(master.connection.calls).toEqual([{ type: 'teardown' }]);
    await Promise.resolve();
    expect(done).toBe(false);
    master.connection.drop();
    await teardown;
    await driver.ended();
    expect(types().at(-1)).toBe('subscribed');
    clock.advance(60_000);
    expect(master.connections).toHaveLength(1);
  });

  test('teardown() is said again, less and less often, until the master has ended the connection', async () => {
    const { clock, master, start } = setUp();
    const { driver } = start();
    master.connection.accept();
    const teardown = driver.teardown();
    const beat = () => master.connection.emit({ type: 'heartbeat' });
    clock.advance(1_000);
    expect(master.connection.calls).toHaveLength(2);
    clock.advance(2_000);
    expect(master.connection.calls).toHaveLength(3);
    for (let minutes = 0; minutes < 60; minutes++) {
      for (let beats = 0; beats < 6; beats++) {
        beat();
        clock.advance(10_000);
      }
    }
    const said = master.connection.calls.filter(({ type }) => type === 'teardown');
    expect(said.length).toBeGreaterThan(60);
    expect(said.length).toBeLessThan(130);
    master.connection.drop();
    await teardown;
    clock.advance(3_600_000);
    expect(master.connections).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('teardown() waits for a subscription if there is none', async () => {
    const { clock, master, start } = setUp();
    const { driver } = start();
    master.connection.accept();
    master.connection.drop();
    const teardown = driver.teardown();
    clock.advance(100);
    expect(master.connection.calls).toEqual([]);
    master.connection.accept();
    expect(master.connection.calls).toEqual([{ type: 'teardown' }]);
    master.connection.drop();
    await teardown;
  });

  test('teardown() is not taken for done when the master turns the attempt to subscribe away', () => {
    const { clock, master, start } = setUp();
    const { driver } = start();
    void driver.teardown();
    master.connection.drop();
    clock.advance(100);
    expect(master.connections).toHaveLength(2);
    master.connection.accept();
    expect(master.connection.calls).toEqual([{ type: 'teardown' }]);
  });

  test('teardown() is not taken for done when the connection was merely lost', async () => {
    const { clock, master, start } = setUp();
    const { driver } = start();
    master.connection.accept();
    const teardown = driver.teardown();
    clock.advance(3 * HEARTBEAT_MS + 100);
    expect(master.connections).toHaveLength(2);
    master.connection.emit({ type: 'error', message: 'Framework has been removed' });
    await teardown;
    await driver.ended();
  });

  test('teardown() rejects if another scheduler has taken over, or the author closes first', async () => {
    const replaced = setUp();
    const { driver } = replaced.start();
    replaced.master.connection.accept();
    const teardown = driver.teardown();
    replaced.master.connection.emit({ type: 'error', message: 'Framework failed over' });
    await expect(teardown).rejects.toThrow(SubscriptionError);

    const other = setUp().start().driver;
    const unfinished = other.teardown();
    await other.close();
    await expect(unfinished).rejects.toThrow(ClosedError);
  });
});
