/** A callback that waits, and the handle that cancels it. */
export class Timer implements Disposable {
  readonly dueMs: number;
  /** Of equal times the lower runs first. */
  readonly number: number;
  /** Absent once it has run or was cancelled. */
  callback: (() => void) | undefined;
  readonly #onCancelled: () => void;

  constructor(dueMs: number, number: number, callback: () => void, onCancelled: () => void) {
    this.dueMs = dueMs;
    this.number = number;
    this.callback = callback;
    this.#onCancelled = onCancelled;
  }

  [Symbol.dispose](): void {
    if (this.callback === undefined) return;
    this.callback = undefined;
    this.#onCancelled();
  }
}

/** When there are so many cancelled timers, and more than others, the heap is made anew. */
const COMPACT_MIN = 1_024;

/**
 * Timers, the next one first. A binary heap, in columns: the times and numbers that are compared lie side by side, so that
 * a timer itself is only touched when it is put in or taken out.
 *
 * - **Shape** no index is before its parent, at `(index - 1) >> 1`, by time, then by number.
 */
export class TimerHeap {
  #dueMs = new Float64Array(64);
  #numbers = new Float64Array(64);
  #timers: Timer[] = [];
  #cancelled = 0;

  /** How many wait that were not cancelled. */
  get live(): number {
    return this.#timers.length - this.#cancelled;
  }

  add(dueMs: number, number: number, callback: () => void): Timer {
    const timer = new Timer(dueMs, number, callback, this.#onCancelled);
    const index = this.#timers.length;
    if (index === this.#dueMs.length) this.#grow();
    this.#timers.push(timer);
    this.#up(index, timer);
    return timer;
  }

  /** The next one that was not cancelled; those before it are dropped. */
  first(): Timer | undefined {
    for (let first = this.#timers[0]; first !== undefined; first = this.#timers[0]) {
      if (first.callback !== undefined) return first;
      this.removeFirst();
      this.#cancelled -= 1;
    }
    return undefined;
  }

  removeFirst(): void {
    const last = this.#timers.pop();
    if (last !== undefined && this.#timers.length > 0) this.#down(0, last);
  }

  readonly #onCancelled = (): void => {
    this.#cancelled += 1;
    if (this.#cancelled < COMPACT_MIN || this.#cancelled * 2 <= this.#timers.length) return;
    // A sorted list is a heap.
    this.#timers = this.#timers
      .filter(({ callback }) => callback !== undefined)
      .sort((a, b) => a.dueMs - b.dueMs || a.number - b.number);
    this.#timers.forEach((timer, index) => this.#set(index, timer));
    this.#cancelled = 0;
  };

  #grow(): void {
    const dueMs = new Float64Array(this.#dueMs.length * 2);
    dueMs.set(this.#dueMs);
    this.#dueMs = dueMs;
    const numbers = new Float64Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }

  #set(index: number, timer: Timer): void {
    this.#dueMs[index] = timer.dueMs;
    this.#numbers[index] = timer.number;
    this.#timers[index] = timer;
  }

  #move(from: number, to: number): void {
    const timer = this.#timers[from];
    if (timer === undefined) return;
    this.#dueMs[to] = this.#dueMs[from] ?? 0;
    this.#numbers[to] = this.#numbers[from] ?? 0;
    this.#timers[to] = timer;
  }

  #up(from: number, timer: Timer): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isAfter(parent, timer.dueMs, timer.number)) break;
      this.#move(parent, index);
      index = parent;
    }
    this.#set(index, timer);
  }

  #down(from: number, timer: Timer): void {
    const { length } = this.#timers;
    const { dueMs, number } = timer;
    let index = from;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      const right = child + 1;
      if (right < length && this.#isAfter(child, this.#dueMs[right] ?? 0, this.#numbers[right] ?? 0)) child = right;
      if (this.#isAfter(child, dueMs, number)) break;
      this.#move(child, index);
      index = child;
    }
    this.#set(index, timer);
  }

  /** Whether what is at `index` comes after that time and number. */
  #isAfter(index: number, dueMs: number, number: number): boolean {
    const there = this.#dueMs[index] ?? 0;
    return there > dueMs || (there === dueMs && (this.#numbers[index] ?? 0) > number);
  }
}
