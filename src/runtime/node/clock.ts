import type { Clock } from '../clock.ts';

/** The real clock. A delay of 0 runs right after I/O (`setImmediate`), so that a busy shell starves nobody. */
export const nodeClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  schedule(delayMs, callback) {
    if (delayMs <= 0) {
      const immediate = setImmediate(callback);
      return { [Symbol.dispose]: () => clearImmediate(immediate) };
    }
    // Longer than 2^31 - 1 ms, and Node would call back at once.
    const timeout = setTimeout(callback, Math.min(delayMs, 2_147_483_647));
    return { [Symbol.dispose]: () => clearTimeout(timeout) };
  },
};
