import { describe, expect, test } from 'vitest';
import { parseAttributes, Resources } from '../../src/resources/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import {
  callsOf,
  commandTask,
  connect,
  type DriverOptions,
  type FrameworkOptions,
  matchAll,
  type Requirement,
  run,
  type Scheduler,
} from '../../src/scheduler/index.ts';
import { isTerminal } from '../../src/tasks/index.ts';
import { createHarness } from '../support/master-harness.ts';

/* The driver and the matcher against the real master, with agents that only pretend: what we send must be accepted. */

function setUp(agentResources = 'cpus:4;mem:1024;disk:1024;ports:[31000-31009]') {
  const harness = createHarness();
  const agent = harness.agent({ resources: Resources.parse(agentResources), attributes: parseAttributes('rack:r1') });
  const options: DriverOptions = { clock: harness.clock, random: seededRandom(2) };
  const start = (framework: Partial<FrameworkOptions> = {}) =>
    connect(harness.master, { name: 'test', failoverTimeoutMs: 60_000, ...framework }, options);
  return { ...harness, agent, options, start };
}

describe('a driver and a master', () => {
  test('launch what the matcher picks, reserved resources and ports included', () => {
    const { clock, master, agent, start } = setUp('cpus:1;cpus(web):2;mem:1024;ports:[31000-31009];ports(web):[80-80]');
    const driver = start({ role: 'web' });
    const states: string[] = [];
    driver.updates$.subscribe(({ taskId, state, message }) => states.push(`${taskId} ${state} ${message ?? ''}`));
    const requirements: readonly Requirement[] = [
      { cpus: 1.5, memMb: 64, ports: [80, 'any'] },
      { cpus: 1.5, memMb: 64, ports: ['any'], portChoice: 'random' },
      { cpus: 0.001 },
    ];
    driver.offers$.subscribe((offers) => {
      for (const offer of offers) {
        const { results } = matchAll(requirements, offer, { random: seededRandom(1) });
        const tasks = results.flatMap((result, index) =>
          result.matched ? [commandTask({ id: `t${index}`, command: 'true', offer, resources: result.resources })] : [],
        );
        driver.launch(offer, tasks, { refuseMs: 3_600_000 });
      }
    });
    clock.advance(2_000);
    expect(agent.running.map(({ taskId }) => taskId)).toEqual(['t0', 't1']);
    for (const { frameworkId, taskId } of agent.running) {
      agent.update(frameworkId, taskId, 'TASK_RUNNING');
      agent.update(frameworkId, taskId, 'TASK_FINISHED');
    }
    clock.advance(10);
    expect(states).toEqual(['t0 TASK_RUNNING ', 't1 TASK_RUNNING ', 't0 TASK_FINISHED ', 't1 TASK_FINISHED ']);
    expect(master.state().frameworks).toHaveLength(1);
  });

  test('part for good when the framework is torn down', async () => {
    const { clock, agent, start } = setUp();
    const driver = start();
    driver.offers$.subscribe(([offer]) => {
      if (offer === undefined) return;
      driver.launch(offer, commandTask({ id: 't1', command: 'sleep 9', offer, resources: 'cpus:1;mem:32' }));
    });
    clock.advance(2_000);
    expect(agent.running).toHaveLength(1);
    const teardown = driver.teardown();
    clock.advance(10);
    await teardown;
    await driver.ended();
    expect(agent.running).toHaveLength(0);
    const again = start({ id: driver.frameworkId ?? '' });
    again.offers$.subscribe({ error: () => undefined });
    clock.advance(10);
    await expect(again.ready()).rejects.toThrow('Framework has been removed');
  });

  test('find each other again, with the same tasks, after another scheduler of the framework has taken over', async () => {
    const { clock, agent, start } = setUp();
    const first = start();
    first.offers$.subscribe({
      next: ([offer]) => {
        if (offer === undefined) return;
        first.launch(offer, commandTask({ id: 't1', command: 'sleep 9', offer, resources: 'cpus:1;mem:32' }));
      },
      error: () => undefined,
    });
    clock.advance(2_000);
    const [task] = agent.running;
    if (task === undefined) throw new Error('nothing runs');
    agent.update(task.frameworkId, task.taskId, 'TASK_RUNNING');
    clock.advance(10);

    const second = start({ id: task.frameworkId });
    const states: string[] = [];
    second.updates$.subscribe(({ taskId, state, reason }) => states.push(`${taskId} ${state} ${reason ?? ''}`));
    clock.advance(10);
    await expect(first.ended()).rejects.toThrow('Framework failed over');
    // What the first has never acknowledged is still the master's newest, and the agent will send it again.
    expect(states).toEqual(['t1 TASK_RUNNING REASON_RECONCILIATION']);
    agent.retry();
    clock.advance(10);
    agent.update(task.frameworkId, task.taskId, 'TASK_FINISHED');
    clock.advance(10);
    expect(states.slice(1)).toEqual(['t1 TASK_RUNNING ', 't1 TASK_FINISHED ']);
    expect(agent.running).toHaveLength(0);
  });

  test('run a scheduler to its end', async () => {
    const { clock, master, agent, options } = setUp();
    const scheduler: Scheduler<{ readonly launched: number; readonly ended: number }> = {
      initial: { launched: 0, ended: 0 },
      handle(state, input) {
        if (input.type === 'update' && isTerminal(input.status.state))
          return [{ ...state, ended: state.ended + 1 }, []];
        if (input.type !== 'offers') return [state, []];
        let { launched } = state;
        const calls = callsOf((driver) => {
          for (const offer of input.offers) {
            if (launched === 3) driver.decline(offer);
            else {
              launched += 1;
              const task = commandTask({ id: `t${launched}`, command: 'true', offer, resources: 'cpus:1;mem:32' });
              driver.launch(offer, task, { refuseMs: 0 });
            }
          }
        });
        return [{ ...state, launched }, calls];
      },
      finished: ({ ended }) => ended === 3,
    };
    const running = run(master, { name: 'three' }, scheduler, options);
    for (let second = 0; second < 20; second++) {
      clock.advance(1_000);
      for (const { frameworkId, taskId } of agent.running) agent.update(frameworkId, taskId, 'TASK_FINISHED');
    }
    await expect(running.result()).resolves.toEqual({ launched: 3, ended: 3 });
    expect(master.state().frameworks).toHaveLength(0);
  });
});
