import { Quantities, type ResourceLimits, type Resources } from '../resources/index.ts';
import type { Quota } from './allocator.ts';
import type { Columns, MilliTable } from './columns.ts';
import type { AgentRecord } from './records.ts';

/** An amount in thousandths, by column. */
interface Part {
  readonly column: number;
  readonly milli: number;
}

/** A role with quota. */
export interface QuotaRole {
  readonly name: string;
  /** Its row in the ledger. */
  readonly row: number;
  quota: Quota;
  guarantees: readonly Part[];
  /** Milli-units by column, as far as there are limits; infinity between them. */
  limits: Float64Array;
  /** In the run that goes on, it takes part in the first stage: it lacks something that somebody of it may be offered. */
  lacking: boolean;
}

/** Row of what is free of the cluster, as far as quota can be met from it. */
const CLUSTER = 0;

/** Who the ledger is about; asked when it must be written anew. */
export interface QuotaHost {
  readonly agents: ReadonlyMap<unknown, AgentRecord>;
}

/**
 * What roles with quota consume, and what of the cluster is left to meet guarantees from.
 *
 * - **Unit** milli-units by column.
 * - *Plain* is what is unreserved, not revocable and scalar. A role consumes what is reserved to it and to roles below
 *   it, whether somebody has it or not, and what is plain of all that these roles hold. What frameworks hold counts in
 *   their role even before they are known.
 * - Only top-level roles have quota. While none has, nothing is counted; with the first the ledger is written anew.
 *
 * @see Mesos `src/master/allocator/mesos/hierarchical.cpp`, `rolesConsumedQuota`, `requiredHeadroom`
 */
export class QuotaLedger {
  readonly #columns: Columns;
  readonly #host: QuotaHost;
  /** By name. */
  readonly roles: Map<string, QuotaRole> = new Map<string, QuotaRole>();
  /** Row {@link CLUSTER}: plain and held by nobody; others: consumed by the role. */
  readonly #amounts: MilliTable;
  /** By any role: who is charged for it; null for nobody. Forgotten whenever a role comes to have quota, or no more. */
  readonly #charged = new Map<string, QuotaRole | null>();
  readonly #unusedRows: number[] = [];
  #rows = 1;
  /** It must be written anew before it is read. */
  #stale = false;
  /** Some role has come to consume less, or may consume more, since {@link takeEased}. */
  #eased = false;

  constructor(columns: Columns, host: QuotaHost) {
    this.#columns = columns;
    this.#host = host;
    this.#amounts = columns.table();
    this.#amounts.clear(CLUSTER);
  }

  get isOn(): boolean {
    return this.roles.size > 0;
  }

  /** Sets the quota of a role; none if it promises and limits nothing. Answers its record. */
  update(role: string, quota: Quota): QuotaRole | undefined {
    this.#eased = true;
    const known = this.roles.get(role);
    if (quota.guarantees.isEmpty && quota.limits.isEmpty) {
      if (known !== undefined) this.#unusedRows.push(known.row);
      this.roles.delete(role);
      this.#charged.clear();
      return undefined;
    }
    const guarantees = this.#partsOf(quota.guarantees);
    const limits = this.#limitsOf(quota.limits);
    if (known !== undefined) return Object.assign(known, { quota, guarantees, limits });
    const row = this.#unusedRows.pop() ?? this.#rows++;
    this.#amounts.clear(row);
    const added: QuotaRole = { name: role, row, quota, guarantees, limits, lacking: false };
    this.roles.set(role, added);
    this.#charged.clear();
    this.#stale = true;
    return added;
  }

  /**
   * Counts what is held in the role, or no longer held.
   *
   * @param measured the amounts in `resources`, if they are known
   */
  count(role: string, resources: Resources, sign: 1 | -1, measured?: Float64Array): void {
    if (!this.isOn) return;
    const plain = plainOf(resources);
    const vector = plain === resources && measured !== undefined ? measured : this.#columns.measure(plain);
    const size = this.#columns.size;
    this.#amounts.add(CLUSTER, vector, { size, sign: sign === 1 ? -1 : 1 });
    const charged = this.#chargedFor(role);
    if (charged !== undefined) this.#amounts.add(charged.row, vector, { size, sign });
    if (sign < 0) this.#eased = true;
  }

  /** Counts what an agent has, or no longer has. */
  countTotal(total: Resources, sign: 1 | -1): void {
    if (!this.isOn) return;
    const size = this.#columns.size;
    this.#amounts.add(CLUSTER, this.#columns.measure(plainOf(total)), { size, sign });
    for (const [owner, resources] of total.reservations()) {
      const charged = this.#chargedFor(owner);
      if (charged === undefined) continue;
      this.#amounts.add(charged.row, this.#columns.measure(resources), { size, sign });
      if (sign < 0) this.#eased = true;
    }
  }

  /** Whether some role has become able to take more since the last time somebody asked. */
  takeEased(): boolean {
    const eased = this.#eased;
    this.#eased = false;
    return eased;
  }

  /** Makes the ledger readable. */
  settle(): void {
    if (!this.#stale) return;
    this.#stale = false;
    this.#amounts.clear(CLUSTER);
    for (const { row } of this.roles.values()) this.#amounts.clear(row);
    for (const agent of this.#host.agents.values()) {
      this.countTotal(agent.info.total, 1);
      for (const { pair, resources } of agent.holdings) this.count(pair.roleName, resources, 1);
    }
  }

  /** Plain and held by nobody, in the column. Below 0 if more is held than there is. */
  free(column: number): number {
    return this.#amounts.data[column] ?? 0;
  }

  /** What the role consumes, in the column. */
  consumed({ row }: QuotaRole, column: number): number {
    return this.#amounts.data[row * this.#amounts.stride + column] ?? 0;
  }

  /** What the role consumes, for people. */
  consumption(role: QuotaRole): Quantities {
    this.settle();
    return Quantities.fromMilli(this.#columns.names.map((name, column) => [name, this.consumed(role, column)]));
  }

  /** What the role lacks of its guarantee, in the column of `part`. */
  lacks(role: QuotaRole, part: Part): number {
    return Math.max(0, part.milli - this.consumed(role, part.column));
  }

  /** How much more the role may consume, in the column; unbounded if it has no limit there. */
  below({ row, limits }: QuotaRole, column: number): number {
    const limit = limits[column] ?? Number.POSITIVE_INFINITY;
    return Math.max(0, limit - (this.#amounts.data[row * this.#amounts.stride + column] ?? 0));
  }

  isSatisfied(role: QuotaRole): boolean {
    for (const part of role.guarantees) if (this.lacks(role, part) > 0) return false;
    return true;
  }

  #chargedFor(role: string): QuotaRole | undefined {
    let charged = this.#charged.get(role);
    if (charged === undefined) {
      charged = this.roles.get(topLevelOf(role)) ?? null;
      this.#charged.set(role, charged);
    }
    return charged ?? undefined;
  }

  #partsOf(amounts: Quantities): readonly Part[] {
    return Array.from(amounts.entries(), ([name, milli]) => ({ column: this.#columns.of(name), milli }));
  }

  #limitsOf(limits: ResourceLimits): Float64Array {
    const byColumn = Array.from(limits.entries(), ([name, milli]) => ({ column: this.#columns.of(name), milli }));
    const milli = new Float64Array(Math.max(0, ...byColumn.map(({ column }) => column + 1))).fill(
      Number.POSITIVE_INFINITY,
    );
    for (const part of byColumn) milli[part.column] = part.milli;
    return milli;
  }
}

/** What guarantees can be met from: unreserved, not revocable, not shared. Only scalars of it count. */
export function plainOf(resources: Resources): Resources {
  return resources.unreserved().nonRevocable().nonShared();
}

/** The role whose quota a role is charged to. */
function topLevelOf(role: string): string {
  const slash = role.indexOf('/');
  return slash < 0 ? role : role.slice(0, slash);
}
