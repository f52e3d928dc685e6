import { isTerminal, type TaskState, visibleState } from './task-state.ts';

/** What happens that may change a task's state in the master's books. */
export type TaskStimulus =
  /** Its agent reports a state, reliably. */
  | { readonly type: 'statusUpdate'; readonly state: TaskState }
  /** Its agent, which was unreachable or forgotten, is back and reports the state that the task has. */
  | { readonly type: 'agentReturned'; readonly state: TaskState }
  /** The connection to its agent broke, and the framework does not checkpoint. */
  | { readonly type: 'agentDisconnected' }
  /** Its agent answers no pings, or did not come back in time. */
  | { readonly type: 'agentUnreachable' }
  /** Its agent stopped for good, or another took its place. */
  | { readonly type: 'agentRemoved' }
  /** An operator declared its agent gone. */
  | { readonly type: 'agentGone' }
  | { readonly type: 'frameworkRemoved' };

/**
 * What becomes of a record in one state when the word is another, or the same:
 *
 * - `applied` the record takes the new state;
 * - `repeated` the same state with newer news: the status replaces the one before;
 * - `ignored` the record is over and stays; an update with a uuid is forwarded all the same;
 * - `returned` as `applied`, but only at the word of an agent that was lost and is back; `ignored` at any other;
 * - `impossible` nothing leads there: a state that is never in the books, or the way back to the start.
 */
export type TaskTransition = 'applied' | 'repeated' | 'ignored' | 'returned' | 'impossible';

type Row = Readonly<Record<TaskState, TaskTransition>>;
/** The row is the state in the books, the column the state that is told. */
export type TaskTransitions = Readonly<Record<TaskState, Row>>;

const OVER: Row = {
  TASK_STAGING: 'ignored',
  TASK_STARTING: 'ignored',
  TASK_RUNNING: 'ignored',
  TASK_KILLING: 'ignored',
  TASK_FINISHED: 'ignored',
  TASK_FAILED: 'ignored',
  TASK_KILLED: 'ignored',
  TASK_ERROR: 'ignored',
  TASK_LOST: 'ignored',
  TASK_DROPPED: 'ignored',
  TASK_UNREACHABLE: 'ignored',
  TASK_GONE: 'ignored',
  TASK_GONE_BY_OPERATOR: 'ignored',
  TASK_UNKNOWN: 'ignored',
};

const NOWHERE: Row = {
  TASK_STAGING: 'impossible',
  TASK_STARTING: 'impossible',
  TASK_RUNNING: 'impossible',
  TASK_KILLING: 'impossible',
  TASK_FINISHED: 'impossible',
  TASK_FAILED: 'impossible',
  TASK_KILLED: 'impossible',
  TASK_ERROR: 'impossible',
  TASK_LOST: 'impossible',
  TASK_DROPPED: 'impossible',
  TASK_UNREACHABLE: 'impossible',
  TASK_GONE: 'impossible',
  TASK_GONE_BY_OPERATOR: 'impossible',
  TASK_UNKNOWN: 'impossible',
};

/** A live task may go to any state but back to TASK_STAGING: executors are believed, in whatever order they report. */
const LIVE: Row = {
  TASK_STAGING: 'impossible',
  TASK_STARTING: 'applied',
  TASK_RUNNING: 'applied',
  TASK_KILLING: 'applied',
  TASK_FINISHED: 'applied',
  TASK_FAILED: 'applied',
  TASK_KILLED: 'applied',
  TASK_ERROR: 'applied',
  TASK_LOST: 'applied',
  TASK_DROPPED: 'applied',
  TASK_UNREACHABLE: 'applied',
  TASK_GONE: 'applied',
  TASK_GONE_BY_OPERATOR: 'applied',
  TASK_UNKNOWN: 'impossible',
};

/**
 * Tasks of frameworks with PARTITION_AWARE.
 *
 * @see Mesos `src/master/master.cpp`, `Master::updateTask`
 */
export const TASK_TRANSITIONS: TaskTransitions = {
  TASK_STAGING: { ...LIVE, TASK_STAGING: 'repeated' },
  TASK_STARTING: { ...LIVE, TASK_STARTING: 'repeated' },
  TASK_RUNNING: { ...LIVE, TASK_RUNNING: 'repeated' },
  TASK_KILLING: { ...LIVE, TASK_KILLING: 'repeated' },
  TASK_FINISHED: OVER,
  TASK_FAILED: OVER,
  TASK_KILLED: OVER,
  TASK_ERROR: OVER,
  TASK_LOST: OVER,
  TASK_DROPPED: OVER,
  // Its agent may come back with any news. Until then only an operator or the end of its framework ends it.
  TASK_UNREACHABLE: {
    TASK_STAGING: 'returned',
    TASK_STARTING: 'returned',
    TASK_RUNNING: 'returned',
    TASK_KILLING: 'returned',
    TASK_FINISHED: 'returned',
    TASK_FAILED: 'returned',
    TASK_KILLED: 'applied',
    TASK_ERROR: 'returned',
    TASK_LOST: 'returned',
    TASK_DROPPED: 'returned',
    TASK_UNREACHABLE: 'repeated',
    TASK_GONE: 'returned',
    TASK_GONE_BY_OPERATOR: 'applied',
    TASK_UNKNOWN: 'impossible',
  },
  TASK_GONE: OVER,
  TASK_GONE_BY_OPERATOR: OVER,
  TASK_UNKNOWN: NOWHERE,
};

/** TASK_LOST without PARTITION_AWARE stands for TASK_UNREACHABLE too, so the task may come back, as what it really is. */
const LOST: Row = {
  TASK_STAGING: 'returned',
  TASK_STARTING: 'returned',
  TASK_RUNNING: 'returned',
  TASK_KILLING: 'returned',
  TASK_FINISHED: 'returned',
  TASK_FAILED: 'returned',
  TASK_KILLED: 'returned',
  TASK_ERROR: 'returned',
  TASK_LOST: 'ignored',
  TASK_DROPPED: 'impossible',
  TASK_UNREACHABLE: 'impossible',
  TASK_GONE: 'impossible',
  TASK_GONE_BY_OPERATOR: 'impossible',
  TASK_UNKNOWN: 'impossible',
};

/** The states that are TASK_LOST in the books of a framework without PARTITION_AWARE are never in them. */
const WITHOUT_PARTITION_STATES = {
  TASK_DROPPED: 'impossible',
  TASK_UNREACHABLE: 'impossible',
  TASK_GONE: 'impossible',
  TASK_GONE_BY_OPERATOR: 'impossible',
  TASK_UNKNOWN: 'impossible',
} as const;

const OVER_WITHOUT: Row = { ...OVER, ...WITHOUT_PARTITION_STATES };
const LIVE_WITHOUT: Row = { ...LIVE, ...WITHOUT_PARTITION_STATES };

/** Tasks of frameworks without PARTITION_AWARE: where the other table has a newer state, this one has TASK_LOST. */
export const TASK_TRANSITIONS_NOT_PARTITION_AWARE: TaskTransitions = {
  TASK_STAGING: { ...LIVE_WITHOUT, TASK_STAGING: 'repeated' },
  TASK_STARTING: { ...LIVE_WITHOUT, TASK_STARTING: 'repeated' },
  TASK_RUNNING: { ...LIVE_WITHOUT, TASK_RUNNING: 'repeated' },
  TASK_KILLING: { ...LIVE_WITHOUT, TASK_KILLING: 'repeated' },
  TASK_FINISHED: OVER_WITHOUT,
  TASK_FAILED: OVER_WITHOUT,
  TASK_KILLED: OVER_WITHOUT,
  TASK_ERROR: OVER_WITHOUT,
  TASK_LOST: LOST,
  TASK_DROPPED: NOWHERE,
  TASK_UNREACHABLE: NOWHERE,
  TASK_GONE: NOWHERE,
  TASK_GONE_BY_OPERATOR: NOWHERE,
  TASK_UNKNOWN: NOWHERE,
};

/** The state that the master gives a task of its own accord, with PARTITION_AWARE; without, as {@link visibleState}. */
const GIVEN: Readonly<Record<Exclude<TaskStimulus['type'], 'statusUpdate' | 'agentReturned'>, TaskState>> = {
  agentDisconnected: 'TASK_LOST',
  agentUnreachable: 'TASK_UNREACHABLE',
  agentRemoved: 'TASK_LOST',
  agentGone: 'TASK_GONE_BY_OPERATOR',
  frameworkRemoved: 'TASK_KILLED',
};

/** What a stimulus comes to: `state` is the one in the books afterwards, the old one unless `applied`. */
export interface TaskOutcome {
  readonly outcome: Exclude<TaskTransition, 'returned'>;
  readonly state: TaskState;
}

/**
 * What a stimulus does to a task in the master's books (invariant T1). Newer states are taken for TASK_LOST where the
 * framework is not PARTITION_AWARE. Never throws: `impossible` news from an agent is for the caller to drop.
 */
export function transition(current: TaskState, stimulus: TaskStimulus, partitionAware: boolean): TaskOutcome {
  const told =
    stimulus.type === 'statusUpdate' || stimulus.type === 'agentReturned' ? stimulus.state : GIVEN[stimulus.type];
  if (told === 'TASK_UNKNOWN') return { outcome: isTerminal(current) ? 'ignored' : 'impossible', state: current };
  const next = visibleState(told, partitionAware);
  const cell = tableOf(partitionAware)[current][next];
  if (cell === 'applied' || (cell === 'returned' && stimulus.type === 'agentReturned')) {
    return { outcome: 'applied', state: next };
  }
  return { outcome: cell === 'returned' ? 'ignored' : cell, state: current };
}

/** Whether a record may go from one state to the other in one step, whatever the stimulus; staying is always allowed. */
export function isLegalTransition(from: TaskState, to: TaskState, partitionAware: boolean): boolean {
  const cell = tableOf(partitionAware)[from][to];
  return from === to || cell === 'applied' || cell === 'returned';
}

function tableOf(partitionAware: boolean): TaskTransitions {
  return partitionAware ? TASK_TRANSITIONS : TASK_TRANSITIONS_NOT_PARTITION_AWARE;
}
