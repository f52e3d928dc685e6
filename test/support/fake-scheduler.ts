import type { FrameworkId, OfferId, TaskId } from '../../src/core/index.ts';
import type { Offer, OfferConstraints } from '../../src/offers/index.ts';
import type {
  Channel,
  FrameworkInfo,
  SchedulerCall,
  SchedulerEndpoint,
  SchedulerEvent,
} from '../../src/protocol/index.ts';
import type { TaskStatus } from '../../src/tasks/index.ts';

/** A scheduler that does nothing of its own accord: it keeps what it is told, and says what the test has it say. */
export class FakeScheduler {
  readonly #endpoint: SchedulerEndpoint;
  #channel: Channel<SchedulerCall> | undefined;
  info: FrameworkInfo;
  /** Everything, oldest first, over all connections. */
  readonly events: SchedulerEvent[] = [];
  readonly closed: string[] = [];
  readonly offers: Map<OfferId, Offer> = new Map();

  constructor(endpoint: SchedulerEndpoint, info: Partial<FrameworkInfo> = {}) {
    this.#endpoint = endpoint;
    this.info = {
      user: 'nobody',
      name: 'test',
      roles: ['eng'],
      checkpoint: true,
      failoverTimeoutMs: 60_000,
      capabilities: ['MULTI_ROLE', 'PARTITION_AWARE', 'RESERVATION_REFINEMENT'],
      ...info,
    };
  }

  /** Of the framework, once it has subscribed. */
  get id(): FrameworkId {
    if (this.info.id === undefined) throw new Error(`Framework ${this.info.name} has not subscribed yet`);
    return this.info.id;
  }

  get isConnected(): boolean {
    return this.#channel !== undefined;
  }

  connect(suppressedRoles: readonly string[] = [], offerConstraints: OfferConstraints = {}): void {
    const channel: Channel<SchedulerCall> = this.#endpoint.connect(
      { type: 'subscribe', frameworkInfo: this.info, suppressedRoles, offerConstraints },
      {
        onMessage: (event) => {
          if (this.#channel === channel) this.#hear(event);
          else this.events.push(event);
        },
        onClosed: (reason) => {
          this.closed.push(reason);
          if (this.#channel === channel) this.#channel = undefined;
        },
      },
    );
    this.#channel = channel;
    this.offers.clear();
  }

  disconnect(): void {
    this.#channel?.close();
    this.#channel = undefined;
    this.offers.clear();
  }

  call(call: SchedulerCall): void {
    if (call.type === 'accept' || call.type === 'decline') for (const id of call.offerIds) this.offers.delete(id);
    this.#channel?.send(call);
  }

  acknowledge(status: TaskStatus): void {
    const { agentId, taskId, uuid } = status;
    if (agentId === undefined || uuid === undefined)
      throw new Error(`Nothing to acknowledge in ${JSON.stringify(status)}`);
    this.call({ type: 'acknowledge', agentId, taskId, uuid });
  }

  /** The updates so far, of one task or all. */
  updates(taskId?: TaskId): readonly TaskStatus[] {
    return this.events.flatMap((event) =>
      event.type === 'update' && (taskId === undefined || event.status.taskId === taskId) ? [event.status] : [],
    );
  }

  /** The types of the events so far, heartbeats left out. */
  heard(): readonly string[] {
    return this.events.map(({ type }) => type).filter((type) => type !== 'heartbeat');
  }

  /** An outstanding offer, the oldest one. */
  offer(): Offer {
    const [offer] = this.offers.values();
    if (offer === undefined) throw new Error(`Framework ${this.info.name} has no offer`);
    return offer;
  }

  #hear(event: SchedulerEvent): void {
    this.events.push(event);
    if (event.type === 'subscribed') this.info = { ...this.info, id: event.frameworkId };
    if (event.type === 'offers') for (const offer of event.offers) this.offers.set(offer.id, offer);
    if (event.type === 'rescind') this.offers.delete(event.offerId);
  }
}
