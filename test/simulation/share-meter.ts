import { Resources } from '../../src/resources/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { SimulatedClock, type SimulationOptions, simulate } from '../../src/testing/index.ts';
import { worker } from './schedulers.ts';

/** A framework that always has work: as many tasks, all alike, as it can get. */
export interface Hungry {
  /** Its name, and its role unless there is one. */
  readonly name: string;
  readonly role?: string;
  /** What its share is divided by before it is compared; 1 if absent. Of its role, unless `master.weights` are given. */
  readonly weight?: number;
  readonly task: { readonly cpus: number; readonly memMb: number };
}

export interface Contest {
  readonly seed: number;
  /** How many, all alike. */
  readonly agents: number;
  /** Of each agent, such as `cpus:4;mem:256`. */
  readonly resources: string;
  readonly frameworks: readonly Hungry[];
  /** For how long each task runs; one to four minutes, at random, if absent. */
  readonly taskMs?: { readonly min: number; readonly max: number };
  readonly master?: SimulationOptions['master'];
}

/** What came of it in an hour. A level is a dominant share divided by weight; a task is the one that raises a level most. */
export interface Fairness {
  /** By framework, averaged over the hour. */
  readonly levels: readonly number[];
  /** The largest level less the smallest, averaged over the hour, in tasks. */
  readonly apart: number;
  /** For which part of the hour levels were no more than so many tasks apart. */
  readonly within: (tasks: number) => number;
}

const WARM_UP_MS = 600_000;
const HOUR_MS = 3_600_000;

/**
 * Lets frameworks compete for an hour of virtual time, after ten minutes. What a framework holds is counted by itself,
 * from the moment it launches a task until it hears of its end: offers that nobody has taken are not part of it.
 */
export function compete(contest: Contest): Fairness {
  const { seed, agents, frameworks, taskMs = { min: 60_000, max: 240_000 }, master = {} } = contest;
  const total = Resources.parse(contest.resources).quantities();
  const clock = new SimulatedClock();
  const tasks = frameworks.map(({ task: { cpus, memMb }, weight = 1 }) => {
    const part = (amount: number, name: string): number => (amount * 1_000) / (total.get(name) * agents);
    return Math.max(part(cpus, 'cpus'), part(memMb, 'mem')) / weight;
  });
  const task = Math.max(...tasks);
  const meter = new Meter(tasks, () => clock.monotonicMs());
  simulate({
    seed,
    clock,
    agents: Array.from({ length: agents }, () => ({ resources: contest.resources })),
    frameworks: frameworks.map(({ name, role = name, weight, task: requirement }, index) => {
      const random = seededRandom(seed).stream(name);
      const hungry = worker({
        prefix: name,
        requirement,
        count: Number.POSITIVE_INFINITY,
        finishes: false,
        lastsMs: () => taskMs.min + random.integer(taskMs.max - taskMs.min + 1),
      });
      return {
        name,
        role,
        ...(weight === undefined ? {} : { weight }),
        scheduler: {
          initial: hungry.initial,
          handle: (state, input) => {
            const [next, actions] = hungry.handle(state, input);
            meter.holds(index, next.live.length);
            return [next, actions];
          },
        } satisfies typeof hungry,
      };
    }),
    master,
    durationMs: WARM_UP_MS + HOUR_MS,
    healMs: 0,
    // What it checks is the subject of other tests.
    check: false,
  });
  meter.advance();
  const levels = meter.areas.map((area) => area / HOUR_MS);
  return {
    levels,
    apart: (Math.max(...levels) - Math.min(...levels)) / task,
    within: (most) =>
      [...meter.apartMs].reduce((sum, [apart, ms]) => (apart <= most * task + 1e-9 ? sum + ms : sum), 0) / HOUR_MS,
  };
}

/** Sums up over time what each holds. */
class Meter {
  /** Level times milliseconds, by framework. */
  readonly areas: number[];
  /** For how long levels were so far apart. */
  readonly apartMs: Map<number, number> = new Map();
  readonly #counts: number[];
  readonly #tasks: readonly number[];
  readonly #nowMs: () => number;
  #lastMs = WARM_UP_MS;

  constructor(tasks: readonly number[], nowMs: () => number) {
    this.#tasks = tasks;
    this.#nowMs = nowMs;
    this.#counts = tasks.map(() => 0);
    this.areas = tasks.map(() => 0);
  }

  holds(index: number, count: number): void {
    if (this.#counts[index] === count) return;
    this.advance();
    this.#counts[index] = count;
  }

  advance(): void {
    const ms = this.#nowMs() - this.#lastMs;
    if (ms <= 0) return;
    this.#lastMs += ms;
    const levels = this.#tasks.map((task, index) => task * (this.#counts[index] ?? 0));
    for (const [index, level] of levels.entries()) this.areas[index] = (this.areas[index] ?? 0) + level * ms;
    const apart = Math.max(...levels) - Math.min(...levels);
    this.apartMs.set(apart, (this.apartMs.get(apart) ?? 0) + ms);
  }
}
