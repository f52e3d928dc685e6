/** One call to be made at `dueMs`; of equal times the one that was pushed first comes first. */
interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
  /** Where it is in the heap, or -1 once it has left. */
  index: number;
}

/**
 * Calls ordered by the time they are due, then by the order in which they were pushed: a binary heap whose entries know
 * their place, so that a call that is cancelled leaves at once and a long timeout holds no memory.
 */
export class TimerQueue {
  readonly #heap: Entry[] = [];
  #pushed = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the first call is due, in the unit and from the start that the times pushed have. */
  get nextDueMs(): number | undefined {
    return this.#heap[0]?.dueMs;
  }

  /** Adds a call; answers what takes it out again, and whether it was still in. */
  push(dueMs: number, callback: () => void): () => boolean {
    const entry: Entry = { dueMs, order: this.#pushed++, callback, index: this.#heap.length };
    this.#heap.push(entry);
    this.#up(entry);
    return () => this.#remove(entry);
  }

  /** How many calls have ever been pushed. */
  get pushed(): number {
    return this.#pushed;
  }

  /** Takes out the first call if it is due by `nowMs`, and was among the first `pushed` calls. */
  popDue(nowMs: number, pushed: number = this.#pushed): (() => void) | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.dueMs > nowMs || first.order >= pushed) return undefined;
    this.#remove(first);
    return first.callback;
  }

  #remove(entry: Entry): boolean {
    if (entry.index < 0) return false;
    const last = this.#heap.pop();
    if (last !== undefined && last !== entry) {
      this.#place(last, entry.index);
      this.#up(last);
      this.#down(last);
    }
    entry.index = -1;
    return true;
  }

  #up(entry: Entry): void {
    while (entry.index > 0) {
      const parent = this.#heap[(entry.index - 1) >> 1];
      if (parent === undefined || before(parent, entry)) return;
      this.#swap(parent, entry);
    }
  }

  #down(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.index + 1];
      const right = this.#heap[2 * entry.index + 2];
      if (left === undefined) return;
      const child = right !== undefined && before(right, left) ? right : left;
      if (before(entry, child)) return;
      this.#swap(child, entry);
    }
  }

  #swap(a: Entry, b: Entry): void {
    const index = a.index;
    this.#place(a, b.index);
    this.#place(b, index);
  }

  #place(entry: Entry, index: number): void {
    this.#heap[index] = entry;
    entry.index = index;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
