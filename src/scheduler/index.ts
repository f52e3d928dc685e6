/**
 * What a framework's author needs: a driver, or a scheduler as a function and something that runs it; the matcher; and
 * makers of tasks.
 *
 * @packageDocumentation
 */
export type {
  AttributeConstraint,
  ConstraintGroup,
  ConstraintPredicate,
  ConstraintSelector,
  OfferConstraints,
} from '../offers/index.ts';
export type { Backoff } from './backoff.ts';
export {
  callsOf,
  type InverseOfferReference,
  type KillRequest,
  type OfferReference,
  type OneOrMore,
  type SchedulerCalls,
} from './call-maker.ts';
export { connect } from './connect.ts';
export type {
  ConnectionEvent,
  Driver,
  DriverEvent,
  FailureEvent,
  MasterReference,
  MessageEvent,
} from './driver.ts';
export { DEFAULT_BACKOFF, type DriverOptions } from './driver-options.ts';
export { DEFAULT_CAPABILITIES, type FrameworkOptions, frameworkInfo } from './framework-options.ts';
export { fromCallbacks, type SchedulerCallbacks } from './from-callbacks.ts';
export {
  type Constraint,
  countRefusals,
  type Match,
  type MatchContext,
  type MatchResult,
  type Mismatch,
  matchAll,
  matchOffer,
  type Packing,
  type Place,
  type PortRequest,
  type Refusal,
  type RefusalCount,
  type RefusalRule,
  type Requirement,
} from './match/index.ts';
export { run, type SchedulerRun } from './run.ts';
export type { Scheduler, SchedulerAction, SchedulerInput, WakeUp } from './scheduler.ts';
export {
  type CommandTaskSpec,
  commandTask,
  type InProcessTaskSpec,
  inProcessTask,
  type ResourceAmounts,
} from './task-makers.ts';
