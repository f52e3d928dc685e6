import {
  type AgentId,
  ClosedError,
  type FrameworkId,
  type OfferId,
  SubscriptionError,
  type TaskId,
  unreachable,
} from '../core/index.ts';
import type { InverseOffer, Offer } from '../offers/index.ts';
import type { SchedulerCall, SchedulerEvent } from '../protocol/index.ts';
import { isTerminal, type TaskStatus } from '../tasks/index.ts';
import { checkCall } from './call-check.ts';
import { CallMaker } from './call-maker.ts';
import { type Deferred, deferred } from './deferred.ts';
import type { Driver, DriverEvent, FailureEvent, MasterReference, MessageEvent } from './driver.ts';
import { type Behaviour, behaviour, type DriverOptions } from './driver-options.ts';
import { DriverStreams } from './driver-streams.ts';
import { endpointOf } from './endpoint.ts';
import type { FrameworkOptions } from './framework-options.ts';
import { droppedStatus, launchedBy } from './lost-launch.ts';
import type { Observable } from './observable.ts';
import { Reconciliation } from './reconciliation.ts';
import { Registration } from './registration.ts';
import { Repetition } from './repetition.ts';
import { Subscription } from './subscription.ts';
import { TaskBook } from './task-book.ts';

type Accept = Extract<SchedulerCall, { readonly type: 'accept' }>;
type Kill = Extract<SchedulerCall, { readonly type: 'kill' }>;
type Subscribed = Extract<SchedulerEvent, { readonly type: 'subscribed' }>;

/** How it came to an end: by the author, by the master, or by an error of the author's own scheduler. */
interface End {
  readonly by: 'author' | 'master' | 'scheduler';
  readonly error: Error | undefined;
}

/** Who is given every event instead of the streams' subscribers, which then only watch. */
export interface DriverConsumer {
  /** An update is acknowledged when this has returned. */
  onEvent(event: DriverEvent): void;
  /** Once; nothing follows. */
  onEnd(error: Error | undefined): void;
}

/** The driver: what must be remembered between the author's calls and the master's events. */
export class DriverShell extends CallMaker implements Driver {
  readonly #subscription: Subscription;
  readonly #reconciliation: Reconciliation;
  readonly #streams: DriverStreams;
  readonly #tasks = new TaskBook();
  readonly #registration: Registration;
  readonly #behaviour: Behaviour;
  readonly #consumer: DriverConsumer | undefined;

  /** Offers that are still ours to answer. */
  readonly #outstanding = new Set<OfferId>();
  /** The same of inverse offers. */
  readonly #asked = new Set<OfferId>();
  /** Kills of tasks that are not over yet as far as we know. */
  readonly #kills = new Map<TaskId, Kill>();
  /** All tasks shall be asked about as soon as there is a subscription. */
  #implicitReconciliationDue: boolean;
  #reconcileTimer: Disposable | undefined;
  /** Roles revived, and whether some were suppressed, on this subscription since it was last said again. */
  readonly #revived = new Set<string>();
  #hasSuppressed = false;

  readonly #ready: Deferred<FrameworkId> = deferred();
  readonly #ended: Deferred<void> = deferred();
  #teardown: Deferred<void> | undefined;
  /** Until the master has ended the framework. */
  readonly #teardownCalls: Repetition;
  #end: End | undefined;

  constructor(master: MasterReference, framework: FrameworkOptions, options: DriverOptions, consumer?: DriverConsumer) {
    super();
    const endpoint = endpointOf(master);
    this.#behaviour = behaviour(options);
    this.#registration = new Registration(framework);
    this.#consumer = consumer;
    // The tasks of an earlier run: whoever brings an id along wants to know of them.
    this.#implicitReconciliationDue = this.#registration.id !== undefined;
    this.#streams = new DriverStreams({
      keepMax: consumer === undefined ? this.#behaviour.keepMax : 0,
      stillOutstanding: (offers) => offers.filter((offer) => this.#outstanding.has(offer.id)),
      stillAsked: (inverseOffers) => inverseOffers.filter((inverseOffer) => this.#asked.has(inverseOffer.id)),
      onOffersOverflow: (offers) => this.#offersOverflowed(offers),
      onUpdateDelivered: (status) => this.#updateDelivered(status),
      onUpdateOverflow: (status) => this.#updateOverflowed(status),
    });
    this.#reconciliation = new Reconciliation({
      clock: this.#behaviour.clock,
      random: this.#behaviour.random,
      ask: (tasks) => this.#send({ type: 'reconcile', tasks }),
    });
    this.#teardownCalls = new Repetition(this.#behaviour, () => this.#send({ type: 'teardown' }));
    this.#subscription = new Subscription({
      endpoint,
      ...this.#behaviour,
      subscribe: () => this.#registration.subscribe(),
      onConnecting: (attempt) => this.#handle({ type: 'connecting', attempt }),
      onEvent: (event) => this.#handle(event),
      onDisconnected: (event, closedByMaster) => {
        // The master ends the connection of a framework that it has torn down.
        if (closedByMaster && this.#teardown !== undefined) this.#tornDown();
        else this.#handle(event);
      },
    });
  }

  /** Begins to subscribe; apart from the constructor, so that whoever made the driver can hold it first. */
  start(): void {
    this.#subscription.start();
  }

  get frameworkId(): FrameworkId | undefined {
    return this.#registration.id;
  }

  get connected(): boolean {
    return this.#subscription.subscribed;
  }

  get offers$(): Observable<readonly Offer[]> {
    return this.#streams.offers.stream$;
  }

  get rescinded$(): Observable<OfferId> {
    return this.#streams.rescinded.stream$;
  }

  get inverseOffers$(): Observable<readonly InverseOffer[]> {
    return this.#streams.inverseOffers.stream$;
  }

  get updates$(): Observable<TaskStatus> {
    return this.#streams.updates.stream$;
  }

  get messages$(): Observable<MessageEvent> {
    return this.#streams.messages.stream$;
  }

  get failures$(): Observable<FailureEvent> {
    return this.#streams.failures.stream$;
  }

  get events$(): Observable<DriverEvent> {
    return this.#streams.events.stream$;
  }

  ready(): Promise<FrameworkId> {
    return this.#ready.promise;
  }

  ended(): Promise<void> {
    return this.#ended.promise;
  }

  teardown(): Promise<void> {
    if (this.#teardown !== undefined) return this.#teardown.promise;
    this.#teardown = deferred();
    if (this.#end === undefined) {
      if (this.connected) this.#teardownCalls.start();
    } else this.#teardown.reject(this.#end.error ?? closed('teardown'));
    return this.#teardown.promise;
  }

  close(): Promise<void> {
    this.#finish({ by: 'author', error: undefined });
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Ends the driver because the author's scheduler cannot go on; the framework lives for its failover timeout. */
  protected fail(error: Error): void {
    this.#behaviour.log.log('error', 'The scheduler cannot go on', { error: error.message });
    this.#finish({ by: 'scheduler', error });
  }

  updateFramework(changes: Partial<FrameworkOptions>): void {
    this.#assertOpen('updateFramework');
    if (this.#isOpen()) this.#send(this.#registration.change(changes));
  }

  call(call: SchedulerCall): void {
    checkCall(call);
    this.#assertOpen(call.type);
    if (!this.#isOpen()) return;
    switch (call.type) {
      case 'accept':
        return this.#accept(call);
      case 'decline':
        for (const offerId of call.offerIds) this.#outstanding.delete(offerId);
        return this.#send(call);
      case 'acceptInverseOffers':
      case 'declineInverseOffers':
        for (const inverseOfferId of call.inverseOfferIds) this.#asked.delete(inverseOfferId);
        return this.#send(call);
      case 'kill':
        return this.#kill(call);
      case 'acknowledge':
        this.#tasks.acknowledged(call.taskId, call.uuid);
        return this.#send(call);
      case 'reconcile':
        if (call.tasks.length > 0) return this.#reconciliation.add(call.tasks.map((task) => this.#located(task)));
        return this.#reconcileImplicitly();
      case 'revive':
        for (const role of this.#registration.revive(call.roles)) this.#revived.add(role);
        return this.#send(call);
      case 'suppress':
        this.#registration.suppress(call.roles);
        this.#hasSuppressed = true;
        return this.#send(call);
      case 'updateFramework':
        return this.#send(this.#registration.replace(call));
      case 'message':
      case 'shutdown':
        return this.#send(call);
      case 'teardown':
        void this.teardown();
        return;
      default:
        unreachable(call, 'SchedulerCall');
    }
  }

  #accept(call: Accept): void {
    for (const offerId of call.offerIds) this.#outstanding.delete(offerId);
    const tasks = launchedBy(call);
    for (const { taskId, agentId } of tasks) this.#tasks.launched(taskId, agentId);
    if (this.connected) this.#send(call);
    else if (tasks.length > 0) {
      // Later, so that the answer never arrives within the call.
      const { clock } = this.#behaviour;
      const { partitionAware } = this.#registration;
      clock.schedule(0, () => {
        for (const task of tasks) {
          const status = droppedStatus(task, { partitionAware, nowMs: clock.wallMs() });
          this.#handle({ type: 'update', status });
        }
      });
    }
  }

  #kill(call: Kill): void {
    // Of a task that is over there may be no more news, and so nothing that would end the repetitions.
    const kill = this.#located(call);
    if (!this.#tasks.isOver(call.taskId)) this.#kills.set(call.taskId, kill);
    this.#send(kill);
  }

  /** With the agent, the master can answer for a task that is not in its books because the agent is unreachable. */
  #located<Reference extends { readonly taskId: TaskId; readonly agentId?: AgentId }>(reference: Reference): Reference {
    const agentId = reference.agentId ?? this.#tasks.agentOf(reference.taskId);
    return agentId === undefined ? reference : { ...reference, agentId };
  }

  /** What cannot be sent now is either dropped for good reason, or has been noted for the next subscription. */
  #send(call: SchedulerCall): void {
    if (!this.#subscription.send(call)) this.#behaviour.log.log('debug', 'Not connected', { call: call.type });
  }

  #handle(event: DriverEvent): void {
    if (this.#end !== undefined) return;
    if (event.type === 'update' && !this.#isNews(event.status)) return;
    this.#note(event);
    this.#streams.events.push(event);
    // A watcher may have closed the driver: then nobody sees the event, and an update stays unacknowledged.
    if (this.#isOpen()) this.#consumer?.onEvent(event);
    this.#streams.push(event);
    if (event.type === 'update' && this.#consumer !== undefined) this.#acknowledgeDelivered(event.status);
    if (event.type === 'error') this.#refused(event.message);
  }

  #isOpen(): boolean {
    return this.#end === undefined;
  }

  #assertOpen(call: string): void {
    if (this.#end?.by === 'author') throw closed(call);
  }

  /** Brings our own books up to date, before anybody sees the event. */
  #note(event: DriverEvent): void {
    switch (event.type) {
      case 'subscribed':
        return this.#subscribed(event);
      case 'disconnected':
        this.#outstanding.clear();
        this.#asked.clear();
        this.#reconciliation.pause();
        this.#teardownCalls.stop();
        this.#cancelReconcileTimer();
        this.#behaviour.log.log('warn', 'Disconnected', { reason: event.reason, retryMs: event.retryMs });
        return;
      case 'offers':
        for (const offer of event.offers) this.#outstanding.add(offer.id);
        return;
      case 'rescind':
        this.#outstanding.delete(event.offerId);
        return;
      case 'inverseOffers':
        for (const inverseOffer of event.inverseOffers) this.#asked.add(inverseOffer.id);
        return;
      case 'rescindInverseOffer':
        this.#asked.delete(event.inverseOfferId);
        return;
      case 'update':
        return this.#noteForKill(event.status);
      case 'connecting':
      case 'message':
      case 'failure':
      case 'error':
      case 'heartbeat':
        return;
      default:
        unreachable(event, 'DriverEvent');
    }
  }

  /** Does what was asked for while there was no subscription, and what each new one must make sure of. */
  #subscribed(event: Subscribed): void {
    const { frameworkId, masterInfo } = event;
    this.#registration.subscribedAs(frameworkId);
    this.#behaviour.log.log('info', 'Subscribed', { frameworkId, masterId: masterInfo.id });
    this.#ready.resolve(frameworkId);
    // SUBSCRIBE has said them.
    this.#forgetWishes();
    if (this.#teardown !== undefined) return this.#teardownCalls.start();
    this.#repeatKills();
    this.#reconciliation.add(this.#tasks.live());
    this.#reconciliation.start();
    if (this.#implicitReconciliationDue) this.#reconcileImplicitly();
    this.#scheduleReconciliation();
  }

  #scheduleReconciliation(): void {
    this.#cancelReconcileTimer();
    const { clock, reconcileIntervalMs } = this.#behaviour;
    if (reconcileIntervalMs === 0) return;
    this.#reconcileTimer = clock.schedule(reconcileIntervalMs, () => {
      this.#repeatKills();
      this.#repeatWishes();
      this.#reconciliation.add(this.#tasks.live());
      this.#reconcileImplicitly();
      this.#scheduleReconciliation();
    });
  }

  /** Nothing to kill any more; or a task that was given up and is back, whose kill the master has forgotten. */
  #noteForKill(status: TaskStatus): void {
    const kill = this.#kills.get(status.taskId);
    if (kill === undefined) return;
    if (isOver(status)) this.#kills.delete(status.taskId);
    else if (status.reason === 'REASON_AGENT_REREGISTERED') this.#send(kill);
  }

  /** The master forgets a kill when it gives an agent up, though the task may come back. */
  #repeatKills(): void {
    for (const kill of this.#kills.values()) this.#send(kill);
  }

  /** A call may be lost, and nothing that comes back would show it: what was wished for since the last time, once more. */
  #repeatWishes(): void {
    const { suppressed } = this.#registration;
    const revived = [...this.#revived].filter((role) => !suppressed.has(role));
    if (this.#hasSuppressed && suppressed.size > 0) this.#send({ type: 'suppress', roles: [...suppressed] });
    if (revived.length > 0) this.#send({ type: 'revive', roles: revived });
    this.#forgetWishes();
  }

  #forgetWishes(): void {
    this.#revived.clear();
    this.#hasSuppressed = false;
  }

  #cancelReconcileTimer(): void {
    this.#reconcileTimer?.[Symbol.dispose]();
    this.#reconcileTimer = undefined;
  }

  #reconcileImplicitly(): void {
    this.#implicitReconciliationDue = !this.connected;
    this.#send({ type: 'reconcile', tasks: [] });
  }

  /** An update that is repeated is acknowledged again if it has been before, and goes no further. */
  #isNews(status: TaskStatus): boolean {
    this.#reconciliation.answered(status.taskId);
    if (this.#tasks.received(status)) return true;
    if (this.#tasks.isAcknowledged(status)) this.acknowledge(status);
    return false;
  }

  #updateDelivered(status: TaskStatus): void {
    if (this.#consumer === undefined) this.#acknowledgeDelivered(status);
  }

  #acknowledgeDelivered(status: TaskStatus): void {
    if (this.#behaviour.autoAcknowledge && this.#isOpen()) this.acknowledge(status);
  }

  #updateOverflowed(status: TaskStatus): void {
    if (this.#consumer !== undefined) return;
    this.#tasks.forgetUpdate(status);
    this.#behaviour.log.log('warn', 'An update was not kept, for nobody has subscribed to updates$', {
      taskId: status.taskId,
    });
  }

  #offersOverflowed(offers: readonly Offer[]): void {
    if (this.#consumer !== undefined) return;
    this.decline(offers);
    this.#behaviour.log.log('warn', 'Offers were declined, for nobody has subscribed to offers$', {
      count: offers.length,
    });
  }

  #refused(message: string): void {
    // The answer to a SUBSCRIBE after a teardown whose end we have not seen. @see Mesos `Master::subscribe`
    if (this.#teardown !== undefined && /\bremoved\b/.test(message)) return this.#tornDown();
    this.#behaviour.log.log('error', 'The master has ended the subscription', { message });
    this.#finish({ by: 'master', error: new SubscriptionError(message) });
  }

  #tornDown(): void {
    this.#teardown?.resolve();
    this.#finish({ by: 'author', error: undefined });
  }

  #finish(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#cancelReconcileTimer();
    this.#reconciliation.pause();
    this.#teardownCalls.stop();
    this.#subscription.end();
    const error = end.error ?? closed('ready');
    this.#ready.reject(error);
    this.#teardown?.reject(error);
    if (end.error === undefined) this.#ended.resolve();
    else this.#ended.reject(end.error);
    this.#consumer?.onEnd(end.error);
    this.#streams.end(end.error);
  }
}

function closed(call: string): ClosedError {
  return new ClosedError(`Expected an open driver for ${call}, got a closed one`);
}

function isOver({ state }: TaskStatus): boolean {
  return isTerminal(state) || state === 'TASK_UNKNOWN';
}
