import { describe, expect, test } from 'vitest';
import type { Scheduler } from '../../src/scheduler/index.ts';
import type { TaskState } from '../../src/tasks/index.ts';
import { everyFault, shrinkFaults, simulate, type SimulationOptions } from '../../src/testing/index.ts';
import { type Progress, worker } from './schedulers.ts';
import { shapeOf } from './shapes.ts';

describe('the faults of a simulation', { timeout: 120_000 }, () => {
  test.for([1, 2, 3, 4, 5, 6])('repeat it as a script, byte for byte: seed %i', (seed) => {
    const shape = shapeOf(seed, { agentsMax: 5, frameworksMax: 3, durationMs: 300_000 });
    const options = { ...shape, faults: everyFault(40), healMs: 0 };
    const first = simulate(options);
    expect(first.faults.length).toBeGreaterThan(20);
    const again = simulate({ ...options, faults: { script: first.faults } });
    expect(again.traceHash).toBe(first.traceHash);
    expect(again.faults).toEqual(first.faults);
    // Also after they were written to a file.
    const script = JSON.parse(JSON.stringify(first.faults)) as typeof first.faults;
    expect(simulate({ ...options, faults: { script } }).traceHash).toBe(first.traceHash);
  });
});

const labels = [{ key: 'sim.durationMs', value: '50000' }];
const work = worker({ prefix: 't', requirement: { cpus: 1, memMb: 64 }, count: 4, finishes: true, labels });

const HEARD: readonly TaskState[] = ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'];

/** It never hears that a task has ended badly, and so never launches another one. */
const deaf: Scheduler<Progress> = {
  ...work,
  handle: (state, input) =>
    input.type === 'update' && !HEARD.includes(input.status.state) ? [state, []] : work.handle(state, input),
};

/** It takes a loss of the master for the end of the world. */
const fragile: Scheduler<Progress> = {
  ...work,
  handle: (state, input) => {
    if (input.type === 'disconnected' && state.live.length > 0) throw new RangeError('where is everybody?');
    return work.handle(state, input);
  },
};

function failing(scheduler: Scheduler<Progress>): SimulationOptions {
  const other = worker({ prefix: 'o', requirement: { cpus: 1 }, count: 2, finishes: true });
  return {
    seed: 3,
    agents: 4,
    frameworks: [
      { name: 'other', scheduler: other },
      { name: 'f', scheduler },
    ],
    faults: everyFault(60, { crashExecutor: 600 }),
    durationMs: 120_000,
    healMs: 1_500_000,
  };
}

describe('shrinkFaults()', { timeout: 120_000 }, () => {
  test('finds the one fault that matters to a scheduler that ignores bad news', () => {
    const { options, failure, faultsBefore, runs } = shrinkFaults(failing(deaf)) ?? expect.fail('It did not fail');
    expect(failure).toMatchObject({ rule: 'L1', violation: expect.stringMatching(/framework f does not finish/) });
    expect(faultsBefore).toBeGreaterThan(10);
    expect(runs).toBeLessThan(150);
    const [fault, ...others] = options.faults?.script ?? [];
    expect(others).toEqual([]);
    expect(failure.message).toContain(`!! ${fault?.kind}: `);
    expect(options.agents).toBe(1);
    expect(options.frameworks.map(({ name }) => name)).toEqual(['f']);
    expect(failure.lastEvents.length).toBeLessThanOrEqual(60);
    // What is told is what `simulate` throws.
    expect(() => simulate(options)).toThrow(failure.violation);
  });

  test('finds a break of the connection for a scheduler that throws at it', () => {
    const { options, failure } = shrinkFaults(failing(fragile)) ?? expect.fail('It did not fail');
    expect(failure).toMatchObject({ rule: 'scheduler', violation: expect.stringMatching(/RangeError: where is/) });
    expect(options.faults?.script).toHaveLength(1);
  });

  test('stops where it is told to, and fails with what it has', () => {
    const { options, failure, runs } = shrinkFaults(failing(deaf), { runsMax: 5 }) ?? expect.fail('It did not fail');
    expect(runs).toBeLessThanOrEqual(5);
    expect(failure.rule).toBe('L1');
    expect(() => simulate(options)).toThrow(failure.violation);
  });

  test('has nothing to say of a simulation that does not fail', () => {
    expect(shrinkFaults({ ...failing(work), faults: everyFault(5) })).toBeUndefined();
  });
});
