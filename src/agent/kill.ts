import { hasCapability } from '../protocol/index.ts';
import type { KillPolicy } from '../tasks/index.ts';
import type { Draft } from './decision.ts';
import { type AgentState, type Ending, executorKey, keyOf, type TaskRecord } from './state.ts';
import { report } from './status-updates.ts';

/** How long a task may take to end when nobody says otherwise, as Mesos's command executor has it. */
export const GRACE_PERIOD_MS_DEFAULT = 3_000;

/** Precedence: the call, the task, the default. */
export function gracePeriodMs(record: TaskRecord, callPolicy?: KillPolicy): number {
  return callPolicy?.gracePeriodMs ?? record.task.killPolicy?.gracePeriodMs ?? GRACE_PERIOD_MS_DEFAULT;
}

export interface KillWish extends Omit<Ending, 'graceOverAtMs'> {
  /** Without TASK_KILLING: nobody listens any more. */
  readonly quietly?: boolean;
}

/**
 * Tells a task that is not over to end. A repeat never lengthens its grace, and does not change why it ends. What
 * becomes of it is told when it is over.
 */
export function requestKill(
  state: AgentState,
  draft: Draft,
  record: TaskRecord,
  { quietly = false, ...wish }: KillWish,
): void {
  const graceOverAtMs = draft.now.nowMs + wish.gracePeriodMs;
  const first = record.ending === undefined;
  if (first) {
    draft.event({ type: 'taskEnding', taskKey: keyOf(record), ending: { ...wish, graceOverAtMs } });
    draft.effect({ type: 'stopTimer', timer: completionTimer(record) });
    if (!quietly) tellKilling(state, draft, record);
  } else if (graceOverAtMs < record.ending.graceOverAtMs) {
    const shorter: Ending = { ...record.ending, gracePeriodMs: wish.gracePeriodMs, graceOverAtMs };
    draft.event({ type: 'taskEnding', taskKey: keyOf(record), ending: shorter });
  }
  stop(state, draft, record, { ...wish, graceOverAtMs });
}

function tellKilling(state: AgentState, draft: Draft, record: TaskRecord): void {
  const framework = state.frameworks.get(record.task.frameworkId);
  if (record.task.state !== 'TASK_RUNNING' || framework === undefined) return;
  if (!hasCapability(framework.info, 'TASK_KILLING_STATE')) return;
  report(state, draft, record, [{ state: 'TASK_KILLING', source: 'SOURCE_EXECUTOR' }]);
}

function stop(state: AgentState, draft: Draft, record: TaskRecord, ending: Ending): void {
  const { containerId } = record;
  if (containerId === undefined) return;
  const { gracePeriodMs: graceMs, graceOverAtMs } = ending;
  const executor = state.executors.get(executorKey(record.task.frameworkId, record.executorId));
  if (executor?.kind !== 'inProcess') {
    draft.effect({ type: 'killContainer', containerId, gracePeriodMs: graceMs });
    return;
  }
  draft.effect({ type: 'abortCode', containerId, reason: endingReason(ending) });
  if (record.ending === undefined || graceOverAtMs < record.ending.graceOverAtMs) {
    draft.effect({
      type: 'startTimer',
      timer: graceTimer(record),
      delayMs: graceMs,
      command: { type: 'graceOver', containerId },
    });
  }
}

/** Why a task ends, as a sentence. */
export function endingReason({ cause, because }: Pick<Ending, 'cause' | 'because'>): string {
  if (because !== undefined) return `Killed because ${because}`;
  return cause === 'timedOut' ? 'Max completion time reached' : 'Killed by the framework';
}

/** Runs until an in-process task has had its grace period. */
export function graceTimer(record: TaskRecord): string {
  return `grace ${keyOf(record)}`;
}

/** Runs until a task has had its max completion time. */
export function completionTimer(record: TaskRecord): string {
  return `completion ${keyOf(record)}`;
}
