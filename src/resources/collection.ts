import { InvalidArgument, OperationError } from '../core/index.ts';
import { Draft } from './draft.ts';
import { Entry } from './entry.ts';
import { findAll } from './find.ts';
import { formatEntries } from './format.ts';
import type { ResourceLimits } from './limits.ts';
import { frozenReservation, type Metadata } from './metadata.ts';
import { conversionOf } from './operations.ts';
import { type Quantities, quantitiesFrom } from './quantities.ts';
import { type Bounds, NO_RANGES, union } from './ranges.ts';
import type { Reservation, Resource } from './resource.ts';
import type { ResourceConversion, ResourceJson, ResourceOperation, Resources } from './resources.ts';
import { isStrictSubrole } from './roles.ts';
import { cutTo } from './shrink.ts';
import { toJson } from './to-json.ts';
import { reservationsError } from './validity.ts';

/**
 * The entries of a collection of {@link Resources}. No entry could merge with another; results share entries, and the
 * whole list where nothing changed.
 */
export class Collection implements Resources {
  readonly #entries: readonly Entry[];
  #quantities: Quantities | undefined;

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** Of entries of which no two could merge. */
  static #of(entries: readonly Entry[]): Collection {
    return entries.length === 0 ? Collection.empty : new Collection(entries);
  }

  static readonly empty: Collection = new Collection(Object.freeze([]));

  /** Of entries in any order, merged where they can. */
  static merge(entries: Iterable<Entry>): Collection {
    const draft = new Draft([]);
    for (const entry of entries) draft.add(entry);
    return Collection.#of(draft.finish());
  }

  /** Of one entry. */
  static single(entry: Entry): Collection {
    return new Collection([entry]);
  }

  /** All of them added up. */
  static sum(all: Iterable<Resources>): Resources {
    let draft: Draft | undefined;
    let sum: Resources = Collection.empty;
    for (const resources of all) {
      const entries = Collection.entriesOf(resources);
      if (entries.length === 0) continue;
      if (sum.isEmpty) {
        sum = resources;
        continue;
      }
      draft ??= new Draft(Collection.entriesOf(sum));
      for (const entry of entries) draft.add(entry);
    }
    return draft === undefined ? sum : Collection.#of(draft.finish());
  }

  /** @throws InvalidArgument if it is none of ours */
  static entriesOf(resources: Resources): readonly Entry[] {
    if (typeof resources === 'object' && resources !== null && #entries in resources) return resources.#entries;
    throw new InvalidArgument('resources', 'expected a collection made by Resources, got something else');
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  get size(): number {
    return this.#entries.length;
  }

  *[Symbol.iterator](): Iterator<Resource> {
    for (const entry of this.#entries) yield entry.resource;
  }

  count(resource: Resource): number {
    const wanted = Entry.of(resource);
    if (wanted === undefined) return 0;
    for (const entry of this.#entries) if (entry.sameKind(wanted) && entry.sameValue(wanted)) return entry.count;
    return 0;
  }

  plus(that: Resources): Resources {
    const added = Collection.entriesOf(that);
    if (added.length === 0) return this;
    if (this.#entries.length === 0) return that;
    const draft = new Draft(this.#entries);
    for (const entry of added) draft.add(entry);
    return new Collection(draft.finish());
  }

  minus(that: Resources): Resources {
    const taken = Collection.entriesOf(that);
    if (taken.length === 0 || this.#entries.length === 0) return this;
    const draft = new Draft(this.#entries);
    for (const entry of taken) draft.subtract(entry);
    const rest = draft.finish();
    return rest === this.#entries ? this : Collection.#of(rest);
  }

  contains(that: Resources): boolean {
    const wanted = Collection.entriesOf(that);
    if (wanted === this.#entries || wanted.length === 0) return true;
    const draft = new Draft(this.#entries);
    return wanted.every((entry) => draft.claim(entry, isPart));
  }

  equals(that: Resources): boolean {
    const theirs = Collection.entriesOf(that);
    if (theirs === this.#entries) return true;
    if (theirs.length !== this.#entries.length) return false;
    const draft = new Draft(this.#entries);
    return theirs.every((entry) => draft.claim(entry, isEqual));
  }

  scalarMilli(name: string): number {
    let sum = 0;
    for (const entry of this.#entries) if (entry.metadata.name === name) sum += entry.milli;
    return sum;
  }

  get cpus(): number {
    return this.scalarMilli('cpus') / 1000;
  }

  get memMb(): number {
    return this.scalarMilli('mem') / 1000;
  }

  get diskMb(): number {
    return this.scalarMilli('disk') / 1000;
  }

  get gpus(): number {
    return this.scalarMilli('gpus') / 1000;
  }

  get ports(): readonly number[] {
    let ports: Bounds = NO_RANGES;
    for (const entry of this.#entries) if (entry.metadata.name === 'ports') ports = union(ports, entry.bounds);
    return ports;
  }

  names(): readonly string[] {
    return [...new Set(this.#entries.map((entry) => entry.metadata.name))];
  }

  quantities(): Quantities {
    this.#quantities ??= quantitiesOf(this.#entries);
    return this.#quantities;
  }

  containsQuantities(quantities: Quantities): boolean {
    for (const [name, milli] of quantities.entries()) {
      let left = milli;
      for (const entry of this.#entries) if (entry.metadata.name === name) left -= entry.quantity;
      if (left > 0) return false;
    }
    return true;
  }

  filter(predicate: (resource: Resource) => boolean): Resources {
    return this.#where((entry) => predicate(entry.resource));
  }

  named(name: string): Resources {
    return this.#where(({ metadata }) => metadata.name === name);
  }

  scalars(): Resources {
    return this.#where(({ metadata }) => metadata.type === 'SCALAR');
  }

  unreserved(): Resources {
    return this.#where(isUnreserved);
  }

  reserved(role?: string): Resources {
    if (role === undefined) return this.#where(isReserved);
    return this.#where(({ metadata }) => metadata.role === role);
  }

  allocatableTo(role: string): Resources {
    return this.#where(({ metadata: { role: reserved } }) => {
      return reserved === undefined || reserved === role || isStrictSubrole(role, reserved);
    });
  }

  allocatedTo(role: string): Resources {
    return this.#where(({ metadata }) => metadata.allocatedTo === role);
  }

  revocable(): Resources {
    return this.#where(isRevocable);
  }

  nonRevocable(): Resources {
    return this.#where(isNonRevocable);
  }

  shared(): Resources {
    return this.#where(({ metadata }) => metadata.shared);
  }

  nonShared(): Resources {
    return this.#where(({ metadata }) => !metadata.shared);
  }

  persistentVolumes(): Resources {
    return this.#where(({ metadata }) => metadata.isPersistentVolume);
  }

  reservations(): ReadonlyMap<string, Resources> {
    return this.#groupBy((entry) => entry.metadata.role);
  }

  allocations(): ReadonlyMap<string, Resources> {
    return this.#groupBy((entry) => entry.metadata.allocatedTo);
  }

  allocate(role: string): Resources {
    if (typeof role !== 'string') throw new InvalidArgument('role', `expected a role, got ${String(role)}`);
    return this.#moved((metadata) => metadata.allocated(role));
  }

  unallocate(): Resources {
    return this.#moved((metadata) => metadata.unallocated());
  }

  pushReservation(reservation: Reservation): Resources {
    const added = frozenReservation(reservation);
    return this.#moved((metadata) => {
      const reservations = Object.freeze([...metadata.reservations, added]);
      const error = reservationsError(reservations);
      if (error !== undefined) throw new InvalidArgument('reservation', error);
      return metadata.withReservations(reservations);
    });
  }

  popReservation(): Resources {
    return this.#moved((metadata, entry) => {
      if (metadata.isReserved) return metadata.withReservations(Object.freeze(metadata.reservations.slice(0, -1)));
      throw new InvalidArgument('resources', `expected reserved resources, got ${formatEntries([entry])}`);
    });
  }

  toUnreserved(): Resources {
    return this.#moved((metadata) => metadata.unreserved());
  }

  apply({ type, resources }: ResourceOperation): Resources {
    return Collection.entriesOf(resources).reduce<Resources>((result, entry) => applied(result, type, entry), this);
  }

  convert({ consumed, converted }: ResourceConversion): Resources {
    if (this.contains(consumed)) return this.minus(consumed).plus(converted);
    throw new OperationError(`Expected ${this.toString()} to contain ${consumed.toString()}`);
  }

  find(targets: Resources): Resources | undefined {
    const found = findAll(this.#entries, Collection.entriesOf(targets));
    return found === undefined ? undefined : Collection.merge(found);
  }

  shrinkToQuantities(quantities: Quantities): Resources {
    return this.#kept(cutTo(this.#entries, (name) => quantities.get(name)));
  }

  shrinkToLimits(limits: ResourceLimits): Resources {
    if (limits.isEmpty) return this;
    return this.#kept(cutTo(this.#entries, (name) => limits.get(name)));
  }

  toString(): string {
    return formatEntries(this.#entries);
  }

  toJSON(): readonly ResourceJson[] {
    const objects: ResourceJson[] = [];
    for (const entry of this.#entries) for (let copy = 0; copy < entry.count; copy++) objects.push(toJson(entry));
    return objects;
  }

  #where(predicate: (entry: Entry) => boolean): Collection {
    const entries = this.#entries;
    let at = 0;
    for (const entry of entries) {
      if (!predicate(entry)) break;
      at += 1;
    }
    if (at === entries.length) return this;
    const kept = entries.slice(0, at);
    for (at += 1; at < entries.length; at++) {
      const entry = entries[at];
      if (entry !== undefined && predicate(entry)) kept.push(entry);
    }
    return Collection.#of(kept);
  }

  /** Of a part of the entries; this if it is all. */
  #kept(entries: readonly Entry[]): Collection {
    const same = entries.length === this.#entries.length && entries.every((entry, at) => entry === this.#entries[at]);
    return same ? this : Collection.#of(entries);
  }

  #groupBy(keyOf: (entry: Entry) => string | undefined): ReadonlyMap<string, Resources> {
    const groups = new Map<string, Entry[]>();
    for (const entry of this.#entries) {
      const key = keyOf(entry);
      if (key === undefined) continue;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [entry]);
      else group.push(entry);
    }
    return new Map(Array.from(groups, ([key, entries]) => [key, new Collection(entries)]));
  }

  /** The same amounts of other kinds, merged where they have become the same. */
  #moved(to: (metadata: Metadata, entry: Entry) => Metadata): Collection {
    const moved = this.#entries.map((entry) => entry.of(to(entry.metadata, entry)));
    if (moved.every((entry, at) => entry === this.#entries[at])) return this;
    return Collection.merge(moved);
  }
}

const isPart = (mine: Entry, wanted: Entry): boolean => mine.contains(wanted);
const isEqual = (mine: Entry, wanted: Entry): boolean => mine.count === wanted.count && mine.sameValue(wanted);
const isReserved = (entry: Entry): boolean => entry.metadata.isReserved;
const isUnreserved = (entry: Entry): boolean => !entry.metadata.isReserved;
const isRevocable = (entry: Entry): boolean => entry.metadata.revocable;
const isNonRevocable = (entry: Entry): boolean => !entry.metadata.revocable;

function applied(resources: Resources, type: ResourceOperation['type'], entry: Entry): Resources {
  const { consumed, converted } = conversionOf(type, entry);
  const result = resources.convert({ consumed: Collection.single(consumed), converted: Collection.single(converted) });
  const copy = Collection.single(entry.copies(1));
  if (type === 'DESTROY' && entry.metadata.shared && result.contains(copy)) {
    throw new OperationError(`DESTROY: expected no other copy of ${copy.toString()} to remain`);
  }
  return result;
}

function quantitiesOf(entries: readonly Entry[]): Quantities {
  const sum = new Map<string, number>();
  for (const entry of entries) {
    const name = entry.metadata.name;
    sum.set(name, (sum.get(name) ?? 0) + entry.quantity);
  }
  return quantitiesFrom(sum);
}
