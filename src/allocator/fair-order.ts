import type { Members } from './members.ts';
import type { Pair, RoleRecord } from './records.ts';

/** Walks roles and their frameworks in fair order. */
export class FairOrder {
  readonly #members: Members;
  /** The order of each level of the walk that goes on, as it was when that level was reached. */
  readonly #levels: Int32Array[] = [];

  constructor(members: Members) {
    this.#members = members;
  }

  /**
   * Asks one role after another in the order in which they are now, until one answers true; to ask may change the order.
   *
   * @param few if given, only their roles are asked
   */
  eachRole(few: readonly Pair[] | undefined, ask: (role: RoleRecord) => boolean): void {
    if (few === undefined) this.#walk(this.#members.roleRoot, 0, ask);
    else for (const role of this.#rolesOf(few)) if (ask(role)) return;
  }

  /** The first role of which `asks` is true; it must not change the order. @param few if given, only their roles are asked */
  firstRole(few: readonly Pair[] | undefined, asks: (role: RoleRecord) => boolean): RoleRecord | undefined {
    return few === undefined ? this.#find(this.#members.roleRoot, asks) : this.#rolesOf(few).find(asks);
  }

  /** Who of a role is asked, in the order of now. @param few if given, only these */
  pairsOf(role: RoleRecord, few: readonly Pair[] | undefined): readonly Pair[] {
    const { order, pairAt } = this.#members;
    if (few !== undefined) {
      return few.filter((pair) => pair.role === role).sort((a, b) => comparePairs(this.#members, a, b));
    }
    const { ids, length } = order.sorted(role.root) ?? { ids: [], length: 0 };
    const pairs: Pair[] = [];
    for (let i = 0; i < length; i++) {
      const pair = pairAt[ids[i] ?? 0];
      if (pair !== undefined) pairs.push(pair);
    }
    return pairs;
  }

  /** The first of a role who `takes`, which must not change the order. @param few if given, only these are asked */
  firstPair(role: RoleRecord, few: readonly Pair[] | undefined, takes: (pair: Pair) => boolean): Pair | undefined {
    if (few !== undefined) return this.pairsOf(role, few).find(takes);
    const { order, pairAt } = this.#members;
    const branch = order.sorted(role.root);
    if (branch === undefined) return undefined;
    for (let i = 0; i < branch.length; i++) {
      const pair = pairAt[branch.ids[i] ?? 0];
      if (pair !== undefined && takes(pair)) return pair;
    }
    return undefined;
  }

  #rolesOf(few: readonly Pair[]): readonly RoleRecord[] {
    const pairs = few.toSorted((a, b) => comparePairs(this.#members, a, b));
    return [...new Set(pairs.map(({ role }) => role))].filter((role) => role !== undefined);
  }

  #find(node: number, asks: (role: RoleRecord) => boolean): RoleRecord | undefined {
    const { order, roleAt } = this.#members;
    const branch = order.sorted(node);
    if (branch === undefined) {
      const role = roleAt[node];
      return role !== undefined && asks(role) ? role : undefined;
    }
    for (let i = 0; i < branch.length; i++) {
      const role = this.#find(branch.ids[i] ?? 0, asks);
      if (role !== undefined) return role;
    }
    return undefined;
  }

  #walk(node: number, level: number, ask: (role: RoleRecord) => boolean): boolean {
    const { order, roleAt } = this.#members;
    const branch = order.sorted(node);
    if (branch === undefined) {
      const role = roleAt[node];
      return role !== undefined && ask(role);
    }
    const { ids, length } = branch;
    let now = this.#levels[level];
    if (now === undefined || now.length < length) {
      now = new Int32Array(ids.length);
      this.#levels[level] = now;
    }
    now.set(ids.subarray(0, length));
    for (let i = 0; i < length; i++) if (this.#walk(now[i] ?? 0, level + 1, ask)) return true;
    return false;
  }
}

/** Negative if pair `a` is asked before pair `b`. */
export function comparePairs({ order, roleRoot }: Members, a: Pair, b: Pair): number {
  if (a.role === b.role) return order.compareClients(a.node, b.node, a.role?.root ?? 0);
  return order.compareClients(a.role?.node ?? 0, b.role?.node ?? 0, roleRoot);
}
