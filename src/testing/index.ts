/**
 * A cluster in virtual time, for tests: the simulator that this package is tested with, for frameworks of others too.
 *
 * @packageDocumentation
 */
export { everyFault, FAULT_KINDS, type FaultKind, type FaultPlan, type ScriptedFault } from './fault-plan.ts';
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
export { SimulatedClock } from './simulated-clock.ts';
