import { Resources } from '../resources/index.ts';
import type { TaskInfo } from '../tasks/index.ts';
import type { SimulatedContainer } from './machine.ts';
import type { AgentHost } from './world-agent.ts';

/** **A1**, **A2** on the machine itself: what its running tasks were given is part of what it has, no port twice. */
export function overcommitted(
  { hostname, machine, resources }: Pick<AgentHost, 'hostname' | 'machine' | 'resources'>,
  launched: SimulatedContainer,
  taskInfo: (taskKey: string) => TaskInfo | undefined,
): string | undefined {
  const running = machine.running();
  const twin = running.find(({ id, taskKey }) => id !== launched.id && taskKey === launched.taskKey);
  if (twin !== undefined) return `T3: task ${launched.taskId} runs twice on ${hostname}`;
  const given = running.flatMap(({ taskKey }) => taskInfo(taskKey)?.resources.unallocate().toUnreserved() ?? []);
  const held = Resources.sum(given);
  if (resources.toUnreserved().contains(held)) return undefined;
  return `A1: the tasks that run on ${hostname} were given ${held}; it has ${resources}`;
}
