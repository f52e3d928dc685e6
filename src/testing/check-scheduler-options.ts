import type { AgentsOptions } from './arbitraries.ts';
import type { FaultKind } from './fault-plan.ts';
import type { SimulatedFramework, SimulationOptions } from './simulate-options.ts';

/** What `checkScheduler` tries. */
export interface CheckSchedulerOptions extends Pick<SimulatedFramework, 'role' | 'options' | 'driver'> {
  /** Name of the framework, in stories; `framework` if absent. */
  readonly name?: string;
  /** All chance comes from it: the same seed, the same worlds. 1 if absent; another one looks elsewhere. */
  readonly seed?: number;
  /** From a report: only the world that it is about. */
  readonly path?: string;
  /** How many worlds are tried; 100 if absent. */
  readonly numRuns?: number;
  /** Which clusters: such that the work fits, or it cannot finish. From 1 to 5 agents if absent. */
  readonly agents?: AgentsOptions;
  /** Which faults there may be; `DEFAULT_FAULTS` if absent, and none for an empty list. */
  readonly faults?: readonly FaultKind[];
  /** At most so many faults in a world; 5 if absent. */
  readonly maxFaults?: number;
  /** For how many virtual milliseconds there may be faults; 120,000 (2 minutes) if absent. */
  readonly durationMs?: number;
  /** How long the scheduler may take after the last of them; 2,700,000 (45 minutes) if absent. */
  readonly healMs?: number;
  readonly master?: SimulationOptions['master'];
}

/** What was tried, when nothing was found. */
export interface SchedulerCheck {
  readonly seed: number;
  /** Worlds. */
  readonly runs: number;
  readonly virtualMs: number;
  readonly launches: number;
  /** Faults that happened, by kind. */
  readonly faults: Partial<Readonly<Record<FaultKind, number>>>;
}
