import type { TaskId } from '../../core/index.ts';
import { Resources } from '../../resources/index.ts';
import type { ExecutorInfo, TaskInfo } from '../../tasks/index.ts';
import { sameExecutor, validateExecutor } from './executor.ts';
import {
  isAvailable,
  shortage,
  validateNoOverlap,
  validateNoRevocableMix,
  validateUniquePersistenceIds,
} from './resources.ts';
import { type LaunchContext, prefixed, validateTaskInfo } from './task.ts';

/** The least that the executor of a group must have, in thousandths of a CPU and of a megabyte. */
const EXECUTOR_CPUS_MILLI_MIN = 10;
const EXECUTOR_MEM_MILLI_MIN = 32_000;

/**
 * Why a LAUNCH_GROUP is refused as a whole, or `undefined`. The resources must carry the role of the offers as their
 * allocation by now. A task need not name the executor; if it does, it must be the group's.
 *
 * @see Mesos `src/master/validation.cpp`, `task::group::validate`
 */
export function validateTaskGroup(
  executor: ExecutorInfo,
  tasks: readonly TaskInfo[],
  context: LaunchContext,
): string | undefined {
  if (tasks.length === 0) return 'Task group must have at least one task, got none';
  return (
    tasksError(tasks, context) ?? groupExecutorError(executor, tasks, context) ?? totalsError(executor, tasks, context)
  );
}

function tasksError(tasks: readonly TaskInfo[], context: LaunchContext): string | undefined {
  const inGroup = new Set<TaskId>();
  const taskIdInUse = (taskId: TaskId) => inGroup.has(taskId) || context.taskIdInUse(taskId);
  for (const task of tasks) {
    const error =
      validateTaskInfo(task, { ...context, taskIdInUse }) ??
      (task.command === undefined ? "'TaskInfo.command' must be set for a task of a group" : undefined);
    if (error !== undefined) return `Task '${task.taskId}' is invalid: ${error}`;
    inGroup.add(task.taskId);
  }
  return undefined;
}

function groupExecutorError(
  executor: ExecutorInfo,
  tasks: readonly TaskInfo[],
  context: LaunchContext,
): string | undefined {
  const error = validateExecutor(executor, context);
  if (error !== undefined) return error;
  if (executor.type !== 'DEFAULT')
    return `'ExecutorInfo.type' must be 'DEFAULT' in a LAUNCH_GROUP, got '${executor.type}'`;
  const stranger = tasks.find((task) => task.executor !== undefined && !sameExecutor(task.executor, executor));
  if (stranger !== undefined)
    return `The executor of task '${stranger.taskId}' differs from the group's, '${executor.executorId}'`;
  const resources = executor.resources ?? Resources.empty;
  const uses = `Executor '${executor.executorId}' of a group must have`;
  if (resources.scalarMilli('cpus') < EXECUTOR_CPUS_MILLI_MIN)
    return `${uses} cpus of 0.01 or more, got ${resources.cpus}`;
  if (resources.scalarMilli('mem') < EXECUTOR_MEM_MILLI_MIN)
    return `${uses} mem of 32 MB or more, got ${resources.memMb}`;
  return resources.scalarMilli('disk') > 0 ? undefined : `${uses} some disk, got none`;
}

function totalsError(executor: ExecutorInfo, tasks: readonly TaskInfo[], context: LaunchContext): string | undefined {
  const all = [executor.resources ?? Resources.empty, ...tasks.map((task) => task.resources)];
  const total = Resources.sum(all);
  const error =
    prefixed('Task group and executor use a persistent volume twice', validateUniquePersistenceIds(total)) ??
    prefixed('Task group and executor mix revocable and regular resources', validateNoRevocableMix(total)) ??
    prefixed('Task group and executor', validateNoOverlap(all));
  if (error !== undefined) return error;
  const isNew = context.runningExecutor(executor.executorId) === undefined;
  const demands = isNew ? all : all.slice(1);
  if (isAvailable(context.offered, demands)) return undefined;
  return `Task group${isNew ? ' and its executor need' : ' needs'} ${shortage(context.offered, demands)}`;
}
