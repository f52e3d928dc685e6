import { describe, expect, test } from 'vitest';
import { AgentId, ExecutorId, FrameworkId, TaskId } from '../../src/core/index.ts';
import { AGENT_PROTOCOL_VERSION, type FrameworkInfo } from '../../src/protocol/index.ts';
import { Resources } from '../../src/resources/index.ts';
import type { Task, TaskInfo } from '../../src/tasks/index.ts';
import { FakeAgent } from '../support/fake-agent.ts';
import { createHarness, launch, taskOf } from '../support/master-harness.ts';

const NON_PA = ['MULTI_ROLE'] as const;

describe('An agent that registers', () => {
  test('gets an id of the master and a counter, and is told again when it asks again', () => {
    const h = createHarness();
    const agent = h.agent();
    expect(agent.messages).toEqual([
      { type: 'agentRegistered', agentId: `${h.master.state().id}-S0`, pingTimeoutMs: 75_000 },
      { type: 'ping', connected: true },
    ]);
    agent.send({
      type: 'registerAgent',
      protocolVersion: AGENT_PROTOCOL_VERSION,
      agentInfo: { hostname: 'a1', resources: agent.resources, attributes: [] },
    });
    h.settle();
    expect(agent.messages.at(-1)).toMatchObject({ type: 'agentRegistered', agentId: agent.id });
    expect(h.master.state().agents).toHaveLength(1);
  });

  test('with another protocol version, or allocated resources, is ignored', () => {
    const h = createHarness();
    const channel = h.master.agents.connect({ onMessage: () => undefined, onClosed: () => undefined });
    const agentInfo = { hostname: 'a', resources: Resources.parse('cpus:1'), attributes: [] };
    channel.send({ type: 'registerAgent', protocolVersion: 99, agentInfo });
    const allocated = { ...agentInfo, resources: agentInfo.resources.allocate('x') };
    channel.send({ type: 'registerAgent', protocolVersion: AGENT_PROTOCOL_VERSION, agentInfo: allocated });
    h.settle();
    expect(h.master.state().agents).toEqual([]);
    expect(h.logged.filter((line) => line.startsWith('Dropped registration'))).toHaveLength(2);
  });

  test('speaks before it has registered: it is asked to register', () => {
    const h = createHarness();
    const heard: unknown[] = [];
    const channel = h.master.agents.connect({ onMessage: (message) => heard.push(message), onClosed: () => undefined });
    channel.send({ type: 'pong' });
    channel.send({ type: 'unregisterAgent' });
    h.settle();
    expect(heard).toEqual([{ type: 'ping', connected: false }]);
  });
});

describe('An agent whose connection breaks', () => {
  test('is not offered, its offers are rescinded, tasks of checkpointing frameworks stay', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1');
    h.clock.advance(1_000);
    const { id } = scheduler.offer();
    agent.disconnect();
    h.clock.advance(2_000);
    expect(scheduler.events.at(-1)).toEqual({ type: 'rescind', offerId: id });
    expect(h.master.state().tasks).toMatchObject([{ state: 'TASK_STAGING' }]);
    expect(h.master.state().agents).toMatchObject([{ connected: false }]);
    agent.connect();
    h.settle();
    expect(agent.messages.at(-1)).toMatchObject({ type: 'updateFramework' });
    h.clock.advance(1_000);
    expect(scheduler.offers.size).toBe(1);
    // Nothing happened, as far as the framework can see.
    expect(scheduler.updates()).toEqual([]);
  });

  test('loses the tasks and executors of frameworks that do not checkpoint, at once', () => {
    const h = createHarness();
    const agent = h.agent({ hostname: 'a7' });
    const scheduler = h.framework({ checkpoint: false });
    const offer = scheduler.offer();
    const { command: _, ...task } = taskOf(offer, 't1');
    const executor = {
      type: 'IN_PROCESS' as const,
      name: 'x',
      executorId: ExecutorId('e'),
      resources: Resources.parse('cpus:1'),
    };
    const taskInfos: TaskInfo[] = [{ ...task, executor }];
    scheduler.call({ type: 'accept', offerIds: [offer.id], operations: [{ type: 'LAUNCH', taskInfos }] });
    h.settle();
    agent.disconnect();
    h.settle();
    expect(scheduler.updates()).toMatchObject([
      { taskId: 't1', state: 'TASK_LOST', reason: 'REASON_AGENT_DISCONNECTED', message: 'Agent a7 disconnected' },
    ]);
    expect(h.master.state()).toMatchObject({ tasks: [], agents: [{ executors: [] }] });
    expect(h.master.state().agents[0]?.used.toString()).toBe('{}');
    // It runs still: when the agent is back it is in the books again, and the framework hears of it.
    agent.connect();
    h.settle();
    expect(scheduler.updates().at(-1)).toMatchObject({
      taskId: 't1',
      state: 'TASK_STAGING',
      reason: 'REASON_AGENT_REREGISTERED',
    });
    expect(h.master.state().agents[0]?.used.toString()).toBe('cpus:2; mem:64');
  });

  test('is unreachable when it does not come back in time', () => {
    const h = createHarness({ agentReregisterTimeoutMs: 5_000 });
    const agent = h.agent();
    agent.disconnect();
    h.clock.advance(4_000);
    agent.connect();
    h.settle();
    agent.disconnect();
    h.clock.advance(4_000);
    expect(h.master.state().agents).toHaveLength(1);
    h.clock.advance(1_001);
    expect(h.master.state()).toMatchObject({ agents: [], unreachableAgents: [{ id: agent.id }] });
  });

  test('and that answers for the tasks which it never got, gets them told', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    const { taskId } = launch(h, scheduler, 't1');
    agent.disconnect();
    agent.forget(scheduler.id, taskId);
    h.settle();
    agent.connect();
    h.settle();
    expect(agent.messages.find(({ type }) => type === 'agentReregistered')).toMatchObject({
      unknownTasks: [{ task: { taskId } }],
    });
    expect(scheduler.updates().at(-1)).toMatchObject({ taskId, state: 'TASK_DROPPED' });
  });

  test('is told what was reserved on it while it did not hear', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    const before = agent.resources;
    const reserved = Resources.parse('cpus:1').pushReservation({ type: 'DYNAMIC', role: 'eng' });
    scheduler.call({
      type: 'accept',
      offerIds: [scheduler.offer().id],
      operations: [{ type: 'RESERVE', resources: reserved }],
    });
    h.settle();
    agent.disconnect();
    agent.reconfigure({ resources: before });
    agent.connect();
    h.settle();
    expect(agent.resources.reserved('eng').equals(reserved)).toBe(true);
    expect(h.master.state().agents[0]?.total.equals(agent.resources)).toBe(true);
  });

  test('comes back with more than before, and that is offered', () => {
    const h = createHarness();
    const agent = h.agent();
    agent.disconnect();
    agent.reconfigure({ resources: Resources.parse('cpus:8;mem:2048'), hostname: 'bigger' });
    agent.connect();
    const scheduler = h.framework();
    expect(scheduler.offer()).toMatchObject({ hostname: 'bigger' });
    expect(scheduler.offer().resources.cpus).toBe(8);
  });

  test('comes back with less than what runs on it: it is refused', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1', 'cpus:4');
    agent.disconnect();
    agent.reconfigure({ resources: Resources.parse('cpus:2') });
    agent.connect();
    h.settle();
    expect(agent.isShutDown).toBe(true);
    expect(h.master.state().agents).toMatchObject([{ connected: false }]);
  });
});

describe('An agent that re-registers on a second connection', () => {
  test('is cut off on the first, and keeps its tasks', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1');
    h.clock.advance(1_000);
    expect(scheduler.offers.size).toBe(1);
    agent.connect();
    h.settle();
    expect(agent.closed).toEqual(['Agent re-registered on another connection']);
    expect(agent.isConnected).toBe(true);
    expect(scheduler.heard().at(-1)).toBe('rescind');
    expect(h.master.state().tasks).toHaveLength(1);
    h.clock.advance(1_000);
    expect(scheduler.offers.size).toBe(1);
  });
});

describe('A re-registration that was under way for long', () => {
  // What seed 17 of the simulation has found: it says what was true before the agent came on a newer connection.
  test('is dropped, whatever it says', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    const late = h.master.agents.connect({ onMessage: () => undefined, onClosed: () => undefined });
    agent.connect();
    h.clock.advance(1_000);
    launch(h, scheduler, 't1');
    late.send({
      type: 'reregisterAgent',
      protocolVersion: AGENT_PROTOCOL_VERSION,
      agentInfo: { id: agent.id, hostname: 'a1', resources: agent.resources, attributes: [] },
      frameworks: [],
      executors: [],
      tasks: [],
    });
    h.settle();
    expect(agent.isConnected).toBe(true);
    expect(h.master.state().tasks).toMatchObject([{ taskId: 't1', state: 'TASK_STAGING' }]);
    expect(scheduler.updates()).toEqual([]);
    expect(h.logged.at(-1)).toContain('it came on an older connection');
  });
});

describe('An agent that does not answer pings', () => {
  test('is unreachable after so many in a row, and every framework is told', () => {
    const h = createHarness();
    const agent = h.agent();
    const aware = h.framework();
    const other = h.framework({ capabilities: NON_PA });
    launch(h, aware, 't1', 'cpus:1;mem:64');
    h.clock.advance(1_000);
    launch(h, other, 't2');
    h.clock.advance(20_000);
    agent.isMute = true;
    h.clock.advance(60_000);
    expect(h.master.state().agents).toHaveLength(1);
    h.clock.advance(30_000);
    const unreachableMs = h.master.state().unreachableAgents[0]?.unreachableMs;
    expect(aware.updates()).toEqual([
      expect.objectContaining({
        taskId: 't1',
        state: 'TASK_UNREACHABLE',
        reason: 'REASON_AGENT_REMOVED',
        message: 'health check timed out',
        unreachableTimeMs: unreachableMs,
      }),
    ]);
    expect(other.updates()).toMatchObject([{ taskId: 't2', state: 'TASK_LOST', unreachableTimeMs: unreachableMs }]);
    for (const scheduler of [aware, other]) {
      expect(scheduler.events.filter(({ type }) => type === 'failure')).toEqual([
        { type: 'failure', agentId: agent.id },
      ]);
    }
    expect(agent.closed).toEqual(['health check timed out']);
    expect(
      h.master.state().frameworks.map(({ unreachableTasks }) => unreachableTasks.map(({ state }) => state)),
    ).toEqual([['TASK_UNREACHABLE'], ['TASK_LOST']]);
  });

  test('comes back with its tasks, which are told to be what they are', () => {
    const h = createHarness({ maxAgentPingTimeouts: 1 });
    const agent = h.agent();
    const scheduler = h.framework({ capabilities: NON_PA });
    const { taskId } = launch(h, scheduler, 't1');
    agent.update(scheduler.id, taskId, 'TASK_RUNNING');
    agent.isMute = true;
    h.clock.advance(40_000);
    expect(scheduler.updates().at(-1)?.state).toBe('TASK_LOST');
    // Its id is not free.
    agent.isMute = false;
    agent.connect();
    h.settle();
    expect(scheduler.updates()).toContainEqual(
      expect.objectContaining({
        state: 'TASK_RUNNING',
        reason: 'REASON_AGENT_REREGISTERED',
        message: 'Unreachable agent reregistered',
      }),
    );
    expect(h.master.state()).toMatchObject({ unreachableAgents: [], frameworks: [{ unreachableTasks: [] }] });
    expect(h.master.state().agents[0]?.used.toString()).toBe('cpus:1; mem:64');
  });

  test('comes back without a task that it never got: the framework is told that it is gone', () => {
    const h = createHarness({ maxAgentPingTimeouts: 1 });
    const agent = h.agent();
    const aware = h.framework();
    const lost = launch(h, aware, 'never-got');
    h.clock.advance(1_000);
    const other = h.framework({ capabilities: NON_PA });
    const kept = launch(h, aware, 'runs');
    h.clock.advance(1_000);
    const old = launch(h, other, 'old');
    agent.forget(aware.id, lost.taskId);
    agent.forget(other.id, old.taskId);
    agent.isMute = true;
    h.clock.advance(40_000);
    const toldOld = other.updates().length;
    agent.isMute = false;
    agent.connect();
    h.settle();
    expect(aware.updates().filter(({ taskId }) => taskId === lost.taskId)).toMatchObject([
      { state: 'TASK_UNREACHABLE' },
      { state: 'TASK_GONE', source: 'SOURCE_MASTER', reason: 'REASON_RECONCILIATION', agentId: agent.id },
    ]);
    expect(aware.updates().filter(({ taskId }) => taskId === kept.taskId)).toMatchObject([
      { state: 'TASK_UNREACHABLE' },
      { state: 'TASK_STAGING', reason: 'REASON_AGENT_REREGISTERED' },
    ]);
    // It has been told that it is lost, and has no other word for it.
    expect(other.updates()).toHaveLength(toldOld);
    expect(h.master.state().frameworks).toMatchObject([
      { unreachableTasks: [], completedTasks: [{ taskId: lost.taskId, state: 'TASK_GONE' }] },
      { unreachableTasks: [], completedTasks: [{ taskId: old.taskId, state: 'TASK_LOST' }] },
    ]);
  });

  test('and whose tasks had ended tells the framework how, in its place', () => {
    const h = createHarness({ maxAgentPingTimeouts: 1 });
    const agent = h.agent();
    const scheduler = h.framework();
    const { taskId } = launch(h, scheduler, 't1');
    agent.update(scheduler.id, taskId, 'TASK_RUNNING');
    agent.update(scheduler.id, taskId, 'TASK_FINISHED');
    agent.retry();
    agent.isMute = true;
    h.clock.advance(40_000);
    expect(scheduler.updates().at(-1)).toMatchObject({ state: 'TASK_FINISHED', source: 'SOURCE_MASTER' });
    expect(h.master.state().frameworks[0]).toMatchObject({
      unreachableTasks: [],
      completedTasks: [{ state: 'TASK_FINISHED' }],
    });
  });

  test('is remembered with so many tasks, the newest, and their ids are not free', () => {
    const h = createHarness({ maxAgentPingTimeouts: 1, maxUnreachableTasksPerFramework: 1 });
    const agent = h.agent();
    const scheduler = h.framework();
    for (const id of ['t1', 't2']) {
      launch(h, scheduler, id);
      h.clock.advance(1_000);
    }
    agent.isMute = true;
    h.clock.advance(40_000);
    expect(h.master.state().frameworks[0]?.unreachableTasks.map(({ taskId }) => taskId)).toEqual(['t2']);
    h.agent({ hostname: 'a2' });
    launch(h, scheduler, 't2');
    expect(scheduler.updates().at(-1)).toMatchObject({
      taskId: 't2',
      state: 'TASK_ERROR',
      message: expect.stringContaining('unreachable'),
    });
  });
});

describe('An agent that nobody knows', () => {
  const framework: FrameworkInfo = {
    id: FrameworkId('older-0000'),
    user: 'u',
    name: 'f',
    role: 'eng',
    checkpoint: true,
  };
  const reported = (agentId: string): Task => ({
    taskId: TaskId('t1'),
    name: 't1',
    frameworkId: FrameworkId('older-0000'),
    agentId: AgentId(agentId),
    resources: Resources.parse('cpus:1').allocate('eng'),
    state: 'TASK_RUNNING',
    statuses: [],
  });
  const reregister = (id: string, resources = 'cpus:4;mem:512') =>
    ({
      type: 'reregisterAgent',
      protocolVersion: AGENT_PROTOCOL_VERSION,
      agentInfo: { id: AgentId(id), hostname: 'a', resources: Resources.parse(resources), attributes: [] },
      frameworks: [framework],
      executors: [],
      tasks: [reported(id)],
    }) as const;

  test('is taken with what runs on it; its framework is known from then on, and subscribes to find its tasks', () => {
    const h = createHarness();
    const channel = h.master.agents.connect({ onMessage: () => undefined, onClosed: () => undefined });
    channel.send(reregister('older-S3'));
    h.settle();
    expect(h.master.state()).toMatchObject({
      agents: [{ id: 'older-S3', connected: true }],
      frameworks: [{ id: 'older-0000', recovered: true, connected: false, registeredMs: 0 }],
      tasks: [{ taskId: 't1', state: 'TASK_RUNNING' }],
    });
    const scheduler = h.framework({ ...framework, capabilities: [], roles: [] });
    expect(scheduler.id).toBe('older-0000');
    expect(h.master.state().frameworks).toMatchObject([
      { recovered: false, connected: true, registeredMs: h.clock.wallMs() - 1 },
    ]);
    expect(scheduler.offer().resources.cpus).toBe(3);
    scheduler.call({ type: 'reconcile', tasks: [] });
    h.settle();
    expect(scheduler.updates()).toMatchObject([{ taskId: 't1', state: 'TASK_RUNNING' }]);
  });

  test('is refused with fewer resources than run on it', () => {
    const h = createHarness();
    const heard: unknown[] = [];
    const channel = h.master.agents.connect({ onMessage: (message) => heard.push(message), onClosed: () => undefined });
    channel.send(reregister('older-S3', 'cpus:0.5'));
    h.settle();
    expect(heard).toEqual([
      { type: 'shutdownAgent', message: 'Resources of the agent do not contain what is used on it' },
    ]);
    expect(h.registry.state().agents.size).toBe(0);
    expect(h.master.state().agents).toEqual([]);
  });

  test('is told to end frameworks that have been removed', () => {
    const h = createHarness();
    const scheduler = h.framework({ ...framework, capabilities: [], roles: [] });
    scheduler.call({ type: 'teardown' });
    h.settle();
    const heard: unknown[] = [];
    const channel = h.master.agents.connect({ onMessage: (message) => heard.push(message), onClosed: () => undefined });
    channel.send(reregister('older-S3'));
    h.settle();
    expect(heard).toContainEqual({ type: 'shutdownFramework', frameworkId: 'older-0000' });
    expect(h.master.state().tasks).toEqual([]);
  });

  test('has a task whose id another one bears by now: it is killed, and its end is not told', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework({ ...framework, capabilities: [], roles: [] });
    launch(h, scheduler, 't1');
    const heard: unknown[] = [];
    const channel = h.master.agents.connect({ onMessage: (message) => heard.push(message), onClosed: () => undefined });
    channel.send(reregister('older-S3'));
    h.settle();
    channel.send({
      type: 'statusUpdate',
      frameworkId: FrameworkId('older-0000'),
      status: { taskId: TaskId('t1'), state: 'TASK_KILLED', source: 'SOURCE_EXECUTOR', timestampMs: 1, uuid: 'u' },
      latestState: 'TASK_KILLED',
    });
    h.settle();
    expect(heard).toContainEqual({ type: 'killTask', frameworkId: 'older-0000', taskId: 't1' });
    expect(heard).toContainEqual({ type: 'acknowledgeUpdate', frameworkId: 'older-0000', taskId: 't1', uuid: 'u' });
    expect(scheduler.updates()).toEqual([]);
    expect(h.master.state().tasks).toMatchObject([{ agentId: agent.id }]);
  });
});

describe('An agent that goes for good', () => {
  test('unregisters: its tasks are TASK_LOST, to everybody', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1');
    agent.send({ type: 'unregisterAgent' });
    h.settle();
    expect(scheduler.updates()).toMatchObject([{ state: 'TASK_LOST', reason: 'REASON_AGENT_REMOVED' }]);
    expect(h.master.state()).toMatchObject({ agents: [], unreachableAgents: [], goneAgents: [] });
    expect(agent.closed).toEqual(['Agent unregistered']);
  });

  test('is marked gone: told to shut down, its tasks TASK_GONE_BY_OPERATOR or TASK_LOST, and it may not come back', () => {
    const h = createHarness();
    const agent = h.agent();
    const aware = h.framework();
    const other = h.framework({ capabilities: NON_PA });
    launch(h, aware, 't1');
    h.clock.advance(1_000);
    launch(h, other, 't2');
    h.master.markAgentGone(agent.id);
    h.settle();
    expect(aware.updates()).toMatchObject([
      { state: 'TASK_GONE_BY_OPERATOR', reason: 'REASON_AGENT_REMOVED_BY_OPERATOR' },
    ]);
    expect(other.updates()).toMatchObject([{ state: 'TASK_LOST', reason: 'REASON_AGENT_REMOVED' }]);
    expect(agent.messages.at(-1)).toEqual({ type: 'shutdownAgent', message: 'Agent has been marked gone' });
    const again = new FakeAgent(h.master.agents, { id: agent.id });
    again.connect();
    h.settle();
    expect(again.isShutDown).toBe(true);
    expect(h.master.state()).toMatchObject({ agents: [], goneAgents: [{ id: agent.id }] });
    // Once more is fine.
    h.master.markAgentGone(agent.id);
    h.settle();
  });

  test('is marked gone while it is unreachable: its tasks are over', () => {
    const h = createHarness({ maxAgentPingTimeouts: 1 });
    const agent = h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1');
    agent.isMute = true;
    h.clock.advance(40_000);
    h.master.markAgentGone(agent.id);
    h.settle();
    expect(scheduler.updates().map(({ state }) => state)).toEqual(['TASK_UNREACHABLE', 'TASK_GONE_BY_OPERATOR']);
    expect(h.master.state()).toMatchObject({
      unreachableAgents: [],
      goneAgents: [{ id: agent.id }],
      frameworks: [{ unreachableTasks: [], completedTasks: [{ state: 'TASK_GONE_BY_OPERATOR' }] }],
    });
  });

  test('is removed by the operator: told to shut down, its tasks TASK_LOST', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1');
    h.master.removeAgent(agent.id);
    h.settle();
    expect(agent.isShutDown).toBe(true);
    expect(scheduler.updates()).toMatchObject([{ state: 'TASK_LOST' }]);
    expect(() => h.master.removeAgent(agent.id)).toThrow('agentId: expected an agent that is registered');
    expect(() => h.master.markAgentGone(AgentId('x'))).toThrow('agentId: expected an agent that is known, got "x"');
  });
});
