import type { Columns } from './columns.ts';
import type { QuotaLedger } from './quota-ledger.ts';

/**
 * What must stay free of the cluster so that all guarantees can still be met, as a run goes on.
 *
 * - **Unit** milli-units by column.
 * - What roles lack when the run begins is *required*. What they are granted in the first stage is no longer; what a
 *   role below takes in the second still is, until the next run.
 *
 * @see Mesos `src/master/allocator/mesos/hierarchical.cpp`, `requiredHeadroom`, `availableHeadroom`
 */
export class Headroom {
  readonly #ledger: QuotaLedger;
  readonly #columns: Columns;
  #required = new Float64Array(0);
  /** What would be left if all that is required were taken. Below 0 if there is less. */
  #surplus = new Float64Array(0);
  /** What of it may be had: all the rest if nothing is required. */
  #spare = new Float64Array(0);

  constructor(ledger: QuotaLedger, columns: Columns) {
    this.#ledger = ledger;
    this.#columns = columns;
  }

  /** Begins a run; answers whether more may be taken than at the end of the last one, in some column. */
  begin(): boolean {
    const { size, capacity } = this.#columns;
    const before = { surplus: this.#surplus, required: this.#required };
    this.#required = new Float64Array(capacity);
    this.#surplus = new Float64Array(capacity);
    this.#spare = new Float64Array(capacity);
    for (const role of this.#ledger.roles.values()) {
      for (const part of role.guarantees) {
        this.#required[part.column] = (this.#required[part.column] ?? 0) + this.#ledger.lacks(role, part);
      }
    }
    let eased = false;
    for (let column = 0; column < size; column++) {
      const surplus = Math.max(0, this.#ledger.free(column)) - (this.#required[column] ?? 0);
      this.#surplus[column] = surplus;
      this.#reckon(column);
      const noLonger = (before.required[column] ?? 0) > 0 && this.#required[column] === 0;
      if (noLonger || surplus > (before.surplus[column] ?? 0)) eased = true;
    }
    return eased;
  }

  /** How much of it may go to somebody to whom it is not promised; unbounded if nothing is required. */
  spare(column: number): number {
    return this.#spare[column] ?? Number.POSITIVE_INFINITY;
  }

  /** Whether all of it may. */
  holds(amounts: Float64Array): boolean {
    for (let column = 0; column < this.#columns.size; column++) {
      if ((amounts[column] ?? 0) > (this.#spare[column] ?? 0)) return false;
    }
    return true;
  }

  /** Somebody has been offered that much. */
  take(amounts: Float64Array): void {
    for (let column = 0; column < this.#columns.size; column++) {
      this.#surplus[column] = (this.#surplus[column] ?? 0) - (amounts[column] ?? 0);
      this.#reckon(column);
    }
  }

  /** That much of what was taken had been promised. */
  grant(amounts: Float64Array): void {
    for (let column = 0; column < this.#columns.size; column++) {
      const milli = amounts[column] ?? 0;
      this.#surplus[column] = (this.#surplus[column] ?? 0) + milli;
      this.#required[column] = Math.max(0, (this.#required[column] ?? 0) - milli);
      this.#reckon(column);
    }
  }

  #reckon(column: number): void {
    const required = this.#required[column] ?? 0;
    this.#spare[column] = required > 0 ? Math.max(0, this.#surplus[column] ?? 0) : Number.POSITIVE_INFINITY;
  }
}
