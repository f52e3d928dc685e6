/**
 * A cluster in virtual time, for tests: the simulator that this package is tested with, for frameworks of others too.
 *
 * @packageDocumentation
 */
export {
  type AgentOptions,
  type AgentsOptions,
  type Arbitraries,
  arbitraries,
  type Bounds,
  DEFAULT_FAULTS,
  type FaultOptions,
  type FaultPlanOptions,
  type WorldOptions,
} from './arbitraries.ts';
export { checkScheduler, SchedulerFailure } from './check-scheduler.ts';
export type { CheckSchedulerOptions, SchedulerCheck } from './check-scheduler-options.ts';
export { everyFault, FAULT_KINDS, type FaultKind, type FaultPlan, type ScriptedFault } from './fault-plan.ts';
export { type FastCheck, type ResourceArbitraries, type ResourceFeatures } from './resource-arbitraries.ts';
export type { HeldOffer, HistoryEvent, LaunchedTask, OfferEnd, SchedulerHistory } from './scheduler-history.ts';
export {
  declinesWhatItLeaves,
  type FinishesOptions,
  finishes,
  hoardsNoOffers,
  type LaunchesNothingTwiceOptions,
  launchesNothingTwice,
  launchesWhatFits,
  losesNoTask,
  type PatienceOptions,
  type SchedulerPropertiesOptions,
  schedulerProperties,
  type WorkOptions,
} from './scheduler-properties.ts';
export type { PropertyWatch, SchedulerProperty } from './scheduler-property.ts';
export { type ShrunkSimulation, shrinkFaults } from './shrink-faults.ts';
export { simulate } from './simulate.ts';
export {
  type SimulatedAgent,
  type SimulatedFramework,
  type SimulationCounts,
  SimulationFailure,
  type SimulationOptions,
  type SimulationResult,
  type TaskOutcome,
} from './simulate-options.ts';
export type { SimulationRule } from './simulation-rule.ts';
export { SimulatedClock } from './simulated-clock.ts';
export type { World } from './simulated-world.ts';
