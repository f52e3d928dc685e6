import { type FrameworkId, identifierError } from '../../core/index.ts';
import {
  AGENT_PROTOCOL_VERSION,
  type AgentInfo,
  type AgentMessage,
  type FrameworkInfo,
  type RunningExecutor,
} from '../../protocol/index.ts';
import type { Resources } from '../../resources/index.ts';
import type { Task } from '../../tasks/index.ts';
import { validateExecutorInfo } from './executor.ts';
import { validateFrameworkInfo } from './framework.ts';
import { validateResources } from './resources.ts';
import { prefixed } from './task.ts';

/**
 * Why a new agent is not let in, or `undefined`; one that is not let in is ignored, and tries again.
 *
 * @see Mesos `src/master/validation.cpp`, `message::registerSlave`
 */
export function validateAgentRegistration(
  message: Extract<AgentMessage, { readonly type: 'registerAgent' }>,
): string | undefined {
  return versionError(message.protocolVersion) ?? agentInfoError(message.agentInfo);
}

/**
 * Why an agent that comes back is not let in, or `undefined`: what it reports must be whole and agree with itself.
 *
 * @see Mesos `src/master/validation.cpp`, `message::reregisterSlave`
 */
export function validateReregistration(
  message: Extract<AgentMessage, { readonly type: 'reregisterAgent' }>,
): string | undefined {
  const { agentInfo, frameworks, executors, tasks } = message;
  const error = versionError(message.protocolVersion) ?? agentInfoError(agentInfo);
  if (error !== undefined) return error;
  if (agentInfo.id === undefined) return "'AgentInfo.id' must be set by an agent that comes back";
  const frameworkIds = new Set<FrameworkId>();
  for (const info of frameworks) {
    const frameworkError = reportedFrameworkError(info, frameworkIds);
    if (frameworkError !== undefined) return frameworkError;
  }
  const executorIds = new Map<FrameworkId, Set<string>>();
  for (const running of executors) {
    const executorError = reportedExecutorError(running, frameworkIds, executorIds);
    if (executorError !== undefined) return executorError;
  }
  for (const task of tasks) {
    const taskError = reportedTaskError(task, { agentId: agentInfo.id, frameworkIds, executorIds });
    if (taskError !== undefined) return `Task '${task.taskId}' is invalid: ${taskError}`;
  }
  return undefined;
}

function versionError(version: number): string | undefined {
  if (version === AGENT_PROTOCOL_VERSION) return undefined;
  return `'protocolVersion' must be ${AGENT_PROTOCOL_VERSION}, got ${version}`;
}

function agentInfoError(info: AgentInfo): string | undefined {
  const error = info.id === undefined ? undefined : identifierError(info.id);
  if (error !== undefined) return `'AgentInfo.id' is invalid: ${error}`;
  return prefixed(
    "'AgentInfo.resources' are invalid",
    validateResources(info.resources) ?? allocatedError(info.resources),
  );
}

function allocatedError(resources: Resources): string | undefined {
  for (const { name, allocatedTo } of resources) {
    if (allocatedTo !== undefined) return `Resource '${name}' must not be allocated, got role '${allocatedTo}'`;
  }
  return undefined;
}

function reportedFrameworkError(info: FrameworkInfo, seen: Set<FrameworkId>): string | undefined {
  const error = validateFrameworkInfo(info);
  if (error !== undefined) return `Framework '${info.name}' is invalid: ${error}`;
  if (info.id === undefined) return `Framework '${info.name}' must have an id`;
  if (seen.has(info.id)) return `Framework ${info.id} is reported twice`;
  seen.add(info.id);
  return undefined;
}

function reportedExecutorError(
  { frameworkId, executor }: RunningExecutor,
  frameworkIds: ReadonlySet<FrameworkId>,
  seen: Map<FrameworkId, Set<string>>,
): string | undefined {
  const named = `Executor '${executor.executorId}' of framework ${frameworkId}`;
  const error = validateExecutorInfo(executor);
  if (error !== undefined) return `${named} is invalid: ${error}`;
  if (!frameworkIds.has(frameworkId)) return `${named} belongs to a framework that is not reported`;
  const ids = seen.get(frameworkId) ?? new Set();
  if (ids.has(executor.executorId)) return `${named} is reported twice`;
  seen.set(frameworkId, ids.add(executor.executorId));
  return prefixed(`${named} uses invalid resources`, executor.resources && validateResources(executor.resources));
}

function reportedTaskError(
  task: Task,
  reported: {
    readonly agentId: string;
    readonly frameworkIds: ReadonlySet<FrameworkId>;
    readonly executorIds: ReadonlyMap<FrameworkId, ReadonlySet<string>>;
  },
): string | undefined {
  const error = identifierError(task.taskId);
  if (error !== undefined) return error;
  if (task.agentId !== reported.agentId) return `it names agent ${task.agentId}, expected ${reported.agentId}`;
  if (!reported.frameworkIds.has(task.frameworkId)) return `its framework ${task.frameworkId} is not reported`;
  if (task.state === 'TASK_RUNNING' && task.executorId !== undefined) {
    const known = reported.executorIds.get(task.frameworkId)?.has(task.executorId) ?? false;
    if (!known) return `it runs under executor '${task.executorId}', which is not reported`;
  }
  return prefixed('it uses invalid resources', validateResources(task.resources));
}
