import type { FrameworkId } from '../core/index.ts';
import { nodeDirectory } from '../runtime/node/index.ts';
import type { TaskStatus } from '../tasks/index.ts';

/**
 * The folder that a task ran in, by what its status says, or `undefined` if there is none (any more).
 *
 * @param agentDir absolute path of the work folder of the task's agent
 */
export function findSandbox(agentDir: string, frameworkId: FrameworkId, status: TaskStatus): string | undefined {
  const { agentId, taskId, executorId = taskId, containerStatus } = status;
  const runs = `slaves/${agentId}/frameworks/${frameworkId}/executors/${executorId}/runs`;
  const directory = nodeDirectory(agentDir);
  const found = directory.list(runs);
  const containerId = containerStatus?.containerId;
  if (containerId !== undefined && found.includes(containerId)) return `${agentDir}/${runs}/${containerId}`;
  // A task of a group has a folder of its own in that of its executor.
  const run = found.find((each) => directory.list(`${runs}/${each}/tasks`).includes(taskId));
  return run === undefined ? undefined : `${agentDir}/${runs}/${run}/tasks/${taskId}`;
}
