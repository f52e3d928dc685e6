import { describe, expect, test } from 'vitest';
import { everyFault, type ScriptedFault, simulate, SimulationFailure } from '../../src/testing/index.ts';
import { worker } from './schedulers.ts';
import { shapeOf } from './shapes.ts';

const QUIET = { prefix: 't', requirement: { cpus: 1, memMb: 64 }, count: 3, finishes: true } as const;

describe('simulate()', () => {
  test('runs every task to its end where nothing goes wrong', () => {
    const { tasks, counts } = simulate({
      seed: 1,
      agents: 2,
      frameworks: [{ name: 'f', scheduler: worker(QUIET) }],
      durationMs: 300_000,
    });
    expect(tasks.map(({ history }) => history)).toEqual(
      Array.from({ length: 3 }, () => ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']),
    );
    expect(counts.tasks).toEqual({ TASK_FINISHED: 3 });
    expect(counts.faults).toEqual({});
  });

  test('gives the same trace for the same seed, and another one for another', () => {
    const options = { ...shapeOf(7, { agentsMax: 5, frameworksMax: 3, durationMs: 300_000 }), faults: everyFault(10) };
    const first = simulate({ ...options, trace: true });
    const second = simulate({ ...options, trace: true });
    expect(second.trace).toEqual(first.trace);
    expect(second.traceHash).toBe(first.traceHash);
    expect(simulate(options).traceHash).toBe(first.traceHash);
    expect(simulate({ ...options, seed: 8 }).traceHash).not.toBe(first.traceHash);
  });

  test('does the same without a trace, and still tells the story of a failure', () => {
    const options = { ...shapeOf(7, { agentsMax: 3, frameworksMax: 2, durationMs: 60_000 }), healMs: 0 };
    const { traceHash, ...told } = simulate(options);
    expect(traceHash).toMatch(/^[0-9a-f]{16}$/);
    expect(simulate({ ...options, trace: 'none' })).toEqual({ ...told, traceHash: '' });
    const frameworks = [{ name: 'f', scheduler: worker({ ...QUIET, requirement: { cpus: 100 } }) }];
    const run = () => simulate({ seed: 5, agents: 1, frameworks, durationMs: 1_000, trace: 'none' });
    expect(run).toThrow(/f -> master\s+DECLINE/);
  });

  test('lets tasks live as their labels say', () => {
    const { tasks } = simulate({
      seed: 1,
      agents: 1,
      frameworks: [
        {
          name: 'fails',
          scheduler: worker({
            ...QUIET,
            finishes: false,
            count: 1,
            labels: [
              { key: 'sim.exit', value: '3' },
              { key: 'sim.durationMs', value: '250000' },
            ],
          }),
        },
        {
          name: 'never',
          scheduler: worker({ ...QUIET, finishes: false, count: 1, labels: [{ key: 'sim.launch', value: 'fail' }] }),
        },
      ],
      durationMs: 300_000,
      healMs: 0,
    });
    const statesOf = (framework: string) =>
      new Set(tasks.filter((task) => task.framework === framework).map(({ state }) => state));
    expect(statesOf('fails')).toContain('TASK_FAILED');
    expect(statesOf('never')).toContain('TASK_FAILED');
  });

  test('stops at a scheduler that throws, and says how to replay it', () => {
    const broken = {
      initial: undefined,
      handle: () => {
        throw new RangeError('no such thing');
      },
    };
    const run = () =>
      simulate({ seed: 5, agents: 1, frameworks: [{ name: 'broken', scheduler: broken }], replay: 'try again 5' });
    expect(run).toThrow(SimulationFailure);
    expect(run).toThrow(/framework broken has thrown: RangeError: no such thing/);
    expect(run).toThrow(/To replay: try again 5/);
  });

  test('demands that a scheduler which can finish does so', () => {
    const run = () =>
      simulate({
        seed: 5,
        agents: 1,
        frameworks: [{ name: 'f', scheduler: worker({ ...QUIET, requirement: { cpus: 100 } }) }],
        durationMs: 1_000,
      });
    expect(run).toThrow(/L1: framework f does not finish/);
  });

  const faults: readonly ScriptedFault[] = [
    { atMs: 20_000, kind: 'crashAgent', target: 'a1', durationMs: 5_000 },
    { atMs: 40_000, kind: 'failoverFramework', target: 'f', durationMs: 5_000 },
    { atMs: 60_000, kind: 'failoverMaster', durationMs: 5_000 },
    { atMs: 80_000, kind: 'partitionAgent', target: 'a1', durationMs: 30_000 },
    { atMs: 120_000, kind: 'cutStream', target: 'a1' },
  ];

  test.for(faults)('keeps a task running through $kind', (fault) => {
    const labels = [{ key: 'sim.durationMs', value: 'forever' }];
    const { tasks, counts } = simulate({
      seed: 3,
      agents: 1,
      frameworks: [{ name: 'f', scheduler: worker({ ...QUIET, finishes: false, count: 1, labels }) }],
      faults: { script: [fault] },
      durationMs: 300_000,
    });
    expect(counts.faults).toEqual({ [fault.kind]: 1 });
    expect(tasks.map(({ state }) => state)).toEqual(['TASK_RUNNING']);
  });

  test.for([
    [{ seed: -1 }, 'seed'],
    [{ agents: 1.5 }, 'agents'],
    [{ durationMs: -1 }, 'durationMs'],
    [{ faults: { rates: { crashAgent: -1 } } }, 'faults.rates.crashAgent'],
    [{ faults: { script: [{ atMs: -1, kind: 'crashAgent' as const }] } }, 'faults.script[0].atMs'],
  ] as const)('refuses %j', ([wrong, field]) => {
    expect(() => simulate({ seed: 1, agents: 1, frameworks: [], ...wrong })).toThrow(field);
  });
});
