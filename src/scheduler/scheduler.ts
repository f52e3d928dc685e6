import type { SchedulerCall, SchedulerEvent } from '../protocol/index.ts';
import type { ConnectionEvent } from './driver.ts';

/** Asks to be called back once: in `afterMs` milliseconds a `wakeUp` of this name arrives; below 0 is 0. */
export interface WakeUp {
  readonly type: 'wakeUp';
  readonly afterMs: number;
  /** One timer per name: a new request replaces the one before it. Absent: the timer without a name, `''`. */
  readonly name?: string;
}

/** What a scheduler answers with. */
export type SchedulerAction = SchedulerCall | WakeUp;

/**
 * What a scheduler is told: the master's events, what happens to the connection, its own wake-ups, and commands of the
 * program around it (`C`), such as a request that came over HTTP. `nowMs`: milliseconds since the Unix epoch, when it
 * came.
 */
export type SchedulerInput<C = never> = { readonly nowMs: number } & (
  | Exclude<SchedulerEvent, { readonly type: 'heartbeat' | 'error' }>
  /** All offers are void; tasks go on. `subscribed` follows when there is a connection again. */
  | Extract<ConnectionEvent, { readonly type: 'disconnected' }>
  | { readonly type: 'wakeUp'; readonly name: string }
  | { readonly type: 'command'; readonly command: C }
);

/**
 * A framework's scheduler as a function: state and input in, state and calls out. It reads no clock and sends nothing,
 * so a test needs no master: it calls `handle` and looks at what comes out.
 *
 * Updates are acknowledged after `handle` has returned, so what it does with them must be in its answer. If `handle`
 * throws, the run ends with that error and the update stays unacknowledged.
 */
export interface Scheduler<S, C = never> {
  readonly initial: S;
  handle(state: S, input: SchedulerInput<C>): readonly [state: S, actions: readonly SchedulerAction[]];
  /** Once this is true the framework is torn down, and the run is over. Absent: it goes on until it is closed. */
  finished?(state: S): boolean;
}
