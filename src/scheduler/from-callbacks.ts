import { type AgentId, type ExecutorId, type FrameworkId, type OfferId, unreachable } from '../core/index.ts';
import type { Offer } from '../offers/index.ts';
import type { MasterInfo, SchedulerCall } from '../protocol/index.ts';
import type { TaskStatus } from '../tasks/index.ts';
import { CallMaker, type SchedulerCalls } from './call-maker.ts';
import type { Scheduler } from './scheduler.ts';

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

/** Collects calls instead of making them. */
class CallCollector extends CallMaker {
  readonly calls: SchedulerCall[] = [];

  call(call: SchedulerCall): void {
    this.calls.push(call);
  }
}

/** A {@link Scheduler} made of callbacks; what they remember between calls is their own affair. */
export function fromCallbacks(callbacks: SchedulerCallbacks): Scheduler<undefined> {
  return {
    initial: undefined,
    handle(state, input) {
      const driver = new CallCollector();
      switch (input.type) {
        case 'subscribed':
          callbacks.registered?.(driver, input.frameworkId, input.masterInfo);
          break;
        case 'disconnected':
          callbacks.disconnected?.(driver);
          break;
        case 'offers':
          callbacks.resourceOffers?.(driver, input.offers);
          break;
        case 'rescind':
          callbacks.offerRescinded?.(driver, input.offerId);
          break;
        case 'update':
          callbacks.statusUpdate?.(driver, input.status);
          break;
        case 'message':
          callbacks.frameworkMessage?.(driver, input.executorId, input.agentId, input.data);
          break;
        case 'failure':
          if (input.executorId === undefined) callbacks.agentLost?.(driver, input.agentId);
          else callbacks.executorLost?.(driver, input.executorId, input.agentId, input.status ?? 0);
          break;
        case 'wakeUp':
        case 'command':
          break;
        default:
          unreachable(input, 'SchedulerInput');
      }
      return [state, driver.calls];
    },
  };
}
