import type { ExecutorInfo, Task, TaskInfo, TaskStatus } from '../tasks/index.ts';
import type { AgentInfo } from './agent-info.ts';
import type { FrameworkInfo } from './framework-info.ts';
import { agentInfoCodec, frameworkInfoCodec } from './info-codec.ts';
import type { JsonValue } from './json-codec.ts';
import { executorInfoCodec, taskCodec, taskInfoCodec, taskStatusCodec } from './task-codec.ts';

/*
 * The records that an agent writes to disk, in the same JSON as in its messages. Each `decode` takes what `JSON.parse`
 * gave and the path to name it by, and throws InvalidArgument with the path of the field at fault.
 */

export function encodeAgentInfo(value: AgentInfo): JsonValue {
  return agentInfoCodec.encode(value);
}

/** @throws InvalidArgument naming the field below `path` */
export function decodeAgentInfo(json: unknown, path: string): AgentInfo {
  return agentInfoCodec.decode(json, path);
}

export function encodeFrameworkInfo(value: FrameworkInfo): JsonValue {
  return frameworkInfoCodec.encode(value);
}

/** @throws InvalidArgument naming the field below `path` */
export function decodeFrameworkInfo(json: unknown, path: string): FrameworkInfo {
  return frameworkInfoCodec.decode(json, path);
}

export function encodeExecutorInfo(value: ExecutorInfo): JsonValue {
  return executorInfoCodec.encode(value);
}

/** @throws InvalidArgument naming the field below `path` */
export function decodeExecutorInfo(json: unknown, path: string): ExecutorInfo {
  return executorInfoCodec.decode(json, path);
}

export function encodeTaskInfo(value: TaskInfo): JsonValue {
  return taskInfoCodec.encode(value);
}

/** @throws InvalidArgument naming the field below `path` */
export function decodeTaskInfo(json: unknown, path: string): TaskInfo {
  return taskInfoCodec.decode(json, path);
}

export function encodeTaskStatus(value: TaskStatus): JsonValue {
  return taskStatusCodec.encode(value);
}

/** @throws InvalidArgument naming the field below `path` */
export function decodeTaskStatus(json: unknown, path: string): TaskStatus {
  return taskStatusCodec.decode(json, path);
}

export function encodeTask(value: Task): JsonValue {
  return taskCodec.encode(value);
}

/** @throws InvalidArgument naming the field below `path` */
export function decodeTask(json: unknown, path: string): Task {
  return taskCodec.decode(json, path);
}
