/**
 * Closed ranges of integers from 0 to 2^53 - 1.
 *
 * - **Shape** flat: begin and end of each range in turn, inclusive: `[1-2, 5-5]` is `[1, 2, 5, 5]`.
 * - **Normal form** sorted, with overlapping and adjacent ranges merged; everything but {@link coalesce} and
 *   {@link overlap} requires it and gives it.
 */
export type Bounds = readonly number[];

export const NO_RANGES: Bounds = Object.freeze([]);

const at = (bounds: Bounds, index: number): number => bounds[index] ?? Number.POSITIVE_INFINITY;

/** The normal form of ranges in any order, overlapping or not; each must begin before it ends. */
export function coalesce(ranges: Bounds): Bounds {
  return isNormal(ranges) ? ranges : mergeSorted(sortedByBegin(ranges));
}

function isNormal(ranges: Bounds): boolean {
  for (let i = 2; i < ranges.length; i += 2) if (at(ranges, i) <= at(ranges, i - 1) + 1) return false;
  return true;
}

function sortedByBegin(ranges: Bounds): Bounds {
  const starts = Array.from({ length: ranges.length / 2 }, (_, i) => 2 * i);
  starts.sort((a, b) => at(ranges, a) - at(ranges, b));
  return starts.flatMap((start) => [at(ranges, start), at(ranges, start + 1)]);
}

function mergeSorted(ranges: Bounds): Bounds {
  const merged: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) append(merged, at(ranges, i), at(ranges, i + 1));
  return merged;
}

/** Adds a range that begins nowhere before the last one. */
function append(bounds: number[], begin: number, end: number): void {
  const last = bounds.length - 1;
  if (last > 0 && begin <= at(bounds, last) + 1) {
    if (end > at(bounds, last)) bounds[last] = end;
  } else {
    bounds.push(begin, end);
  }
}

/** Whether two of the ranges, in any order, share an integer. */
export function overlap(ranges: Bounds): boolean {
  const sorted = isNormal(ranges) ? NO_RANGES : sortedByBegin(ranges);
  for (let i = 2; i < sorted.length; i += 2) if (at(sorted, i) <= at(sorted, i - 1)) return true;
  return false;
}

/** What is in `a` or in `b`. */
export function union(a: Bounds, b: Bounds): Bounds {
  if (a.length === 0 || a === b) return b;
  if (b.length === 0) return a;
  const result: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (at(a, i) <= at(b, j)) {
      append(result, at(a, i), at(a, i + 1));
      i += 2;
    } else {
      append(result, at(b, j), at(b, j + 1));
      j += 2;
    }
  }
  return result;
}

/** What is in `a` and not in `b`. */
export function difference(a: Bounds, b: Bounds): Bounds {
  if (a.length === 0 || b.length === 0) return a;
  const result: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let begin = at(a, i);
    const end = at(a, i + 1);
    while (at(b, j + 1) < begin) j += 2;
    while (at(b, j) <= end) {
      if (at(b, j) > begin) result.push(begin, at(b, j) - 1);
      begin = at(b, j + 1) + 1;
      if (begin > end) break;
      j += 2;
    }
    if (begin <= end) result.push(begin, end);
  }
  return result;
}

/** What is in both. */
export function intersection(a: Bounds, b: Bounds): Bounds {
  const result: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    const end = at(a, i + 1);
    while (at(b, j + 1) < at(a, i)) j += 2;
    for (let k = j; at(b, k) <= end; k += 2) result.push(Math.max(at(a, i), at(b, k)), Math.min(end, at(b, k + 1)));
  }
  return result;
}

/** Whether every integer of `b` is in `a`. */
export function includes(a: Bounds, b: Bounds): boolean {
  if (a === b) return true;
  let i = 0;
  for (let j = 0; j < b.length; j += 2) {
    while (at(a, i + 1) < at(b, j)) i += 2;
    if (i >= a.length || at(a, i) > at(b, j) || at(a, i + 1) < at(b, j + 1)) return false;
  }
  return true;
}

export function sameBounds(a: Bounds, b: Bounds): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** How many integers there are. */
export function size(bounds: Bounds): number {
  let sum = 0;
  for (let i = 0; i < bounds.length; i += 2) sum += at(bounds, i + 1) - at(bounds, i) + 1;
  return sum;
}

/** The lowest `count` integers, all if there are not so many. */
export function lowest(bounds: Bounds, count: number): Bounds {
  const result: number[] = [];
  let left = count;
  for (let i = 0; i < bounds.length && left > 0; i += 2) {
    const begin = at(bounds, i);
    const end = Math.min(at(bounds, i + 1), begin + left - 1);
    result.push(begin, end);
    left -= end - begin + 1;
  }
  return result;
}

/** Such as `[1-2, 5-5]`. */
export function formatRanges(bounds: Bounds): string {
  const pieces: string[] = [];
  for (let i = 0; i < bounds.length; i += 2) pieces.push(`${at(bounds, i)}-${at(bounds, i + 1)}`);
  return `[${pieces.join(', ')}]`;
}
