import type { Resources } from '../resources/index.ts';
import type { AllocatorBooks } from './allocator-books.ts';
import { collect } from './client-order.ts';
import { REFINED, RESERVED, REVOCABLE, SHARED } from './columns.ts';
import { comparePairs } from './fair-order.ts';
import type { Members } from './members.ts';
import type { Minimum } from './minimum.ts';
import { type AgentRecord, isBarred, type Pair } from './records.ts';

/** Called for each part of the agent that is handed out. */
export type Give = (pair: Pair, agent: AgentRecord, source: Resources) => void;

export interface VisitOptions {
  readonly books: AllocatorBooks;
  readonly minimum: Minimum;
  readonly give: Give;
}

/**
 * Hands out what is free of an agent, in fair order, until nobody wants what is left.
 *
 * @param fresh if given, only these are asked: nobody else has become more willing since the last visit
 */
export function visit(options: VisitOptions, agent: AgentRecord, fresh?: readonly Pair[]): void {
  if (agent.available.isEmpty) return;
  if ((agent.kinds & (RESERVED | REVOCABLE | SHARED)) !== 0) visitMixed(options, agent);
  else visitPlain(options, agent, fresh);
}

/** Nothing is reserved, revocable or shared: everybody would be offered the same, and the first takes it all. */
function visitPlain({ books, minimum, give }: VisitOptions, agent: AgentRecord, fresh?: readonly Pair[]): void {
  const { available } = agent;
  const vector = books.columns.measure(available);
  const general = minimum.allows(available, vector);
  if (!general && books.members.ownMinimums === 0) return;
  books.filters.level(agent.row, available);
  const takes = (pair: Pair): boolean => {
    if (isBarred(pair, agent) || books.filters.test(agent.row, pair.index)) return false;
    return pair.minimum === undefined ? general : pair.minimum.allows(available, vector);
  };
  const taker =
    fresh === undefined ? firstInRoles(books.members, books.members.roleRoot, takes) : firstOf(books, fresh, takes);
  if (taker !== undefined) give(taker, agent, available);
}

function firstInRoles(members: Members, node: number, takes: (pair: Pair) => boolean): Pair | undefined {
  const { order, roleAt, pairAt } = members;
  const branch = order.sorted(node);
  if (branch === undefined) {
    const role = roleAt[node];
    const frameworks = role === undefined ? undefined : order.sorted(role.root);
    if (frameworks === undefined) return undefined;
    for (let i = 0; i < frameworks.length; i++) {
      const pair = pairAt[frameworks.ids[i] ?? 0];
      if (pair !== undefined && takes(pair)) return pair;
    }
    return undefined;
  }
  for (let i = 0; i < branch.length; i++) {
    const pair = firstInRoles(members, branch.ids[i] ?? 0, takes);
    if (pair !== undefined) return pair;
  }
  return undefined;
}

/** The first in fair order of a few. */
function firstOf(books: AllocatorBooks, pairs: readonly Pair[], takes: (pair: Pair) => boolean): Pair | undefined {
  let first: Pair | undefined;
  for (const pair of pairs) {
    if (!takes(pair)) continue;
    if (first === undefined || comparePairs(books.members, pair, first) < 0) first = pair;
  }
  return first;
}

/** Each framework is offered what is unreserved or reserved to its role or above, less what it cannot cope with. */
function visitMixed({ books, minimum, give }: VisitOptions, agent: AgentRecord): void {
  const { order, isActive, roleAt, pairAt, roleRoot } = books.members;
  const roleNodes: number[] = [];
  collect(order, roleRoot, roleNodes, isActive);
  // Shared resources stay available, but go to one framework in a run.
  let left = agent.available;
  let wanted = rolesFor(books.members, left);
  for (const node of roleNodes) {
    if (wanted !== undefined && !wanted.has(node)) continue;
    const role = roleAt[node];
    if (role === undefined) continue;
    let usable = left.allocatableTo(role.name);
    const pairNodes: number[] = [];
    collect(order, role.root, pairNodes, isActive);
    for (const pairNode of pairNodes) {
      if (usable.isEmpty) break;
      const pair = pairAt[pairNode];
      if (pair === undefined || isBarred(pair, agent)) continue;
      const offer = strip(usable, pair.framework.stripped & agent.kinds);
      if (!(pair.minimum ?? minimum).allows(offer, books.columns.measure(offer))) continue;
      if (books.filters.blocks(agent.row, pair.index, offer)) continue;
      give(pair, agent, offer);
      left = left.minus(offer);
      usable = usable.minus(offer);
      wanted = rolesFor(books.members, left);
      if (wanted?.size === 0) return;
    }
  }
}

/** Nodes of the roles that may use some of it; `undefined`: all, since some of it is unreserved. */
export function rolesFor(
  { forest, isActive, roleRoot }: Members,
  resources: Resources,
): ReadonlySet<number> | undefined {
  if (!resources.unreserved().isEmpty) return undefined;
  const nodes: number[] = [];
  for (const owner of resources.reservations().keys()) {
    const node = forest.find(roleRoot, owner);
    if (node !== undefined) collect(forest, node, nodes, isActive);
  }
  return new Set(nodes);
}

/** Without what a framework cannot cope with. @param kinds bits of `Columns.inspect` */
export function strip(resources: Resources, kinds: number): Resources {
  let kept = resources;
  if ((kinds & SHARED) !== 0) kept = kept.nonShared();
  if ((kinds & REVOCABLE) !== 0) kept = kept.nonRevocable();
  if ((kinds & REFINED) !== 0) kept = kept.filter(({ reservations }) => reservations.length <= 1);
  return kept;
}
