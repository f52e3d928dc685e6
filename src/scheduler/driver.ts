import type { FrameworkId, OfferId } from '../core/index.ts';
import type { InverseOffer, Offer } from '../offers/index.ts';
import type { SchedulerEndpoint, SchedulerEvent } from '../protocol/index.ts';
import type { TaskStatus } from '../tasks/index.ts';
import type { SchedulerCalls } from './call-maker.ts';
import type { FrameworkOptions } from './framework-options.ts';
import type { Observable } from './observable.ts';

/** Where to connect: a master's endpoint, or something that has one, such as a cluster. */
export type MasterReference = SchedulerEndpoint | { readonly schedulers: SchedulerEndpoint };

/** What happens on the way to the master, as seen on `events$` besides the master's own events. */
export type ConnectionEvent =
  /** Another attempt begins; the first of all is not told. `attempt` counts since the last subscription that lasted. */
  | { readonly type: 'connecting'; readonly attempt: number }
  /** All offers are void. The next attempt begins in `retryMs` milliseconds. */
  | { readonly type: 'disconnected'; readonly reason: string; readonly retryMs: number };

export type DriverEvent = SchedulerEvent | ConnectionEvent;

export type MessageEvent = Extract<SchedulerEvent, { readonly type: 'message' }>;
export type FailureEvent = Extract<SchedulerEvent, { readonly type: 'failure' }>;

/**
 * A framework's connection to the master: subscribes, and subscribes again when the connection breaks; acknowledges
 * updates; reconciles its tasks.
 *
 * **Streams.** All are hot. What comes while nobody is subscribed to `offers$`, `rescinded$`, `inverseOffers$`, `updates$`,
 * `messages$` or `failures$` is kept for the next subscriber, up to `keepMax` items each; of the offers, those that are still
 * valid by then. When that is full: offers are declined, updates are left unacknowledged (the agent sends them again;
 * the master's own, without uuid, are lost), the others are dropped. Nothing is delivered before `connect` has
 * returned. A stream completes with `close` or `teardown`, and fails with a {@link SubscriptionError} when the master
 * ends the subscription for good, for instance because another scheduler has taken the framework over.
 *
 * **Updates** come in order per task. Those that an agent repeats are delivered once by one driver. A subscriber that
 * throws has been given the update (rxjs reports its error as an uncaught one); to be given it again after a crash, do
 * without `autoAcknowledge` and acknowledge when the work is done.
 *
 * Whoever does not care for updates should subscribe to `updates$` all the same: until the last update of a task is
 * acknowledged its agent repeats it, and the master may hold the task's resources until the agent's second attempt.
 *
 * **Calls while not connected.** `kill`, `suppress`, `revive`, `reconcile`, `updateFramework` and `teardown` are
 * remembered and take effect with the next subscription; a kill is also repeated with every new one, and with
 * every periodic reconciliation, until the task is over. `accept` answers TASK_DROPPED for each task, since its offers are void. `decline` and `acknowledge` have no
 * object left (an update comes again) and are dropped, as are `message` and `shutdownExecutor`, which promise nothing.
 *
 * **After the end** calls throw a {@link ClosedError} if the author ended it, and do nothing if the master did.
 */
export interface Driver extends SchedulerCalls, AsyncDisposable {
  /** `undefined` until subscribed for the first time, unless the framework brought its id along. */
  readonly frameworkId: FrameworkId | undefined;
  /** Whether there is a subscription by now. */
  readonly connected: boolean;
  /** Batches as the master sends them, never empty. */
  readonly offers$: Observable<readonly Offer[]>;
  /** Offers that are void by the master's word. Those that a lost connection has made void are not listed. */
  readonly rescinded$: Observable<OfferId>;
  /**
   * Agents that will not be available, and that the framework should leave: accept what it will do, decline what it
   * will not. The master notes the answer, takes nothing back by itself, and asks again when the filters are over. What
   * it takes back shows on `events$`.
   */
  readonly inverseOffers$: Observable<readonly InverseOffer[]>;
  readonly updates$: Observable<TaskStatus>;
  readonly messages$: Observable<MessageEvent>;
  readonly failures$: Observable<FailureEvent>;
  /** Everything, in order, each before it is delivered elsewhere; for watching only, so nothing is kept. */
  readonly events$: Observable<DriverEvent>;

  /**
   * Resolves when subscribed for the first time.
   *
   * Rejects with a {@link SubscriptionError} if the master refuses, with a {@link ClosedError} if closed before that.
   */
  ready(): Promise<FrameworkId>;
  /**
   * Resolves after `close` or `teardown`.
   *
   * Rejects with a {@link SubscriptionError} when the master ends the subscription for good.
   */
  ended(): Promise<void>;
  /** Changes what is given, keeps the rest. @throws InvalidArgument for what cannot be changed, or is invalid */
  updateFramework(changes: Partial<FrameworkOptions>): void;
  /**
   * Ends the framework for good: its tasks are killed, its id is of no use any more. Resolves when the master has
   * answered by ending the connection; waits for a connection if there is none. Rejects with a {@link ClosedError} if `close` comes first.
   */
  teardown(): Promise<void>;
  /** Disconnects; tasks live on for the failover timeout of the framework. Closing twice is fine. */
  close(): Promise<void>;
}
