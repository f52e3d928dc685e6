import type { Scheduler } from '../scheduler/index.ts';
import type { CheckSchedulerOptions } from './check-scheduler-options.ts';
import type { HistoryEvent, SchedulerHistory } from './scheduler-history.ts';
import type { PropertyWatch, SchedulerProperty } from './scheduler-property.ts';
import { SchedulerRecorder, type TimedEvent } from './scheduler-recorder.ts';
import { simulate } from './simulate.ts';
import { SimulationFailure, type SimulationResult } from './simulate-options.ts';
import { SimulatedClock } from './simulated-clock.ts';
import type { World } from './simulated-world.ts';

/** A property that did not hold in a world. */
export interface Violation {
  /** Its name. */
  readonly property: string;
  readonly explanation: string;
  /** What was wrong. */
  readonly violation: string;
  /** When that was plain. */
  readonly atMs: number;
}

export interface WorldRun {
  readonly violation: Violation | undefined;
  /** What the scheduler saw and did, until the violation. */
  readonly events: readonly TimedEvent[];
  /** `undefined` if the simulation did not come to its end, which a scheduler that does not do its part can cause. */
  readonly result: SimulationResult | undefined;
}

export interface WorldRunOptions<S> {
  readonly scheduler: Scheduler<S>;
  readonly properties: readonly SchedulerProperty<S>[];
  readonly world: World;
  readonly options: CheckSchedulerOptions & { readonly name: string };
}

/** Lets one scheduler live in one world, and watches. @throws SimulationFailure for what is no fault of the scheduler */
export function runWorld<S>({ scheduler, properties, world, options }: WorldRunOptions<S>): WorldRun {
  const clock = new SimulatedClock();
  const watches = new Watches(properties);
  const recorder = new SchedulerRecorder<S>({
    scheduler,
    nowMs: () => clock.monotonicMs(),
    onEvent: (event, history) => {
      watches.event(event, history);
      if (event.type === 'finished') watches.end(history);
      return watches.violation === undefined;
    },
  });
  const { name, role, driver, durationMs = 120_000, healMs = 2_700_000, master } = options;
  let result: SimulationResult | undefined;
  let failure: SimulationFailure | undefined;
  try {
    result = simulate({
      seed: world.seed,
      agents: world.agents,
      frameworks: [
        {
          name,
          scheduler: recorder.scheduler,
          ...(role === undefined ? {} : { role }),
          options: { failoverTimeoutMs: WEEK_MS, ...options.options },
          ...(driver === undefined ? {} : { driver }),
        },
      ],
      faults: world.faults,
      durationMs,
      healMs,
      clock,
      stopWhen: () => recorder.isOver,
      ...(master === undefined ? {} : { master }),
    });
  } catch (error) {
    if (!(error instanceof SimulationFailure)) throw error;
    failure = error;
  }
  const came = failure === undefined || isAboutLiveness(failure);
  if (came && !recorder.isOver) {
    recorder.end();
    watches.end(recorder);
  }
  if (failure !== undefined && isAboutScheduler(failure)) watches.refused(failure.violation, recorder);
  if (watches.violation === undefined && failure !== undefined && !isAboutLiveness(failure)) throw failure;
  return { violation: watches.violation, events: recorder.events, result };
}

/** So that no fault of a test is long enough for the master to give a framework up. */
const WEEK_MS = 604_800_000;

/** Whether all was well until the end and then somebody still had something to do, which may be the scheduler's choice. */
function isAboutLiveness({ rule }: SimulationFailure): boolean {
  return rule === 'L1';
}

/** Whether the driver has refused what the scheduler answered. */
function isAboutScheduler({ rule }: SimulationFailure): boolean {
  return rule === 'scheduler';
}

/** The watches of all properties over one run; the first violation counts. */
class Watches<S> {
  violation: Violation | undefined;
  readonly #watches: readonly { readonly property: SchedulerProperty<S>; readonly watch: PropertyWatch<S> }[];

  constructor(properties: readonly SchedulerProperty<S>[]) {
    this.#watches = properties.map((property) => ({ property, watch: property.watch() }));
  }

  event(event: HistoryEvent, history: SchedulerHistory<S>): void {
    if (event.type === 'threw') {
      this.#note(DOES_NOT_THROW, `the scheduler threw ${event.message}`, history);
    }
    for (const { property, watch } of this.#watches) this.#note(property, watch.event?.(event, history), history);
  }

  /** A call of the scheduler was refused by its driver. */
  refused(message: string, history: SchedulerHistory<S>): void {
    this.#note(DOES_NOT_THROW, message, history);
  }

  end(history: SchedulerHistory<S>): void {
    for (const { property, watch } of this.#watches) this.#note(property, watch.end?.(history), history);
  }

  #note(
    { name, explanation }: Pick<SchedulerProperty, 'name' | 'explanation'>,
    violation: string | undefined,
    { nowMs }: SchedulerHistory<S>,
  ): void {
    if (violation === undefined) return;
    this.violation ??= { property: name, explanation, violation, atMs: nowMs };
  }
}

const DOES_NOT_THROW: Pick<SchedulerProperty, 'name' | 'explanation'> = {
  name: 'does not throw',
  explanation:
    'Whatever comes, the scheduler answers it: an error in `handle` ends its run, and its tasks go on unwatched.',
};
