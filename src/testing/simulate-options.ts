import { MesosError, type TaskId } from '../core/index.ts';
import type { MasterOptions } from '../master/index.ts';
import type { Resources } from '../resources/index.ts';
import type { DriverOptions, FrameworkOptions, Scheduler } from '../scheduler/index.ts';
import type { TaskState } from '../tasks/index.ts';
import type { FaultKind, FaultPlan, ScriptedFault } from './fault-plan.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import type { SimulationRule } from './simulation-rule.ts';

/** One machine with an agent on it. */
export interface SimulatedAgent {
  /** `a1`, `a2`, … if absent. */
  readonly hostname?: string;
  /** `cpus:4;mem:4096;disk:10000;ports:[31000-31099]` if absent. */
  readonly resources?: string | Resources;
  /** Such as `rack:r1;gen:2`. */
  readonly attributes?: string;
}

/** One framework, with its scheduler as a function. */
export interface SimulatedFramework {
  /** Unique in the simulation. */
  readonly name: string;
  /** `*` if absent. */
  readonly role?: string;
  /** Of its role; 1 if absent. */
  readonly weight?: number;
  /**
   * Its state is all that outlives the crash of a scheduler. If it has `finished`, it must come to that before the
   * simulation ends: that is part of liveness.
   */
  readonly scheduler: Scheduler<unknown>;
  /** `failoverTimeoutMs` is 600,000 and `user` is `sim` if absent. */
  readonly options?: Partial<FrameworkOptions>;
  /** Clock, random and log are the simulation's. */
  readonly driver?: Omit<DriverOptions, 'clock' | 'random' | 'log'>;
}

/**
 * What is simulated. Tasks live as the seed, their labels and their command say, also those of the in-process executor
 * `sim`, which every agent has:
 *
 * | label | means |
 * | --- | --- |
 * | `sim.durationMs` | for so long it runs; `forever` until it is killed. Absent: `sleep 3` as command means 3 s, else drawn, 1 to 60 s |
 * | `sim.exit` | its exit status; absent: `exit 3` and `false` as command mean that, else 0 |
 * | `sim.killMs` | how long it takes to end when it is told to; `ignore`: it waits for SIGKILL. Absent: drawn, below 1 s |
 * | `sim.launch` | `fail`: it cannot even be started |
 */
export interface SimulationOptions {
  /** An unsigned 32-bit integer: all chance comes from it. */
  readonly seed: number;
  /** How many, all alike, or which. */
  readonly agents: number | readonly SimulatedAgent[];
  readonly frameworks: readonly SimulatedFramework[];
  /** Nothing goes wrong if absent. */
  readonly faults?: FaultPlan;
  /** For how many virtual milliseconds faults happen; 3,600,000 (an hour) if absent. */
  readonly durationMs?: number;
  /** Then faults stop and all is repaired; for so long it may take until all is well, which ends it. 2,700,000 (45 minutes) if absent, 0 for no such demand. */
  readonly healMs?: number;
  /**
   * Whether all lines of the trace are kept; if not, and that is the default, only the last ones, for a failure. `none`:
   * none is made, which is for measuring speed, and `traceHash` is empty.
   */
  readonly trace?: boolean | 'none';
  /** Is given every line of the trace as it comes. */
  readonly onTrace?: (line: string) => void;
  /** Checks of the whole state after every step; true if absent. False is for measuring speed. */
  readonly check?: boolean;
  /** Options of the master; `offerTimeoutMs` is 120,000 if absent, so that an offer whose answer was lost comes back. */
  readonly master?: Omit<Partial<MasterOptions>, 'clock' | 'random' | 'log'>;
  /** What it runs on, for whoever wants to read the time meanwhile; a new one if absent. */
  readonly clock?: SimulatedClock;
  /** Ends the simulation after the step in which this has become true; what comes later is then not checked. */
  readonly stopWhen?: () => boolean;
  /** The command that replays this simulation, for the message of a failure. */
  readonly replay?: string;
}

/** What became of a task in the end. */
export interface TaskOutcome {
  /** Name of the framework that launched it. */
  readonly framework: string;
  readonly taskId: TaskId;
  /** Host name of the agent it was launched on. */
  readonly agent: string;
  /** The last state that its framework was told; `undefined` if it was told none. */
  readonly state: TaskState | undefined;
  /** All states that its framework was told, in order. */
  readonly history: readonly TaskState[];
}

export interface SimulationCounts {
  /** Of every kind that happened. */
  readonly faults: Partial<Readonly<Record<FaultKind, number>>>;
  /** Messages that arrived, in both directions. */
  readonly messages: number;
  /** Tasks that frameworks asked to launch. */
  readonly launches: number;
  /** Tasks by the last state that their framework was told; `none` if it was told nothing. */
  readonly tasks: Partial<Readonly<Record<TaskState | 'none', number>>>;
}

export interface SimulationResult {
  readonly seed: number;
  /** One line for each event, if they were kept. */
  readonly trace: readonly string[];
  /** Of all lines, kept or not: equal for equal simulations. Empty if no line was made. */
  readonly traceHash: string;
  /** Callbacks of the clock. */
  readonly steps: number;
  readonly virtualMs: number;
  readonly counts: SimulationCounts;
  /** In the order of their launch. */
  readonly tasks: readonly TaskOutcome[];
  /** Everything that went wrong, as a script: it repeats the simulation, byte for byte, in the place of rates. */
  readonly faults: readonly ScriptedFault[];
}

/** Something that must always be true was not. */
export class SimulationFailure extends MesosError {
  /** What was broken. */
  readonly rule: SimulationRule;
  /** Such as `T3: task t1 of framework f1 has ended twice, …`. */
  readonly violation: string;
  readonly seed: number;
  /** The last lines of the trace, oldest first. */
  readonly lastEvents: readonly string[];
  /** The command that replays it. */
  readonly replay: string;
  /** What went wrong until then, as a script that repeats it; `shrinkFaults` makes a shorter one of it. */
  readonly faults: readonly ScriptedFault[];

  constructor(
    violation: string,
    details: Pick<SimulationFailure, 'rule' | 'seed' | 'lastEvents' | 'replay' | 'faults'>,
    options?: ErrorOptions,
  ) {
    const { seed, lastEvents, replay } = details;
    const story = lastEvents.map((line) => `  ${line}`).join('\n');
    super(
      'MESOS_ERR_SIMULATION',
      `${violation}\nThe last events:\n${story}\nSeed ${seed}. To replay: ${replay}`,
      options,
    );
    this.rule = details.rule;
    this.faults = details.faults;
    this.violation = violation;
    this.seed = seed;
    this.lastEvents = lastEvents;
    this.replay = replay;
  }
}
