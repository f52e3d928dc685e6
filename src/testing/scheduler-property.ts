import type { HistoryEvent, SchedulerHistory } from './scheduler-history.ts';

/**
 * Something that must be true of a scheduler in every run, whatever fails around it. Several come with this package;
 * one of your own is an object with these three fields.
 */
export interface SchedulerProperty<S = unknown> {
  /** A short phrase that is true of a good scheduler, such as `hoards no offers`. */
  readonly name: string;
  /** In plain words: what is asked, and why it matters. */
  readonly explanation: string;
  /** Begins to watch one run. */
  watch(): PropertyWatch<S>;
}

/** Watches one run. What is wrong is said in a sentence; `undefined` means that nothing is. */
export interface PropertyWatch<S = unknown> {
  /** After each event; of what the scheduler says, after all of its turn is known. */
  event?(event: HistoryEvent, history: SchedulerHistory<S>): string | undefined;
  /** Once, long after the last fault, or when the scheduler has finished. */
  end?(history: SchedulerHistory<S>): string | undefined;
}
