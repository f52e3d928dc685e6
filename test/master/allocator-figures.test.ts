import { expect, test } from 'vitest';
import { createAllocator } from '../../src/allocator/index.ts';
import { AgentId, FrameworkId } from '../../src/core/index.ts';
import { apply } from '../../src/master/index.ts';
import { figuresAgree } from '../../src/master/allocator-figures.ts';
import { Quantities, ResourceLimits, Resources } from '../../src/resources/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { SimulatedClock } from '../../src/testing/simulated-clock.ts';
import { bareState } from '../support/bare-state.ts';

const AGENT = AgentId('a');
const FRAMEWORK = FrameworkId('f');

test('figuresAgree() names what the allocator reckons with and the master does not', () => {
  const state = bareState();
  const total = Resources.parse('cpus:4;ports:[1-4]');
  const allocator = createAllocator({
    clock: new SimulatedClock(),
    random: seededRandom(1),
    onOffers: () => undefined,
  });
  expect(figuresAgree(state, allocator)).toEqual([]);

  allocator.addAgent(AGENT, { hostname: 'h', total, attributes: [], capabilities: [] }, new Map());
  expect(figuresAgree(state, allocator)).toEqual(["A3: all agents have {}, in the allocator's books cpus:4"]);
  apply(state, {
    type: 'agentAdded',
    agent: {
      id: AGENT,
      info: { id: AGENT, hostname: 'h', resources: total, attributes: [] },
      total,
      connection: 1,
      epoch: 0,
      unansweredPings: 0,
      killsWhenBack: [],
      inverseOfferStatuses: [],
      registeredMs: 0,
      reregisteredMs: undefined,
    },
  });
  expect(figuresAgree(state, allocator)).toEqual([]);
  apply(state, { type: 'agentDisconnected', agentId: AGENT });
  expect(figuresAgree(state, allocator)).toEqual(['A3: agent a is active, and not connected']);
  allocator.deactivateAgent(AGENT);

  const info = { roles: ['r'], capabilities: [] };
  allocator.addFramework(FRAMEWORK, { ...info, suppressedRoles: ['r'] }, { active: true, used: new Map() });
  apply(state, {
    type: 'frameworkAdded',
    framework: {
      id: FRAMEWORK,
      info: { id: FRAMEWORK, user: 'u', name: 'f', roles: ['r'] },
      suppressedRoles: [],
      offerConstraints: {},
      connection: undefined,
      recovered: true,
      subscriptions: 0,
      registeredMs: 0,
      reregisteredMs: 0,
    },
  });
  expect(figuresAgree(state, allocator)).toEqual([
    'A3: framework f is active, and not connected',
    "A3: framework f suppresses ; in the allocator's books r",
  ]);
  allocator.deactivateFramework(FRAMEWORK);
  allocator.updateFramework(FRAMEWORK, info);

  apply(state, { type: 'weightsUpdated', weights: { r: 2 } });
  expect(figuresAgree(state, allocator)).toEqual(["A3: role r weighs 2, in the allocator's books 1"]);
  allocator.updateWeights({ r: 2 });
  expect(figuresAgree(state, allocator)).toEqual([]);

  const quota = { guarantees: Quantities.empty, limits: ResourceLimits.of({ cpus: 1 }) };
  apply(state, { type: 'quotaUpdated', quotas: [{ role: 'r', ...quota }] });
  const own = '{"guarantees":{},"limits":{"cpus":1}}';
  expect(figuresAgree(state, allocator)).toEqual([`A3: role r has quota ${own}, in the allocator's books none`]);
  allocator.updateQuota('r', quota);
  expect(figuresAgree(state, allocator)).toEqual([]);
  allocator.updateQuota('s', quota);
  expect(figuresAgree(state, allocator)).toEqual([`A3: role s has quota none, in the allocator's books ${own}`]);
  allocator.updateQuota('s', { guarantees: Quantities.empty, limits: ResourceLimits.empty });
  expect(figuresAgree(state, allocator)).toEqual([]);
  allocator.close();
});
