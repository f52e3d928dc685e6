import type { AgentId, TaskId } from '../core/index.ts';
import type { SchedulerCall } from '../protocol/index.ts';
import type { Task, TaskState } from '../tasks/index.ts';
import type { Draft } from './draft.ts';
import type { FrameworkRecord, MasterState } from './state.ts';
import { forward, masterStatus } from './statuses.ts';

/**
 * Tells a framework where its tasks stand: those that it asks for, or all that live if it names none.
 *
 * @see Mesos `src/master/master.cpp`, `Master::reconcile`
 */
export function decideReconcile(
  state: MasterState,
  framework: FrameworkRecord,
  command: { readonly call: Extract<SchedulerCall, { readonly type: 'reconcile' }>; readonly wallMs: number },
  draft: Draft,
): void {
  const { call, wallMs } = command;
  for (const task of call.tasks) reconcileTask(state, framework, { task, wallMs }, draft);
  if (call.tasks.length > 0) return;
  for (const task of state.tasks.ofFramework(framework.id)) tellLatest(framework, { task, wallMs }, draft);
}

/** The answer about one task; a kill of a task that is not known is answered so, too. */
export function reconcileTask(
  state: MasterState,
  framework: FrameworkRecord,
  about: {
    readonly task: { readonly taskId: TaskId; readonly agentId?: AgentId };
    readonly wallMs: number;
  },
  draft: Draft,
): void {
  const { task: asked, wallMs } = about;
  const task = state.tasks.get(framework.id, asked.taskId);
  if (task !== undefined) {
    tellLatest(framework, { task, wallMs }, draft);
    return;
  }
  const answer = answerUnknown(state, asked.agentId);
  // Whoever knows has not come back yet. The framework will ask again.
  if (answer === undefined) return;
  const news = { ...answer, reason: 'REASON_RECONCILIATION', wallMs } as const;
  forward(framework, masterStatus(asked, news, framework.info), draft);
}

/** As far as the framework has been told, or would have been: never ahead of the updates that are on their way. */
function tellLatest(
  framework: FrameworkRecord,
  about: { readonly task: Task; readonly wallMs: number },
  draft: Draft,
): void {
  const { task, wallMs } = about;
  const status = masterStatus(
    task,
    {
      state: task.statusUpdateState ?? task.state,
      message: 'Reconciliation: Latest task state',
      reason: 'REASON_RECONCILIATION',
      wallMs,
    },
    framework.info,
  );
  const containerStatus = task.statuses.at(-1)?.containerStatus;
  forward(framework, containerStatus === undefined ? status : { ...status, containerStatus }, draft);
}

function answerUnknown(
  state: MasterState,
  agentId: AgentId | undefined,
): { readonly state: TaskState; readonly message: string; readonly unreachableTimeMs?: number } | undefined {
  if (agentId === undefined) {
    if (state.recoveredAgents.size > 0) return undefined;
  } else {
    if (state.recoveredAgents.has(agentId)) return undefined;
    if (state.agents.has(agentId)) {
      return { state: 'TASK_GONE', message: 'Reconciliation: Task is unknown to the agent' };
    }
    const unreachable = state.unreachableAgents.get(agentId);
    if (unreachable !== undefined) {
      return {
        state: 'TASK_UNREACHABLE',
        message: 'Reconciliation: Task is unreachable',
        unreachableTimeMs: unreachable.unreachableMs,
      };
    }
    if (state.goneAgents.has(agentId)) {
      return { state: 'TASK_GONE_BY_OPERATOR', message: 'Reconciliation: Task is gone' };
    }
  }
  return { state: 'TASK_UNKNOWN', message: 'Reconciliation: Task is unknown' };
}
