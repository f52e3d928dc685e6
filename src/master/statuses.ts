import type { AgentId, ExecutorId, TaskId } from '../core/index.ts';
import { type FrameworkInfo, hasCapability } from '../protocol/index.ts';
import {
  isTerminal,
  type StatusReason,
  type Task,
  type TaskState,
  type TaskStatus,
  visibleState,
} from '../tasks/index.ts';
import type { Draft } from './draft.ts';
import type { FrameworkRecord } from './state.ts';

export function isPartitionAware(info: FrameworkInfo): boolean {
  return hasCapability(info, 'PARTITION_AWARE');
}

/** What a status of the master's own says, besides what follows from the task. */
export interface MasterNews {
  readonly state: TaskState;
  readonly message: string;
  readonly reason: StatusReason;
  readonly wallMs: number;
  readonly unreachableTimeMs?: number;
}

/** A status that the master makes: unreliable, without uuid, in states that the framework can understand. */
export function masterStatus(
  about: { readonly taskId: TaskId; readonly agentId?: AgentId; readonly executorId?: ExecutorId },
  news: MasterNews,
  info: FrameworkInfo,
): TaskStatus {
  return {
    taskId: about.taskId,
    state: visibleState(news.state, isPartitionAware(info)),
    message: news.message,
    source: 'SOURCE_MASTER',
    reason: news.reason,
    timestampMs: news.wallMs,
    ...(about.agentId === undefined ? {} : { agentId: about.agentId }),
    ...(about.executorId === undefined ? {} : { executorId: about.executorId }),
    ...(news.unreachableTimeMs === undefined ? {} : { unreachableTimeMs: news.unreachableTimeMs }),
  };
}

/** Sends a status if the framework is there to hear it; if not, it is lost: reliable ones come again from the agent. */
export function forward(framework: FrameworkRecord, status: TaskStatus, draft: Draft): void {
  if (framework.connection !== undefined) draft.tellFramework(framework.connection, { type: 'update', status });
}

/** Whether the scheduler has been sent, or was due, the update that the task has ended. */
export function endWasForwarded(task: Task): boolean {
  return task.statusUpdateState !== undefined && isTerminal(task.statusUpdateState);
}
