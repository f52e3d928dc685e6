import type { Resources } from '../resources/index.ts';

/** What {@link Columns.inspect} found; a bit each. */
export const RESERVED = 1;
export const REFINED = 2;
export const REVOCABLE = 4;
export const SHARED = 8;
/** Disks that are taken whole or not at all. */
export const INDIVISIBLE = 16;

/**
 * The names of scalar resources, numbered in order of appearance: the columns of every table of amounts.
 *
 * - **Unit** milli-units, integers, exact up to 2^53 - 1.
 * - **Shape** `vector` has `capacity` places, of which the first `size` mean something. Tables made by
 *   {@link Columns.table} follow when the capacity grows.
 */
export class Columns {
  readonly #byName = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #tables: MilliTable[] = [];
  /** Names that occurred as ranges or sets: their amounts are in no column. */
  readonly counted: Set<string> = new Set<string>();
  /** Places per row; a power of two. */
  capacity = 8;
  /** Scratch space: the amounts that {@link measure} found last. */
  vector: Float64Array = new Float64Array(8);

  get size(): number {
    return this.#names.length;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** The column of `name`; a new one if it has none yet. */
  of(name: string): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const column = this.#names.length;
    if (column === this.capacity) this.#widen();
    this.#byName.set(name, column);
    this.#names.push(name);
    return column;
  }

  table(): MilliTable {
    const table = new MilliTable(this.capacity);
    this.#tables.push(table);
    return table;
  }

  /** Takes up the names of `resources` and answers the bits of what is there. */
  inspect(resources: Resources): number {
    let bits = 0;
    for (const { name, value, reservations, disk, revocable, shared } of resources) {
      if (reservations.length > 0) bits |= reservations.length > 1 ? RESERVED | REFINED : RESERVED;
      if (revocable === true) bits |= REVOCABLE;
      if (shared === true) bits |= SHARED;
      if (disk !== undefined) bits |= INDIVISIBLE;
      if (value.type === 'SCALAR') this.of(name);
      else this.counted.add(name);
    }
    return bits;
  }

  /** Fills and answers `vector`: the amounts in `resources` of all names that are known. */
  measure(resources: Resources): Float64Array {
    const { vector } = this;
    const names = this.#names;
    for (let column = 0; column < names.length; column++) vector[column] = resources.scalarMilli(names[column] ?? '');
    return vector;
  }

  #widen(): void {
    this.capacity *= 2;
    const wider = new Float64Array(this.capacity);
    wider.set(this.vector);
    this.vector = wider;
    for (const table of this.#tables) table.widen(this.capacity);
  }
}

/**
 * Rows of amounts, one row per agent or node.
 *
 * - **Unit** milli-units.
 * - **Shape** row `r` is at `data[r * stride]` to `data[r * stride + stride - 1]`, a place per column of the
 *   {@link Columns} it belongs to. `data` is another array after the table has grown: fetch it anew in each function.
 */
export class MilliTable {
  data: Float64Array;
  stride: number;

  constructor(stride: number) {
    this.stride = stride;
    this.data = new Float64Array(stride * 16);
  }

  /** Makes room for `row` and sets it to zeros. */
  clear(row: number): void {
    const end = (row + 1) * this.stride;
    if (end > this.data.length) {
      const longer = new Float64Array(Math.max(end, this.data.length * 2));
      longer.set(this.data);
      this.data = longer;
    }
    this.data.fill(0, end - this.stride, end);
  }

  /** Adds `sign` times the first `size` places of `vector` to the row. */
  add(row: number, vector: Float64Array, options: { readonly size: number; readonly sign: 1 | -1 }): void {
    const { data } = this;
    const at = row * this.stride;
    for (let column = 0; column < options.size; column++) {
      data[at + column] = (data[at + column] ?? 0) + options.sign * (vector[column] ?? 0);
    }
  }

  widen(stride: number): void {
    const rows = this.data.length / this.stride;
    const wider = new Float64Array(rows * stride);
    for (let row = 0; row < rows; row++) {
      wider.set(this.data.subarray(row * this.stride, (row + 1) * this.stride), row * stride);
    }
    this.data = wider;
    this.stride = stride;
  }
}
