import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { createMaster, MASTER_VERSION, type MasterEvent, type MasterOptions } from '../../src/master/index.ts';
import { Quantities, Resources } from '../../src/resources/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { FakeAgent } from '../support/fake-agent.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createHarness, launch, taskOf } from '../support/master-harness.ts';

const SUBSCRIBE = { type: 'subscribe', frameworkInfo: { user: 'u', name: 'f' } } as const;

describe('createMaster()', () => {
  test.for([
    [{ heartbeatIntervalMs: 0 }, 'heartbeatIntervalMs: expected milliseconds, finite and greater than 0, got 0'],
    [{ agentPingTimeoutMs: Number.NaN }, 'agentPingTimeoutMs: expected milliseconds'],
    [{ agentReregisterTimeoutMs: -1 }, 'agentReregisterTimeoutMs: expected milliseconds'],
    [{ offerTimeoutMs: 0 }, 'offerTimeoutMs: expected milliseconds'],
    [{ allocationIntervalMs: 0 }, 'allocationIntervalMs: expected'],
    [{ maxAgentPingTimeouts: 0 }, 'maxAgentPingTimeouts: expected a whole number of 1 or more, got 0'],
    [{ maxCompletedFrameworks: 1.5 }, 'maxCompletedFrameworks: expected a whole number of 0 or more, got 1.5'],
    [{ maxCompletedTasksPerFramework: -1 }, 'maxCompletedTasksPerFramework: expected a whole number'],
    [{ maxUnreachableTasksPerFramework: -1 }, 'maxUnreachableTasksPerFramework: expected a whole number'],
    [{ hostname: '' }, 'hostname: expected a name, got ""'],
    [{ weights: { eng: 0 } }, 'weights.eng: expected a finite number greater than 0, got 0'],
    [{ weights: { '/': 1 } }, 'weights: '],
    [{ maxOffersPerRound: 0 }, 'maxOffersPerRound: expected a whole number of 1 or more, got 0'],
    [{ agentOrder: 'tight' as never }, 'agentOrder: expected random, packing or spreading, got "tight"'],
    [{ sorter: 'fair' as never }, 'sorter: expected drf or random, got "fair"'],
  ] satisfies readonly (readonly [Partial<MasterOptions>, string])[])('refuses %j', ([options, message]) => {
    const make = () => createMaster({ clock: createManualClock(), random: seededRandom(1), ...options });
    expect(make).toThrow(message);
  });

  test('says the version of the package', () => {
    expect(MASTER_VERSION).toBe(packageJson.version);
  });

  test('passes weights and the least offer on to the allocator', () => {
    const h = createHarness({ weights: { eng: 3 }, minAllocatable: [Quantities.of({ cpus: 8 })] });
    h.agent();
    const scheduler = h.framework();
    h.clock.advance(2_000);
    expect(scheduler.offers.size).toBe(0);
    expect(h.master.state().weights).toEqual({ eng: 3 });
  });

  test.for([
    ['packing', ['a2', 'a1', 'a3']],
    ['spreading', ['a3', 'a1', 'a2']],
  ] as const)(
    'passes on how many offers a framework gets in a round, and in which order: %s',
    ([agentOrder, hosts]) => {
      const h = createHarness({ maxOffersPerRound: 1, agentOrder });
      for (const hostname of ['a1', 'a2', 'a3']) h.agent({ hostname, resources: Resources.parse('cpus:4;mem:400') });
      const first = h.framework();
      h.clock.advance(2_000);
      first.call({ type: 'suppress', roles: [] });
      for (const offer of first.offers.values()) {
        const task = taskOf(offer, offer.hostname, { a1: 'cpus:2', a2: 'cpus:3', a3: 'cpus:1' }[offer.hostname]);
        const launchIt = { type: 'LAUNCH', taskInfos: [task] } as const;
        first.call({ type: 'accept', offerIds: [offer.id], operations: [launchIt], filters: { refuseMs: 0 } });
      }
      h.settle();
      const second = h.framework({ roles: ['ops'] });
      const seen = hosts.map((_, round) => {
        if (round > 0) h.clock.advance(1_000);
        return [...second.offers.values()].map(({ hostname }) => hostname);
      });
      expect(seen).toEqual(hosts.map((_, round) => hosts.slice(0, round + 1)));
    },
  );
});

describe('Master', () => {
  test('never calls back within connect, send or close', () => {
    const h = createHarness();
    let calls = 0;
    const handlers = { onMessage: () => void (calls += 1), onClosed: () => void (calls += 1) };
    const channel = h.master.schedulers.connect(SUBSCRIBE, handlers);
    expect(calls).toBe(0);
    h.settle();
    expect(calls).toBe(2);
    channel.send({ type: 'reconcile', tasks: [] });
    channel.send({ type: 'teardown' });
    expect(calls).toBe(2);
    h.settle();
    expect(calls).toBe(3);
  });

  test('sends nothing to a peer that has closed, and does not tell it of its own closing', () => {
    const h = createHarness({ heartbeatIntervalMs: 10 });
    const heard: string[] = [];
    const channel = h.master.schedulers.connect(SUBSCRIBE, {
      onMessage: ({ type }) => heard.push(type),
      onClosed: (reason) => heard.push(reason),
    });
    channel.close();
    channel.close();
    h.clock.advance(100);
    expect(heard).toEqual([]);
    // The subscription was on its way, and has ended with the connection.
    expect(h.master.state().frameworks).toEqual([]);
  });

  test('survives a handler that throws: the others get what is theirs, the error surfaces on its own', () => {
    const h = createHarness();
    const broken = () => {
      throw new Error('mine');
    };
    h.master.schedulers.connect(SUBSCRIBE, { onMessage: broken, onClosed: () => undefined });
    const heard: string[] = [];
    h.master.schedulers.connect(SUBSCRIBE, { onMessage: ({ type }) => heard.push(type), onClosed: () => undefined });
    expect(() => h.settle()).toThrow('mine');
    expect(heard).toEqual(['subscribed', 'heartbeat']);
  });

  test('refuses a connection without handlers', () => {
    const h = createHarness();
    expect(() => h.master.agents.connect({} as never)).toThrow('handlers: expected functions onMessage and onClosed');
  });

  test('shows its changes as events, after they happened, and completes when it is closed', async () => {
    const h = createHarness();
    const seen: string[] = [];
    const watch = (event: MasterEvent): void => {
      seen.push(`${event.type} ${h.master.state().frameworks.length}`);
    };
    h.master.events$.subscribe({ next: watch, complete: () => seen.push('complete') });
    h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1');
    await h.master.close();
    expect(seen).toEqual([
      'registryLoaded 0',
      'admissionStarted 0',
      'admissionEnded 0',
      'agentAdded 0',
      'pongReceived 0',
      'frameworkAdded 1',
      'offersMade 1',
      'offerEnded 1',
      'taskLaunched 1',
      'complete',
    ]);
  });

  test('closed breaks every connection, stops all timers, and refuses what comes later', async () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    const closing = h.master.close();
    expect(scheduler.closed).toEqual([]);
    await closing;
    await h.master[Symbol.asyncDispose]();
    expect([scheduler.closed, agent.closed]).toEqual([['Master closed'], ['Master closed']]);
    expect(h.clock.pending).toBe(0);
    expect(() => h.master.updateWeights({ eng: 1 })).toThrow('Expected an open master for updateWeights');
    scheduler.connect();
    h.settle();
    expect(scheduler.closed).toEqual(['Master closed', 'Master closed']);
  });

  test('goes through long queues in rounds, in order', () => {
    const h = createHarness({ checkInvariants: false });
    const scheduler = h.framework();
    for (let index = 0; index < 5_000; index++) scheduler.call({ type: 'suppress' });
    scheduler.call({ type: 'teardown' });
    scheduler.call({ type: 'revive' });
    h.settle();
    expect(h.master.state().frameworks).toEqual([]);
    expect(h.logged.at(-1)).toContain('Dropped revive');
  });

  test('decides on what the allocator has set aside before anything that happened later', () => {
    const h = createHarness({ allocationIntervalMs: 1_000 });
    const agent = h.agent();
    const scheduler = h.framework();
    scheduler.call({ type: 'decline', offerIds: [scheduler.offer().id], filters: { refuseMs: 0 } });
    h.settle();
    const beforeBatchMs = 1_000 - h.clock.monotonicMs();
    // Right after the allocation the agent leaves, and another of its id comes: what was set aside is not there any more.
    h.clock.schedule(beforeBatchMs, () => {
      agent.send({ type: 'unregisterAgent' });
      new FakeAgent(h.master.agents, { id: agent.id }).connect();
    });
    h.clock.advance(beforeBatchMs + 1);
    expect(scheduler.heard()).toEqual(['subscribed', 'offers', 'offers', 'rescind', 'failure', 'offers']);
    expect(h.master.state().offers).toHaveLength(1);
  });

  test('refuses weights that are none', () => {
    const h = createHarness();
    expect(() => h.master.updateWeights({ eng: -1 })).toThrow(
      'weights.eng: expected a finite number greater than 0, got -1',
    );
  });

  test('shows agents, frameworks, tasks and what is used of what', () => {
    const h = createHarness();
    h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1', 'cpus:1;mem:64');
    h.clock.advance(1_000);
    const state = h.master.state();
    expect(state.total.toString()).toBe('cpus:4; disk:1024; mem:1024');
    expect(state.used.toString()).toBe('cpus:1; mem:64');
    expect(state.offered.toString()).toBe('cpus:3; disk:1024; mem:960');
    expect(state.frameworks[0]?.used.equals(state.used)).toBe(true);
    expect(state.frameworks[0]?.offered.equals(state.offered)).toBe(true);
    expect(state.agents[0]?.offered.toString()).toBe('cpus:3; mem:960; disk:1024');
    // All of it is plain data, or knows how to become so.
    expect(JSON.parse(JSON.stringify(state))).toMatchObject({ tasks: [{ taskId: 't1' }], used: { cpus: 1, mem: 64 } });
  });
});
