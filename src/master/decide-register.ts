import type { AllocatorAgent } from '../allocator/index.ts';
import { AgentId } from '../core/index.ts';
import { AGENT_CAPABILITIES, type AgentInfo, type AgentMessage } from '../protocol/index.ts';
import type { Resources } from '../resources/index.ts';
import { startAdmission } from './decide-admission.ts';
import { depart } from './decide-lose-agent.ts';
import { Draft } from './draft.ts';
import { isDown, unavailabilityOf } from './maintenance.ts';
import type { Decision, MasterCommand } from './protocol.ts';
import type { AgentRecord, ConnectionId, MasterState } from './state.ts';
import { timerKey } from './timers.ts';
import { validateAgentRegistration } from './validate/index.ts';

/** What an agent is told that cannot be taken in. */
export const MACHINE_DOWN = 'Machine is DOWN';

/** A message of an agent, and when and where it came from. */
export interface Received<Type extends AgentMessage['type']> {
  readonly connection: ConnectionId;
  readonly message: Extract<AgentMessage, { readonly type: Type }>;
  readonly wallMs: number;
}

/**
 * A new agent. What is not valid is ignored: the agent will try again.
 *
 * @see Mesos `src/master/master.cpp`, `Master::registerSlave`
 */
export function decideRegister(state: MasterState, received: Received<'registerAgent'>, draft: Draft): void {
  const { connection, message } = received;
  const already = state.agentConnections.get(connection);
  if (already !== undefined) {
    // It asked again before it heard the answer.
    draft.tellAgent(connection, { type: 'agentRegistered', agentId: already, pingTimeoutMs: pingTimeoutMs(state) });
    return;
  }
  // It will be answered when the registry has admitted it.
  if (state.admissions.has(connection)) return;
  const invalid = validateAgentRegistration(message);
  if (invalid !== undefined) {
    draft.dropped(`registration of agent ${message.agentInfo.hostname}`, invalid);
    return;
  }
  if (isDown(state.machines, message.agentInfo.hostname)) {
    draft.tellAgent(connection, { type: 'shutdownAgent', message: MACHINE_DOWN });
    return;
  }
  const id = AgentId(`${state.info.id}-S${state.nextAgent}`);
  const operation = { type: 'admitAgent', agentId: id, agentInfo: { ...message.agentInfo, id } } as const;
  startAdmission(state, { connection, message, operation }, draft);
}

/** An agent that is new, and by now admitted. */
export function addNew(state: MasterState, from: Parameters<typeof newAgent>[0], draft: Draft): void {
  const { id, connection } = from;
  const agent = newAgent(from);
  draft.event({ type: 'agentAdded', agent });
  draft.tellAgent(connection, { type: 'agentRegistered', agentId: id, pingTimeoutMs: pingTimeoutMs(state) });
  draft.info(`Agent ${id} (${agent.info.hostname}) registered with ${agent.total}`, { agentId: id });
  ping(state, agent, draft);
  const unavailability = unavailabilityOf(state.machines, agent.info.hostname);
  draft.allocator({
    method: 'addAgent',
    args: [id, allocatorAgent(agent.info, agent.total), new Map(), unavailability],
  });
}

/** The record of an agent that has just come in; its first ping is on its way. */
export function newAgent(from: {
  readonly id: AgentId;
  readonly info: AgentInfo;
  readonly connection: ConnectionId;
  readonly wallMs: number;
}): AgentRecord {
  const { id, info, connection, wallMs } = from;
  return {
    id,
    info: { ...info, id },
    total: info.resources,
    connection,
    epoch: 0,
    unansweredPings: 1,
    killsWhenBack: [],
    inverseOfferStatuses: [],
    registeredMs: wallMs,
    reregisteredMs: undefined,
  };
}

export function allocatorAgent(info: AgentInfo, total: Resources): AllocatorAgent {
  return { hostname: info.hostname, total, attributes: info.attributes, capabilities: AGENT_CAPABILITIES };
}

/** How long an agent that hears no ping waits until it looks for its master anew. */
export function pingTimeoutMs(state: MasterState): number {
  return state.config.agentPingTimeoutMs * state.config.maxAgentPingTimeouts;
}

/** A ping, and the timer of the next. */
export function ping(state: MasterState, agent: AgentRecord, draft: Draft): void {
  if (agent.connection !== undefined) draft.tellAgent(agent.connection, { type: 'ping', connected: true });
  draft.startTimer(timerKey.ping(agent.id), state.config.agentPingTimeoutMs, { type: 'pingDue', agentId: agent.id });
}

/**
 * Time for another ping, or, if too many in a row have not been answered, to give the agent up. Of an agent that is
 * disconnected no ping is answered.
 *
 * @see Mesos `src/master/master.cpp`, `SlaveObserver`
 */
export function decidePingDue(
  state: MasterState,
  command: Extract<MasterCommand, { readonly type: 'pingDue' }>,
): Decision {
  const draft = new Draft();
  const agent = state.agents.get(command.agentId);
  if (agent === undefined) return draft;
  if (agent.unansweredPings >= state.config.maxAgentPingTimeouts) {
    markUnreachable(state, agent, { message: 'health check timed out', wallMs: command.wallMs }, draft);
    return draft;
  }
  draft.event({ type: 'pingSent', agentId: agent.id });
  ping(state, agent, draft);
  return draft;
}

/** The agent did not come back in time. */
export function decideReregisterTimedOut(
  state: MasterState,
  command: Extract<MasterCommand, { readonly type: 'reregisterTimedOut' }>,
): Decision {
  const draft = new Draft();
  const agent = state.agents.get(command.agentId);
  if (agent === undefined || agent.connection !== undefined || agent.epoch !== command.epoch) return draft;
  const message = `Agent ${agent.info.hostname} did not re-register in time`;
  markUnreachable(state, agent, { message, wallMs: command.wallMs }, draft);
  return draft;
}

function markUnreachable(
  state: MasterState,
  agent: AgentRecord,
  why: { readonly message: string; readonly wallMs: number },
  draft: Draft,
): void {
  const { id: agentId } = agent;
  if (state.leavingAgents.has(agentId)) return;
  const operation = { type: 'markAgentUnreachable', agentId, unreachableMs: why.wallMs } as const;
  depart({ operation, message: why.message, dismissed: false }, draft);
}
