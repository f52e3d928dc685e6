import { Resources } from '../resources/index.ts';

/** A refusal that is remembered. */
export interface NewFilter {
  /** Row of the agent. */
  readonly row: number;
  /** Number of the framework and role that refused. */
  readonly pair: number;
  /** What was refused, allocated to nobody: offers that this contains are held back. */
  readonly refused: Resources;
  /** By the monotonic clock, in milliseconds. */
  readonly expiresMs: number;
  /** How many runs had the agent as candidate until now. */
  readonly runs: number;
}

/** What the table asks and tells about agents, by row. */
export interface FilterHost {
  /** How many runs have had the agent as candidate. */
  runs(row: number): number;
  /** A filter on the agent has expired. */
  lifted(row: number): void;
}

interface Bucket {
  head: number;
  /** No filter in the bucket expires sooner. */
  minMs: number;
}

const NONE = -1;

/**
 * Offer filters, of which there may be one for each agent and each framework's role, times the number of declines.
 *
 * - **Shape** filter `f` is place `f` in each of a number of arrays, and stands in three lists: of its agent, of its
 *   pair (framework and role), of its time of expiry. Whatever goes, goes in constant time for each filter.
 * - **Bits** one per agent and pair: whether some filter contains the agent's *level*, the resources that
 *   {@link level} was last told. If all that is free comes back time and again, as it does when offers are declined,
 *   the level is the same each time and a pair costs one test of a bit.
 *
 * A filter does not expire before a run has had its agent as candidate: it outlives the next allocation, at least.
 *
 * @see Mesos `src/master/allocator/mesos/hierarchical.cpp`, `RefusedOfferFilter`; MESOS-4302
 */
export class FilterTable {
  readonly #bucketMs: number;
  readonly #host: FilterHost;
  #size = 0;
  readonly #unused: number[] = [];
  #row = new Int32Array(64);
  #pair = new Int32Array(64);
  #expiresMs = new Float64Array(64);
  #runs = new Float64Array(64);
  readonly #refused: (Resources | undefined)[] = [];
  readonly #ofRow = new Links();
  readonly #ofPair = new Links();
  readonly #ofBucket = new Links();
  readonly #rowHead: number[] = [];
  readonly #pairHead: number[] = [];
  readonly #pairCount: number[] = [];
  readonly #buckets = new Map<number, Bucket>();
  #nextBucket = Number.NEGATIVE_INFINITY;
  /** Words of 32 bits per row. */
  #words = 1;
  #bits = new Uint32Array(16);
  readonly #level: (Resources | undefined)[] = [];

  /** @param bucketMs how finely times of expiry are sorted; the allocation interval does well */
  constructor(host: FilterHost, bucketMs: number) {
    this.#host = host;
    this.#bucketMs = bucketMs;
  }

  addRow(row: number): void {
    this.#rowHead[row] = NONE;
    this.#level[row] = undefined;
    const end = (row + 1) * this.#words;
    if (end > this.#bits.length) this.#bits = copied(new Uint32Array(Math.max(end, this.#bits.length * 2)), this.#bits);
  }

  addPair(pair: number): void {
    this.#pairHead[pair] = NONE;
    this.#pairCount[pair] = 0;
    if (pair >= this.#words * 32) this.#widen();
  }

  add({ row, pair, refused, expiresMs, runs }: NewFilter): void {
    const filter = this.#unused.pop() ?? this.#size++;
    if (filter >= this.#row.length) this.#lengthen();
    this.#row[filter] = row;
    this.#pair[filter] = pair;
    this.#expiresMs[filter] = expiresMs;
    this.#runs[filter] = runs;
    this.#refused[filter] = refused;
    this.#rowHead[row] = this.#ofRow.push(this.#rowHead[row] ?? NONE, filter);
    this.#pairHead[pair] = this.#ofPair.push(this.#pairHead[pair] ?? NONE, filter);
    this.#pairCount[pair] = (this.#pairCount[pair] ?? 0) + 1;
    this.#enqueue(filter, Math.ceil(expiresMs / this.#bucketMs));
    const level = this.#level[row];
    if (level !== undefined && refused.contains(level)) this.#setBit(row, pair);
  }

  /** How many filters the pair has. */
  count(pair: number): number {
    return this.#pairCount[pair] ?? 0;
  }

  /** Makes the agent's bits hold for `level`. */
  level(row: number, level: Resources): void {
    const known = this.#level[row];
    if (known === level || known?.equals(level) === true) return;
    const first = row * this.#words;
    this.#bits.fill(0, first, first + this.#words);
    this.#level[row] = level;
    let last: Resources | undefined;
    let contained = false;
    for (let filter = this.#rowHead[row] ?? NONE; filter !== NONE; filter = this.#ofRow.next(filter)) {
      const refused = this.#refused[filter];
      if (refused !== last) {
        last = refused;
        contained = refused?.contains(level) ?? false;
      }
      if (contained) this.#setBit(row, this.#pair[filter] ?? 0);
    }
  }

  /** The pair's bit: some filter contains the agent's level. */
  test(row: number, pair: number): boolean {
    return (((this.#bits[row * this.#words + (pair >>> 5)] ?? 0) >>> (pair & 31)) & 1) === 1;
  }

  /** Whether some filter contains `offer`; for agents whose frameworks are not all offered the same. */
  blocks(row: number, pair: number, offer: Resources): boolean {
    // Everything contains nothing, so the bits say who has a filter at all.
    this.level(row, Resources.empty);
    return this.test(row, pair) && this.blocksPart(row, pair, offer);
  }

  /** The same without the bits: for a part of the agent's level, if the pair's bit is not set. */
  blocksPart(row: number, pair: number, offer: Resources): boolean {
    if (this.count(pair) === 0) return false;
    for (let filter = this.#rowHead[row] ?? NONE; filter !== NONE; filter = this.#ofRow.next(filter)) {
      if (this.#pair[filter] === pair && this.#refused[filter]?.contains(offer) === true) return true;
    }
    return false;
  }

  dropRow(row: number): void {
    while ((this.#rowHead[row] ?? NONE) !== NONE) this.#remove(this.#rowHead[row] ?? NONE);
  }

  dropPair(pair: number): void {
    while ((this.#pairHead[pair] ?? NONE) !== NONE) this.#remove(this.#pairHead[pair] ?? NONE);
  }

  /** Removes what has expired, except filters that no run has met yet. */
  expire(nowMs: number): void {
    const current = Math.ceil(nowMs / this.#bucketMs);
    if (this.#nextBucket === Number.NEGATIVE_INFINITY) this.#nextBucket = current;
    const passed = Array.from(this.#passedBuckets(current));
    for (const number of passed) this.#expireBucket(number, { nowMs, current });
    this.#nextBucket = Math.max(this.#nextBucket, current);
    this.#expireBucket(current, { nowMs, current });
  }

  *#passedBuckets(current: number): Iterable<number> {
    if (current - this.#nextBucket > this.#buckets.size) {
      for (const number of this.#buckets.keys()) if (number < current) yield number;
    } else for (let number = this.#nextBucket; number < current; number++) yield number;
  }

  #expireBucket(number: number, { nowMs, current }: { readonly nowMs: number; readonly current: number }): void {
    const bucket = this.#buckets.get(number);
    if (bucket === undefined || bucket.minMs > nowMs) return;
    const filters: number[] = [];
    for (let filter = bucket.head; filter !== NONE; filter = this.#ofBucket.next(filter)) filters.push(filter);
    this.#buckets.delete(number);
    for (const filter of filters) {
      const expiresMs = this.#expiresMs[filter] ?? 0;
      const row = this.#row[filter] ?? 0;
      const met = this.#host.runs(row) > (this.#runs[filter] ?? 0);
      if (expiresMs <= nowMs && met) {
        this.#unlink(filter);
        this.#host.lifted(row);
      } else this.#enqueue(filter, current);
    }
  }

  #remove(filter: number): void {
    const number = Math.ceil((this.#expiresMs[filter] ?? 0) / this.#bucketMs);
    // One that is overdue has been moved on to the bucket that is looked at next.
    const key = Math.max(number, this.#nextBucket);
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) {
      bucket.head = this.#ofBucket.remove(bucket.head, filter);
      if (bucket.head === NONE) this.#buckets.delete(key);
    }
    this.#unlink(filter);
  }

  #unlink(filter: number): void {
    const row = this.#row[filter] ?? 0;
    const pair = this.#pair[filter] ?? 0;
    this.#rowHead[row] = this.#ofRow.remove(this.#rowHead[row] ?? NONE, filter);
    this.#pairHead[pair] = this.#ofPair.remove(this.#pairHead[pair] ?? NONE, filter);
    this.#pairCount[pair] = (this.#pairCount[pair] ?? 0) - 1;
    this.#level[row] = undefined;
    this.#refused[filter] = undefined;
    this.#unused.push(filter);
  }

  #enqueue(filter: number, number: number): void {
    const expiresMs = this.#expiresMs[filter] ?? 0;
    const key = Math.max(number, this.#nextBucket);
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      this.#buckets.set(key, { head: this.#ofBucket.push(NONE, filter), minMs: expiresMs });
      return;
    }
    bucket.head = this.#ofBucket.push(bucket.head, filter);
    bucket.minMs = Math.min(bucket.minMs, expiresMs);
  }

  #setBit(row: number, pair: number): void {
    const word = row * this.#words + (pair >>> 5);
    this.#bits[word] = (this.#bits[word] ?? 0) | (1 << (pair & 31));
  }

  #widen(): void {
    const rows = this.#bits.length / this.#words;
    const wider = new Uint32Array(this.#bits.length * 2);
    for (let row = 0; row < rows; row++) {
      wider.set(this.#bits.subarray(row * this.#words, (row + 1) * this.#words), row * this.#words * 2);
    }
    this.#bits = wider;
    this.#words *= 2;
  }

  #lengthen(): void {
    const length = this.#row.length * 2;
    this.#row = copied(new Int32Array(length), this.#row);
    this.#pair = copied(new Int32Array(length), this.#pair);
    this.#expiresMs = copied(new Float64Array(length), this.#expiresMs);
    this.#runs = copied(new Float64Array(length), this.#runs);
  }
}

/** The links of many doubly linked lists over numbered things, each thing in one list at most. */
class Links {
  #next = new Int32Array(64);
  #previous = new Int32Array(64);

  next(thing: number): number {
    return this.#next[thing] ?? NONE;
  }

  /** Puts `thing` before `head`; answers the new head. */
  push(head: number, thing: number): number {
    if (thing >= this.#next.length) {
      const length = Math.max(thing + 1, this.#next.length * 2);
      this.#next = copied(new Int32Array(length), this.#next);
      this.#previous = copied(new Int32Array(length), this.#previous);
    }
    this.#next[thing] = head;
    this.#previous[thing] = NONE;
    if (head !== NONE) this.#previous[head] = thing;
    return thing;
  }

  /** Answers the new head. */
  remove(head: number, thing: number): number {
    const next = this.#next[thing] ?? NONE;
    const previous = this.#previous[thing] ?? NONE;
    if (next !== NONE) this.#previous[next] = previous;
    if (previous !== NONE) this.#next[previous] = next;
    return previous === NONE ? next : head;
  }
}

function copied<T extends Int32Array | Uint32Array | Float64Array>(longer: T, old: T): T {
  longer.set(old);
  return longer;
}
