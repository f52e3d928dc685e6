import { describe, expect, test } from 'vitest';
import { AgentId, FrameworkId, InvalidArgument, OperationError } from '../../src/core/index.ts';
import { Quantities, Resources } from '../../src/resources/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { createFleet, type Given, tell } from './fleet.ts';

const F1 = FrameworkId('f1');
const F2 = FrameworkId('f2');
const A1 = AgentId('a1');
const NOBODY: ReadonlyMap<FrameworkId, Resources> = new Map();
const one = (offers: readonly Given[]): Given => {
  const [offer] = offers;
  if (offer === undefined || offers.length !== 1) throw new Error(`Expected one offer, got ${offers.map(tell).join()}`);
  return offer;
};

describe('allocator: when it runs', () => {
  test('events of one moment share one run, which comes after the calls', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:1;mem:100');
    fleet.addAgent('a2', 'cpus:1;mem:100');
    expect(fleet.allocator.snapshot().allocationRuns).toBe(0);
    expect(fleet.told()).toEqual(['f1 r a1 cpus:1; mem:100', 'f1 r a2 cpus:1; mem:100']);
    expect(fleet.allocator.snapshot().allocationRuns).toBe(1);
  });

  test('what is given back waits for the batch run', () => {
    const fleet = createFleet({ allocationIntervalMs: 500 });
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:1;mem:100');
    fleet.recover(one(fleet.offers()));
    expect(fleet.told(499)).toEqual([]);
    expect(fleet.told(1)).toEqual(['f1 r a1 cpus:1; mem:100']);
  });

  test('an agent that is added is offered at once, others wait for the batch run', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:1;mem:100');
    fleet.recover(one(fleet.offers()));
    fleet.addAgent('a2', 'cpus:2;mem:200');
    expect(fleet.told()).toEqual(['f1 r a2 cpus:2; mem:200']);
    expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:1; mem:100']);
  });

  test('pause() holds everything back until the batch run after resume(), or for an agent until it is added then', () => {
    const fleet = createFleet();
    fleet.allocator.pause();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:1;mem:100');
    expect(fleet.told(5000)).toEqual([]);
    fleet.allocator.resume();
    expect(fleet.told()).toEqual([]);
    fleet.addAgent('a2', 'cpus:2;mem:200');
    expect(fleet.told()).toEqual(['f1 r a2 cpus:2; mem:200']);
    expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:1; mem:100']);
  });

  test('close() stops all timers', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.allocator.close();
    expect(fleet.clock.pending).toBe(0);
    expect(fleet.told(5000)).toEqual([]);
  });

  test('onOffers may answer at once', () => {
    const declined: string[] = [];
    const fleet = createFleet({
      onOffers(frameworkId, allocation) {
        for (const [role, byAgent] of allocation) {
          for (const [agentId, resources] of byAgent) {
            declined.push(`${frameworkId} ${role} ${agentId}`);
            fleet.allocator.recoverResources(frameworkId, agentId, resources, 60_000);
          }
        }
      },
    });
    fleet.addFramework('f1', ['r']);
    fleet.addFramework('f2', ['r']);
    fleet.addAgent('a1', 'cpus:1;mem:100');
    fleet.clock.advance(5000);
    expect(declined).toEqual(['f1 r a1', 'f2 r a1']);
    expect([...fleet.allocator.books()]).toEqual([]);
  });

  test('a seed fixes who gets which agent, and other seeds give others', () => {
    const told = (seed: number): string => {
      const fleet = createFleet({ random: seededRandom(seed) });
      fleet.addFramework('f1', ['r']);
      fleet.addFramework('f2', ['r']);
      for (let i = 0; i < 20; i++) fleet.addAgent(`a${i}`, 'cpus:1;mem:100');
      return fleet.told().join();
    };
    expect(told(1)).toBe(told(1));
    expect(new Set([1, 2, 3, 4, 5].map(told)).size).toBeGreaterThan(1);
  });
});

describe('allocator: filters', () => {
  const declinedFor = (refuseMs: number) => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:100');
    fleet.recover(one(fleet.offers()), refuseMs);
    return fleet;
  };

  test('a refusal holds for its time, and is gone with it', () => {
    const fleet = declinedFor(2500);
    expect(fleet.told(2999)).toEqual([]);
    expect(fleet.told(1)).toHaveLength(1);
  });

  test('a refusal of 0 ms is none', () => {
    expect(declinedFor(0).told(1000)).toHaveLength(1);
  });

  test('the shortest refusal outlives the next batch run, wherever in the interval it was made', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:100');
    const offer = one(fleet.offers(999));
    fleet.recover(offer, 1);
    expect(fleet.told(1000)).toEqual([]);
    expect(fleet.told(1000)).toHaveLength(1);
  });

  test('the shortest refusal lasts an allocation interval, also if a run has met it before', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:100');
    fleet.recover(one(fleet.offers(999)), 1);
    fleet.allocator.activateFramework(F1);
    expect(fleet.told()).toEqual([]);
    expect(fleet.told(1)).toEqual([]);
    expect(fleet.told(1000)).toHaveLength(1);
  });

  test('a refusal does not expire before a run has met it, however long runs are paused', () => {
    const fleet = declinedFor(1000);
    fleet.allocator.pause();
    fleet.clock.advance(60_000);
    fleet.allocator.resume();
    expect(fleet.told(1000)).toEqual([]);
    expect(fleet.told(1000)).toHaveLength(1);
  });

  test('more than was refused gets through, as much or less does not', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:3;mem:100');
    const { resources } = one(fleet.offers());
    const part = Resources.parse('cpus:1').allocate('r');
    fleet.allocator.recoverResources(F1, A1, resources.minus(part), 3_600_000);
    expect(fleet.told(1000)).toEqual([]);
    fleet.allocator.recoverResources(F1, A1, part);
    expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:3; mem:100']);
  });

  test('an agent whose attributes change is offered again at once, one whose host name changes is not', () => {
    const fleet = declinedFor(3_600_000);
    const { active: _, available: __, ...info } = fleet.allocator.agent(A1) ?? expect.fail('a1 is known');
    fleet.allocator.updateAgent(A1, { ...info, hostname: 'other' });
    expect(fleet.told(1000)).toEqual([]);
    const rack = { name: 'rack', value: { type: 'TEXT', text: 'r1' } } as const;
    fleet.allocator.updateAgent(A1, { ...info, attributes: [rack] });
    expect(fleet.told()).toEqual(['f1 r a1 cpus:2; mem:100']);
  });

  test.for([
    ['revive', (fleet) => fleet.allocator.reviveOffers(F1)],
    ['revive of the role', (fleet) => fleet.allocator.reviveOffers(F1, ['r'])],
    [
      'deactivation',
      (fleet) => {
        fleet.allocator.deactivateFramework(F1);
        fleet.allocator.activateFramework(F1);
      },
    ],
    [
      'leaving the role',
      (fleet) => {
        fleet.allocator.updateFramework(F1, { roles: ['s'], capabilities: [] });
        fleet.allocator.updateFramework(F1, { roles: ['r'], capabilities: [] });
      },
    ],
  ] as const satisfies readonly (readonly [string, (fleet: ReturnType<typeof createFleet>) => void])[])(
    '%s ends refusals',
    ([, act]) => {
      const fleet = declinedFor(3_600_000);
      expect(fleet.allocator.snapshot().offerFilters).toEqual(new Map([['r', 1]]));
      // The refusal has been met, and the agent would not be looked at again but for what follows.
      expect(fleet.told(1000)).toEqual([]);
      act(fleet);
      expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:2; mem:100']);
      expect(fleet.allocator.snapshot().offerFilters).toEqual(new Map([['r', 0]]));
    },
  );

  test('suppression survives disconnection; revival of one role leaves the other alone', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r', 's']);
    fleet.allocator.suppressOffers(F1);
    fleet.addAgent('a1', 'cpus:2;mem:100');
    fleet.allocator.deactivateFramework(F1);
    fleet.allocator.activateFramework(F1);
    expect(fleet.told(1000)).toEqual([]);
    fleet.allocator.reviveOffers(F1, ['s']);
    expect(fleet.told()).toEqual(['f1 s a1 cpus:2; mem:100']);
    expect(fleet.allocator.framework(F1)?.suppressedRoles).toEqual(['r']);
  });

  test('everybody who becomes willing is asked, also when many do at once', () => {
    const fleet = createFleet();
    for (let i = 0; i < 40; i++) fleet.addFramework(`f${i}`, [`r${i % 7}`]);
    for (let i = 0; i < 40; i++) fleet.allocator.suppressOffers(FrameworkId(`f${i}`));
    fleet.addAgent('a1', 'cpus:2;mem:100');
    expect(fleet.told(1000)).toEqual([]);
    for (let i = 0; i < 40; i++) fleet.allocator.reviveOffers(FrameworkId(`f${i}`));
    expect(fleet.offers()).toHaveLength(1);
  });

  test('of a few that become willing the one furthest below its share is served', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:100');
    fleet.offers();
    fleet.addFramework('f2', ['s']);
    fleet.allocator.suppressOffers(F1);
    fleet.allocator.suppressOffers(F2);
    fleet.addAgent('a2', 'cpus:2;mem:100');
    fleet.offers(1000);
    fleet.allocator.reviveOffers(F1);
    fleet.allocator.reviveOffers(F2);
    expect(fleet.told()).toEqual(['f2 s a2 cpus:2; mem:100']);
  });
});

describe('allocator: who is offered what', () => {
  test('a few of each: nothing below the minimum, and a framework may set its own', () => {
    const fleet = createFleet({ minAllocatable: [Quantities.parse('cpus:1;ports:2'), Quantities.parse('gpus:1')] });
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:1;ports:[1-1]');
    fleet.addAgent('a2', 'cpus:1;ports:[1-1,5-5]');
    expect(fleet.told()).toEqual(['f1 r a2 cpus:1; ports:[1-1,5-5]'.replace(',', ', ')]);
    fleet.addFramework('f2', ['s'], { minAllocatable: { s: [Quantities.parse('ports:1')] } });
    expect(fleet.told()).toEqual(['f2 s a1 cpus:1; ports:[1-1]']);
  });

  test('an agent with GPUs is kept for those that take GPUs, unless the rule is off', () => {
    for (const filterGpuResources of [true, false]) {
      const fleet = createFleet({ filterGpuResources });
      fleet.addFramework('f1', ['r']);
      fleet.addAgent('a1', 'cpus:1;mem:100;gpus:1');
      expect(fleet.offers()).toHaveLength(filterGpuResources ? 0 : 1);
      fleet.addFramework('f2', ['s'], { capabilities: ['MULTI_ROLE', 'GPU_RESOURCES'] });
      expect(fleet.offers()).toHaveLength(filterGpuResources ? 1 : 0);
    }
  });

  test('an agent that knows no roles serves only frameworks that know none, an agent that knows no nesting no nested role', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addFramework('f2', ['r/s'], { capabilities: [] });
    fleet.addAgent('a1', 'cpus:1;mem:100', { capabilities: [] });
    expect(fleet.told()).toEqual([]);
    fleet.addAgent('a2', 'cpus:1;mem:100', { capabilities: ['HIERARCHICAL_ROLE'] });
    expect(fleet.told()).toEqual(['f2 r/s a2 cpus:1; mem:100']);
  });

  test('reservations go to their role and roles below, the rest to whoever is first', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addFramework('f2', ['s/t']);
    fleet.addFramework('f3', ['sx']);
    fleet.addAgent('a1', 'cpus:1;mem:100;cpus(s):2;mem(s):200;cpus(q):1');
    expect(fleet.told()).toEqual([
      'f1 r a1 cpus:1; mem:100',
      'f2 s/t a1 cpus(reservations: [(STATIC,s)]):2; mem(reservations: [(STATIC,s)]):200',
    ]);
  });

  test('refined reservations, revocable and shared resources are for those who can cope with them', () => {
    const total = Resources.fromJSON([
      { name: 'cpus', type: 'SCALAR', scalar: { value: 1 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 500 }, revocable: {} },
      {
        name: 'cpus',
        type: 'SCALAR',
        scalar: { value: 4 },
        reservations: [
          { type: 'STATIC', role: 'r' },
          { type: 'DYNAMIC', role: 'r/s' },
        ],
      },
    ]);
    const fleet = createFleet();
    fleet.addFramework('f1', ['r/s']);
    fleet.addAgent('a1', '', { total });
    expect(fleet.told()).toEqual(['f1 r/s a1 cpus:1']);
    fleet.addFramework('f2', ['r/s'], { capabilities: ['REVOCABLE_RESOURCES'] });
    expect(fleet.told()).toEqual(['f2 r/s a1 mem{REV}:500']);
    fleet.addFramework('f3', ['r/s'], { capabilities: ['RESERVATION_REFINEMENT'] });
    expect(fleet.told()).toEqual(['f3 r/s a1 cpus(reservations: [(STATIC,r),(DYNAMIC,r/s)]):4']);
  });

  test('refusals count for parts of an agent too', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addFramework('f2', ['s']);
    fleet.addAgent('a1', 'cpus:1;mem:100;cpus(s):2');
    for (const offer of fleet.offers()) fleet.recover(offer, 3_600_000);
    // Each refused its part; the other's unreserved part is news to f2 only together with its reservation.
    expect(fleet.told(1000)).toEqual(['f2 s a1 cpus:1; mem:100; cpus(reservations: [(STATIC,s)]):2']);
  });

  test('an agent that is not active is not offered, but counts in the total', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:1;mem:100');
    fleet.allocator.deactivateAgent(A1);
    expect(fleet.told(1000)).toEqual([]);
    expect(fleet.allocator.snapshot().total.toJSON()).toEqual({ cpus: 1, mem: 100 });
    fleet.allocator.activateAgent(A1);
    expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:1; mem:100']);
  });
});

describe('allocator: the whitelist', () => {
  const added = (hostname?: string) => {
    const fleet = createFleet();
    fleet.addAgent('a1', 'cpus:1;mem:100', hostname === undefined ? {} : { hostname });
    fleet.addAgent('a2', 'cpus:2;mem:200');
    return fleet;
  };

  test('an agent is offered if its host is listed; none listed allows none, no list allows all', () => {
    const fleet = added('h1');
    fleet.allocator.updateWhitelist(['h1', 'unheard-of']);
    fleet.addFramework('f1', ['r']);
    expect(fleet.told()).toEqual(['f1 r a1 cpus:1; mem:100']);
    expect(fleet.told(1000)).toEqual([]);
    expect(fleet.allocator.snapshot().total.toJSON()).toEqual({ cpus: 3, mem: 300 });
    fleet.allocator.updateWhitelist([]);
    fleet.addAgent('a3', 'cpus:3;mem:300');
    expect(fleet.told(1000)).toEqual([]);
    fleet.allocator.updateWhitelist(undefined);
    expect(fleet.told(1000)).toEqual(['f1 r a2 cpus:2; mem:200', 'f1 r a3 cpus:3; mem:300']);
  });

  test('a new list waits for the next run, and takes nothing away that is offered', () => {
    const fleet = added();
    fleet.addFramework('f1', ['r']);
    const offers = fleet.offers();
    fleet.allocator.updateWhitelist(['a2']);
    expect([...fleet.allocator.books()]).toHaveLength(2);
    for (const offer of offers) fleet.recover(offer);
    expect(fleet.told(1000)).toEqual(['f1 r a2 cpus:2; mem:200']);
    fleet.allocator.updateWhitelist(['a1']);
    expect(fleet.told(999)).toEqual([]);
    expect(fleet.told(1)).toEqual(['f1 r a1 cpus:1; mem:100']);
  });

  test('the list that is given is copied, and an agent that is added or renamed is measured by it', () => {
    const fleet = createFleet();
    const hosts = ['h1', 'h2'];
    fleet.allocator.updateWhitelist(hosts);
    hosts.length = 0;
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:1;mem:100', { hostname: 'h1' });
    fleet.addAgent('a2', 'cpus:2;mem:200', { hostname: 'h3' });
    expect(fleet.told()).toEqual(['f1 r a1 cpus:1; mem:100']);
    const { active: _, available: __, ...info } = fleet.allocator.agent(AgentId('a2')) ?? expect.fail('a2 is known');
    fleet.allocator.updateAgent(AgentId('a2'), { ...info, hostname: 'h2' });
    expect(fleet.told()).toEqual(['f1 r a2 cpus:2; mem:200']);
  });

  test('one who became willing while an agent was not listed is asked once it is', () => {
    const fleet = added();
    fleet.addFramework('f1', ['r']);
    for (const offer of fleet.offers()) fleet.recover(offer, 3_600_000);
    // Everybody has been asked about a1: it is clean when it leaves the list.
    fleet.offers(1000);
    fleet.allocator.updateWhitelist(['a2']);
    fleet.addFramework('f2', ['s']);
    expect(fleet.told()).toEqual(['f2 s a2 cpus:2; mem:200']);
    fleet.allocator.updateWhitelist(['a1', 'a2']);
    expect(fleet.told(1000)).toEqual(['f2 s a1 cpus:1; mem:100']);
  });

  test('an agent must be active as well', () => {
    const fleet = added();
    fleet.allocator.deactivateAgent(A1);
    fleet.allocator.updateWhitelist(['a1']);
    fleet.addFramework('f1', ['r']);
    expect(fleet.told(1000)).toEqual([]);
    fleet.allocator.activateAgent(A1);
    expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:1; mem:100']);
  });
});

describe('allocator: operations', () => {
  test('a reservation made on an offer changes the agent, and comes back to its role only', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:100');
    const { resources } = one(fleet.offers());
    const reserved = Resources.parse('cpus:2').pushReservation({ type: 'DYNAMIC', role: 'r' }).allocate('r');
    const consumed = Resources.parse('cpus:2').allocate('r');
    fleet.allocator.updateAllocation(F1, A1, [{ consumed, converted: reserved }]);
    expect(fleet.allocator.agent(A1)?.total.toString()).toBe('mem:100; cpus(reservations: [(DYNAMIC,r)]):2');
    fleet.allocator.recoverResources(F1, A1, resources.minus(consumed).plus(reserved));
    fleet.allocator.suppressOffers(F1);
    fleet.addFramework('f2', ['s']);
    expect(fleet.told(1000)).toEqual(['f2 s a1 mem:100']);
    fleet.allocator.reviveOffers(F1);
    expect(fleet.told()).toEqual(['f1 r a1 cpus(reservations: [(DYNAMIC,r)]):2']);
  });

  test('an operation is no allocation: it does not send its framework to the back', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:100');
    const consumed = Resources.parse('cpus:2').allocate('r');
    const converted = Resources.parse('cpus:2').pushReservation({ type: 'DYNAMIC', role: 'r' }).allocate('r');
    const { resources } = one(fleet.offers());
    fleet.allocator.updateAllocation(F1, A1, [
      { consumed, converted },
      { consumed: converted, converted: consumed },
    ]);
    fleet.recover({ framework: 'f1', role: 'r', agent: 'a1', resources });
    fleet.addFramework('f2', ['r']);
    fleet.recover(one(fleet.offers()));
    expect(fleet.told(1000)).toEqual(['f1 r a1 mem:100; cpus:2']);
  });

  test('what is free may be reserved by an operator; what is not free any more is refused, and nothing changes', () => {
    const fleet = createFleet();
    fleet.addAgent('a1', 'cpus:2;mem:100');
    const consumed = Resources.parse('cpus:1');
    const conversion = { consumed, converted: consumed.pushReservation({ type: 'DYNAMIC', role: 'r' }) };
    fleet.allocator.updateAvailable(A1, [conversion]);
    expect(fleet.allocator.agent(A1)?.available.toString()).toContain('cpus(reservations: [(DYNAMIC,r)]):1');
    const before = fleet.allocator.agent(A1);
    expect(() => fleet.allocator.updateAvailable(A1, [conversion, conversion])).toThrow(OperationError);
    expect(fleet.allocator.agent(A1)).toEqual(before);
  });

  test('a shared volume goes to one framework per run, and again while it is used', () => {
    const volume = {
      name: 'disk',
      type: 'SCALAR',
      scalar: { value: 5 },
      reservations: [{ type: 'STATIC', role: 'r' }],
      disk: { persistence: { id: 'v' }, volume: { container_path: 'd', mode: 'RW' } },
      shared: {},
    };
    const fleet = createFleet({ minAllocatable: [] });
    const capabilities = ['MULTI_ROLE', 'SHARED_RESOURCES'];
    fleet.addFramework('f1', ['r'], { capabilities });
    fleet.addFramework('f2', ['r'], { capabilities });
    fleet.addAgent('a1', '', { total: Resources.fromJSON([volume]) });
    const offers = [one(fleet.offers()), one(fleet.offers(1000))];
    expect(offers.map(({ framework }) => framework)).toEqual(['f1', 'f2']);
    expect(fleet.allocator.snapshot().dominantShares.get('r')).toBe(1);
    for (const offer of offers) fleet.recover(offer);
    expect(fleet.allocator.snapshot().dominantShares.get('r')).toBe(0);
  });

  test('further copies of a shared volume, however many at once, are held and add nothing to what the agent has', () => {
    const persistence = { id: 'v' };
    const volume = Resources.of({
      name: 'disk',
      value: { type: 'SCALAR', milli: 5_000 },
      reservations: [{ type: 'STATIC', role: 'r' }],
      disk: { persistence, volume: { containerPath: 'd', mode: 'RW' } },
      shared: true,
    });
    const fleet = createFleet({ minAllocatable: [] });
    fleet.addFramework('f1', ['r'], { capabilities: ['MULTI_ROLE', 'SHARED_RESOURCES'] });
    fleet.addAgent('a1', '', { total: volume });
    const { resources } = one(fleet.offers());
    const copies = resources.plus(resources);
    fleet.allocator.updateAllocation(F1, A1, [{ consumed: Resources.empty, converted: copies }]);
    expect(fleet.allocator.agent(A1)?.total.equals(volume)).toBe(true);
    expect([...fleet.allocator.books()].map((entry) => entry.resources)).toEqual([copies.plus(resources)]);
  });
});

describe('allocator: coming and going', () => {
  test('what an agent brings along counts, whether agent or framework comes first', () => {
    const used = Resources.parse('cpus:1;mem:40').allocate('r');
    const agent = { hostname: 'h', total: Resources.parse('cpus:2;mem:100'), attributes: [], capabilities: [] };
    const info = { roles: ['r'], capabilities: [] };
    const agentFirst = createFleet();
    agentFirst.allocator.addAgent(A1, agent, new Map([[F1, used]]));
    expect(agentFirst.allocator.framework(F1)).toBeUndefined();
    expect(agentFirst.allocator.snapshot().dominantShares).toEqual(new Map());
    expect(agentFirst.allocator.agent(A1)?.available.toString()).toBe('cpus:1; mem:60');
    agentFirst.allocator.addFramework(F1, info, { active: true, used: new Map([[A1, used]]) });
    const frameworkFirst = createFleet();
    frameworkFirst.allocator.addFramework(F1, info, { active: true, used: new Map([[A1, used]]) });
    frameworkFirst.allocator.addAgent(A1, agent, new Map([[F1, used]]));
    for (const fleet of [agentFirst, frameworkFirst]) {
      expect(fleet.allocator.snapshot().dominantShares).toEqual(new Map([['r', 0.5]]));
      expect(fleet.told()).toEqual(['f1 r a1 cpus:1; mem:60']);
      expect([...fleet.allocator.books()].map(({ resources }) => resources.unallocate().toString())).toEqual([
        'cpus:2; mem:100',
      ]);
    }
  });

  test('a framework that leaves a role keeps what it holds there, and the role is gone with it', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:100');
    const offer = one(fleet.offers());
    fleet.allocator.updateFramework(F1, { roles: [], capabilities: [] });
    expect(fleet.allocator.snapshot().dominantShares).toEqual(new Map([['r', 1]]));
    fleet.recover(offer, 3_600_000);
    expect(fleet.allocator.snapshot().dominantShares).toEqual(new Map());
    expect(fleet.allocator.snapshot().offerFilters).toEqual(new Map());
  });

  test('an agent whose total shrinks below what is used has nothing free until enough is given back', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:4;mem:100');
    fleet.offers();
    const { active: _, available: __, ...info } = fleet.allocator.agent(A1) ?? expect.fail('a1 is known');
    fleet.allocator.updateAgent(A1, { ...info, total: Resources.parse('cpus:2;mem:100') });
    fleet.allocator.recoverResources(F1, A1, Resources.parse('cpus:1;mem:50').allocate('r'));
    expect(fleet.told(1000)).toEqual(['f1 r a1 mem:50']);
    fleet.allocator.recoverResources(F1, A1, Resources.parse('cpus:2').allocate('r'));
    expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:1']);
  });

  test('what is given back for agents and frameworks that are gone is ignored', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:4;mem:100');
    const offer = one(fleet.offers());
    fleet.allocator.removeAgent(A1);
    fleet.recover(offer, 1000);
    fleet.allocator.removeFramework(F1);
    fleet.recover(offer);
    expect(fleet.allocator.snapshot()).toMatchObject({ dominantShares: new Map(), offerFilters: new Map() });
    expect(fleet.allocator.snapshot().total.isEmpty).toBe(true);
  });

  test('a resource provider adds to the total and to what frameworks hold; what is free of it waits for the batch run', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:100');
    const offer = one(fleet.offers());
    const brought = Resources.parse('cpus:3;mem:100;gadgets:4');
    const used = Resources.parse('cpus:1;gadgets:1').allocate('r').plus(Resources.parse('cpus:1').allocate('s'));
    fleet.allocator.addResourceProvider(A1, brought, new Map([[F1, used]]));
    expect(fleet.allocator.snapshot().total.toJSON()).toEqual({ cpus: 5, mem: 200, gadgets: 4 });
    expect(fleet.allocator.snapshot().dominantShares).toEqual(
      new Map([
        ['r', 0.6],
        ['s', 0.2],
      ]),
    );
    expect([...fleet.allocator.books()].map(({ role, resources }) => `${role} ${resources.unallocate()}`)).toEqual([
      'r cpus:3; mem:100; gadgets:1',
      's cpus:1',
    ]);
    expect(fleet.told(999)).toEqual([]);
    expect(fleet.told(1)).toEqual(['f1 r a1 cpus:1; mem:100; gadgets:3']);
    // The offer that was out meanwhile comes back as any part does.
    fleet.recover(offer);
    expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:2; mem:100']);
  });

  test('what a resource provider brings along for a framework counts once the framework is added', () => {
    const fleet = createFleet();
    const used = Resources.parse('cpus:1').allocate('r');
    const total = Resources.parse('cpus:2;mem:100');
    fleet.allocator.addAgent(A1, { hostname: 'h', total, attributes: [], capabilities: [] }, new Map([[F1, used]]));
    fleet.allocator.addResourceProvider(A1, Resources.parse('cpus:2'), new Map([[F1, used]]));
    expect(fleet.allocator.agent(A1)?.available.toString()).toBe('cpus:2; mem:100');
    expect(fleet.allocator.snapshot().dominantShares).toEqual(new Map());
    fleet.addFramework('f1', ['r'], { capabilities: [] });
    expect(fleet.allocator.snapshot().dominantShares).toEqual(new Map([['r', 0.5]]));
    expect(fleet.told()).toEqual(['f1 r a1 cpus:2; mem:100']);
  });

  test('agents of one kind are told apart by what happens to them', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    for (const id of ['a1', 'a2', 'a3']) fleet.addAgent(id, 'cpus:4;mem:100');
    expect(fleet.offers()).toHaveLength(3);
    const { active: _, available: __, ...info } = fleet.allocator.agent(A1) ?? expect.fail('a1 is known');
    fleet.allocator.removeAgent(AgentId('a2'));
    fleet.allocator.updateAgent(A1, { ...info, total: Resources.parse('cpus:5;mem:100') });
    expect(fleet.told()).toEqual(['f1 r a1 cpus:1']);
    fleet.addAgent('a4', 'cpus:4;mem:100');
    expect(fleet.told()).toEqual(['f1 r a4 cpus:4; mem:100']);
    expect([...fleet.allocator.agentIds()].map((id) => fleet.allocator.agent(id)?.total.cpus)).toEqual([5, 4, 4]);
  });

  test('an agent removed while it waits for its run, and added anew, is offered as it is now', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.offers();
    fleet.addAgent('a1', 'cpus:4;mem:100');
    fleet.allocator.removeAgent(A1);
    fleet.addAgent('a1', 'cpus:3;mem:100');
    expect(fleet.told()).toEqual(['f1 r a1 cpus:3; mem:100']);
  });
});

describe('allocator: bad calls', () => {
  const r = { roles: ['r'], capabilities: [] };
  const agent = { hostname: 'h', total: Resources.parse('cpus:4;mem:100'), attributes: [], capabilities: [] };
  const stray = Resources.parse('cpus:1');

  test.for<readonly [string, string, (fleet: ReturnType<typeof createFleet>) => void]>([
    [
      'a framework twice',
      'frameworkId: expected a new framework',
      ({ allocator }) => allocator.addFramework(F1, r, { active: true, used: new Map() }),
    ],
    ['an agent twice', 'agentId: expected a new agent', ({ allocator }) => allocator.addAgent(A1, agent, NOBODY)],
    [
      'an unknown framework',
      'frameworkId: expected a known framework, got f2',
      ({ allocator }) => allocator.reviveOffers(F2),
    ],
    [
      'an unknown agent',
      'agentId: expected a known agent, got a9',
      ({ allocator }) => allocator.removeAgent(AgentId('a9')),
    ],
    [
      'a weight of 0',
      'weights.r: expected a number greater than 0, got 0',
      ({ allocator }) => allocator.updateWeights({ s: 2, r: 0 }),
    ],
    [
      'used resources without a role',
      'used[f2]: expected resources allocated to a role',
      ({ allocator }) => allocator.addAgent(AgentId('a9'), agent, new Map([[F2, stray]])),
    ],
    [
      'a resource provider of an unknown agent',
      'agentId: expected a known agent, got a9',
      ({ allocator }) => allocator.addResourceProvider(AgentId('a9'), stray, NOBODY),
    ],
    [
      'used resources of a resource provider without a role',
      'used[f1]: expected resources allocated to a role',
      ({ allocator }) => allocator.addResourceProvider(A1, stray, new Map([[F1, stray]])),
    ],
    [
      'returned resources without a role',
      'resources: expected resources allocated to a role',
      ({ allocator }) => allocator.recoverResources(F1, A1, stray),
    ],
    [
      'returned resources that are not held',
      'resources: expected a part of',
      ({ allocator }) => allocator.recoverResources(F1, A1, Resources.parse('cpus:5').allocate('r')),
    ],
    [
      'an operation on what is not held',
      'conversions: expected resources that f1 holds',
      ({ allocator }) =>
        allocator.updateAllocation(F1, A1, [{ consumed: stray.allocate('s'), converted: stray.allocate('s') }]),
    ],
  ])('%s is refused, and nothing changes', ([, message, call]) => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:4;mem:100');
    fleet.offers();
    const before = [fleet.allocator.snapshot(), [...fleet.allocator.books()], [...fleet.allocator.agentIds()]];
    expect(() => call(fleet)).toThrow(InvalidArgument);
    expect(() => call(fleet)).toThrow(message);
    expect([fleet.allocator.snapshot(), [...fleet.allocator.books()], [...fleet.allocator.agentIds()]]).toEqual(before);
  });

  test('an interval that is no time is refused', () => {
    expect(() => createFleet({ allocationIntervalMs: 0 })).toThrow(
      'allocationIntervalMs: expected a number greater than 0',
    );
    expect(() => createFleet({ allocationIntervalMs: Number.NaN })).toThrow(InvalidArgument);
  });
});
