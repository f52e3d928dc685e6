export type { Task } from './task.ts';
export type { CommandInfo, ExecutorInfo, KillPolicy, TaskInfo } from './task-info.ts';
export { holdsResources, isTerminal, TASK_STATES, type TaskState, visibleState } from './task-state.ts';
export type { ContainerStatus, StatusReason, StatusSource, TaskStatus } from './task-status.ts';
export {
  isLegalTransition,
  TASK_TRANSITIONS,
  TASK_TRANSITIONS_NOT_PARTITION_AWARE,
  type TaskOutcome,
  type TaskStimulus,
  type TaskTransition,
  type TaskTransitions,
  transition,
} from './transitions.ts';
