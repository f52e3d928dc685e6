import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AgentId, FrameworkId } from '../../src/core/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { AGENT_CAPABILITIES, createFleet, type Given } from '../allocator/fleet.ts';

/*
 * What is held of the options beyond Mesos: nobody gets more than its bound in a round, and nothing that somebody wants
 * waits for longer than it must; packing and spreading decide which agents are first, and nothing else.
 */

const HOUR_MS = 3_600_000;

function grouped(offers: readonly Given[]): ReadonlyMap<string, readonly Given[]> {
  const byFramework = new Map<string, Given[]>();
  for (const offer of offers) byFramework.set(offer.framework, [...(byFramework.get(offer.framework) ?? []), offer]);
  return byFramework;
}

describe('maxOffersPerRound', () => {
  const cluster = fc.record({
    agents: fc.integer({ min: 1, max: 30 }),
    frameworks: fc.integer({ min: 1, max: 4 }),
    roles: fc.integer({ min: 1, max: 3 }),
    max: fc.integer({ min: 1, max: 5 }),
    reserved: fc.boolean(),
  });

  test('is what a framework gets in a round, and each round gives it as much while something is left', () => {
    fc.assert(
      fc.property(cluster, ({ agents, frameworks, roles, max, reserved }) => {
        const fleet = createFleet({ maxOffersPerRound: max });
        for (let i = 0; i < frameworks; i++)
          fleet.addFramework(
            `f${i}`,
            Array.from({ length: roles }, (_, j) => `r${j}`),
          );
        for (let i = 0; i < agents; i++)
          fleet.addAgent(`a${i}`, reserved ? 'cpus:1;mem:128;cpus(r0):1' : 'cpus:1;mem:128');
        // What is reserved and what is not may go to different roles.
        let offered = 0;
        for (let round = 0; round < agents * 2 + 1; round++) {
          const offers = fleet.offers(round === 0 ? 0 : 1_000);
          for (const own of grouped(offers).values()) expect(own.length).toBeLessThanOrEqual(max);
          if (!reserved) expect(offers).toHaveLength(Math.min(agents - offered, frameworks * max));
          offered += offers.length;
        }
        for (const id of fleet.allocator.agentIds()) expect(fleet.allocator.agent(id)?.available.isEmpty).toBe(true);
        fleet.allocator.close();
      }),
      { numRuns: 60 },
    );
  });

  test('the example of docs/allocation.md', () => {
    const fleet = createFleet({ maxOffersPerRound: 3 });
    for (const id of ['f1', 'f2']) fleet.addFramework(id, ['r']);
    for (let i = 0; i < 10; i++) fleet.addAgent(`a${i}`, 'cpus:1;mem:128');
    const rounds = [0, 1_000, 1_000].map((ms) => {
      const offers = fleet.offers(ms);
      return ['f1', 'f2'].map((id) => offers.filter(({ framework }) => framework === id).length);
    });
    expect(rounds).toEqual([
      [3, 3],
      [2, 2],
      [0, 0],
    ]);
  });

  test('also bounds what one gets anew after it declined', () => {
    const fleet = createFleet({ maxOffersPerRound: 2 });
    fleet.addFramework('f1', ['r']);
    for (let i = 0; i < 5; i++) fleet.addAgent(`a${i}`, 'cpus:1;mem:128');
    const seen = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const offers = fleet.offers(round === 0 ? 0 : 1_000);
      for (const offer of offers) {
        seen.add(offer.agent);
        fleet.recover(offer, HOUR_MS);
      }
    }
    expect(seen.size).toBe(5);
  });
});

describe('agentOrder', () => {
  /** In which order agents are offered of which so many tenths of the CPUs are taken: one in each round. */
  function order(agentOrder: 'packing' | 'spreading', tenths: readonly number[]): readonly number[] {
    const fleet = createFleet({ agentOrder, maxOffersPerRound: 1 });
    for (const [i, taken] of tenths.entries()) {
      const used = Resources.scalars({ cpus: taken / 10 }).allocate('r');
      const total = Resources.parse('cpus:1;mem:1000');
      fleet.allocator.addAgent(
        AgentId(`a${i}`),
        { hostname: `a${i}`, total, attributes: [], capabilities: AGENT_CAPABILITIES },
        taken === 0 ? new Map() : new Map([[FrameworkId('old'), used]]),
      );
    }
    fleet.addFramework('f1', ['r']);
    const found = tenths.flatMap((_, round) => {
      return fleet.offers(round === 0 ? 0 : 1_000).map(({ agent }) => tenths[Number(agent.slice(1))] ?? -1);
    });
    fleet.allocator.close();
    return found;
  }

  const tenths = fc.array(fc.nat(9), { minLength: 1, maxLength: 12 });

  test('packing takes the fullest agents first, spreading the emptiest; all of them come', () => {
    fc.assert(
      fc.property(tenths, (all) => {
        expect(order('packing', all)).toEqual(all.toSorted((a, b) => b - a));
        expect(order('spreading', all)).toEqual(all.toSorted((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });

  test('changes nothing about who is offered something: two frameworks of equal share get as many agents', () => {
    for (const agentOrder of ['packing', 'spreading'] as const) {
      const fleet = createFleet({ agentOrder });
      for (const id of ['f1', 'f2']) fleet.addFramework(id, ['r']);
      for (let i = 0; i < 8; i++) fleet.addAgent(`a${i}`, 'cpus:1;mem:128');
      const counts = grouped(fleet.offers());
      expect([...counts.values()].map(({ length }) => length)).toEqual([4, 4]);
    }
  });
});

test.for([
  [{ maxOffersPerRound: 0 }, 'maxOffersPerRound: expected a whole number of 1 or more, got 0'],
  [{ maxOffersPerRound: 1.5 }, 'maxOffersPerRound: expected a whole number of 1 or more, got 1.5'],
  [{ agentOrder: 'any' as never }, 'agentOrder: expected random, packing or spreading, got "any"'],
] as const)('%j is refused', ([options, message]) => {
  expect(() => createFleet(options)).toThrow(message);
});
