import type { Clock, Random } from '../runtime/index.ts';
import { type Backoff, backoffMs } from './backoff.ts';

/** Between repetitions of what has no answer. The master may be silent for minutes after a failover of its own. */
export const UNANSWERED: Backoff = { firstMs: 1_000, minMs: 2_000, maxMs: 60_000 };

/** Says something until it is stopped: at once, then again with exponential backoff, since a call may be lost. */
export class Repetition {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #say: () => void;
  #timer: Disposable | undefined;

  constructor(ports: { readonly clock: Clock; readonly random: Random }, say: () => void) {
    this.#clock = ports.clock;
    this.#random = ports.random;
    this.#say = say;
  }

  /** Begins anew, with the shortest delay. */
  start(): void {
    this.#repeat(0);
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #repeat(repetition: number): void {
    this.stop();
    const delayMs = backoffMs(repetition, UNANSWERED, this.#random);
    this.#timer = this.#clock.schedule(delayMs, () => this.#repeat(repetition + 1));
    this.#say();
  }
}
