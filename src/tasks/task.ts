import type { AgentId, ExecutorId, FrameworkId, TaskId } from '../core/index.ts';
import type { Label, Resources } from '../resources/index.ts';
import type { KillPolicy } from './task-info.ts';
import type { TaskState } from './task-state.ts';
import type { TaskStatus } from './task-status.ts';

/** A task as master and agent keep it: what was asked for, less its data, and where it stands. @see Mesos `Task` */
export interface Task {
  readonly taskId: TaskId;
  readonly name: string;
  readonly frameworkId: FrameworkId;
  readonly agentId: AgentId;
  /** Absent for command tasks. */
  readonly executorId?: ExecutorId;
  /** Allocated to the role whose offer it was launched from. */
  readonly resources: Resources;
  /** The newest state that the agent knows. */
  readonly state: TaskState;
  /** One status per change of state, oldest first, without their data. */
  readonly statuses: readonly TaskStatus[];
  /** State and uuid of the newest update that was forwarded to the scheduler. */
  readonly statusUpdateState?: TaskState;
  readonly statusUpdateUuid?: string;
  readonly labels?: readonly Label[];
  readonly killPolicy?: KillPolicy;
}
