import { ParseError } from '../core/index.ts';
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
import type { Quantities } from './quantities.ts';

/** Upper bounds by name; an absent name is unbounded, and zero is a bound. @see Mesos `ResourceLimits` */
export interface ResourceLimits {
  readonly isEmpty: boolean;
  entries(): Iterable<readonly [name: string, milli: number]>;
  /** Milli-units; `undefined` if unbounded. */
  get(name: string): number | undefined;
  /** Never below zero, where zero stays a bound; what is unbounded stays so. */
  minus(that: Quantities): ResourceLimits;
  /** Quantities: none exceeds its bound. Limits: each bound here bounds there too, and is not exceeded. */
  contains(that: Quantities | ResourceLimits): boolean;
  toString(): string;
  toJSON(): Readonly<Record<string, number>>;
}

/** Makes limits. */
export interface ResourceLimitsFactory {
  /** Bounds nothing. */
  readonly empty: ResourceLimits;
  /**
   * Reads `name:number` pieces separated by semicolons; a zero is kept.
   *
   * @throws ParseError with the position of the fault, such as a name that is there twice
   */
  parse(text: string): ResourceLimits;
  /** From plain numbers: `{ cpus: 1.5 }`. @throws InvalidArgument on a negative or non-finite amount */
  of(amounts: Readonly<Record<string, number>>): ResourceLimits;
}

class MilliLimits implements ResourceLimits {
  readonly #amounts: Amounts;

  /** `amounts` sorted by name. */
  constructor(amounts: Amounts) {
    this.#amounts = amounts;
  }

  static isLimits(that: Quantities | ResourceLimits): that is MilliLimits {
    return #amounts in that;
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

  get(name: string): number | undefined {
    return lookUp(this.#amounts, name);
  }

  minus(that: Quantities): ResourceLimits {
    if (this.isEmpty || that.isEmpty) return this;
    const rest: Amounts = this.#amounts.map(([name, milli]) => [name, Math.max(0, milli - that.get(name))]);
    return new MilliLimits(rest);
  }

  contains(that: Quantities | ResourceLimits): boolean {
    const unbounded = MilliLimits.isLimits(that) ? Number.POSITIVE_INFINITY : 0;
    return this.#amounts.every(([name, milli]) => (that.get(name) ?? unbounded) <= milli);
  }

  toString(): string {
    return formatAmounts(this.#amounts);
  }

  toJSON(): Readonly<Record<string, number>> {
    return plainAmounts(this.#amounts);
  }
}

const NO_LIMITS: ResourceLimits = new MilliLimits(NO_AMOUNTS);

/** Makes limits; see {@link ResourceLimitsFactory}. */
export const ResourceLimits: ResourceLimitsFactory = {
  empty: NO_LIMITS,

  parse(text) {
    const limits = new Map<string, number>();
    for (const { name, milli, position } of readAmounts(text)) {
      if (limits.has(name)) throw new ParseError(`Expected each name once, got ${name} again`, text, position);
      limits.set(name, milli);
    }
    return limits.size === 0 ? NO_LIMITS : new MilliLimits(amountsOf(limits));
  },

  of: (amounts) => new MilliLimits(amountsOf(checkedAmounts(amounts, 'limits'))),
};
