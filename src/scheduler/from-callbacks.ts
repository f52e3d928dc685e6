import { type AgentId, type ExecutorId, type FrameworkId, type OfferId, unreachable } from '../core/index.ts';
import type { Offer } from '../offers/index.ts';
import type { MasterInfo } from '../protocol/index.ts';
import type { TaskStatus } from '../tasks/index.ts';
import { callsOf, type SchedulerCalls } from './call-maker.ts';
import type { Scheduler, SchedulerInput } from './scheduler.ts';

/**
 * The shape of Mesos's own scheduler interface, for porting. Each callback makes its calls on `driver`.
 *
 * @see Mesos `include/mesos/scheduler.hpp`, `Scheduler`
 */
export interface SchedulerCallbacks {
  /** Also after a failover, then with the same id. */
  registered?(driver: SchedulerCalls, frameworkId: FrameworkId, masterInfo: MasterInfo): void;
  disconnected?(driver: SchedulerCalls): void;
  resourceOffers?(driver: SchedulerCalls, offers: readonly Offer[]): void;
  offerRescinded?(driver: SchedulerCalls, offerId: OfferId): void;
  statusUpdate?(driver: SchedulerCalls, status: TaskStatus): void;
  frameworkMessage?(driver: SchedulerCalls, executorId: ExecutorId, agentId: AgentId, data: Uint8Array): void;
  agentLost?(driver: SchedulerCalls, agentId: AgentId): void;
  executorLost?(driver: SchedulerCalls, executorId: ExecutorId, agentId: AgentId, status: number): void;
}

/** A {@link Scheduler} made of callbacks; what they remember between calls is their own affair. */
export function fromCallbacks(callbacks: SchedulerCallbacks): Scheduler<undefined> {
  return {
    initial: undefined,
    handle: (state, input) => [state, callsOf((driver) => dispatch(callbacks, input, driver))],
  };
}

function dispatch(callbacks: SchedulerCallbacks, input: SchedulerInput, driver: SchedulerCalls): void {
  switch (input.type) {
    case 'subscribed':
      return callbacks.registered?.(driver, input.frameworkId, input.masterInfo);
    case 'disconnected':
      return callbacks.disconnected?.(driver);
    case 'offers':
      return callbacks.resourceOffers?.(driver, input.offers);
    case 'rescind':
      return callbacks.offerRescinded?.(driver, input.offerId);
    case 'update':
      return callbacks.statusUpdate?.(driver, input.status);
    case 'message':
      return callbacks.frameworkMessage?.(driver, input.executorId, input.agentId, input.data);
    case 'failure':
      if (input.executorId === undefined) return callbacks.agentLost?.(driver, input.agentId);
      return callbacks.executorLost?.(driver, input.executorId, input.agentId, input.status ?? 0);
    // The older interface knows neither.
    case 'inverseOffers':
    case 'rescindInverseOffer':
    case 'wakeUp':
    case 'command':
      return;
    default:
      unreachable(input, 'SchedulerInput');
  }
}
