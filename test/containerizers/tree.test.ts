import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProcessRow } from '../../src/agent/containerizers/process/process-table.ts';
import { type ProcessTree, treesAmong } from '../../src/agent/containerizers/process/tree.ts';

/** A process like any other; what is not said does not matter. */
function row(pid: number, parent: number, more: Partial<ProcessRow> = {}): ProcessRow {
  return { pid, parent, group: pid, session: pid, stopped: false, start: `s${pid}`, ...more };
}

function tree(containerId: string, pid: number | undefined, more: Partial<ProcessTree> = {}): ProcessTree {
  const supervisor = pid === undefined ? undefined : { pid, start: `s${pid}`, boot: '-' };
  return { containerId, supervisor, supervisorSeen: true, ...more };
}

function pids(rows: readonly ProcessRow[], trees: readonly ProcessTree[], containerId: string): readonly number[] {
  return (
    treesAmong(rows, trees)
      .get(containerId)
      ?.others.map((each) => each.pid) ?? []
  );
}

describe('treesAmong()', () => {
  test('finds children at any depth, and tells the supervisor from them', () => {
    const rows = [row(1, 0), row(5, 1), row(10, 5), row(11, 10), row(12, 11), row(13, 5)];
    const found = treesAmong(rows, [tree('a', 10)]).get('a');
    expect(found?.supervisor?.pid).toBe(10);
    expect(found?.others.map((each) => each.pid)).toEqual([11, 12]);
  });

  test('finds orphans by session, group and marker', () => {
    const rows = [
      row(10, 1),
      row(20, 1, { session: 10 }),
      row(21, 1, { group: 10 }),
      row(22, 1, { containerId: 'a' }),
      row(23, 22, { containerId: 'a' }),
      row(24, 1, { containerId: 'b' }),
    ];
    expect(pids(rows, [tree('a', 10)], 'a')).toEqual([20, 21, 22, 23]);
  });

  test('a container within a container belongs to the inner one if it is known, else to the outer', () => {
    const rows = [
      row(10, 1, { containerId: 'outer' }),
      row(11, 10, { containerId: 'outer' }),
      row(20, 11, { containerId: 'inner' }),
      row(21, 20, { containerId: 'inner' }),
    ];
    expect(pids(rows, [tree('outer', 10)], 'outer')).toEqual([11, 20, 21]);
    expect(pids(rows, [tree('outer', 10), tree('inner', 20)], 'outer')).toEqual([11]);
    expect(pids(rows, [tree('outer', 10), tree('inner', 20)], 'inner')).toEqual([21]);
  });

  test('without a supervisor known, the marker finds all', () => {
    const rows = [row(10, 1, { containerId: 'a' }), row(11, 10, { containerId: 'a' })];
    expect(pids(rows, [tree('a', undefined)], 'a')).toEqual([10, 11]);
  });

  test('a session that may be another’s by now is not trusted', () => {
    const rows = [row(20, 1, { session: 10, group: 10 })];
    expect(pids(rows, [tree('a', 10)], 'a')).toEqual([20]);
    expect(pids(rows, [tree('a', 10, { supervisorSeen: false })], 'a')).toEqual([]);
    const reused = [...rows, row(10, 1, { start: 'later' })];
    expect(pids(reused, [tree('a', 10)], 'a')).toEqual([]);
  });

  test('a member that has got the number of the supervisor is like any other', () => {
    const rows = [row(10, 1, { start: 'later', containerId: 'a' })];
    expect(treesAmong(rows, [tree('a', 10)]).get('a')).toEqual({ supervisor: undefined, others: rows });
  });

  test('parents in a circle end nowhere', () => {
    const rows = [row(2, 3), row(3, 2), row(4, 4)];
    expect(pids(rows, [tree('a', 10)], 'a')).toEqual([]);
  });

  test('agrees with a walk from each process upwards', () => {
    const rows = fc
      .array(
        fc.record({
          parent: fc.nat(14),
          session: fc.constantFrom(0, 3, 7),
          containerId: fc.constantFrom(undefined, undefined, 'a', 'b', 'c'),
        }),
        { minLength: 4, maxLength: 14 },
      )
      .map((drafts) =>
        drafts.map(({ parent, session, containerId }, i): ProcessRow => {
          // Parents come before their children, or are not among them.
          const base = row(i + 1, Math.min(parent, i), { session, group: 0 });
          return containerId === undefined ? base : { ...base, containerId };
        }),
      );
    const trees = [tree('a', 3), tree('b', 7)];
    fc.assert(
      fc.property(rows, (rows) => {
        const ownerOf = (pid: number): string | undefined => {
          for (let at = rows[pid - 1]; at !== undefined; at = rows[at.parent - 1]) {
            if (at.containerId === 'a' || at.containerId === 'b') return at.containerId;
            if (at.session === 3) return 'a';
            if (at.session === 7) return 'b';
          }
          return undefined;
        };
        const found = treesAmong(rows, trees);
        for (const { containerId, supervisor } of trees) {
          const expected = rows.filter(({ pid }) => ownerOf(pid) === containerId && pid !== supervisor?.pid);
          expect(found.get(containerId)?.others).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
  });
});
