import type { ScriptedFault } from './fault-plan.ts';
import { simulate } from './simulate.ts';
import { SimulationFailure, type SimulationOptions } from './simulate-options.ts';
import { SimulatedClock } from './simulated-clock.ts';

/** A simulation that fails, made small. */
export interface ShrunkSimulation {
  /** All that is needed to see it fail: `simulate(options)` throws the same as `failure`. */
  readonly options: SimulationOptions;
  /** Of the small one. */
  readonly failure: SimulationFailure;
  /** How many faults there were at first. */
  readonly faultsBefore: number;
  /** Simulations that were run on the way. */
  readonly runs: number;
}

/** So many simulations are run for it at most. */
const RUNS_MAX = 400;

/**
 * Looks for the shortest story of a simulation that fails: the faults that happened are written down as a script; then
 * halves of it, quarters, and single faults are left out for as long as the same rule is broken; then frameworks and
 * agents. `undefined` if nothing fails.
 *
 * @param options of `simulate`; no more than `runsMax` simulations are run (400 if absent)
 * @throws InvalidArgument naming the option at fault
 */
export function shrinkFaults(
  options: SimulationOptions,
  { runsMax = RUNS_MAX }: { readonly runsMax?: number } = {},
): ShrunkSimulation | undefined {
  const first = failureOf(options);
  if (first === undefined) return undefined;
  const search = new Search({ ...options, faults: { script: first.faults } }, { rule: first.rule, runsMax });
  if (!search.fails(search.options)) {
    // Something of it is not in the script: it is told as it was.
    return { options, failure: withStory(options, first), faultsBefore: first.faults.length, runs: search.runs };
  }
  search.leaveOutFaults();
  search.leaveOutFrameworks();
  search.leaveOutAgents();
  search.leaveOutFaults();
  return {
    options: search.options,
    failure: withStory(search.options, first),
    faultsBefore: first.faults.length,
    runs: search.runs,
  };
}

/** The smallest that was found until now, and what may be tried yet. */
class Search {
  options: SimulationOptions;
  runs = 0;
  readonly #rule: SimulationFailure['rule'];
  readonly #runsMax: number;

  constructor(options: SimulationOptions, { rule, runsMax }: { rule: SimulationFailure['rule']; runsMax: number }) {
    this.options = options;
    this.#rule = rule;
    this.#runsMax = runsMax;
  }

  fails(options: SimulationOptions): boolean {
    this.runs += 1;
    return failureOf(options)?.rule === this.#rule;
  }

  /** Delta debugging: pieces are left out, large ones first, until no single fault can be. */
  leaveOutFaults(): void {
    this.#leaveOut(this.#script, (script) => ({ ...this.options, faults: { script } }));
  }

  leaveOutFrameworks(): void {
    this.#leaveOut(this.options.frameworks, (frameworks) => ({ ...this.options, frameworks }));
  }

  leaveOutAgents(): void {
    const { agents } = this.options;
    if (typeof agents !== 'number') {
      this.#leaveOut(agents, (fewer) => ({ ...this.options, agents: fewer }));
      return;
    }
    for (let fewer = 1; fewer < agents; fewer *= 2) if (this.#take({ ...this.options, agents: fewer })) return;
  }

  get #script(): readonly ScriptedFault[] {
    return this.options.faults?.script ?? [];
  }

  #leaveOut<T>(all: readonly T[], without: (kept: readonly T[]) => SimulationOptions): void {
    let kept = all;
    for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let from = 0; from < kept.length; ) {
        const fewer = [...kept.slice(0, from), ...kept.slice(from + size)];
        if (this.#take(without(fewer))) kept = fewer;
        else from += size;
      }
    }
  }

  #take(options: SimulationOptions): boolean {
    if (this.runs >= this.#runsMax || !this.fails(options)) return false;
    this.options = options;
    return true;
  }
}

/** Without its story, which takes a second run. */
function failureOf({ trace: _trace, ...options }: SimulationOptions): SimulationFailure | undefined {
  try {
    simulate({ ...options, clock: new SimulatedClock() });
    return undefined;
  } catch (error) {
    if (error instanceof SimulationFailure) return error;
    throw error;
  }
}

function withStory({ clock: _clock, ...options }: SimulationOptions, otherwise: SimulationFailure): SimulationFailure {
  try {
    simulate({ ...options, trace: true });
    return otherwise;
  } catch (error) {
    if (error instanceof SimulationFailure) return error;
    throw error;
  }
}
