import { describe, expect, test } from 'vitest';
import { TaskId } from '../../src/core/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { Reconciliation } from '../../src/scheduler/reconciliation.ts';
import { createManualClock } from '../support/manual-clock.ts';

const T1 = { taskId: TaskId('t1') };
const T2 = { taskId: TaskId('t2') };

function setUp() {
  const clock = createManualClock();
  const asked: string[][] = [];
  const reconciliation = new Reconciliation({
    clock,
    random: seededRandom(1),
    ask: (tasks) => asked.push(tasks.map(({ taskId }) => taskId)),
  });
  return { clock, asked, reconciliation };
}

describe('Reconciliation', () => {
  test('asks nothing and waits for nothing between subscriptions, and then asks about all that is open', () => {
    const { clock, asked, reconciliation } = setUp();
    reconciliation.start();
    reconciliation.add([T1]);
    reconciliation.pause();
    reconciliation.add([T2]);
    clock.advance(120_000);
    expect(asked).toEqual([['t1']]);
    expect(clock.pending).toBe(0);
    reconciliation.start();
    expect(asked).toEqual([['t1'], ['t1', 't2']]);
  });

  test('begins with short delays again for every new subscription', () => {
    const { clock, asked, reconciliation } = setUp();
    reconciliation.add([T1]);
    reconciliation.start();
    clock.advance(300_000);
    reconciliation.pause();
    reconciliation.start();
    const before = asked.length;
    clock.advance(1_000);
    expect(asked).toHaveLength(before + 1);
  });

  test('never waits longer than a minute', () => {
    const { clock, asked, reconciliation } = setUp();
    reconciliation.add([T1]);
    reconciliation.start();
    clock.advance(600_000);
    const before = asked.length;
    clock.advance(60_000);
    expect(asked.length).toBeGreaterThan(before);
    expect(asked.length).toBeLessThanOrEqual(before + 2);
  });

  test('asks once about each task that is added by itself, and then about all together', () => {
    const { clock, asked, reconciliation } = setUp();
    reconciliation.start();
    reconciliation.add([T1]);
    reconciliation.add([T2]);
    expect(asked).toEqual([['t1'], ['t2']]);
    clock.advance(1_000);
    expect(asked).toEqual([['t1'], ['t2'], ['t1', 't2']]);
  });

  test('a task that is added late has short delays, and puts none of the others off for good', () => {
    const { clock, asked, reconciliation } = setUp();
    reconciliation.add([T1]);
    reconciliation.start();
    clock.advance(300_000);
    asked.length = 0;
    for (let round = 0; round < 8; round++) {
      reconciliation.add([T2]);
      clock.advance(500);
    }
    expect(asked.filter((tasks) => tasks.length === 2).length).toBeGreaterThanOrEqual(2);
  });

  test('stops when all have had an answer', () => {
    const { clock, asked, reconciliation } = setUp();
    reconciliation.add([T1, T2]);
    reconciliation.start();
    reconciliation.answered(T1.taskId);
    clock.advance(1_000);
    reconciliation.answered(T2.taskId);
    expect(clock.pending).toBe(0);
    expect(asked).toEqual([['t1', 't2'], ['t2']]);
  });
});
