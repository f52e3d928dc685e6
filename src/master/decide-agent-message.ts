import { type AgentId, unreachable } from '../core/index.ts';
import type { AgentMessage } from '../protocol/index.ts';
import { holdsResources, isTerminal, type TaskStatus, transition, visibleState } from '../tasks/index.ts';
import { depart } from './decide-lose-agent.ts';
import { giveBack } from './decide-offers.ts';
import { decideRegister } from './decide-register.ts';
import { decideReregister } from './decide-reregister.ts';
import { Draft } from './draft.ts';
import type { Decision, MasterCommand } from './protocol.ts';
import type { AgentRecord, MasterState } from './state.ts';
import { forward, isPartitionAware } from './statuses.ts';

type Message<Type extends AgentMessage['type']> = Extract<AgentMessage, { readonly type: Type }>;

/** What an agent says. */
export function decideAgentMessage(
  state: MasterState,
  command: Extract<MasterCommand, { readonly type: 'agentMessage' }>,
): Decision {
  const draft = new Draft();
  const { connection, message, wallMs } = command;
  if (message.type === 'registerAgent') {
    decideRegister(state, { connection, message, wallMs }, draft);
    return draft;
  }
  if (message.type === 'reregisterAgent') {
    decideReregister(state, { connection, message, wallMs }, draft);
    return draft;
  }
  const agentId = state.agentConnections.get(connection);
  const agent = agentId === undefined ? undefined : state.agents.get(agentId);
  if (agent === undefined) {
    // Whoever speaks without being registered is asked to register; the answer to that must not be answered again.
    const isAsked = message.type === 'pong' || state.admissions.has(connection);
    if (!isAsked) draft.tellAgent(connection, { type: 'ping', connected: false });
    return draft;
  }
  switch (message.type) {
    case 'unregisterAgent':
      depart(
        {
          operation: { type: 'removeAgent', agentId: agent.id },
          message: 'Agent unregistered',
          dismissed: false,
        },
        draft,
      );
      break;
    case 'pong':
      if (agent.unansweredPings > 0) draft.event({ type: 'pongReceived', agentId: agent.id });
      break;
    case 'statusUpdate':
      decideStatusUpdate(state, agent, { connection, message }, draft);
      break;
    case 'executorExited':
      decideExecutorExited(state, agent, message, draft);
      break;
    case 'executorMessage':
      decideExecutorMessage(state, agent, message, draft);
      break;
    default:
      unreachable(message, 'AgentMessage');
  }
  return draft;
}

/**
 * News of a task: passed on to the scheduler, if it is there, and entered into the books. Whether the scheduler saw it
 * is between the scheduler and the agent, which sends it again until it is acknowledged.
 *
 * @see Mesos `src/master/master.cpp`, `Master::statusUpdate`, `Master::updateTask`
 */
function decideStatusUpdate(
  state: MasterState,
  agent: AgentRecord,
  received: { readonly connection: number; readonly message: Message<'statusUpdate'> },
  draft: Draft,
): void {
  const { connection, message } = received;
  const { frameworkId, status, latestState } = message;
  const framework = state.frameworks.get(frameworkId);
  if (framework === undefined) {
    draft.tellAgent(connection, { type: 'shutdownFramework', frameworkId });
    return;
  }
  const task = state.tasks.get(frameworkId, status.taskId);
  if (task !== undefined && task.agentId !== agent.id) {
    // The id names another task by now: this one's end is nobody's business any more.
    if (status.uuid !== undefined) {
      draft.tellAgent(connection, { type: 'acknowledgeUpdate', frameworkId, taskId: task.taskId, uuid: status.uuid });
    }
    return;
  }
  const partitionAware = isPartitionAware(framework.info);
  const outcome = task && transition(task.state, { type: 'statusUpdate', state: latestState }, partitionAware);
  if (outcome?.outcome === 'impossible') {
    draft.dropped(
      `update of task ${status.taskId} of framework ${frameworkId}`,
      `agent ${agent.id} reports ${latestState} after ${task?.state}`,
    );
    return;
  }
  const visible = asSeen(status, agent.id, partitionAware);
  forward(framework, visible, draft);
  if (task === undefined || outcome === undefined) return;
  draft.event({
    type: 'taskUpdated',
    frameworkId,
    taskId: task.taskId,
    status: visible,
    latestState: outcome.state,
  });
  if (holdsResources(task.state) && !holdsResources(outcome.state)) giveBack(task, undefined, draft);
  // Nobody will acknowledge it.
  if (status.uuid === undefined && isTerminal(outcome.state)) {
    draft.event({ type: 'taskCompleted', frameworkId, taskId: task.taskId });
  }
}

/** The status as the framework is to have it; as a rule it is so already. */
function asSeen(status: TaskStatus, agentId: AgentId, partitionAware: boolean): TaskStatus {
  const state = visibleState(status.state, partitionAware);
  return status.agentId === agentId && status.state === state ? status : { ...status, agentId, state };
}

function decideExecutorExited(
  state: MasterState,
  agent: AgentRecord,
  message: Message<'executorExited'>,
  draft: Draft,
): void {
  const { frameworkId, executorId, status } = message;
  const executor = state.executors.get(agent.id, frameworkId, executorId);
  if (executor === undefined) return;
  draft.event({ type: 'executorRemoved', agentId: agent.id, frameworkId, executorId });
  if (executor.info.resources !== undefined) {
    giveBack({ frameworkId, agentId: agent.id, resources: executor.info.resources }, undefined, draft);
  }
  const connection = state.frameworks.get(frameworkId)?.connection;
  if (connection !== undefined) {
    draft.tellFramework(connection, { type: 'failure', agentId: agent.id, executorId, status });
  }
}

function decideExecutorMessage(
  state: MasterState,
  agent: AgentRecord,
  message: Message<'executorMessage'>,
  draft: Draft,
): void {
  const { frameworkId, executorId, data } = message;
  const connection = state.frameworks.get(frameworkId)?.connection;
  if (connection === undefined) {
    draft.dropped(`message of executor ${executorId}`, `framework ${frameworkId} is not connected`);
    return;
  }
  draft.tellFramework(connection, { type: 'message', agentId: agent.id, executorId, data });
}
