import { execFile } from 'node:child_process';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nodeClock } from '../../src/runtime/node/clock.ts';
import { TimerQueue } from '../../src/runtime/node/timer-queue.ts';
import { until } from '../support/until.ts';

describe('nodeClock under Node’s own timers', () => {
  test('calls back once, never before its time, and never within the call', async () => {
    const early: number[] = [];
    let calls = 0;
    for (const delayMs of [0, 0.3, 1, 1.7, 2, 3.5, 5, 8, 13]) {
      const startMs = nodeClock.monotonicMs();
      nodeClock.schedule(delayMs, () => {
        calls++;
        const lateMs = nodeClock.monotonicMs() - startMs - delayMs;
        if (lateMs < 0) early.push(lateMs);
      });
    }
    expect(calls).toBe(0);
    await until('all have been called', () => calls === 9);
    expect(early).toEqual([]);
  });

  test('lets pending input and other turns have theirs between calls of delay 0', async () => {
    const order: string[] = [];
    let turns = 0;
    const again = (): void => {
      order.push('clock');
      if (++turns < 5) nodeClock.schedule(0, again);
    };
    nodeClock.schedule(0, again);
    setImmediate(() => order.push('other'));
    await until('five turns', () => turns === 5);
    expect(order.indexOf('other')).toBeLessThan(3);
  });

  test('keeps the process alive for what is scheduled, and for nothing that is cancelled', async () => {
    const script = `
      import { nodeClock } from ${JSON.stringify(new URL('../../src/runtime/node/clock.ts', import.meta.url).href)};
      nodeClock.schedule(600_000, () => console.log('never'))[Symbol.dispose]();
      nodeClock.schedule(0, () => console.log('never'))[Symbol.dispose]();
      nodeClock.schedule(20, () => console.log('called'));
    `;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const output = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, args, { timeout: 15_000 }, (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(error);
      });
    });
    expect(output).toBe('called\n');
  });
});

describe('nodeClock under simulated timers', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('a delay longer than Node’s timers can wait is waited for whole', () => {
    const month = 30 * 86_400_000;
    let calls = 0;
    nodeClock.schedule(month, () => void calls++);
    vi.advanceTimersByTime(month - 1);
    expect(calls).toBe(0);
    vi.advanceTimersByTime(2);
    expect(calls).toBe(1);
  });

  test('calls of equal time come in the order in which they were scheduled, others in the order of their time', () => {
    const order: number[] = [];
    for (const [i, delayMs] of [30, 10, 20, 10, 0, 30, 0].entries()) nodeClock.schedule(delayMs, () => order.push(i));
    vi.advanceTimersByTime(50);
    expect(order).toEqual([4, 6, 1, 3, 2, 0, 5]);
  });

  test('a cancelled call is not made, cancelling twice is fine, and the others are made', () => {
    const order: string[] = [];
    const first = nodeClock.schedule(10, () => order.push('first'));
    nodeClock.schedule(10, () => {
      order.push('second');
      third[Symbol.dispose]();
    });
    const third = nodeClock.schedule(10, () => order.push('third'));
    nodeClock.schedule(20, () => order.push('fourth'));
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    vi.advanceTimersByTime(30);
    third[Symbol.dispose]();
    expect(order).toEqual(['second', 'fourth']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a cancelled call leaves no timer behind', () => {
    nodeClock.schedule(1_000, () => undefined)[Symbol.dispose]();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('what a call schedules waits for the next round', () => {
    const order: string[] = [];
    nodeClock.schedule(0, () => {
      order.push('outer');
      nodeClock.schedule(0, () => order.push('inner'));
      order.push('still outer');
    });
    vi.advanceTimersToNextTimer();
    expect(order).toEqual(['outer', 'still outer']);
    vi.advanceTimersByTime(1);
    expect(order).toEqual(['outer', 'still outer', 'inner']);
  });

  test('a call that throws does not keep others from being made', () => {
    let calls = 0;
    nodeClock.schedule(5, () => {
      throw new Error('thrown by a callback');
    });
    nodeClock.schedule(5, () => void calls++);
    expect(() => vi.advanceTimersByTime(5)).toThrow('thrown by a callback');
    vi.advanceTimersByTime(5);
    expect(calls).toBe(1);
  });
});

describe('TimerQueue', () => {
  test('gives out what a sorted list gives out, whatever is taken out between', () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ type: fc.constant('push' as const), dueMs: fc.nat(60) }) },
      { weight: 3, arbitrary: fc.record({ type: fc.constant('cancel' as const), which: fc.nat(40) }) },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('pop' as const), nowMs: fc.nat(20) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        const queue = new TimerQueue();
        const cancels: { cancel(): boolean; readonly id: number }[] = [];
        let model: { readonly id: number; readonly dueMs: number }[] = [];
        let popped = -1;
        for (const [id, step] of steps.entries()) {
          if (step.type === 'push') {
            cancels.push({ id, cancel: queue.push(step.dueMs, () => void (popped = id)) });
            model.push({ id, dueMs: step.dueMs });
          } else if (step.type === 'cancel') {
            const chosen = cancels[step.which];
            const present = model.some((entry) => entry.id === chosen?.id);
            expect(chosen?.cancel() ?? false).toBe(present);
            model = model.filter((entry) => entry.id !== chosen?.id);
          } else {
            const expected = model.toSorted((a, b) => a.dueMs - b.dueMs || a.id - b.id)[0];
            popped = -1;
            queue.popDue(step.nowMs)?.();
            const due = expected !== undefined && expected.dueMs <= step.nowMs ? expected.id : -1;
            expect(popped).toBe(due);
            model = model.filter((entry) => entry.id !== due);
          }
          expect(queue.size).toBe(model.length);
          const times = model.map((entry) => entry.dueMs);
          expect(queue.nextDueMs).toBe(times.length === 0 ? undefined : Math.min(...times));
        }
        const rest: number[] = [];
        for (let call = queue.popDue(Infinity); call !== undefined; call = queue.popDue(Infinity)) {
          call();
          rest.push(popped);
        }
        expect(rest).toEqual(model.toSorted((a, b) => a.dueMs - b.dueMs || a.id - b.id).map((entry) => entry.id));
      }),
      { numRuns: 500 },
    );
  });
});
