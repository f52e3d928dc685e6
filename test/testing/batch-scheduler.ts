import { type OfferId, TaskId, type TaskId as Id } from '../../src/core/index.ts';
import type { Offer } from '../../src/offers/index.ts';
import { commandTask, type Scheduler, type SchedulerAction, type SchedulerInput } from '../../src/scheduler/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { isTerminal, type TaskState, type TaskStatus } from '../../src/tasks/index.ts';

/** What a batch scheduler does wrong; each is a bug that authors do make. */
export type Bug =
  /** A task that is over counts as done, whatever its end. */
  | 'losesTasks'
  /** Offers that are of no use now are kept for a minute and a half, for there might be more work. */
  | 'hoardsOffers'
  /** Offers that are of no use are not answered. */
  | 'forgetsToDecline'
  /** After each new subscription all that was running is launched again. */
  | 'launchesTwice'
  /** After a failover it does not ask what has become of its launches. */
  | 'trustsItsLaunches'
  /** Only success is an end: it waits for what has failed. */
  | 'neverFinishes'
  /** What it does not expect, it refuses. */
  | 'throws'
  /** It does not look what an offer holds. */
  | 'launchesBlindly'
  /** Its tasks have no resources that the driver would take. */
  | 'sendsNonsense'
  /** It counts its launches outside of its state, and once there are ten, it has had enough. */
  | 'remembersOutside';

export interface Jobs {
  readonly waiting: readonly string[];
  /** Job by task id. */
  readonly running: ReadonlyMap<string, string>;
  readonly done: readonly string[];
  readonly launches: number;
  /** Offers that are kept, by the bug of that name. */
  readonly kept: readonly OfferId[];
}

type Answer = readonly [Jobs, readonly SchedulerAction[]];

const LOST: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_UNREACHABLE',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNKNOWN',
]);

const NEEDS = Resources.parse('cpus:1;mem:64');

/** `red.3` is a task of the job `red`. */
export function jobOf(taskId: Id): string | undefined {
  return taskId.split('.')[0];
}

/** Runs each job to its end once, one job per offer; without a bug it keeps all properties. */
export function batchScheduler(jobs: readonly string[], bug?: Bug): Scheduler<Jobs> {
  let launchesOutside = 0;

  function offered(state: Jobs, offers: readonly Offer[]): Answer {
    const { waiting, done } = state;
    const running = new Map(state.running);
    const actions: SchedulerAction[] = [];
    let { launches } = state;
    const kept = [...state.kept];
    const left = [...waiting];
    for (const offer of offers) {
      const fits = bug === 'launchesBlindly' || offer.resources.unallocate().contains(NEEDS);
      const job = fits ? left.shift() : undefined;
      if (job === undefined) {
        if (bug === 'forgetsToDecline') continue;
        if (bug === 'hoardsOffers') {
          if (kept.length === 0) actions.push({ type: 'wakeUp', afterMs: 90_000 });
          kept.push(offer.id);
        } else actions.push({ type: 'decline', offerIds: [offer.id], filters: { refuseMs: 60_000 } });
        continue;
      }
      launchesOutside += 1;
      if (bug === 'remembersOutside' && launchesOutside === 10) throw new RangeError('Ten launches are enough');
      const id = `${job}.${launches}`;
      launches += 1;
      running.set(id, job);
      const task = commandTask({ id, command: 'work', offer, resources: NEEDS });
      // Past the compiler, as a program in JavaScript would.
      const nonsense = { ...task, resources: 'cpus:1' as unknown as typeof task.resources };
      const taskInfos = [bug === 'sendsNonsense' ? nonsense : task];
      actions.push({ type: 'accept', offerIds: [offer.id], operations: [{ type: 'LAUNCH', taskInfos }] });
    }
    return [{ waiting: left, running, done, launches, kept }, actions];
  }

  function told(state: Jobs, { taskId, state: taskState }: TaskStatus): Answer {
    const isCurrent = state.running.has(taskId);
    const isLost = LOST.has(taskState);
    const isOver = isTerminal(taskState);
    if (isLost && bug === 'throws') throw new TypeError(`No idea what ${taskState} is`);
    if (taskState === 'TASK_FAILED' && bug === 'neverFinishes') return [state, []];
    if (taskState === 'TASK_FINISHED' || (isCurrent && isOver && (!isLost || bug === 'losesTasks'))) {
      return settled(state, taskId);
    }
    if (!isLost) return isCurrent || isOver ? [state, []] : returned(state, taskId);
    const job = state.running.get(taskId);
    if (job === undefined) return [state, []];
    return [
      { ...state, running: without(state.running, taskId), waiting: [...state.waiting, job] },
      [{ type: 'revive' }],
    ];
  }

  /** A task that was given up lives: it is the job's task again, or one too many. */
  function returned(state: Jobs, taskId: Id): Answer {
    const job = jobOf(taskId);
    if (job === undefined || !state.waiting.includes(job)) return [state, [{ type: 'kill', taskId }]];
    const waiting = state.waiting.filter((each) => each !== job);
    return [{ ...state, waiting, running: new Map(state.running).set(taskId, job) }, []];
  }

  /** The job is done, and whatever else there is of it is one too many. */
  function settled(state: Jobs, taskId: Id): Answer {
    const job = jobOf(taskId);
    if (job === undefined || state.done.includes(job)) return [state, []];
    const same = [...state.running].filter(([, each]) => each === job).map(([id]) => id);
    const kills = same.filter((id) => id !== taskId).map((id) => ({ type: 'kill' as const, taskId: TaskId(id) }));
    const waiting = state.waiting.filter((each) => each !== job);
    return [{ ...state, waiting, running: without(state.running, ...same), done: [...state.done, job] }, kills];
  }

  function handle(state: Jobs, input: SchedulerInput): Answer {
    if (input.type === 'offers') return offered(state, input.offers);
    if (input.type === 'update') return told(state, input.status);
    if (input.type === 'wakeUp' && state.kept.length > 0) {
      return [{ ...state, kept: [] }, [{ type: 'decline', offerIds: state.kept }]];
    }
    if (input.type === 'subscribed' && bug === 'launchesTwice') {
      return [{ ...state, running: new Map(), waiting: [...state.waiting, ...state.running.values()] }, []];
    }
    if (input.type === 'subscribed' && state.running.size > 0 && bug !== 'trustsItsLaunches') {
      const tasks = [...state.running.keys()].map((id) => ({ taskId: TaskId(id) }));
      return [state, [{ type: 'reconcile', tasks }]];
    }
    return [state, []];
  }

  return {
    initial: { waiting: jobs, running: new Map(), done: [], launches: 0, kept: [] },
    handle,
    finished: ({ done }) => done.length === jobs.length,
  };
}

function without(running: ReadonlyMap<string, string>, ...taskIds: readonly string[]): ReadonlyMap<string, string> {
  return new Map([...running].filter(([id]) => !taskIds.includes(id)));
}
