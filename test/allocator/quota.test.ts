import { describe, expect, test } from 'vitest';
import { AgentId, FrameworkId } from '../../src/core/index.ts';
import { Quantities, ResourceLimits, Resources } from '../../src/resources/index.ts';
import { createFleet, type Fleet } from './fleet.ts';

const A1 = AgentId('a1');

function setQuota(fleet: Fleet, role: string, guarantees: string, limits: string = guarantees): void {
  fleet.allocator.updateQuota(role, {
    guarantees: Quantities.parse(guarantees),
    limits: ResourceLimits.parse(limits),
  });
}

function consumed(fleet: Fleet, role: string): string {
  return String(fleet.allocator.snapshot().quotas.get(role)?.consumed);
}

describe('quota', () => {
  test('a role gets what it is promised before another that is further below its share', () => {
    const fleet = createFleet();
    setQuota(fleet, 'late', 'cpus:2', '');
    fleet.addFramework('f1', ['early'], { suppressedRoles: ['early'] });
    fleet.addFramework('f2', ['late']);
    fleet.addAgent('a1', 'cpus:1;mem:100');
    expect(fleet.told()).toEqual(['f2 late a1 cpus:1; mem:100']);
    fleet.addAgent('a2', 'cpus:1;mem:100');
    fleet.allocator.reviveOffers(FrameworkId('f1'));
    expect(fleet.told()).toEqual(['f2 late a2 cpus:1; mem:100']);
  });

  test('what is promised is offered even if the cluster has less than all promises', () => {
    const fleet = createFleet();
    setQuota(fleet, 'r', 'cpus:10');
    setQuota(fleet, 's', 'cpus:10');
    fleet.addFramework('f1', ['s']);
    fleet.addAgent('a1', 'cpus:4;mem:100');
    expect(fleet.told()).toEqual(['f1 s a1 cpus:4; mem:100']);
  });

  test('a role above its guarantee takes of the spare only, up to its limit', () => {
    const fleet = createFleet();
    setQuota(fleet, 'r', 'cpus:1', 'cpus:5');
    setQuota(fleet, 'absent', 'cpus:2');
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:4;mem:100');
    expect(fleet.told()).toEqual(['f1 r a1 cpus:2; mem:100']);
    fleet.addAgent('a2', 'cpus:9;mem:100');
    expect(fleet.told()).toEqual(['f1 r a2 cpus:3; mem:100']);
    expect(consumed(fleet, 'r')).toBe('cpus:5; mem:200');
  });

  test('what is reserved to a role comes with what it is promised, in the first stage', () => {
    const fleet = createFleet();
    setQuota(fleet, 'r', 'cpus:1', '');
    fleet.addFramework('f1', ['r']);
    fleet.addFramework('f2', ['r']);
    fleet.addAgent('a1', 'cpus:1;mem:100;cpus(r):2;ports:[1-2]');
    const [offer, ...more] = fleet.offers();
    expect(offer?.resources.unallocate().equals(Resources.parse('cpus:1;mem:100;cpus(r):2;ports:[1-2]'))).toBe(true);
    expect(more).toEqual([]);
    expect(consumed(fleet, 'r')).toBe('cpus:3; mem:100');
  });

  test('what one run offers a role of an agent in both stages is one offer', () => {
    const fleet = createFleet();
    fleet.addFramework('f0', ['x']);
    fleet.addAgent('a0', 'cpus:1;mem:50');
    expect(fleet.told()).toEqual(['f0 x a0 cpus:1; mem:50']);
    // More is held than there is: headroom is reckoned too low, until nothing is required any more.
    const info = fleet.allocator.agent(AgentId('a0'));
    if (info !== undefined) fleet.allocator.updateAgent(AgentId('a0'), { ...info, total: Resources.parse('mem:50') });
    fleet.allocator.suppressOffers(FrameworkId('f0'));
    setQuota(fleet, 'r', 'cpus:1', '');
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:50');
    expect(fleet.told()).toEqual(['f1 r a1 cpus:2; mem:50']);
  });

  test('what a role gives back, another is offered when its limit allows it', () => {
    const fleet = createFleet();
    setQuota(fleet, 'r', '', 'cpus:1;mem:100');
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:100');
    const [first] = fleet.offers();
    expect(first?.resources.cpus).toBe(1);
    fleet.addAgent('a2', 'cpus:1;mem:100');
    expect(fleet.told(5000)).toEqual([]);
    if (first !== undefined) fleet.recover(first, 3_600_000);
    expect(fleet.told(1000)).toEqual(['f1 r a2 cpus:1; mem:100']);
  });

  test.for([
    ['a limit that is raised', 'cpus:2;mem:200'],
    ['a limit that is lifted', ''],
  ] as const)('%s opens agents that nothing has happened to', ([, limits]) => {
    const fleet = createFleet();
    setQuota(fleet, 'r', '', 'cpus:0;mem:0');
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:200');
    expect(fleet.told(5000)).toEqual([]);
    setQuota(fleet, 'r', '', limits);
    expect(fleet.told()).toEqual([]);
    expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:2; mem:200']);
  });

  test('a guarantee that is withdrawn frees the headroom; what is offered stays offered', () => {
    const fleet = createFleet();
    setQuota(fleet, 'absent', 'cpus:1;mem:100');
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:200');
    expect(fleet.told()).toEqual(['f1 r a1 cpus:1; mem:100']);
    setQuota(fleet, 'absent', '', '');
    expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:1; mem:100']);
  });

  test('an agent more, or one less, changes the headroom for all', () => {
    const fleet = createFleet();
    setQuota(fleet, 'absent', 'cpus:2;mem:200');
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:2;mem:200');
    expect(fleet.told()).toEqual([]);
    fleet.addAgent('a2', 'cpus:2;mem:200', { hostname: 'elsewhere' });
    fleet.allocator.deactivateAgent(AgentId('a2'));
    expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:2; mem:200']);
    expect(fleet.told(1000)).toEqual([]);
  });

  test('a reservation that goes away, held by nobody, gives its role room', () => {
    const fleet = createFleet();
    setQuota(fleet, 'r', '', 'cpus:2;mem:100');
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus(r):2;mem(r):100');
    fleet.allocator.deactivateAgent(A1);
    fleet.addAgent('a2', 'cpus:1;mem:100');
    expect(fleet.told(1000)).toEqual([]);
    fleet.allocator.removeAgent(A1);
    expect(fleet.told(1000)).toEqual(['f1 r a2 cpus:1; mem:100']);
  });

  test('an agent that was held back and is gone is not offered when there is room', () => {
    const fleet = createFleet();
    setQuota(fleet, 'r', '', 'cpus:0;mem:0');
    // Many others, so that a run looks at what has changed only.
    fleet.addFramework('f2', ['s']);
    for (let i = 0; i < 30; i++) fleet.addAgent(`taken${i}`, 'cpus:1;mem:100');
    expect(fleet.told()).toHaveLength(30);
    fleet.allocator.suppressOffers(FrameworkId('f2'));
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:1;mem:100');
    fleet.addAgent('a2', 'cpus:1;mem:100');
    expect(fleet.told(1000)).toEqual([]);
    fleet.allocator.removeAgent(AgentId('a2'));
    setQuota(fleet, 'r', '', '');
    expect(fleet.told(1000)).toEqual(['f1 r a1 cpus:1; mem:100']);
  });

  test('a shared volume goes to one framework in a run of two stages, and to one again in the next', () => {
    const fleet = createFleet();
    const volume = {
      name: 'disk',
      type: 'SCALAR',
      scalar: { value: 50 },
      reservations: [{ type: 'STATIC', role: 'r' }],
      disk: { persistence: { id: 'v' }, volume: { container_path: 'd', mode: 'RW' } },
      shared: {},
    };
    setQuota(fleet, 'r', 'cpus:1', '');
    const sharing = { capabilities: ['MULTI_ROLE', 'SHARED_RESOURCES'], minAllocatable: { r: [] } };
    fleet.addFramework('f1', ['r'], sharing);
    fleet.addFramework('f2', ['r'], sharing);
    fleet.addAgent('a1', '', { total: Resources.parse('cpus:1').plus(Resources.fromJSON([volume])) });
    const who = (ms: number): readonly string[] => fleet.offers(ms).map(({ framework }) => framework);
    expect(who(0)).toEqual(['f1']);
    expect(who(1000)).toHaveLength(1);
    expect(who(1000)).toHaveLength(1);
  });

  test('a framework that is not known yet counts in its role', () => {
    const fleet = createFleet();
    setQuota(fleet, 'r', '', 'cpus:2;mem:200');
    fleet.addFramework('f1', ['r']);
    const used = Resources.parse('cpus:2;mem:200').allocate('r');
    const info = { hostname: 'a1', total: Resources.parse('cpus:4;mem:400'), attributes: [], capabilities: [] };
    fleet.allocator.addAgent(A1, info, new Map([[FrameworkId('f2'), used]]));
    expect(fleet.told(1000)).toEqual([]);
    expect(consumed(fleet, 'r')).toBe('cpus:2; mem:200');
    fleet.addFramework('f2', ['r']);
    expect(fleet.told(1000)).toEqual([]);
    expect(consumed(fleet, 'r')).toBe('cpus:2; mem:200');
    fleet.allocator.removeFramework(FrameworkId('f2'));
    expect(consumed(fleet, 'r')).toBe('{}');
  });

  test('a minimum of ports is met by an offer that was cut', () => {
    const fleet = createFleet();
    setQuota(fleet, 'absent', 'cpus:9;mem:900');
    fleet.addFramework('f1', ['r'], { minAllocatable: { r: [Quantities.parse('ports:3')] } });
    fleet.addAgent('a1', 'cpus:1;mem:100;ports:[1-3]');
    expect(fleet.told()).toEqual(['f1 r a1 ports:[1-3]']);
  });

  test('a part that was refused is held back, what is more is not', () => {
    const fleet = createFleet();
    setQuota(fleet, 'r', '', 'cpus:1');
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', 'cpus:4;mem:100');
    const [first] = fleet.offers();
    if (first !== undefined) fleet.recover(first, 3_600_000);
    expect(fleet.told(2000)).toEqual([]);
    setQuota(fleet, 'r', '', 'cpus:2');
    expect(fleet.told(2000)).toEqual(['f1 r a1 cpus:2; mem:100']);
  });

  test('quota of nested roles, and guarantees beyond limits, are refused', () => {
    const fleet = createFleet();
    expect(() => setQuota(fleet, 'a/b', 'cpus:1')).toThrow('role: expected a top-level role for a quota, got a/b');
    expect(() => setQuota(fleet, 'a', 'cpus:2;mem:1', 'cpus:1')).toThrow(
      'quota.a: expected guarantees within cpus:1, got cpus:2; mem:1',
    );
    expect(fleet.allocator.snapshot().quotas.size).toBe(0);
  });
});

describe('recovery', () => {
  const QUOTAS = new Map([['r', { guarantees: Quantities.parse('cpus:1'), limits: ResourceLimits.parse('cpus:100') }]]);

  function recovering(expected: number, options: Parameters<typeof createFleet>[0] = {}): Fleet {
    const fleet = createFleet(options);
    fleet.allocator.recover(expected, QUOTAS);
    fleet.addFramework('f1', ['r']);
    return fleet;
  }

  test('waits for four fifths of the agents, rounded down; the last one is offered at once, the others by the batch', () => {
    const fleet = recovering(4);
    fleet.addAgent('a1', 'cpus:1;mem:100');
    fleet.addAgent('a2', 'cpus:1;mem:100');
    expect(fleet.told(60_000)).toEqual([]);
    fleet.addAgent('a3', 'cpus:1;mem:100');
    expect(fleet.told()).toEqual(['f1 r a3 cpus:1; mem:100']);
    expect(fleet.told(1000)).toHaveLength(2);
  });

  test('or until the time is over', () => {
    const fleet = recovering(10, { recoveryTimeoutMs: 5_000, agentRecoveryFactor: 1 });
    fleet.addAgent('a1', 'cpus:1;mem:100');
    expect(fleet.told(4_500)).toEqual([]);
    expect(fleet.told(1_500)).toHaveLength(1);
  });

  test('does not wait for agents if less than one is expected', () => {
    const fleet = recovering(1);
    fleet.addAgent('a1', 'cpus:1;mem:100');
    expect(fleet.told()).toHaveLength(1);
  });

  test('close() ends it', () => {
    const fleet = recovering(4);
    fleet.allocator.close();
    expect(fleet.clock.pending).toBe(0);
  });

  test('is refused when agents are there, and with numbers that are none', () => {
    const fleet = createFleet();
    expect(() => fleet.allocator.recover(-1, QUOTAS)).toThrow('expectedAgents: expected a whole number from 0, got -1');
    fleet.addAgent('a1', 'cpus:1;mem:100');
    expect(() => fleet.allocator.recover(1, QUOTAS)).toThrow('recover: expected no agents yet, got 1');
    expect(() => createFleet({ agentRecoveryFactor: 2 })).toThrow('agentRecoveryFactor: expected a number from 0 to 1');
    expect(() => createFleet({ recoveryTimeoutMs: 0 })).toThrow('recoveryTimeoutMs: expected a number greater than 0');
  });
});
