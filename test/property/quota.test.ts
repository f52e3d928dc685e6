import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentId } from '../../src/core/index.ts';
import { Quantities, ResourceLimits, Resources } from '../../src/resources/index.ts';
import { createFleet, EVERY_KIND_OF_OFFER, type Fleet, type Given, SHARED_VOLUME } from '../allocator/fleet.ts';

/*
 * What quota promises, for agents of every kind: with reservations, ports, disks that are taken whole, revocable and
 * shared resources. Expected figures are worked out from what the allocator's books and agents say, by name.
 */

const NAMES = ['cpus', 'mem', 'disk'] as const;
const ROLES = ['r', 'r/s', 't', 'u'] as const;
const TOTALS = [
  'cpus:4;mem:100;ports:[1-9]',
  'cpus:2;mem:100;cpus(r):2;mem(r/s):50;disk:70',
  '[{"name":"cpus","type":"SCALAR","scalar":{"value":2},"revocable":{}},{"name":"mem","type":"SCALAR","scalar":{"value":60}}]',
  '[{"name":"cpus","type":"SCALAR","scalar":{"value":3}},{"name":"disk","type":"SCALAR","scalar":{"value":80},"disk":{"source":{"type":"MOUNT"}}},{"name":"disk","type":"SCALAR","scalar":{"value":20}}]',
].map((text) => (text.startsWith('[') ? Resources.fromJSON(JSON.parse(text)) : Resources.parse(text)));

const amount = fc.constantFrom(0, 1, 2, 5, 60, 150);
const quota = fc.record({ cpus: amount, mem: amount, disk: amount });
const role = fc.constantFrom('r', 't', 'u');
const which = fc.nat(30);
const step = fc.oneof(
  fc.record({ do: fc.constant('promise' as const), role, guarantee: quota, beyond: fc.option(quota) }),
  fc.record({ do: fc.constant('addAgent' as const), which: fc.nat(TOTALS.length - 1), shared: fc.boolean() }),
  fc.record({ do: fc.constant('addFramework' as const), roles: fc.subarray([...ROLES], { minLength: 1 }) }),
  fc.record({ do: fc.constant('removeAgent' as const), which }),
  fc.record({ do: fc.constant('giveBack' as const), which, refuseMs: fc.constantFrom(undefined, 2_000) }),
  fc.record({ do: fc.constant('giveBackHalf' as const), which }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class History {
  readonly fleet: Fleet = createFleet({ minAllocatable: [] });
  readonly quotas = new Map<string, { readonly guarantees: Quantities; readonly limits: ResourceLimits }>();
  readonly roles = new Map<string, readonly string[]>();
  outstanding: Given[] = [];
  refused = false;
  #added = 0;

  perform(one: Step): void {
    const { allocator } = this.fleet;
    switch (one.do) {
      case 'promise': {
        const limits = Object.fromEntries(NAMES.map((name) => [name, one.guarantee[name] + (one.beyond?.[name] ?? 0)]));
        const set = {
          guarantees: Quantities.of(one.guarantee),
          limits: one.beyond === null ? ResourceLimits.empty : ResourceLimits.of(limits),
        };
        allocator.updateQuota(one.role, set);
        this.quotas.set(one.role, set);
        return;
      }
      case 'addAgent': {
        const total = TOTALS[one.which] ?? Resources.empty;
        this.fleet.addAgent(`a${this.#added++}`, '', { total: one.shared ? total.plus(SHARED_VOLUME) : total });
        return;
      }
      case 'addFramework': {
        const id = `f${this.#added++}`;
        this.fleet.addFramework(id, one.roles, { capabilities: EVERY_KIND_OF_OFFER });
        this.roles.set(id, one.roles);
        return;
      }
      case 'removeAgent': {
        const ids = [...allocator.agentIds()];
        const id = ids[one.which % Math.max(1, ids.length)];
        if (id === undefined) return;
        allocator.removeAgent(id);
        this.outstanding = this.outstanding.filter(({ agent }) => agent !== id);
        return;
      }
      default:
        this.#giveBack(one);
    }
  }

  #giveBack(one: Extract<Step, { do: 'giveBack' | 'giveBackHalf' }>): void {
    const offer = this.outstanding.splice(one.which % Math.max(1, this.outstanding.length), 1)[0];
    if (offer === undefined) return;
    const kept = one.do === 'giveBack' ? Resources.empty : offer.resources.named('cpus');
    this.fleet.recover(
      { ...offer, resources: offer.resources.minus(kept) },
      one.do === 'giveBack' ? one.refuseMs : undefined,
    );
    if (one.do === 'giveBack' && one.refuseMs !== undefined) this.refused = true;
    if (!kept.isEmpty) this.outstanding.push({ ...offer, resources: kept });
  }

  /** What is plain of what is free on the agent. */
  plainFree(id: AgentId): Resources {
    return plainOf(this.fleet.allocator.agent(id)?.available ?? Resources.empty);
  }

  consumed(top: string, name: string): number {
    const { allocator } = this.fleet;
    const below = (other: string): boolean => other === top || other.startsWith(`${top}/`);
    const reserved = [...allocator.agentIds()].flatMap((id) => {
      const groups = allocator.agent(id)?.total.reservations() ?? [];
      return [...groups].filter(([owner]) => below(owner)).map(([, resources]) => resources.scalarMilli(name));
    });
    const held = [...allocator.books()].filter((entry) => below(entry.role));
    return sum([...reserved, ...held.map(({ resources }) => plainOf(resources).scalarMilli(name))]);
  }

  lacks(name: string): number {
    return sum(
      [...this.quotas].map(([top, { guarantees }]) => Math.max(0, guarantees.get(name) - this.consumed(top, name))),
    );
  }

  free(name: string): number {
    return sum([...this.fleet.allocator.agentIds()].map((id) => this.plainFree(id).scalarMilli(name)));
  }
}

const plainOf = (resources: Resources): Resources => {
  return resources.filter(({ reservations, revocable, shared }) => reservations.length === 0 && !revocable && !shared);
};
const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);

/** Runs, checks what must hold of what they have offered, and answers how many had more than what is shared. */
function runAndCheck(history: History, ms: number): number {
  const { fleet, quotas } = history;
  const before = NAMES.map((name) => [name, history.lacks(name), history.free(name)] as const);
  const offers = fleet.offers(ms);
  history.outstanding.push(...offers);
  for (const { role: top, resources } of offers) {
    for (const name of plainOf(resources).names()) {
      if (plainOf(resources).scalarMilli(name) === 0) continue;
      // Roles below are not held to the limit, so what they have been offered meanwhile may go beyond it.
      const below = offers.filter((other) => other.role.startsWith(`${top}/`));
      const beyond = sum(below.map((other) => plainOf(other.resources).scalarMilli(name)));
      const limit = quotas.get(top)?.limits.get(name) ?? Number.POSITIVE_INFINITY;
      expect(history.consumed(top, name) - beyond, `${top} ${name}`).toBeLessThanOrEqual(limit);
    }
  }
  for (const [name, lacking, free] of before) {
    if (free >= lacking) expect(history.free(name), `headroom of ${name}`).toBeGreaterThanOrEqual(history.lacks(name));
  }
  for (const [top, { consumed }] of fleet.allocator.snapshot().quotas) {
    for (const name of NAMES) expect(consumed.get(name)).toBe(history.consumed(top, name));
  }
  return offers.filter(({ resources }) => !resources.nonShared().isEmpty).length;
}

/** After a run of all agents without refusals in force: nobody could have anything that is free. */
function checkNothingIsLeft(history: History): void {
  const { fleet, quotas } = history;
  const wanting = new Set([...history.roles.values()].flat());
  for (const id of fleet.allocator.agentIds()) {
    const free = history.plainFree(id);
    for (const name of NAMES) {
      const divisible = free
        .filter((resource) => resource.name === name && resource.disk === undefined)
        .scalarMilli(name);
      if (divisible === 0) continue;
      const spare = history.lacks(name) > 0 ? history.free(name) - history.lacks(name) : divisible;
      for (const someone of wanting) {
        const set = quotas.get(someone);
        const below = (set?.limits.get(name) ?? Number.POSITIVE_INFINITY) - history.consumed(someone, name);
        const promised = (set?.guarantees.get(name) ?? 0) - history.consumed(someone, name);
        expect(Math.max(promised, Math.min(below, spare)), `${someone} ${name} ${id}`).toBeLessThanOrEqual(0);
      }
    }
    const beside = fleet.allocator.agent(id)?.available.nonShared().minus(free) ?? Resources.empty;
    const anyones = beside.unreserved();
    expect(wanting.size > 0 ? anyones.toString() : '{}').toBe('{}');
  }
}

describe('quota, any agents', () => {
  test('limits hold, headroom is kept, promises are met while anything is free, and nothing is left that one may have', () => {
    let rounds = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 8, maxLength: 40, size: 'max' }), (steps) => {
        const history = new History();
        for (const one of steps) {
          history.perform(one);
          runAndCheck(history, 0);
          if (one.do === 'giveBack' || one.do === 'promise') runAndCheck(history, 1_000);
        }
        if (history.refused) runAndCheck(history, 4_000);
        // What a role below takes is no longer lacked by the one above in the next run only.
        while (runAndCheck(history, 1_000) > 0) rounds += 1;
        checkNothingIsLeft(history);
      }),
      { numRuns: 80 },
    );
    expect(rounds).toBeGreaterThan(0);
  });
});
