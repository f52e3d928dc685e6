import type { Random } from '../runtime/index.ts';

/** How long to wait between attempts, in milliseconds. */
export interface Backoff {
  /** Before the first repetition: once is often enough. */
  readonly firstMs: number;
  /** Before the second; doubled from then on. */
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The delay before repetition number `repetition` (from 0): between half of what {@link Backoff} says and all of it,
 * so that those who failed together do not come back together.
 */
export function backoffMs(repetition: number, backoff: Backoff, random: Random): number {
  // Beyond 2^30 the maximum holds in any case, and 0 times infinity would be no number.
  const doublings = Math.min(Math.max(repetition - 1, 0), 30);
  const fullMs = repetition === 0 ? backoff.firstMs : Math.min(backoff.minMs * 2 ** doublings, backoff.maxMs);
  const halfMs = Math.floor(fullMs / 2);
  return halfMs + random.integer(Math.floor(fullMs) - halfMs + 1);
}
