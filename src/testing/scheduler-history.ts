import type { AgentId, OfferId, TaskId } from '../core/index.ts';
import type { Offer } from '../offers/index.ts';
import type { TaskInfo, TaskState, TaskStatus } from '../tasks/index.ts';

/** An offer that the scheduler has been given and has not answered. */
export interface HeldOffer {
  readonly offer: Offer;
  /** Virtual milliseconds since the start of the simulation, as all times here. */
  readonly sinceMs: number;
}

/** A task that the scheduler has launched, as far as it has been told. */
export interface LaunchedTask {
  readonly taskId: TaskId;
  readonly agentId: AgentId;
  readonly launchedMs: number;
  /** TASK_STAGING until the first update. */
  readonly state: TaskState;
  /** Since when. */
  readonly stateMs: number;
}

/** How the scheduler came to hold an offer no longer. `void`: the connection was lost, or the framework ended. */
export type OfferEnd = 'accepted' | 'declined' | 'rescinded' | 'void';

/** What a property is told, one by one and in order. */
export type HistoryEvent =
  | { readonly type: 'subscribed' }
  | { readonly type: 'disconnected' }
  | { readonly type: 'offered'; readonly offer: Offer }
  | { readonly type: 'offerEnded'; readonly offer: Offer; readonly end: OfferEnd; readonly heldMs: number }
  /** `earlier`: the task that the scheduler has launched before under this id. */
  | {
      readonly type: 'launched';
      readonly task: TaskInfo;
      readonly offerIds: readonly OfferId[];
      readonly earlier: LaunchedTask | undefined;
    }
  /** `task` is as the update leaves it; absent if the scheduler has never launched such a task. */
  | { readonly type: 'updated'; readonly status: TaskStatus; readonly task: LaunchedTask | undefined }
  | { readonly type: 'killed'; readonly taskId: TaskId }
  /** The scheduler's state is lost, by a fault that was asked for; it goes on as a new framework. */
  | { readonly type: 'forgotten' }
  /** What it has launched is torn down now, if it still runs. */
  | { readonly type: 'finished' }
  | { readonly type: 'threw'; readonly message: string };

/** What is known of one run by now. */
export interface SchedulerHistory<S = unknown> {
  readonly nowMs: number;
  /** As the scheduler left it. */
  readonly state: S;
  /** What the scheduler's `finished` says of it; `undefined` if there is no such function. */
  readonly finished: boolean | undefined;
  readonly offers: ReadonlyMap<OfferId, HeldOffer>;
  /** In the order of their (latest) launch. */
  readonly tasks: ReadonlyMap<TaskId, LaunchedTask>;
}
