export { effectiveRefuseMs, type Filters, REFUSE_MS_DEFAULT, REFUSE_MS_MAX } from './filters.ts';
export type { Offer } from './offer.ts';
export type { OfferOperation } from './operation.ts';
