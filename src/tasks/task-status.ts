import type { AgentId, ContainerId, ExecutorId, TaskId } from '../core/index.ts';
import type { Label } from '../resources/index.ts';
import type { TaskState } from './task-state.ts';

/** Who made the status. MASTER: unreliable, without uuid. AGENT, EXECUTOR: retried until acknowledged. */
export type StatusSource = 'SOURCE_MASTER' | 'SOURCE_AGENT' | 'SOURCE_EXECUTOR';

/** Why, as on Mesos's wire; only those that occur here. */
export type StatusReason =
  | 'REASON_AGENT_DISCONNECTED'
  | 'REASON_AGENT_REMOVED'
  | 'REASON_AGENT_REMOVED_BY_OPERATOR'
  | 'REASON_AGENT_REREGISTERED'
  | 'REASON_AGENT_RESTARTED'
  | 'REASON_CONTAINER_LAUNCH_FAILED'
  | 'REASON_EXECUTOR_TERMINATED'
  | 'REASON_FRAMEWORK_REMOVED'
  | 'REASON_INVALID_OFFERS'
  | 'REASON_MAX_COMPLETION_TIME_REACHED'
  | 'REASON_RECONCILIATION'
  | 'REASON_RESOURCES_UNKNOWN'
  | 'REASON_TASK_GROUP_INVALID'
  | 'REASON_TASK_INVALID'
  | 'REASON_TASK_KILLED_DURING_LAUNCH';

/** What is known of a task's container. */
export interface ContainerStatus {
  readonly containerId: ContainerId;
  /** The process that the task's command runs in; absent for `IN_PROCESS` executors. */
  readonly executorPid?: number;
}

/** One piece of news about a task. @see Mesos `TaskStatus` */
export interface TaskStatus {
  readonly taskId: TaskId;
  readonly state: TaskState;
  /** For people. */
  readonly message?: string;
  readonly source: StatusSource;
  readonly reason?: StatusReason;
  readonly data?: Uint8Array;
  readonly agentId?: AgentId;
  readonly executorId?: ExecutorId;
  /** Milliseconds since the Unix epoch, by the clock of whoever made it. */
  readonly timestampMs: number;
  /** Present: must be acknowledged, and may come again until it is. Absent: must not be acknowledged. */
  readonly uuid?: string;
  readonly labels?: readonly Label[];
  readonly containerStatus?: ContainerStatus;
  /** With TASK_UNREACHABLE, or the TASK_LOST in its place: when the master lost the agent, in epoch milliseconds. */
  readonly unreachableTimeMs?: number;
}
