export type { Task } from './task.ts';
export type { CommandInfo, ExecutorInfo, KillPolicy, TaskInfo } from './task-info.ts';
export { holdsResources, isTerminal, TASK_STATES, type TaskState, visibleState } from './task-state.ts';
export type { ContainerStatus, StatusReason, StatusSource, TaskStatus } from './task-status.ts';
