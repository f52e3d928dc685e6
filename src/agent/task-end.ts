import { unreachable } from '../core/index.ts';
import type { AgentMessage } from '../protocol/index.ts';
import type { ContainerExit } from './containerizer.ts';
import type { Draft } from './decision.ts';
import { completionTimer, endingReason, gracePeriodMs, graceTimer, requestKill } from './kill.ts';
import { decideLeave } from './registration.ts';
import { releaseSandbox } from './sandbox-gc.ts';
import {
  type AgentState,
  type ExecutorRecord,
  executorKey,
  type FrameworkRecord,
  liveTasks,
  type TaskRecord,
} from './state.ts';
import { forgetTask, type News, report, stateFor } from './status-updates.ts';

/** How a task's run came to its end. */
export type Outcome =
  | ContainerExit
  /** The promise of an in-process task settled. */
  | { readonly type: 'settled'; readonly error?: string }
  /** It did not settle within its grace period. */
  | { readonly type: 'graceOver' }
  /** It is gone with the agent's former process. */
  | { readonly type: 'agentRestarted' };

export interface TaskEnd {
  readonly record: TaskRecord;
  readonly outcome: Outcome;
}

/** Tasks of one executor are over: says so, ends what must end with them, and the executor after its last task. */
export function endTasks(state: AgentState, draft: Draft, executor: ExecutorRecord, ends: readonly TaskEnd[]): void {
  const framework = state.frameworks.get(executor.frameworkId);
  if (framework === undefined) return;
  const endedGroups = new Set<string>();
  for (const { record, outcome } of ends) {
    const news = lastNews(framework, record, outcome);
    if (framework.terminating) forgetTask(draft, record);
    else report(state, draft, record, [news]);
    cleanUp(draft, executor, record);
    // Once for each group: a second time would tell of TASK_KILLING twice.
    const { groupId } = record;
    if (news.state === 'TASK_FINISHED' || groupId === undefined || endedGroups.has(groupId)) continue;
    endedGroups.add(groupId);
    endGroup(state, draft, record, ends);
  }
  const live = state.liveByExecutor.get(executorKey(executor.frameworkId, executor.executorId));
  if (live === undefined || live.size === ends.length) endExecutor(state, draft, { executor, framework, ends });
  if (state.phase === 'killing' && state.containers.size === ends.length) decideLeave(state, draft);
}

function cleanUp(draft: Draft, executor: ExecutorRecord, record: TaskRecord): void {
  const { containerId } = record;
  if (containerId === undefined) return;
  draft.effect({ type: 'stopTimer', timer: completionTimer(record) });
  if (executor.kind === 'inProcess') {
    draft.effect({ type: 'stopTimer', timer: graceTimer(record) });
    draft.effect({ type: 'abandonCode', containerId });
  } else {
    draft.effect({ type: 'forgetContainer', containerId });
  }
}

/** The others of a group do not outlive one that failed or was killed. */
function endGroup(state: AgentState, draft: Draft, first: TaskRecord, ends: readonly TaskEnd[]): void {
  if (first.groupId === undefined) return;
  const ended = new Set(ends.map(({ record }) => record));
  for (const record of liveTasks(state, executorKey(first.task.frameworkId, first.executorId))) {
    if (record.groupId !== first.groupId || record.ending !== undefined || ended.has(record)) continue;
    requestKill(state, draft, record, {
      cause: 'killed',
      because: `task ${first.task.taskId} of its group ended`,
      gracePeriodMs: gracePeriodMs(record),
    });
  }
}

/**
 * The master need not count on the executor any more. Also while the agent waits to be registered: what it has asked
 * with may name the executor, and is read first.
 */
export function tellExecutorExited(
  state: AgentState,
  draft: Draft,
  exited: Omit<Extract<AgentMessage, { readonly type: 'executorExited' }>, 'type'>,
): void {
  if (state.link.status !== 'down') draft.effect({ type: 'send', message: { type: 'executorExited', ...exited } });
}

function endExecutor(
  state: AgentState,
  draft: Draft,
  { executor, framework, ends }: { executor: ExecutorRecord; framework: FrameworkRecord; ends: readonly TaskEnd[] },
): void {
  const { frameworkId, executorId } = executor;
  draft.event({ type: 'executorEnded', executorKey: executorKey(frameworkId, executorId) });
  releaseSandbox(state, draft, executor.sandbox);
  // A command task's executor is the agent's own affair, as in Mesos.
  if (executor.kind === 'command' || framework.terminating) return;
  const lost = ends.some(({ outcome }) => outcome.type === 'lost' || outcome.type === 'agentRestarted');
  tellExecutorExited(state, draft, { frameworkId, executorId, status: lost ? -1 : 0 });
}

/** The terminal update of a task. */
function lastNews(framework: FrameworkRecord, record: TaskRecord, outcome: Outcome): News {
  if (record.ending !== undefined) return newsOfEnding(record, record.ending, outcome);
  switch (outcome.type) {
    case 'exited': {
      const succeeded = outcome.exitCode === 0 && outcome.signal === undefined;
      const state = succeeded ? 'TASK_FINISHED' : 'TASK_FAILED';
      return { state, source: 'SOURCE_EXECUTOR', message: exitMessage(outcome) };
    }
    case 'settled':
      if (outcome.error === undefined) return { state: 'TASK_FINISHED', source: 'SOURCE_EXECUTOR' };
      return { state: 'TASK_FAILED', source: 'SOURCE_EXECUTOR', message: outcome.error };
    case 'graceOver':
      return { state: 'TASK_KILLED', source: 'SOURCE_AGENT' };
    case 'launchFailed':
      return {
        state: 'TASK_FAILED',
        source: 'SOURCE_AGENT',
        reason: 'REASON_CONTAINER_LAUNCH_FAILED',
        message: `Failed to launch container: ${outcome.message}`,
      };
    case 'lost':
      return newsOfLoss(framework, outcome.message);
    case 'agentRestarted':
      if (record.startedWallMs !== undefined) return newsOfLoss(framework, 'The agent restarted');
      return {
        state: stateFor(framework, 'TASK_DROPPED'),
        source: 'SOURCE_AGENT',
        reason: 'REASON_AGENT_RESTARTED',
        message: 'The agent restarted before the task began',
      };
    default:
      return unreachable(outcome, 'Outcome');
  }
}

function newsOfLoss(framework: FrameworkRecord, message: string): News {
  const state = stateFor(framework, 'TASK_GONE');
  return { state, source: 'SOURCE_AGENT', reason: 'REASON_EXECUTOR_TERMINATED', message };
}

/** A task that was told to end was killed, or ran out of time, however it took that. */
function newsOfEnding(record: TaskRecord, ending: NonNullable<TaskRecord['ending']>, outcome: Outcome): News {
  const how = outcome.type === 'exited' ? exitMessage(outcome) : undefined;
  if (ending.cause === 'timedOut') {
    return {
      state: 'TASK_FAILED',
      source: 'SOURCE_EXECUTOR',
      reason: 'REASON_MAX_COMPLETION_TIME_REACHED',
      message: `Task ran for its max completion time of ${record.maxCompletionTimeMs} ms`,
    };
  }
  const began = record.startedWallMs !== undefined;
  const why = ending.because === undefined ? undefined : endingReason(ending);
  const message = [how, outcome.type === 'graceOver' ? 'Did not end within its grace period' : undefined, why]
    .filter((part) => part !== undefined)
    .join('; ');
  return {
    state: 'TASK_KILLED',
    source: began ? 'SOURCE_EXECUTOR' : 'SOURCE_AGENT',
    ...(began ? {} : { reason: 'REASON_TASK_KILLED_DURING_LAUNCH' }),
    ...(message === '' ? {} : { message }),
  };
}

function exitMessage(exit: Extract<ContainerExit, { readonly type: 'exited' }>): string {
  const how =
    exit.signal === undefined ? `exited with status ${exit.exitCode}` : `terminated with signal ${exit.signal}`;
  return exit.hint === undefined ? `Command ${how}` : `Command ${how} (${exit.hint})`;
}
