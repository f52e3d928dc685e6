import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentId } from '../../src/core/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { createFleet, EVERY_KIND_OF_OFFER, type Fleet, type Given, SHARED_VOLUME } from '../allocator/fleet.ts';

/*
 * What must hold for agents of every kind, with reservations, ports, revocable and shared resources: nothing that is
 * offered was not free, all that is held and free adds up to the total, and what is given back is there again.
 */

const TOTALS = [
  'cpus:4;mem:128;ports:[1-9]',
  'cpus:4;mem:128;cpus(r):2;mem(r/s):64',
  '[{"name":"cpus","type":"SCALAR","scalar":{"value":2},"revocable":{}},{"name":"mem","type":"SCALAR","scalar":{"value":64}}]',
].map((text) => (text.startsWith('[') ? Resources.fromJSON(JSON.parse(text)) : Resources.parse(text)));

const frameworks = fc.array(
  fc.record({
    roles: fc.uniqueArray(fc.constantFrom('r', 'r/s', 't'), { minLength: 1 }),
    capabilities: fc.subarray([...EVERY_KIND_OF_OFFER]),
  }),
  { minLength: 1, maxLength: 4 },
);
const agents = fc.array(fc.record({ total: fc.constantFrom(...TOTALS), shared: fc.boolean() }), {
  minLength: 1,
  maxLength: 4,
});
const answers = fc.array(
  fc.record({ which: fc.nat(9), keep: fc.boolean(), refuseMs: fc.constantFrom(undefined, 1_000, 9_000) }),
  { minLength: 5, maxLength: 30, size: 'max' },
);

function build(given: {
  readonly frameworks: readonly { readonly roles: readonly string[]; readonly capabilities: readonly string[] }[];
  readonly agents: readonly { readonly total: Resources; readonly shared: boolean }[];
}): Fleet {
  const fleet = createFleet();
  for (const [i, info] of given.frameworks.entries()) fleet.addFramework(`f${i}`, info.roles, info);
  for (const [i, { total, shared }] of given.agents.entries()) {
    fleet.addAgent(`a${i}`, '', { total: shared ? total.plus(SHARED_VOLUME) : total });
  }
  return fleet;
}

function heldOn(fleet: Fleet, agent: AgentId): Resources {
  const entries = [...fleet.allocator.books()].filter(({ agentId }) => agentId === agent);
  return Resources.sum(entries.map(({ resources }) => resources.unallocate()));
}

function checkBooks(fleet: Fleet): void {
  for (const id of fleet.allocator.agentIds()) {
    const { total, available } = fleet.allocator.agent(id) ?? expect.fail(`${id} is known`);
    const held = heldOn(fleet, id).nonShared();
    expect(total.contains(held)).toBe(true);
    expect(available.nonShared().plus(held).equals(total.nonShared())).toBe(true);
    expect(available.shared().equals(total.shared())).toBe(true);
  }
}

describe('allocator, any agents', () => {
  test('held and free add up to the total; what is offered was free; what is given back is there again', () => {
    fc.assert(
      fc.property(frameworks, agents, answers, (some, all, given) => {
        const fleet = build({ frameworks: some, agents: all });
        let outstanding: Given[] = [...fleet.offers()];
        checkBooks(fleet);
        for (const { which, keep, refuseMs } of given) {
          const offer = outstanding[which % Math.max(1, outstanding.length)];
          if (offer !== undefined) {
            outstanding = outstanding.filter((other) => other !== offer);
            const ports = keep ? offer.resources.named('cpus') : Resources.empty;
            fleet.recover({ ...offer, resources: offer.resources.minus(ports) }, refuseMs);
            if (!ports.isEmpty) outstanding.push({ ...offer, resources: ports });
            checkBooks(fleet);
          }
          const free = new Map([...fleet.allocator.agentIds()].map((id) => [id, fleet.allocator.agent(id)?.available]));
          const offers = fleet.offers(1000);
          for (const id of fleet.allocator.agentIds()) {
            const parts = offers.filter(({ agent }) => agent === id).map(({ resources }) => resources.unallocate());
            expect(free.get(id)?.contains(Resources.sum(parts))).toBe(true);
          }
          outstanding.push(...offers);
          checkBooks(fleet);
        }
        for (const offer of outstanding) fleet.recover(offer);
        expect([...fleet.allocator.books()]).toEqual([]);
        for (const share of fleet.allocator.snapshot().dominantShares.values()) expect(share).toBe(0);
        for (const id of fleet.allocator.agentIds()) {
          const { total, available } = fleet.allocator.agent(id) ?? expect.fail(`${id} is known`);
          expect(available.equals(total)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('filters are monotone: with one refusal more nobody is offered an agent that he was not offered before', () => {
    fc.assert(
      fc.property(agents, fc.nat(9), fc.nat(9), (all, first, second) => {
        const told = (refusals: readonly number[]): ReadonlySet<string> => {
          const fleet = build({ frameworks: [{ roles: ['r'], capabilities: EVERY_KIND_OF_OFFER }], agents: all });
          const offers = fleet.offers();
          for (const [i, offer] of offers.entries()) fleet.recover(offer, refusals.includes(i) ? 60_000 : undefined);
          return new Set(fleet.told(1000));
        };
        const few = told([first]);
        for (const offer of told([first, second])) expect(few).toContain(offer);
      }),
      { numRuns: 50 },
    );
  });

  test('the same resources are not offered again while they are refused, in any role', () => {
    fc.assert(
      fc.property(frameworks, agents, (some, all) => {
        const fleet = build({ frameworks: some, agents: all });
        const refused = new Set<string>();
        const bound = some.length * 3 * all.length + 1;
        for (let round = 0; round < bound; round++) {
          const offers = fleet.offers(round === 0 ? 0 : 1000);
          if (offers.length === 0) break;
          for (const offer of offers) {
            const text = `${offer.framework} ${offer.role} ${offer.agent} ${offer.resources.unallocate()}`;
            expect(refused.has(text)).toBe(false);
            refused.add(text);
            fleet.recover(offer, 3_600_000);
          }
        }
        expect(fleet.offers(5000)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
