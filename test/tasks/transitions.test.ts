import { describe, expect, test } from 'vitest';
import {
  holdsResources,
  isLegalTransition,
  isTerminal,
  TASK_STATES,
  TASK_TRANSITIONS,
  TASK_TRANSITIONS_NOT_PARTITION_AWARE,
  type TaskState,
  type TaskStimulus,
  type TaskTransition,
  transition,
  visibleState,
} from '../../src/tasks/index.ts';

/*
 * The tables once more, by another hand: a letter per cell, the columns in the order of TASK_STATES. What a cell means
 * is then tried out with every stimulus, so that table, function and specification cannot drift apart.
 */

const LETTERS: Readonly<Record<string, TaskTransition>> = {
  a: 'applied',
  r: 'repeated',
  '.': 'ignored',
  b: 'returned',
  x: 'impossible',
};

const PARTITION_AWARE: Readonly<Record<TaskState, string>> = {
  TASK_STAGING: 'raaaaaaaaaaaax',
  TASK_STARTING: 'xraaaaaaaaaaax',
  TASK_RUNNING: 'xaraaaaaaaaaax',
  TASK_KILLING: 'xaaraaaaaaaaax',
  TASK_FINISHED: '..............',
  TASK_FAILED: '..............',
  TASK_KILLED: '..............',
  TASK_ERROR: '..............',
  TASK_LOST: '..............',
  TASK_DROPPED: '..............',
  TASK_UNREACHABLE: 'bbbbbbabbbrbax',
  TASK_GONE: '..............',
  TASK_GONE_BY_OPERATOR: '..............',
  TASK_UNKNOWN: 'xxxxxxxxxxxxxx',
};

const NOT_PARTITION_AWARE: Readonly<Record<TaskState, string>> = {
  TASK_STAGING: 'raaaaaaaaxxxxx',
  TASK_STARTING: 'xraaaaaaaxxxxx',
  TASK_RUNNING: 'xaraaaaaaxxxxx',
  TASK_KILLING: 'xaaraaaaaxxxxx',
  TASK_FINISHED: '.........xxxxx',
  TASK_FAILED: '.........xxxxx',
  TASK_KILLED: '.........xxxxx',
  TASK_ERROR: '.........xxxxx',
  TASK_LOST: 'bbbbbbbb.xxxxx',
  TASK_DROPPED: 'xxxxxxxxxxxxxx',
  TASK_UNREACHABLE: 'xxxxxxxxxxxxxx',
  TASK_GONE: 'xxxxxxxxxxxxxx',
  TASK_GONE_BY_OPERATOR: 'xxxxxxxxxxxxxx',
  TASK_UNKNOWN: 'xxxxxxxxxxxxxx',
};

const tables = [
  { partitionAware: true, table: TASK_TRANSITIONS, drawn: PARTITION_AWARE },
  { partitionAware: false, table: TASK_TRANSITIONS_NOT_PARTITION_AWARE, drawn: NOT_PARTITION_AWARE },
];

const rows = tables.flatMap(({ partitionAware, table, drawn }) =>
  TASK_STATES.map((from) => {
    const cells = TASK_STATES.map((to, column) => ({ to, cell: LETTERS[drawn[from][column] ?? ''] }));
    return { partitionAware, table, from, cells };
  }),
);
const cells = rows.flatMap(({ partitionAware, from, cells }) =>
  cells.map((cell) => ({ partitionAware, from, ...cell })),
);

describe('the tables of task states', () => {
  test.for(rows)('say of $from what is drawn here, PARTITION_AWARE $partitionAware', ({ table, from, cells }) => {
    expect(Object.entries(table[from])).toEqual(cells.map(({ to, cell }) => [to, cell]));
  });

  test('have a row and a column for every state, and no other', () => {
    for (const { table } of tables) {
      expect(Object.keys(table).sort()).toEqual([...TASK_STATES].sort());
      for (const row of Object.values(table)) expect(Object.keys(row).sort()).toEqual([...TASK_STATES].sort());
    }
  });

  test('let no terminal state change, but TASK_LOST without PARTITION_AWARE when the agent is back', () => {
    const changing = cells.filter(({ from, cell }) => isTerminal(from) && (cell === 'applied' || cell === 'returned'));
    expect(new Set(changing.map(({ from, partitionAware, cell }) => `${from} ${partitionAware} ${cell}`))).toEqual(
      new Set(['TASK_LOST false returned']),
    );
  });

  test('let a live task end in every terminal state that the books may hold', () => {
    for (const { partitionAware, table } of tables) {
      const ends = TASK_STATES.filter((state) => isTerminal(state) && visibleState(state, partitionAware) === state);
      for (const from of ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'] as const) {
        expect(ends.filter((to) => table[from][to] !== 'applied')).toEqual([]);
      }
    }
  });
});

describe('transition()', () => {
  test.for(rows)('follows the row of $from, PARTITION_AWARE $partitionAware', ({ from, partitionAware, cells }) => {
    for (const { to, cell } of cells) {
      // The others are translated first; see below.
      if (visibleState(to, partitionAware) !== to) continue;
      expect(transition(from, { type: 'statusUpdate', state: to }, partitionAware), `update ${to}`).toEqual({
        outcome: cell === 'returned' ? 'ignored' : cell,
        state: cell === 'applied' ? to : from,
      });
      expect(transition(from, { type: 'agentReturned', state: to }, partitionAware), `return ${to}`).toEqual({
        outcome: cell === 'returned' ? 'applied' : cell,
        state: cell === 'applied' || cell === 'returned' ? to : from,
      });
    }
  });

  test.for<[TaskStimulus['type'], TaskState, TaskState]>([
    ['agentDisconnected', 'TASK_LOST', 'TASK_LOST'],
    ['agentUnreachable', 'TASK_UNREACHABLE', 'TASK_LOST'],
    ['agentRemoved', 'TASK_LOST', 'TASK_LOST'],
    ['agentGone', 'TASK_GONE_BY_OPERATOR', 'TASK_LOST'],
    ['frameworkRemoved', 'TASK_KILLED', 'TASK_KILLED'],
  ])('gives a running task on %s the state %s, and %s without PARTITION_AWARE', ([type, aware, unaware]) => {
    // A stimulus without a state of its own; the table above holds no other.
    const stimulus = { type } as TaskStimulus;
    expect(transition('TASK_RUNNING', stimulus, true)).toEqual({ outcome: 'applied', state: aware });
    expect(transition('TASK_RUNNING', stimulus, false)).toEqual({ outcome: 'applied', state: unaware });
  });

  test('changes an unreachable task when its framework is removed or its agent is gone, and at no other word', () => {
    const outcomes = (
      ['agentDisconnected', 'agentUnreachable', 'agentRemoved', 'agentGone', 'frameworkRemoved'] as const
    ).map((type) => transition('TASK_UNREACHABLE', { type }, true));
    expect(outcomes).toEqual([
      { outcome: 'ignored', state: 'TASK_UNREACHABLE' },
      { outcome: 'repeated', state: 'TASK_UNREACHABLE' },
      { outcome: 'ignored', state: 'TASK_UNREACHABLE' },
      { outcome: 'applied', state: 'TASK_GONE_BY_OPERATOR' },
      { outcome: 'applied', state: 'TASK_KILLED' },
    ]);
  });

  test('leaves a task that is TASK_LOST without PARTITION_AWARE as it is when its framework is removed', () => {
    const outcome = transition('TASK_LOST', { type: 'frameworkRemoved' }, false);
    expect(outcome).toEqual({ outcome: 'ignored', state: 'TASK_LOST' });
  });

  test('takes the newer states for TASK_LOST without PARTITION_AWARE', () => {
    for (const state of ['TASK_DROPPED', 'TASK_UNREACHABLE', 'TASK_GONE', 'TASK_GONE_BY_OPERATOR'] as const) {
      const outcome = transition('TASK_STAGING', { type: 'statusUpdate', state }, false);
      expect(outcome).toEqual({ outcome: 'applied', state: 'TASK_LOST' });
    }
  });

  test('believes nobody that a task is TASK_UNKNOWN, with or without PARTITION_AWARE', () => {
    for (const partitionAware of [true, false]) {
      for (const from of TASK_STATES) {
        const { outcome, state } = transition(from, { type: 'statusUpdate', state: 'TASK_UNKNOWN' }, partitionAware);
        expect(outcome).toBe(isTerminal(from) ? 'ignored' : 'impossible');
        expect(state).toBe(from);
      }
    }
  });

  test('keeps to what isLegalTransition() allows, whatever happens', () => {
    const stimuli: readonly TaskStimulus[] = [
      ...TASK_STATES.flatMap((state) => [
        { type: 'statusUpdate', state } as const,
        { type: 'agentReturned', state } as const,
      ]),
      { type: 'agentDisconnected' },
      { type: 'agentUnreachable' },
      { type: 'agentRemoved' },
      { type: 'agentGone' },
      { type: 'frameworkRemoved' },
    ];
    for (const partitionAware of [true, false]) {
      for (const from of TASK_STATES) {
        for (const stimulus of stimuli) {
          const { state } = transition(from, stimulus, partitionAware);
          expect(isLegalTransition(from, state, partitionAware), `${from} ${stimulus.type} ${state}`).toBe(true);
        }
      }
    }
  });
});

describe('isLegalTransition()', () => {
  test.for(rows)('judges the row of $from, PARTITION_AWARE $partitionAware', ({ from, partitionAware, cells }) => {
    for (const { to, cell } of cells) {
      const legal = from === to || cell === 'applied' || cell === 'returned';
      expect(isLegalTransition(from, to, partitionAware), to).toBe(legal);
    }
  });
});

describe('isTerminal() and holdsResources()', () => {
  test.for<[TaskState, boolean, boolean]>([
    ['TASK_STAGING', false, true],
    ['TASK_STARTING', false, true],
    ['TASK_RUNNING', false, true],
    ['TASK_KILLING', false, true],
    ['TASK_FINISHED', true, false],
    ['TASK_FAILED', true, false],
    ['TASK_KILLED', true, false],
    ['TASK_ERROR', true, false],
    ['TASK_LOST', true, false],
    ['TASK_DROPPED', true, false],
    ['TASK_UNREACHABLE', false, false],
    ['TASK_GONE', true, false],
    ['TASK_GONE_BY_OPERATOR', true, false],
    ['TASK_UNKNOWN', false, true],
  ])('of %s are %s and %s', ([state, terminal, holds]) => {
    expect(isTerminal(state)).toBe(terminal);
    expect(holdsResources(state)).toBe(holds);
  });
});
