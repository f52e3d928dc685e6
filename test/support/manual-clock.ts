import type { Clock } from '../../src/runtime/index.ts';

export interface ManualClock extends Clock {
  /** Moves time by `ms` and runs all that becomes due meanwhile, also what is scheduled on the way, in order of time. */
  advance(ms: number): void;
  /** How many callbacks are waiting. */
  readonly pending: number;
}

interface Entry {
  readonly dueMs: number;
  readonly number: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is moved; its wall clock runs from `wallStartMs`. */
export function createManualClock(wallStartMs = 1_700_000_000_000): ManualClock {
  let nowMs = 0;
  let scheduled = 0;
  const waiting = new Set<Entry>();

  const nextDue = (limitMs: number): Entry | undefined => {
    let next: Entry | undefined;
    for (const entry of waiting) {
      if (entry.dueMs > limitMs) continue;
      const sooner = next === undefined || entry.dueMs < next.dueMs;
      if (sooner || (entry.dueMs === next?.dueMs && entry.number < next.number)) next = entry;
    }
    return next;
  };

  return {
    monotonicMs: () => nowMs,
    wallMs: () => wallStartMs + nowMs,
    schedule(delayMs, callback) {
      const entry: Entry = { dueMs: nowMs + Math.max(0, delayMs), number: scheduled, callback };
      scheduled += 1;
      waiting.add(entry);
      return { [Symbol.dispose]: () => void waiting.delete(entry) };
    },
    advance(ms) {
      const limitMs = nowMs + ms;
      for (let entry = nextDue(limitMs); entry !== undefined; entry = nextDue(limitMs)) {
        waiting.delete(entry);
        nowMs = entry.dueMs;
        entry.callback();
      }
      nowMs = limitMs;
    },
    get pending() {
      return waiting.size;
    },
  };
}
