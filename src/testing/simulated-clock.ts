import { InvalidArgument } from '../core/index.ts';
import type { Clock } from '../runtime/index.ts';
import { Timer, TimerHeap } from './timer-heap.ts';

/**
 * A clock that moves only when it is told to: all that becomes due meanwhile runs, in order of time, and of equal times
 * in the order in which it was scheduled. What a callback schedules on the way is part of it.
 *
 * - **Cost** scheduling and running: logarithmic in what waits; constant for what is due at once. Cancelling: constant.
 */
export class SimulatedClock implements Clock {
  readonly #heap = new TimerHeap();
  /** What was due at once when it was scheduled, in order; from `#nextDue` on it has not run. All is due now. */
  readonly #due: Timer[] = [];
  #nextDue = 0;
  #cancelledDue = 0;
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
    return this.#heap.live + this.#due.length - this.#nextDue - this.#cancelledDue;
  }

  /** When the next callback is due, in monotonic milliseconds; `undefined` if none waits. */
  get nextMs(): number | undefined {
    return (this.#firstDue() ?? this.#heap.first())?.dueMs;
  }

  schedule(delayMs: number, callback: () => void): Disposable {
    const dueMs = this.#nowMs + Math.max(0, delayMs);
    const number = this.#scheduled;
    this.#scheduled += 1;
    if (dueMs === this.#nowMs) {
      const timer = new Timer(dueMs, number, callback, this.#onDueCancelled);
      this.#due.push(timer);
      return timer;
    }
    return this.#heap.add(dueMs, number, callback);
  }

  readonly #onDueCancelled = (): void => {
    this.#cancelledDue += 1;
  };

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
    const timer = this.#next(limitMs);
    if (timer === undefined) return false;
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    const { callback } = timer;
    timer.callback = undefined;
    callback?.();
    return true;
  }

  /** Takes out the next one that was not cancelled. */
  #next(limitMs: number): Timer | undefined {
    const due = this.#firstDue();
    const waiting = this.#heap.first();
    const isDueFirst = due !== undefined && (waiting === undefined || before(due, waiting));
    const first = isDueFirst ? due : waiting;
    if (first === undefined || first.dueMs > limitMs) return undefined;
    if (isDueFirst) this.#nextDue += 1;
    else this.#heap.removeFirst();
    return first;
  }

  #firstDue(): Timer | undefined {
    for (; this.#nextDue < this.#due.length; this.#nextDue += 1) {
      const timer = this.#due[this.#nextDue];
      if (timer?.callback !== undefined) return timer;
      this.#cancelledDue -= 1;
    }
    if (this.#nextDue > 0) {
      this.#due.length = 0;
      this.#nextDue = 0;
    }
    return undefined;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.number < b.number);
}
