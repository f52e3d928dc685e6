import type { ExecutorId } from '../core/index.ts';
import { ExecutorId as toExecutorId } from '../core/index.ts';
import type { FrameworkInfo } from '../protocol/index.ts';
import type { Task } from '../tasks/index.ts';
import type { Draft } from './decision.ts';
import { type AgentState, type FrameworkRecord, taskKey, type TaskRecord } from './state.ts';
import { type News, report } from './status-updates.ts';

/** The framework as it is known here, or as it is told now; `draft` learns of it. */
export function knownFramework(state: AgentState, draft: Draft, info: FrameworkInfo): FrameworkRecord | undefined {
  const { id: frameworkId } = info;
  if (frameworkId === undefined) return undefined;
  const known = state.frameworks.get(frameworkId);
  if (known !== undefined) return known;
  draft.event({ type: 'frameworkUpdated', frameworkId, info });
  return { frameworkId, info, terminating: false };
}

/** Answers for a task that never ran here, by its only update. */
export function refuseTask(
  state: AgentState,
  draft: Draft,
  refused: { readonly task: Task; readonly executorId: ExecutorId; readonly news: News },
): void {
  const { task, executorId, news } = refused;
  const record: TaskRecord = { task, executorId, pending: [], attempts: 0 };
  draft.event({ type: 'taskAdded', record });
  report(state, draft, record, [news]);
}

/** Answers for a task that the master counts on and this agent does not have. */
export function reportUnknown(
  state: AgentState,
  draft: Draft,
  unknown: { readonly frameworkInfo: FrameworkInfo; readonly task: Task },
  news: (framework: FrameworkRecord) => News,
): void {
  const framework = knownFramework(state, draft, unknown.frameworkInfo);
  if (framework === undefined || framework.terminating) return;
  const { frameworkId } = framework;
  const { taskId, executorId = toExecutorId(taskId) } = unknown.task;
  if (state.tasks.has(taskKey(frameworkId, taskId))) return;
  // Whatever the master knows of it: here it was never more than asked for.
  const { statusUpdateState: _state, statusUpdateUuid: _uuid, ...asked } = unknown.task;
  const task: Task = { ...asked, frameworkId, state: 'TASK_STAGING', statuses: [] };
  refuseTask(state, draft, { task, executorId, news: news(framework) });
}
