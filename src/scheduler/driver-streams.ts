import type { OfferId } from '../core/index.ts';
import { unreachable } from '../core/index.ts';
import type { InverseOffer, Offer } from '../offers/index.ts';
import type { TaskStatus } from '../tasks/index.ts';
import type { DriverEvent, FailureEvent, MessageEvent } from './driver.ts';
import { Outlet } from './outlet.ts';

export interface DriverStreamsOptions {
  /** Per stream; see {@link Outlet}. */
  readonly keepMax: number;
  /** Of a batch that was kept: the offers that are still ours to answer. */
  readonly stillOutstanding: (offers: readonly Offer[]) => readonly Offer[];
  /** The same of inverse offers. */
  readonly stillAsked: (inverseOffers: readonly InverseOffer[]) => readonly InverseOffer[];
  readonly onOffersOverflow: (offers: readonly Offer[]) => void;
  readonly onUpdateDelivered: (status: TaskStatus) => void;
  readonly onUpdateOverflow: (status: TaskStatus) => void;
}

/** The streams that an author sees, fed from one sequence of events. */
export class DriverStreams {
  readonly offers: Outlet<readonly Offer[]>;
  readonly rescinded: Outlet<OfferId>;
  readonly inverseOffers: Outlet<readonly InverseOffer[]>;
  readonly updates: Outlet<TaskStatus>;
  readonly messages: Outlet<MessageEvent>;
  readonly failures: Outlet<FailureEvent>;
  readonly events: Outlet<DriverEvent> = new Outlet({ keepMax: 0 });

  constructor(options: DriverStreamsOptions) {
    const { keepMax } = options;
    this.offers = new Outlet({
      keepMax,
      refresh: (offers) => {
        const left = options.stillOutstanding(offers);
        return left.length === 0 ? undefined : left;
      },
      onOverflow: options.onOffersOverflow,
    });
    this.updates = new Outlet({
      keepMax,
      onDelivered: options.onUpdateDelivered,
      onOverflow: options.onUpdateOverflow,
    });
    this.rescinded = new Outlet({ keepMax });
    this.inverseOffers = new Outlet({
      keepMax,
      refresh: (inverseOffers) => {
        const left = options.stillAsked(inverseOffers);
        return left.length === 0 ? undefined : left;
      },
    });
    this.messages = new Outlet({ keepMax });
    this.failures = new Outlet({ keepMax });
  }

  push(event: DriverEvent): void {
    switch (event.type) {
      case 'offers':
        return this.offers.push(event.offers);
      case 'rescind':
        return this.rescinded.push(event.offerId);
      case 'inverseOffers':
        return this.inverseOffers.push(event.inverseOffers);
      case 'update':
        return this.updates.push(event.status);
      case 'message':
        return this.messages.push(event);
      case 'failure':
        return this.failures.push(event);
      case 'rescindInverseOffer':
      case 'connecting':
      case 'disconnected':
      case 'subscribed':
      case 'heartbeat':
      case 'error':
        return;
      default:
        unreachable(event, 'DriverEvent');
    }
  }

  /** Completes all streams, or fails them with `error`. */
  end(error: Error | undefined): void {
    this.offers.end(error);
    this.rescinded.end(error);
    this.inverseOffers.end(error);
    this.updates.end(error);
    this.messages.end(error);
    this.failures.end(error);
    this.events.end(error);
  }
}
