import { AgentId, ContainerId, ExecutorId, FrameworkId, InvalidArgument, MesosError } from '../core/index.ts';
import {
  decodeExecutorInfo,
  decodeFrameworkInfo,
  decodeTask,
  decodeTaskStatus,
  encodeExecutorInfo,
  encodeFrameworkInfo,
  encodeTask,
  encodeTaskStatus,
  type JsonValue,
} from '../protocol/index.ts';
import { Resources } from '../resources/index.ts';
import { JsonFields } from './json-fields.ts';
import type { AgentState, Ending, ExecutorRecord, FrameworkRecord, SandboxRecord, TaskRecord } from './state.ts';

/** What an agent knows of itself after a restart. */
export interface SavedAgent {
  readonly agentId?: AgentId;
  readonly hostname: string;
  readonly configured: Resources;
  readonly total: Resources;
}

/*
 * The JSON of each record that is kept on disk. What a new process cannot use (retries, due times by this process'
 * clock) is left out. Each `decode` throws InvalidArgument with the path of the field at fault.
 */

export function encodeAgent(state: AgentState): JsonValue {
  return {
    hostname: state.settings.hostname,
    configured: encodeResources(state.configured),
    total: encodeResources(state.total),
    ...(state.agentId === undefined ? {} : { agentId: state.agentId }),
  };
}

export function decodeAgent(json: unknown, path: string): SavedAgent {
  const fields = new JsonFields(json, path);
  return {
    hostname: fields.text('hostname'),
    configured: decodeResources(fields, 'configured'),
    total: decodeResources(fields, 'total'),
    ...(fields.has('agentId') ? { agentId: identifier(fields, 'agentId', AgentId) } : {}),
  };
}

export function encodeFramework({ info, frameworkId, terminating }: FrameworkRecord): JsonValue {
  return { info: encodeFrameworkInfo(info), frameworkId, terminating };
}

export function decodeFramework(json: unknown, path: string): FrameworkRecord {
  const fields = new JsonFields(json, path);
  return {
    info: decodeFrameworkInfo(fields.get('info'), fields.path('info')),
    frameworkId: identifier(fields, 'frameworkId', FrameworkId),
    terminating: fields.boolean('terminating'),
  };
}

export function encodeExecutor({ info, ...record }: ExecutorRecord): JsonValue {
  return { ...record, ...(info === undefined ? {} : { info: encodeExecutorInfo(info) }) };
}

export function decodeExecutor(json: unknown, path: string): ExecutorRecord {
  const fields = new JsonFields(json, path);
  return {
    frameworkId: identifier(fields, 'frameworkId', FrameworkId),
    executorId: identifier(fields, 'executorId', ExecutorId),
    kind: fields.choice('kind', ['command', 'group', 'inProcess']),
    containerId: identifier(fields, 'containerId', ContainerId),
    sandbox: fields.text('sandbox'),
    terminating: fields.boolean('terminating'),
    ...(fields.has('info') ? { info: decodeExecutorInfo(fields.get('info'), fields.path('info')) } : {}),
  };
}

export function encodeTaskRecord(record: TaskRecord): JsonValue {
  const { task, pending, ending, attempts: _attempts, forwarded: _forwarded, ...plain } = record;
  return {
    ...plain,
    task: encodeTask(task),
    pending: pending.map(encodeTaskStatus),
    ...(ending === undefined ? {} : { ending: encodeEnding(ending) }),
  };
}

/** @param nowMs by the monotonic clock: a task that shall end has its whole grace period once more */
export function decodeTaskRecord(json: unknown, path: string, nowMs: number): TaskRecord {
  const fields = new JsonFields(json, path);
  const pending = fields.list('pending');
  return {
    task: decodeTask(fields.get('task'), fields.path('task')),
    executorId: identifier(fields, 'executorId', ExecutorId),
    pending: pending.map((status, index) => decodeTaskStatus(status, fields.path(`pending[${index}]`))),
    attempts: 0,
    ...(fields.has('containerId') ? { containerId: identifier(fields, 'containerId', ContainerId) } : {}),
    ...(fields.has('groupId') ? { groupId: fields.text('groupId') } : {}),
    ...(fields.has('pid') ? { pid: fields.number('pid') } : {}),
    ...(fields.has('maxCompletionTimeMs') ? { maxCompletionTimeMs: fields.number('maxCompletionTimeMs') } : {}),
    ...(fields.has('startedWallMs') ? { startedWallMs: fields.number('startedWallMs') } : {}),
    ...(fields.has('ending') ? { ending: decodeEnding(fields.get('ending'), fields.path('ending'), nowMs) } : {}),
  };
}

function encodeEnding({ graceOverAtMs: _due, ...ending }: Ending): JsonValue {
  return ending;
}

function decodeEnding(json: unknown, path: string, nowMs: number): Ending {
  const fields = new JsonFields(json, path);
  const gracePeriodMs = fields.number('gracePeriodMs');
  return {
    cause: fields.choice('cause', ['killed', 'timedOut']),
    gracePeriodMs,
    graceOverAtMs: nowMs + gracePeriodMs,
    ...(fields.has('because') ? { because: fields.text('because') } : {}),
  };
}

export function encodeSandbox({ path, endedWallMs }: SandboxRecord): JsonValue {
  return { path, ...(endedWallMs === undefined ? {} : { endedWallMs }) };
}

/** @param now by both clocks: a sandbox is as old as the wall clock says, or new if that went back */
export function decodeSandbox(json: unknown, path: string, now: { nowMs: number; wallMs: number }): SandboxRecord {
  const fields = new JsonFields(json, path);
  const sandbox: SandboxRecord = { path: fields.text('path') };
  if (!fields.has('endedWallMs')) return sandbox;
  const endedWallMs = fields.number('endedWallMs');
  return { ...sandbox, endedWallMs, endedAtMs: now.nowMs - Math.max(0, now.wallMs - endedWallMs) };
}

function encodeResources(resources: Resources): JsonValue {
  // Plain JSON by its contract, though typed more loosely.
  return resources.toJSON() as readonly { readonly [name: string]: JsonValue }[];
}

function decodeResources(fields: JsonFields, name: string): Resources {
  try {
    return Resources.fromJSON(fields.list(name));
  } catch (error) {
    if (!(error instanceof InvalidArgument) || error.field.startsWith(fields.path(name))) throw error;
    throw new InvalidArgument(`${fields.path(name)}${error.field}`, error.message, { cause: error });
  }
}

function identifier<Id>(fields: JsonFields, name: string, brand: (value: string) => Id): Id {
  const value = fields.text(name);
  try {
    return brand(value);
  } catch (error) {
    if (!(error instanceof MesosError)) throw error;
    throw new InvalidArgument(fields.path(name), error.message, { cause: error });
  }
}
