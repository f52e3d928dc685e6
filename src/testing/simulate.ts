import { InvalidArgument } from '../core/index.ts';
import type { TaskState } from '../tasks/index.ts';
import { unsettled } from './checkers-liveness.ts';
import { checkFaultPlan } from './fault-plan.ts';
import {
  SimulationFailure,
  type SimulationOptions,
  type SimulationResult,
  type TaskOutcome,
} from './simulate-options.ts';
import { ruleOf } from './simulation-rule.ts';
import { type Breach, World } from './world.ts';
import { FaultInjector } from './world-faults.ts';

/** What is not settled now and still is not after this time never will be: agents send updates again within ten minutes. */
const PATIENCE_MS = 700_000;

/** For so long nobody may lose a connection once all is well: longer than masters and agents wait for each other. */
const PEACE_MS = 120_000;

/** So often it is looked whether everything is well already. */
const LOOK_MS = 30_000;

/**
 * Runs a whole cluster in virtual time: the real master, agents and drivers on a simulated clock, network, disks and
 * machines, in one thread, and deterministic: equal options give an equal trace, byte for byte.
 *
 * First faults happen as the plan says, then everything is repaired and must come to rest. Checked throughout: the
 * invariants of master and agents after every step, and what schedulers are told (T1, T2, T3); in the end liveness (L1),
 * and that master, agents, machines and schedulers agree (R1).
 *
 * @throws InvalidArgument naming the option at fault
 * @throws SimulationFailure if something that must always be true was not
 */
export function simulate(options: SimulationOptions): SimulationResult {
  checkOptions(options);
  try {
    return play(options);
  } catch (error) {
    // Whoever has brought a clock along watches, and must not see it all twice.
    const isFinal = options.trace === true || options.clock !== undefined;
    if (!(error instanceof SimulationFailure) || isFinal) throw error;
  }
  // Once more, with a trace that goes back to where the trouble began.
  return play({ ...options, trace: true });
}

function play(options: SimulationOptions): SimulationResult {
  const { seed, durationMs = 3_600_000, healMs = 2_700_000 } = options;
  const simulation = new Simulation(options);
  simulation.runUntil(durationMs);
  simulation.stopFaults();
  if (!simulation.isStopped) simulation.heal(durationMs + healMs);
  return simulation.result(seed);
}

class Simulation {
  readonly world: World;
  readonly #options: SimulationOptions;
  readonly #injector: FaultInjector;
  #steps = 0;
  /** Whoever asked for the simulation has seen enough. */
  isStopped = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.world = new World(options);
    this.#injector = new FaultInjector(this.world, options.faults ?? {});
  }

  stopFaults(): void {
    this.#injector.stop();
  }

  runUntil(untilMs: number): void {
    const { clock } = this.world;
    for (;;) {
      let ran: boolean;
      try {
        ran = clock.step(untilMs);
      } catch (error) {
        const violation = error instanceof Error ? error.message : String(error);
        throw this.#failure({ violation, cause: error, rule: ruleOf(violation) });
      }
      if (this.world.breach !== undefined) throw this.#failure(this.world.breach);
      if (!ran) break;
      this.#steps += 1;
      this.isStopped = this.#options.stopWhen?.() === true;
      if (this.isStopped) return;
    }
    clock.runUntil(untilMs);
  }

  heal(untilMs: number): void {
    const { world } = this;
    if (untilMs <= world.clock.monotonicMs()) return;
    world.trace.add('world', 'everything is repaired');
    world.repairAll();
    const decisiveMs = Math.max(untilMs - PATIENCE_MS, world.clock.monotonicMs());
    while (world.clock.monotonicMs() < decisiveMs) {
      world.giveUpLost();
      this.runUntil(Math.min(world.clock.monotonicMs() + LOOK_MS, decisiveMs));
      if (this.isStopped) return;
      if (unsettled(world).size > 0) continue;
      world.isAtPeace = true;
      this.runUntil(Math.min(world.clock.monotonicMs() + PEACE_MS, untilMs));
      return;
    }
    const before = unsettled(world);
    this.runUntil(untilMs);
    if (this.isStopped) return;
    const after = unsettled(world);
    const stuck = [...before].filter((sentence) => after.has(sentence));
    if (stuck.length === 0) return;
    const violation = stuck.slice(0, 5).join('; ');
    throw this.#failure({ violation, cause: undefined, rule: ruleOf(violation) });
  }

  result(seed: number): SimulationResult {
    const { world } = this;
    const tasks: TaskOutcome[] = [];
    const byState: Partial<Record<TaskState | 'none', number>> = {};
    for (const { framework, taskId, agent, history } of world.ledger.entries) {
      const state = history.at(-1);
      tasks.push({ framework, taskId, agent, state, history: [...history] });
      byState[state ?? 'none'] = (byState[state ?? 'none'] ?? 0) + 1;
    }
    return {
      seed,
      trace: world.trace.lines,
      traceHash: world.trace.hash,
      steps: this.#steps,
      virtualMs: world.clock.monotonicMs(),
      counts: { ...world.counts, faults: { ...world.faults }, tasks: byState },
      tasks,
      faults: this.#injector.record,
    };
  }

  #failure({ violation, cause, rule }: Breach): SimulationFailure {
    const { seed, replay = `simulate({ seed: ${seed}, … }) with the same options` } = this.#options;
    const { lines, lastLines } = this.world.trace;
    const lastEvents = lines.length === 0 ? lastLines : eventsThatMatter(violation, lines);
    const details = { rule, seed, lastEvents, replay, faults: this.#injector.record };
    return new SimulationFailure(violation, details, cause === undefined ? {} : { cause });
  }
}

const EVENTS_MAX = 60;
/** So many faults are among them, however long ago they were. */
const FAULTS_MAX = 20;

/** Of all lines those that are about what the violation names, and the faults; the last ones if those are too many. */
function eventsThatMatter(violation: string, lines: readonly string[]): readonly string[] {
  const names = [...violation.matchAll(/\b(?:task|framework|on|agent|offer) (?:[0-9a-f-]{36}-)?([\w'.-]+)/g)].map(
    ([, name]) => name,
  );
  const tasks = [...violation.matchAll(/\btask (?:[0-9a-f-]{36}-[\w-]+\/)?([\w'.-]+)/g)].map(([, name]) => name);
  const wanted = new Set(tasks.length > 0 ? tasks : names);
  const matter = lines.filter(
    (line) => line.includes('!! ') || line.split(/[^\w'.-]+/).some((word) => wanted.has(word)),
  );
  const told = wanted.size === 0 ? lines : matter;
  const faults = told.filter((line) => line.includes('!! ')).slice(-FAULTS_MAX);
  const others = told.filter((line) => !line.includes('!! ')).slice(faults.length - EVENTS_MAX);
  const shown = new Set([...faults, ...others]);
  return told.filter((line) => shown.has(line));
}

function checkOptions({ seed, agents, frameworks, faults, durationMs = 1, healMs = 0 }: SimulationOptions): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new InvalidArgument('seed', `expected an unsigned 32-bit integer, got ${seed}`);
  }
  if (typeof agents === 'number' && !(Number.isInteger(agents) && agents >= 0)) {
    throw new InvalidArgument('agents', `expected a whole number of 0 or more, got ${agents}`);
  }
  const names = new Set<string>();
  for (const { name } of frameworks) {
    if (names.has(name)) throw new InvalidArgument('frameworks', `expected distinct names, got ${name} twice`);
    names.add(name);
  }
  if (!(durationMs >= 0)) throw new InvalidArgument('durationMs', `expected 0 or more, got ${durationMs}`);
  if (!(healMs >= 0)) throw new InvalidArgument('healMs', `expected 0 or more, got ${healMs}`);
  if (faults !== undefined) checkFaultPlan(faults);
}
