import { InvalidArgument } from '../core/index.ts';
import {
  type Amounts,
  amountsOf,
  checkedAmounts,
  formatAmounts,
  lookUp,
  NO_AMOUNTS,
  plainAmounts,
  readAmounts,
} from './amounts.ts';
import { isAmount } from './scalars.ts';

/**
 * Amounts of scalar resources by name, such as `cpus:1.5;mem:512`.
 *
 * - **Unit** milli-units: `cpus:1.5` is kept as the integer 1500, so sums are exact. `mem`, `disk` in megabytes.
 * - **Shape** one entry per name, every amount > 0; an absent name means zero.
 * - **Value semantics** an instance never changes.
 *
 * @see Mesos `include/mesos/resource_quantities.hpp`
 */
export interface Quantities {
  readonly isEmpty: boolean;
  /** Milli-units by name, sorted by name. */
  entries(): Iterable<readonly [name: string, milli: number]>;
  /** Milli-units; 0 if absent. */
  get(name: string): number;
  plus(that: Quantities): Quantities;
  /** Never below zero; names that are not here are ignored. */
  minus(that: Quantities): Quantities;
  contains(that: Quantities): boolean;
  equals(that: Quantities): boolean;
  toString(): string;
  /** Plain numbers by name: `{ cpus: 1.5 }`. */
  toJSON(): Readonly<Record<string, number>>;
}

/** Makes quantities. */
export interface QuantitiesFactory {
  readonly empty: Quantities;
  /**
   * Reads `name:number` pieces separated by semicolons; a name twice is added together, a zero is dropped.
   *
   * @throws ParseError with the position of the fault
   */
  parse(text: string): Quantities;
  /** From plain numbers: `{ cpus: 1.5 }`. @throws InvalidArgument on a negative or non-finite amount */
  of(amounts: Readonly<Record<string, number>>): Quantities;
  /** From integers in thousandths, each name at most once; zeros are dropped. @throws InvalidArgument */
  fromMilli(entries: Iterable<readonly [name: string, milli: number]>): Quantities;
}

class MilliQuantities implements Quantities {
  readonly #amounts: Amounts;

  /** `amounts` sorted by name, each greater than 0. */
  constructor(amounts: Amounts) {
    this.#amounts = amounts;
  }

  static amountsOf(that: Quantities): Amounts {
    return #amounts in that ? that.#amounts : [...that.entries()];
  }

  get isEmpty(): boolean {
    return this.#amounts.length === 0;
  }

  entries(): Iterable<readonly [name: string, milli: number]> {
    return this.#amounts;
  }

  [Symbol.iterator](): Iterator<readonly [name: string, milli: number]> {
    return this.#amounts[Symbol.iterator]();
  }

  get(name: string): number {
    return lookUp(this.#amounts, name) ?? 0;
  }

  plus(that: Quantities): Quantities {
    const added = MilliQuantities.amountsOf(that);
    if (added.length === 0) return this;
    if (this.#amounts.length === 0) return that;
    const sum = new Map(this.#amounts);
    for (const [name, milli] of added) sum.set(name, (sum.get(name) ?? 0) + milli);
    return quantitiesFrom(sum);
  }

  minus(that: Quantities): Quantities {
    if (that.isEmpty || this.isEmpty) return this;
    const rest: Amounts = this.#amounts.map(([name, milli]) => [name, milli - that.get(name)]);
    return fromSorted(rest);
  }

  contains(that: Quantities): boolean {
    for (const [name, milli] of that.entries()) if (this.get(name) < milli) return false;
    return true;
  }

  equals(that: Quantities): boolean {
    if (this === that) return true;
    const theirs = MilliQuantities.amountsOf(that);
    if (this.#amounts.length !== theirs.length) return false;
    return theirs.every(([name, milli]) => this.get(name) === milli);
  }

  toString(): string {
    return formatAmounts(this.#amounts);
  }

  toJSON(): Readonly<Record<string, number>> {
    return plainAmounts(this.#amounts);
  }
}

/** From thousandths by name; what is not above zero is dropped. */
export function quantitiesFrom(byName: ReadonlyMap<string, number>): Quantities {
  return fromSorted(amountsOf(byName));
}

function fromSorted(amounts: Amounts): Quantities {
  const positive = amounts.every(([, milli]) => milli > 0) ? amounts : amounts.filter(([, milli]) => milli > 0);
  return positive.length === 0 ? Quantities.empty : new MilliQuantities(positive);
}

/** Makes quantities; see {@link QuantitiesFactory}. */
export const Quantities: QuantitiesFactory = {
  empty: new MilliQuantities(NO_AMOUNTS),

  parse(text) {
    const sum = new Map<string, number>();
    for (const { name, milli } of readAmounts(text)) sum.set(name, (sum.get(name) ?? 0) + milli);
    return quantitiesFrom(sum);
  },

  of: (amounts) => quantitiesFrom(checkedAmounts(amounts, 'quantities')),

  fromMilli(entries) {
    const amounts = new Map<string, number>();
    for (const [name, milli] of entries) {
      if (!isAmount(milli)) throw new InvalidArgument(name, `expected whole thousandths from 0, got ${milli}`);
      amounts.set(name, milli);
    }
    return quantitiesFrom(amounts);
  },
};
