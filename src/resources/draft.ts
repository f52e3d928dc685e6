import type { Entry } from './entry.ts';

/** Entries looked at, over the number of entries, before it pays to make an index. */
const SCANS_MAX = 8;

/**
 * The entries of a collection while one operation changes them. The array given is copied with the first change.
 *
 * Entries are found by position first, since operands mostly list the same kinds in the same order; then by a scan;
 * and by an index when scans have become dear, so that no operation is quadratic in the number of kinds.
 */
export class Draft {
  #entries: readonly (Entry | undefined)[];
  #changed: (Entry | undefined)[] | undefined;
  #holes = false;
  #next = 0;
  #scanned = 0;
  #positions: Map<string, number> | undefined;

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** Merged into the first entry that it can merge with, else appended. */
  add(entry: Entry): void {
    const at = entry.metadata.use === 'exclusive' ? -1 : this.#find(entry);
    const mine = at < 0 ? undefined : this.#entries[at];
    const changed = this.#copy();
    if (mine !== undefined) {
      changed[at] = mine.plus(entry);
    } else {
      this.#positions?.set(entry.metadata.key, this.#positions.get(entry.metadata.key) ?? changed.length);
      changed.push(entry);
    }
  }

  /** Taken from the first entry that it can be taken from; ignored if there is none. */
  subtract(entry: Entry): void {
    const at = this.#find(entry);
    const mine = at < 0 ? undefined : this.#entries[at];
    if (mine === undefined) return;
    const rest = mine.minus(entry);
    this.#copy()[at] = rest;
    if (rest === undefined) this.#holes = true;
  }

  /** Whether `holds` for some one entry and `entry`; an exclusive one that was matched does not match again. */
  claim(entry: Entry, holds: (mine: Entry, wanted: Entry) => boolean): boolean {
    const at = this.#find(entry);
    const mine = at < 0 ? undefined : this.#entries[at];
    if (mine === undefined || !holds(mine, entry)) return false;
    if (mine.metadata.use === 'exclusive') this.#copy()[at] = undefined;
    return true;
  }

  /** The entries as they are now; the draft is not to be used after this. */
  finish(): readonly Entry[] {
    // Without holes there is nothing undefined in it.
    if (!this.#holes) return this.#entries as readonly Entry[];
    return this.#entries.filter((entry) => entry !== undefined);
  }

  #copy(): (Entry | undefined)[] {
    if (this.#changed === undefined) {
      this.#changed = this.#entries.slice();
      this.#entries = this.#changed;
    }
    return this.#changed;
  }

  #find(wanted: Entry): number {
    if (this.#entries[this.#next]?.matches(wanted) === true) return this.#next++;
    const at = this.#positions === undefined ? this.#scan(wanted, 0) : this.#lookUp(wanted, this.#positions);
    if (at >= 0) this.#next = at + 1;
    return at;
  }

  #scan(wanted: Entry, from: number): number {
    const entries = this.#entries;
    let at = from;
    while (at < entries.length && entries[at]?.matches(wanted) !== true) at += 1;
    this.#scanned += at - from;
    if (this.#positions === undefined && this.#scanned > SCANS_MAX * entries.length + 64) this.#index();
    return at < entries.length ? at : -1;
  }

  #lookUp(wanted: Entry, positions: ReadonlyMap<string, number>): number {
    const first = positions.get(wanted.metadata.key);
    if (first === undefined) return -1;
    if (this.#entries[first]?.matches(wanted) === true) return first;
    // Of a divisible kind there is one entry, of the others there may be several.
    return wanted.metadata.use === 'divisible' ? -1 : this.#scan(wanted, first + 1);
  }

  /** By kind, the position of its first entry, which may have become a hole when it is looked up. */
  #index(): void {
    this.#positions = new Map();
    for (const [at, entry] of this.#entries.entries()) {
      if (entry === undefined || this.#positions.has(entry.metadata.key)) continue;
      this.#positions.set(entry.metadata.key, at);
    }
  }
}
