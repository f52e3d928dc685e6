import { InvalidArgument } from '../core/index.ts';
import { checkedAmounts } from './amounts.ts';
import { Collection } from './collection.ts';
import { Entry } from './entry.ts';
import { resourceFromJson } from './from-json.ts';
import { JsonField } from './json-fields.ts';
import type { ResourceLimits } from './limits.ts';
import { parseResources } from './parse.ts';
import type { Quantities } from './quantities.ts';
import type { Reservation, Resource } from './resource.ts';
import { resourceError } from './validity.ts';

/**
 * A multiset of resources: what an agent has, an offer holds, a task uses.
 *
 * - **Value semantics** an instance never changes; every operation returns a new one (or one of its operands).
 * - **Units** scalars in thousandths inside, plain numbers in text and JSON; `mem` and `disk` are megabytes.
 * - **Order** entries keep the order in which they were added; it shows only when written.
 *
 * @see Mesos `src/v1/resources.cpp`
 */
export interface Resources extends Iterable<Resource> {
  readonly isEmpty: boolean;
  /** Number of distinct entries; a shared resource counts once. */
  readonly size: number;
  /** How many copies of `resource` are here: more than 1 only for shared ones. */
  count(resource: Resource): number;
  plus(that: Resources): Resources;
  /** What is not here is ignored, as in Mesos: nothing ever becomes negative. Check with {@link contains} first. */
  minus(that: Resources): Resources;
  contains(that: Resources): boolean;
  equals(that: Resources): boolean;

  /** Sum of one scalar over all entries, in thousandths; 0 if there is none. */
  scalarMilli(name: string): number;
  /** Shorthands: numbers in their units (CPUs, MB, MB, GPUs), 0 if there is none. */
  readonly cpus: number;
  readonly memMb: number;
  readonly diskMb: number;
  readonly gpus: number;
  /** All ports, flat and coalesced: `[begin, end, …]`, inclusive; empty if there are none. */
  readonly ports: readonly number[];
  /** Names in order of first appearance. */
  names(): readonly string[];
  quantities(): Quantities;
  containsQuantities(quantities: Quantities): boolean;

  filter(predicate: (resource: Resource) => boolean): Resources;
  named(name: string): Resources;
  scalars(): Resources;
  unreserved(): Resources;
  /** Reserved to `role` (the innermost one of the stack); without an argument, reserved at all. */
  reserved(role?: string): Resources;
  /** Unreserved, reserved to `role` itself, or to an ancestor of it. */
  allocatableTo(role: string): Resources;
  allocatedTo(role: string): Resources;
  revocable(): Resources;
  nonRevocable(): Resources;
  shared(): Resources;
  nonShared(): Resources;
  persistentVolumes(): Resources;
  /** By reservation role, the innermost of each stack; unreserved resources are left out. */
  reservations(): ReadonlyMap<string, Resources>;
  /** By the role they are allocated to; unallocated resources are left out. */
  allocations(): ReadonlyMap<string, Resources>;

  allocate(role: string): Resources;
  unallocate(): Resources;
  /** Every entry with one more reservation on its stack. @throws InvalidArgument if the result would be invalid */
  pushReservation(reservation: Reservation): Resources;
  /** Every entry with its last reservation removed. @throws InvalidArgument if one has none */
  popReservation(): Resources;
  toUnreserved(): Resources;

  /** Applies a RESERVE, UNRESERVE, CREATE or DESTROY. @throws OperationError if what it consumes is not here */
  apply(operation: ResourceOperation): Resources;
  /** As {@link apply}, for what Mesos calls a conversion. @throws OperationError if `consumed` is not contained */
  convert(conversion: ResourceConversion): Resources;
  /** Entries that meet `targets` in name and amount, whatever their reservation; `undefined` if there are not enough. */
  find(targets: Resources): Resources | undefined;
  /** Cut to these amounts; names that are absent go away. Indivisible disks that do not fit are left out. */
  shrinkToQuantities(quantities: Quantities): Resources;
  /** Cut to these amounts; names that are absent stay as they are. */
  shrinkToLimits(limits: ResourceLimits): Resources;

  /** The text form of Mesos, such as `cpus:1.5; ports:[31000-32000]`; `{}` if empty. */
  toString(): string;
  /** The objects of Mesos's JSON form, reservations in the newer form. */
  toJSON(): readonly ResourceJson[];
}

export type ResourceOperation = {
  readonly type: 'RESERVE' | 'UNRESERVE' | 'CREATE' | 'DESTROY';
  readonly resources: Resources;
};

/** Takes `consumed` away and puts `converted` in its place; the quantities stay. */
export interface ResourceConversion {
  readonly consumed: Resources;
  readonly converted: Resources;
}

/** A resource in Mesos's JSON form, snake_case, all fields as on the wire. */
export type ResourceJson = Readonly<Record<string, unknown>>;

/** Makes collections. */
export interface ResourcesFactory {
  readonly empty: Resources;
  /**
   * Reads the short form (`cpus:4;mem:1024;ports:[31000-32000];disk(role):100`) or a JSON array of objects.
   *
   * @param options.defaultRole the role of what names none; `*` (unreserved) if absent
   * @throws ParseError with the position of the fault
   */
  parse(text: string, options?: { readonly defaultRole?: string }): Resources;
  /**
   * One after another added; invalid and empty ones are left out, as in Mesos.
   *
   * @throws InvalidArgument for a scalar that is too large to be exact, which to Mesos is a valid one
   */
  of(...resources: readonly Resource[]): Resources;
  /**
   * From Mesos's JSON objects, either form of reservations; empty ones are left out.
   *
   * @param field what the objects are called in messages; `resources` if absent
   * @throws InvalidArgument naming the field at fault, such as `resources[2].scalar.value`
   */
  fromJSON(objects: readonly unknown[], field?: string): Resources;
  /**
   * From plain amounts: `{ cpus: 1.5, mem: 128 }`.
   *
   * @param field what the amounts are called in messages; `amounts` if absent
   * @throws InvalidArgument on a negative or non-finite amount
   */
  scalars(amounts: Readonly<Record<string, number>>, field?: string): Resources;
  /** What is wrong with one object, or `undefined`. */
  validate(resource: Resource): string | undefined;
  sum(all: Iterable<Resources>): Resources;
}

/** Makes collections; see {@link ResourcesFactory}. */
export const Resources: ResourcesFactory = {
  empty: Collection.empty,

  parse: (text, options) => parseResources(text, options?.defaultRole ?? '*'),

  of(...resources) {
    const valid = resources.filter((resource, index) => {
      const error = resourceError(resource);
      if (error !== undefined && isTooLarge(resource)) throw new InvalidArgument(`resources[${index}]`, error);
      return error === undefined;
    });
    return Collection.merge(entriesOf(valid));
  },

  fromJSON(objects, field = 'resources') {
    const resources = JsonField.root(field, objects)
      .array()
      .map((json) => resourceFromJson(json, '*'));
    return Collection.merge(entriesOf(resources));
  },

  scalars(amounts, field = 'amounts') {
    const resources = Array.from(checkedAmounts(amounts, field), ([name, milli]): Resource => {
      return { name, value: { type: 'SCALAR', milli }, reservations: [] };
    });
    return Collection.merge(entriesOf(resources));
  },

  validate: resourceError,

  sum: (all) => Collection.sum(all),
};

/** Without those that are empty. */
function entriesOf(resources: readonly Resource[]): readonly Entry[] {
  return resources.map((resource) => Entry.of(resource)).filter((entry) => entry !== undefined);
}

function isTooLarge({ value }: Resource): boolean {
  return value.type === 'SCALAR' && value.milli > Number.MAX_SAFE_INTEGER;
}
