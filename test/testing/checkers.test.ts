import { describe, expect, test } from 'vitest';
import { AgentId, ContainerId, TaskId } from '../../src/core/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { type LedgerEntry, TaskLedger } from '../../src/testing/checkers-ledger.ts';
import { misreported, overcommitted } from '../../src/testing/checkers-machine.ts';
import { SimulatedMachine } from '../../src/testing/machine.ts';
import { SimulatedProcess } from '../../src/testing/machine-process.ts';
import { SimulatedClock } from '../../src/testing/simulated-clock.ts';
import { Resources } from '../../src/resources/index.ts';

describe('the ledger', () => {
  /** Two processes of its agent. */
  const [first, second] = [{}, {}];

  function entry({ checkpoint = true } = {}): { readonly ledger: TaskLedger; readonly of: LedgerEntry } {
    const ledger = new TaskLedger();
    const [taskId, agent] = [TaskId('t'), 'a1'];
    ledger.launched({ framework: 'f', incarnation: 0, taskId, agent, partitionAware: true, checkpoint });
    const of = ledger.get('f', 0, TaskId('t'));
    if (of === undefined) throw new Error('Expected the entry that was just made');
    return { ledger, of };
  }

  test('wants an update acknowledged before the next is sent', () => {
    const { ledger, of } = entry();
    expect(ledger.made(of, { uuid: 'u1', state: 'TASK_STARTING' }, first)).toEqual([]);
    expect(ledger.made(of, { uuid: 'u1', state: 'TASK_STARTING' }, first)).toEqual([]);
    expect(ledger.made(of, { uuid: 'u2', state: 'TASK_RUNNING' }, first)).toEqual([
      'T2: task t of framework f is reported TASK_RUNNING, and nobody has acknowledged the update before it',
    ]);
    of.acknowledged.add('u2');
    expect(ledger.made(of, { uuid: 'u3', state: 'TASK_FINISHED' }, first)).toEqual([]);
  });

  test('knows that an agent which writes nothing down loses what was under way when it dies', () => {
    const [kept, lost] = [entry(), entry({ checkpoint: false })];
    for (const { ledger, of } of [kept, lost]) ledger.made(of, { uuid: 'u1', state: 'TASK_FINISHED' }, first);
    const dropped = { uuid: 'u2', state: 'TASK_DROPPED' } as const;
    expect(kept.ledger.made(kept.of, dropped, second)).toHaveLength(1);
    expect(lost.ledger.made(lost.of, dropped, second)).toEqual([]);
    const told = { ...dropped, taskId: TaskId('t'), source: 'SOURCE_AGENT', timestampMs: 0 } as const;
    expect(lost.ledger.told(lost.of, told)).toEqual([]);
  });

  test('wants the end acknowledged before an agent forgets the task', () => {
    const { ledger, of } = entry();
    ledger.made(of, { uuid: 'u1', state: 'TASK_FINISHED' }, first);
    expect(ledger.forgotten(of)).toEqual([
      'T3: task t of framework f is forgotten by its agent, and nobody has acknowledged its end',
    ]);
    of.acknowledged.add('u1');
    expect(ledger.forgotten(of)).toEqual([]);
  });
});

describe('a machine', () => {
  /** With a task that runs for 5 seconds and ends with `exitCode`. */
  function world(exitCode: string) {
    const clock = new SimulatedClock();
    const wall = { offsetMs: 0 };
    const violations: (string | undefined)[] = [];
    const labels = [
      { key: 'sim.durationMs', value: '5000' },
      { key: 'sim.exit', value: exitCode },
    ];
    const info = { taskId: TaskId('t'), labels, resources: Resources.parse('cpus:1') } as const;
    const resources = Resources.parse('cpus:4');
    const machine: SimulatedMachine = new SimulatedMachine({
      clock,
      wall,
      random: seededRandom(1),
      taskInfo: () => ({ ...info, name: 't', agentId: host.agentId }),
      onEvent: () => undefined,
      onLaunch: (container) => {
        violations.push(overcommitted(host, container, () => undefined));
      },
    });
    const host = { hostname: 'a1', machine, resources, agentId: AgentId('a') };
    const containerizer = machine.containerizer(new SimulatedProcess(clock, wall));
    const launch = (): void =>
      containerizer.launch(
        {
          containerId: ContainerId('c'),
          command: { value: 'work' },
          sandbox: '',
          environment: { MESOS_FRAMEWORK_ID: 'f', MESOS_TASK_ID: 't' },
        },
        { onStarted: () => undefined, onExited: () => undefined },
      );
    return { clock, host, launch, violations };
  }

  const said = (state: 'TASK_FINISHED' | 'TASK_FAILED') => ({ taskKey: 'f/t', status: { taskId: TaskId('t'), state } });

  test('does not run what is said to be over, and what finished has ended well', () => {
    const { clock, host, launch } = world('3');
    launch();
    clock.runUntil(1_000);
    expect(misreported(host, said('TASK_FAILED'))).toBe('T4: task t on a1 is said to be TASK_FAILED, and runs');
    clock.runUntil(10_000);
    expect(misreported(host, said('TASK_FAILED'))).toBeUndefined();
    expect(misreported(host, said('TASK_FINISHED'))).toBe(
      'T4: task t on a1 is said to be TASK_FINISHED, and has not ended well',
    );
  });

  test('takes TASK_FINISHED for the truth after an exit with 0', () => {
    const { clock, host, launch } = world('0');
    launch();
    clock.runUntil(10_000);
    expect(misreported(host, said('TASK_FINISHED'))).toBeUndefined();
  });

  test('starts nothing twice', () => {
    const { launch, violations } = world('0');
    launch();
    launch();
    expect(violations).toEqual([undefined, 'T3: task t runs twice on a1']);
  });
});
