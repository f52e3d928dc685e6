import { type AgentId, unreachable } from '../core/index.ts';
import { holdsResources, isTerminal, type StatusReason, type Task } from '../tasks/index.ts';
import { rescindInverse } from './decide-inverse-offers.ts';
import { giveBack, rescind } from './decide-offers.ts';
import { Draft } from './draft.ts';
import type { Decision, MasterCommand, MasterEvent, RegistryWrite } from './protocol.ts';
import type { AgentRecord, ConnectionId, FrameworkRecord, MasterState } from './state.ts';
import { endWasForwarded, forward, isPartitionAware, type MasterNews, masterStatus } from './statuses.ts';
import { timerKey } from './timers.ts';

/** Why an agent leaves the books. */
export interface AgentLoss {
  /** `removed`: it stopped for good. `gone`: an operator says so. */
  readonly how: 'unreachable' | 'gone' | 'removed';
  readonly message: string;
  readonly wallMs: number;
}

type Departure = Extract<RegistryWrite, { readonly type: 'departure' }>;

/** The registry is to hear first that the agent is unreachable, gone or removed. Until then it stays what it is. */
export function depart(departure: Omit<Departure, 'type'>, draft: Draft): void {
  draft.event({ type: 'agentLeaving', agentId: departure.operation.agentId });
  draft.writeRegistry({ type: 'departure', ...departure });
}

/** The registry has it: the agent leaves the books, whatever has become of it since. */
export function decideDeparted(
  state: MasterState,
  departed: { readonly write: Departure; readonly wallMs: number },
  draft: Draft,
): void {
  const { operation, message, dismissed } = departed.write;
  const { agentId } = operation;
  const agent = state.agents.get(agentId);
  const loss = lossBy(operation, { message, wallMs: departed.wallMs });
  if (agent !== undefined) {
    if (dismissed && agent.connection !== undefined) {
      draft.tellAgent(agent.connection, { type: 'shutdownAgent', message });
    }
    loseAgent(state, agent, loss, draft);
  } else if (loss.how === 'gone') {
    if (!state.goneAgents.has(agentId)) loseAbsent(state, agentId, loss, draft);
  } else if (state.recoveredAgents.has(agentId)) {
    loseAbsent(state, agentId, loss, draft);
  }
}

function lossBy(
  operation: Departure['operation'],
  now: { readonly message: string; readonly wallMs: number },
): AgentLoss {
  switch (operation.type) {
    case 'markAgentUnreachable':
      return { how: 'unreachable', message: now.message, wallMs: operation.unreachableMs };
    case 'markAgentGone':
      return { how: 'gone', message: now.message, wallMs: operation.goneMs };
    case 'removeAgent':
      return { how: 'removed', ...now };
    default:
      return unreachable(operation, 'RegistryOperation');
  }
}

/** An agent that is recovered or unreachable, of which nothing is in the books but its unreachable tasks. */
function loseAbsent(state: MasterState, agentId: AgentId, loss: AgentLoss, draft: Draft): void {
  if (loss.how === 'gone') endUnreachable(state, agentId, loss, draft);
  draft.event(lossEvent(agentId, loss));
  draft.cancelTimer(timerKey.recovery(agentId));
  if (loss.how !== 'removed' && state.recoveredAgents.has(agentId)) tellFailure(state, agentId, draft);
  draft.info(`Agent ${agentId} is ${loss.how}: ${loss.message}`, { agentId });
}

/**
 * An agent leaves the books: its offers are rescinded, its tasks lost to whatever extent, every framework is told of
 * the failure.
 *
 * @see Mesos `src/master/master.cpp`, `Master::markUnreachable`, `Master::markGone`, `Master::removeSlave`
 */
function loseAgent(state: MasterState, agent: AgentRecord, loss: AgentLoss, draft: Draft): void {
  const { id } = agent;
  for (const offer of state.offers.ofAgent(id)) rescind(state, offer, draft);
  rescindInverse(state, id, draft);
  for (const task of state.tasks.ofAgent(id)) loseTask(state, task, loss, draft);
  for (const { frameworkId, info } of state.executors.ofAgent(id)) {
    draft.event({ type: 'executorRemoved', agentId: id, frameworkId, executorId: info.executorId });
  }
  draft.event(lossEvent(id, loss));
  draft.cancelTimer(timerKey.ping(id));
  draft.cancelTimer(timerKey.reregister(id));
  // All that was offered or used of the agent is forgotten with it.
  draft.allocator({ method: 'removeAgent', args: [id] });
  tellFailure(state, id, draft);
  // It will notice, and come back if it can.
  if (agent.connection !== undefined) cutOff(state, agent.connection, loss.message, draft);
  draft.info(`Agent ${id} (${agent.info.hostname}) is ${loss.how}: ${loss.message}`, { agentId: id });
}

function lossEvent(agentId: AgentId, { how, wallMs }: AgentLoss): MasterEvent {
  if (how === 'removed') return { type: 'agentRemoved', agentId };
  return { type: how === 'gone' ? 'agentGone' : 'agentUnreachable', agentId, wallMs };
}

function tellFailure(state: MasterState, agentId: AgentId, draft: Draft): void {
  for (const { connection } of state.frameworks.values()) {
    if (connection !== undefined) draft.tellFramework(connection, { type: 'failure', agentId });
  }
}

/** Closes an agent's connection; what it asked for on it is answered no more. */
export function cutOff(state: MasterState, connection: ConnectionId, reason: string, draft: Draft): void {
  if (state.admissions.has(connection)) draft.event({ type: 'admissionEnded', connection });
  draft.closeAgent(connection, reason);
}

function loseTask(state: MasterState, task: Task, loss: AgentLoss, draft: Draft): void {
  const framework = state.frameworks.get(task.frameworkId);
  if (framework === undefined) return;
  const mayReturn = loss.how === 'unreachable' && !isTerminal(task.state);
  endOrLose(framework, task, { ...newsOf(framework, loss), wallMs: loss.wallMs }, draft);
  const { frameworkId, taskId } = task;
  draft.event({ type: mayReturn ? 'taskUnreachable' : 'taskCompleted', frameworkId, taskId });
}

/**
 * The word on a task whose agent is not there any more. One that had ended is not lost: its framework is told how it
 * ended, unless it has been, since the agent might never get to tell it.
 */
function endOrLose(framework: FrameworkRecord, task: Task, news: MasterNews, draft: Draft): void {
  if (isTerminal(task.state)) {
    if (endWasForwarded(task)) return;
    forward(framework, masterStatus(task, { ...news, state: task.state }, framework.info), draft);
    return;
  }
  const status = masterStatus(task, news, framework.info);
  forward(framework, status, draft);
  const { frameworkId, taskId } = task;
  draft.event({ type: 'taskUpdated', frameworkId, taskId, status, latestState: status.state });
}

/** A task that had ended, and of which its agent, now back, knows nothing any more. */
export function endLostTask(state: MasterState, task: Task, wallMs: number, draft: Draft): void {
  const { frameworkId, taskId } = task;
  const framework = state.frameworks.get(frameworkId);
  if (framework === undefined) return;
  const message = 'Task is unknown to the agent';
  endOrLose(framework, task, { state: 'TASK_LOST', message, reason: 'REASON_RECONCILIATION', wallMs }, draft);
  draft.event({ type: 'taskCompleted', frameworkId, taskId });
}

/**
 * Tasks that were unreachable with their agent, and of which the agent, now back, knows nothing: it never got them, or
 * has lost them. Mesos says so only to those who ask.
 */
export function endUnreported(
  state: MasterState,
  agentId: AgentId,
  report: { readonly tasks: readonly Task[]; readonly wallMs: number },
  draft: Draft,
): void {
  const reported = new Set(report.tasks.map(({ frameworkId, taskId }) => `${frameworkId} ${taskId}`));
  for (const task of state.unreachableTasks.ofAgent(agentId)) {
    const { frameworkId, taskId } = task;
    const framework = state.frameworks.get(frameworkId);
    if (framework === undefined || reported.has(`${frameworkId} ${taskId}`)) continue;
    const message = 'Task is unknown to the agent';
    const news = { state: 'TASK_GONE', message, reason: 'REASON_RECONCILIATION', wallMs: report.wallMs } as const;
    const status = masterStatus(task, news, framework.info);
    // Who knows no other word for it has been told that it is lost.
    const isNews = status.state !== task.state;
    if (isNews) forward(framework, status, draft);
    draft.event({ type: 'unreachableTaskCompleted', frameworkId, taskId, ...(isNews ? { status } : {}) });
  }
}

function newsOf(framework: FrameworkRecord, loss: AgentLoss): Omit<MasterNews, 'wallMs'> {
  const partitionAware = isPartitionAware(framework.info);
  const { message, wallMs } = loss;
  switch (loss.how) {
    case 'unreachable':
      return { state: 'TASK_UNREACHABLE', message, reason: 'REASON_AGENT_REMOVED', unreachableTimeMs: wallMs };
    case 'gone':
      return { state: 'TASK_GONE_BY_OPERATOR', message, reason: goneReason(partitionAware) };
    case 'removed':
      return { state: 'TASK_LOST', message, reason: 'REASON_AGENT_REMOVED' };
    default:
      return unreachable(loss.how, 'AgentLoss');
  }
}

function goneReason(partitionAware: boolean): StatusReason {
  return partitionAware ? 'REASON_AGENT_REMOVED_BY_OPERATOR' : 'REASON_AGENT_REMOVED';
}

/**
 * The connection to an agent broke. It may be back soon, so tasks stay as they are, except for those of frameworks that
 * do not checkpoint: they are taken for lost.
 *
 * @see Mesos `src/master/master.cpp`, `Master::disconnect`, `Master::_exited`
 */
export function decideAgentDisconnected(
  state: MasterState,
  command: Extract<MasterCommand, { readonly type: 'agentDisconnected' }>,
): Decision {
  const draft = new Draft();
  const { connection } = command;
  if (state.admissions.has(connection)) draft.event({ type: 'admissionEnded', connection });
  const agentId = state.agentConnections.get(connection);
  const agent = agentId === undefined ? undefined : state.agents.get(agentId);
  if (agent === undefined) return draft;
  draft.event({ type: 'agentDisconnected', agentId: agent.id });
  draft.allocator({ method: 'deactivateAgent', args: [agent.id] });
  for (const offer of state.offers.ofAgent(agent.id)) {
    rescind(state, offer, draft);
    giveBack(offer, undefined, draft);
  }
  rescindInverse(state, agent.id, draft);
  loseUncheckpointed(state, agent, command.wallMs, draft);
  draft.startTimer(timerKey.reregister(agent.id), state.config.agentReregisterTimeoutMs, {
    type: 'reregisterTimedOut',
    agentId: agent.id,
    epoch: agent.epoch + 1,
  });
  draft.info(`Agent ${agent.id} (${agent.info.hostname}) disconnected`, { agentId: agent.id });
  return draft;
}

function loseUncheckpointed(state: MasterState, agent: AgentRecord, wallMs: number, draft: Draft): void {
  const message = `Agent ${agent.info.hostname} disconnected`;
  for (const task of state.tasks.ofAgent(agent.id)) {
    const framework = state.frameworks.get(task.frameworkId);
    if (framework === undefined || framework.info.checkpoint === true) continue;
    endOrLose(framework, task, { state: 'TASK_LOST', message, reason: 'REASON_AGENT_DISCONNECTED', wallMs }, draft);
    if (holdsResources(task.state)) giveBack(task, undefined, draft);
    draft.event({ type: 'taskCompleted', frameworkId: task.frameworkId, taskId: task.taskId });
  }
  for (const { frameworkId, info } of state.executors.ofAgent(agent.id)) {
    if (state.frameworks.get(frameworkId)?.info.checkpoint === true) continue;
    draft.event({ type: 'executorRemoved', agentId: agent.id, frameworkId, executorId: info.executorId });
    if (info.resources !== undefined) {
      giveBack({ frameworkId, agentId: agent.id, resources: info.resources }, undefined, draft);
    }
  }
}

/**
 * An operator declares an agent gone: it may not come back, and its tasks are over.
 *
 * @see Mesos `src/master/http.cpp`, `Master::Http::markAgentGone`
 */
export function decideMarkAgentGone(
  state: MasterState,
  command: Extract<MasterCommand, { readonly type: 'markAgentGone' }>,
): Decision {
  const draft = new Draft();
  const { agentId, wallMs } = command;
  const isKnown =
    state.agents.has(agentId) || state.recoveredAgents.has(agentId) || state.unreachableAgents.has(agentId);
  if (!isKnown) return draft;
  const operation = { type: 'markAgentGone', agentId, goneMs: wallMs } as const;
  depart({ operation, message: 'Agent has been marked gone', dismissed: true }, draft);
  return draft;
}

function endUnreachable(
  state: MasterState,
  agentId: AgentId,
  why: { readonly message: string; readonly wallMs: number },
  draft: Draft,
): void {
  for (const task of state.unreachableTasks.ofAgent(agentId)) {
    const framework = state.frameworks.get(task.frameworkId);
    if (framework === undefined) continue;
    const status = masterStatus(task, { ...newsOf(framework, { how: 'gone', ...why }), ...why }, framework.info);
    forward(framework, status, draft);
    const { frameworkId, taskId } = task;
    draft.event({ type: 'unreachableTaskCompleted', frameworkId, taskId, status });
  }
}

/** An operator has an agent removed: it ends its tasks and itself, and may come back as a new one. */
export function decideRemoveAgent(
  state: MasterState,
  command: Extract<MasterCommand, { readonly type: 'removeAgent' }>,
): Decision {
  const draft = new Draft();
  const { agentId } = command;
  if (!state.agents.has(agentId) || state.leavingAgents.has(agentId)) return draft;
  const operation = { type: 'removeAgent', agentId } as const;
  depart({ operation, message: 'Agent removed by the operator', dismissed: true }, draft);
  return draft;
}
