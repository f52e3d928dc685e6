import type { AgentId, FrameworkId, OfferId } from '../core/index.ts';
import type { Offer } from '../offers/index.ts';

/** Outstanding offers by id, by agent and by framework. */
export interface Offers {
  readonly size: number;
  get(offerId: OfferId): Offer | undefined;
  /** Copies, oldest first: the table may change while they are walked. */
  ofAgent(agentId: AgentId): readonly Offer[];
  ofFramework(frameworkId: FrameworkId): readonly Offer[];
  all(): Iterable<Offer>;
}

export class OfferTable implements Offers {
  readonly #byId = new Map<OfferId, Offer>();
  readonly #byAgent = new Map<AgentId, Set<Offer>>();
  readonly #byFramework = new Map<FrameworkId, Set<Offer>>();

  get size(): number {
    return this.#byId.size;
  }

  get(offerId: OfferId): Offer | undefined {
    return this.#byId.get(offerId);
  }

  ofAgent(agentId: AgentId): readonly Offer[] {
    return [...(this.#byAgent.get(agentId) ?? [])];
  }

  ofFramework(frameworkId: FrameworkId): readonly Offer[] {
    return [...(this.#byFramework.get(frameworkId) ?? [])];
  }

  all(): Iterable<Offer> {
    return this.#byId.values();
  }

  add(offer: Offer): void {
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

function addTo<Key>(index: Map<Key, Set<Offer>>, key: Key, offer: Offer): void {
  const offers = index.get(key);
  if (offers === undefined) index.set(key, new Set([offer]));
  else offers.add(offer);
}

function removeFrom<Key>(index: Map<Key, Set<Offer>>, key: Key, offer: Offer): void {
  const offers = index.get(key);
  offers?.delete(offer);
  if (offers?.size === 0) index.delete(key);
}
