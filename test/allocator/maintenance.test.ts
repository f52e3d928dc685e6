import { describe, expect, test } from 'vitest';
import type { AllocatorOptions } from '../../src/allocator/index.ts';
import { AgentId, FrameworkId } from '../../src/core/index.ts';
import type { Unavailability } from '../../src/offers/index.ts';
import { parseAttributes, Resources } from '../../src/resources/index.ts';
import { AGENT_CAPABILITIES, createFleet, type Fleet } from './fleet.ts';

const TINY = 'cpus:1;mem:128';
const A1 = AgentId('a1');
const A2 = AgentId('a2');
const F1 = FrameworkId('f1');
const F2 = FrameworkId('f2');
const SOON: Unavailability = { startMs: 60_000, durationMs: 5_000 };

/** A fleet that tells what was asked back since the last time: `f1 a1 60000`. */
function createAskingFleet(options: Partial<AllocatorOptions> = {}): Fleet & { asked(ms?: number): readonly string[] } {
  let asked: string[] = [];
  const fleet = createFleet({
    onInverseOffers(framework, agents) {
      for (const [agent, { startMs }] of agents) asked.push(`${framework} ${agent} ${startMs}`);
    },
    ...options,
  });
  return {
    ...fleet,
    asked(ms = 0) {
      fleet.clock.advance(ms);
      const last = asked;
      asked = [];
      return last.sort();
    },
  };
}

/** Two agents, each wholly with one of two frameworks; `a1` is planned to go. */
function twoHolders(): ReturnType<typeof createAskingFleet> & { readonly holder: FrameworkId } {
  const fleet = createAskingFleet();
  fleet.addFramework('f1', ['r']);
  fleet.addFramework('f2', ['r']);
  fleet.addAgent('a1', TINY);
  fleet.addAgent('a2', TINY);
  const holder = FrameworkId(fleet.offers().find(({ agent }) => agent === 'a1')?.framework ?? '');
  fleet.allocator.updateUnavailability(A1, SOON);
  return { ...fleet, holder };
}

describe('maintenance', () => {
  test('who holds something of the agent is asked, once, in a run that has it as a candidate', () => {
    const fleet = twoHolders();
    expect(fleet.asked()).toEqual([`${fleet.holder} a1 60000`]);
    expect(fleet.asked(5_000)).toEqual([]);
    expect(fleet.allocator.agent(A1)?.unavailability).toEqual(SOON);
    expect(fleet.allocator.agent(A2)).not.toHaveProperty('unavailability');
  });

  test('who gets something of it later is asked in the same run, after the offers', () => {
    const said: string[] = [];
    const fleet = createAskingFleet({
      onOffers: () => said.push('offers'),
      onInverseOffers: () => said.push('inverse offers'),
    });
    fleet.addFramework('f1', ['r']);
    const info = { hostname: 'a1', total: Resources.parse(TINY), attributes: [], capabilities: AGENT_CAPABILITIES };
    fleet.allocator.addAgent(A1, info, new Map(), SOON);
    fleet.clock.advance(0);
    expect(said).toEqual(['offers', 'inverse offers']);
  });

  test('after an answer it is asked again, unless it does not want to be for some time', () => {
    const fleet = twoHolders();
    const { holder, allocator } = fleet;
    const again = [`${holder} a1 60000`];
    fleet.asked();
    allocator.updateInverseOffer(A1, holder);
    expect(fleet.asked(1_000)).toEqual(again);
    allocator.updateInverseOffer(A1, holder, 0);
    expect(fleet.asked(1_000)).toEqual(again);
    allocator.updateInverseOffer(A1, holder, 2_500);
    expect(fleet.asked(2_000)).toEqual([]);
    expect(fleet.asked(1_000)).toEqual(again);
    allocator.updateInverseOffer(A1, holder, -1);
    expect(fleet.asked(4_000)).toEqual([]);
    expect(fleet.asked(1_000)).toEqual(again);
  });

  test('of two filters the longer one holds', () => {
    const fleet = twoHolders();
    fleet.asked();
    fleet.allocator.updateInverseOffer(A1, fleet.holder, 4_500);
    fleet.allocator.updateInverseOffer(A1, fleet.holder, 1_000);
    expect(fleet.asked(4_000)).toEqual([]);
    expect(fleet.asked(1_000)).toHaveLength(1);
  });

  test.for([
    ['another plan', (fleet) => fleet.allocator.updateUnavailability(A1, { startMs: 60_000 })],
    ['revival of any role', (fleet) => fleet.allocator.reviveOffers(fleet.holder, [])],
    [
      'an update of the framework',
      (fleet) => fleet.allocator.updateFramework(fleet.holder, { roles: ['r'], capabilities: ['MULTI_ROLE'] }),
    ],
    [
      'its scheduler going and coming',
      (fleet) => {
        fleet.allocator.deactivateFramework(fleet.holder);
        fleet.allocator.activateFramework(fleet.holder);
      },
    ],
    [
      'other attributes of the agent',
      (fleet) => {
        const attributes = parseAttributes('rack:1');
        const info = { hostname: 'a1', total: Resources.parse(TINY), attributes, capabilities: AGENT_CAPABILITIES };
        fleet.allocator.updateAgent(A1, info);
      },
    ],
  ] as const satisfies readonly (readonly [string, (fleet: ReturnType<typeof twoHolders>) => void])[])(
    'filters end with %s',
    ([, end]) => {
      const fleet = twoHolders();
      fleet.asked();
      fleet.allocator.updateInverseOffer(A1, fleet.holder, 60_000);
      expect(fleet.asked(2_000)).toEqual([]);
      end(fleet);
      expect(fleet.asked(1_000)).toEqual([`${fleet.holder} a1 60000`]);
    },
  );

  test('an agent that is updated otherwise keeps its plan and its filters', () => {
    const fleet = twoHolders();
    fleet.asked();
    fleet.allocator.updateInverseOffer(A1, fleet.holder, 60_000);
    const total = Resources.parse('cpus:2;mem:256');
    fleet.allocator.updateAgent(A1, { hostname: 'a3', total, attributes: [], capabilities: AGENT_CAPABILITIES });
    expect(fleet.asked(1_000)).not.toContain(`${fleet.holder} a1 60000`);
    expect(fleet.allocator.agent(A1)?.unavailability).toEqual(SOON);
  });

  test('nobody is asked who is inactive, unknown, or has left the agent; a plan that is dropped asks nobody', () => {
    const fleet = createAskingFleet();
    const { allocator } = fleet;
    fleet.addFramework('f1', ['r']);
    fleet.addAgent('a1', TINY);
    const [offer] = fleet.offers();
    allocator.deactivateFramework(F1);
    allocator.updateUnavailability(A1, SOON);
    expect(fleet.asked(1_000)).toEqual([]);
    allocator.suppressOffers(F1);
    allocator.activateFramework(F1);
    expect(fleet.asked()).toEqual(['f1 a1 60000']);
    allocator.updateInverseOffer(A1, F1);
    if (offer !== undefined) fleet.recover(offer);
    expect(fleet.asked(1_000)).toEqual([]);
    const info = { hostname: 'a2', total: Resources.parse(TINY), attributes: [], capabilities: AGENT_CAPABILITIES };
    allocator.addAgent(A2, info, new Map([[F2, info.total.allocate('r')]]), SOON);
    expect(fleet.asked(1_000)).toEqual([]);
    fleet.addFramework('f2', ['r']);
    expect(fleet.asked()).toContain('f2 a2 60000');
    allocator.updateInverseOffer(A2, F2);
    allocator.updateUnavailability(A2, undefined);
    expect(fleet.asked(1_000)).not.toContain('f2 a2 60000');
  });

  test('also agents that are not offered are asked back', () => {
    const fleet = twoHolders();
    fleet.asked();
    fleet.allocator.updateWhitelist([]);
    fleet.allocator.deactivateAgent(A1);
    fleet.allocator.updateInverseOffer(A1, fleet.holder);
    expect(fleet.asked(1_000)).toEqual([`${fleet.holder} a1 60000`]);
  });

  test('a framework or an agent that comes anew is asked anew; answers about those that are gone are ignored', () => {
    const fleet = twoHolders();
    const { holder, allocator } = fleet;
    fleet.asked();
    allocator.updateInverseOffer(A1, holder, 60_000);
    allocator.removeAgent(A1);
    allocator.updateInverseOffer(A1, holder);
    expect(fleet.asked(1_000)).toEqual([]);
    fleet.addAgent('a1', TINY);
    allocator.updateUnavailability(A1, SOON);
    expect(fleet.asked()).toHaveLength(1);
    allocator.removeFramework(holder);
    allocator.updateInverseOffer(A1, holder);
    fleet.addFramework(holder, ['r']);
    expect(fleet.asked(1_000)).toHaveLength(1);
  });

  test('an unknown agent cannot be planned for', () => {
    const fleet = createFleet();
    expect(() => fleet.allocator.updateUnavailability(A1, SOON)).toThrow('agentId: expected a known agent, got a1');
  });
});
