import { isTerminal } from '../tasks/index.ts';
import { type AgentInfo, AGENT_PROTOCOL_VERSION, type AgentMessage, type MasterMessage } from '../protocol/index.ts';
import type { Task } from '../tasks/index.ts';
import type { Draft } from './decision.ts';
import { gracePeriodMs, requestKill } from './kill.ts';
import { replaceTotal } from './operations.ts';
import { reportUnknown } from './refusal.ts';
import type { AgentState, Link, TaskRecord } from './state.ts';
import { resumeUpdates, stateFor } from './status-updates.ts';

/** The bounds of the random delay before an attempt to register: it doubles from the first to the second. */
const RETRY_MS_MIN = 1_000;
export const REGISTRATION_BACKOFF_MS_MAX = 60_000;

/** For so long an agent that has nothing left to do tries to tell its master how its last tasks ended. */
const FAREWELL_MS = 10_000;

/** An attempt to register, or to come back; repeated, ever more rarely, until it is answered. */
export function decideRegister(state: AgentState, draft: Draft): void {
  const { link } = state;
  if (!seeksMaster(state) || link.status === 'registered') return;
  // A channel on which a minute brings no answer may be half dead. And whoever says again what runs must not cross the
  // answer to the first time, with a task behind it: what the master has sent on the old channel is lost with it.
  const saysWhatRuns = state.agentId !== undefined;
  const reopens = link.status === 'down' || saysWhatRuns || link.backoffMs === REGISTRATION_BACKOFF_MS_MAX;
  if (reopens && link.status !== 'down') draft.effect({ type: 'closeChannel' });
  ask(state, draft, reopens ? link.connection + 1 : link.connection);
}

/** Tasks that are being killed go on without one; when all have ended it is sought once more. */
function seeksMaster({ phase }: AgentState): boolean {
  return phase === 'running' || phase === 'leaving';
}

function ask(state: AgentState, draft: Draft, connection: number): void {
  const { link } = state;
  const backoffMs = Math.min(Math.max(link.backoffMs * 2, RETRY_MS_MIN), REGISTRATION_BACKOFF_MS_MAX);
  if (connection !== link.connection) draft.effect({ type: 'openChannel', connection });
  draft.event({ type: 'linkChanged', link: { ...link, status: 'registering', connection, backoffMs } });
  draft.effect({ type: 'send', message: registration(state) });
  registerLater(draft, backoffMs);
}

/** Tries after a random delay of at most `withinMs`. */
export function registerLater(draft: Draft, withinMs: number): void {
  draft.effect({ type: 'startRandomTimer', timer: 'register', withinMs, command: { type: 'register' } });
}

function registration(state: AgentState): AgentMessage {
  const { hostname, attributes } = state.settings;
  const agentInfo: AgentInfo = { hostname, resources: state.total, attributes };
  const { agentId } = state;
  if (agentId === undefined) return { type: 'registerAgent', protocolVersion: AGENT_PROTOCOL_VERSION, agentInfo };
  return {
    type: 'reregisterAgent',
    protocolVersion: AGENT_PROTOCOL_VERSION,
    agentInfo: { ...agentInfo, id: agentId },
    frameworks: [...state.frameworks.values()].map(({ info, frameworkId }) => ({ ...info, id: frameworkId })),
    executors: [...state.executors.values()].flatMap(({ info, frameworkId }) =>
      info === undefined ? [] : [{ frameworkId, executor: { ...info, frameworkId } }],
    ),
    tasks: [...state.tasks.values()].map(reported),
  };
}

/** The task as the master is told of it: with what was sent of its updates. */
export function reported({ task, forwarded }: TaskRecord): Task {
  if (forwarded?.uuid === undefined) return task;
  return { ...task, statusUpdateState: forwarded.state, statusUpdateUuid: forwarded.uuid };
}

export function decideChannelClosed(
  state: AgentState,
  draft: Draft,
  { connection, reason }: { connection: number; reason: string },
): void {
  if (connection !== state.link.connection || state.link.status === 'down') return;
  draft.log('warn', 'The connection to the master is over', { reason });
  goDown(state, draft);
}

export function decidePingOverdue(state: AgentState, draft: Draft): void {
  if (state.link.status !== 'registered') return;
  draft.log('warn', 'The master is silent; connecting anew', { pingTimeoutMs: state.link.pingTimeoutMs });
  draft.effect({ type: 'closeChannel' });
  goDown(state, draft);
}

/** Without a master: tasks go on, updates wait; a retry that becomes due meanwhile sends nothing. */
function goDown(state: AgentState, draft: Draft): void {
  const { link, settings } = state;
  // An attempt that failed makes the next one later; a connection that held does not.
  const backoffMs = link.status === 'registered' ? settings.registrationBackoffMs : link.backoffMs;
  draft.event({ type: 'linkChanged', link: { ...link, status: 'down', backoffMs } });
  draft.effect({ type: 'stopTimer', timer: 'ping' });
  if (seeksMaster(state)) registerLater(draft, backoffMs);
}

export function decidePing(state: AgentState, draft: Draft, connected: boolean): void {
  draft.effect({ type: 'send', message: { type: 'pong' } });
  if (state.link.status !== 'registered') return;
  if (connected) expectPings(draft, state.link.pingTimeoutMs);
  else {
    draft.log('info', 'The master has lost our registration; registering again');
    draft.effect({ type: 'stopTimer', timer: 'ping' });
    ask(state, draft, state.link.connection);
  }
}

function expectPings(draft: Draft, pingTimeoutMs: number): void {
  draft.effect({ type: 'startTimer', timer: 'ping', delayMs: pingTimeoutMs, command: { type: 'pingOverdue' } });
}

type Registered = Extract<MasterMessage, { readonly type: 'agentRegistered' | 'agentReregistered' }>;

/** The answer to an attempt; further ones, to repeats of it, mean nothing. */
export function decideRegistered(state: AgentState, draft: Draft, message: Registered): void {
  if (state.link.status !== 'registering') return;
  const { agentId, pingTimeoutMs } = message;
  if (state.agentId === undefined) draft.event({ type: 'agentIdAssigned', agentId });
  else if (state.agentId !== agentId) {
    draft.log('error', `Expected to be registered as ${state.agentId}, got ${agentId}; staying who we are`);
  }
  const link: Link = {
    ...state.link,
    status: 'registered',
    backoffMs: state.settings.registrationBackoffMs,
    pingTimeoutMs,
  };
  draft.event({ type: 'linkChanged', link });
  draft.effect({ type: 'stopTimer', timer: 'register' });
  expectPings(draft, pingTimeoutMs);
  const registered: AgentState = { ...state, link };
  resumeUpdates(registered, draft);
  if (state.phase === 'leaving') {
    stop(registered, draft);
    return;
  }
  if (message.type === 'agentRegistered') return;
  if (message.resources !== undefined) replaceTotal(state, draft, message.resources);
  for (const { frameworkInfo, task } of message.unknownTasks) {
    reportUnknown(registered, draft, { frameworkInfo, task }, (framework) => ({
      state: stateFor(framework, 'TASK_DROPPED'),
      source: 'SOURCE_AGENT',
      reason: 'REASON_RECONCILIATION',
      message: 'Reconciliation: task unknown to the agent',
    }));
  }
}

/** The master has no use for this agent any more, and has said so to all that it concerns. */
export function decideDismissed(state: AgentState, draft: Draft): void {
  draft.event({ type: 'dismissed' });
  if (state.phase === 'leaving') stop(state, draft);
  else decideShutdown({ ...state, isDismissed: true }, draft);
}

/** Kills everything, then stops for good. */
export function decideShutdown(state: AgentState, draft: Draft): void {
  if (state.phase !== 'running') return;
  draft.event({ type: 'shutdownBegan' });
  draft.effect({ type: 'stopTimer', timer: 'register' });
  for (const record of state.tasks.values()) {
    if (isTerminal(record.task.state)) continue;
    requestKill(state, draft, record, {
      cause: 'killed',
      because: 'the agent shuts down',
      gracePeriodMs: gracePeriodMs(record),
    });
  }
  if (state.containers.size === 0) decideLeave(state, draft);
}

/**
 * Nothing runs any more: takes leave of the master. Where there is none at the moment it is sought for a while, since
 * nobody else will ever tell how the last tasks ended.
 */
export function decideLeave(state: AgentState, draft: Draft): void {
  const isWorthIt = state.link.status !== 'registered' && !state.isDismissed && owesNews(state);
  if (!isWorthIt) {
    stop(state, draft);
    return;
  }
  draft.event({ type: 'leavingBegan' });
  draft.effect({
    type: 'startTimer',
    timer: 'farewell',
    delayMs: FAREWELL_MS,
    command: { type: 'farewellOver' },
  });
  registerLater(draft, state.settings.registrationBackoffMs);
}

function owesNews({ agentId, tasks, frameworks }: AgentState): boolean {
  if (agentId === undefined) return false;
  for (const { task } of tasks.values()) if (frameworks.get(task.frameworkId)?.terminating !== true) return true;
  return false;
}

/** The master has not been found in time. */
export function decideFarewellOver(state: AgentState, draft: Draft): void {
  if (state.phase === 'leaving') stop(state, draft);
}

function stop(state: AgentState, draft: Draft): void {
  // Also where the answer is still to come: the master may have registered it.
  if (state.link.status !== 'down') draft.effect({ type: 'send', message: { type: 'unregisterAgent' } });
  draft.effect({ type: 'closeChannel' });
  draft.event({ type: 'linkChanged', link: { ...state.link, status: 'down' } });
  draft.event({ type: 'stopped' });
  draft.effect({ type: 'stop' });
}
