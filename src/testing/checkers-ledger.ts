import type { TaskId } from '../core/index.ts';
import { isLegalTransition, isTerminal, type TaskState, type TaskStatus } from '../tasks/index.ts';

/** What is known of one task from the outside: what its framework asked for, and what it was told. */
export interface LedgerEntry {
  /** Name of the framework. */
  readonly framework: string;
  /** A framework that has lost its state is another one, of the same name. */
  readonly incarnation: number;
  readonly taskId: TaskId;
  /** Host name of the agent. */
  readonly agent: string;
  readonly partitionAware: boolean;
  /** Whether its agent remembers it when it starts again. */
  readonly checkpoint: boolean;
  readonly history: TaskState[];
  /** Ids of the updates that its agent has made, in the order in which they were first sent. */
  readonly made: string[];
  /** The process of the agent that has made the last of them. */
  madeBy: object | undefined;
  /** Updates that were under way when the agent that had not written them down died. */
  readonly lost: Set<string>;
  /** How many of them the framework was given. */
  given: number;
  /** Those that its scheduler has acknowledged, whether that has arrived or not. */
  readonly acknowledged: Set<string>;
  /** The newest state that came with an update to be acknowledged. */
  reliable: TaskState | undefined;
  /** The update that told the end, and that was to be acknowledged. */
  end: TaskStatus | undefined;
  /** Which of the processes of its scheduler, by number, has asked to kill it, not being told since that it is over. */
  killedBy: number | undefined;
}

/** Sentences, one for each violation. */
type Violations = readonly string[];
const NONE: Violations = [];

/** The books of whoever watches from outside: **T1**, **T2** and **T3**, checked with each update that a scheduler is given. */
export class TaskLedger {
  readonly #entries = new Map<string, LedgerEntry>();

  /** All tasks, in the order of their first launch. */
  get entries(): Iterable<LedgerEntry> {
    return this.#entries.values();
  }

  get(framework: string, incarnation: number, taskId: TaskId): LedgerEntry | undefined {
    return this.#entries.get(ledgerKey(framework, incarnation, taskId));
  }

  launched(
    launch: Pick<LedgerEntry, 'framework' | 'incarnation' | 'taskId' | 'agent' | 'partitionAware' | 'checkpoint'>,
  ): Violations {
    const key = ledgerKey(launch.framework, launch.incarnation, launch.taskId);
    if (this.#entries.has(key)) {
      return [`The scheduler of framework ${launch.framework} has launched two tasks with the id ${launch.taskId}`];
    }
    this.#entries.set(key, {
      ...launch,
      history: [],
      made: [],
      madeBy: undefined,
      lost: new Set(),
      given: 0,
      acknowledged: new Set(),
      reliable: undefined,
      end: undefined,
      killedBy: undefined,
    });
    return NONE;
  }

  /** A process of its agent has sent an update; repetitions are the same. */
  made(entry: LedgerEntry, { uuid, state }: Pick<TaskStatus, 'uuid' | 'state'>, process: object): Violations {
    if (uuid === undefined || entry.made.includes(uuid)) return NONE;
    const isAnother = entry.madeBy !== undefined && entry.madeBy !== process;
    entry.madeBy = process;
    if (isAnother && !entry.checkpoint) loseUnanswered(entry);
    const before = entry.made.at(-1);
    entry.made.push(uuid);
    if (before === undefined || entry.acknowledged.has(before)) return NONE;
    return [`T2: ${nameOf(entry)} is reported ${state}, and nobody has acknowledged the update before it`];
  }

  /** Its agent has forgotten it, and everybody else is there. */
  forgotten(entry: LedgerEntry): Violations {
    const last = entry.made.at(-1);
    if (last !== undefined && entry.acknowledged.has(last)) return NONE;
    return [`T3: ${nameOf(entry)} is forgotten by its agent, and nobody has acknowledged its end`];
  }

  /** The scheduler was given an update. */
  told(entry: LedgerEntry, status: TaskStatus): Violations {
    const { state, uuid } = status;
    entry.history.push(state);
    // What is given up, and comes back, is to be killed anew.
    if (isTerminal(state) || state === 'TASK_UNKNOWN') entry.killedBy = undefined;
    if (uuid === undefined) return NONE;
    const name = nameOf(entry);
    const violations: string[] = [];
    const place = entry.made.indexOf(uuid);
    if (place < 0 && !entry.lost.has(uuid)) violations.push(`T2: ${name} is told ${state}, which no agent has sent`);
    if (place > entry.given) violations.push(`T2: ${name} is told ${state}; an update before it was never told`);
    entry.given = Math.max(entry.given, place + 1);
    const before = entry.reliable;
    if (entry.end !== undefined && entry.end.uuid !== uuid) {
      violations.push(`T3: ${name} has ended as ${entry.end.state}, and is told ${state} after that`);
    } else if (before !== undefined && !isLegalTransition(before, state, entry.partitionAware)) {
      violations.push(`T1: ${name} goes from ${before} to ${state}`);
    }
    entry.reliable = state;
    if (isTerminal(state)) entry.end = status;
    return violations;
  }
}

/** What an agent did not write down, and nobody has answered, died with it. */
function loseUnanswered(entry: LedgerEntry): void {
  const last = entry.made.at(-1);
  if (last === undefined || entry.acknowledged.has(last)) return;
  entry.made.pop();
  entry.lost.add(last);
  entry.given = Math.min(entry.given, entry.made.length);
}

function ledgerKey(framework: string, incarnation: number, taskId: TaskId): string {
  return `${framework}/${incarnation}/${taskId}`;
}

function nameOf({ taskId, framework }: LedgerEntry): string {
  return `task ${taskId} of framework ${framework}`;
}
