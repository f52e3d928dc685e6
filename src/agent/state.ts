import type { AgentId, ContainerId, ExecutorId, FrameworkId, TaskId } from '../core/index.ts';
import type { Attribute, Resources } from '../resources/index.ts';
import type { FrameworkInfo } from '../protocol/index.ts';
import type { ExecutorInfo, Task, TaskStatus } from '../tasks/index.ts';

/** What does not change while an agent lives. Times in milliseconds. */
export interface AgentSettings {
  readonly hostname: string;
  readonly attributes: readonly Attribute[];
  /** Names of the in-process executors, sorted. */
  readonly executorNames: readonly string[];
  readonly registrationBackoffMs: number;
  /** How long the master may be silent, until it says itself. */
  readonly pingTimeoutMs: number;
  readonly gcDelayMs: number;
  /** Share of the disk, 0 to 1. */
  readonly gcDiskHeadroom: number;
  readonly statusUpdateRetryMs: number;
}

/** `<framework id>/<executor id>`: ids hold no slashes. */
export type ExecutorKey = string;
/** `<framework id>/<task id>`. */
export type TaskKey = string;

export function executorKey(frameworkId: FrameworkId, executorId: ExecutorId): ExecutorKey {
  return `${frameworkId}/${executorId}`;
}

export function taskKey(frameworkId: FrameworkId, taskId: TaskId): TaskKey {
  return `${frameworkId}/${taskId}`;
}

/**
 * How the agent stands with its master.
 *
 * | status | channel | means |
 * | --- | --- | --- |
 * | `down` | none | waiting for the next attempt |
 * | `registering` | open | asked, not answered yet |
 * | `registered` | open | the master counts on this agent |
 */
export interface Link {
  readonly status: 'down' | 'registering' | 'registered';
  /** Number of the newest channel; what comes from an older one is ignored. */
  readonly connection: number;
  /** Upper bound of the next random delay. */
  readonly backoffMs: number;
  readonly pingTimeoutMs: number;
}

/** A framework with tasks on this agent, also such that only wait for an acknowledgement. */
export interface FrameworkRecord {
  readonly frameworkId: FrameworkId;
  readonly info: FrameworkInfo;
  /** Shut down by the master: its tasks are being killed, and nobody wants to hear of them. */
  readonly terminating: boolean;
}

/** An executor with at least one task that is not over. */
export interface ExecutorRecord {
  readonly frameworkId: FrameworkId;
  readonly executorId: ExecutorId;
  readonly kind: 'command' | 'group' | 'inProcess';
  /** Absent for command tasks. */
  readonly info?: ExecutorInfo;
  readonly containerId: ContainerId;
  /** Relative path. */
  readonly sandbox: string;
  /** Told to shut down: takes no more tasks. */
  readonly terminating: boolean;
}

/** Why a task that still runs has been told to end; the first reason stays. */
export interface Ending {
  readonly cause: 'killed' | 'timedOut';
  /** Completes the sentence "It was killed because …", where the framework did not ask for it itself. */
  readonly because?: string;
  readonly gracePeriodMs: number;
  /** When the grace is over, by the monotonic clock of this process; not kept over a restart. */
  readonly graceOverAtMs: number;
}

/** A task that is not over, or whose updates are not all acknowledged. */
export interface TaskRecord {
  /** As the agent knows it; the fields about forwarding are filled in when it is reported. */
  readonly task: Task;
  /** The task's own id for command tasks. */
  readonly executorId: ExecutorId;
  /**
   * Names this run of the task, for `IN_PROCESS` ones as well; equal to the executor's for command tasks. Absent for
   * a task that was refused: nothing ever ran.
   */
  readonly containerId?: ContainerId;
  /** Tasks with the same id live and die together. */
  readonly groupId?: string;
  /** Of its process, once that runs. */
  readonly pid?: number;
  readonly maxCompletionTimeMs?: number;
  /** When it began to run, in epoch milliseconds: the only clock that outlives this process. */
  readonly startedWallMs?: number;
  readonly ending?: Ending;
  /** Updates that are not acknowledged, oldest first. The first is the one that is sent. */
  readonly pending: readonly TaskStatus[];
  /** How often the first of `pending` was sent since the agent last registered; not kept over a restart. */
  readonly attempts: number;
  /** The newest update that was sent; not kept over a restart. */
  readonly forwarded?: TaskStatus;
}

/** A sandbox that is on disk. */
export interface SandboxRecord {
  /** Relative path. */
  readonly path: string;
  /** When its executor ended; absent while it lives. Monotonic, and negative if that was before this process. */
  readonly endedAtMs?: number;
  /** The same in epoch milliseconds, as it is kept over a restart. */
  readonly endedWallMs?: number;
}

/** Everything an agent knows. Records are frozen; tables change only in `apply`. */
export interface AgentState {
  readonly settings: AgentSettings;
  /** Of every id that this process makes: a UUID, to which a count is added. */
  readonly idBase: string;
  idsDrawn: number;
  agentId: AgentId | undefined;
  /** What it was started with: reservations and volumes made since are not in it. */
  configured: Resources;
  /** What it advertises. */
  total: Resources;
  link: Link;
  /**
   * `killing`: told to end; stops when the last task is over. `leaving`: that is so, and the master is still to be told
   * how they ended. Not kept over a restart.
   */
  phase: 'running' | 'killing' | 'leaving' | 'stopped';
  /** The master has told it to shut down, and wants to hear nothing more. */
  isDismissed: boolean;
  readonly frameworks: Map<FrameworkId, FrameworkRecord>;
  readonly executors: Map<ExecutorKey, ExecutorRecord>;
  readonly tasks: Map<TaskKey, TaskRecord>;
  readonly sandboxes: Map<string, SandboxRecord>;
  /** Index: the live task of each container. */
  readonly containers: Map<ContainerId, TaskKey>;
  /** Index: all tasks of a framework. No framework is listed with none. */
  readonly tasksByFramework: Map<FrameworkId, Set<TaskKey>>;
  /** Index: tasks that are not over. No executor is listed with none. */
  readonly liveByExecutor: Map<ExecutorKey, Set<TaskKey>>;
}

export interface InitialState {
  readonly settings: AgentSettings;
  readonly idBase: string;
  readonly resources: Resources;
}

/** An agent that knows nothing yet. */
export function emptyState({ settings, idBase, resources }: InitialState): AgentState {
  return {
    settings,
    idBase,
    idsDrawn: 0,
    agentId: undefined,
    configured: resources,
    total: resources,
    link: {
      status: 'down',
      connection: 0,
      backoffMs: settings.registrationBackoffMs,
      pingTimeoutMs: settings.pingTimeoutMs,
    },
    phase: 'running',
    isDismissed: false,
    frameworks: new Map(),
    executors: new Map(),
    tasks: new Map(),
    sandboxes: new Map(),
    containers: new Map(),
    tasksByFramework: new Map(),
    liveByExecutor: new Map(),
  };
}

/** The tasks of an executor that are not over, in order of launch. */
export function liveTasks(state: AgentState, key: ExecutorKey): readonly TaskRecord[] {
  return recordsOf(state, state.liveByExecutor.get(key));
}

/** All tasks of a framework that are kept here. */
export function frameworkTasks(state: AgentState, frameworkId: FrameworkId): readonly TaskRecord[] {
  return recordsOf(state, state.tasksByFramework.get(frameworkId));
}

function recordsOf(state: AgentState, keys: Iterable<TaskKey> = []): readonly TaskRecord[] {
  const records: TaskRecord[] = [];
  for (const key of keys) {
    const record = state.tasks.get(key);
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** The key of a record's task. */
export function keyOf(record: TaskRecord): TaskKey {
  return taskKey(record.task.frameworkId, record.task.taskId);
}
