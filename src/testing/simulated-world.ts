import type { FaultPlan } from './fault-plan.ts';
import type { SimulatedAgent } from './simulate-options.ts';

/** A cluster, and what happens to it: what `simulate` needs besides the frameworks. */
export interface World {
  readonly agents: readonly SimulatedAgent[];
  readonly faults: FaultPlan;
  /** Of the simulation: how long tasks run, how long messages take. */
  readonly seed: number;
}
