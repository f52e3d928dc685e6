import {
  type AgentId,
  entriesByName,
  ExecutorId,
  InvalidArgument,
  type KnownKeys,
  ParseError,
  refuseUnknownKeys,
  requireObject,
  shown,
  TaskId,
} from '../core/index.ts';
import type { Offer } from '../offers/index.ts';
import { type Label, Resources } from '../resources/index.ts';
import type { CommandInfo, ExecutorInfo, KillPolicy, TaskInfo } from '../tasks/index.ts';
import { checkData, checkedId, checkKillPolicy, checkLabels, checkText, checkTime } from './field-check.ts';
import { checkCommand, checkEnvironment, isResources } from './task-check.ts';

/** Amounts of scalar resources by name, such as `{ cpus: 0.1, mem: 32 }`: unreserved; `mem` and `disk` in megabytes. */
export type ResourceAmounts = Readonly<Record<string, number>>;

/** What every task needs. */
interface TaskSpec {
  readonly id: TaskId | string;
  /** For people; the id if absent. */
  readonly name?: string;
  /** Where it runs: the agent of this offer, or this agent. One of the two. */
  readonly offer?: Pick<Offer, 'agentId'>;
  readonly agentId?: AgentId;
  /** What it holds: what the matcher picked; or unreserved resources, as text such as `cpus:0.1;mem:32` or as amounts. */
  readonly resources: Resources | string | ResourceAmounts;
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
  readonly executorResources?: Resources | string | ResourceAmounts;
}

const TASK_KEYS: KnownKeys<TaskSpec> = {
  id: true,
  name: true,
  offer: true,
  agentId: true,
  resources: true,
  labels: true,
  data: true,
  maxCompletionTimeMs: true,
};

const COMMAND_TASK_KEYS: KnownKeys<CommandTaskSpec> = {
  ...TASK_KEYS,
  command: true,
  environment: true,
  killPolicy: true,
};

const IN_PROCESS_TASK_KEYS: KnownKeys<InProcessTaskSpec> = {
  ...TASK_KEYS,
  executor: true,
  executorId: true,
  executorResources: true,
};

/**
 * A task that is a process.
 *
 * @throws InvalidArgument naming the field at fault, also one that there is not
 *
 * @example
 * ```ts
 * commandTask({ id: 'hello-1', command: 'echo hello', offer, resources: { cpus: 0.1, mem: 32 } });
 * ```
 */
export function commandTask(spec: CommandTaskSpec): TaskInfo {
  refuseUnknownKeys(spec, COMMAND_TASK_KEYS, 'spec', '');
  const { environment, killPolicy } = spec;
  const base = commandOf(spec.command);
  checkEnvironment(environment, 'environment');
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
 * @throws InvalidArgument naming the field at fault, also one that there is not
 */
export function inProcessTask(spec: InProcessTaskSpec): TaskInfo {
  refuseUnknownKeys(spec, IN_PROCESS_TASK_KEYS, 'spec', '');
  const { executor: name, executorId, executorResources } = spec;
  checkText(name, 'executor');
  if (name === '') throw new InvalidArgument('executor', 'expected the name of an executor, got ""');
  const executor: ExecutorInfo = {
    type: 'IN_PROCESS',
    executorId: checkedId(ExecutorId, executorId ?? name, executorId === undefined ? 'executor' : 'executorId'),
    name,
    ...(executorResources === undefined ? {} : { resources: resourcesOf(executorResources, 'executorResources') }),
  };
  return { ...common(spec), executor };
}

function commandOf(command: string | CommandInfo): CommandInfo {
  if (typeof command !== 'string' && (typeof command !== 'object' || command === null)) {
    throw new InvalidArgument('command', `expected a text or a CommandInfo, got ${shown(command)}`);
  }
  const base: CommandInfo = typeof command === 'string' ? { value: command } : command;
  checkCommand(base, 'command');
  if (base.value === '') throw new InvalidArgument('command', 'expected a command that is not empty');
  return base;
}

function common(spec: TaskSpec): Omit<TaskInfo, 'command' | 'executor' | 'killPolicy'> {
  const { id, name, labels, data, maxCompletionTimeMs } = spec;
  const taskId = checkedId(TaskId, id, 'id');
  if (name !== undefined) checkText(name, 'name');
  const resources = resourcesOf(spec.resources, 'resources');
  if (resources.isEmpty) throw new InvalidArgument('resources', 'expected at least one resource, got none');
  checkLabels(labels, 'labels');
  if (data !== undefined) checkData(data, 'data');
  checkTime('maxCompletionTimeMs', maxCompletionTimeMs);
  return {
    taskId,
    name: name ?? id,
    agentId: agentOf(spec),
    resources,
    ...(labels === undefined ? {} : { labels }),
    ...(data === undefined ? {} : { data }),
    ...(maxCompletionTimeMs === undefined ? {} : { maxCompletionTimeMs }),
  };
}

function agentOf({ offer, agentId }: TaskSpec): AgentId {
  if (offer !== undefined) requireObject(offer, 'offer');
  const agent = agentId ?? offer?.agentId;
  if (agent === undefined) throw new InvalidArgument('offer', 'expected an offer or an agentId, got neither');
  checkText(agent, agentId === undefined ? 'offer.agentId' : 'agentId');
  if (offer !== undefined && offer.agentId !== agent) {
    throw new InvalidArgument('agentId', `expected ${offer.agentId}, the agent of the offer, got ${agent}`);
  }
  return agent;
}

/** What the matcher calls by a field with its unit, by its own name: nobody has a resource that is called so. */
const MISNAMED: ReadonlyMap<string, string> = new Map([
  ['memMb', 'mem'],
  ['diskMb', 'disk'],
]);

function resourcesOf(resources: TaskSpec['resources'], field: string): Resources {
  if (typeof resources === 'string') return parsed(resources, field);
  if (typeof resources !== 'object' || resources === null || Array.isArray(resources)) {
    throw new InvalidArgument(field, `expected Resources, a text or amounts by name, got ${shown(resources)}`);
  }
  if (isResources(resources)) return resources;
  for (const [name] of entriesByName(resources)) {
    const meant = MISNAMED.get(name);
    if (meant === undefined) continue;
    throw new InvalidArgument(`${field}.${name}`, `expected the name of a resource, got ${name} (is ${meant} meant?)`);
  }
  return Resources.scalars(resources, field);
}

function parsed(text: string, field: string): Resources {
  try {
    return Resources.parse(text);
  } catch (error) {
    if (error instanceof ParseError) throw new InvalidArgument(field, error.message, { cause: error });
    throw error;
  }
}
