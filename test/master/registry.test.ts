import { describe, expect, test } from 'vitest';
import { AgentId, MasterId } from '../../src/core/index.ts';
import {
  apply,
  createMaster,
  createMemoryRegistry,
  decide,
  emptyState,
  type MemoryRegistry,
  type RegistryFault,
  type RegistryOperation,
  type RegistryOutcome,
} from '../../src/master/index.ts';
import { readConfig } from '../../src/master/options.ts';
import { applyToRegistry, copyRegistry } from '../../src/master/registry.ts';
import type { AgentInfo } from '../../src/protocol/index.ts';
import { Quantities, ResourceLimits, Resources } from '../../src/resources/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { createHarness } from '../support/master-harness.ts';

const A = AgentId('a');
const INFO: AgentInfo = { id: A, hostname: 'h', resources: Resources.parse('cpus:1'), attributes: [] };

/** What is in a registry, in a form that is easily compared. */
function contents(registry: ReturnType<MemoryRegistry['state']>): object {
  const { agents, unreachableAgents, goneAgents, weights, quotas, machines } = registry;
  return {
    admitted: [...agents.keys()],
    unreachable: [...unreachableAgents].map(
      ([id, { hostname, unreachableMs }]) => `${id} ${hostname} ${unreachableMs}`,
    ),
    gone: [...goneAgents].map(([id, goneMs]) => `${id} ${goneMs}`),
    weights: Object.fromEntries(weights),
    quotas: [...quotas].map(([role, { guarantees, limits }]) => `${role} ${guarantees} ${limits}`),
    machines: Object.fromEntries(machines),
  };
}

const ADMIT: RegistryOperation = { type: 'admitAgent', agentId: A, agentInfo: INFO };
const UPDATE: RegistryOperation = { type: 'updateAgent', agentId: A, agentInfo: INFO };
const REACHABLE: RegistryOperation = { type: 'markAgentReachable', agentId: A, agentInfo: INFO };
const UNREACHABLE: RegistryOperation = { type: 'markAgentUnreachable', agentId: A, unreachableMs: 5 };
const GONE: RegistryOperation = { type: 'markAgentGone', agentId: A, goneMs: 7 };
const REMOVE: RegistryOperation = { type: 'removeAgent', agentId: A };
const PRUNE: RegistryOperation = { type: 'pruneAgents', unreachable: [A], gone: [A] };

const draining = (startMs: number) => ({ mode: 'DRAINING', unavailability: { startMs } });
const SCHEDULE: RegistryOperation = {
  type: 'updateMaintenanceSchedule',
  plan: [
    { hostname: 'h1', unavailability: { startMs: 1 } },
    { hostname: 'h2', unavailability: { startMs: 2 } },
  ],
};
const LIMIT: RegistryOperation = {
  type: 'updateQuota',
  quotas: [
    { role: 'eng', guarantees: Quantities.empty, limits: ResourceLimits.of({ cpus: 2 }) },
    { role: 'ops', guarantees: Quantities.of({ cpus: 1 }), limits: ResourceLimits.empty },
  ],
};
const UNLIMIT: RegistryOperation = {
  type: 'updateQuota',
  quotas: [{ role: 'eng', guarantees: Quantities.empty, limits: ResourceLimits.empty }],
};
const DOWN: RegistryOperation = { type: 'startMaintenance', hostnames: ['h1'] };
const UP: RegistryOperation = { type: 'stopMaintenance', hostnames: ['h1'] };

const NOTHING = { admitted: [], unreachable: [], gone: [], weights: {}, quotas: [], machines: {} };
const ADMITTED = { ...NOTHING, admitted: ['a'] };
const IS_UNREACHABLE = { ...NOTHING, unreachable: ['a h 5'] };
const IS_GONE = { ...NOTHING, gone: ['a 7'] };

describe('An operation of the registry', () => {
  test.for([
    [[ADMIT], ADMITTED],
    [[ADMIT, UPDATE], ADMITTED],
    [[ADMIT, REMOVE], NOTHING],
    [[ADMIT, UNREACHABLE], IS_UNREACHABLE],
    [[UNREACHABLE], NOTHING],
    [[ADMIT, UNREACHABLE, REACHABLE], ADMITTED],
    [[ADMIT, UNREACHABLE, REMOVE], IS_UNREACHABLE],
    [[ADMIT, UNREACHABLE, PRUNE], NOTHING],
    [[ADMIT, PRUNE], ADMITTED],
    [[ADMIT, GONE], IS_GONE],
    [[ADMIT, UNREACHABLE, GONE], IS_GONE],
    [[ADMIT, GONE, { ...GONE, goneMs: 9 }], IS_GONE],
    [[ADMIT, GONE, REACHABLE], IS_GONE],
    [[ADMIT, GONE, UNREACHABLE], IS_GONE],
    [[ADMIT, GONE, REMOVE], IS_GONE],
    [[ADMIT, GONE, PRUNE], NOTHING],
    [
      [
        { type: 'updateWeights', weights: { eng: 2, ops: 3 } },
        { type: 'updateWeights', weights: { eng: 4 } },
      ],
      { ...NOTHING, weights: { eng: 4, ops: 3 } },
    ],
    [[LIMIT], { ...NOTHING, quotas: ['eng {} cpus:2', 'ops cpus:1 {}'] }],
    [[LIMIT, UNLIMIT], { ...NOTHING, quotas: ['ops cpus:1 {}'] }],
    [[SCHEDULE], { ...NOTHING, machines: { h1: draining(1), h2: draining(2) } }],
    [[SCHEDULE, { ...SCHEDULE, plan: [] }], NOTHING],
    [[SCHEDULE, DOWN], { ...NOTHING, machines: { h1: { ...draining(1), mode: 'DOWN' }, h2: draining(2) } }],
    [[SCHEDULE, DOWN, { ...SCHEDULE, plan: [] }], { ...NOTHING, machines: { h1: { ...draining(1), mode: 'DOWN' } } }],
    [[SCHEDULE, DOWN, SCHEDULE, UP], { ...NOTHING, machines: { h2: draining(2) } }],
    [[SCHEDULE, UP], { ...NOTHING, machines: { h1: draining(1), h2: draining(2) } }],
    [[DOWN, UP], NOTHING],
  ] satisfies readonly (readonly [readonly RegistryOperation[], object])[])(
    'applied once or twice gives the same: %j',
    ([operations, expected]) => {
      const registry = copyRegistry();
      for (const operation of operations) applyToRegistry(registry, operation);
      expect(contents(registry)).toEqual(expected);
      for (const operation of operations) applyToRegistry(registry, operation);
      expect(contents(registry)).toEqual(expected);
    },
  );
});

describe('createMemoryRegistry()', () => {
  const written = (clock: ManualClock, registry: MemoryRegistry, epoch: number): RegistryOutcome[] => {
    const outcomes: RegistryOutcome[] = [];
    registry.write({ epoch, operations: [ADMIT] }, (outcome) => outcomes.push(outcome));
    expect(outcomes).toEqual([]);
    clock.advance(1_000);
    return outcomes;
  };

  test('takes its time, and calls back neither within a call nor before', () => {
    const clock = createManualClock();
    const registry = createMemoryRegistry({ clock, latencyMs: () => 10 });
    let epoch = 0;
    registry.recover((recovery) => {
      if (recovery.type === 'recovered') epoch = recovery.epoch;
    });
    clock.advance(9);
    expect(epoch).toBe(0);
    clock.advance(1);
    expect(epoch).toBe(1);
    registry.write({ epoch, operations: [ADMIT] }, () => undefined);
    clock.advance(9);
    expect(contents(registry.state())).toEqual(NOTHING);
    clock.advance(1);
    expect(contents(registry.state())).toEqual(ADMITTED);
  });

  test.for([
    ['lost', NOTHING],
    ['unconfirmed', ADMITTED],
  ] satisfies readonly (readonly [RegistryFault, object])[])(
    'writes nothing, or all, when it is %s',
    ([fault, left]) => {
      const clock = createManualClock();
      const registry = createMemoryRegistry({ clock, failure: () => fault });
      registry.recover(() => undefined);
      expect(written(clock, registry, 1)).toMatchObject([{ type: 'failed' }]);
      expect(contents(registry.state())).toEqual(left);
    },
  );

  test('writes nothing of a master that another has followed, what is under way included', () => {
    const clock = createManualClock();
    const registry = createMemoryRegistry({ clock, latencyMs: () => 10 });
    registry.recover(() => undefined);
    clock.advance(10);
    const outcomes: RegistryOutcome[] = [];
    registry.write({ epoch: 1, operations: [ADMIT] }, (outcome) => outcomes.push(outcome));
    registry.recover(() => undefined);
    clock.advance(1_000);
    expect(outcomes).toEqual([{ type: 'superseded' }]);
    expect(contents(registry.state())).toEqual(NOTHING);
    expect(written(clock, registry, 2)).toEqual([{ type: 'written' }]);
  });
});

describe('A master writes to its registry', () => {
  test('in batches: what comes while a write is under way goes along with the next', () => {
    const clock = createManualClock();
    const batches: string[][] = [];
    const registry = createMemoryRegistry({
      clock,
      latencyMs: () => 100,
      failure: (operations) => void batches.push(operations.map(({ type }) => type)),
    });
    const h = createHarness({ clock, registry });
    clock.advance(100);
    h.master.updateWeights({ eng: 2 });
    h.settle();
    h.master.updateWeights({ eng: 3 });
    h.master.updateWeights({ ops: 4 });
    h.settle();
    clock.advance(1_000);
    expect(batches).toEqual([['updateWeights'], ['updateWeights', 'updateWeights']]);
    expect(h.master.state().weights).toEqual({ eng: 3, ops: 4 });
  });

  test('again and again until it succeeds, and acts then, once', () => {
    const clock = createManualClock();
    const faults: RegistryFault[] = ['lost', 'unconfirmed', 'lost'];
    const h = createHarness({ clock, registry: createMemoryRegistry({ clock, failure: () => faults.shift() }) });
    const agent = h.agent();
    expect(agent.messages).toEqual([]);
    // After 100, 200 and 400 ms.
    clock.advance(690);
    expect(h.master.state().agents).toEqual([]);
    clock.advance(20);
    expect(agent.messages.map(({ type }) => type)).toEqual(['agentRegistered', 'ping']);
    expect(h.master.state().agents).toHaveLength(1);
    expect(h.logged.filter((line) => line.startsWith('The registry failed'))).toHaveLength(3);
  });

  test('and closes when another master has taken over', async () => {
    const h = createHarness();
    const agent = h.agent();
    await using successor = createMaster({ clock: h.clock, random: seededRandom(9), registry: h.registry });
    h.settle();
    h.master.updateWeights({ eng: 2 });
    h.settle();
    await Promise.resolve();
    expect(agent.closed).toEqual(['Master closed']);
    expect(() => h.master.updateWeights({ eng: 2 })).toThrow('Expected an open master');
    expect(successor.state().weights).toEqual({});
  });

  test('nothing, and decides nothing, before it has read it; a read that fails is tried again', () => {
    const clock = createManualClock();
    const memory = createMemoryRegistry({ clock });
    let tries = 0;
    const registry: MemoryRegistry = {
      ...memory,
      recover(done) {
        tries += 1;
        if (tries > 2) memory.recover(done);
        else clock.schedule(0, () => done({ type: 'failed', reason: 'not there yet' }));
      },
    };
    const h = createHarness({ clock, registry });
    const agent = h.agent();
    const scheduler = h.framework();
    clock.advance(100);
    expect([agent.messages, scheduler.events]).toEqual([[], []]);
    clock.advance(300);
    expect(agent.messages[0]?.type).toBe('agentRegistered');
    expect(scheduler.heard()[0]).toBe('subscribed');
  });

  test('that unreachable and gone agents are forgotten when they are two weeks old', () => {
    const h = createHarness({ agentReregisterTimeoutMs: 1_000 });
    const lost = h.agent();
    lost.disconnect();
    h.clock.advance(2_000);
    const gone = h.agent();
    h.master.markAgentGone(gone.id);
    h.settle();
    const dayMs = 24 * 3_600_000;
    h.clock.advance(13 * dayMs);
    expect(h.master.state()).toMatchObject({ unreachableAgents: [{ id: lost.id }], goneAgents: [{ id: gone.id }] });
    h.clock.advance(2 * dayMs);
    expect(h.master.state()).toMatchObject({ unreachableAgents: [], goneAgents: [] });
    expect(contents(h.registry.state())).toEqual(NOTHING);
  });

  test('that the oldest unreachable and gone agents are forgotten when there are too many', () => {
    const ids = ['a', 'b', 'c'].map((id) => AgentId(id));
    const state = emptyState(
      { id: MasterId('m'), hostname: 'h', version: '1' },
      { ...readConfig({ clock: createManualClock(), random: seededRandom(1) }), maxRemovedAgents: 1 },
    );
    const registry = {
      ...copyRegistry(),
      unreachableAgents: new Map(ids.map((id, n) => [id, { hostname: 'h', unreachableMs: 10 + n }])),
      goneAgents: new Map(ids.map((id, n) => [AgentId(`${id}-gone`), 10 + n])),
    };
    apply(state, { type: 'registryLoaded', registry });
    const { effects } = decide(state, { type: 'registryPruningDue', wallMs: 20 });
    expect(effects).toContainEqual({
      type: 'writeRegistry',
      write: {
        type: 'configuration',
        operation: { type: 'pruneAgents', unreachable: ['a', 'b'], gone: ['a-gone', 'b-gone'] },
      },
    });
  });
});
