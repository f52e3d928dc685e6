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

/** Upper bounds by name; an absent name is unbounded, and zero is a bound. */
export interface ResourceLimits {
  readonly isEmpty: boolean;
  entries(): Iterable<readonly [name: string, milli: number]>;
  /** Milli-units; `undefined` if unbounded. */
  get(name: string): number | undefined;
  minus(that: Quantities): ResourceLimits;
  contains(that: Quantities | ResourceLimits): boolean;
  toString(): string;
  toJSON(): Readonly<Record<string, number>>;
}
