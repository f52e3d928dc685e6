import { unreachable } from '../core/index.ts';
import { isTerminal, type Task, type TaskStatus } from '../tasks/index.ts';
import type { AgentEvent } from './protocol.ts';
import {
  type AgentState,
  executorKey,
  type FrameworkRecord,
  frameworkTasks,
  keyOf,
  type TaskKey,
  type TaskRecord,
} from './state.ts';

/** Changes the tables and records that the event names; refuses nothing. */
export function apply(state: AgentState, event: AgentEvent): void {
  switch (event.type) {
    case 'idsDrawn':
      state.idsDrawn += event.count;
      return;
    case 'linkChanged':
      state.link = event.link;
      return;
    case 'agentIdAssigned':
      state.agentId = event.agentId;
      return;
    case 'totalChanged':
      state.total = event.total;
      return;
    case 'frameworkUpdated': {
      const { frameworkId, info } = event;
      const terminating = state.frameworks.get(frameworkId)?.terminating ?? false;
      state.frameworks.set(frameworkId, Object.freeze<FrameworkRecord>({ frameworkId, info, terminating }));
      return;
    }
    case 'frameworkTerminating':
      change(state.frameworks, event.frameworkId, (record) => {
        record.terminating = true;
      });
      for (const record of frameworkTasks(state, event.frameworkId)) {
        change(state.tasks, keyOf(record), (task) => {
          task.pending = [];
        });
      }
      dropIdleFramework(state, event.frameworkId);
      return;
    case 'executorLaunched': {
      const { executor } = event;
      state.executors.set(executorKey(executor.frameworkId, executor.executorId), Object.freeze(executor));
      return;
    }
    case 'executorTerminating':
      change(state.executors, event.executorKey, (record) => {
        record.terminating = true;
      });
      return;
    case 'executorEnded':
      state.executors.delete(event.executorKey);
      return;
    case 'taskAdded':
      addTask(state, event.record);
      return;
    case 'taskStarted':
      change(state.tasks, event.taskKey, (record) => {
        record.startedWallMs = event.wallMs;
        if (event.pid !== undefined) record.pid = event.pid;
      });
      return;
    case 'taskEnding':
      change(state.tasks, event.taskKey, (record) => {
        record.ending = event.ending;
      });
      return;
    case 'updateMade':
      applyUpdate(state, event.taskKey, event.status);
      return;
    case 'updateSent':
      change(state.tasks, event.taskKey, (record) => {
        record.attempts = event.attempts;
        record.forwarded = event.status;
      });
      return;
    case 'updateAcknowledged':
      change(state.tasks, event.taskKey, (record) => {
        record.pending = Object.freeze(record.pending.filter(({ uuid }) => uuid !== event.uuid));
        record.attempts = 0;
      });
      return;
    case 'taskForgotten':
      forgetTask(state, event.taskKey);
      return;
    case 'sandboxUsed':
      state.sandboxes.set(event.path, Object.freeze({ path: event.path }));
      return;
    case 'sandboxReleased': {
      const { path, endedAtMs, endedWallMs } = event;
      state.sandboxes.set(path, Object.freeze({ path, endedAtMs, endedWallMs }));
      return;
    }
    case 'sandboxRemoved':
      state.sandboxes.delete(event.path);
      return;
    case 'shutdownBegan':
      state.phase = 'killing';
      return;
    case 'dismissed':
      state.isDismissed = true;
      return;
    case 'leavingBegan':
      state.phase = 'leaving';
      return;
    case 'stopped':
      stop(state);
      return;
    default:
      return unreachable(event, 'AgentEvent');
  }
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Replaces a record by a changed copy, field by field; nothing happens if there is none. Hot: plain copies. */
function change<Key, Value extends object>(
  table: Map<Key, Value>,
  key: Key,
  recipe: (record: Mutable<Value>) => void,
): void {
  const record = table.get(key);
  if (record === undefined) return;
  const copy: Mutable<Value> = { ...record };
  recipe(copy);
  table.set(key, Object.freeze(copy));
}

/** Puts a task into its table and the indexes. */
export function addTask(state: AgentState, record: TaskRecord): void {
  const { task, executorId, containerId } = record;
  const key = keyOf(record);
  state.tasks.set(key, Object.freeze(record));
  addTo(state.tasksByFramework, task.frameworkId, key);
  if (isTerminal(task.state)) return;
  addTo(state.liveByExecutor, executorKey(task.frameworkId, executorId), key);
  if (containerId !== undefined) state.containers.set(containerId, key);
}

function applyUpdate(state: AgentState, key: TaskKey, status: TaskStatus): void {
  change(state.tasks, key, (record) => {
    record.task = updated(record.task, status);
    record.pending = Object.freeze([...record.pending, Object.freeze(status)]);
  });
  const record = state.tasks.get(key);
  if (record !== undefined && isTerminal(status.state)) removeFromLive(state, record);
}

/** One status per state, the newest, without its data. */
function updated(task: Task, { data: _data, ...status }: TaskStatus): Task {
  const last = task.statuses.at(-1);
  const earlier = last?.state === status.state ? task.statuses.slice(0, -1) : task.statuses;
  return Object.freeze({ ...task, state: status.state, statuses: Object.freeze([...earlier, Object.freeze(status)]) });
}

function forgetTask(state: AgentState, key: TaskKey): void {
  const record = state.tasks.get(key);
  if (record === undefined) return;
  removeFromLive(state, record);
  state.tasks.delete(key);
  removeFrom(state.tasksByFramework, record.task.frameworkId, key);
  dropIdleFramework(state, record.task.frameworkId);
}

function removeFromLive(state: AgentState, { task, executorId, containerId }: TaskRecord): void {
  removeFrom(state.liveByExecutor, executorKey(task.frameworkId, executorId), taskKeyOf(task));
  if (containerId !== undefined) state.containers.delete(containerId);
}

function taskKeyOf({ frameworkId, taskId }: Task): TaskKey {
  return `${frameworkId}/${taskId}`;
}

/** A framework is known as long as something of it is here. */
function dropIdleFramework(state: AgentState, frameworkId: FrameworkRecord['frameworkId']): void {
  if (!state.tasksByFramework.has(frameworkId)) state.frameworks.delete(frameworkId);
}

function stop(state: AgentState): void {
  state.phase = 'stopped';
  state.agentId = undefined;
  for (const table of [state.frameworks, state.executors, state.tasks, state.containers]) table.clear();
  state.tasksByFramework.clear();
  state.liveByExecutor.clear();
}

function addTo<Key, Item>(index: Map<Key, Set<Item>>, key: Key, item: Item): void {
  const items = index.get(key);
  if (items === undefined) index.set(key, new Set([item]));
  else items.add(item);
}

function removeFrom<Key, Item>(index: Map<Key, Set<Item>>, key: Key, item: Item): void {
  const items = index.get(key);
  items?.delete(item);
  if (items?.size === 0) index.delete(key);
}
