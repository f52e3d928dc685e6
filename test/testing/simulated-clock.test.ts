import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SimulatedClock } from '../../src/testing/index.ts';

/** What a callback does when it runs, or a test in between. */
type Step =
  | { readonly do: 'schedule'; readonly delayMs: number; readonly next: readonly Step[] }
  | { readonly do: 'cancel'; readonly which: number };

const delayMs = fc.constantFrom(-1, 0, 0, 0.5, 1, 1, 2, 3, 10);
const { step } = fc.letrec<{ step: Step; schedule: Step; cancel: Step }>((tie) => ({
  step: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('cancel'), tie('schedule')),
  cancel: fc.record({ do: fc.constant('cancel'), which: fc.nat(20) }),
  schedule: fc.record({ do: fc.constant('schedule'), delayMs, next: fc.array(tie('step'), { maxLength: 4 }) }),
}));

/** The same with a list that is searched from end to end. */
class NaiveClock {
  readonly #waiting: { readonly dueMs: number; readonly number: number; readonly callback: () => void }[] = [];
  #nowMs = 0;
  #number = 0;

  monotonicMs(): number {
    return this.#nowMs;
  }

  get pending(): number {
    return this.#waiting.length;
  }

  schedule(delay: number, callback: () => void): Disposable {
    const entry = { dueMs: this.#nowMs + Math.max(delay, 0), number: this.#number, callback };
    this.#number += 1;
    this.#waiting.push(entry);
    return {
      [Symbol.dispose]: () => {
        const index = this.#waiting.indexOf(entry);
        if (index >= 0) this.#waiting.splice(index, 1);
      },
    };
  }

  runUntil(ms: number): void {
    for (;;) {
      const [first] = this.#waiting.toSorted((a, b) => a.dueMs - b.dueMs || a.number - b.number);
      if (first === undefined || first.dueMs > ms) break;
      this.#waiting.splice(this.#waiting.indexOf(first), 1);
      this.#nowMs = first.dueMs;
      first.callback();
    }
    this.#nowMs = Math.max(this.#nowMs, ms);
  }
}

/** Who ran at what time, and how many waited then. */
function play(clock: SimulatedClock | NaiveClock, steps: readonly Step[], pausesMs: readonly number[]): string[] {
  const story: string[] = [];
  const handles: Disposable[] = [];
  const take = (todo: readonly Step[]): void => {
    for (const each of todo) {
      if (each.do === 'cancel') {
        handles[each.which]?.[Symbol.dispose]();
        continue;
      }
      const name = handles.length;
      handles.push(
        clock.schedule(each.delayMs, () => {
          story.push(`${name} at ${clock.monotonicMs()}, ${clock.pending} wait`);
          take(each.next);
        }),
      );
    }
  };
  take(steps);
  for (const pauseMs of pausesMs) {
    clock.runUntil(clock.monotonicMs() + pauseMs);
    story.push(`${clock.pending} wait at ${clock.monotonicMs()}`);
    take(steps.slice(0, 3));
  }
  return story;
}

describe('SimulatedClock', () => {
  test('runs what a list would, in the same order, at the same times', () => {
    const pauses = fc.array(fc.constantFrom(0, 0.5, 1, 5, 30), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), pauses, (steps, pausesMs) => {
        expect(play(new SimulatedClock(), steps, pausesMs)).toEqual(play(new NaiveClock(), steps, pausesMs));
      }),
    );
  });

  test('lets go of cancelled timers when they are many, and keeps the order of the others', () => {
    const clock = new SimulatedClock();
    const ran: number[] = [];
    const handles = Array.from({ length: 4_000 }, (_, index) => {
      const dueMs = 1 + ((index * 7_919) % 4_000);
      return clock.schedule(dueMs, () => ran.push(dueMs));
    });
    handles.forEach((handle, index) => index % 4 !== 0 && handle[Symbol.dispose]());
    expect(clock.pending).toBe(1_000);
    handles[1]?.[Symbol.dispose]();
    expect(clock.pending).toBe(1_000);
    clock.schedule(0, () => ran.push(0));
    expect(clock.nextMs).toBe(0);
    clock.runUntil(4_000);
    expect(ran).toHaveLength(1_001);
    expect(ran).toEqual(ran.toSorted((a, b) => a - b));
    expect(clock.nextMs).toBeUndefined();
  });

  test('refuses to let a negative time pass', () => {
    expect(() => new SimulatedClock().advance(-1)).toThrow('ms: expected a number of 0 or more, got -1');
  });
});
