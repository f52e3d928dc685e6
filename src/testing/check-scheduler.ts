import type * as fc from 'fast-check';
import { InvalidArgument, MesosError } from '../core/index.ts';
import type { Scheduler } from '../scheduler/index.ts';
import { arbitraries } from './arbitraries.ts';
import type { CheckSchedulerOptions, SchedulerCheck } from './check-scheduler-options.ts';
import { FAULT_KINDS, type FaultKind } from './fault-plan.ts';
import { formatReport } from './scheduler-report.ts';
import type { SchedulerProperty } from './scheduler-property.ts';
import { runWorld, type Violation } from './scheduler-world.ts';
import type { World } from './simulated-world.ts';
import { offerNames, withOfferNames } from './story-text.ts';

/** A property does not hold; the message is the whole report: the property, the smallest story found, how to replay it. */
export class SchedulerFailure extends MesosError {
  /** Name of the property. */
  readonly property: string;
  /** What was wrong, in a sentence. */
  readonly violation: string;
  /** The smallest cluster and faults that show it. */
  readonly world: World;
  readonly seed: number;
  readonly path: string;

  constructor(report: string, details: Omit<SchedulerFailure, keyof MesosError>) {
    super('MESOS_ERR_SCHEDULER', report);
    this.property = details.property;
    this.violation = details.violation;
    this.world = details.world;
    this.seed = details.seed;
    this.path = details.path;
  }
}

/**
 * Tries a scheduler against generated clusters and failures, in virtual time, and rejects with the smallest story in
 * which one of `properties` does not hold, or the scheduler throws. Needs fast-check, which is not installed with this package.
 *
 * A scheduler is tried many times over: it must keep all that it remembers in its state.
 *
 * @throws InvalidArgument naming the option at fault
 * @throws SchedulerFailure with the report
 * @throws SimulationFailure if the master, an agent or the driver did what it must not: a fault of this package
 *
 * @example
 * ```ts
 * test('the batch scheduler copes', async () => {
 *   await checkScheduler(batchScheduler(jobs), schedulerProperties({ workOf: jobOf }));
 * });
 * ```
 */
export async function checkScheduler<S>(
  scheduler: Scheduler<S>,
  properties: readonly SchedulerProperty<S>[],
  options: CheckSchedulerOptions = {},
): Promise<SchedulerCheck> {
  const { seed = 1, path, numRuns = 100 } = options;
  if (!(Number.isInteger(numRuns) && numRuns >= 1)) {
    throw new InvalidArgument('options.numRuns', `expected a whole number from 1 on, got ${numRuns}`);
  }
  const fastCheck = await import('fast-check');
  const name = options.name ?? 'framework';
  const done = { runs: 0, virtualMs: 0, launches: 0, faults: new Map<FaultKind, number>() };
  const attempt = (world: World): Violation | undefined => {
    const { violation, result } = runWorld({ scheduler, properties, world, options: { ...options, name } });
    done.runs += 1;
    if (result !== undefined) {
      done.virtualMs += result.virtualMs;
      done.launches += result.counts.launches;
      for (const kind of FAULT_KINDS) count(done.faults, kind, result.counts.faults[kind]);
    }
    return violation;
  };
  const details = fastCheck.check(
    fastCheck.property(worlds(fastCheck, { ...options, name }), (world) => attempt(world) === undefined),
    { seed, numRuns, ...(path === undefined ? {} : { path, endOnFailure: true }) },
  );
  if (!details.failed) return { seed, ...done, faults: Object.fromEntries(done.faults) };

  const [world] = details.counterexample ?? [];
  if (world === undefined) throw details.errorInstance ?? new Error('Expected a counterexample, got none');
  // Once more, for the story. What is no fault of the scheduler is thrown from here.
  const run = runWorld({ scheduler, properties, world, options: { ...options, name } });
  if (run.violation === undefined) {
    throw new InvalidArgument(
      'scheduler',
      'expected the same answers to the same inputs, got others: it must keep all that it remembers in its state',
    );
  }
  const foundPath = details.counterexamplePath ?? '';
  const violation = withOfferNames(run.violation.violation, offerNames(run.events));
  const found = { ...run.violation, violation, world, seed: details.seed, path: foundPath };
  const report = formatReport({
    name,
    ...found,
    events: run.events,
    runs: details.numRuns,
    shrinks: details.numShrinks,
  });
  throw new SchedulerFailure(report, { ...found, property: run.violation.property });
}

function count(counts: Map<FaultKind, number>, kind: FaultKind, more = 0): void {
  if (more > 0) counts.set(kind, (counts.get(kind) ?? 0) + more);
}

/** Small clusters with few faults. */
function worlds(
  fastCheck: typeof fc,
  { name, agents, faults, maxFaults, durationMs = 120_000 }: CheckSchedulerOptions & { readonly name: string },
): fc.Arbitrary<World> {
  const isQuiet = faults?.length === 0;
  return arbitraries(fastCheck).world({
    ...(agents === undefined ? {} : { agents }),
    frameworks: [name],
    durationMs,
    ...(isQuiet ? { maxFaults: 0 } : maxFaults === undefined ? {} : { maxFaults }),
    ...(isQuiet || faults === undefined ? {} : { kinds: faults }),
  });
}
