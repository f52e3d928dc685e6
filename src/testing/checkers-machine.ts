import { Resources } from '../resources/index.ts';
import { isTerminal, type TaskInfo, type TaskStatus } from '../tasks/index.ts';
import type { SimulatedContainer } from './machine.ts';
import type { AgentHost } from './world-agent.ts';

/** **A1**, **A2** on the machine itself: what its running tasks were given is part of what it has, no port twice. */
export function overcommitted(
  { hostname, machine, resources }: Pick<AgentHost, 'hostname' | 'machine' | 'resources'>,
  launched: SimulatedContainer,
  taskInfo: (taskKey: string) => TaskInfo | undefined,
): string | undefined {
  const running = machine.running();
  const twin = running.find(({ taskKey }) => taskKey === launched.taskKey);
  if (twin !== undefined) return `T3: task ${launched.taskId} runs twice on ${hostname}`;
  const given = [...running, launched].flatMap(({ taskKey }) => taskInfo(taskKey)?.resources ?? []);
  const held = Resources.sum(given.map(asConfigured));
  if (resources.toUnreserved().contains(held)) return undefined;
  return `A1: the tasks that run on ${hostname} were given ${held}; it has ${resources}`;
}

/** **T4** What an agent says of a task's end is what has become of its process. */
export function misreported(
  { hostname, machine }: Pick<AgentHost, 'hostname' | 'machine'>,
  report: { readonly taskKey: string; readonly status: Pick<TaskStatus, 'taskId' | 'state'> },
): string | undefined {
  const { taskKey, status } = report;
  if (!isTerminal(status.state)) return undefined;
  const name = `T4: task ${status.taskId} on ${hostname} is said to be ${status.state}`;
  const running = machine.running().find((container) => container.taskKey === taskKey);
  // Code that does not heed its signal cannot be ended: it is let go when its grace period is over.
  if (running?.pid === 0 && status.state !== 'TASK_FINISHED') return undefined;
  if (running !== undefined) return `${name}, and runs`;
  const end = machine.endOf(taskKey);
  // It never had a process, or the machine does not know it any more.
  if (end === undefined) return undefined;
  const isSuccess = end.type === 'exited' && end.exitCode === 0 && end.signal === undefined;
  if (status.state === 'TASK_FINISHED' && !isSuccess) return `${name}, and has not ended well`;
  return undefined;
}

/** As the machine was configured: without what operations have made of it. */
function asConfigured(resources: Resources): Resources {
  const plain = [...resources.unallocate().toUnreserved()].map(({ disk, ...resource }) => {
    return disk?.source === undefined ? resource : { ...resource, disk: { source: disk.source } };
  });
  return Resources.of(...plain);
}
