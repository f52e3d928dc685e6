import { TaskId } from '../../src/core/index.ts';
import type { Offer } from '../../src/offers/index.ts';
import type { Label } from '../../src/resources/index.ts';
import {
  commandTask,
  matchOffer,
  type Requirement,
  type Scheduler,
  type SchedulerAction,
  type SchedulerInput,
} from '../../src/scheduler/index.ts';
import { isTerminal, type TaskInfo, type TaskStatus } from '../../src/tasks/index.ts';

/** How a scheduler for tests works: it wants so many tasks to run, or to have run. */
export interface Work {
  /** Prefix of its tasks' ids. */
  readonly prefix: string;
  readonly requirement: Requirement;
  readonly count: number;
  /** True: each task ends by itself, and `count` of them must succeed. False: `count` of them run for ever. */
  readonly finishes: boolean;
  readonly labels?: readonly Label[];
  /** For how many milliseconds the next task runs; absent: as the labels and the simulation say. */
  readonly lastsMs?: () => number;
  readonly refuseMs?: number;
  /** Every so many milliseconds it kills its oldest task. */
  readonly killEveryMs?: number;
  /** Whether it wants no offers while it has all that it needs. */
  readonly suppresses?: boolean;
}

export interface Progress {
  readonly launched: number;
  readonly succeeded: number;
  /** Ids of tasks that are not over as far as it was told. */
  readonly live: readonly string[];
  readonly suppressed: boolean;
}

/** One round of the allocator. */
const DECLINE_MS_MIN = 1_000;

type Answer = readonly [Progress, readonly SchedulerAction[]];

/** Launches what is missing on whatever is offered, and declines the rest. */
export function worker(work: Work): Scheduler<Progress> {
  return {
    initial: { launched: 0, succeeded: 0, live: [], suppressed: false },
    handle: (state, input) => withAttention(work, handle(work, state, input)),
    ...(work.finishes ? { finished: ({ succeeded }: Progress) => succeeded >= work.count } : {}),
  };
}

function handle(work: Work, state: Progress, input: SchedulerInput): Answer {
  switch (input.type) {
    case 'subscribed':
      return [state, subscribed(work, state)];
    case 'offers':
      return answerOffers(work, state, input.offers);
    case 'update':
      return [updated(state, input.status), []];
    case 'wakeUp': {
      const [oldest] = state.live;
      const again: SchedulerAction = { type: 'wakeUp', afterMs: work.killEveryMs ?? 60_000 };
      if (oldest === undefined) return [state, [again]];
      const taskId = TaskId(oldest);
      return [state, [{ type: 'kill', taskId }, again]];
    }
    default:
      return [state, []];
  }
}

/** A call that says the same again is lost time, but one that was lost would be missed: so both are said with a reason. */
function withAttention(work: Work, [state, actions]: Answer): Answer {
  if (work.suppresses !== true) return [state, actions];
  const suppressed = missing(work, state) <= 0;
  if (suppressed === state.suppressed) return [state, actions];
  return [{ ...state, suppressed }, [...actions, { type: suppressed ? 'suppress' : 'revive' }]];
}

/** The driver of a scheduler that has taken over does not know the tasks of the one before: who has stored them asks. */
function subscribed({ killEveryMs }: Work, { live }: Progress): readonly SchedulerAction[] {
  const actions: SchedulerAction[] = [];
  if (live.length > 0) actions.push({ type: 'reconcile', tasks: live.map((id) => ({ taskId: TaskId(id) })) });
  if (killEveryMs !== undefined) actions.push({ type: 'wakeUp', afterMs: killEveryMs });
  return actions;
}

function missing(work: Work, { live, succeeded }: Progress): number {
  return work.count - live.length - (work.finishes ? succeeded : 0);
}

function answerOffers(work: Work, state: Progress, offers: readonly Offer[]): Answer {
  let progress = state;
  const actions: SchedulerAction[] = [];
  const filters = work.refuseMs === undefined ? {} : { filters: { refuseMs: work.refuseMs } };
  for (const offer of offers) {
    const taskInfos: TaskInfo[] = [];
    let { resources } = offer;
    while (missing(work, progress) > 0) {
      const match = matchOffer(work.requirement, { ...offer, resources });
      if (!match.matched) break;
      resources = match.remaining;
      const launched = progress.launched + 1;
      const id = `${work.prefix}-${launched}`;
      taskInfos.push(commandTask({ id, offer, command: 'work', resources: match.resources, ...labelsOf(work) }));
      progress = { ...progress, launched, live: [...progress.live, id] };
    }
    if (taskInfos.length === 0) actions.push({ type: 'decline', offerIds: [offer.id], ...declineFilters(work) });
    else
      actions.push({ type: 'accept', offerIds: [offer.id], operations: [{ type: 'LAUNCH', taskInfos }], ...filters });
  }
  return [progress, actions];
}

function labelsOf({ labels, lastsMs }: Work): { readonly labels?: readonly Label[] } {
  if (lastsMs === undefined) return labels === undefined ? {} : { labels };
  return { labels: [...(labels ?? []), { key: 'sim.durationMs', value: String(lastsMs()) }] };
}

/** Who has a small share and wants its offers back at once is offered the same for ever, and others starve. */
function declineFilters({ refuseMs }: Work): Pick<Extract<SchedulerAction, { readonly type: 'decline' }>, 'filters'> {
  return refuseMs === undefined ? {} : { filters: { refuseMs: Math.max(refuseMs, DECLINE_MS_MIN) } };
}

function updated(state: Progress, { taskId, state: taskState }: TaskStatus): Progress {
  const isOver = isTerminal(taskState) || taskState === 'TASK_UNKNOWN';
  const isLive = state.live.includes(taskId);
  // It was taken for lost, and is back.
  if (!isLive && !isOver) return { ...state, live: [...state.live, taskId] };
  if (!isLive || !isOver) return state;
  const live = state.live.filter((id) => id !== taskId);
  return { ...state, live, succeeded: state.succeeded + (taskState === 'TASK_FINISHED' ? 1 : 0) };
}
