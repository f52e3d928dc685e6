import { describe, expect, test } from 'vitest';
import { AgentId, TaskId } from '../../src/core/index.ts';
import { createHarness, launch } from '../support/master-harness.ts';

function world(capabilities?: readonly ('MULTI_ROLE' | 'PARTITION_AWARE')[]) {
  const h = createHarness({ maxAgentPingTimeouts: 1, agentPingTimeoutMs: 1_000 });
  const agent = h.agent();
  const scheduler = h.framework(capabilities === undefined ? {} : { capabilities });
  const { taskId } = launch(h, scheduler, 't1');
  return { h, agent, scheduler, taskId };
}

describe('kill', () => {
  test('is passed on with its policy, as often as it is called', () => {
    const { h, agent, scheduler, taskId } = world();
    scheduler.call({ type: 'kill', taskId, killPolicy: { gracePeriodMs: 5 } });
    scheduler.call({ type: 'kill', taskId, agentId: agent.id });
    h.settle();
    expect(agent.messages.filter(({ type }) => type === 'killTask')).toEqual([
      { type: 'killTask', frameworkId: scheduler.id, taskId, killPolicy: { gracePeriodMs: 5 } },
      { type: 'killTask', frameworkId: scheduler.id, taskId },
    ]);
  });

  test('that names another agent is dropped', () => {
    const { h, agent, scheduler, taskId } = world();
    scheduler.call({ type: 'kill', taskId, agentId: AgentId('other') });
    h.settle();
    expect(agent.messages.some(({ type }) => type === 'killTask')).toBe(false);
    expect(h.logged.at(-1)).toContain('Dropped kill of task t1');
  });

  test.for([Number.NaN, -1, Number.POSITIVE_INFINITY])('with %s milliseconds of grace is dropped', (gracePeriodMs) => {
    const { h, agent, scheduler, taskId } = world();
    scheduler.call({ type: 'kill', taskId, killPolicy: { gracePeriodMs } });
    h.settle();
    expect(agent.messages.some(({ type }) => type === 'killTask')).toBe(false);
    expect(h.logged.at(-1)).toContain('Dropped kill of task t1');
  });

  test('of a task that nobody knows is answered as reconciliation', () => {
    const { h, agent, scheduler } = world();
    scheduler.call({ type: 'kill', taskId: TaskId('x'), agentId: agent.id });
    h.settle();
    expect(scheduler.updates()).toMatchObject([
      { taskId: 'x', state: 'TASK_GONE', reason: 'REASON_RECONCILIATION', agentId: agent.id },
    ]);
  });

  test('while the agent is away is carried out when it is back', () => {
    const { h, agent, scheduler, taskId } = world();
    agent.disconnect();
    h.settle();
    scheduler.call({ type: 'kill', taskId });
    h.settle();
    expect(h.master.state().tasks).toMatchObject([{ state: 'TASK_STAGING' }]);
    agent.connect();
    h.settle();
    expect(agent.messages.at(-1)).toMatchObject({ type: 'killTask', taskId });
    expect(scheduler.updates().at(-1)).toMatchObject({ taskId, state: 'TASK_KILLED' });
  });

  test('while the agent is away is carried out once, with the policy of the last call', () => {
    const { h, agent, scheduler, taskId } = world();
    agent.disconnect();
    h.settle();
    scheduler.call({ type: 'kill', taskId });
    scheduler.call({ type: 'kill', taskId, killPolicy: { gracePeriodMs: 7 } });
    h.settle();
    agent.connect();
    h.settle();
    expect(agent.messages.filter(({ type }) => type === 'killTask')).toEqual([
      { type: 'killTask', frameworkId: scheduler.id, taskId, killPolicy: { gracePeriodMs: 7 } },
    ]);
  });

  test('is forgotten when the agent was unreachable in between', () => {
    const { h, agent, scheduler, taskId } = world();
    agent.disconnect();
    h.settle();
    scheduler.call({ type: 'kill', taskId });
    h.clock.advance(3_000);
    agent.connect();
    h.settle();
    expect(agent.messages.some(({ type }) => type === 'killTask')).toBe(false);
    expect(agent.running).toHaveLength(1);
  });
});

describe('reconcile', () => {
  test('of nothing in particular tells of every live task, as far as the scheduler has been told', () => {
    const { h, agent, scheduler, taskId } = world();
    agent.update(scheduler.id, taskId, 'TASK_RUNNING');
    agent.update(scheduler.id, taskId, 'TASK_FINISHED');
    h.settle();
    scheduler.call({ type: 'reconcile', tasks: [] });
    h.settle();
    const status = scheduler.updates().at(-1);
    expect(status).toEqual({
      taskId,
      agentId: agent.id,
      state: 'TASK_RUNNING',
      source: 'SOURCE_MASTER',
      reason: 'REASON_RECONCILIATION',
      message: 'Reconciliation: Latest task state',
      timestampMs: h.clock.wallMs() - 1,
    });
  });

  test('answers for each task that it names', () => {
    const { h, agent, scheduler, taskId } = world();
    const gone = h.agent({ hostname: 'a2' });
    const lost = h.agent({ hostname: 'a3' });
    h.master.markAgentGone(gone.id);
    lost.isMute = true;
    h.clock.advance(3_000);
    const asked = [undefined, agent.id, gone.id, lost.id, AgentId('nobody')];
    scheduler.call({
      type: 'reconcile',
      tasks: [
        { taskId, agentId: agent.id },
        ...asked.map((agentId) => ({ taskId: TaskId('x'), ...(agentId !== undefined && { agentId }) })),
      ],
    });
    h.settle();
    const answers = scheduler.updates().slice(-6);
    expect(answers.map(({ state }) => state)).toEqual([
      'TASK_STAGING',
      'TASK_UNKNOWN',
      'TASK_GONE',
      'TASK_GONE_BY_OPERATOR',
      'TASK_UNREACHABLE',
      'TASK_UNKNOWN',
    ]);
    expect(answers.map(({ agentId }) => agentId)).toEqual([agent.id, ...asked]);
    expect(answers[4]?.unreachableTimeMs).toBe(h.master.state().unreachableAgents[0]?.unreachableMs);
    expect(answers.some(({ uuid }) => uuid !== undefined)).toBe(false);
  });

  test('says TASK_LOST of all that is not known to a framework without PARTITION_AWARE', () => {
    const { h, agent, scheduler } = world(['MULTI_ROLE']);
    scheduler.call({ type: 'reconcile', tasks: [{ taskId: TaskId('x') }, { taskId: TaskId('x'), agentId: agent.id }] });
    h.settle();
    expect(scheduler.updates().map(({ state }) => state)).toEqual(['TASK_LOST', 'TASK_LOST']);
  });
});
