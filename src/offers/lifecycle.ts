import type { Offer } from './offer.ts';

/** Where an offer stands. All but `outstanding` are final: its id is never used again. */
export type OfferStatus = 'outstanding' | 'accepted' | 'declined' | 'rescinded';

/** What can happen to an offer. */
export type OfferStimulus =
  /** Its framework accepts it, in an ACCEPT of which every offer may be accepted. */
  | 'accept'
  /** Its framework accepts it together with offers that may not be accepted with it. */
  | 'acceptInvalid'
  /** Its framework declines it. */
  | 'decline'
  /** The master takes it back: its agent or framework is gone, or something in it has been taken away. */
  | 'rescind'
  /** Nobody answered it in time. */
  | 'timeout';

/**
 * The new status, or
 *
 * - `rejected`: too late; the framework is told, for each task that it wanted to launch (REASON_INVALID_OFFERS);
 * - `ignored`: too late, and nobody needs to know.
 */
export type OfferOutcome = Exclude<OfferStatus, 'outstanding'> | 'rejected' | 'ignored';

/** Every status meets every stimulus: an offer ends exactly once, and whoever comes second loses the race. */
export const OFFER_TRANSITIONS: Readonly<Record<OfferStatus, Readonly<Record<OfferStimulus, OfferOutcome>>>> = {
  outstanding: {
    accept: 'accepted',
    // Given back without a filter, as nothing was done with it and nothing said against it.
    acceptInvalid: 'declined',
    decline: 'declined',
    rescind: 'rescinded',
    timeout: 'rescinded',
  },
  accepted: {
    accept: 'rejected',
    acceptInvalid: 'rejected',
    decline: 'ignored',
    rescind: 'ignored',
    timeout: 'ignored',
  },
  declined: {
    accept: 'rejected',
    acceptInvalid: 'rejected',
    decline: 'ignored',
    rescind: 'ignored',
    timeout: 'ignored',
  },
  rescinded: {
    accept: 'rejected',
    acceptInvalid: 'rejected',
    decline: 'ignored',
    rescind: 'ignored',
    timeout: 'ignored',
  },
};

/**
 * What a stimulus comes to. The master keeps outstanding offers only; of one that has ended it does not know how, and
 * need not: the rows of the table are the same for all ends.
 *
 * @param offer the outstanding offer of the id in question, `undefined` if there is none
 */
export function offerOutcome(offer: Offer | undefined, stimulus: OfferStimulus): OfferOutcome {
  return OFFER_TRANSITIONS[offer === undefined ? 'rescinded' : 'outstanding'][stimulus];
}
