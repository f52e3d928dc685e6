import { describe, expect, test } from 'vitest';
import type { WhyNot } from '../../src/allocator/index.ts';
import { AgentId, FrameworkId } from '../../src/core/index.ts';
import { Quantities, ResourceLimits, Resources } from '../../src/resources/index.ts';
import { AGENT_CAPABILITIES, createFleet, type Fleet } from './fleet.ts';

/*
 * Framework f1 starves in role r, each time for another reason. It must be told the true one; and when that is taken
 * away, it must be offered what is free.
 */

const F1 = FrameworkId('f1');
const A1 = AgentId('a1');

/** Why f1 is not offered agent a1 in role r; `undefined` if nothing is in the way. */
function whyNot(fleet: Fleet, role = 'r'): WhyNot | undefined {
  const { everywhere, agents } = fleet.allocator.explain({ frameworkId: F1, role });
  expect(agents.size > 0).toBe(everywhere === undefined);
  return everywhere ?? agents.get(A1);
}

function setQuota(fleet: Fleet, role: string, guarantees: string, limits: string): void {
  const quota = { guarantees: Quantities.parse(guarantees), limits: ResourceLimits.parse(limits) };
  fleet.allocator.updateQuota(role, quota);
}

/** f1 is there, a1 is not yet. */
function hungry(options: Parameters<typeof createFleet>[0] = {}): Fleet {
  const fleet = createFleet(options);
  fleet.addFramework('f1', ['r']);
  return fleet;
}

interface Starvation {
  readonly arrange: (fleet: Fleet) => void;
  readonly why: object;
  readonly remedy: (fleet: Fleet) => void;
}

const FREE = 'cpus:2;mem:100';
const REVOCABLE = Resources.fromJSON([{ name: 'cpus', type: 'SCALAR', scalar: { value: 2 }, revocable: {} }]);

const CASES: Readonly<Record<string, Starvation>> = {
  'the allocator is paused': {
    arrange(fleet) {
      fleet.allocator.pause();
      fleet.addAgent('a1', FREE);
    },
    why: { cause: 'PAUSED' },
    remedy: (fleet) => fleet.allocator.resume(),
  },
  'it has not subscribed': {
    arrange(fleet) {
      fleet.allocator.updateFramework(F1, { roles: ['s'], suppressedRoles: ['s'], capabilities: ['MULTI_ROLE'] });
      fleet.addAgent('a1', FREE);
    },
    why: { cause: 'NOT_SUBSCRIBED' },
    remedy: (fleet) => fleet.allocator.updateFramework(F1, { roles: ['r'], capabilities: ['MULTI_ROLE'] }),
  },
  'it is not connected': {
    arrange(fleet) {
      fleet.allocator.deactivateFramework(F1);
      fleet.addAgent('a1', FREE);
    },
    why: { cause: 'INACTIVE' },
    remedy: (fleet) => fleet.allocator.activateFramework(F1),
  },
  'it has suppressed offers': {
    arrange(fleet) {
      fleet.allocator.suppressOffers(F1);
      fleet.addAgent('a1', FREE);
    },
    why: { cause: 'SUPPRESSED' },
    remedy: (fleet) => fleet.allocator.reviveOffers(F1),
  },
  'the agent is deactivated': {
    arrange(fleet) {
      fleet.addAgent('a1', FREE);
      fleet.allocator.deactivateAgent(A1);
    },
    why: { cause: 'AGENT_NOT_OFFERED', because: 'DEACTIVATED' },
    remedy: (fleet) => fleet.allocator.activateAgent(A1),
  },
  'the agent is not on the whitelist': {
    arrange(fleet) {
      fleet.allocator.updateWhitelist(['another']);
      fleet.addAgent('a1', FREE);
    },
    why: { cause: 'AGENT_NOT_OFFERED', because: 'WHITELIST' },
    remedy: (fleet) => fleet.allocator.updateWhitelist(undefined),
  },
  'somebody has it all': {
    arrange(fleet) {
      fleet.allocator.suppressOffers(F1);
      fleet.addFramework('f2', ['s']);
      fleet.addAgent('a1', FREE);
      expect(fleet.told()).toHaveLength(1);
      fleet.allocator.reviveOffers(F1);
    },
    why: { cause: 'NOTHING_FREE' },
    remedy: (fleet) => fleet.allocator.removeFramework(FrameworkId('f2')),
  },
  'it is reserved to others': {
    arrange: (fleet) => fleet.addAgent('a1', 'cpus(s):2;mem(t):100'),
    why: { cause: 'RESERVED', roles: ['s', 't'] },
    remedy: (fleet) => update(fleet, { total: Resources.parse(FREE) }),
  },
  'its own constraints exclude it': {
    arrange(fleet) {
      const group = [{ selector: { type: 'attribute', name: 'ssd' }, predicate: { type: 'exists' } }] as const;
      fleet.allocator.updateFramework(F1, { ...capable(), offerConstraints: { r: [group] } });
      fleet.addAgent('a1', FREE);
    },
    why: { cause: 'CONSTRAINED' },
    remedy: (fleet) => fleet.allocator.updateFramework(F1, capable()),
  },
  'the agent is in another region': {
    arrange: (fleet) => fleet.addAgent('a1', FREE, { domain: { region: 'moon', zone: 'z' } }),
    why: { cause: 'DOMAIN', region: 'moon' },
    remedy: (fleet) => fleet.allocator.updateFramework(F1, capable('REGION_AWARE')),
  },
  'the agent has GPUs': {
    arrange: (fleet) => fleet.addAgent('a1', `${FREE};gpus:1`),
    why: { cause: 'NOT_CAPABLE', who: 'FRAMEWORK', capability: 'GPU_RESOURCES' },
    remedy: (fleet) => fleet.allocator.updateFramework(F1, capable('GPU_RESOURCES')),
  },
  'what is free is revocable': {
    arrange: (fleet) => fleet.addAgent('a1', '', { total: REVOCABLE }),
    why: { cause: 'NOT_CAPABLE', who: 'FRAMEWORK', capability: 'REVOCABLE_RESOURCES' },
    remedy: (fleet) => fleet.allocator.updateFramework(F1, capable('REVOCABLE_RESOURCES')),
  },
  'the agent knows nothing of several roles': {
    arrange: (fleet) => fleet.addAgent('a1', FREE, { capabilities: [] }),
    why: { cause: 'NOT_CAPABLE', who: 'AGENT', capability: 'MULTI_ROLE' },
    remedy: (fleet) => update(fleet, { capabilities: AGENT_CAPABILITIES }),
  },
  'its role is at its limit': {
    arrange(fleet) {
      setQuota(fleet, 'r', '', 'cpus:0;mem:0');
      fleet.addAgent('a1', `${FREE};disk:10`);
    },
    why: { cause: 'QUOTA_LIMIT', names: ['cpus', 'mem'] },
    remedy: (fleet) => setQuota(fleet, 'r', '', 'cpus:1'),
  },
  'it is kept for others': {
    arrange(fleet) {
      setQuota(fleet, 's', 'cpus:2', '');
      setQuota(fleet, 't', 'mem:100', '');
      setQuota(fleet, 'u', 'disk:100', '');
      fleet.addAgent('a1', FREE);
    },
    why: { cause: 'HEADROOM', names: ['cpus', 'mem'], roles: ['s', 't'] },
    remedy: (fleet) => setQuota(fleet, 's', 'cpus:1', ''),
  },
  'it is too little': {
    arrange: (fleet) => fleet.addAgent('a1', 'disk:10'),
    why: { cause: 'BELOW_MINIMUM', offer: Resources.parse('disk:10') },
    remedy: (fleet) => fleet.allocator.updateFramework(F1, { ...capable(), minAllocatable: { r: [] } }),
  },
  'it has declined as much': {
    arrange(fleet) {
      fleet.addAgent('a1', FREE);
      const [offer] = fleet.offers();
      if (offer !== undefined) fleet.recover(offer, 60_000);
      fleet.offers(2_000);
    },
    why: { cause: 'FILTERED', refused: Resources.parse(FREE), remainingMs: 57_000 },
    remedy: (fleet) => fleet.allocator.reviveOffers(F1),
  },
};

function capable(...capabilities: readonly string[]) {
  return { roles: ['r'], capabilities: ['MULTI_ROLE', ...capabilities] };
}

function update(fleet: Fleet, change: object): void {
  const agent = fleet.allocator.agent(A1);
  if (agent !== undefined) fleet.allocator.updateAgent(A1, { ...agent, ...change });
}

/** Resources as text, so that they compare. */
const plain = (why: object | undefined): unknown => JSON.parse(JSON.stringify(why ?? null));

describe('explain()', () => {
  test.for(Object.entries(CASES))('%s', ([, { arrange, why, remedy }]) => {
    const fleet = hungry({ masterRegion: 'earth' });
    arrange(fleet);
    expect(fleet.told(1_000).filter((offer) => offer.startsWith('f1'))).toEqual([]);
    expect(plain(whyNot(fleet))).toEqual(plain(why));
    remedy(fleet);
    expect(whyNot(fleet)).toBeUndefined();
    expect(fleet.told(1_000).filter((offer) => offer.startsWith('f1 r a1'))).toHaveLength(1);
  });

  test('a nested role on an agent that does not know such', () => {
    const fleet = createFleet();
    fleet.addFramework('f1', ['r/s']);
    fleet.addAgent('a1', FREE, { capabilities: ['MULTI_ROLE'] });
    expect(whyNot(fleet, 'r/s')).toEqual({ cause: 'NOT_CAPABLE', who: 'AGENT', capability: 'HIERARCHICAL_ROLE' });
  });

  test('a role is offered what it is promised, whatever others need', () => {
    const fleet = hungry();
    setQuota(fleet, 'r', 'cpus:2', '');
    setQuota(fleet, 's', 'cpus:2', '');
    fleet.addAgent('a1', FREE);
    expect(whyNot(fleet)).toBeUndefined();
    expect(fleet.told()).toEqual(['f1 r a1 cpus:2; mem:100']);
  });

  test('of several filters the one that lasts longest is told', () => {
    const fleet = hungry();
    fleet.addAgent('a1', FREE);
    const [offer] = fleet.offers();
    const half = Resources.parse('cpus:1;mem:50').allocate('r');
    if (offer !== undefined) fleet.recover({ ...offer, resources: half }, 90_000);
    expect(whyNot(fleet)).toMatchObject({ cause: 'FILTERED', remainingMs: 90_000 });
    if (offer !== undefined) fleet.recover({ ...offer, resources: half }, 60_000);
    expect(whyNot(fleet)).toBeUndefined();
  });

  test('nobody is told of frameworks that are not known', () => {
    expect(() => createFleet().allocator.explain({ frameworkId: F1, role: 'r' })).toThrow('expected a known framework');
  });
});
