import { type FrameworkId, InvalidArgument, RecoveryError, unreachable } from '../core/index.ts';
import type { JsonValue } from '../protocol/index.ts';
import type { Directory } from '../runtime/index.ts';
import { Journal, type JournalChange } from './journal.ts';
import type { AgentEvent, Moment } from './protocol.ts';
import {
  decodeAgent,
  decodeExecutor,
  decodeFramework,
  decodeSandbox,
  decodeTaskRecord,
  encodeAgent,
  encodeExecutor,
  encodeFramework,
  encodeSandbox,
  encodeTaskRecord,
  type SavedAgent,
} from './saved-records.ts';
import {
  type AgentState,
  type ExecutorRecord,
  executorKey,
  type FrameworkRecord,
  frameworkTasks,
  keyOf,
  type SandboxRecord,
  type TaskRecord,
} from './state.ts';

/** Where the journal is, in the agent's directory. */
export const JOURNAL_PATH = 'agent.journal';

/** What is kept of an agent. */
export interface Saved {
  /** Absent: nothing was ever kept here. */
  readonly agent?: SavedAgent;
  readonly frameworks: readonly FrameworkRecord[];
  readonly executors: readonly ExecutorRecord[];
  readonly tasks: readonly TaskRecord[];
  readonly sandboxes: readonly SandboxRecord[];
}

/**
 * Keeps on disk what an agent must not forget: itself, its sandboxes, and the frameworks that checkpoint, with their
 * executors, tasks and unacknowledged updates. What one turn changes is written at once, as a whole or not at all, and
 * before anything that follows from it is done: so there is no moment between two writes to recover from.
 */
export class Checkpoints {
  readonly #journal: Journal;
  /** Keys of the records that are on disk. */
  readonly #kept = new Set<string>();

  constructor(directory: Directory) {
    this.#journal = new Journal(directory, JOURNAL_PATH);
  }

  /** @throws RecoveryError naming the file and what is wrong in it */
  read(now: Moment): Saved {
    const records = this.#journal.read();
    try {
      return decodeAll(records, now);
    } catch (error) {
      if (!(error instanceof InvalidArgument)) throw error;
      throw new RecoveryError(JOURNAL_PATH, error.message, { cause: error });
    }
  }

  /** Writes all anew: the first thing after {@link read}, so that nothing is appended to a line that was cut short. */
  rewrite(state: AgentState): void {
    const records = [...currentRecords(state)];
    this.#journal.rewrite(records);
    this.#kept.clear();
    for (const { key } of records) this.#kept.add(key);
  }

  /** Writes what the events, already applied, have changed. */
  save(state: AgentState, events: readonly AgentEvent[]): void {
    const touched = new Set<string>();
    for (const event of events) for (const key of touchedKeys(state, event)) touched.add(key);
    if (touched.size === 0) return;
    if (touched.has(EVERYTHING) || this.#journal.isMostlyHistory) {
      this.rewrite(state);
      return;
    }
    const changes: JournalChange[] = [];
    for (const key of touched) {
      const value = currentRecord(state, key);
      if (value !== undefined) changes.push({ key, value });
      else if (this.#kept.has(key)) changes.push({ key });
    }
    if (changes.length === 0) return;
    this.#journal.append(changes);
    for (const { key, value } of changes) {
      if (value === undefined) this.#kept.delete(key);
      else this.#kept.add(key);
    }
  }
}

/** In place of a record's key: all of them. */
const EVERYTHING = '*';
const AGENT = 'agent';

function touchedKeys(state: AgentState, event: AgentEvent): readonly string[] {
  switch (event.type) {
    case 'idsDrawn':
    case 'linkChanged':
    case 'updateSent':
    case 'shutdownBegan':
    case 'dismissed':
    case 'leavingBegan':
      return [];
    case 'agentIdAssigned':
    case 'totalChanged':
      return [AGENT];
    case 'frameworkUpdated':
      return [`framework ${event.frameworkId}`];
    case 'frameworkTerminating':
      return [
        `framework ${event.frameworkId}`,
        ...frameworkTasks(state, event.frameworkId).map((record) => `task ${keyOf(record)}`),
      ];
    case 'executorLaunched':
      return [`executor ${executorKey(event.executor.frameworkId, event.executor.executorId)}`];
    case 'executorTerminating':
    case 'executorEnded':
      return [`executor ${event.executorKey}`];
    case 'taskAdded':
      return [`task ${keyOf(event.record)}`];
    case 'taskStarted':
    case 'taskEnding':
    case 'updateMade':
    case 'updateAcknowledged':
      return [`task ${event.taskKey}`];
    case 'taskForgotten':
      // The framework may have gone with its last task.
      return [`task ${event.taskKey}`, `framework ${event.taskKey.slice(0, event.taskKey.indexOf('/'))}`];
    case 'sandboxUsed':
    case 'sandboxReleased':
    case 'sandboxRemoved':
      return [`sandbox ${event.path}`];
    case 'stopped':
      return [EVERYTHING];
    default:
      return unreachable(event, 'AgentEvent');
  }
}

/** The record as it stands; `undefined` if it is gone, or its framework does not checkpoint. */
function currentRecord(state: AgentState, key: string): JsonValue | undefined {
  if (key === AGENT) return encodeAgent(state);
  const space = key.indexOf(' ');
  const id = key.slice(space + 1);
  switch (key.slice(0, space)) {
    case 'framework': {
      const frameworks: ReadonlyMap<string, FrameworkRecord> = state.frameworks;
      return kept(state, frameworks.get(id), encodeFramework);
    }
    case 'executor':
      return kept(state, state.executors.get(id), encodeExecutor);
    case 'task': {
      const record = state.tasks.get(id);
      return record !== undefined && checkpoints(state, record.task.frameworkId) ? encodeTaskRecord(record) : undefined;
    }
    default: {
      const sandbox = state.sandboxes.get(id);
      return sandbox === undefined ? undefined : encodeSandbox(sandbox);
    }
  }
}

function kept<Kept extends { readonly frameworkId: FrameworkId }>(
  state: AgentState,
  record: Kept | undefined,
  encode: (record: Kept) => JsonValue,
): JsonValue | undefined {
  return record !== undefined && checkpoints(state, record.frameworkId) ? encode(record) : undefined;
}

function checkpoints(state: AgentState, frameworkId: FrameworkId): boolean {
  return state.frameworks.get(frameworkId)?.info.checkpoint === true;
}

function* currentRecords(state: AgentState): Iterable<JournalChange> {
  const keys = [
    AGENT,
    ...[...state.frameworks.keys()].map((id) => `framework ${id}`),
    ...[...state.executors.keys()].map((key) => `executor ${key}`),
    ...[...state.tasks.keys()].map((key) => `task ${key}`),
    ...[...state.sandboxes.keys()].map((path) => `sandbox ${path}`),
  ];
  for (const key of keys) {
    const value = currentRecord(state, key);
    if (value !== undefined) yield { key, value };
  }
}

function decodeAll(records: ReadonlyMap<string, unknown>, now: Moment): Saved {
  let agent: SavedAgent | undefined;
  const frameworks: FrameworkRecord[] = [];
  const executors: ExecutorRecord[] = [];
  const tasks: TaskRecord[] = [];
  const sandboxes: SandboxRecord[] = [];
  for (const [key, json] of records) {
    const [kind] = key.split(' ', 1);
    switch (kind) {
      case AGENT:
        agent = decodeAgent(json, key);
        break;
      case 'framework':
        frameworks.push(decodeFramework(json, key));
        break;
      case 'executor':
        executors.push(decodeExecutor(json, key));
        break;
      case 'task':
        tasks.push(decodeTaskRecord(json, key, now.nowMs));
        break;
      case 'sandbox':
        sandboxes.push(decodeSandbox(json, key, now));
        break;
      default:
        throw new InvalidArgument(key, 'expected the record of an agent, framework, executor, task or sandbox');
    }
  }
  return { frameworks, executors, tasks, sandboxes, ...(agent === undefined ? {} : { agent }) };
}
