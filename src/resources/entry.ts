import { Metadata } from './metadata.ts';
import {
  type Bounds,
  coalesce,
  difference,
  includes,
  intersection,
  NO_RANGES,
  sameBounds,
  size,
  union,
} from './ranges.ts';
import type { Resource, ResourceValue } from './resource.ts';
import {
  differenceItems,
  includesItems,
  intersectionItems,
  type Items,
  NO_ITEMS,
  normalItems,
  sameItems,
  unionItems,
} from './sets.ts';

/**
 * One entry of a collection: a kind, and how much of it. Never empty, never changed.
 *
 * - **Unit** `milli` in thousandths.
 * - **Shape** of `milli`, `bounds` and `items` the one of the kind's value type counts; the others are 0 and empty.
 *   `count` is the number of copies: 1 unless shared.
 */
export class Entry {
  readonly metadata: Metadata;
  readonly milli: number;
  readonly bounds: Bounds;
  readonly items: Items;
  readonly count: number;
  #resource: Resource | undefined;

  private constructor(metadata: Metadata, milli: number, bounds: Bounds, items: Items, count: number) {
    this.metadata = metadata;
    this.milli = milli;
    this.bounds = bounds;
    this.items = items;
    this.count = count;
  }

  /** From a valid resource, one copy; `undefined` if it is empty. */
  static of(resource: Resource): Entry | undefined {
    const known = ENTRIES.get(resource);
    if (known !== undefined) return known.count === 1 ? known : known.copies(1);
    const metadata = Metadata.ofResource(resource);
    const value = resource.value;
    switch (value.type) {
      case 'SCALAR':
        return Entry.#scalar(metadata, value.milli);
      case 'RANGES':
        return Entry.#ranges(metadata, coalesce([...value.bounds]));
      default:
        return Entry.#set(metadata, normalItems(value.items));
    }
  }

  static #scalar(metadata: Metadata, milli: number): Entry | undefined {
    return milli > 0 ? new Entry(metadata, milli, NO_RANGES, NO_ITEMS, 1) : undefined;
  }

  static #ranges(metadata: Metadata, bounds: Bounds): Entry | undefined {
    return bounds.length > 0 ? new Entry(metadata, 0, bounds, NO_ITEMS, 1) : undefined;
  }

  static #set(metadata: Metadata, items: Items): Entry | undefined {
    return items.length > 0 ? new Entry(metadata, 0, NO_RANGES, items, 1) : undefined;
  }

  /** Some amount of a scalar of this kind; `undefined` if it is 0 or less. */
  withMilli(milli: number): Entry | undefined {
    return Entry.#scalar(this.metadata, milli);
  }

  /** Some ranges of this kind; `undefined` if there are none. */
  withBounds(bounds: Bounds): Entry | undefined {
    return Entry.#ranges(this.metadata, bounds);
  }

  /** Some items of this kind; `undefined` if there are none. */
  withItems(items: Items): Entry | undefined {
    return Entry.#set(this.metadata, items);
  }

  /** The same amount of another kind of the same value type. */
  of(metadata: Metadata): Entry {
    if (metadata === this.metadata) return this;
    return new Entry(metadata, this.milli, this.bounds, this.items, this.count);
  }

  /** So many copies, 1 or more. */
  copies(count: number): Entry {
    return count === this.count ? this : new Entry(this.metadata, this.milli, this.bounds, this.items, count);
  }

  /** Both are of the same kind, however much of it. */
  sameKind(that: Entry): boolean {
    return this.metadata.sameKind(that.metadata);
  }

  /** Both are as much, of whatever kind and however many copies. */
  sameValue(that: Entry): boolean {
    return this.milli === that.milli && sameBounds(this.bounds, that.bounds) && sameItems(this.items, that.items);
  }

  /** Whether `that`, which {@link matches}, is part of this. */
  contains(that: Entry): boolean {
    if (this.metadata.use === 'shared') return this.count >= that.count;
    return this.milli >= that.milli && includes(this.bounds, that.bounds) && includesItems(this.items, that.items);
  }

  /** Whether `that` can be taken from this: of the same kind, and the same amount where that is taken whole. */
  matches(that: Entry): boolean {
    if (!this.metadata.sameKind(that.metadata)) return false;
    return this.metadata.use === 'divisible' || this.sameValue(that);
  }

  /** Both together, where `that` {@link matches} and neither is exclusive. */
  plus(that: Entry): Entry {
    if (this.metadata.use === 'shared') return this.copies(this.count + that.count);
    switch (this.metadata.type) {
      case 'SCALAR':
        return new Entry(this.metadata, this.milli + that.milli, NO_RANGES, NO_ITEMS, 1);
      case 'RANGES':
        return new Entry(this.metadata, 0, union(this.bounds, that.bounds), NO_ITEMS, 1);
      default:
        return new Entry(this.metadata, 0, NO_RANGES, unionItems(this.items, that.items), 1);
    }
  }

  /** What is left without `that`, which {@link matches}; `undefined` if nothing is. */
  minus(that: Entry): Entry | undefined {
    if (this.metadata.use === 'exclusive') return undefined;
    if (this.metadata.use === 'shared')
      return this.count > that.count ? this.copies(this.count - that.count) : undefined;
    switch (this.metadata.type) {
      case 'SCALAR':
        return this.withMilli(this.milli - that.milli);
      case 'RANGES':
        return this.withBounds(difference(this.bounds, that.bounds));
      default:
        return this.withItems(differenceItems(this.items, that.items));
    }
  }

  /** As much of `that` as is in this, where kinds need not agree; of this kind; `undefined` if nothing is. */
  part(that: Entry): Entry | undefined {
    if (this.metadata.use !== 'divisible') {
      return this.sameValue(that) ? this.copies(Math.min(this.count, that.count)) : undefined;
    }
    switch (this.metadata.type) {
      case 'SCALAR':
        return this.withMilli(Math.min(this.milli, that.milli));
      case 'RANGES':
        return this.withBounds(intersection(this.bounds, that.bounds));
      default:
        return this.withItems(intersectionItems(this.items, that.items));
    }
  }

  /** In thousandths: the amount of a scalar, the number of integers in ranges, of items in a set; copies count once. */
  get quantity(): number {
    switch (this.metadata.type) {
      case 'SCALAR':
        return this.milli;
      case 'RANGES':
        return size(this.bounds) * 1000;
      default:
        return this.items.length * 1000;
    }
  }

  get value(): ResourceValue {
    const type = this.metadata.type;
    switch (type) {
      case 'SCALAR':
        return Object.freeze({ type, milli: this.milli });
      case 'RANGES':
        return Object.freeze({ type, bounds: Object.freeze(this.bounds) });
      default:
        return Object.freeze({ type, items: Object.freeze(this.items) });
    }
  }

  /** As outsiders see it; made when first asked for. */
  get resource(): Resource {
    if (this.#resource === undefined) {
      const { name, reservations, disk, revocable, shared, providerId, allocatedTo } = this.metadata;
      this.#resource = Object.freeze({
        name,
        value: this.value,
        reservations,
        ...(disk !== undefined && { disk }),
        ...(revocable && { revocable }),
        ...(shared && { shared }),
        ...(providerId !== undefined && { providerId }),
        ...(allocatedTo !== undefined && { allocatedTo }),
      });
      ENTRIES.set(this.#resource, this);
    }
    return this.#resource;
  }
}

/** Where a resource that we handed out came from: it need not be checked again. */
const ENTRIES = new WeakMap<Resource, Entry>();
