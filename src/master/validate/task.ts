import { type AgentId, type ExecutorId, type FrameworkId, identifierError, type TaskId } from '../../core/index.ts';
import { Resources } from '../../resources/index.ts';
import type { ExecutorInfo, KillPolicy, TaskInfo } from '../../tasks/index.ts';
import { validateCommand } from './command.ts';
import { validateExecutor } from './executor.ts';
import {
  isAvailable,
  shortage,
  validateAllocatedToOneRole,
  validateNoOverlap,
  validateNoRevocableMix,
  validateResources,
  validateUniquePersistenceIds,
} from './resources.ts';

/** What the master knows when it judges a launch. */
export interface LaunchContext {
  readonly frameworkId: FrameworkId;
  /** The agent that the offers are of. */
  readonly agentId: AgentId;
  /**
   * What the operations before this one have left of the offers, allocated to their role. Shared volumes are there
   * still when an earlier task of the same ACCEPT uses them.
   */
  readonly offered: Resources;
  /**
   * Whether the framework has such a task that the master still keeps: live, terminal but unacknowledged, or launched
   * earlier in the same ACCEPT.
   */
  readonly taskIdInUse: (taskId: TaskId) => boolean;
  /** Whether the framework has such a task on an agent that is unreachable. */
  readonly taskIdUnreachable: (taskId: TaskId) => boolean;
  /** The framework's executor of that id on the agent, if it runs there or has been launched by this ACCEPT. */
  readonly runningExecutor: (executorId: ExecutorId) => ExecutorInfo | undefined;
}

/**
 * Why a task of a LAUNCH is refused, or `undefined`. The resources of task and executor must carry the role of the
 * offers as their allocation by now, and the executor its framework id.
 *
 * @see Mesos `src/master/validation.cpp`, `task::validate`
 */
export function validateTask(task: TaskInfo, context: LaunchContext): string | undefined {
  const error = validateTaskInfo(task, context);
  if (error !== undefined) return error;
  if ((task.executor === undefined) === (task.command === undefined)) {
    const got = task.executor === undefined ? 'neither' : 'both';
    return `Task must have a 'command' or an 'executor', got ${got}`;
  }
  return (task.executor && launchedExecutorError(task.executor, context)) ?? totalsError(task, context);
}

/**
 * The rules that every task must keep, of a group or not.
 *
 * @see Mesos `src/master/validation.cpp`, `task::internal::validateTask`
 */
export function validateTaskInfo(task: TaskInfo, context: LaunchContext): string | undefined {
  return (
    identityError(task, context) ??
    timesError(task) ??
    taskResourcesError(task.resources) ??
    commandError(task) ??
    unsupportedError(task)
  );
}

/** What would change what runs must not be left out in silence. */
function unsupportedError({ unsupported = [] }: TaskInfo): string | undefined {
  return unsupported.length === 0 ? undefined : `Task asks for what is not supported: ${unsupported.join(', ')}`;
}

function identityError(task: TaskInfo, context: LaunchContext): string | undefined {
  const { taskId } = task;
  const error = identifierError(taskId);
  if (error !== undefined) return `'TaskInfo.taskId' is invalid: ${error}`;
  if (context.taskIdInUse(taskId)) return `Task has the id of another task: ${taskId}`;
  if (context.taskIdUnreachable(taskId)) return `Task has the id of a task that is unreachable: ${taskId}`;
  if (task.agentId !== context.agentId) {
    return `Task names agent ${task.agentId}, expected the agent of the offers, ${context.agentId}`;
  }
  return undefined;
}

function timesError(task: TaskInfo): string | undefined {
  const error = validateKillPolicy(task.killPolicy) ?? timeError('maxCompletionTimeMs', task.maxCompletionTimeMs);
  return error === undefined ? undefined : `Task's ${error}`;
}

/** Why nothing can be killed so, or `undefined`. A KILL that says so is dropped (ours: Mesos passes it on). */
export function validateKillPolicy(killPolicy: KillPolicy | undefined): string | undefined {
  return timeError('killPolicy.gracePeriodMs', killPolicy?.gracePeriodMs);
}

function timeError(field: string, timeMs: number | undefined): string | undefined {
  if (timeMs === undefined || (Number.isFinite(timeMs) && timeMs >= 0)) return undefined;
  return `'${field}' must be a time of 0 ms or more, got ${timeMs}`;
}

function taskResourcesError(resources: Resources): string | undefined {
  if (resources.isEmpty) return 'Task uses no resources';
  return (
    prefixed('Task uses invalid resources', validateResources(resources)) ??
    prefixed('Task uses a persistent volume twice', validateUniquePersistenceIds(resources)) ??
    prefixed('Task uses wrongly allocated resources', validateAllocatedToOneRole(resources)) ??
    prefixed('Task mixes revocable and regular resources', validateNoRevocableMix(resources))
  );
}

function commandError(task: TaskInfo): string | undefined {
  return task.command && prefixed("Task's 'command' is invalid", validateCommand(task.command));
}

function launchedExecutorError(executor: ExecutorInfo, context: LaunchContext): string | undefined {
  const error = validateExecutor(executor, context);
  if (error !== undefined) return error;
  if (executor.type !== 'IN_PROCESS') {
    return `'ExecutorInfo.type' must be 'IN_PROCESS' in a LAUNCH, got '${executor.type}': use LAUNCH_GROUP`;
  }
  const shared = executor.resources?.shared() ?? Resources.empty;
  return shared.isEmpty ? undefined : `Executor must not use shared resources, got '${shared}'`;
}

function totalsError(task: TaskInfo, context: LaunchContext): string | undefined {
  const executorResources = task.executor?.resources ?? Resources.empty;
  const total = task.resources.plus(executorResources);
  const error =
    prefixed('Task and its executor', validateNoOverlap([task.resources, executorResources])) ??
    prefixed('Task and its executor use a persistent volume twice', validateUniquePersistenceIds(total)) ??
    prefixed('Task and its executor mix revocable and regular resources', validateNoRevocableMix(total));
  if (error !== undefined) return error;
  const isNew = task.executor !== undefined && context.runningExecutor(task.executor.executorId) === undefined;
  const demands = isNew ? [task.resources, executorResources] : [task.resources];
  if (isAvailable(context.offered, demands)) return undefined;
  return `Task${isNew ? ' and its executor need' : ' needs'} ${shortage(context.offered, demands)}`;
}

/** `error`, if there is one, after what it is about. */
export function prefixed(about: string, error: string | undefined): string | undefined {
  return error === undefined ? undefined : `${about}: ${error}`;
}
