import { describe, expect, test } from 'vitest';
import { AgentId, TaskId } from '../../src/core/index.ts';
import { createMemoryRegistry } from '../../src/master/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { FakeAgent } from '../support/fake-agent.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createHarness, launch } from '../support/master-harness.ts';

const NON_PA = ['MULTI_ROLE'] as const;
const T1 = TaskId('t1');

describe('A new master on the registry of an earlier one', () => {
  test('waits for its agents, and knows again all that they and the frameworks bring along', () => {
    const h = createHarness();
    const agents = [h.agent({ hostname: 'a1' }), h.agent({ hostname: 'a2' })];
    const scheduler = h.framework();
    for (const id of ['t1', 't2', 't3']) {
      launch(h, scheduler, id);
      h.clock.advance(1_000);
    }
    const reserved = Resources.parse('cpus:1').pushReservation({ type: 'DYNAMIC', role: 'eng' });
    scheduler.call({
      type: 'accept',
      offerIds: [scheduler.offer().id],
      operations: [{ type: 'RESERVE', resources: reserved }],
    });
    h.settle();
    for (const agent of agents) {
      for (const { frameworkId, taskId } of agent.running) agent.update(frameworkId, taskId, 'TASK_RUNNING');
    }
    h.settle();
    for (const status of scheduler.updates()) scheduler.acknowledge(status);
    h.settle();
    // R1: what was, less what is made anew.
    const books = () => {
      const { agents: all, tasks, used, total, frameworks } = h.master.state();
      return {
        agents: all.map(({ id, total: each, used: taken }) => `${id} ${each} ${taken}`).sort(),
        tasks: tasks
          .map(({ taskId, agentId, state, resources }) => `${taskId} ${agentId} ${state} ${resources}`)
          .sort(),
        frameworks: frameworks.map(({ id, connected, used: taken }) => `${id} ${connected} ${taken}`),
        used: `${used}`,
        total: `${total}`,
      };
    };
    const before = books();
    expect(before.tasks).toHaveLength(3);
    h.failover();
    h.settle();
    expect(h.master.state()).toMatchObject({
      agents: [],
      recoveredAgents: [{ hostname: 'a1' }, { hostname: 'a2' }],
      frameworks: [],
    });
    scheduler.connect();
    for (const agent of agents) agent.connect();
    h.settle();
    expect(books()).toEqual(before);
    expect(h.master.state().recoveredAgents).toEqual([]);
  });

  test('offers only what is back', () => {
    const h = createHarness();
    const [first] = [h.agent({ hostname: 'a1' }), h.agent({ hostname: 'a2' })];
    const scheduler = h.framework();
    h.failover();
    scheduler.connect();
    h.clock.advance(5_000);
    expect(scheduler.offers.size).toBe(0);
    first.connect();
    h.clock.advance(5_000);
    expect([...scheduler.offers.values()].map(({ hostname }) => hostname)).toEqual(['a1']);
  });

  test('keeps no timer for an agent that is back', () => {
    const h = createHarness();
    const agent = h.agent();
    const before = h.clock.pending;
    h.failover();
    h.settle();
    agent.connect();
    h.settle();
    expect(h.clock.pending).toBe(before);
  });

  test('does not answer for tasks of agents that are not back, nor of agents unknown while one is not', () => {
    const h = createHarness();
    const [first, second] = [h.agent({ hostname: 'a1' }), h.agent({ hostname: 'a2' })];
    const scheduler = h.framework();
    const ask = (agentId?: AgentId) => {
      const before = scheduler.updates().length;
      scheduler.call({ type: 'reconcile', tasks: [{ taskId: T1, ...(agentId === undefined ? {} : { agentId }) }] });
      h.settle();
      return scheduler
        .updates()
        .slice(before)
        .map(({ state }) => state);
    };
    h.failover();
    scheduler.connect();
    first.connect();
    h.settle();
    expect(ask()).toEqual([]);
    expect(ask(second.id)).toEqual([]);
    expect(ask(first.id)).toEqual(['TASK_GONE']);
    expect(ask(AgentId('nobody'))).toEqual(['TASK_UNKNOWN']);
    scheduler.call({ type: 'kill', taskId: T1 });
    h.settle();
    expect(scheduler.updates()).toHaveLength(2);
    second.connect();
    h.settle();
    expect(ask()).toEqual(['TASK_UNKNOWN']);
    expect(ask(second.id)).toEqual(['TASK_GONE']);
  });

  test('answers for tasks of an agent that did not come back in time as unreachable, and tells of its failure', () => {
    const h = createHarness({ agentReregisterTimeoutMs: 5_000 });
    const agent = h.agent();
    const aware = h.framework();
    const other = h.framework({ capabilities: NON_PA });
    h.failover();
    aware.connect();
    other.connect();
    h.clock.advance(4_999);
    expect(h.master.state().recoveredAgents).toMatchObject([{ id: agent.id }]);
    h.clock.advance(2);
    const { unreachableAgents, recoveredAgents } = h.master.state();
    expect([recoveredAgents, unreachableAgents]).toMatchObject([[], [{ id: agent.id, hostname: 'a1' }]]);
    for (const scheduler of [aware, other]) {
      scheduler.call({ type: 'reconcile', tasks: [{ taskId: T1, agentId: agent.id }] });
      expect(scheduler.events.at(-1)).toEqual({ type: 'failure', agentId: agent.id });
    }
    h.settle();
    const [unreachable] = unreachableAgents;
    const unreachableTimeMs = unreachable?.unreachableMs;
    expect(aware.updates()).toMatchObject([{ state: 'TASK_UNREACHABLE', unreachableTimeMs }]);
    expect(other.updates()).toMatchObject([{ state: 'TASK_LOST', unreachableTimeMs }]);
  });

  test('says nothing of the tasks of an agent that is back: frameworks ask, and updates come again', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1');
    agent.update(scheduler.id, T1, 'TASK_RUNNING');
    h.failover();
    scheduler.connect();
    h.settle();
    agent.connect();
    h.settle();
    expect(scheduler.updates().map(({ state, source }) => [state, source])).toEqual([
      ['TASK_RUNNING', 'SOURCE_EXECUTOR'],
    ]);
  });

  test('has agents as unreachable that were so, and they come back as such', () => {
    const h = createHarness({ maxAgentPingTimeouts: 1 });
    const agent = h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1');
    agent.isMute = true;
    h.clock.advance(40_000);
    const before = h.master.state().unreachableAgents;
    expect(before).toHaveLength(1);
    h.failover();
    scheduler.connect();
    h.settle();
    expect(h.master.state().unreachableAgents).toEqual(before);
    agent.isMute = false;
    agent.connect();
    h.settle();
    expect(scheduler.updates().at(-1)).toMatchObject({
      state: 'TASK_STAGING',
      reason: 'REASON_AGENT_REREGISTERED',
      message: 'Unreachable agent reregistered',
    });
    expect(h.master.state()).toMatchObject({ unreachableAgents: [], agents: [{ id: agent.id }] });
  });

  test('refuses agents that are gone, marked by the earlier master or by itself', () => {
    const h = createHarness();
    const [first, second] = [h.agent({ hostname: 'a1' }), h.agent({ hostname: 'a2' })];
    const scheduler = h.framework();
    const again = (id: AgentId) => new FakeAgent({ connect: (handlers) => h.master.agents.connect(handlers) }, { id });
    h.master.markAgentGone(first.id);
    h.settle();
    h.failover();
    scheduler.connect();
    h.settle();
    // It has not come back. No task of it is known, so nobody is told of any.
    h.master.markAgentGone(second.id);
    h.settle();
    expect(h.master.state()).toMatchObject({ recoveredAgents: [], goneAgents: [{ id: first.id }, { id: second.id }] });
    expect(scheduler.updates()).toEqual([]);
    for (const id of [first.id, second.id]) {
      const agent = again(id);
      agent.connect();
      h.settle();
      expect(agent.isShutDown).toBe(true);
    }
    h.clock.advance(1_000_000);
    expect(h.master.state()).toMatchObject({ agents: [], unreachableAgents: [] });
    scheduler.call({ type: 'reconcile', tasks: [{ taskId: T1, agentId: first.id }] });
    h.settle();
    expect(scheduler.updates()).toMatchObject([{ state: 'TASK_GONE_BY_OPERATOR' }]);
  });

  test('weighs roles as the earlier one did, whatever its own options say', () => {
    const h = createHarness({ weights: { eng: 3 } });
    h.settle();
    expect(Object.fromEntries(h.registry.state().weights)).toEqual({ eng: 3 });
    h.master.updateWeights({ eng: 1, ops: 2 });
    h.settle();
    h.failover();
    h.settle();
    expect(h.master.state().weights).toEqual({ eng: 1, ops: 2 });
    // The allocator has them, too: of two agents, the role of weight 1 does not get both.
    const heavy = h.framework({ roles: ['ops'] });
    const light = h.framework({ roles: ['eng'] });
    for (let n = 0; n < 3; n++) h.agent({ hostname: `a${n}` });
    h.clock.advance(2_000);
    expect([heavy.offers.size, light.offers.size]).toEqual([2, 1]);
  });

  test('takes up nothing that was decided and not written, and all that was written and not acted upon', () => {
    const clock = createManualClock();
    let latencyMs = 0;
    const h = createHarness({ clock, registry: createMemoryRegistry({ clock, latencyMs: () => latencyMs }) });
    const [first, second] = [h.agent({ hostname: 'a1' }), h.agent({ hostname: 'a2' })];
    latencyMs = 1_000;
    h.master.markAgentGone(first.id);
    h.settle();
    // A second later it would be written. The master is gone by then, and the next one has read before that.
    latencyMs = 0;
    h.failover();
    h.clock.advance(2_000);
    expect(h.master.state()).toMatchObject({ goneAgents: [], recoveredAgents: [{ id: first.id }, { id: second.id }] });
    h.master.markAgentGone(second.id);
    // It is decided and written, and the master dies before it hears that.
    while (h.registry.state().goneAgents.size === 0) h.clock.advance(0);
    h.failover();
    h.settle();
    expect(h.master.state()).toMatchObject({ goneAgents: [{ id: second.id }], recoveredAgents: [{ id: first.id }] });
  });

  test('does not give out an id of an agent again, even if it was given the id of the earlier master', () => {
    const clock = createManualClock();
    const registry = createMemoryRegistry({ clock });
    const ids = [1, 2].map(() => createHarness({ clock, registry }).agent().id);
    expect(new Set(ids).size).toBe(2);
  });

  test('knows frameworks that it has not heard of from agents, and gives them their tasks when they subscribe', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1');
    h.failover();
    agent.connect();
    h.settle();
    expect(h.master.state().frameworks).toMatchObject([{ id: scheduler.id, recovered: true, connected: false }]);
    scheduler.connect();
    h.settle();
    expect(h.master.state().frameworks).toMatchObject([{ recovered: false, connected: true, tasks: [{ taskId: T1 }] }]);
    expect(h.master.state().tasks).toMatchObject([{ agentId: agent.id }]);
  });
});
