import { type Draft, produce } from 'immer';
import { type AgentId, entriesByName, type FrameworkId, invariant, unreachable } from '../core/index.ts';
import { holdsResources, isTerminal, type Task, type TaskState, type TaskStatus } from '../tasks/index.ts';
import { unallocated } from './acceptance.ts';
import { applyMaintenance } from './maintenance.ts';
import { setQuotas } from './quota.ts';
import type { MasterEvent } from './protocol.ts';
import { Ring } from './ring.ts';
import type { AgentRecord, FrameworkRecord, MasterTables } from './state.ts';

type Event<Type extends MasterEvent['type']> = Extract<MasterEvent, { readonly type: Type }>;

/** Enters a fact into the state. Refuses nothing, and touches only the records that the event is about. */
export function apply(state: MasterTables, event: MasterEvent): void {
  switch (event.type) {
    case 'frameworkAdded':
      return addFramework(state, event);
    case 'frameworkResubscribed':
      return resubscribeFramework(state, event);
    case 'frameworkUpdated':
      return changeFramework(state, event.frameworkId, (framework) => {
        framework.info = mutable(event.info);
        framework.suppressedRoles = [...event.suppressedRoles];
        framework.offerConstraints = mutable(event.offerConstraints);
      });
    case 'frameworkDisconnected':
      return disconnectFramework(state, event.frameworkId);
    case 'frameworkRemoved':
      return removeFramework(state, event);
    case 'registryLoaded':
      return loadRegistry(state, event);
    case 'admissionStarted': {
      const { connection, agentId, message } = event;
      state.admissions.set(connection, Object.freeze({ agentId, message }));
      if (agentId === `${state.info.id}-S${state.nextAgent}`) state.nextAgent += 1;
      return;
    }
    case 'admissionEnded':
      state.admissions.delete(event.connection);
      return;
    case 'agentLeaving':
      state.leavingAgents.add(event.agentId);
      return;
    case 'agentMissed':
      state.unreachableAgents.delete(event.agentId);
      state.recoveredAgents.set(event.agentId, Object.freeze({ info: event.info, wasLost: true }));
      return;
    case 'agentAdded':
      return addAgent(state, event);
    case 'agentReregistered':
      return reregisterAgent(state, event);
    case 'agentDisconnected':
      return disconnectAgent(state, event.agentId);
    case 'agentUnreachable': {
      const { agentId, wallMs } = event;
      const { info } = state.agents.get(agentId) ?? state.recoveredAgents.get(agentId) ?? {};
      removeAgent(state, agentId);
      state.unreachableAgents.set(agentId, Object.freeze({ hostname: info?.hostname ?? '', unreachableMs: wallMs }));
      return;
    }
    case 'agentGone':
      removeAgent(state, event.agentId);
      state.unreachableAgents.delete(event.agentId);
      state.goneAgents.set(event.agentId, event.wallMs);
      return;
    case 'agentRemoved':
      return removeAgent(state, event.agentId);
    case 'agentsPruned':
      for (const agentId of event.unreachable) state.unreachableAgents.delete(agentId);
      for (const agentId of event.gone) state.goneAgents.delete(agentId);
      return;
    case 'pingSent':
      return countPings(state, event.agentId, (before) => before + 1);
    case 'pongReceived':
      return countPings(state, event.agentId, () => 0);
    case 'killDeferred': {
      const { kill } = event;
      return changeAgent(state, event.agentId, (agent) => {
        const others = agent.killsWhenBack.filter(
          ({ frameworkId, taskId }) => frameworkId !== kill.frameworkId || taskId !== kill.taskId,
        );
        agent.killsWhenBack = [...others, kill];
      });
    }
    case 'offersMade':
      for (const offer of event.offers) state.offers.add(Object.freeze(offer));
      state.nextOffer += event.offers.length;
      return;
    case 'inverseOffersMade':
      for (const inverseOffer of event.inverseOffers) state.inverseOffers.add(Object.freeze(inverseOffer));
      state.nextOffer += event.inverseOffers.length;
      return;
    case 'inverseOfferEnded':
      return state.inverseOffers.remove(event.inverseOfferId);
    case 'agentAnsweredFor':
      return changeAgent(state, event.agentId, (agent, before) => {
        const others = before.inverseOfferStatuses.filter(
          ({ frameworkId }) => frameworkId !== event.status.frameworkId,
        );
        agent.inverseOfferStatuses = [...others, event.status];
      });
    case 'agentReplanned':
      return changeAgent(state, event.agentId, (agent) => {
        agent.inverseOfferStatuses = [];
      });
    case 'maintained':
      return applyMaintenance(state.machines, event.operation);
    case 'offerEnded':
      return state.offers.remove(event.offerId);
    case 'resourcesConverted': {
      const conversion = unallocated(event.conversion);
      return changeAgent(state, event.agentId, (agent, before) => {
        agent.total = mutable(before.total.convert(conversion));
      });
    }
    case 'executorAdded': {
      const { executor } = event;
      state.executors.add(Object.freeze(executor));
      if (executor.info.resources === undefined) return;
      return state.used.add(executor.agentId, executor.frameworkId, executor.info.resources);
    }
    case 'executorRemoved':
      return removeExecutor(state, event);
    case 'taskLaunched':
      return addTask(state, event.task);
    case 'taskReturned':
      state.unreachableTasks.remove(event.task.frameworkId, event.task.taskId);
      return addTask(state, event.task);
    case 'taskUpdated':
      return updateTask(state, event);
    case 'taskUnreachable': {
      const task = removeTask(state, event);
      if (task === undefined) return;
      state.unreachableTasks.add(task);
      const oldest = state.unreachableTasks.oldestOf(task.frameworkId);
      const isFull =
        state.unreachableTasks.countOfFramework(task.frameworkId) > state.config.maxUnreachableTasksPerFramework;
      if (isFull && oldest !== undefined) state.unreachableTasks.remove(oldest.frameworkId, oldest.taskId);
      return;
    }
    case 'taskCompleted': {
      const task = removeTask(state, event);
      return task === undefined ? undefined : complete(state, task);
    }
    case 'unreachableTaskCompleted': {
      const task = state.unreachableTasks.remove(event.frameworkId, event.taskId);
      if (task === undefined) return;
      return complete(state, event.status === undefined ? task : withStatus(task, event.status, event.status.state));
    }
    case 'weightsUpdated':
      for (const [role, weight] of entriesByName(event.weights)) state.weights.set(role, weight);
      return;
    case 'quotaUpdated':
      return setQuotas(state.quotas, event.quotas);
    default:
      return unreachable(event, 'MasterEvent');
  }
}

/** Records are plain data that nobody else changes: what goes into a draft of one may be called mutable. */
function mutable<T>(value: T): Draft<T> {
  // immer has no other way to say that a frozen value may be part of a draft.
  return value as Draft<T>;
}

function addFramework(state: MasterTables, { framework }: Event<'frameworkAdded'>): void {
  state.frameworks.set(framework.id, Object.freeze(framework));
  if (framework.connection === undefined) return;
  state.schedulerConnections.set(framework.connection, framework.id);
  state.nextFramework += 1;
}

function resubscribeFramework(state: MasterTables, event: Event<'frameworkResubscribed'>): void {
  disconnectFramework(state, event.frameworkId);
  changeFramework(state, event.frameworkId, (framework) => {
    framework.info = mutable(event.info);
    framework.suppressedRoles = [...event.suppressedRoles];
    framework.offerConstraints = mutable(event.offerConstraints);
    framework.connection = event.connection;
    framework.subscriptions += 1;
    if (framework.recovered) framework.registeredMs = event.wallMs;
    framework.recovered = false;
    framework.reregisteredMs = event.wallMs;
  });
  state.schedulerConnections.set(event.connection, event.frameworkId);
}

function disconnectFramework(state: MasterTables, frameworkId: FrameworkId): void {
  const connection = state.frameworks.get(frameworkId)?.connection;
  if (connection === undefined) return;
  state.schedulerConnections.delete(connection);
  changeFramework(state, frameworkId, (framework) => {
    framework.connection = undefined;
  });
}

function removeFramework(state: MasterTables, event: Event<'frameworkRemoved'>): void {
  const framework = state.frameworks.get(event.frameworkId);
  if (framework === undefined) return;
  const { id, info, registeredMs, connection } = framework;
  if (connection !== undefined) state.schedulerConnections.delete(connection);
  state.frameworks.delete(id);
  const tasks = [...(state.completedTasks.get(id) ?? [])];
  state.completedTasks.delete(id);
  const completed = { id, info, registeredMs, unregisteredMs: event.wallMs, tasks };
  state.completedFrameworks.set(id, Object.freeze(completed));
  keepNewest(state.completedFrameworks, state.config.maxCompletedFrameworks);
}

function changeFramework(
  state: MasterTables,
  frameworkId: FrameworkId,
  recipe: (framework: Draft<FrameworkRecord>) => void,
): void {
  const framework = state.frameworks.get(frameworkId);
  if (framework !== undefined) state.frameworks.set(frameworkId, produce(framework, recipe));
}

function loadRegistry(state: MasterTables, { registry }: Event<'registryLoaded'>): void {
  for (const [id, info] of registry.agents) state.recoveredAgents.set(id, Object.freeze({ info, wasLost: false }));
  for (const [id, agent] of registry.unreachableAgents) state.unreachableAgents.set(id, Object.freeze(agent));
  for (const [id, goneMs] of registry.goneAgents) state.goneAgents.set(id, goneMs);
  for (const [role, weight] of registry.weights) state.weights.set(role, weight);
  for (const [role, quota] of registry.quotas) state.quotas.set(role, quota);
  for (const [hostname, machine] of registry.machines) state.machines.set(hostname, machine);
  // A master that was given the id of an earlier one shall not give out the ids of its agents again.
  const prefix = `${state.info.id}-S`;
  for (const id of [...registry.agents.keys(), ...registry.unreachableAgents.keys(), ...registry.goneAgents.keys()]) {
    if (id.startsWith(prefix)) state.nextAgent = Math.max(state.nextAgent, Number(id.slice(prefix.length)) + 1);
  }
}

function addAgent(state: MasterTables, { agent }: Event<'agentAdded'>): void {
  state.agents.set(agent.id, Object.freeze(agent));
  state.recoveredAgents.delete(agent.id);
  state.unreachableAgents.delete(agent.id);
  if (agent.connection !== undefined) state.agentConnections.set(agent.connection, agent.id);
}

function reregisterAgent(state: MasterTables, event: Event<'agentReregistered'>): void {
  disconnectAgent(state, event.agentId);
  changeAgent(state, event.agentId, (agent) => {
    agent.info = mutable(event.info);
    agent.total = mutable(event.total);
    agent.connection = event.connection;
    agent.unansweredPings = 0;
    agent.killsWhenBack = [];
    agent.reregisteredMs = event.wallMs;
  });
  state.agentConnections.set(event.connection, event.agentId);
}

function disconnectAgent(state: MasterTables, agentId: AgentId): void {
  const connection = state.agents.get(agentId)?.connection;
  if (connection !== undefined) state.agentConnections.delete(connection);
  changeAgent(state, agentId, (agent) => {
    agent.connection = undefined;
    agent.epoch += 1;
  });
}

function removeAgent(state: MasterTables, agentId: AgentId): void {
  const connection = state.agents.get(agentId)?.connection;
  if (connection !== undefined) state.agentConnections.delete(connection);
  state.agents.delete(agentId);
  state.recoveredAgents.delete(agentId);
  state.leavingAgents.delete(agentId);
}

function changeAgent(
  state: MasterTables,
  agentId: AgentId,
  recipe: (agent: Draft<AgentRecord>, before: AgentRecord) => void,
): void {
  const before = state.agents.get(agentId);
  if (before !== undefined)
    state.agents.set(
      agentId,
      produce(before, (agent) => recipe(agent, before)),
    );
}

/** Of all that happens to agents the most frequent: a plain copy. */
function countPings(state: MasterTables, agentId: AgentId, count: (before: number) => number): void {
  const agent = state.agents.get(agentId);
  if (agent === undefined) return;
  state.agents.set(agentId, Object.freeze({ ...agent, unansweredPings: count(agent.unansweredPings) }));
}

function removeExecutor(state: MasterTables, event: Event<'executorRemoved'>): void {
  const { agentId, frameworkId, executorId } = event;
  const executor = state.executors.get(agentId, frameworkId, executorId);
  if (executor === undefined) return;
  state.executors.remove(agentId, frameworkId, executorId);
  if (executor.info.resources !== undefined) state.used.take(agentId, frameworkId, executor.info.resources);
}

function addTask(state: MasterTables, task: Task): void {
  state.tasks.add(Object.freeze(task));
  if (holdsResources(task.state)) state.used.add(task.agentId, task.frameworkId, task.resources);
}

function updateTask(state: MasterTables, event: Event<'taskUpdated'>): void {
  const before = state.tasks.get(event.frameworkId, event.taskId);
  if (before === undefined) return;
  const task = withStatus(before, event.status, event.latestState);
  state.tasks.replace(task);
  if (holdsResources(before.state) && !holdsResources(task.state)) {
    state.used.take(task.agentId, task.frameworkId, task.resources);
  }
}

/** The newest status takes the place of the last one if it tells of the same state. Hot: plain copies, as few as may be. */
function withStatus(task: Task, status: TaskStatus, latestState: TaskState): Task {
  // The end is the last word: an update that comes late has been overtaken by it, and does not wait for anything.
  if (task.statusUpdateState !== undefined && isTerminal(task.statusUpdateState)) return task;
  const kept = Object.freeze(withoutData(status));
  const earlier = task.statuses.at(-1)?.state === status.state ? task.statuses.slice(0, -1) : task.statuses;
  const statuses = Object.freeze([...earlier, kept]);
  const { state: statusUpdateState, uuid: statusUpdateUuid } = status;
  if (statusUpdateUuid !== undefined) {
    return Object.freeze({ ...task, state: latestState, statuses, statusUpdateState, statusUpdateUuid });
  }
  const { statusUpdateUuid: _, ...rest } = task;
  return Object.freeze({ ...rest, state: latestState, statuses, statusUpdateState });
}

function withoutData(status: TaskStatus): TaskStatus {
  if (status.data === undefined) return { ...status };
  const { data: _, ...kept } = status;
  return kept;
}

function removeTask(
  state: MasterTables,
  ref: { readonly frameworkId: FrameworkId; readonly taskId: Task['taskId'] },
): Task | undefined {
  const task = state.tasks.remove(ref.frameworkId, ref.taskId);
  if (task !== undefined && holdsResources(task.state)) {
    state.used.take(task.agentId, task.frameworkId, task.resources);
  }
  return task;
}

function complete(state: MasterTables, task: Task): void {
  invariant(!holdsResources(task.state), `Expected task ${task.taskId} to be over, got ${task.state}`);
  const limit = state.config.maxCompletedTasksPerFramework;
  if (limit === 0) return;
  let tasks = state.completedTasks.get(task.frameworkId);
  if (tasks === undefined) state.completedTasks.set(task.frameworkId, (tasks = new Ring()));
  tasks.push(task);
  if (tasks.length > limit) tasks.shift();
}

function keepNewest<Key, Value>(map: Map<Key, Value>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
