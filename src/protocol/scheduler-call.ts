import type { AgentId, ExecutorId, OfferId, TaskId } from '../core/index.ts';
import type { Filters, OfferConstraints, OfferOperation } from '../offers/index.ts';
import type { KillPolicy } from '../tasks/index.ts';
import type { FrameworkInfo } from './framework-info.ts';

/** The first message of a framework on a new connection. */
export interface Subscribe {
  readonly type: 'subscribe';
  /** With an id: the same framework again, after a failover or a broken connection. */
  readonly frameworkInfo: FrameworkInfo;
  /** Roles that want no offers for now; replaces what was suppressed before. */
  readonly suppressedRoles?: readonly string[];
  /** Which agents to offer to it, by role; replaces what was said before. */
  readonly offerConstraints?: OfferConstraints;
}

/**
 * What a framework asks of the master. All are fire and forget: what comes of them arrives as events.
 *
 * @see Mesos `include/mesos/v1/scheduler/scheduler.proto`, `Call`
 */
export type SchedulerCall =
  | { readonly type: 'teardown' }
  | {
      readonly type: 'accept';
      readonly offerIds: readonly OfferId[];
      readonly operations: readonly OfferOperation[];
      readonly filters?: Filters;
    }
  | { readonly type: 'decline'; readonly offerIds: readonly OfferId[]; readonly filters?: Filters }
  /** The framework will leave these agents in time. */
  | {
      readonly type: 'acceptInverseOffers';
      readonly inverseOfferIds: readonly OfferId[];
      readonly filters?: Filters;
    }
  /** It will not, or cannot. */
  | {
      readonly type: 'declineInverseOffers';
      readonly inverseOfferIds: readonly OfferId[];
      readonly filters?: Filters;
    }
  | { readonly type: 'revive'; readonly roles?: readonly string[] }
  | { readonly type: 'suppress'; readonly roles?: readonly string[] }
  | { readonly type: 'kill'; readonly taskId: TaskId; readonly agentId?: AgentId; readonly killPolicy?: KillPolicy }
  | { readonly type: 'shutdown'; readonly executorId: ExecutorId; readonly agentId: AgentId }
  | { readonly type: 'acknowledge'; readonly agentId: AgentId; readonly taskId: TaskId; readonly uuid: string }
  | {
      readonly type: 'reconcile';
      /** Empty: all tasks of the framework (implicit reconciliation). */
      readonly tasks: readonly { readonly taskId: TaskId; readonly agentId?: AgentId }[];
    }
  | {
      readonly type: 'message';
      readonly agentId: AgentId;
      readonly executorId: ExecutorId;
      readonly data: Uint8Array;
    }
  | {
      readonly type: 'updateFramework';
      readonly frameworkInfo: FrameworkInfo;
      readonly suppressedRoles?: readonly string[];
      readonly offerConstraints?: OfferConstraints;
    };
