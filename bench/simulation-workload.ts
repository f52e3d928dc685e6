import type { OfferId } from '../src/core/index.ts';
import type { Offer } from '../src/offers/index.ts';
import { Resources } from '../src/resources/index.ts';
import type { Random } from '../src/runtime/index.ts';
import { commandTask, type Scheduler, type SchedulerAction } from '../src/scheduler/index.ts';
import { isTerminal, type TaskInfo } from '../src/tasks/index.ts';

/** What is counted while schedulers run. */
export interface Counts {
  launched: number;
  finished: number;
  /** Ended in any other way. */
  failed: number;
}

interface Batch {
  /** In hand, by id, oldest first. */
  readonly offers: Map<string, Offer>;
  launched: number;
}

const NEEDS = Resources.parse('cpus:1;mem:256');

/** Keeps the offers it is given and launches one task from them every `everyMs`, the first after `firstMs`. */
export function steady(options: {
  readonly name: string;
  readonly firstMs: number;
  readonly everyMs: number;
  readonly durationMs: number;
  readonly counts: Counts;
}): Scheduler<Batch> {
  const { name, firstMs, everyMs, durationMs, counts } = options;
  const again: SchedulerAction = { type: 'wakeUp', afterMs: everyMs };
  return {
    initial: { offers: new Map(), launched: 0 },
    handle(state, input) {
      switch (input.type) {
        case 'subscribed':
          return [state, [{ type: 'wakeUp', afterMs: firstMs }]];
        case 'offers': {
          const small: OfferId[] = [];
          for (const offer of input.offers) {
            if (offer.resources.unallocate().contains(NEEDS)) state.offers.set(offer.id, offer);
            else small.push(offer.id);
          }
          if (small.length === 0) return [state, []];
          return [state, [{ type: 'decline', offerIds: small, filters: { refuseMs: 60_000 } }]];
        }
        case 'rescind':
          state.offers.delete(input.offerId);
          return [state, []];
        case 'update':
          count(counts, input.status.state);
          return [state, []];
        case 'wakeUp': {
          const [offer] = state.offers.values();
          if (offer === undefined) return [state, [again]];
          state.offers.delete(offer.id);
          state.launched += 1;
          counts.launched += 1;
          return [state, [launch(offer, taskOf(`${name}-${state.launched}`, offer, NEEDS, durationMs)), again]];
        }
        default:
          return [state, []];
      }
    },
  };
}

/** Launches a task on all of every offer: of 30 s, with a standard deviation of 10 s, and no less than 1 s. */
export function hungry(name: string, random: Random, counts: Counts): Scheduler<number> {
  return {
    initial: 0,
    handle(launched, input) {
      if (input.type === 'update') count(counts, input.status.state);
      if (input.type !== 'offers') return [launched, []];
      counts.launched += input.offers.length;
      const actions = input.offers.map((offer, index) => {
        const durationMs = Math.max(1_000, Math.round(30_000 + 10_000 * normal(random)));
        return launch(offer, taskOf(`${name}-${launched + index + 1}`, offer, offer.resources, durationMs));
      });
      return [launched + input.offers.length, actions];
    },
  };
}

/** What became of the one task of a {@link probe}: milliseconds since the Unix epoch, as far as it has come. */
export interface ProbeTimes {
  askedMs?: number;
  runningMs?: number;
  finishedMs?: number;
}

export const PROBE_MS = 10_000;

/** Wants nothing until `afterMs` after it has subscribed; then one offer, for one task of {@link PROBE_MS}. */
export function probe(name: string, afterMs: number, times: ProbeTimes): Scheduler<boolean> {
  return {
    initial: false,
    handle(hasLaunched, input) {
      switch (input.type) {
        case 'subscribed':
          return [hasLaunched, [{ type: 'suppress' }, { type: 'wakeUp', afterMs }]];
        case 'wakeUp':
          times.askedMs = input.nowMs;
          return [hasLaunched, [{ type: 'revive' }]];
        case 'offers': {
          const [offer, ...others] = input.offers;
          if (hasLaunched || offer === undefined) {
            return [hasLaunched, [{ type: 'decline', offerIds: input.offers.map(({ id }) => id) }]];
          }
          const actions: SchedulerAction[] = [
            launch(offer, taskOf(name, offer, offer.resources, PROBE_MS)),
            { type: 'suppress' },
          ];
          if (others.length > 0) actions.push({ type: 'decline', offerIds: others.map(({ id }) => id) });
          return [true, actions];
        }
        case 'update':
          if (input.status.state === 'TASK_RUNNING') times.runningMs ??= input.nowMs;
          if (input.status.state === 'TASK_FINISHED') times.finishedMs ??= input.nowMs;
          return [hasLaunched, []];
        default:
          return [hasLaunched, []];
      }
    },
  };
}

function taskOf(id: string, offer: Offer, resources: Resources, durationMs: number): TaskInfo {
  const labels = [{ key: 'sim.durationMs', value: String(durationMs) }];
  return commandTask({ id, offer, command: 'work', resources, labels });
}

function launch(offer: Offer, task: TaskInfo): SchedulerAction {
  return { type: 'accept', offerIds: [offer.id], operations: [{ type: 'LAUNCH', taskInfos: [task] }] };
}

function count(counts: Counts, state: Parameters<typeof isTerminal>[0]): void {
  if (state === 'TASK_FINISHED') counts.finished += 1;
  else if (isTerminal(state)) counts.failed += 1;
}

/** By Box and Muller: mean 0, standard deviation 1. */
function normal(random: Random): number {
  const share = (): number => (1 + random.integer(1_000_000)) / 1_000_001;
  return Math.sqrt(-2 * Math.log(share())) * Math.cos(2 * Math.PI * share());
}
