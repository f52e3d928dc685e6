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
import { labelsCodec, resourcesCodec } from './resource-codec.ts';

export const agentIdCodec: Codec<AgentId> = identifier(AgentId);
export const executorIdCodec: Codec<ExecutorId> = identifier(ExecutorId);
export const frameworkIdCodec: Codec<FrameworkId> = identifier(FrameworkId);
export const taskIdCodec: Codec<TaskId> = identifier(TaskId);

export const taskStateCodec: Codec<TaskState> = choice<TaskState>({
  TASK_STAGING: true,
  TASK_STARTING: true,
  TASK_RUNNING: true,
  TASK_KILLING: true,
  TASK_FINISHED: true,
  TASK_FAILED: true,
  TASK_KILLED: true,
  TASK_ERROR: true,
  TASK_LOST: true,
  TASK_DROPPED: true,
  TASK_UNREACHABLE: true,
  TASK_GONE: true,
  TASK_GONE_BY_OPERATOR: true,
  TASK_UNKNOWN: true,
});

const sourceCodec = choice<StatusSource>({ SOURCE_MASTER: true, SOURCE_AGENT: true, SOURCE_EXECUTOR: true });

const reasonCodec = choice<StatusReason>({
  REASON_AGENT_DISCONNECTED: true,
  REASON_AGENT_REMOVED: true,
  REASON_AGENT_REMOVED_BY_OPERATOR: true,
  REASON_AGENT_REREGISTERED: true,
  REASON_AGENT_RESTARTED: true,
  REASON_CONTAINER_LAUNCH_FAILED: true,
  REASON_EXECUTOR_TERMINATED: true,
  REASON_FRAMEWORK_REMOVED: true,
  REASON_INVALID_OFFERS: true,
  REASON_MAX_COMPLETION_TIME_REACHED: true,
  REASON_RECONCILIATION: true,
  REASON_RESOURCES_UNKNOWN: true,
  REASON_TASK_GROUP_INVALID: true,
  REASON_TASK_INVALID: true,
  REASON_TASK_KILLED_DURING_LAUNCH: true,
});

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
