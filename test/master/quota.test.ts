import { describe, expect, test } from 'vitest';
import type { Allocation } from '../../src/allocator/index.ts';
import { AgentId, InvalidArgument } from '../../src/core/index.ts';
import { createMemoryRegistry, type QuotaConfig } from '../../src/master/index.ts';
import { offersAreWithinLimits } from '../../src/master/quota.ts';
import { Quantities, ResourceLimits, Resources } from '../../src/resources/index.ts';
import type { FakeScheduler } from '../support/fake-scheduler.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createHarness, type Harness, launch } from '../support/master-harness.ts';

const FOUR = { resources: Resources.parse('cpus:4;mem:1024') };

/** What a scheduler is offered in all, of the name. */
function offered(scheduler: FakeScheduler, name = 'cpus'): number {
  let milli = 0;
  for (const { resources } of scheduler.offers.values()) milli += resources.quantities().get(name);
  return milli / 1_000;
}

function quotasOf(h: Harness): object {
  const plain = Object.entries(h.master.state().quotas).map(([role, { guarantees, limits, consumed }]) => [
    role,
    `${guarantees} | ${limits} | ${consumed}`,
  ]);
  return Object.fromEntries(plain);
}

describe('Quota', () => {
  test('limits what a role is offered; what is used stays, even if it is more', () => {
    const h = createHarness();
    h.agent(FOUR);
    const scheduler = h.framework({ roles: ['eng'] });
    expect(offered(scheduler)).toBe(4);
    h.master.updateQuota([{ role: 'eng', limits: { cpus: 3, mem: 512 } }]);
    h.clock.advance(1_000);
    expect([offered(scheduler), offered(scheduler, 'mem')]).toEqual([3, 512]);
    launch(h, scheduler, 't1', 'cpus:2;mem:64');
    expect(quotasOf(h)).toEqual({ eng: '{} | cpus:3; mem:512 | cpus:2; mem:64' });
    h.master.updateQuota([{ role: 'eng', limits: { cpus: 1 } }], { force: true });
    h.clock.advance(2_000);
    expect(offered(scheduler)).toBe(0);
    expect(h.master.state().tasks).toHaveLength(1);
    h.master.updateQuota([{ role: 'eng' }]);
    h.clock.advance(2_000);
    expect(offered(scheduler)).toBe(2);
    expect(quotasOf(h)).toEqual({});
  });

  test('takes back what was offered to others, and keeps what is promised for who comes later', () => {
    const h = createHarness();
    h.agent(FOUR);
    const first = h.framework({ roles: ['ops'] });
    expect(offered(first)).toBe(4);
    h.master.updateQuota([{ role: 'eng', guarantees: { cpus: 3 } }]);
    h.settle();
    expect(first.events.at(-1)?.type).toBe('rescind');
    h.clock.advance(2_000);
    expect(offered(first)).toBe(1);
    const second = h.framework({ roles: ['eng'] });
    h.clock.advance(2_000);
    expect(offered(second)).toBe(3);
  });

  test('leaves offers as they are if it promises nothing and limits nobody', () => {
    const h = createHarness();
    h.agent(FOUR);
    const scheduler = h.framework({ roles: ['ops'] });
    const { id } = scheduler.offer();
    h.master.updateQuota([{ role: 'eng', limits: { cpus: 1 } }]);
    h.settle();
    expect(scheduler.offer().id).toBe(id);
    expect(quotasOf(h)).toEqual({ eng: '{} | cpus:1 | {}' });
  });

  test('counts what roles below use and have reserved, and takes back what they are offered', () => {
    const h = createHarness();
    h.agent({ resources: Resources.parse('cpus:4;mem:1024;cpus(eng/db):1') });
    const scheduler = h.framework({ roles: ['eng/web'] });
    launch(h, scheduler, 't1', 'cpus:2;mem:64');
    h.clock.advance(1_000);
    const { id } = scheduler.offer();
    h.master.updateQuota([{ role: 'eng', limits: { cpus: 3 } }]);
    h.settle();
    expect(scheduler.events).toContainEqual({ type: 'rescind', offerId: id });
    expect(quotasOf(h)).toEqual({ eng: '{} | cpus:3 | cpus:3; mem:64' });
    expect(() => h.master.updateQuota([{ role: 'eng', limits: { cpus: 2 } }])).toThrow(InvalidArgument);
  });

  test('counts what was reserved after it was set', () => {
    const h = createHarness();
    h.agent(FOUR);
    const scheduler = h.framework({ roles: ['eng'] });
    h.master.updateQuota([{ role: 'eng', limits: { cpus: 2 } }]);
    h.clock.advance(1_000);
    const offer = scheduler.offer();
    const resources = Resources.parse('cpus:2').allocate('eng').pushReservation({ type: 'DYNAMIC', role: 'eng' });
    scheduler.call({
      type: 'accept',
      offerIds: [offer.id],
      operations: [{ type: 'RESERVE', resources }],
      filters: { refuseMs: 0 },
    });
    h.clock.advance(3_000);
    expect(offered(scheduler)).toBe(2);
    expect(quotasOf(h)).toEqual({ eng: '{} | cpus:2 | cpus:2' });
  });

  test('is in force once the registry has it, and not before', () => {
    const clock = createManualClock();
    let latencyMs = 0;
    const h = createHarness({ clock, registry: createMemoryRegistry({ clock, latencyMs: () => latencyMs }) });
    h.agent(FOUR);
    const scheduler = h.framework({ roles: ['eng'] });
    latencyMs = 5_000;
    h.master.updateQuota([{ role: 'eng', limits: { cpus: 1 } }]);
    h.clock.advance(4_000);
    expect([quotasOf(h), offered(scheduler)]).toEqual([{}, 4]);
    h.clock.advance(2_000);
    expect([quotasOf(h), offered(scheduler)]).toEqual([{ eng: '{} | cpus:1 | {}' }, 1]);
  });

  test('outlives the master: the next one keeps to it, and waits for most agents before it offers anything', () => {
    const h = createHarness();
    const agents = Array.from({ length: 5 }, (_, n) => h.agent({ ...FOUR, hostname: `a${n}` }));
    h.master.updateQuota([{ role: 'eng', guarantees: { cpus: 2 }, limits: { cpus: 6 } }]);
    h.settle();
    h.failover();
    const scheduler = h.framework({ roles: ['eng'] });
    expect(quotasOf(h)).toEqual({ eng: 'cpus:2 | cpus:6 | {}' });
    // Four of five are enough.
    for (const agent of agents.slice(0, 3)) agent.connect();
    h.clock.advance(10_000);
    expect([h.master.state().agents.length, offered(scheduler)]).toEqual([3, 0]);
    agents[3]?.connect();
    h.clock.advance(2_000);
    expect(offered(scheduler)).toBe(6);
  });

  test('is not waited for after a failover if there is none any more', () => {
    const h = createHarness();
    const [first] = [h.agent({ ...FOUR, hostname: 'a1' }), h.agent({ ...FOUR, hostname: 'a2' })];
    h.master.updateQuota([{ role: 'eng', limits: { cpus: 6 } }]);
    h.master.updateQuota([{ role: 'eng' }]);
    h.settle();
    h.failover();
    const scheduler = h.framework({ roles: ['eng'] });
    first?.connect();
    h.clock.advance(2_000);
    expect(offered(scheduler)).toBe(4);
  });

  test.each<[readonly QuotaConfig[], string]>([
    [[{ role: 'a/b' }], 'configs[0].role: expected a top-level role, got "a/b"'],
    [[{ role: '' }], 'configs[0].role: '],
    [[{ role: 'a' }, { role: '.' }], 'configs[1].role: '],
    [[{ role: 'a' }, { role: 'a' }], 'configs[1].role: expected each role once, got "a" again'],
    [
      [{ role: 'a', limits: { cpus: -1 } }],
      'configs[0].limits.cpus: expected a number from 0 to 1000000000000, got -1',
    ],
    [[{ role: 'a', guarantees: { cpus: Number.NaN } }], 'configs[0].guarantees.cpus: expected a number from 0 to '],
    [
      [{ role: 'a', limits: { mem: 2 ** 41 } }],
      'configs[0].limits.mem: expected a number from 0 to 1099511627776, got',
    ],
    [[{ role: 'a', limits: { '': 1 } }], 'configs[0].limits: expected a name of a resource'],
    [
      [{ role: 'a', guarantees: { cpus: 2, mem: 1 }, limits: { cpus: 1 } }],
      'configs[0].guarantees: expected guarantees within cpus:1, got cpus:2; mem:1',
    ],
    [
      [
        { role: 'a', guarantees: { cpus: 3 } },
        { role: 'b', guarantees: { cpus: 2 } },
      ],
      'configs: expected guarantees within cpus:4; mem:1024, which all agents have, or force, got cpus:5 in all',
    ],
    [[{ role: 'a', guarantees: { gpus: 1 } }], 'configs: expected guarantees within cpus:4; mem:1024'],
    [
      [{ role: 'eng', limits: { cpus: 1 } }],
      'configs[0].limits: expected at least cpus:2; mem:64, which the role consumes, or force, got cpus:1',
    ],
  ])('that is none is refused, and nothing changes: %j', (configs, message) => {
    const h = createHarness();
    h.agent(FOUR);
    launch(h, h.framework({ roles: ['eng'] }), 't1', 'cpus:2;mem:64');
    expect(() => h.master.updateQuota(configs)).toThrow(InvalidArgument);
    expect(() => h.master.updateQuota(configs)).toThrow(message);
    h.settle();
    expect(quotasOf(h)).toEqual({});
  });

  test.each([
    ['a map', { role: 'a', limits: new Map([['cpus', 1]]) }, 'configs[0].limits: expected plain numbers by name'],
    ['quantities', { role: 'a', guarantees: Quantities.of({ cpus: 1 }) }, 'configs[0].guarantees: expected plain'],
    [
      'a misspelt field',
      { role: 'a', guarantee: {} },
      'configs[0].guarantee: expected one of role, guarantees, limits',
    ],
    ['a number for a role', { role: 7 }, 'configs[0].role: expected a role, got 7'],
    ['a text for a number', { role: 'a', limits: { cpus: '1' } }, 'configs[0].limits.cpus: expected a number'],
  ])('that is %s is refused', (_what, config, message) => {
    const h = createHarness();
    const update: unknown = Reflect.get(h.master, 'updateQuota');
    const call = (...args: readonly unknown[]) => typeof update === 'function' && update.call(h.master, ...args);
    expect(() => call([config])).toThrow(message);
    expect(() => call(config)).toThrow('configs: expected a list of quotas');
    expect(() => call([], { force: 1 })).toThrow('force: expected true or false, got 1');
    expect(() => call([], { forced: true })).toThrow('forced: expected one of force');
  });

  test('may be forced to promise more than there is, and counts what other roles are promised', () => {
    const h = createHarness();
    h.agent(FOUR);
    h.master.updateQuota([{ role: 'a', guarantees: { cpus: 9 } }], { force: true });
    h.settle();
    expect(quotasOf(h)).toEqual({ a: 'cpus:9 | {} | {}' });
    expect(() => h.master.updateQuota([{ role: 'b', guarantees: { cpus: 1 } }])).toThrow('got cpus:10 in all');
    h.master.updateQuota([
      { role: 'a', guarantees: { cpus: 3 } },
      { role: 'b', guarantees: { cpus: 1 } },
    ]);
    h.settle();
    expect(quotasOf(h)).toEqual({ a: 'cpus:3 | {} | {}', b: 'cpus:1 | {} | {}' });
  });
});

test('A6: an offer that lets a role consume more than its limits is found', () => {
  const h = createHarness();
  const agent = h.agent({ resources: Resources.parse('cpus:4;mem:1024;cpus(eng/db):1') });
  const scheduler = h.framework({ roles: ['eng'] });
  launch(h, scheduler, 't1', 'cpus:2;mem:64');
  const { agents, frameworks } = h.master.state();
  expect([agents.length, frameworks.length]).toEqual([1, 1]);
  const part = Resources.parse('cpus:1').allocate('eng');
  const allocation: Allocation = new Map([['eng', new Map([[agent.id, part]])]]);
  const command = { type: 'allocated', frameworkId: scheduler.id, allocation, wallMs: 0 } as const;
  const total = agents.map(({ total: all }) => ({ total: all }));
  const check = (limits: Record<string, number>, held: string): readonly string[] => {
    const used = new Map([[scheduler.id, Resources.parse(held).allocate('eng')]]);
    return offersAreWithinLimits(
      {
        agents: new Map(total.map((each) => [agent.id, { ...AGENT, ...each }])),
        offers: { size: 0, get: () => undefined, ofAgent: () => [], ofFramework: () => [], all: () => [] },
        quotas: new Map([['eng', { guarantees: Quantities.empty, limits: ResourceLimits.of(limits) }]]),
        used: { ofAgent: (id) => (id === agent.id ? used : new Map()) },
      },
      command,
    );
  };
  expect(check({ cpus: 3 }, 'cpus:2')).toEqual([]);
  expect(check({ cpus: 3 }, 'cpus:2.5')).toEqual([
    'A6: role eng was offered cpus:1, and holds cpus:3.5: more than its limits cpus:3',
  ]);
  // Of memory it is offered no more.
  expect(check({ mem: 1 }, 'mem:2')).toEqual([]);
});

const AGENT = {
  id: AgentId('a'),
  info: { id: AgentId('a'), hostname: 'h', resources: Resources.empty, attributes: [] },
  connection: 1,
  epoch: 0,
  unansweredPings: 0,
  killsWhenBack: [],
  inverseOfferStatuses: [],
  registeredMs: 0,
  reregisteredMs: undefined,
};
