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
  limits: readonly Part[];
}

/** Row of what is free of the cluster, as far as quota can be met from it. */
const CLUSTER = 0;

const NO_PARTS: readonly Part[] = [];

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
      return undefined;
    }
    const guarantees = this.#partsOf(quota.guarantees);
    const limits = this.#partsOf(quota.limits);
    if (known !== undefined) return Object.assign(known, { quota, guarantees, limits });
    const row = this.#unusedRows.pop() ?? this.#rows++;
    this.#amounts.clear(row);
    const added: QuotaRole = { name: role, row, quota, guarantees, limits };
    this.roles.set(role, added);
    this.#stale = true;
    return added;
  }

  /** Counts what is held in the role, or no longer held. */
  count(role: string, resources: Resources, sign: 1 | -1): void {
    if (!this.isOn) return;
    const vector = this.#columns.measure(plainOf(resources));
    const size = this.#columns.size;
    this.#amounts.add(CLUSTER, vector, { size, sign: sign === 1 ? -1 : 1 });
    const charged = this.roles.get(topLevelOf(role));
    if (charged !== undefined) this.#amounts.add(charged.row, vector, { size, sign });
    if (sign < 0) this.#eased = true;
  }

  /** Counts what an agent has, or no longer has. */
  countTotal(total: Resources, sign: 1 | -1): void {
    if (!this.isOn) return;
    const size = this.#columns.size;
    this.#amounts.add(CLUSTER, this.#columns.measure(plainOf(total)), { size, sign });
    for (const [owner, resources] of total.reservations()) {
      const charged = this.roles.get(topLevelOf(owner));
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
  below(role: QuotaRole | undefined, column: number): number {
    for (const part of role?.limits ?? NO_PARTS) {
      if (part.column === column) return role === undefined ? 0 : Math.max(0, part.milli - this.consumed(role, column));
    }
    return Number.POSITIVE_INFINITY;
  }

  isSatisfied(role: QuotaRole): boolean {
    for (const part of role.guarantees) if (this.lacks(role, part) > 0) return false;
    return true;
  }

  #partsOf(amounts: Quantities | ResourceLimits): readonly Part[] {
    return Array.from(amounts.entries(), ([name, milli]) => ({ column: this.#columns.of(name), milli }));
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
