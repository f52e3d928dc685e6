import type { Clock } from '../runtime/index.ts';
import type { SimulatedClock } from './simulated-clock.ts';

/** The wall clock of one machine, as far as it is from the right time. */
export interface WallClock {
  offsetMs: number;
}

/** Something that a process does when its time has come and it is ready; the handle that cancels it. */
class Held implements Disposable {
  callback: (() => void) | undefined;
  timer: Disposable | undefined;

  constructor(callback: () => void) {
    this.callback = callback;
  }

  [Symbol.dispose](): void {
    this.callback = undefined;
    this.timer?.[Symbol.dispose]();
  }
}

const NOTHING: Disposable = { [Symbol.dispose]: () => undefined };

/**
 * One process, as time passes for it: its timers and what it hears run only while it lives; while it is stalled (a slow
 * disk) they wait, and then follow in order.
 */
export class SimulatedProcess implements Clock {
  readonly #clock: SimulatedClock;
  readonly #wall: WallClock;
  readonly #held: Held[] = [];
  #alive = true;
  #stalledUntilMs = 0;

  constructor(clock: SimulatedClock, wall: WallClock) {
    this.#clock = clock;
    this.#wall = wall;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  /** Until when what it does next is put off; not after now if it is not stalled. */
  get readyAtMs(): number {
    return Math.max(this.#stalledUntilMs, this.#clock.monotonicMs());
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  wallMs(): number {
    return this.#clock.wallMs() + this.#wall.offsetMs;
  }

  schedule(delayMs: number, callback: () => void): Disposable {
    if (!this.#alive) return NOTHING;
    const held = new Held(callback);
    held.timer = this.#clock.schedule(delayMs, () => this.#run(held));
    return held;
  }

  /** Hands something to it that comes from outside: now, or as soon as it is ready; never once it is dead. */
  hear(callback: () => void): void {
    if (!this.#alive) return;
    if (this.#isReady) callback();
    else this.#hold(new Held(callback));
  }

  /** Dies: nothing of it ever runs again. */
  kill(): void {
    this.#alive = false;
    this.#held.length = 0;
  }

  /** Does nothing for so many milliseconds from now, or from the end of the stall before. */
  stall(ms: number): void {
    this.#stalledUntilMs = this.readyAtMs + ms;
  }

  #run(held: Held): void {
    if (!this.#alive) return;
    if (this.#isReady) held.callback?.();
    else this.#hold(held);
  }

  /** Whoever comes while others still wait comes after them. */
  get #isReady(): boolean {
    return this.#held.length === 0 && this.#stalledUntilMs <= this.#clock.monotonicMs();
  }

  #hold(held: Held): void {
    this.#held.push(held);
    if (this.#held.length === 1)
      this.#clock.schedule(this.#stalledUntilMs - this.#clock.monotonicMs(), () => this.#drain());
  }

  #drain(): void {
    const { length } = this.#held;
    for (let count = 0; count < length && this.#alive; count++) {
      // One of those before may have stalled it again.
      if (this.#stalledUntilMs > this.#clock.monotonicMs()) break;
      this.#held.shift()?.callback?.();
    }
    if (!this.#alive || this.#held.length === 0) return;
    this.#clock.schedule(Math.max(0, this.#stalledUntilMs - this.#clock.monotonicMs()), () => this.#drain());
  }
}
