import type { FrameworkId, OfferId } from '../../core/index.ts';
import type { Offer } from '../../offers/index.ts';

/**
 * Why an ACCEPT of these offers is refused as a whole, or `undefined`: there must be at least one, none twice, all
 * outstanding, all this framework's, all of one role and of one agent. The first rule that fails, for all the offers,
 * decides.
 *
 * @param lookup the outstanding offer of an id
 * @see Mesos `src/master/validation.cpp`, `offer::validate`
 */
export function validateOfferIds(
  offerIds: readonly OfferId[],
  lookup: (offerId: OfferId) => Offer | undefined,
  frameworkId: FrameworkId,
): string | undefined {
  if (offerIds.length === 0) return 'No offers specified';
  const seen = new Set<OfferId>();
  for (const offerId of offerIds) {
    if (seen.has(offerId)) return `Offer ${offerId} is listed twice`;
    seen.add(offerId);
  }
  const offers: Offer[] = [];
  for (const offerId of offerIds) {
    const offer = lookup(offerId);
    if (offer === undefined) return `Offer ${offerId} is no longer valid`;
    offers.push(offer);
  }
  const foreign = offers.find((offer) => offer.frameworkId !== frameworkId);
  if (foreign !== undefined) {
    return `Offer ${foreign.id} belongs to framework ${foreign.frameworkId}, expected framework ${frameworkId}`;
  }
  return oneOnly(offers, 'role', (offer) => offer.role) ?? oneOnly(offers, 'agent', (offer) => offer.agentId);
}

function oneOnly(offers: readonly Offer[], what: string, of: (offer: Offer) => string): string | undefined {
  const [first] = offers;
  const other = offers.find((offer) => first !== undefined && of(offer) !== of(first));
  if (first === undefined || other === undefined) return undefined;
  return (
    `Offers that are accepted together must be of one ${what}: ` +
    `offer ${first.id} is of ${what} '${of(first)}', offer ${other.id} of ${what} '${of(other)}'`
  );
}
