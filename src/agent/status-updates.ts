import { hasCapability } from '../protocol/index.ts';
import {
  isTerminal,
  type StatusReason,
  type StatusSource,
  type TaskState,
  type TaskStatus,
  visibleState,
} from '../tasks/index.ts';
import type { Draft } from './decision.ts';
import { type AgentState, type FrameworkRecord, keyOf, type TaskKey, type TaskRecord } from './state.ts';

/*
 * Status updates are reliable: each has a uuid, is kept (on disk, if the framework checkpoints) until the scheduler has
 * acknowledged it, and only the oldest of a task is sent, again and again. @see Mesos
 * `src/slave/task_status_update_manager.cpp`
 */

/** The longest time between two sendings of an update. */
export const STATUS_UPDATE_RETRY_MS_MAX = 600_000;

/** What an update says besides the ids, the time and the uuid. */
export interface News {
  readonly state: TaskState;
  readonly source: StatusSource;
  readonly reason?: StatusReason;
  readonly message?: string;
  readonly data?: Uint8Array;
  /** Present with the first news of a task's process. */
  readonly pid?: number;
}

/**
 * Makes updates of one task, in order, and sends the first if no older one is waiting. At most one call per task and
 * command. Nothing is made for a framework that has been shut down.
 */
export function report(state: AgentState, draft: Draft, record: TaskRecord, allNews: readonly News[]): void {
  const { task } = record;
  const framework = state.frameworks.get(task.frameworkId);
  if (framework?.terminating === true) return;
  const statuses = allNews.map((news) => status(state, draft, record, news));
  for (const made of statuses) draft.event({ type: 'updateMade', taskKey: keyOf(record), status: made });
  const latestState = statuses.at(-1)?.state ?? task.state;
  const [first] = statuses;
  if (record.pending.length === 0 && first !== undefined)
    send(state, draft, { record, status: first, latestState, attempts: 1 });
}

/** TASK_GONE, TASK_DROPPED and their like are TASK_LOST for frameworks that do not know them. */
export function stateFor(framework: FrameworkRecord, state: TaskState): TaskState {
  return visibleState(state, hasCapability(framework.info, 'PARTITION_AWARE'));
}

function status(state: AgentState, draft: Draft, record: TaskRecord, news: News): TaskStatus {
  const { pid = record.pid, ...said } = news;
  return {
    taskId: record.task.taskId,
    ...said,
    executorId: record.executorId,
    timestampMs: draft.now.wallMs,
    uuid: draft.newId(),
    ...containerStatus(record, pid),
    ...(state.agentId === undefined ? {} : { agentId: state.agentId }),
  };
}

function containerStatus({ containerId }: TaskRecord, pid: number | undefined): Pick<TaskStatus, 'containerStatus'> {
  if (containerId === undefined) return {};
  return { containerStatus: { containerId, ...(pid === undefined ? {} : { executorPid: pid }) } };
}

interface Sending {
  readonly record: TaskRecord;
  readonly status: TaskStatus;
  readonly latestState: TaskState;
  /** Counted from the last registration, this one included. */
  readonly attempts: number;
}

/** Nothing is sent without a master: once there is one, every stream begins anew. */
function send(state: AgentState, draft: Draft, { record, status, latestState, attempts }: Sending): void {
  if (state.link.status !== 'registered' || status.uuid === undefined) return;
  const key = keyOf(record);
  draft.event({ type: 'updateSent', taskKey: key, status, attempts });
  draft.effect({
    type: 'send',
    message: { type: 'statusUpdate', frameworkId: record.task.frameworkId, status, latestState },
  });
  draft.effect({
    type: 'startTimer',
    timer: retryTimer(key),
    delayMs: retryDelayMs(state.settings.statusUpdateRetryMs, attempts),
    command: { type: 'retryUpdate', taskKey: key, uuid: status.uuid },
  });
}

export function retryDelayMs(firstMs: number, attempts: number): number {
  return Math.min(firstMs * 2 ** (attempts - 1), Math.max(firstMs, STATUS_UPDATE_RETRY_MS_MAX));
}

function retryTimer(key: TaskKey): string {
  return `retry ${key}`;
}

/** An acknowledgement has not come in time. */
export function decideRetry(state: AgentState, draft: Draft, retry: { taskKey: TaskKey; uuid: string }): void {
  const record = state.tasks.get(retry.taskKey);
  const status = record?.pending[0];
  if (record === undefined || status?.uuid !== retry.uuid) return;
  send(state, draft, { record, status, latestState: record.task.state, attempts: record.attempts + 1 });
}

/** The master listens again: every stream begins anew with its oldest update. */
export function resumeUpdates(registered: AgentState, draft: Draft): void {
  for (const record of registered.tasks.values()) {
    const [status] = record.pending;
    if (status !== undefined) send(registered, draft, { record, status, latestState: record.task.state, attempts: 1 });
  }
}

/** Nobody waits for the task's updates any more. */
export function stopRetrying(draft: Draft, record: TaskRecord): void {
  if (record.pending.length > 0) draft.effect({ type: 'stopTimer', timer: retryTimer(keyOf(record)) });
}

/** Only the oldest update can be acknowledged: a repeated or late acknowledgement names another, and does nothing. */
export function decideAcknowledgement(state: AgentState, draft: Draft, ack: { taskKey: TaskKey; uuid: string }): void {
  const record = state.tasks.get(ack.taskKey);
  const [oldest, next] = record?.pending ?? [];
  if (record === undefined || oldest?.uuid !== ack.uuid) {
    draft.log('debug', 'Ignoring an acknowledgement of an update that is not waiting', ack);
    return;
  }
  draft.event({ type: 'updateAcknowledged', taskKey: ack.taskKey, uuid: ack.uuid });
  draft.effect({ type: 'stopTimer', timer: retryTimer(ack.taskKey) });
  if (isTerminal(oldest.state)) draft.event({ type: 'taskForgotten', taskKey: ack.taskKey });
  else if (next !== undefined)
    send(state, draft, { record, status: next, latestState: record.task.state, attempts: 1 });
}

/** Drops what is kept of a task that is over, acknowledged or not. */
export function forgetTask(draft: Draft, record: TaskRecord): void {
  stopRetrying(draft, record);
  draft.event({ type: 'taskForgotten', taskKey: keyOf(record) });
}
