import { type AgentId, ExecutorId, InvalidArgument, ParseError, TaskId } from '../core/index.ts';
import type { Offer } from '../offers/index.ts';
import { type Label, Resources } from '../resources/index.ts';
import type { CommandInfo, ExecutorInfo, KillPolicy, TaskInfo } from '../tasks/index.ts';
import { checkKillPolicy, checkTime } from './time-check.ts';

/** What every task needs. */
interface TaskSpec {
  readonly id: TaskId | string;
  /** For people; the id if absent. */
  readonly name?: string;
  /** Where it runs: the agent of this offer, or this agent. One of the two. */
  readonly offer?: Pick<Offer, 'agentId'>;
  readonly agentId?: AgentId;
  /** What it holds: what the matcher picked, or text such as `cpus:0.1;mem:32`, which means unreserved resources. */
  readonly resources: Resources | string;
  readonly labels?: readonly Label[];
  readonly data?: Uint8Array;
  /** The task is killed, and has failed, when it has run for so many milliseconds. */
  readonly maxCompletionTimeMs?: number;
}

export interface CommandTaskSpec extends TaskSpec {
  /** Text is run by `/bin/sh -c`. */
  readonly command: string | CommandInfo;
  /** Added to the environment of `command`. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly killPolicy?: KillPolicy;
}

export interface InProcessTaskSpec extends TaskSpec {
  /** The name that the executor is registered under on the agent. */
  readonly executor: string;
  /** Tasks of one executor id share one executor; the executor's name if absent. */
  readonly executorId?: ExecutorId | string;
  /** What the executor holds besides its tasks; nothing if absent. */
  readonly executorResources?: Resources | string;
}

/**
 * A task that is a process.
 *
 * @throws InvalidArgument naming the field at fault
 *
 * @example
 * ```ts
 * commandTask({ id: 'hello-1', command: 'echo hello', offer, resources: 'cpus:0.1;mem:32' });
 * ```
 */
export function commandTask(spec: CommandTaskSpec): TaskInfo {
  const { command, environment, killPolicy } = spec;
  const base: CommandInfo = typeof command === 'string' ? { value: command } : command;
  if (base.value === '') throw new InvalidArgument('command', 'expected a command that is not empty');
  checkKillPolicy(killPolicy);
  return {
    ...common(spec),
    command: environment === undefined ? base : { ...base, environment: { ...base.environment, ...environment } },
    ...(killPolicy === undefined ? {} : { killPolicy }),
  };
}

/**
 * A task that is a TypeScript function, registered on the agent under `executor`.
 *
 * @throws InvalidArgument naming the field at fault
 */
export function inProcessTask(spec: InProcessTaskSpec): TaskInfo {
  const { executor: name, executorId, executorResources } = spec;
  const executor: ExecutorInfo = {
    type: 'IN_PROCESS',
    executorId: ExecutorId(executorId ?? name),
    name,
    ...(executorResources === undefined ? {} : { resources: resourcesOf(executorResources, 'executorResources') }),
  };
  return { ...common(spec), executor };
}

function common(spec: TaskSpec): Omit<TaskInfo, 'command' | 'executor' | 'killPolicy'> {
  const { id, name, labels, data, maxCompletionTimeMs } = spec;
  const resources = resourcesOf(spec.resources, 'resources');
  if (resources.isEmpty) throw new InvalidArgument('resources', 'expected at least one resource, got none');
  checkTime('maxCompletionTimeMs', maxCompletionTimeMs);
  return {
    taskId: TaskId(id),
    name: name ?? id,
    agentId: agentOf(spec),
    resources,
    ...(labels === undefined ? {} : { labels }),
    ...(data === undefined ? {} : { data }),
    ...(maxCompletionTimeMs === undefined ? {} : { maxCompletionTimeMs }),
  };
}

function agentOf({ offer, agentId }: TaskSpec): AgentId {
  const agent = agentId ?? offer?.agentId;
  if (agent === undefined) throw new InvalidArgument('offer', 'expected an offer or an agentId, got neither');
  if (offer !== undefined && offer.agentId !== agent) {
    throw new InvalidArgument('agentId', `expected ${offer.agentId}, the agent of the offer, got ${agent}`);
  }
  return agent;
}

function resourcesOf(resources: Resources | string, field: string): Resources {
  if (typeof resources !== 'string') return resources;
  try {
    return Resources.parse(resources);
  } catch (error) {
    if (error instanceof ParseError) throw new InvalidArgument(field, error.message, { cause: error });
    throw error;
  }
}
