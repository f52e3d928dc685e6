import type { Clock } from '../clock.ts';
import { TimerQueue } from './timer-queue.ts';

/** Node's own timers take at most this; a longer one would fire at once. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/**
 * The real clock. All calls wait in one queue behind one timer of Node's, which gives what Node's timers alone do not:
 * one order for all delays, never a call before its time, delays of any length.
 *
 * A scheduled call keeps the process alive, as `setTimeout` does: whoever owns a component closes it. Calls with a
 * delay of 0 run after pending I/O, and calls scheduled by a call wait for the next round, so that a busy shell starves
 * nobody. A call that throws is an uncaught exception; the others still run.
 */
export const nodeClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  schedule(delayMs, callback) {
    const cancel = queue.push(performance.now() + Math.max(delayMs, 0), callback);
    arm();
    return {
      [Symbol.dispose]() {
        if (cancel()) arm();
      },
    };
  },
};

const queue = new TimerQueue();

/** What will call `run`, and when. */
let armed: { readonly dueMs: number; cancel(): void } | undefined;
let running = false;

function arm(): void {
  // The round that is running arms at its end.
  if (running) return;
  const dueMs = queue.nextDueMs;
  if (dueMs === armed?.dueMs) return;
  armed?.cancel();
  armed = undefined;
  if (dueMs === undefined) return;
  const delayMs = Math.ceil(dueMs - performance.now());
  if (delayMs <= 0) {
    const immediate = setImmediate(run);
    armed = { dueMs, cancel: () => clearImmediate(immediate) };
  } else {
    const timeout = setTimeout(run, Math.min(delayMs, LONGEST_TIMEOUT_MS));
    armed = { dueMs, cancel: () => clearTimeout(timeout) };
  }
}

/** Makes all calls that are due now; Node may be early by a part of a millisecond, then there are none. */
function run(): void {
  armed = undefined;
  const nowMs = performance.now();
  running = true;
  try {
    const { pushed } = queue;
    for (let call = queue.popDue(nowMs, pushed); call !== undefined; call = queue.popDue(nowMs, pushed)) call();
  } finally {
    running = false;
    arm();
  }
}
