import type { AgentId, FrameworkId, OfferId } from '../core/index.ts';
import type { Offer } from '../offers/index.ts';

/** What is offered: resources to a framework, or the end of an agent. */
type Listed = Pick<Offer, 'id' | 'agentId' | 'frameworkId'>;

/** Outstanding offers, of one kind or the other, by id, by agent and by framework. */
export interface Offers<T extends Listed = Offer> {
  readonly size: number;
  get(offerId: OfferId): T | undefined;
  /** Copies, oldest first: the table may change while they are walked. */
  ofAgent(agentId: AgentId): readonly T[];
  ofFramework(frameworkId: FrameworkId): readonly T[];
  all(): Iterable<T>;
}

export class OfferTable<T extends Listed = Offer> implements Offers<T> {
  readonly #byId = new Map<OfferId, T>();
  readonly #byAgent = new Map<AgentId, Set<T>>();
  readonly #byFramework = new Map<FrameworkId, Set<T>>();

  get size(): number {
    return this.#byId.size;
  }

  get(offerId: OfferId): T | undefined {
    return this.#byId.get(offerId);
  }

  ofAgent(agentId: AgentId): readonly T[] {
    return [...(this.#byAgent.get(agentId) ?? [])];
  }

  ofFramework(frameworkId: FrameworkId): readonly T[] {
    return [...(this.#byFramework.get(frameworkId) ?? [])];
  }

  all(): Iterable<T> {
    return this.#byId.values();
  }

  add(offer: T): void {
    this.#byId.set(offer.id, offer);
    addTo(this.#byAgent, offer.agentId, offer);
    addTo(this.#byFramework, offer.frameworkId, offer);
  }

  remove(offerId: OfferId): void {
    const offer = this.#byId.get(offerId);
    if (offer === undefined) return;
    this.#byId.delete(offerId);
    removeFrom(this.#byAgent, offer.agentId, offer);
    removeFrom(this.#byFramework, offer.frameworkId, offer);
  }
}

function addTo<Key, T>(index: Map<Key, Set<T>>, key: Key, offer: T): void {
  const offers = index.get(key);
  if (offers === undefined) index.set(key, new Set([offer]));
  else offers.add(offer);
}

function removeFrom<Key, T>(index: Map<Key, Set<T>>, key: Key, offer: T): void {
  const offers = index.get(key);
  offers?.delete(offer);
  if (offers?.size === 0) index.delete(key);
}
