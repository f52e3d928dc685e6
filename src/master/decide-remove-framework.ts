import type { AgentId } from '../core/index.ts';
import { isTerminal } from '../tasks/index.ts';
import { withdrawInverse } from './decide-inverse-offers.ts';
import { endOffer } from './decide-offers.ts';
import type { Draft } from './draft.ts';
import type { FrameworkRecord, MasterState } from './state.ts';
import { masterStatus } from './statuses.ts';
import { timerKey } from './timers.ts';

/**
 * Ends a framework for good: agents end what runs of it, its tasks are TASK_KILLED in the books without anybody being
 * told, its id is retired.
 *
 * @see Mesos `src/master/master.cpp`, `Master::removeFramework`
 */
export function removeFramework(
  state: MasterState,
  framework: FrameworkRecord,
  why: { readonly wallMs: number; readonly reason: string },
  draft: Draft,
): void {
  const { id } = framework;
  for (const agentId of agentsOf(state, framework)) {
    const connection = state.agents.get(agentId)?.connection;
    // Agents that are away are told when they come back with something of it.
    if (connection !== undefined) draft.tellAgent(connection, { type: 'shutdownFramework', frameworkId: id });
  }
  for (const offer of state.offers.ofFramework(id)) {
    endOffer(state, offer, 'withdrawn', draft);
  }
  withdrawInverse(state, id, draft);
  for (const task of state.tasks.ofFramework(id)) {
    if (!isTerminal(task.state)) {
      const status = masterStatus(
        task,
        {
          state: 'TASK_KILLED',
          message: `Framework ${id} removed`,
          reason: 'REASON_FRAMEWORK_REMOVED',
          wallMs: why.wallMs,
        },
        framework.info,
      );
      draft.event({ type: 'taskUpdated', frameworkId: id, taskId: task.taskId, status, latestState: 'TASK_KILLED' });
    }
    draft.event({ type: 'taskCompleted', frameworkId: id, taskId: task.taskId });
  }
  for (const task of state.unreachableTasks.ofFramework(id)) {
    draft.event({ type: 'unreachableTaskCompleted', frameworkId: id, taskId: task.taskId });
  }
  for (const agentId of state.executors.agentsOf(id)) {
    for (const { info } of state.executors.ofAgent(agentId, id)) {
      draft.event({ type: 'executorRemoved', agentId, frameworkId: id, executorId: info.executorId });
    }
  }
  draft.event({ type: 'frameworkRemoved', frameworkId: id, wallMs: why.wallMs });
  draft.allocator({ method: 'removeFramework', args: [id] });
  draft.cancelTimer(timerKey.failover(id));
  if (framework.connection !== undefined) {
    draft.cancelTimer(timerKey.heartbeat(framework.connection));
    draft.closeFramework(framework.connection, 'Framework removed');
  }
  draft.info(`Framework ${id} (${framework.info.name}) removed: ${why.reason}`, { frameworkId: id });
}

/** Registered agents on which the framework has a task or an executor. */
export function agentsOf(state: MasterState, framework: FrameworkRecord): ReadonlySet<AgentId> {
  const agents = new Set(state.executors.agentsOf(framework.id));
  for (const task of state.tasks.ofFramework(framework.id)) agents.add(task.agentId);
  return agents;
}
