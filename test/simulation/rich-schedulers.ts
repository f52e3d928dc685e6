import { type AgentId, ExecutorId, type FrameworkId, TaskId } from '../../src/core/index.ts';
import type { Offer, OfferOperation } from '../../src/offers/index.ts';
import { type Label, type Resource, Resources } from '../../src/resources/index.ts';
import {
  commandTask,
  inProcessTask,
  matchOffer,
  type Requirement,
  type Scheduler,
  type SchedulerAction,
  type SchedulerInput,
} from '../../src/scheduler/index.ts';
import {
  type ExecutorInfo,
  isTerminal,
  type KillPolicy,
  type TaskInfo,
  type TaskStatus,
} from '../../src/tasks/index.ts';

/** What tasks are: commands, groups below a shared executor, code of a shared executor, or commands with a volume. */
export type TaskForm = 'command' | 'group' | 'code' | 'volume';

/** How a scheduler for tests works that makes use of all that there is: it wants so many tasks to run, or to have run. */
export interface RichWork {
  /** Prefix of its ids. */
  readonly prefix: string;
  readonly form: TaskForm;
  readonly cpus: number;
  readonly memMb: number;
  readonly count: number;
  /** True: each task ends by itself, and `count` of them must succeed. False: `count` of them run for ever. */
  readonly finishes: boolean;
  readonly labels: readonly Label[];
  /** At most so many tasks in one group, or in one LAUNCH. */
  readonly together: number;
  /** So many ids of executors are in use, on each agent. */
  readonly executors: number;
  readonly maxCompletionTimeMs?: number;
  readonly killPolicy?: KillPolicy;
  /** Every so many milliseconds it kills its oldest task, or shuts its executor down. */
  readonly disturbEveryMs?: number;
}

interface LiveTask {
  readonly id: string;
  readonly agentId: AgentId;
  readonly executorId: ExecutorId | undefined;
}

export interface RichProgress {
  /** A group's executor has to name it. */
  readonly frameworkId: FrameworkId | undefined;
  readonly launched: number;
  readonly succeeded: number;
  readonly volumes: number;
  readonly disturbances: number;
  /** Tasks that are not over as far as it was told. */
  readonly live: readonly LiveTask[];
}

type Answer = readonly [RichProgress, readonly SchedulerAction[]];

const EXECUTOR_RESOURCES = Resources.parse('cpus:0.1;mem:32;disk:10');
const VOLUME_MB = 16;
const KEEP_AWAY = { filters: { refuseMs: 1_000 } };

/** Launches what is missing on whatever is offered, and declines the rest. */
export function richWorker(work: RichWork): Scheduler<RichProgress> {
  return {
    initial: { frameworkId: undefined, launched: 0, succeeded: 0, volumes: 0, disturbances: 0, live: [] },
    handle: (state, input) => handle(work, state, input),
    ...(work.finishes ? { finished: ({ succeeded }: RichProgress) => succeeded >= work.count } : {}),
  };
}

function handle(work: RichWork, state: RichProgress, input: SchedulerInput): Answer {
  switch (input.type) {
    case 'subscribed':
      return [{ ...state, frameworkId: input.frameworkId }, subscribed(work, state)];
    case 'offers':
      return input.offers.reduce<Answer>(
        ([progress, actions], offer) => {
          const [next, action] = answerOffer(work, progress, offer);
          return [next, [...actions, action]];
        },
        [state, []],
      );
    case 'update':
      return [updated(state, input.status), []];
    case 'wakeUp':
      return disturb(work, state);
    default:
      return [state, []];
  }
}

/** Whoever has stored its tasks asks about them, and names their agents: so the master can answer for lost ones. */
function subscribed({ disturbEveryMs }: RichWork, { live }: RichProgress): readonly SchedulerAction[] {
  const actions: SchedulerAction[] = [];
  if (live.length > 0) {
    actions.push({ type: 'reconcile', tasks: live.map(({ id, agentId }) => ({ taskId: TaskId(id), agentId })) });
  }
  if (disturbEveryMs !== undefined) actions.push({ type: 'wakeUp', afterMs: disturbEveryMs });
  return actions;
}

/** Kills and shut downs by turns, with a policy of the call's own now and then. */
function disturb(work: RichWork, state: RichProgress): Answer {
  const [oldest] = state.live;
  const again: SchedulerAction = { type: 'wakeUp', afterMs: work.disturbEveryMs ?? 60_000 };
  if (oldest === undefined) return [state, [again]];
  const turn = state.disturbances;
  const next = { ...state, disturbances: turn + 1 };
  const { id, agentId, executorId } = oldest;
  if (executorId !== undefined && turn % 3 === 2) return [next, [{ type: 'shutdown', agentId, executorId }, again]];
  const policy = turn % 2 === 0 ? {} : { killPolicy: { gracePeriodMs: 500 * turn } };
  return [next, [{ type: 'kill', taskId: TaskId(id), ...policy }, again]];
}

function missing(work: RichWork, { live, succeeded }: RichProgress): number {
  return work.count - live.length - (work.finishes ? succeeded : 0);
}

function answerOffer(work: RichWork, state: RichProgress, offer: Offer): readonly [RichProgress, SchedulerAction] {
  const plan = work.form === 'volume' && offer.role !== '*' ? planVolumes : planTasks;
  const { progress, operations } = plan(work, state, offer);
  const offerIds = [offer.id];
  if (operations.length === 0) return [progress, { type: 'decline', offerIds, ...KEEP_AWAY }];
  return [progress, { type: 'accept', offerIds, operations, ...KEEP_AWAY }];
}

interface Plan {
  readonly progress: RichProgress;
  readonly operations: readonly OfferOperation[];
}

/** As many tasks as fit, in one LAUNCH, or in groups. */
function planTasks(work: RichWork, state: RichProgress, offer: Offer): Plan {
  let progress = state;
  let { resources } = offer;
  const operations: OfferOperation[] = [];
  for (;;) {
    const executor = work.form === 'command' || work.form === 'volume' ? undefined : executorOf(work, offer, progress);
    if (executor !== undefined) {
      // Whether it runs already is the master's knowledge: there must be room for it in any case.
      const room = matchOffer({ cpus: 0.1, memMb: 32, diskMb: 10, reserved: 'never' }, { ...offer, resources });
      if (!room.matched) break;
      resources = room.remaining;
    }
    const tasks: TaskInfo[] = [];
    while (tasks.length < work.together && missing(work, progress) > 0) {
      const match = matchOffer(requirement(work), { ...offer, resources });
      if (!match.matched) break;
      resources = match.remaining;
      const [next, task] = newTask(work, progress, { offer, resources: match.resources, executor });
      progress = next;
      tasks.push(task);
    }
    if (tasks.length === 0) break;
    operations.push(
      work.form === 'group' && executor !== undefined
        ? { type: 'LAUNCH_GROUP', executor, taskInfos: tasks }
        : { type: 'LAUNCH', taskInfos: tasks },
    );
  }
  return { progress, operations };
}

function requirement({ cpus, memMb, form }: RichWork): Requirement {
  // A group wants some disk.
  return { cpus, memMb, reserved: 'never', ...(form === 'group' ? { diskMb: 1 } : {}) };
}

/** By turns one of a few ids, so that groups of different times meet in one executor. */
function executorOf(work: RichWork, offer: Offer, { launched, frameworkId }: RichProgress): ExecutorInfo {
  // Its resources are allocated to the role of the offer: in another role it is another one.
  const role = offer.role.replaceAll(/[^a-z]/g, '-');
  const executorId = ExecutorId(`${work.prefix}-${role}-e${launched % work.executors}`);
  return work.form === 'group'
    ? { type: 'DEFAULT', executorId, resources: EXECUTOR_RESOURCES, ...(frameworkId && { frameworkId }) }
    : { type: 'IN_PROCESS', executorId, name: 'sim', resources: EXECUTOR_RESOURCES };
}

function newTask(
  work: RichWork,
  state: RichProgress,
  on: { readonly offer: Offer; readonly resources: Resources; readonly executor: ExecutorInfo | undefined },
): readonly [RichProgress, TaskInfo] {
  const launched = state.launched + 1;
  const id = `${work.prefix}-${launched}`;
  const { offer, resources, executor } = on;
  const { labels, maxCompletionTimeMs, killPolicy } = work;
  const common = {
    id,
    offer,
    resources,
    labels,
    ...(maxCompletionTimeMs === undefined ? {} : { maxCompletionTimeMs }),
  };
  const task =
    work.form === 'code' && executor !== undefined
      ? inProcessTask({
          ...common,
          executor: 'sim',
          executorId: executor.executorId,
          executorResources: EXECUTOR_RESOURCES,
        })
      : commandTask({ ...common, command: 'work', ...(killPolicy === undefined ? {} : { killPolicy }) });
  const live = [...state.live, { id, agentId: offer.agentId, executorId: executor?.executorId }];
  return [{ ...state, launched, live }, task];
}

/**
 * A task on each of its volumes that is offered; where there is none, one is reserved and created for the task in the
 * same ACCEPT. Those that nobody needs are destroyed, and given back.
 */
function planVolumes(work: RichWork, state: RichProgress, offer: Offer): Plan {
  let progress = state;
  let { resources } = offer;
  const operations: OfferOperation[] = [];
  const mine = [...offer.resources.persistentVolumes()].filter((volume) => idOf(volume).startsWith(`${work.prefix}-v`));
  for (const volume of mine) {
    const match = matchOffer({ ...requirement(work), volumes: [idOf(volume)] }, { ...offer, resources });
    if (missing(work, progress) <= 0 || !match.matched) {
      const back = Resources.of(volume);
      operations.push(
        { type: 'DESTROY', volumes: back },
        { type: 'UNRESERVE', resources: Resources.of(withoutVolume(volume)) },
      );
      resources = resources.minus(back);
      continue;
    }
    resources = match.remaining;
    const [next, task] = newTask(work, progress, { offer, resources: match.resources, executor: undefined });
    progress = next;
    operations.push({ type: 'LAUNCH', taskInfos: [task] });
  }
  if (missing(work, progress) <= 0 || mine.length > 0) return { progress, operations };
  const match = matchOffer({ ...requirement(work), diskMb: VOLUME_MB }, { ...offer, resources });
  if (!match.matched) return { progress, operations };
  const disk = match.resources.named('disk').pushReservation({ type: 'DYNAMIC', role: offer.role });
  const id = `${work.prefix}-v${progress.volumes + 1}`;
  const volumes = Resources.of(...[...disk].map((plain) => withVolume(plain, id)));
  const [next, task] = newTask(
    work,
    { ...progress, volumes: progress.volumes + 1 },
    { offer, resources: match.resources.minus(match.resources.named('disk')).plus(volumes), executor: undefined },
  );
  operations.push(
    { type: 'RESERVE', resources: disk },
    { type: 'CREATE', volumes },
    { type: 'LAUNCH', taskInfos: [task] },
  );
  return { progress: next, operations };
}

function idOf(volume: Resource): string {
  return volume.disk?.persistence?.id ?? '';
}

function withVolume(plain: Resource, id: string): Resource {
  return { ...plain, disk: { ...plain.disk, persistence: { id }, volume: { containerPath: 'data', mode: 'RW' } } };
}

function withoutVolume(volume: Resource): Resource {
  const { disk: _, ...plain } = volume;
  return plain;
}

function updated(state: RichProgress, { taskId, state: taskState, agentId, executorId }: TaskStatus): RichProgress {
  const isOver = isTerminal(taskState) || taskState === 'TASK_UNKNOWN';
  const isLive = state.live.some(({ id }) => id === taskId);
  // It was taken for lost, and is back.
  if (!isLive && !isOver && agentId !== undefined) {
    return { ...state, live: [...state.live, { id: taskId, agentId, executorId }] };
  }
  if (!isLive || !isOver) return state;
  const live = state.live.filter(({ id }) => id !== taskId);
  return { ...state, live, succeeded: state.succeeded + (taskState === 'TASK_FINISHED' ? 1 : 0) };
}
