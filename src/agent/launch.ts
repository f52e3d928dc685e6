import { ExecutorId, type FrameworkId } from '../core/index.ts';
import type { MasterMessage } from '../protocol/index.ts';
import { Resources } from '../resources/index.ts';
import { type ExecutorInfo, isTerminal, type Task, type TaskInfo } from '../tasks/index.ts';
import type { Draft } from './decision.ts';
import { taskEnvironment } from './environment.ts';
import { checkpointed } from './operations.ts';
import type { ContainerPlan } from './protocol.ts';
import { knownFramework, refuseTask } from './refusal.ts';
import {
  type AgentState,
  type ExecutorRecord,
  executorKey,
  type FrameworkRecord,
  taskKey,
  type TaskRecord,
} from './state.ts';
import { forgetTask, type News, stateFor } from './status-updates.ts';
import { tellExecutorExited } from './task-end.ts';
import { volumeLinks, volumeLinksError } from './volumes.ts';

type RunTask = Extract<MasterMessage, { readonly type: 'runTask' }>;
type RunTaskGroup = Extract<MasterMessage, { readonly type: 'runTaskGroup' }>;

/** What is to be launched, whichever message asked for it. */
interface Wish {
  readonly framework: FrameworkRecord;
  readonly kind: ExecutorRecord['kind'];
  readonly executorId: ExecutorId;
  readonly info?: ExecutorInfo;
  readonly tasks: readonly TaskInfo[];
  readonly launchExecutor: boolean | undefined;
}

export function decideRunTask(state: AgentState, draft: Draft, message: RunTask): void {
  const { task, launchExecutor } = message;
  const framework = acceptingFramework(state, draft, message);
  if (framework === undefined) return;
  const info = task.executor;
  if (info === undefined) {
    launch(state, draft, {
      framework,
      kind: 'command',
      executorId: ExecutorId(task.taskId),
      tasks: [task],
      launchExecutor: undefined,
    });
  } else {
    const { executorId } = info;
    launch(state, draft, { framework, kind: 'inProcess', executorId, info, tasks: [task], launchExecutor });
  }
}

export function decideRunTaskGroup(state: AgentState, draft: Draft, message: RunTaskGroup): void {
  const { executor: info, tasks, launchExecutor } = message;
  const framework = acceptingFramework(state, draft, message);
  if (framework === undefined) return;
  launch(state, draft, { framework, kind: 'group', executorId: info.executorId, info, tasks, launchExecutor });
}

/** Nothing is answered where nobody would listen: before registration, and for frameworks that are shut down. */
function acceptingFramework(
  state: AgentState,
  draft: Draft,
  message: RunTask | RunTaskGroup,
): FrameworkRecord | undefined {
  const refuse = (why: string): undefined => {
    draft.log('warn', `Ignoring ${message.type} of framework ${message.frameworkInfo.id}: ${why}`);
    return undefined;
  };
  const frameworkId = message.frameworkInfo.id;
  if (frameworkId === undefined) return refuse('it has no id');
  if (state.agentId === undefined || state.phase !== 'running') return refuse('the agent is not running');
  if (state.frameworks.get(frameworkId)?.terminating === true) return refuse('the framework is being shut down');
  const tasks = message.type === 'runTask' ? [message.task] : message.tasks;
  // An answer would be taken for news of the task that is here.
  const twins = tasks.flatMap(({ taskId }) => state.tasks.get(taskKey(frameworkId, taskId)) ?? []);
  const running = twins.find(({ task }) => !isTerminal(task.state));
  if (running !== undefined) return refuse(`task ${running.task.taskId} is already here`);
  return twins.length === 0
    ? knownFramework(state, draft, message.frameworkInfo)
    : withoutEnded(state, draft, { frameworkId, twins });
}

/** Tasks that have ended give way to new ones of their ids: a master that gives out an id again has heard of the end. */
function withoutEnded(
  state: AgentState,
  draft: Draft,
  { frameworkId, twins }: { readonly frameworkId: FrameworkId; readonly twins: readonly TaskRecord[] },
): FrameworkRecord | undefined {
  const framework = state.frameworks.get(frameworkId);
  for (const record of twins) {
    draft.log('info', `Task ${record.task.taskId} gives way to a new one of its id`, { state: record.task.state });
    forgetTask(draft, record);
  }
  // It may have gone with its last task.
  if (framework !== undefined) draft.event({ type: 'frameworkUpdated', frameworkId, info: framework.info });
  return framework;
}

function launch(state: AgentState, draft: Draft, wish: Wish): void {
  const news = refusal(state, wish);
  if (news === undefined) {
    start(state, draft, wish);
    return;
  }
  for (const info of wish.tasks) {
    refuseTask(state, draft, { task: taskOf(wish, info), executorId: wish.executorId, news });
  }
  // The master has set resources aside for an executor that there will not be.
  const { executorId, framework } = wish;
  const existing = state.executors.get(executorKey(framework.frameworkId, executorId));
  if (wish.launchExecutor === true && (existing === undefined || existing.kind === 'command')) {
    tellExecutorExited(state, draft, { frameworkId: framework.frameworkId, executorId, status: -1 });
  }
}

/** Why nothing of the wish can be started, if so. @see `mesos-validation.md`, section 33 */
function refusal(state: AgentState, wish: Wish): News | undefined {
  const { framework, kind, executorId } = wish;
  const source = 'SOURCE_AGENT';
  const dropped = stateFor(framework, 'TASK_DROPPED');
  const shape = shapeError(wish);
  if (shape !== undefined) return { state: 'TASK_ERROR', source, reason: 'REASON_TASK_INVALID', message: shape };

  const executor = state.executors.get(executorKey(framework.frameworkId, executorId));
  if (executor !== undefined && (kind === 'command' || executor.kind !== kind)) {
    const message = `Expected executor id ${executorId} to be free, got one that is in use by a ${executor.kind} executor`;
    return { state: dropped, source, reason: 'REASON_TASK_INVALID', message };
  }
  if (executor?.terminating === true || (executor !== undefined && wish.launchExecutor === true)) {
    return {
      state: dropped,
      source,
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: `Executor ${executorId} is ending`,
    };
  }
  if (executor === undefined && wish.launchExecutor === false) {
    return {
      state: dropped,
      source,
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: `Executor ${executorId} has ended`,
    };
  }

  const needed = checkpointed(Resources.sum(allResources(wish))).unallocate();
  if (!state.total.contains(needed)) {
    const message = `Expected the agent to have ${needed}, got ${state.total}`;
    return { state: dropped, source, reason: 'REASON_RESOURCES_UNKNOWN', message };
  }
  const failure = launchError(state, wish);
  if (failure === undefined) return undefined;
  const message = `Failed to launch container: ${failure}`;
  return { state: 'TASK_FAILED', source, reason: 'REASON_CONTAINER_LAUNCH_FAILED', message };
}

/** Shared volumes that several tasks hold count once. */
function allResources({ tasks, info }: Wish): readonly Resources[] {
  return [...tasks.map(({ resources }) => resources), info?.resources ?? Resources.empty].map((resources) =>
    resources.filter((resource) => resource.shared !== true),
  );
}

function shapeError({ kind, info, tasks }: Wish): string | undefined {
  if (kind === 'inProcess' && info?.type !== 'IN_PROCESS') {
    return `Expected an executor of type IN_PROCESS for a single task, got ${info?.type}`;
  }
  if (kind === 'group' && info?.type !== 'DEFAULT') {
    return `Expected an executor of type DEFAULT for a task group, got ${info?.type}`;
  }
  const bare = tasks.find(({ command }) => command === undefined);
  return kind === 'inProcess' || bare === undefined ? undefined : `Expected task ${bare.taskId} to have a command`;
}

function launchError(state: AgentState, { kind, info, tasks }: Wish): string | undefined {
  const { executorNames } = state.settings;
  if (kind === 'inProcess' && !executorNames.includes(info?.name ?? '')) {
    const names = executorNames.length === 0 ? 'none' : executorNames.join(', ');
    return `Expected the name of an in-process executor of this agent (${names}), got ${JSON.stringify(info?.name)}`;
  }
  for (const { resources } of tasks) {
    const error = volumeLinksError(volumeLinks(resources));
    if (error !== undefined) return error;
  }
  return undefined;
}

function start(state: AgentState, draft: Draft, wish: Wish): void {
  const { framework, executorId, kind } = wish;
  const existing = state.executors.get(executorKey(framework.frameworkId, executorId));
  const executor = existing ?? newExecutor(state, draft, wish);
  if (existing === undefined) {
    draft.event({ type: 'executorLaunched', executor });
    draft.event({ type: 'sandboxUsed', path: executor.sandbox });
  }
  const groupId = kind === 'group' ? draft.newId() : undefined;
  const plans: ContainerPlan[] = [];
  for (const info of wish.tasks) {
    const containerId = kind === 'command' ? executor.containerId : draft.newContainerId();
    const record: TaskRecord = {
      task: taskOf(wish, info),
      executorId,
      containerId,
      pending: [],
      attempts: 0,
      ...(groupId === undefined ? {} : { groupId }),
      ...(info.maxCompletionTimeMs === undefined ? {} : { maxCompletionTimeMs: info.maxCompletionTimeMs }),
    };
    draft.event({ type: 'taskAdded', record });
    const volumes = volumeLinks(info.resources);
    if (kind === 'inProcess') startCode(draft, { executor, info, containerId, volumes });
    else if (info.command !== undefined) {
      plans.push({
        containerId,
        command: info.command,
        sandbox: kind === 'group' ? `${executor.sandbox}/tasks/${info.taskId}` : executor.sandbox,
        volumes,
        environment: taskEnvironment(framework, info, { executorId, containerId }),
      });
    }
  }
  if (plans.length > 0) draft.effect({ type: 'launchContainers', plans });
}

function startCode(
  draft: Draft,
  {
    executor,
    info,
    containerId,
    volumes,
  }: { executor: ExecutorRecord; info: TaskInfo } & Pick<ContainerPlan, 'containerId' | 'volumes'>,
): void {
  const { frameworkId, sandbox, info: executorInfo } = executor;
  if (executorInfo?.name === undefined) return;
  const { name } = executorInfo;
  draft.effect({
    type: 'launchCode',
    plan: { containerId, name, agentId: info.agentId, frameworkId, executorInfo, task: info, sandbox, volumes },
  });
}

function newExecutor(state: AgentState, draft: Draft, { framework, kind, executorId, info }: Wish): ExecutorRecord {
  const { frameworkId } = framework;
  const containerId = draft.newContainerId();
  const folder = `slaves/${state.agentId}/frameworks/${frameworkId}/executors/${executorId}`;
  return {
    frameworkId,
    executorId,
    kind,
    containerId,
    sandbox: `${folder}/runs/${containerId}`,
    terminating: false,
    ...(info === undefined ? {} : { info }),
  };
}

function taskOf({ framework, kind, executorId }: Wish, info: TaskInfo): Task {
  return {
    taskId: info.taskId,
    name: info.name,
    frameworkId: framework.frameworkId,
    agentId: info.agentId,
    resources: info.resources,
    state: 'TASK_STAGING',
    statuses: [],
    ...(kind === 'command' ? {} : { executorId }),
    ...(info.labels === undefined ? {} : { labels: info.labels }),
    ...(info.killPolicy === undefined ? {} : { killPolicy: info.killPolicy }),
  };
}
