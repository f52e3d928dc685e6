import type { AgentId, ExecutorId, FrameworkId, MasterId, OfferId } from '../core/index.ts';
import type { InverseOffer, Offer } from '../offers/index.ts';
import type { TaskStatus } from '../tasks/index.ts';

export interface MasterInfo {
  readonly id: MasterId;
  readonly hostname: string;
  readonly version: string;
}

/**
 * What the master tells a framework.
 *
 * @see Mesos `include/mesos/v1/scheduler/scheduler.proto`, `Event`
 */
export type SchedulerEvent =
  | {
      readonly type: 'subscribed';
      readonly frameworkId: FrameworkId;
      readonly heartbeatIntervalMs: number;
      readonly masterInfo: MasterInfo;
    }
  | { readonly type: 'offers'; readonly offers: readonly Offer[] }
  | { readonly type: 'rescind'; readonly offerId: OfferId }
  /** Agents that will not be available: the framework should leave them. */
  | { readonly type: 'inverseOffers'; readonly inverseOffers: readonly InverseOffer[] }
  | { readonly type: 'rescindInverseOffer'; readonly inverseOfferId: OfferId }
  /** Acknowledge if, and only if, the status has a uuid. */
  | { readonly type: 'update'; readonly status: TaskStatus }
  | {
      readonly type: 'message';
      readonly agentId: AgentId;
      readonly executorId: ExecutorId;
      readonly data: Uint8Array;
    }
  /** An agent was lost, or, with an executor id, one executor ended; best effort. */
  | {
      readonly type: 'failure';
      readonly agentId: AgentId;
      readonly executorId?: ExecutorId;
      /** Raw wait status of the executor. */
      readonly status?: number;
    }
  /** The subscription is refused or over; nothing follows. */
  | { readonly type: 'error'; readonly message: string }
  | { readonly type: 'heartbeat' };
