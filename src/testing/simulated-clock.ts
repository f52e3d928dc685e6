import { InvalidArgument } from '../core/index.ts';
import type { Clock } from '../runtime/index.ts';

interface Entry {
  readonly dueMs: number;
  /** Of equal times the lower runs first. */
  readonly number: number;
  callback: (() => void) | undefined;
}

/** When there are so many cancelled entries, and more than others, the heap is made anew. */
const COMPACT_MIN = 1_024;

/**
 * A clock that moves only when it is told to: all that becomes due meanwhile runs, in order of time, and of equal times
 * in the order in which it was scheduled. What a callback schedules on the way is part of it.
 *
 * - **Cost** scheduling and running: logarithmic in what waits. Cancelling: constant.
 */
export class SimulatedClock implements Clock {
  /** A binary heap: no entry is before its parent, at `(index - 1) >> 1`. */
  #heap: Entry[] = [];
  #cancelled = 0;
  #scheduled = 0;
  #nowMs = 0;
  #wallOffsetMs: number;

  /** @param wallStartMs what the wall clock says at first, in epoch milliseconds; 2025-01-01 UTC if absent */
  constructor(wallStartMs = 1_735_689_600_000) {
    this.#wallOffsetMs = wallStartMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  /** How many callbacks wait. */
  get pending(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** When the next callback is due, in monotonic milliseconds; `undefined` if none waits. */
  get nextMs(): number | undefined {
    return this.#first()?.dueMs;
  }

  schedule(delayMs: number, callback: () => void): Disposable {
    const entry: Entry = { dueMs: this.#nowMs + Math.max(0, delayMs), number: this.#scheduled, callback };
    this.#scheduled += 1;
    this.#heap.push(entry);
    this.#up(this.#heap.length - 1);
    return {
      [Symbol.dispose]: () => {
        if (entry.callback === undefined) return;
        entry.callback = undefined;
        this.#cancelled += 1;
        if (this.#cancelled >= COMPACT_MIN && this.#cancelled * 2 > this.#heap.length) this.#compact();
      },
    };
  }

  /** Moves the wall clock alone, by so many milliseconds, back or forth. */
  jumpWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Lets so many milliseconds pass. @throws InvalidArgument if they are below 0 */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new InvalidArgument('ms', `expected a number of 0 or more, got ${ms}`);
    this.runUntil(this.#nowMs + ms);
  }

  /** Lets time pass until `ms` on the monotonic clock; if that is over already, runs nothing. */
  runUntil(ms: number): void {
    while (this.step(ms));
    this.#nowMs = Math.max(this.#nowMs, ms);
  }

  /** Runs the next callback, if it is due by `limitMs` at the latest, at its own time. Answers whether there was one. */
  step(limitMs: number = Number.POSITIVE_INFINITY): boolean {
    const entry = this.#first();
    if (entry === undefined || entry.dueMs > limitMs) return false;
    this.#remove();
    this.#nowMs = Math.max(this.#nowMs, entry.dueMs);
    const { callback } = entry;
    entry.callback = undefined;
    callback?.();
    return true;
  }

  /** The next entry that was not cancelled; those before it are dropped. */
  #first(): Entry | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.callback !== undefined) return first;
      this.#remove();
      this.#cancelled -= 1;
    }
    return undefined;
  }

  #remove(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#down(0);
  }

  #compact(): void {
    this.#heap = this.#heap.filter(({ callback }) => callback !== undefined).sort((a, b) => (before(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }

  #up(from: number): void {
    const heap = this.#heap;
    const entry = heap[from];
    if (entry === undefined) return;
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  #down(from: number): void {
    const heap = this.#heap;
    const entry = heap[from];
    if (entry === undefined) return;
    let index = from;
    for (;;) {
      let child = 2 * index + 1;
      let below = heap[child];
      if (below === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && before(right, below)) {
        child += 1;
        below = right;
      }
      if (!before(below, entry)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = entry;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.number < b.number);
}
