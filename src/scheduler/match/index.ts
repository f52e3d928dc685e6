export type { Constraint, Place } from './constraint.ts';
export {
  type Match,
  type MatchContext,
  type MatchResult,
  type Mismatch,
  matchAll,
  matchOffer,
  type Packing,
} from './match-offer.ts';
export { countRefusals, type Refusal, type RefusalCount, type RefusalRule } from './refusal.ts';
export type { PortRequest, Requirement } from './requirement.ts';
