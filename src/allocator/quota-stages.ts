import { Quantities, type Resource, Resources } from '../resources/index.ts';
import type { AllocatorBooks } from './allocator-books.ts';
import { INDIVISIBLE, RESERVED, REVOCABLE, SHARED } from './columns.ts';
import { FairOrder } from './fair-order.ts';
import { Headroom } from './headroom.ts';
import type { Minimum } from './minimum.ts';
import { plainOf, type QuotaRole } from './quota-ledger.ts';
import { type AgentRecord, isBarred, type Pair, type RoleRecord } from './records.ts';
import { type Give, rolesFor, strip, type VisitOptions } from './visit.ts';

/** Agents with any of these are not offered to everybody alike, or not cut as one wishes. */
const SPECIAL: number = RESERVED | REVOCABLE | SHARED | INDIVISIBLE;

/**
 * Visits to agents while some role has quota, in two stages.
 *
 * The first is for roles that have not got what they are promised: they are offered what they lack, whatever else is
 * needed, and with it what is left over. The second is for everybody, as without quota, but for two bounds on what is
 * plain (see {@link QuotaLedger}): the role's limits, and the {@link Headroom}. Where they have kept something from
 * somebody, the agent is remembered, and visited again when a bound has eased.
 *
 * @see Mesos `src/master/allocator/mesos/hierarchical.cpp`, `__generateOffers`
 */
export class QuotaStages {
  readonly #books: AllocatorBooks;
  readonly #minimum: Minimum;
  readonly #give: Give;
  readonly #headroom: Headroom;
  readonly #order: FairOrder;
  /** How many roles take part in the first stage. */
  #lacking = 0;
  /** What a role takes, of what it lacks, with the offer in hand; milli-units by column. */
  #granted = new Float64Array(0);
  /** What is free of the agent in hand. */
  #free = new Float64Array(0);
  /** The same within bounds. */
  #bounded = new Float64Array(0);
  /** Shared resources that this run has offered; they go to one framework per run. */
  readonly #sharedOut = new Map<AgentRecord, Resources>();

  constructor({ books, minimum, give }: VisitOptions) {
    this.#books = books;
    this.#minimum = minimum;
    this.#give = give;
    this.#headroom = new Headroom(books.quota, books.columns);
    this.#order = new FairOrder(books.members);
  }

  /** Begins a run: agents of which something was held back are dirty if a bound has eased since the last one. */
  begin(): void {
    const { quota, members, forest, columns, heldBack } = this.#books;
    quota.settle();
    const eased = quota.takeEased();
    if (this.#headroom.begin() || eased) {
      for (const agent of heldBack) this.#books.soil(agent);
      heldBack.clear();
    }
    this.#sharedOut.clear();
    this.#granted = new Float64Array(columns.capacity);
    this.#free = new Float64Array(columns.capacity);
    this.#bounded = new Float64Array(columns.capacity);
    this.#lacking = 0;
    for (const role of quota.roles.values()) {
      const record = members.roles.get(role.name);
      role.lacking = record !== undefined && forest.isActive(record.root) && !quota.isSatisfied(role);
      if (role.lacking) this.#lacking++;
    }
  }

  /** Whether there is anybody for the first stage. */
  get hasFirst(): boolean {
    return this.#lacking > 0;
  }

  /** The first stage. @param few if given, only these are asked */
  visitFirst(agent: AgentRecord, few: readonly Pair[] | undefined): void {
    let left = this.#lacking;
    if (left === 0 || agent.available.isEmpty) return;
    this.#order.eachRole(few, (role) => {
      const { quota } = role;
      if (quota?.lacking !== true) return false;
      left--;
      this.#promise(agent, role, { quota, few });
      return left === 0 || agent.available.isEmpty;
    });
  }

  /** The second stage. @param few if given, only these are asked */
  visitSecond(agent: AgentRecord, few: readonly Pair[] | undefined): void {
    if (agent.available.isEmpty) return;
    if ((agent.kinds & SPECIAL) !== 0 || this.#takeWhole(agent, few) === 'cut') this.#takeParts(agent, few);
  }

  /** Offers a role what it lacks, and what comes along. */
  #promise(
    agent: AgentRecord,
    role: RoleRecord,
    { quota, few }: { readonly quota: QuotaRole; readonly few: readonly Pair[] | undefined },
  ): void {
    const { columns } = this.#books;
    let usable = this.#leftOf(agent).allocatableTo(role.name);
    for (const pair of this.#order.pairsOf(role, few)) {
      if (usable.isEmpty || !quota.lacking) return;
      if (isBarred(pair, agent)) continue;
      const capable = strip(usable, pair.framework.stripped & agent.kinds);
      const offer = this.#promised(agent, capable, quota);
      if (offer === undefined) continue;
      if (!(pair.minimum ?? this.#minimum).allows(offer, columns.measure(offer))) continue;
      if (this.#isFiltered(pair, agent, offer)) continue;
      this.#hand(pair, agent, offer);
      this.#headroom.grant(this.#granted);
      if (this.#books.quota.isSatisfied(quota)) {
        quota.lacking = false;
        this.#lacking--;
      }
      usable = usable.minus(offer);
    }
  }

  /** What a role that lacks something is offered of `capable`; `undefined` if it lacks nothing of it. */
  #promised(agent: AgentRecord, capable: Resources, quota: QuotaRole): Resources | undefined {
    const { columns, quota: ledger } = this.#books;
    const plain = plainOf(capable).scalars();
    const free = copyInto(this.#free, columns.measure(plain));
    const granted = this.#granted.fill(0);
    for (const part of quota.guarantees) {
      granted[part.column] = Math.min(free[part.column] ?? 0, ledger.lacks(quota, part));
    }
    if (granted.every((milli) => milli === 0)) return undefined;
    const divisible = (agent.kinds & INDIVISIBLE) === 0;
    const bound = (column: number): number => {
      const extra = Math.min(this.#headroom.spare(column), ledger.below(quota, column) - (granted[column] ?? 0));
      return (granted[column] ?? 0) + Math.max(0, extra);
    };
    if (divisible) return this.#cut(capable, bound);
    const guaranteed = this.#shrunk(plain, (column) => granted[column] ?? 0);
    if (guaranteed.isEmpty) return undefined;
    copyInto(granted, columns.measure(guaranteed));
    const more = this.#shrunk(plain.minus(guaranteed), (column) => bound(column) - (granted[column] ?? 0));
    return capable.filter(isBeside).plus(guaranteed).plus(more);
  }

  /** Gives all that is free to the first who takes it; 'cut' if somebody would take what the bounds leave of it. */
  #takeWhole(agent: AgentRecord, few: readonly Pair[] | undefined): 'cut' | undefined {
    const { members, columns, filters, heldBack } = this.#books;
    const { available } = agent;
    const free = copyInto(this.#free, columns.measure(available));
    const general = this.#minimum.allows(available, free);
    if (!general && members.ownMinimums === 0) return undefined;
    filters.level(agent.row, available);
    const inHeadroom = this.#headroom.holds(free);
    let whole = true;
    let part: Resources | undefined;
    const takes = (pair: Pair): boolean => {
      if (isBarred(pair, agent) || filters.test(agent.row, pair.index)) return false;
      const minimum = pair.minimum ?? this.#minimum;
      if (whole) return minimum === this.#minimum ? general : minimum.allows(available, free);
      if (!minimum.mayAllow(this.#bounded)) return false;
      part ??= this.#cut(available, (column) => this.#bounded[column] ?? 0);
      return minimum.allows(part, this.#bounded) && !filters.blocksPart(agent.row, pair.index, part);
    };
    let kept = false;
    let taker: Pair | undefined;
    this.#order.firstRole(few, (role) => {
      whole = inHeadroom && this.#isBelow(role.quota, free);
      if (!whole) {
        kept = true;
        part = undefined;
        this.#bound(role.quota, free);
        if (members.ownMinimums === 0 && !this.#minimum.mayAllow(this.#bounded)) return false;
      }
      taker = this.#order.firstPair(role, few, takes);
      return taker !== undefined;
    });
    if (taker !== undefined && !whole) return 'cut';
    if (taker !== undefined) this.#hand(taker, agent, available, free);
    else if (kept) heldBack.add(agent);
    return undefined;
  }

  /** Offers each in fair order what the bounds leave of what is usable. */
  #takeParts(agent: AgentRecord, few: readonly Pair[] | undefined): void {
    const { members, columns, heldBack } = this.#books;
    let left = this.#leftOf(agent);
    let wanted = rolesFor(members, left);
    let kept = false;
    this.#order.eachRole(few, (role) => {
      if (wanted !== undefined && !wanted.has(role.node)) return false;
      let usable = left.allocatableTo(role.name);
      if (usable.isEmpty) return false;
      for (const pair of this.#order.pairsOf(role, few)) {
        if (usable.isEmpty) break;
        if (isBarred(pair, agent)) continue;
        const capable = strip(usable, pair.framework.stripped & agent.kinds);
        this.#bound(role.quota, copyInto(this.#free, columns.measure(plainOf(capable))));
        const offer = this.#cut(capable, (column) => this.#bounded[column] ?? 0);
        if (offer !== capable) kept = true;
        if (!(pair.minimum ?? this.#minimum).allows(offer, columns.measure(offer))) continue;
        if (this.#isFiltered(pair, agent, offer)) continue;
        this.#hand(pair, agent, offer);
        left = left.minus(offer);
        usable = usable.minus(offer);
        wanted = rolesFor(members, left);
      }
      return left.isEmpty || wanted?.size === 0;
    });
    if (kept && !agent.available.isEmpty) heldBack.add(agent);
  }

  /** @param plain what of it is plain, by column, if that is known */
  #hand(pair: Pair, agent: AgentRecord, offer: Resources, plain?: Float64Array): void {
    this.#give(pair, agent, offer);
    this.#headroom.take(plain ?? this.#books.columns.measure(plainOf(offer)));
    if ((agent.kinds & SHARED) === 0) return;
    this.#sharedOut.set(agent, (this.#sharedOut.get(agent) ?? Resources.empty).plus(offer.shared()));
  }

  #leftOf(agent: AgentRecord): Resources {
    const shared = this.#sharedOut.get(agent);
    return shared === undefined ? agent.available : agent.available.minus(shared);
  }

  #isFiltered({ index }: Pair, agent: AgentRecord, offer: Resources): boolean {
    const { filters } = this.#books;
    if ((agent.kinds & SPECIAL) !== 0) return filters.blocks(agent.row, index, offer);
    filters.level(agent.row, agent.available);
    return filters.test(agent.row, index) || filters.blocksPart(agent.row, index, offer);
  }

  /** Whether the role may have all of it. */
  #isBelow(quota: QuotaRole | undefined, amounts: Float64Array): boolean {
    if (quota === undefined) return true;
    const ledger = this.#books.quota;
    for (let column = 0; column < quota.limits.length; column++) {
      if ((amounts[column] ?? 0) > ledger.below(quota, column)) return false;
    }
    return true;
  }

  /** Fills `#bounded`: what the role may have of it, and nobody else needs more. */
  #bound(quota: QuotaRole | undefined, amounts: Float64Array): void {
    const { quota: ledger, columns } = this.#books;
    const bounded = this.#bounded;
    for (let column = 0; column < columns.size; column++) {
      const own = quota === undefined ? Number.POSITIVE_INFINITY : ledger.below(quota, column);
      bounded[column] = Math.min(amounts[column] ?? 0, this.#headroom.spare(column), own);
    }
  }

  /** Without what is plain beyond the bounds; `resources` itself if nothing is. */
  #cut(resources: Resources, bound: (column: number) => number): Resources {
    const plain = plainOf(resources).scalars();
    const kept = this.#shrunk(plain, bound);
    return kept === plain ? resources : resources.filter(isBeside).plus(kept);
  }

  #shrunk(plain: Resources, bound: (column: number) => number): Resources {
    const { columns } = this.#books;
    const amounts = columns.measure(plain);
    const { names } = columns;
    if (names.every((_, column) => (amounts[column] ?? 0) <= bound(column))) return plain;
    const bounds = names.map((name, column): [string, number] => {
      return [name, Math.min(amounts[column] ?? 0, bound(column))];
    });
    return plain.shrinkToQuantities(Quantities.fromMilli(bounds));
  }
}

/** What no quota is about. */
function isBeside({ value, reservations, revocable, shared }: Resource): boolean {
  return value.type !== 'SCALAR' || reservations.length > 0 || revocable === true || shared === true;
}

function copyInto(target: Float64Array, source: Float64Array): Float64Array {
  target.set(source);
  return target;
}
