import type { TaskId } from '../core/index.ts';
import type { Clock, Random } from '../runtime/index.ts';
import { backoffMs } from './backoff.ts';
import { UNANSWERED } from './repetition.ts';
import type { TaskReference } from './task-book.ts';

export interface ReconciliationOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Sends a RECONCILE for these tasks on the current subscription. */
  readonly ask: (tasks: readonly TaskReference[]) => void;
}

/**
 * Asks the master about tasks until each has had an answer, which is any update of it: at once, then again with
 * exponential backoff for those that are left. Between subscriptions it waits.
 *
 * @see Mesos `docs/reconciliation.md`, "Algorithm"
 */
export class Reconciliation {
  readonly #options: ReconciliationOptions;
  readonly #unanswered = new Map<TaskId, TaskReference>();
  #running = false;
  #repetition = 0;
  #timer: Disposable | undefined;

  constructor(options: ReconciliationOptions) {
    this.#options = options;
  }

  /**
   * Adds tasks to those that an answer is wanted for. They are asked about at once and alone, so that adding many one
   * by one costs no more than adding them together, and then with the others.
   */
  add(tasks: readonly TaskReference[]): void {
    for (const task of tasks) this.#unanswered.set(task.taskId, task);
    if (!this.#running || tasks.length === 0) return;
    this.#options.ask(tasks);
    if (this.#repetition > 1) this.#cancelTimer();
    if (this.#timer !== undefined) return;
    this.#repetition = 0;
    this.#askLater();
  }

  answered(taskId: TaskId): void {
    this.#unanswered.delete(taskId);
    if (this.#unanswered.size === 0) this.#cancelTimer();
  }

  /** A subscription is there. */
  start(): void {
    this.#running = true;
    this.#begin();
  }

  /** The subscription is gone. What has no answer yet is asked again with the next one. */
  pause(): void {
    this.#running = false;
    this.#cancelTimer();
  }

  #begin(): void {
    this.#repetition = 0;
    this.#ask();
  }

  #ask(): void {
    this.#cancelTimer();
    if (this.#unanswered.size === 0) return;
    this.#options.ask([...this.#unanswered.values()]);
    this.#askLater();
  }

  #askLater(): void {
    const delayMs = backoffMs(this.#repetition, UNANSWERED, this.#options.random);
    this.#repetition += 1;
    this.#timer = this.#options.clock.schedule(delayMs, () => this.#ask());
  }

  #cancelTimer(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
