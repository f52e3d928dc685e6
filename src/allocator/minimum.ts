import type { Quantities, Resources } from '../resources/index.ts';
import type { Columns } from './columns.ts';

/** The least that is worth an offer: one of several sets of amounts; no set at all takes anything. */
export class Minimum {
  readonly #columns: Columns;
  readonly #sets: readonly { readonly quantities: Quantities; readonly parts: readonly Part[] }[];

  constructor(columns: Columns, sets: readonly Quantities[]) {
    this.#columns = columns;
    this.#sets = sets.map((quantities) => {
      const parts = Array.from(quantities.entries(), ([name, milli]) => ({ name, column: columns.of(name), milli }));
      return { quantities, parts };
    });
  }

  /** Whether resources with these scalars may be enough; if not, they are not, whatever else there is. */
  mayAllow(vector: Float64Array): boolean {
    if (this.#sets.length === 0) return true;
    for (const { parts } of this.#sets) {
      let enough = true;
      for (const { name, column, milli } of parts) {
        if ((vector[column] ?? 0) < milli && !this.#columns.counted.has(name)) enough = false;
      }
      if (enough) return true;
    }
    return false;
  }

  /** @param vector the scalars in `resources`, in milli-units by column */
  allows(resources: Resources, vector: Float64Array): boolean {
    if (resources.isEmpty) return false;
    if (this.#sets.length === 0) return true;
    for (const { quantities, parts } of this.#sets) {
      if (parts.every(({ column, milli }) => (vector[column] ?? 0) >= milli)) return true;
      // Numbers of ports or items are in no column.
      if (parts.some(({ name }) => this.#columns.counted.has(name)) && resources.containsQuantities(quantities))
        return true;
    }
    return false;
  }
}

interface Part {
  readonly name: string;
  readonly column: number;
  readonly milli: number;
}
