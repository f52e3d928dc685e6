import type { ContainerId, ExecutorId } from '../core/index.ts';
import type { TaskInfo } from '../tasks/index.ts';
import type { FrameworkRecord } from './state.ts';
import type { ContainerPlan } from './protocol.ts';

/**
 * What a task's process is told of where it runs. Only what is meant for the task: nothing of an executor's own
 * protocol. @see Mesos `src/slave/slave.cpp`, `executorEnvironment`, and `src/launcher/executor.cpp`
 */
export function taskEnvironment(
  framework: FrameworkRecord,
  task: TaskInfo,
  ids: { readonly executorId: ExecutorId; readonly containerId: ContainerId },
): Readonly<Record<string, string>> {
  const [resource] = task.resources;
  const role = resource?.allocatedTo;
  return {
    MESOS_FRAMEWORK_ID: framework.frameworkId,
    MESOS_EXECUTOR_ID: ids.executorId,
    MESOS_TASK_ID: task.taskId,
    MESOS_CONTAINER_ID: ids.containerId,
    MESOS_AGENT_ID: task.agentId,
    MESOS_SLAVE_ID: task.agentId,
    MESOS_CHECKPOINT: framework.info.checkpoint === true ? '1' : '0',
    ...(role === undefined ? {} : { MESOS_ALLOCATION_ROLE: role }),
  };
}

/** All that the process sees, once its sandbox has an absolute path; what the command brings itself wins. */
export function containerEnvironment(plan: ContainerPlan, sandbox: string): Readonly<Record<string, string>> {
  return {
    HOME: sandbox,
    ...plan.environment,
    MESOS_SANDBOX: sandbox,
    MESOS_DIRECTORY: sandbox,
    ...plan.command.environment,
  };
}
