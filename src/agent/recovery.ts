import { type ContainerId, RecoveryError } from '../core/index.ts';
import { Resources } from '../resources/index.ts';
import { isTerminal } from '../tasks/index.ts';
import { addTask } from './apply.ts';
import { JOURNAL_PATH, type Saved } from './checkpoint.ts';
import type { Draft } from './decision.ts';
import { completionTimer } from './kill.ts';
import { isCheckpointed } from './operations.ts';
import { registerLater } from './registration.ts';
import { releaseSandbox, watchDisk } from './sandbox-gc.ts';
import type { SavedAgent } from './saved-records.ts';
import { type AgentState, emptyState, executorKey, type InitialState, liveTasks, type TaskRecord } from './state.ts';
import { endTasks, type TaskEnd } from './task-end.ts';
import { volumePaths } from './volumes.ts';

/**
 * The state of an agent that is started on what an earlier one has left; as new, if that is nothing.
 *
 * @throws RecoveryError if the agent was started as another, or with too little for what was made or runs
 */
export function recoverState(initial: InitialState, saved: Saved): AgentState {
  const state = emptyState(initial);
  const { agent } = saved;
  if (agent === undefined) return state;
  const { hostname } = initial.settings;
  if (agent.hostname !== hostname) {
    throw changed(`hostname ${JSON.stringify(agent.hostname)}`, JSON.stringify(hostname));
  }
  state.agentId = agent.agentId;
  for (const record of saved.frameworks) state.frameworks.set(record.frameworkId, Object.freeze(record));
  for (const record of saved.executors) {
    state.executors.set(executorKey(record.frameworkId, record.executorId), Object.freeze(record));
  }
  for (const record of saved.tasks) addTask(state, record);
  for (const record of saved.sandboxes) state.sandboxes.set(record.path, Object.freeze(record));
  // With what it had before it may be overcommitted for a while: what is being killed may be offered already.
  if (initial.resources.equals(agent.configured)) {
    state.total = agent.total;
    return state;
  }
  state.total = changedTotal(initial.resources, agent);
  const needed = runningResources(state);
  if (!state.total.contains(needed)) throw changed(`resources for what runs (${needed})`, String(state.total));
  return state;
}

function changed(expected: string, got: string): RecoveryError {
  const way = 'Go back to what it was, or start with an empty directory';
  return new RecoveryError(JOURNAL_PATH, `expected an agent with ${expected}, got one with ${got}. ${way}`);
}

/** What the agent is given now, with the reservations and volumes that were made on what it was given then. */
function changedTotal(configured: Resources, agent: SavedAgent): Resources {
  const made = agent.total.filter(isCheckpointed);
  const madeOf = Resources.sum([...made].map((resource) => asConfigured(Resources.of(resource))));
  if (!configured.contains(madeOf)) {
    throw changed(`resources for what was reserved and made (${made})`, String(configured));
  }
  return configured.minus(madeOf).plus(made);
}

/** One resource without what operations have made of it. */
function asConfigured(resources: Resources): Resources {
  const [resource] = resources;
  if (resource === undefined) return resources;
  const { disk, shared: _shared, ...plain } = resource;
  const reservations = resource.reservations.filter(({ type }) => type === 'STATIC');
  const source = disk?.source === undefined ? {} : { disk: { source: disk.source } };
  return Resources.of({ ...plain, ...source, reservations });
}

function runningResources(state: AgentState): Resources {
  const executors = [...state.executors.values()].map(({ info }) => info?.resources ?? Resources.empty);
  const tasks = [...state.tasks.values()]
    .filter(({ task }) => !isTerminal(task.state))
    .map(({ task }) => task.resources);
  const all = [...executors, ...tasks].map((resources) => resources.unallocate());
  // A shared volume is there once, however many hold it.
  const shared = new Map(
    all.flatMap((resources) => [...resources.shared()]).map((volume) => [volume.disk?.persistence?.id, volume]),
  );
  return Resources.sum([...all.map((resources) => resources.nonShared()), Resources.of(...shared.values())]);
}

/**
 * The first command of every agent. What an earlier process has left is taken up: containers of tasks that are known
 * are watched again, those of tasks that are not known (of frameworks that do not checkpoint) are killed; tasks that
 * are gone are over.
 */
export function decideStart(state: AgentState, draft: Draft, containers: readonly ContainerId[]): void {
  for (const containerId of containers) draft.effect({ type: 'recoverContainer', containerId });
  for (const containerId of containers) {
    if (!state.containers.has(containerId)) draft.effect({ type: 'killContainer', containerId, gracePeriodMs: 0 });
  }
  const found: ReadonlySet<ContainerId | undefined> = new Set(containers);
  for (const [key, executor] of state.executors) {
    const gone: TaskEnd[] = [];
    for (const record of liveTasks(state, key)) {
      if (executor.kind !== 'inProcess' && found.has(record.containerId)) resume(draft, record);
      else gone.push({ record, outcome: { type: 'agentRestarted' } });
    }
    if (gone.length > 0) endTasks(state, draft, executor, gone);
  }
  // Folders that a crash has kept from being made.
  for (const path of volumePaths(state.total)) draft.effect({ type: 'createVolume', path, fresh: false });
  recoverSandboxes(state, draft);
  registerLater(draft, state.settings.registrationBackoffMs);
}

function resume(draft: Draft, record: TaskRecord): void {
  const { containerId, ending, startedWallMs, maxCompletionTimeMs } = record;
  if (containerId === undefined) return;
  if (ending !== undefined) {
    draft.effect({ type: 'killContainer', containerId, gracePeriodMs: ending.gracePeriodMs });
  } else if (startedWallMs !== undefined && maxCompletionTimeMs !== undefined) {
    const ranMs = Math.max(0, draft.now.wallMs - startedWallMs);
    draft.effect({
      type: 'startTimer',
      timer: completionTimer(record),
      delayMs: Math.max(0, maxCompletionTimeMs - ranMs),
      command: { type: 'completionTimeOver', containerId },
    });
  }
}

/** Sandboxes whose executors went with the former process begin to age. */
function recoverSandboxes(state: AgentState, draft: Draft): void {
  const used = new Set([...state.executors.values()].map(({ sandbox }) => sandbox));
  for (const { path, endedAtMs } of state.sandboxes.values()) {
    if (endedAtMs === undefined && !used.has(path)) releaseSandbox(state, draft, path);
  }
  if ([...state.sandboxes.values()].some(({ endedAtMs }) => endedAtMs !== undefined)) watchDisk(state, draft);
}
