import { describe, expect, test } from 'vitest';
import {
  everyFault,
  type FaultKind,
  type ScriptedFault,
  simulate,
  SimulationFailure,
} from '../../src/testing/index.ts';
import { richWorker } from './rich-schedulers.ts';
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
    { atMs: 20_000, kind: 'splitMaster', durationMs: 120_000 },
    { atMs: 20_000, kind: 'updateWeights' },
    { atMs: 20_000, kind: 'slowRegistry', durationMs: 60_000 },
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

  const writes: readonly FaultKind[] = ['failRegistryWrite', 'unconfirmRegistryWrite', 'crashMasterAtWrite'];

  test.for(writes)('gives an agent up in spite of %s, and takes it back', (kind) => {
    const labels = [{ key: 'sim.durationMs', value: 'forever' }];
    const { tasks, counts } = simulate({
      seed: 3,
      agents: 1,
      frameworks: [{ name: 'f', scheduler: worker({ ...QUIET, finishes: false, count: 1, labels }) }],
      faults: {
        script: [
          { atMs: 10_000, kind },
          { atMs: 20_000, kind: 'partitionAgent', target: 'a1', durationMs: 200_000 },
        ],
      },
      durationMs: 400_000,
      ...(kind === 'crashMasterAtWrite' ? {} : { master: { agentReregisterTimeoutMs: 60_000 } }),
    });
    expect(counts.faults).toEqual({ [kind]: 1, partitionAgent: 1 });
    expect(tasks.map(({ state }) => state)).toEqual(['TASK_RUNNING']);
  });

  test.for([
    ['markAgentGone', 'TASK_GONE_BY_OPERATOR'],
    ['removeAgent', 'TASK_LOST'],
  ] as const)('ends a task with %s, and starts it again on the agent that comes next', ([kind, state]) => {
    const labels = [{ key: 'sim.durationMs', value: 'forever' }];
    const { tasks, counts } = simulate({
      seed: 3,
      agents: 1,
      frameworks: [{ name: 'f', scheduler: worker({ ...QUIET, finishes: false, count: 1, labels }) }],
      faults: { script: [{ atMs: 20_000, kind, target: 'a1' }] },
      durationMs: 300_000,
    });
    expect(counts.faults).toEqual({ [kind]: 1 });
    expect(tasks.map((task) => task.state)).toEqual([state, 'TASK_RUNNING']);
  });

  test('starts a framework anew that the operator has ended', () => {
    const labels = [{ key: 'sim.durationMs', value: 'forever' }];
    const { counts, trace } = simulate({
      seed: 3,
      agents: 1,
      frameworks: [{ name: 'f', scheduler: worker({ ...QUIET, finishes: false, count: 1, labels }) }],
      faults: { script: [{ atMs: 20_000, kind: 'teardownFramework', target: 'f' }] },
      durationMs: 300_000,
      trace: true,
    });
    expect(counts.launches).toBe(2);
    expect(trace.some((line) => /\bf +starts anew: /.test(line))).toBe(true);
  });

  test('runs code in the agents, which is gone with them', () => {
    const code = (labels: Readonly<Record<string, string>>) =>
      richWorker({
        prefix: 't',
        form: 'code',
        cpus: 0.5,
        memMb: 32,
        count: 1,
        finishes: false,
        labels: Object.entries(labels).map(([key, value]) => ({ key, value })),
        together: 1,
        executors: 1,
      });
    const statesOf = (labels: Readonly<Record<string, string>>, script: readonly ScriptedFault[]) =>
      simulate({
        seed: 3,
        agents: 1,
        frameworks: [{ name: 'f', scheduler: code(labels) }],
        faults: { script },
        durationMs: 90_000,
        // Where a task ends time and again there is no rest to come to.
        healMs: script.length === 0 ? 0 : 600_000,
      }).tasks.map(({ state }) => state);
    expect(statesOf({ 'sim.durationMs': 'forever' }, [{ atMs: 20_000, kind: 'crashAgent' }])).toEqual([
      'TASK_GONE',
      'TASK_RUNNING',
    ]);
    expect(statesOf({ 'sim.durationMs': 'forever' }, [{ atMs: 20_000, kind: 'crashExecutor' }])).toEqual([
      'TASK_FAILED',
      'TASK_RUNNING',
    ]);
    expect(new Set(statesOf({ 'sim.durationMs': '40000', 'sim.exit': '1' }, []))).toContain('TASK_FAILED');
    expect(new Set(statesOf({ 'sim.durationMs': '40000' }, []))).toContain('TASK_FINISHED');
    expect(new Set(statesOf({ 'sim.launch': 'fail' }, []))).toContain('TASK_FAILED');
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
