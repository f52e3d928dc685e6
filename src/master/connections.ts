import { InvalidArgument } from '../core/index.ts';
import type { Channel, ChannelHandlers } from '../protocol/index.ts';
import { Ring } from './ring.ts';
import type { ConnectionId } from './state.ts';

/** What comes in on connections. */
export interface ConnectionEvents<In> {
  onMessage(connection: ConnectionId, message: In): void;
  /** The peer closed it; not called for those that the master closed itself. */
  onClosed(connection: ConnectionId): void;
}

interface Link<Out> {
  readonly id: ConnectionId;
  readonly handlers: ChannelHandlers<Out>;
  /** `closing`: the peer has yet to hear that the master closed it. */
  status: 'open' | 'closing' | 'closed';
}

/** On its way to a peer: a message, or the end. */
type Delivery<Out> =
  | { readonly link: Link<Out>; readonly message: Out }
  | { readonly link: Link<Out>; readonly reason: string };

/**
 * Connections within one process. Messages wait until {@link Connections.flush}, so that no peer is called while it
 * calls. Nothing is dropped: what waits is what one round of turns has said.
 */
export class Connections<In, Out> {
  readonly #links = new Map<ConnectionId, Link<Out>>();
  readonly #outbox = new Ring<Delivery<Out>>();
  readonly #events: ConnectionEvents<In>;

  constructor(events: ConnectionEvents<In>) {
    this.#events = events;
  }

  /** @throws InvalidArgument if `handlers` are none */
  open(id: ConnectionId, handlers: ChannelHandlers<Out>): Channel<In> {
    if (typeof handlers?.onMessage !== 'function' || typeof handlers.onClosed !== 'function') {
      throw new InvalidArgument('handlers', 'expected functions onMessage and onClosed');
    }
    const link: Link<Out> = { id, handlers, status: 'open' };
    this.#links.set(id, link);
    return {
      send: (message) => {
        if (link.status === 'open') this.#events.onMessage(id, message);
      },
      close: () => {
        const wasOpen = link.status === 'open';
        link.status = 'closed';
        this.#links.delete(id);
        if (wasOpen) this.#events.onClosed(id);
      },
    };
  }

  send(id: ConnectionId, message: Out): void {
    const link = this.#links.get(id);
    if (link?.status === 'open') this.#outbox.push({ link, message });
  }

  close(id: ConnectionId, reason: string): void {
    const link = this.#links.get(id);
    if (link?.status !== 'open') return;
    link.status = 'closing';
    this.#outbox.push({ link, reason });
  }

  closeAll(reason: string): void {
    for (const id of [...this.#links.keys()]) this.close(id, reason);
  }

  /** Hands over all that waits, in order. `onError` gets what a peer throws; the others still get what is theirs. */
  flush(onError: (error: unknown) => void): void {
    for (let left = this.#outbox.length; left > 0; left--) {
      const delivery = this.#outbox.shift();
      if (delivery === undefined || delivery.link.status === 'closed') continue;
      try {
        this.#deliver(delivery);
      } catch (error) {
        onError(error);
      }
    }
  }

  #deliver(delivery: Delivery<Out>): void {
    const { link } = delivery;
    if ('message' in delivery) {
      link.handlers.onMessage(delivery.message);
      return;
    }
    link.status = 'closed';
    this.#links.delete(link.id);
    link.handlers.onClosed(delivery.reason);
  }
}
