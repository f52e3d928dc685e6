import type { SchedulerCall } from '../protocol/index.ts';
import { type TaskInfo, type TaskStatus, visibleState } from '../tasks/index.ts';

/** The tasks that an ACCEPT would launch, in order. */
export function launchedBy(accept: Extract<SchedulerCall, { readonly type: 'accept' }>): readonly TaskInfo[] {
  return accept.operations.flatMap((operation) =>
    operation.type === 'LAUNCH' || operation.type === 'LAUNCH_GROUP' ? operation.taskInfos : [],
  );
}

/**
 * What the master would say of a task whose offer is void, were there a connection.
 *
 * @see Mesos `src/sched/sched.cpp`, `acceptOffers`
 */
export function droppedStatus(
  { taskId, agentId }: TaskInfo,
  { partitionAware, nowMs }: { readonly partitionAware: boolean; readonly nowMs: number },
): TaskStatus {
  return {
    taskId,
    state: visibleState('TASK_DROPPED', partitionAware),
    message: 'The offer went with the connection to the master',
    source: 'SOURCE_MASTER',
    reason: 'REASON_INVALID_OFFERS',
    agentId,
    timestampMs: nowMs,
  };
}
