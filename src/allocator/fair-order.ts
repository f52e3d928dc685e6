import type { Members } from './members.ts';
import type { Pair, RoleRecord } from './records.ts';
import type { ShareForest } from './share-forest.ts';

/**
 * Asks one role after another in fair order, as it is when the walk begins, until one answers true.
 *
 * @param few if given, only their roles are asked
 */
export function eachRole(members: Members, few: readonly Pair[] | undefined, ask: (role: RoleRecord) => boolean): void {
  if (few === undefined) walk(members, members.roleRoot, ask);
  else {
    const roles = new Set<RoleRecord>();
    for (const { role } of few.toSorted((a, b) => comparePairs(members.forest, a, b)))
      if (role !== undefined) roles.add(role);
    for (const role of roles) if (ask(role)) return;
  }
}

function walk(members: Members, node: number, ask: (role: RoleRecord) => boolean): boolean {
  const branch = members.forest.sorted(node);
  if (branch === undefined) {
    const role = members.roleAt[node];
    return role !== undefined && ask(role);
  }
  for (const child of branch.ids.slice(0, branch.length)) if (walk(members, child, ask)) return true;
  return false;
}

/** Who of a role is asked, in fair order as it is now. @param few if given, only these */
export function pairsOf(members: Members, role: RoleRecord, few: readonly Pair[] | undefined): readonly Pair[] {
  if (few !== undefined) {
    return few.filter((pair) => pair.role === role).sort((a, b) => comparePairs(members.forest, a, b));
  }
  const { ids, length } = members.forest.sorted(role.root) ?? { ids: [], length: 0 };
  return Array.from(ids.slice(0, length), (node) => members.pairAt[node]).filter((pair) => pair !== undefined);
}

/** The first of a role in fair order who `takes`, which must not change the order. @param few if given, only these */
export function firstPair(
  members: Members,
  role: RoleRecord,
  { few, takes }: { readonly few: readonly Pair[] | undefined; readonly takes: (pair: Pair) => boolean },
): Pair | undefined {
  if (few !== undefined) return pairsOf(members, role, few).find(takes);
  const branch = members.forest.sorted(role.root);
  if (branch === undefined) return undefined;
  for (let i = 0; i < branch.length; i++) {
    const pair = members.pairAt[branch.ids[i] ?? 0];
    if (pair !== undefined && takes(pair)) return pair;
  }
  return undefined;
}

/** Negative if pair `a` is asked before pair `b`. */
export function comparePairs(forest: ShareForest, a: Pair, b: Pair): number {
  if (a.role === b.role) return forest.compareClients(a.node, b.node);
  return forest.compareClients(a.role?.node ?? 0, b.role?.node ?? 0);
}
