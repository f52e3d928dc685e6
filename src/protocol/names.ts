import type { StatusReason, StatusSource, TaskState } from '../tasks/index.ts';
import type { FrameworkCapability } from './framework-info.ts';

/*
 * The names of closed unions, for whoever reads them from text. A name that is added to its union fails to compile until it
 * is listed here.
 */

export const TASK_STATE_NAMES: Readonly<Record<TaskState, true>> = {
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
};

export const SOURCE_NAMES: Readonly<Record<StatusSource, true>> = {
  SOURCE_MASTER: true,
  SOURCE_AGENT: true,
  SOURCE_EXECUTOR: true,
};

export const REASON_NAMES: Readonly<Record<StatusReason, true>> = {
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
};

export const CAPABILITY_NAMES: Readonly<Record<FrameworkCapability, true>> = {
  REVOCABLE_RESOURCES: true,
  TASK_KILLING_STATE: true,
  GPU_RESOURCES: true,
  SHARED_RESOURCES: true,
  PARTITION_AWARE: true,
  MULTI_ROLE: true,
  RESERVATION_REFINEMENT: true,
  REGION_AWARE: true,
};
