import { unreachable } from '../core/index.ts';
import type { Channel, SchedulerCall, SchedulerEndpoint, SchedulerEvent, Subscribe } from '../protocol/index.ts';
import type { Clock, Random } from '../runtime/index.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { ConnectionEvent } from './driver.ts';

/** So many heartbeats may be missed; then the connection is taken for dead. */
const HEARTBEATS_MISSED_MAX = 3;

/** A subscription that did not last so long counts as one more failed attempt. */
const STABLE_MS = 1_000;

type Disconnected = Extract<ConnectionEvent, { readonly type: 'disconnected' }>;

export interface SubscriptionOptions {
  readonly endpoint: SchedulerEndpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: Backoff;
  /** For so long a master may take to answer SUBSCRIBE, in milliseconds. */
  readonly subscribeTimeoutMs: number;
  /** What to subscribe with, by now. */
  readonly subscribe: () => Subscribe;
  /** Before every attempt but the first. */
  readonly onConnecting: (attempt: number) => void;
  /** The first event of each subscription is `subscribed`, or `error`; nothing follows an `error`. */
  readonly onEvent: (event: SchedulerEvent) => void;
  /** `closedByMaster`: it was an end of the connection, not silence or a failed attempt. */
  readonly onDisconnected: (event: Disconnected, closedByMaster: boolean) => void;
}

/** One connection to the master. */
interface Connection {
  channel: Channel<SchedulerCall> | undefined;
  /** Monotonic time of SUBSCRIBED. */
  subscribedMs: number | undefined;
  /** Monotonic time of the last message, or of the attempt. */
  heardMs: number;
  /** For so long the master may be silent. */
  silenceMaxMs: number;
}

/**
 * Keeps one subscription alive: connects, watches the heartbeats, connects again with backoff when the connection is
 * closed, silent, or cannot be made. An ERROR from the master ends it for good. Messages of a connection that was
 * given up are ignored, so after `onDisconnected` nothing old arrives.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  #connection: Connection | undefined;
  /** Attempts since the last subscription that lasted. */
  #failures = 0;
  #timer: Disposable | undefined;
  #ended = false;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  get subscribed(): boolean {
    return this.#connection?.subscribedMs !== undefined;
  }

  start(): void {
    this.#connect();
  }

  /** Sends on the current subscription; `false` if there is none, and then nothing is sent or kept. */
  send(call: SchedulerCall): boolean {
    if (this.#connection?.subscribedMs === undefined) return false;
    this.#connection.channel?.send(call);
    return true;
  }

  /** Ends the connection, if there is one, and makes no other. */
  end(): void {
    this.#ended = true;
    this.#cancelTimer();
    const channel = this.#connection?.channel;
    this.#connection = undefined;
    channel?.close();
  }

  #connect(): void {
    const { clock, endpoint, subscribeTimeoutMs } = this.#options;
    const connection: Connection = {
      channel: undefined,
      subscribedMs: undefined,
      heardMs: clock.monotonicMs(),
      silenceMaxMs: subscribeTimeoutMs,
    };
    this.#connection = connection;
    try {
      connection.channel = endpoint.connect(this.#options.subscribe(), {
        onMessage: (event) => this.#receive(connection, event),
        onClosed: (reason) => this.#lose(connection, reason, true),
      });
    } catch (error) {
      // In a turn of its own, so that nothing is told before `start` has returned.
      const reason = `cannot connect: ${error instanceof Error ? error.message : String(error)}`;
      this.#timer = clock.schedule(0, () => this.#lose(connection, reason));
      return;
    }
    this.#watch(connection);
  }

  #receive(connection: Connection, event: SchedulerEvent): void {
    if (connection !== this.#connection) return;
    connection.heardMs = this.#options.clock.monotonicMs();
    switch (event.type) {
      case 'subscribed':
        if (!(Number.isFinite(event.heartbeatIntervalMs) && event.heartbeatIntervalMs > 0)) {
          // It could not be told from a dead one; another master may know better.
          const got = String(event.heartbeatIntervalMs);
          return this.#lose(
            connection,
            `expected heartbeatIntervalMs of SUBSCRIBED to be finite and greater than 0, got ${got}`,
          );
        }
        connection.subscribedMs = connection.heardMs;
        connection.silenceMaxMs = HEARTBEATS_MISSED_MAX * event.heartbeatIntervalMs;
        this.#watch(connection);
        this.#options.onEvent(event);
        return;
      case 'error':
        this.end();
        this.#options.onEvent(event);
        return;
      case 'offers':
      case 'rescind':
      case 'inverseOffers':
      case 'rescindInverseOffer':
      case 'update':
      case 'message':
      case 'failure':
      case 'heartbeat':
        // Before SUBSCRIBED nothing else may come; it would belong to no subscription.
        if (connection.subscribedMs !== undefined) this.#options.onEvent(event);
        return;
      default:
        unreachable(event, 'SchedulerEvent');
    }
  }

  #lose(connection: Connection, reason: string, closedByMaster = false): void {
    if (connection !== this.#connection || this.#ended) return;
    const { clock, random, backoff } = this.#options;
    this.#connection = undefined;
    const { subscribedMs } = connection;
    if (subscribedMs !== undefined && clock.monotonicMs() - subscribedMs >= STABLE_MS) this.#failures = 0;
    const retryMs = backoffMs(this.#failures, backoff, random);
    this.#failures += 1;
    this.#cancelTimer();
    this.#timer = clock.schedule(retryMs, () => {
      this.#options.onConnecting(this.#failures + 1);
      // Whoever was told may have ended it.
      if (!this.#ended) this.#connect();
    });
    connection.channel?.close();
    this.#options.onDisconnected(
      { type: 'disconnected', reason, retryMs },
      closedByMaster && subscribedMs !== undefined,
    );
  }

  /** One timer per connection: when it fires early, because something was heard meanwhile, it is set again. */
  #watch(connection: Connection): void {
    const { clock } = this.#options;
    this.#cancelTimer();
    const silentMs = clock.monotonicMs() - connection.heardMs;
    const leftMs = connection.silenceMaxMs - silentMs;
    if (leftMs > 0) {
      this.#timer = clock.schedule(leftMs, () => this.#watch(connection));
      return;
    }
    const waitedFor = connection.subscribedMs === undefined ? 'no answer to SUBSCRIBE' : 'no heartbeat';
    this.#lose(connection, `${waitedFor} for ${silentMs} ms`);
  }

  #cancelTimer(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
