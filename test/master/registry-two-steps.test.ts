import { describe, expect, test } from 'vitest';
import { AgentId, ExecutorId, TaskId } from '../../src/core/index.ts';
import { createMemoryRegistry } from '../../src/master/index.ts';
import { AGENT_PROTOCOL_VERSION } from '../../src/protocol/index.ts';
import { Resources } from '../../src/resources/index.ts';
import type { Task } from '../../src/tasks/index.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createHarness, type Harness, launch } from '../support/master-harness.ts';

const SLOW_MS = 1_000;

/** A master with one agent and one framework, whose registry takes a second from then on. */
function slowHarness() {
  const clock = createManualClock();
  let latencyMs = 0;
  const writes: string[] = [];
  const registry = createMemoryRegistry({
    clock,
    latencyMs: () => latencyMs,
    failure: (operations) => void writes.push(...operations.map(({ type }) => type)),
  });
  const h = createHarness({ clock, registry, agentReregisterTimeoutMs: 89_000 });
  const agent = h.agent();
  const scheduler = h.framework();
  latencyMs = SLOW_MS;
  writes.splice(0);
  return { h, agent, scheduler, writes };
}

const admitted = (h: Harness): readonly string[] => [...h.registry.state().agents.keys()];

describe('While the registry is written', () => {
  test('a new agent has no id, however often it asks, and is offered to nobody', () => {
    const { h, scheduler } = slowHarness();
    const agent = h.agent({ hostname: 'a2' });
    agent.send({
      type: 'registerAgent',
      protocolVersion: AGENT_PROTOCOL_VERSION,
      agentInfo: { hostname: 'a2', resources: agent.resources, attributes: [] },
    });
    // Not asked to register, either: it has.
    agent.send({ type: 'executorExited', frameworkId: scheduler.id, executorId: ExecutorId('e'), status: 0 });
    h.settle();
    expect(agent.messages).toEqual([]);
    h.clock.advance(SLOW_MS);
    expect(agent.messages.map(({ type }) => type)).toEqual(['agentRegistered', 'ping']);
    expect([...scheduler.offers.values()].map(({ hostname }) => hostname)).toEqual(['a1', 'a2']);
    expect(admitted(h)).toHaveLength(2);
  });

  test('a new agent that leaves is forgotten: it never heard of its id', () => {
    const { h } = slowHarness();
    h.agent({ hostname: 'a2' }).disconnect();
    h.clock.advance(2 * SLOW_MS + 10);
    expect(h.master.state()).toMatchObject({ agents: [{ hostname: 'a1' }], recoveredAgents: [] });
    expect(admitted(h)).toHaveLength(1);
    // And its id is not given out again.
    const third = h.agent({ hostname: 'a3' });
    h.clock.advance(SLOW_MS);
    expect(third.id).toBe(`${h.master.state().id}-S2`);
  });

  test('nobody is told of an agent that is unreachable, and it stays what it was', () => {
    const { h, agent, scheduler } = slowHarness();
    const { taskId } = launch(h, scheduler, 't1');
    agent.isMute = true;
    let unreachableMs: number | undefined;
    while (h.registry.state().unreachableAgents.size === 0) {
      expect(scheduler.updates()).toEqual([]);
      expect(h.master.state().agents).toHaveLength(1);
      h.clock.advance(100);
      unreachableMs = h.registry.state().unreachableAgents.get(agent.id)?.unreachableMs;
    }
    h.settle();
    expect(scheduler.updates()).toMatchObject([
      { taskId, state: 'TASK_UNREACHABLE', unreachableTimeMs: unreachableMs },
    ]);
    expect(h.clock.wallMs() - (unreachableMs ?? 0)).toBeGreaterThanOrEqual(SLOW_MS);
  });

  test('an agent about to be unreachable comes back: it is so for a moment, and then its tasks are told', () => {
    const { h, agent, scheduler } = slowHarness();
    launch(h, scheduler, 't1');
    agent.isMute = true;
    h.clock.advance(90_500);
    agent.isMute = false;
    expect(h.master.state().agents).toHaveLength(1);
    agent.connect();
    h.clock.advance(2 * SLOW_MS);
    expect(scheduler.updates().map(({ state, message }) => [state, message])).toEqual([
      ['TASK_UNREACHABLE', 'health check timed out'],
      ['TASK_STAGING', 'Unreachable agent reregistered'],
    ]);
    expect(h.master.state()).toMatchObject({ agents: [{ connected: true }], unreachableAgents: [] });
    expect(admitted(h)).toEqual([agent.id]);
  });

  test('an unreachable agent that comes back and leaves again is waited for', () => {
    const { h, agent, scheduler } = slowHarness();
    launch(h, scheduler, 't1');
    agent.isMute = true;
    h.clock.advance(92_000);
    agent.isMute = false;
    agent.connect();
    h.settle();
    agent.disconnect();
    h.clock.advance(SLOW_MS);
    expect(h.master.state()).toMatchObject({ recoveredAgents: [{ id: agent.id }], unreachableAgents: [], agents: [] });
    agent.connect();
    h.settle();
    expect(scheduler.updates().at(-1)).toMatchObject({ state: 'TASK_STAGING', reason: 'REASON_AGENT_REREGISTERED' });
    agent.disconnect();
    h.clock.advance(89_000 + SLOW_MS + 1);
    expect(h.master.state()).toMatchObject({ recoveredAgents: [], unreachableAgents: [{ id: agent.id }] });
  });

  test('an agent is marked gone, and comes back: it is refused when that is written, whatever it asked before', () => {
    const { h, agent, scheduler } = slowHarness();
    launch(h, scheduler, 't1');
    h.master.markAgentGone(agent.id);
    h.settle();
    expect(scheduler.updates()).toEqual([]);
    agent.disconnect();
    agent.connect();
    h.settle();
    expect(agent.isShutDown).toBe(false);
    h.clock.advance(2 * SLOW_MS);
    expect(agent.isShutDown).toBe(true);
    expect(scheduler.updates()).toMatchObject([{ state: 'TASK_GONE_BY_OPERATOR' }]);
    expect(h.master.state()).toMatchObject({ agents: [], recoveredAgents: [], goneAgents: [{ id: agent.id }] });
    expect(admitted(h)).toEqual([]);
  });

  test('an agent is removed twice by the operator, and once by itself: it is removed', () => {
    const { h, agent } = slowHarness();
    h.master.removeAgent(agent.id);
    h.master.removeAgent(agent.id);
    agent.send({ type: 'unregisterAgent' });
    h.clock.advance(2 * SLOW_MS + 10);
    expect(agent.isShutDown).toBe(true);
    expect(h.master.state()).toMatchObject({ agents: [], recoveredAgents: [], unreachableAgents: [] });
    expect(admitted(h)).toEqual([]);
  });

  test('an agent that describes itself otherwise is taken in when it is known so', () => {
    const { h, agent, scheduler } = slowHarness();
    agent.disconnect();
    agent.reconfigure({ resources: Resources.parse('cpus:8;mem:2048') });
    agent.connect();
    h.settle();
    expect(h.master.state().agents).toMatchObject([{ connected: false }]);
    h.clock.advance(SLOW_MS + 2_000);
    expect(scheduler.offer().resources.cpus).toBe(8);
    expect(h.registry.state().agents.get(agent.id)?.resources.cpus).toBe(8);
  });

  test('an agent that was just away needs no write, not even with reservations that the registry has not', () => {
    const { h, agent, scheduler } = slowHarness();
    const reserved = Resources.parse('cpus:1').pushReservation({ type: 'DYNAMIC', role: 'eng' });
    scheduler.call({
      type: 'accept',
      offerIds: [scheduler.offer().id],
      operations: [{ type: 'RESERVE', resources: reserved }],
    });
    h.settle();
    agent.disconnect();
    agent.connect();
    h.settle();
    expect(h.master.state().agents).toMatchObject([{ connected: true }]);
  });

  test('an agent asks again on a connection that is closed, since it is unreachable: it is waited for on another', () => {
    const { h, agent } = slowHarness();
    agent.isMute = true;
    h.clock.advance(90_500);
    const agentInfo = { id: agent.id, hostname: 'a1', resources: agent.resources, attributes: [] };
    const rest = { protocolVersion: AGENT_PROTOCOL_VERSION, frameworks: [], executors: [], tasks: [] };
    agent.send({ type: 'reregisterAgent', agentInfo, ...rest });
    h.clock.advance(2 * SLOW_MS);
    expect(agent.closed).toEqual(['health check timed out']);
    expect(h.master.state()).toMatchObject({ agents: [], recoveredAgents: [{ id: agent.id }] });
    agent.isMute = false;
    agent.connect();
    h.settle();
    expect(h.master.state()).toMatchObject({ agents: [{ connected: true }], recoveredAgents: [] });
  });

  test('an agent that fits no more when it is admitted is refused, and has its time like others', () => {
    const { h, agent, scheduler } = slowHarness();
    const { taskId } = launch(h, scheduler, 't1', 'cpus:3');
    const id = AgentId('older-S3');
    const task = (name: string, resources: string): Task => ({
      taskId: TaskId(name),
      name,
      frameworkId: scheduler.id,
      agentId: id,
      resources: Resources.parse(resources).allocate('eng'),
      state: 'TASK_RUNNING',
      statuses: [],
    });
    const heard: string[] = [];
    const channel = h.master.agents.connect({
      onMessage: ({ type }) => heard.push(type),
      onClosed: () => undefined,
    });
    channel.send({
      type: 'reregisterAgent',
      protocolVersion: AGENT_PROTOCOL_VERSION,
      agentInfo: { id, hostname: 'a3', resources: Resources.parse('cpus:4'), attributes: [] },
      frameworks: [scheduler.info],
      executors: [],
      tasks: [task('t1', 'cpus:3'), task('t2', 'cpus:2')],
    });
    h.settle();
    // The id of its first task is taken by now, and is free when the agent is admitted.
    scheduler.acknowledge(agent.update(scheduler.id, taskId, 'TASK_FINISHED'));
    h.clock.advance(SLOW_MS);
    expect(heard).toEqual(['shutdownAgent']);
    expect(h.master.state().recoveredAgents).toMatchObject([{ id }]);
  });

  test('what was asked for already is not written again', () => {
    const { h, agent, writes } = slowHarness();
    agent.disconnect();
    // It is given up for lack of pongs, and, while that is written, because it is not back.
    h.clock.advance(89_900);
    expect(writes).toEqual([]);
    h.clock.advance(2 * SLOW_MS);
    expect(writes).toEqual(['markAgentUnreachable']);
    const agentInfo = { id: agent.id, hostname: 'a1', resources: agent.resources, attributes: [] };
    const rest = { protocolVersion: AGENT_PROTOCOL_VERSION, frameworks: [], executors: [], tasks: [] };
    const channel = h.master.agents.connect({ onMessage: () => undefined, onClosed: () => undefined });
    channel.send({ type: 'reregisterAgent', agentInfo, ...rest });
    h.settle();
    channel.send({ type: 'reregisterAgent', agentInfo, ...rest });
    h.clock.advance(2 * SLOW_MS);
    expect(writes.splice(0)).toEqual(['markAgentUnreachable', 'markAgentReachable']);
    h.master.removeAgent(agent.id);
    h.settle();
    h.master.removeAgent(agent.id);
    h.clock.advance(2 * SLOW_MS + 10);
    expect(writes).toEqual(['removeAgent']);
  });

  test('weights stay as they were, and offers too', () => {
    const { h, scheduler } = slowHarness();
    const { id } = scheduler.offer();
    h.master.updateWeights({ eng: 2 });
    h.settle();
    expect(h.master.state().weights).toEqual({});
    h.clock.advance(SLOW_MS);
    expect(h.master.state().weights).toEqual({ eng: 2 });
    expect(scheduler.events).toContainEqual({ type: 'rescind', offerId: id });
  });
});
