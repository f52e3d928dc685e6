import { InvalidArgument, type TaskId } from '../core/index.ts';
import type { Offer } from '../offers/index.ts';
import { isTerminal, type TaskState } from '../tasks/index.ts';
import type { LaunchedTask, SchedulerHistory } from './scheduler-history.ts';
import type { SchedulerProperty } from './scheduler-property.ts';
import { formatSeconds } from './story-text.ts';

/** What the properties must know of a framework to speak of its work. */
export interface WorkOptions {
  /**
   * Which piece of work a task does, `undefined` for none that matters. Frameworks that try again under a new task id
   * must say it; the task id itself if absent.
   */
  readonly workOf?: (taskId: TaskId) => string | undefined;
}

/** How long a scheduler may take over something, in virtual milliseconds. */
export interface PatienceOptions {
  /** 60,000 if absent. */
  readonly withinMs?: number;
}

/** All that {@link schedulerProperties} may be told. */
export interface SchedulerPropertiesOptions extends WorkOptions, PatienceOptions {
  /** See {@link launchesNothingTwice}. */
  readonly restartsFinished?: boolean;
}

/** All properties of this package at once. {@link finishes} is left out for a scheduler that never finishes: pick the others. */
export function schedulerProperties(options: SchedulerPropertiesOptions = {}): readonly SchedulerProperty[] {
  return [
    losesNoTask(options),
    hoardsNoOffers(options),
    declinesWhatItLeaves(options),
    launchesNothingTwice(options),
    launchesWhatFits(),
    finishes(),
  ];
}

const WITHIN_MS = 60_000;

/** States after which the work of a task is not done, and was not refused either: the cluster has lost it. */
const LOST_STATES: ReadonlySet<TaskState> = new Set<TaskState>([
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_UNREACHABLE',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNKNOWN',
]);

/**
 * Work whose task the cluster has dropped or lost is launched again, within `withinMs`; and the scheduler does not
 * finish before each piece of work has had a task that came to an end of its own: finished, failed, killed or invalid.
 */
export function losesNoTask(options: WorkOptions & PatienceOptions = {}): SchedulerProperty {
  const { withinMs = WITHIN_MS } = options;
  return {
    name: 'loses no task',
    explanation:
      'A launch may be dropped, and a machine may vanish with its tasks. The scheduler is told, and must launch such ' +
      'work again; it must not take it for done.',
    watch: () => ({
      end: (history) => {
        for (const [work, tasks] of tasksByWork(history, options)) {
          if (tasks.some(isSettled)) continue;
          const last = tasks.at(-1);
          if (last === undefined) continue;
          const what = `${named(work, last)} was ${last.state} from ${formatSeconds(last.stateMs)} on`;
          if (history.finished === true) return `${what}, and the scheduler finished without it`;
          if (tasks.every(isLost) && history.nowMs - last.stateMs > withinMs)
            return `${what}, and was not launched again`;
        }
        return undefined;
      },
    }),
  };
}

/** An offer that is answered at all is answered within `withinMs`. */
export function hoardsNoOffers({ withinMs = WITHIN_MS }: PatienceOptions = {}): SchedulerProperty {
  return {
    name: 'hoards no offers',
    explanation:
      'While a scheduler holds an offer, nobody else can use what is in it, and its own share looks larger than it is: ' +
      'what it has no use for now goes back now.',
    watch: () => ({
      event: (event) => {
        if (event.type !== 'offerEnded' || event.heldMs <= withinMs) return undefined;
        if (event.end !== 'accepted' && event.end !== 'declined') return undefined;
        return `${namedOffer(event.offer)} was held for ${formatSeconds(event.heldMs)} before it was ${event.end}`;
      },
    }),
  };
}

/** No offer is left without an answer: unanswered for more than `withinMs` and then rescinded, void, or still there at the end. */
export function declinesWhatItLeaves({ withinMs = WITHIN_MS }: PatienceOptions = {}): SchedulerProperty {
  return {
    name: 'declines what it leaves',
    explanation:
      'Every offer needs an answer. What is neither accepted nor declined stays with the scheduler for good, and the ' +
      'master, which thinks that it is still deciding, offers it to nobody.',
    watch: () => ({
      event: (event) => {
        if (event.type !== 'offerEnded' || event.heldMs <= withinMs) return undefined;
        if (event.end !== 'rescinded' && event.end !== 'void') return undefined;
        return `${namedOffer(event.offer)} had no answer for ${formatSeconds(event.heldMs)}`;
      },
    }),
  };
}

/** How {@link launchesNothingTwice} looks at work that is done. */
export interface LaunchesNothingTwiceOptions extends WorkOptions, PatienceOptions {
  /** True for services, which run again when they have finished; false if absent: done is done. */
  readonly restartsFinished?: boolean;
}

/**
 * No work is launched while another task of it lives as far as the scheduler has been told, or has finished; no task id
 * is used again before its task has ended. A task that is TASK_UNREACHABLE may be replaced; should it come back, one of the
 * two must be gone within `withinMs`.
 */
export function launchesNothingTwice(options: LaunchesNothingTwiceOptions = {}): SchedulerProperty {
  const { withinMs = WITHIN_MS, restartsFinished = false, workOf = workOfItself } = options;
  return {
    name: 'launches nothing twice',
    explanation:
      'The same update may come twice, and what was said before a connection broke may have been heard: a scheduler ' +
      'must know what it has launched, or it runs the same work twice.',
    watch: () => ({
      event: (event, history) => {
        if (event.type !== 'launched') return undefined;
        const { task, earlier } = event;
        if (earlier !== undefined && !isTerminal(earlier.state)) {
          return `task ${task.taskId} was launched again while it was ${earlier.state}`;
        }
        const work = workOf(task.taskId);
        if (work === undefined) return undefined;
        for (const other of history.tasks.values()) {
          if (other.taskId === task.taskId || workOf(other.taskId) !== work) continue;
          if (isLive(other) || (other.state === 'TASK_FINISHED' && !restartsFinished)) {
            return `task ${task.taskId} was launched for ${named(work, other)}, which was ${other.state}`;
          }
        }
        if (earlier?.state === 'TASK_FINISHED' && !restartsFinished) {
          return `task ${task.taskId} was launched again though it had finished`;
        }
        return undefined;
      },
      end: (history) => {
        if (history.finished === true) return undefined;
        for (const tasks of tasksByWork(history, options).values()) {
          const [one, other] = tasks.filter((task) => isLive(task) && history.nowMs - task.stateMs > withinMs);
          if (one !== undefined && other !== undefined)
            return `tasks ${one.taskId} and ${other.taskId} do the same work`;
        }
        return undefined;
      },
    }),
  };
}

/** No task is refused as invalid: TASK_ERROR. */
export function launchesWhatFits(): SchedulerProperty {
  return {
    name: 'launches what fits',
    explanation:
      'TASK_ERROR says that a launch could never have worked: it asked for more than its offers hold, or for something that is ' +
      'not allowed. What fits is known before the launch.',
    watch: () => ({
      event: (event) => {
        if (event.type !== 'updated' || event.status.state !== 'TASK_ERROR') return undefined;
        const { taskId, message = 'no reason was given' } = event.status;
        return `task ${taskId} was refused: ${message}`;
      },
    }),
  };
}

/** When work counts as done. */
export interface FinishesOptions<S> {
  /** The scheduler's own `finished` if absent. */
  readonly when?: (state: S) => boolean;
}

/** Some time after the last fault the scheduler has finished. */
export function finishes<S = unknown>({ when }: FinishesOptions<S> = {}): SchedulerProperty<S> {
  return {
    name: 'finishes',
    explanation:
      'When everything works again, the scheduler gets to the end of its work: it asks for offers while there is something ' +
      'to launch, and waits for nothing that will not come.',
    watch: () => ({
      end: (history) => {
        const isDone = when === undefined ? history.finished : when(history.state);
        if (isDone === undefined) {
          throw new InvalidArgument(
            'finishes',
            'expected a scheduler with `finished`, or the option `when`, got neither',
          );
        }
        if (isDone) return undefined;
        const open = [...history.tasks.values()].filter(({ state }) => !isTerminal(state));
        const waiting = open.map(({ taskId, state }) => `${taskId} ${state}`).join(', ');
        return `the scheduler had not finished at ${formatSeconds(history.nowMs)}; ${
          waiting === '' ? 'it had no task left' : `its tasks were ${waiting}`
        }`;
      },
    }),
  };
}

function workOfItself(taskId: TaskId): string {
  return taskId;
}

/** Tasks by the work that they do, in the order of their launch. */
function tasksByWork(history: SchedulerHistory, { workOf = workOfItself }: WorkOptions): Map<string, LaunchedTask[]> {
  const byWork = new Map<string, LaunchedTask[]>();
  for (const task of history.tasks.values()) {
    const work = workOf(task.taskId);
    if (work === undefined) continue;
    const tasks = byWork.get(work);
    if (tasks === undefined) byWork.set(work, [task]);
    else tasks.push(task);
  }
  return byWork;
}

function isLost({ state }: LaunchedTask): boolean {
  return LOST_STATES.has(state);
}

function isLive({ state }: LaunchedTask): boolean {
  return !isTerminal(state) && !LOST_STATES.has(state);
}

/** It came to an end of its own. */
function isSettled({ state }: LaunchedTask): boolean {
  return isTerminal(state) && !LOST_STATES.has(state);
}

function named(work: string, { taskId }: LaunchedTask): string {
  return work === taskId ? `task ${taskId}` : `${work} (task ${taskId})`;
}

function namedOffer({ id, hostname, resources }: Offer): string {
  return `offer ${id} of ${hostname} (${resources.unallocate().toString()})`;
}
