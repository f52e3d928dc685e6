import type { AgentId, TaskId } from '../core/index.ts';
import { isTerminal, type TaskState, type TaskStatus } from '../tasks/index.ts';

/** What the driver knows of one task. */
interface Entry {
  readonly taskId: TaskId;
  agentId: AgentId | undefined;
  state: TaskState;
  /** Of the newest update with a uuid. */
  uuid: string | undefined;
  acknowledged: boolean;
}

/** A task as it is named in a reconciliation. */
export interface TaskReference {
  readonly taskId: TaskId;
  readonly agentId?: AgentId;
}

/**
 * At least so many tasks that have ended are remembered, and at most twice as many, so that a repeated last update is
 * recognised as such. They are forgotten by the generation: taking the oldest one out of a `Map` time and again is slow.
 */
const GENERATION = 10_000;

/**
 * The driver's own account of its tasks: which are not over (they are reconciled after a new subscription), and which
 * update of each was the last (it may come again; an agent sends the next one only after an acknowledgement, so the
 * last one is enough). Tasks that are over are forgotten at some time, the oldest first.
 */
export class TaskBook {
  readonly #live = new Map<TaskId, Entry>();
  #ended = new Map<TaskId, Entry>();
  #endedBefore = new Map<TaskId, Entry>();

  /** Begins a new life of this id, unless the one before is not over: then the master will refuse the task. */
  launched(taskId: TaskId, agentId: AgentId): void {
    if (this.#live.has(taskId)) return;
    this.#forgetEnded(taskId);
    this.#live.set(taskId, { taskId, agentId, state: 'TASK_STAGING', uuid: undefined, acknowledged: false });
  }

  /** Whether the update is news; `false`: the same one again, or the answer to a launch that has arrived twice. */
  received(status: TaskStatus): boolean {
    const { taskId, state, uuid } = status;
    const known = this.#find(taskId);
    if (known !== undefined && isTerminal(known.state) && isVoidLaunch(status)) return false;
    const entry = known ?? {
      taskId,
      agentId: status.agentId,
      state,
      uuid: undefined,
      acknowledged: false,
    };
    if (uuid !== undefined) {
      if (entry.uuid === uuid) return false;
      entry.uuid = uuid;
      entry.acknowledged = false;
    }
    entry.state = state;
    entry.agentId = status.agentId ?? entry.agentId;
    // A task that the master does not know is over as far as reconciliation goes; should it come back, so does its entry.
    if (isTerminal(state) || state === 'TASK_UNKNOWN') this.#end(entry);
    else this.#revive(entry);
    return true;
  }

  /** Makes an update that was received count as new when it comes again. */
  forgetUpdate(status: TaskStatus): void {
    const entry = this.#find(status.taskId);
    if (entry !== undefined && entry.uuid === status.uuid) entry.uuid = undefined;
  }

  /** Notes the acknowledgement; `false` if this is not the newest update of the task. */
  acknowledged(taskId: TaskId, uuid: string): void {
    const entry = this.#find(taskId);
    if (entry !== undefined && entry.uuid === uuid) entry.acknowledged = true;
  }

  isAcknowledged(status: TaskStatus): boolean {
    const entry = this.#find(status.taskId);
    return entry !== undefined && entry.uuid === status.uuid && entry.acknowledged;
  }

  /** Where the task is, if that is known. */
  agentOf(taskId: TaskId): AgentId | undefined {
    return this.#find(taskId)?.agentId;
  }

  /** Whether the task is known to be over. */
  isOver(taskId: TaskId): boolean {
    return this.#ended.has(taskId) || this.#endedBefore.has(taskId);
  }

  /** The tasks that are not over, in the order in which they became known. */
  live(): readonly TaskReference[] {
    return [...this.#live.values()].map(({ taskId, agentId }) =>
      agentId === undefined ? { taskId } : { taskId, agentId },
    );
  }

  #find(taskId: TaskId): Entry | undefined {
    return this.#live.get(taskId) ?? this.#ended.get(taskId) ?? this.#endedBefore.get(taskId);
  }

  #revive(entry: Entry): void {
    this.#forgetEnded(entry.taskId);
    this.#live.set(entry.taskId, entry);
  }

  #end(entry: Entry): void {
    this.#live.delete(entry.taskId);
    this.#endedBefore.delete(entry.taskId);
    this.#ended.set(entry.taskId, entry);
    if (this.#ended.size < GENERATION) return;
    this.#endedBefore = this.#ended;
    this.#ended = new Map();
  }

  #forgetEnded(taskId: TaskId): void {
    this.#ended.delete(taskId);
    this.#endedBefore.delete(taskId);
  }
}

/** The master did not launch it, since its offers were void. Once the task has run, that is about a copy of the call. */
function isVoidLaunch({ uuid, source, reason }: TaskStatus): boolean {
  return uuid === undefined && source === 'SOURCE_MASTER' && reason === 'REASON_INVALID_OFFERS';
}
