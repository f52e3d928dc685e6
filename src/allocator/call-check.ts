import { InvalidArgument, shown } from '../core/index.ts';
import { compileConstraints } from '../offers/index.ts';
import { Resources } from '../resources/index.ts';
import type { AllocatorFramework, Quota } from './allocator.ts';
import { heldBy } from './allocator-books.ts';
import type { AgentOrder } from './run.ts';
import type { AgentRecord, FrameworkRecord, Pair } from './records.ts';

const AGENT_ORDERS: Readonly<Record<AgentOrder, true>> = { random: true, packing: true, spreading: true };

/** @throws InvalidArgument unless there is no bound, or a whole number of 1 or more, and a known order */
export function checkRound(maxOffersPerRound: number | undefined, agentOrder: AgentOrder): void {
  if (maxOffersPerRound !== undefined && !(Number.isInteger(maxOffersPerRound) && maxOffersPerRound >= 1)) {
    throw new InvalidArgument('maxOffersPerRound', `expected a whole number of 1 or more, got ${maxOffersPerRound}`);
  }
  if (!Object.hasOwn(AGENT_ORDERS, agentOrder)) {
    throw new InvalidArgument('agentOrder', `expected random, packing or spreading, got ${shown(agentOrder)}`);
  }
}

/** @throws InvalidArgument if there is none of that name */
export function checkSorter(sorter: string): void {
  if (sorter === 'drf' || sorter === 'random') return;
  throw new InvalidArgument('sorter', `expected drf or random, got ${shown(sorter)}`);
}

/** @throws InvalidArgument naming what of them is not valid */
export function checkConstraints({ offerConstraints = {} }: AllocatorFramework): void {
  for (const [role, groups] of Object.entries(offerConstraints)) compileConstraints(groups, `offerConstraints.${role}`);
}

/** @throws InvalidArgument if it is not a number greater than 0 */
export function checkPositive(field: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new InvalidArgument(field, `expected a number greater than 0, got ${value}`);
  }
}

/** @throws InvalidArgument if the role is nested, or is promised more than its limits allow */
export function checkQuota(role: string, { guarantees, limits }: Quota): void {
  if (role.includes('/')) throw new InvalidArgument('role', `expected a top-level role for a quota, got ${role}`);
  if (limits.contains(guarantees)) return;
  throw new InvalidArgument(`quota.${role}`, `expected guarantees within ${limits}, got ${guarantees}`);
}

/** @throws InvalidArgument if some of it is allocated to no role */
export function checkAllocated(resources: Resources, field: string): void {
  const stray = resources.filter(({ allocatedTo }) => allocatedTo === undefined);
  if (!stray.isEmpty) throw new InvalidArgument(field, `expected resources allocated to a role, got ${stray}`);
}

/** @throws InvalidArgument if the framework does not hold them all there */
export function partsOf(
  framework: FrameworkRecord,
  agent: AgentRecord,
  resources: Resources,
): readonly { readonly pair: Pair; readonly part: Resources }[] {
  const allocations = resources.allocations();
  let size = 0;
  for (const part of allocations.values()) size += part.size;
  if (size !== resources.size) checkAllocated(resources, 'resources');
  return Array.from(allocations, ([role, part]) => {
    const pair = framework.pairs.get(role);
    const held = pair === undefined ? Resources.empty : heldBy(pair, agent);
    if (pair !== undefined && held.contains(part)) return { pair, part };
    throw new InvalidArgument('resources', `expected a part of ${held} that ${framework.id} holds, got ${part}`);
  });
}
