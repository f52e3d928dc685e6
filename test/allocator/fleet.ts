import {
  type Allocator,
  type AllocatorAgent,
  type AllocatorFramework,
  type AllocatorOptions,
  createAllocator,
} from '../../src/allocator/index.ts';
import { AgentId, FrameworkId } from '../../src/core/index.ts';
import { parseAttributes, Resources } from '../../src/resources/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

/** A volume of role `r` that several may use at once. */
export const SHARED_VOLUME: Resources = Resources.fromJSON([
  {
    name: 'disk',
    type: 'SCALAR',
    scalar: { value: 50 },
    reservations: [{ type: 'STATIC', role: 'r' }],
    disk: { persistence: { id: 'v' }, volume: { container_path: 'd', mode: 'RW' } },
    shared: {},
  },
]);

/** What a framework must be able to do to be offered reserved, revocable and shared resources, too. */
export const EVERY_KIND_OF_OFFER: readonly string[] = [
  'MULTI_ROLE',
  'REVOCABLE_RESOURCES',
  'RESERVATION_REFINEMENT',
  'SHARED_RESOURCES',
];

/** An offer as the tests read it: who, in which role, from where, what (allocated). */
export interface Given {
  readonly framework: string;
  readonly role: string;
  readonly agent: string;
  readonly resources: Resources;
}

export const AGENT_CAPABILITIES: readonly string[] = ['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT'];

/** An allocator on a clock that stands still until it is moved, with short words for what tests do to it. */
export interface Fleet {
  readonly allocator: Allocator;
  readonly clock: ManualClock;
  addAgent(id: string, resources: string, more?: Partial<AllocatorAgent>): void;
  addFramework(id: string, roles: readonly string[], more?: Partial<AllocatorFramework>): void;
  /** What was offered since the last time, after `ms` have passed (0: what was asked for is done). */
  offers(ms?: number): readonly Given[];
  /** The same as text, sorted: `f1 role a1 cpus:1; mem:32`. */
  told(ms?: number): readonly string[];
  recover(offer: Given, refuseMs?: number): void;
}

export function createFleet(options: Partial<AllocatorOptions> = {}): Fleet {
  const clock = createManualClock();
  let given: Given[] = [];
  const allocator = createAllocator({
    clock,
    random: seededRandom(7),
    onOffers(framework, allocation) {
      for (const [role, byAgent] of allocation) {
        for (const [agent, resources] of byAgent) given.push({ framework, role, agent, resources });
      }
    },
    ...options,
  });
  const offers = (ms = 0): readonly Given[] => {
    clock.advance(ms);
    const last = given;
    given = [];
    return last;
  };
  return {
    allocator,
    clock,
    addAgent: (id, resources, more = {}) =>
      allocator.addAgent(
        AgentId(id),
        {
          hostname: id,
          total: Resources.parse(resources),
          attributes: parseAttributes(''),
          capabilities: AGENT_CAPABILITIES,
          ...more,
        },
        new Map(),
      ),
    addFramework: (id, roles, more = {}) =>
      allocator.addFramework(
        FrameworkId(id),
        { roles, capabilities: ['MULTI_ROLE'], ...more },
        { active: true, used: new Map() },
      ),
    offers,
    told: (ms) => offers(ms).map(tell).sort(),
    recover: ({ framework, agent, resources }, refuseMs) =>
      allocator.recoverResources(FrameworkId(framework), AgentId(agent), resources, refuseMs),
  };
}

export function tell({ framework, role, agent, resources }: Given): string {
  return `${framework} ${role} ${agent} ${resources.unallocate()}`;
}
