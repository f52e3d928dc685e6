import { AgentId, ContainerId, ExecutorId, FrameworkId, TaskId } from '../core/index.ts';
import type {
  CommandInfo,
  ContainerStatus,
  ExecutorInfo,
  KillPolicy,
  StatusReason,
  StatusSource,
  Task,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../tasks/index.ts';
import {
  boolean,
  bytes,
  type Codec,
  choice,
  identifier,
  list,
  map,
  number,
  optional,
  record,
  text,
} from './json-codec.ts';
import { REASON_NAMES, SOURCE_NAMES, TASK_STATE_NAMES } from './names.ts';
import { labelsCodec, resourcesCodec } from './resource-codec.ts';

export const agentIdCodec: Codec<AgentId> = identifier(AgentId);
export const executorIdCodec: Codec<ExecutorId> = identifier(ExecutorId);
export const frameworkIdCodec: Codec<FrameworkId> = identifier(FrameworkId);
export const taskIdCodec: Codec<TaskId> = identifier(TaskId);

export const taskStateCodec: Codec<TaskState> = choice<TaskState>(TASK_STATE_NAMES);

const sourceCodec = choice<StatusSource>(SOURCE_NAMES);

const reasonCodec = choice<StatusReason>(REASON_NAMES);

export const killPolicyCodec: Codec<KillPolicy> = record<KillPolicy>({ gracePeriodMs: optional(number) });

const commandInfoCodec = record<CommandInfo>({
  shell: optional(boolean),
  value: text,
  arguments: optional(list(text)),
  environment: optional(map(text)),
});

export const executorInfoCodec: Codec<ExecutorInfo> = record<ExecutorInfo>({
  type: choice<ExecutorInfo['type']>({ DEFAULT: true, IN_PROCESS: true }),
  executorId: executorIdCodec,
  frameworkId: optional(frameworkIdCodec),
  name: optional(text),
  resources: optional(resourcesCodec),
  labels: optional(labelsCodec),
  data: optional(bytes),
});

export const taskInfoCodec: Codec<TaskInfo> = record<TaskInfo>({
  taskId: taskIdCodec,
  name: text,
  agentId: agentIdCodec,
  resources: resourcesCodec,
  command: optional(commandInfoCodec),
  executor: optional(executorInfoCodec),
  killPolicy: optional(killPolicyCodec),
  maxCompletionTimeMs: optional(number),
  labels: optional(labelsCodec),
  data: optional(bytes),
  unsupported: optional(list(text)),
});

export const taskStatusCodec: Codec<TaskStatus> = record<TaskStatus>({
  taskId: taskIdCodec,
  state: taskStateCodec,
  message: optional(text),
  source: sourceCodec,
  reason: optional(reasonCodec),
  data: optional(bytes),
  agentId: optional(agentIdCodec),
  executorId: optional(executorIdCodec),
  timestampMs: number,
  uuid: optional(text),
  labels: optional(labelsCodec),
  containerStatus: optional(
    record<ContainerStatus>({ containerId: identifier(ContainerId), executorPid: optional(number) }),
  ),
  unreachableTimeMs: optional(number),
});

export const taskCodec: Codec<Task> = record<Task>({
  taskId: taskIdCodec,
  name: text,
  frameworkId: frameworkIdCodec,
  agentId: agentIdCodec,
  executorId: optional(executorIdCodec),
  resources: resourcesCodec,
  state: taskStateCodec,
  statuses: list(taskStatusCodec),
  statusUpdateState: optional(taskStateCodec),
  statusUpdateUuid: optional(text),
  labels: optional(labelsCodec),
  killPolicy: optional(killPolicyCodec),
});
