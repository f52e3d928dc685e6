import {
  type AgentId,
  type ExecutorId,
  InvalidArgument,
  OfferId,
  requireObject,
  shown,
  TaskId,
} from '../core/index.ts';
import type { Filters, InverseOffer, Offer, OfferOperation } from '../offers/index.ts';
import type { SchedulerCall } from '../protocol/index.ts';
import type { KillPolicy, TaskInfo, TaskStatus } from '../tasks/index.ts';
import { checkCall } from './call-check.ts';
import { checkedId } from './field-check.ts';

/** An offer, or its id. */
export type OfferReference = Offer | OfferId;
/** An inverse offer, or its id. */
export type InverseOfferReference = InverseOffer | OfferId;
export type OneOrMore<T> = T | readonly T[];

/** Which task to kill, and how. */
export interface KillRequest {
  readonly taskId: TaskId | string;
  /** If known: the master then need not look for it. */
  readonly agentId?: AgentId;
  readonly killPolicy?: KillPolicy;
}

/**
 * The calls of a framework, one method each. All are fire and forget: what comes of them arrives as events. What the
 * compiler would refuse is refused without one, too, with an {@link InvalidArgument} that names the argument or field.
 *
 * @see Mesos `include/mesos/v1/scheduler/scheduler.proto`, `Call`
 */
export interface SchedulerCalls {
  /** Any call, as data. @throws InvalidArgument naming the field at fault, `call.type` if there is no such call */
  call(call: SchedulerCall): void;
  /**
   * Uses offers, all of one agent and one role, for these operations, in order. What is not used goes back, and is not
   * offered again for as long as `filters` says. An offer that is no longer valid (answered, rescinded, or from before
   * a new subscription) makes each task TASK_DROPPED; that is a lost race, not an error.
   *
   * @throws InvalidArgument without an offer, or naming the field of an operation or of the filters at fault
   */
  accept(offers: OneOrMore<OfferReference>, operations: readonly OfferOperation[], filters?: Filters): void;
  /** {@link accept} with one LAUNCH of these tasks. @throws InvalidArgument as {@link accept} */
  launch(offers: OneOrMore<OfferReference>, taskInfos: OneOrMore<TaskInfo>, filters?: Filters): void;
  /**
   * Gives offers back. Those that are no longer valid are ignored; so is an empty list.
   *
   * @throws InvalidArgument if one is no offer, or the filters are none
   */
  decline(offers: OneOrMore<OfferReference>, filters?: Filters): void;
  /**
   * Says that the framework will leave these agents in time; it does so by itself. It is asked again when `filters` are
   * over. Those that are no longer valid are ignored; so is an empty list.
   *
   * @throws InvalidArgument if one is no inverse offer, or the filters are none
   */
  acceptInverseOffers(inverseOffers: OneOrMore<InverseOfferReference>, filters?: Filters): void;
  /** Says that it will not leave them. @throws InvalidArgument as {@link acceptInverseOffers} */
  declineInverseOffers(inverseOffers: OneOrMore<InverseOfferReference>, filters?: Filters): void;
  /**
   * Asks for the task to be stopped; its last update says what came of it.
   *
   * @throws InvalidArgument if the id is none, or the grace period no time
   */
  kill(task: TaskId | string | KillRequest): void;
  /** Asks for the state of these tasks, or, without an argument, of all; answers arrive as updates. */
  reconcile(tasks?: readonly { readonly taskId: TaskId; readonly agentId?: AgentId }[]): void;
  /** Wants offers again, for these roles or for all, also those declined before. */
  revive(roles?: readonly string[]): void;
  /** Wants no offers for now, for these roles or for all. */
  suppress(roles?: readonly string[]): void;
  /** Says that the update has been dealt with. Does nothing for an update without uuid. */
  acknowledge(status: TaskStatus): void;
  /** Sends bytes to an executor; best effort. */
  message(agentId: AgentId, executorId: ExecutorId, data: Uint8Array): void;
  /** Stops an executor with all its tasks; best effort. */
  shutdownExecutor(agentId: AgentId, executorId: ExecutorId): void;
}

/** {@link SchedulerCalls} as data, handed one by one to {@link CallMaker.call}. */
export abstract class CallMaker implements SchedulerCalls {
  abstract call(call: SchedulerCall): void;

  accept(offers: OneOrMore<OfferReference>, operations: readonly OfferOperation[], filters?: Filters): void {
    const offerIds = idsOf(offers);
    if (offerIds.length === 0) throw new InvalidArgument('offers', 'expected at least one offer, got none');
    this.call({ type: 'accept', offerIds, operations, ...(filters === undefined ? {} : { filters }) });
  }

  launch(offers: OneOrMore<OfferReference>, taskInfos: OneOrMore<TaskInfo>, filters?: Filters): void {
    this.accept(offers, [{ type: 'LAUNCH', taskInfos: listOf(taskInfos) }], filters);
  }

  decline(offers: OneOrMore<OfferReference>, filters?: Filters): void {
    const offerIds = idsOf(offers);
    if (offerIds.length === 0) return;
    this.call({ type: 'decline', offerIds, ...(filters === undefined ? {} : { filters }) });
  }

  acceptInverseOffers(inverseOffers: OneOrMore<InverseOfferReference>, filters?: Filters): void {
    this.#answer('acceptInverseOffers', inverseOffers, filters);
  }

  declineInverseOffers(inverseOffers: OneOrMore<InverseOfferReference>, filters?: Filters): void {
    this.#answer('declineInverseOffers', inverseOffers, filters);
  }

  #answer(
    type: 'acceptInverseOffers' | 'declineInverseOffers',
    inverseOffers: OneOrMore<InverseOfferReference>,
    filters: Filters | undefined,
  ): void {
    const inverseOfferIds = idsOf(inverseOffers, 'inverseOffers');
    if (inverseOfferIds.length === 0) return;
    this.call({ type, inverseOfferIds, ...(filters === undefined ? {} : { filters }) });
  }

  kill(task: TaskId | string | KillRequest): void {
    if (typeof task !== 'string') requireObject(task, 'task');
    const { taskId, agentId, killPolicy } = typeof task === 'string' ? { taskId: task } : task;
    this.call({
      type: 'kill',
      taskId: checkedId(TaskId, taskId, 'taskId'),
      ...(agentId === undefined ? {} : { agentId }),
      ...(killPolicy === undefined ? {} : { killPolicy }),
    });
  }

  reconcile(tasks: readonly { readonly taskId: TaskId; readonly agentId?: AgentId }[] = []): void {
    this.call({ type: 'reconcile', tasks });
  }

  revive(roles?: readonly string[]): void {
    this.call({ type: 'revive', ...(roles === undefined ? {} : { roles }) });
  }

  suppress(roles?: readonly string[]): void {
    this.call({ type: 'suppress', ...(roles === undefined ? {} : { roles }) });
  }

  acknowledge(status: TaskStatus): void {
    requireObject(status, 'status');
    const { taskId, agentId, uuid } = status;
    if (uuid === undefined || agentId === undefined) return;
    this.call({ type: 'acknowledge', agentId, taskId, uuid });
  }

  message(agentId: AgentId, executorId: ExecutorId, data: Uint8Array): void {
    this.call({ type: 'message', agentId, executorId, data });
  }

  shutdownExecutor(agentId: AgentId, executorId: ExecutorId): void {
    this.call({ type: 'shutdown', agentId, executorId });
  }
}

/**
 * Calls as data, for a scheduler that is a function: what `make` calls, in order.
 *
 * @example
 * ```ts
 * return [state, callsOf((driver) => {
 *   driver.launch(offer, task);
 *   driver.decline(others);
 * })];
 * ```
 */
export function callsOf(make: (driver: SchedulerCalls) => void): readonly SchedulerCall[] {
  const collector = new CallCollector();
  make(collector);
  return collector.calls;
}

class CallCollector extends CallMaker {
  readonly calls: SchedulerCall[] = [];

  call(call: SchedulerCall): void {
    checkCall(call);
    this.calls.push(call);
  }
}

function idsOf(
  offers: OneOrMore<OfferReference | InverseOfferReference>,
  name: 'offers' | 'inverseOffers' = 'offers',
): readonly OfferId[] {
  return listOf(offers).map((offer, index) => {
    const field = isList(offers) ? `${name}[${index}]` : name;
    if (typeof offer === 'string') return checkedId(OfferId, offer, field);
    if (typeof offer === 'object' && typeof offer?.id === 'string') return offer.id;
    throw new InvalidArgument(field, `expected an offer or its id, got ${shown(offer)}`);
  });
}

/** `Array.isArray` alone does not narrow read-only arrays. */
function listOf<T>(value: OneOrMore<T>): readonly T[] {
  return isList(value) ? value : [value];
}

function isList<T>(value: OneOrMore<T>): value is readonly T[] {
  return Array.isArray(value);
}
