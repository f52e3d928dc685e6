import type { AgentId, FrameworkId } from '../core/index.ts';
import type { AgentInfo, FrameworkInfo, RunningExecutor } from '../protocol/index.ts';
import { equalAttributes, Resources } from '../resources/index.ts';
import { isTerminal, type Task } from '../tasks/index.ts';
import { compare, type Difference, heldBy, isFree, type Report } from './agent-report.ts';
import { missAgent, sameAmounts, sameDescription, startAdmission } from './decide-admission.ts';
import { cutOff, endLostTask, endUnreported } from './decide-lose-agent.ts';
import { rescindInverse } from './decide-inverse-offers.ts';
import { giveBack, rescind } from './decide-offers.ts';
import { allocatorAgent, MACHINE_DOWN, newAgent, ping, pingTimeoutMs, type Received } from './decide-register.ts';
import { allocatorFramework } from './decide-subscribe.ts';
import type { Draft } from './draft.ts';
import { isDown, sameTime, unavailabilityOf } from './maintenance.ts';
import type { AgentRecord, FrameworkRecord, MasterState } from './state.ts';
import { forward, masterStatus } from './statuses.ts';
import { timerKey } from './timers.ts';
import { validateReregistration } from './validate/index.ts';

/**
 * An agent that had been registered, with this master or an earlier one, is back with all that runs on it.
 *
 * @see Mesos `src/master/master.cpp`, `Master::reregisterSlave`
 */
export function decideReregister(state: MasterState, received: Received<'reregisterAgent'>, draft: Draft): void {
  const { connection, message } = received;
  const { id } = message.agentInfo;
  const other = state.agentConnections.get(connection) ?? state.admissions.get(connection)?.agentId;
  const invalid =
    validateReregistration(message) ??
    (other === undefined || other === id ? undefined : `agent ${other} is registered on its connection`);
  if (invalid !== undefined || id === undefined) {
    draft.dropped(`re-registration of agent ${id} (${message.agentInfo.hostname})`, invalid ?? 'it has no id');
    return;
  }
  if (state.goneAgents.has(id)) {
    draft.tellAgent(connection, { type: 'shutdownAgent', message: 'Agent has been marked gone' });
    return;
  }
  if (isDown(state.machines, message.agentInfo.hostname)) {
    draft.tellAgent(connection, { type: 'shutdownAgent', message: MACHINE_DOWN });
    return;
  }
  const current = state.agents.get(id)?.connection;
  if (current !== undefined && current > connection) {
    // It has been under way for long: what it says was true before the agent came on the connection that it has now.
    draft.dropped(`re-registration of agent ${id} (${message.agentInfo.hostname})`, 'it came on an older connection');
    return;
  }
  const agentInfo = { ...message.agentInfo, id };
  const admitted = state.agents.get(id)?.info ?? state.recoveredAgents.get(id)?.info;
  const stays = admitted !== undefined && !state.leavingAgents.has(id);
  if (stays && !state.admissions.has(connection) && sameDescription(admitted, agentInfo)) {
    takeIn(state, received, draft);
    return;
  }
  if (!fitsReport(state, id, message)) {
    refuse(agentInfo, connection, draft);
    return;
  }
  const operation = { type: stays ? 'updateAgent' : 'markAgentReachable', agentId: id, agentInfo } as const;
  startAdmission(state, { connection, message, operation }, draft);
}

/** Takes an agent in that the registry has as admitted. */
export function takeIn(state: MasterState, received: Received<'reregisterAgent'>, draft: Draft): void {
  const { id } = received.message.agentInfo;
  if (id === undefined) return;
  const report = readReport(state, received, draft);
  const known = state.agents.get(id);
  if (known === undefined) addReturning(state, id, { received, report }, draft);
  else reconcileKnown(state, known, { received, report }, draft);
}

/** Whether there is as much on the agent as it says that is used there: if not, it is not worth admitting. */
function fitsReport(state: MasterState, id: AgentId, message: Received<'reregisterAgent'>['message']): boolean {
  const isOver = (frameworkId: FrameworkId): boolean => state.completedFrameworks.has(frameworkId);
  const executors = message.executors.filter(({ frameworkId }) => !isOver(frameworkId));
  const tasks = message.tasks.filter(({ frameworkId }) => !isOver(frameworkId));
  const known = state.agents.get(id);
  if (known === undefined) {
    const free = tasks.filter((task) => isFree(state, task));
    return fits(message.agentInfo.resources, heldBy(free, executors));
  }
  const total = sameAmounts(message.agentInfo.resources, known.total) ? known.total : message.agentInfo.resources;
  return fits(total, compare(state, known, { executors, tasks }).used);
}

interface Return {
  readonly received: Received<'reregisterAgent'>;
  readonly report: Report;
}

/** Frameworks that are new to this master are taken in as recovered; completed ones, the agent is told to end. */
function readReport(state: MasterState, received: Received<'reregisterAgent'>, draft: Draft): Report {
  const { connection, message } = received;
  const frameworks = new Map<FrameworkId, FrameworkRecord>();
  for (const info of message.frameworks) {
    const { id } = info;
    if (id === undefined) continue;
    if (state.completedFrameworks.has(id)) {
      draft.tellAgent(connection, { type: 'shutdownFramework', frameworkId: id });
      continue;
    }
    const known = state.frameworks.get(id);
    frameworks.set(id, known ?? recoverFramework(state, { ...info, id }, draft));
  }
  return {
    frameworks,
    executors: message.executors.filter(({ frameworkId }) => frameworks.has(frameworkId)),
    tasks: message.tasks.filter(({ frameworkId }) => frameworks.has(frameworkId)),
  };
}

/** Its scheduler may not have noticed yet that there is another master: it has as long as agents have, at least. */
function recoverFramework(
  state: MasterState,
  info: FrameworkInfo & { readonly id: FrameworkId },
  draft: Draft,
): FrameworkRecord {
  const { id } = info;
  const framework: FrameworkRecord = {
    id,
    info,
    suppressedRoles: [],
    offerConstraints: {},
    connection: undefined,
    recovered: true,
    subscriptions: 0,
    registeredMs: 0,
    reregisteredMs: 0,
  };
  draft.event({ type: 'frameworkAdded', framework });
  draft.allocator({
    method: 'addFramework',
    args: [id, allocatorFramework(framework), { active: false, used: new Map() }],
  });
  const { agentReregisterTimeoutMs } = state.config;
  draft.startTimer(timerKey.failover(id), Math.max(info.failoverTimeoutMs ?? 0, agentReregisterTimeoutMs), {
    type: 'failoverTimedOut',
    frameworkId: id,
    subscriptions: framework.subscriptions,
  });
  return framework;
}

/** The agent was unreachable, or is one of an earlier master: what it reports is what there is. */
function addReturning(state: MasterState, id: AgentId, { received, report }: Return, draft: Draft): void {
  const { connection, message, wallMs } = received;
  const agent = newAgent({ id, info: message.agentInfo, connection, wallMs });
  const tasks = report.tasks.filter((task) => isFree(state, task));
  const used = heldBy(tasks, report.executors);
  if (!fits(agent.total, used)) {
    refuse(agent.info, connection, draft);
    missAgent(state, { agentId: id, agentInfo: agent.info }, draft);
    return;
  }
  draft.event({ type: 'agentAdded', agent });
  draft.cancelTimer(timerKey.recovery(id));
  for (const executor of report.executors) addExecutor(id, executor, draft);
  const news = newsOfReturn(state, id);
  for (const task of tasks) returnTask(report, { task, news, wallMs }, draft);
  endUnreported(state, id, { tasks: message.tasks, wallMs }, draft);
  draft.tellAgent(connection, {
    type: 'agentReregistered',
    agentId: id,
    pingTimeoutMs: pingTimeoutMs(state),
    unknownTasks: [],
  });
  tellFrameworkInfos(report, connection, draft);
  killTakenIds(report.tasks, tasks, connection, draft);
  draft.info(`Agent ${id} (${agent.info.hostname}) is back with ${agent.total}`, { agentId: id });
  ping(state, agent, draft);
  const unavailability = unavailabilityOf(state.machines, agent.info.hostname);
  draft.allocator({ method: 'addAgent', args: [id, allocatorAgent(agent.info, agent.total), used, unavailability] });
}

/** What frameworks are told of its tasks; nothing if it was another master that they knew them from: they will ask. */
function newsOfReturn(state: MasterState, id: AgentId): string | undefined {
  if (state.recoveredAgents.get(id)?.wasLost === false) return undefined;
  return state.unreachableAgents.has(id) ? 'Unreachable agent reregistered' : 'Unknown agent reregistered';
}

/** The agent has been away for a short while: the books are kept, and made to agree with what it reports. */
function reconcileKnown(state: MasterState, agent: AgentRecord, { received, report }: Return, draft: Draft): void {
  const { connection, message, wallMs } = received;
  const { id } = agent;
  const info = { ...message.agentInfo, id };
  const total = sameAmounts(info.resources, agent.total) ? agent.total : info.resources;
  const difference = compare(state, agent, report);
  if (!fits(total, difference.used)) {
    refuse(info, connection, draft);
    return;
  }
  if (agent.connection !== undefined && agent.connection !== connection) {
    cutOff(state, agent.connection, 'Agent re-registered on another connection', draft);
  }
  // There are some only if the master did not notice that the agent was away.
  for (const offer of state.offers.ofAgent(id)) {
    rescind(state, offer, draft);
    giveBack(offer, undefined, draft);
  }
  rescindInverse(state, id, draft);
  draft.event({ type: 'agentReregistered', agentId: id, info, total, connection, wallMs });
  draft.cancelTimer(timerKey.reregister(id));
  for (const { frameworkId, executorId, resources } of difference.lostExecutors) {
    draft.event({ type: 'executorRemoved', agentId: id, frameworkId, executorId });
    giveBack({ frameworkId, agentId: id, resources }, undefined, draft);
  }
  for (const executor of difference.newExecutors) addExecutor(id, executor, draft);
  for (const task of difference.newTasks) {
    returnTask(report, { task, news: 'Unknown agent reregistered', wallMs }, draft);
  }
  for (const task of difference.forgottenTasks) endLostTask(state, task, wallMs, draft);
  draft.tellAgent(connection, {
    type: 'agentReregistered',
    agentId: id,
    pingTimeoutMs: pingTimeoutMs(state),
    unknownTasks: difference.unknownTasks.flatMap((task) => {
      const framework = state.frameworks.get(task.frameworkId);
      return framework === undefined ? [] : [{ frameworkInfo: framework.info, task }];
    }),
    ...(total.equals(info.resources) ? {} : { resources: total }),
  });
  tellFrameworkInfos(report, connection, draft);
  killTakenIds(difference.strangers, difference.newTasks, connection, draft);
  for (const kill of agent.killsWhenBack) {
    const { frameworkId, taskId } = kill;
    const isAlive = report.tasks.some(
      (task) => task.frameworkId === frameworkId && task.taskId === taskId && !isTerminal(task.state),
    );
    if (isAlive) draft.tellAgent(connection, { type: 'killTask', ...kill });
  }
  draft.info(`Agent ${id} (${info.hostname}) re-registered`, { agentId: id });
  tellAllocator(state, agent, { info, total, difference }, draft);
}

function tellAllocator(
  state: MasterState,
  before: AgentRecord,
  now: { readonly info: AgentRecord['info']; readonly total: Resources; readonly difference: Difference },
  draft: Draft,
): void {
  const { info, total, difference } = now;
  const agent = allocatorAgent(info, total);
  const unavailability = unavailabilityOf(state.machines, info.hostname);
  if (difference.newTasks.length > 0 || difference.newExecutors.length > 0) {
    // The allocator learns what is used on an agent only when it is added.
    draft.allocator({ method: 'removeAgent', args: [before.id] });
    draft.allocator({ method: 'addAgent', args: [before.id, agent, difference.used, unavailability] });
    return;
  }
  const isSame =
    total.equals(before.total) &&
    info.hostname === before.info.hostname &&
    equalAttributes(info.attributes, before.info.attributes);
  if (!isSame) draft.allocator({ method: 'updateAgent', args: [before.id, agent] });
  if (!sameTime(unavailabilityOf(state.machines, before.info.hostname), unavailability)) {
    draft.event({ type: 'agentReplanned', agentId: before.id });
    draft.allocator({ method: 'updateUnavailability', args: [before.id, unavailability] });
  }
  if (before.connection === undefined) draft.allocator({ method: 'activateAgent', args: [before.id] });
}

/** Whether an agent can have so much in use: of what is not shared, all at once. */
function fits(total: Resources, used: ReadonlyMap<FrameworkId, Resources>): boolean {
  const all = Resources.sum(used.values()).unallocate();
  if (!total.contains(all.nonShared())) return false;
  for (const volume of all.shared()) if (total.count(volume) === 0) return false;
  return true;
}

function refuse(info: AgentInfo, connection: number, draft: Draft): void {
  const message = 'Resources of the agent do not contain what is used on it';
  draft.dropped(`re-registration of agent ${info.id} (${info.hostname})`, message);
  draft.tellAgent(connection, { type: 'shutdownAgent', message });
}

function addExecutor(agentId: AgentId, { frameworkId, executor }: RunningExecutor, draft: Draft): void {
  draft.event({ type: 'executorAdded', executor: { agentId, frameworkId, info: executor } });
}

function returnTask(
  report: Report,
  back: { readonly task: Task; readonly news: string | undefined; readonly wallMs: number },
  draft: Draft,
): void {
  const { task, news, wallMs } = back;
  draft.event({ type: 'taskReturned', task });
  const framework = report.frameworks.get(task.frameworkId);
  if (news === undefined || framework === undefined || framework.recovered) return;
  const status = masterStatus(
    task,
    { state: task.state, message: news, reason: 'REASON_AGENT_REREGISTERED', wallMs },
    framework.info,
  );
  forward(framework, status, draft);
}

/** Frameworks may have changed while the agent was away. */
function tellFrameworkInfos(report: Report, connection: number, draft: Draft): void {
  for (const framework of report.frameworks.values()) {
    if (framework.recovered) continue;
    draft.tellAgent(connection, { type: 'updateFramework', frameworkInfo: framework.info });
  }
}

function killTakenIds(reported: readonly Task[], taken: readonly Task[], connection: number, draft: Draft): void {
  for (const task of reported) {
    if (taken.includes(task) || isTerminal(task.state)) continue;
    draft.tellAgent(connection, { type: 'killTask', frameworkId: task.frameworkId, taskId: task.taskId });
  }
}
