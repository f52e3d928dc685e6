export {
  type AttributeConstraint,
  compileConstraints,
  type ConstrainedAgent,
  type ConstraintFilter,
  type ConstraintGroup,
  type ConstraintPredicate,
  type ConstraintSelector,
  type FaultDomain,
  type OfferConstraints,
} from './constraints.ts';
export { effectiveRefuseMs, type Filters, REFUSE_MS_DEFAULT, REFUSE_MS_MAX } from './filters.ts';
export type { InverseOffer, InverseOfferStatus, Unavailability } from './inverse-offer.ts';
export {
  OFFER_TRANSITIONS,
  type OfferOutcome,
  type OfferStatus,
  type OfferStimulus,
  offerOutcome,
} from './lifecycle.ts';
export type { Offer } from './offer.ts';
export type { OfferOperation } from './operation.ts';
