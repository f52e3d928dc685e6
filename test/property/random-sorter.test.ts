import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandomSorter, type Sorter } from '../../src/allocator/index.ts';
import { Quantities, Resources } from '../../src/resources/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { createFleet } from '../allocator/fleet.ts';

/*
 * The random sorter: who is first, and what is offered over many rounds, follows the weights, whatever anybody holds; and
 * everybody still comes, each once.
 */

function sorterOf(weights: Readonly<Record<string, number>>, seed = 1): Sorter {
  const sorter = createRandomSorter({ random: seededRandom(seed) });
  sorter.addAgent('agent', Quantities.parse('cpus:100'));
  for (const [client, weight] of Object.entries(weights)) {
    sorter.updateWeight(client, weight);
    sorter.add(client);
    sorter.activate(client);
  }
  return sorter;
}

/** How often each client is at the place, as a part of all draws. */
function partsAt(place: number, sorter: Sorter, draws: number): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < draws; i++) {
    const client = sorter.sort().at(place) ?? '';
    counts[client] = (counts[client] ?? 0) + 1 / draws;
  }
  return counts;
}

function expectNear(found: Readonly<Record<string, number>>, expected: Readonly<Record<string, number>>): void {
  for (const [client, part] of Object.entries(expected))
    expect(Math.abs((found[client] ?? 0) - part)).toBeLessThan(0.02);
}

describe('createRandomSorter()', () => {
  // The figures of Mesos's own tests, `src/tests/sorter_tests.cpp`.
  test('weights from 1 to 5 are the chances to be first; to be last the lightest has the most', () => {
    const sorter = sorterOf({ a: 1, b: 2, c: 3, d: 4, e: 5 });
    expectNear(partsAt(0, sorter, 10_000), { a: 0.067, b: 0.133, c: 0.2, d: 0.267, e: 0.333 });
    expectNear(partsAt(-1, sorter, 10_000), { a: 0.54, b: 0.23, c: 0.12, d: 0.07, e: 0.04 });
  });

  test('in a tree chances multiply, and clients are drawn from all of it at once', () => {
    const sorter = sorterOf({ a: 1, 'a/b': 2, c: 2, 'c/d': 1, 'c/e': 2 });
    sorter.deactivate('c');
    expectNear(partsAt(0, sorter, 10_000), { a: 0.111, 'a/b': 0.222, 'c/d': 0.222, 'c/e': 0.444 });
    // After c/e, which leaves 5 of 9 parts, c/d is no likelier than a/b, though it is of the same branch.
    const next = { a: 0, 'a/b': 0, 'c/d': 0 } as Record<string, number>;
    let after = 0;
    for (let i = 0; i < 20_000; i++) {
      const [first, second = ''] = sorter.sort();
      if (first !== 'c/e') continue;
      after++;
      next[second] = (next[second] ?? 0) + 1;
    }
    const parts = Object.fromEntries(Object.entries(next).map(([client, count]) => [client, count / after]));
    expectNear(parts, { a: 0.2, 'a/b': 0.4, 'c/d': 0.4 });
  });

  test('every active client comes once, whatever the weights and the tree; a seed gives the same order again', () => {
    const clients = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'a/x', 'a/y', 'b/x', 'a/x/z'), { minLength: 1 });
    const weight = fc.double({ min: 0.001, max: 1000, noNaN: true });
    fc.assert(
      fc.property(clients, fc.array(weight, { minLength: 7, maxLength: 7 }), fc.nat(), (names, weights, seed) => {
        const given = Object.fromEntries(names.map((name, i) => [name, weights[i] ?? 1]));
        const sorter = sorterOf(given, seed);
        const [idle, ...active] = names;
        sorter.deactivate(idle ?? '');
        const order = sorter.sort();
        expect(order.toSorted()).toEqual(active.toSorted());
        const again = sorterOf(given, seed);
        again.deactivate(idle ?? '');
        expect(again.sort()).toEqual(order);
      }),
      { numRuns: 100 },
    );
  });

  test('what a client holds makes no difference', () => {
    const sorter = sorterOf({ a: 3, b: 1 });
    sorter.allocated('a', 'agent', Resources.parse('cpus:90'));
    expectNear(partsAt(0, sorter, 10_000), { a: 0.75, b: 0.25 });
  });
});

describe("sorter: 'random'", () => {
  /** The part of all offers that each role has got over many rounds, all of them declined at once. */
  function offered(roles: Readonly<Record<string, number>>, more: { readonly quota?: boolean } = {}) {
    const fleet = createFleet({ sorter: 'random' });
    fleet.allocator.updateWeights(roles);
    if (more.quota === true) {
      const limits = Quantities.of({ cpus: 1_000 });
      fleet.allocator.updateQuota(Object.keys(roles)[0] ?? '', { guarantees: Quantities.empty, limits });
    }
    for (const role of Object.keys(roles)) fleet.addFramework(`f-${role.replace('/', '-')}`, [role]);
    for (let i = 0; i < 100; i++) fleet.addAgent(`a${i}`, 'cpus:1;mem:128');
    const counts: Record<string, number> = {};
    let all = 0;
    for (let round = 0; round < 150; round++) {
      for (const offer of fleet.offers(1_000)) {
        counts[offer.role] = (counts[offer.role] ?? 0) + 1;
        all++;
        fleet.recover(offer, 0);
      }
    }
    expect(all).toBe(15_000);
    fleet.allocator.close();
    return Object.fromEntries(Object.entries(counts).map(([role, count]) => [role, count / all]));
  }

  test.for([{}, { quota: true }])('over many rounds offers follow the weights: %j', (more) => {
    expectNear(offered({ a: 1, b: 2, c: 5 }, more), { a: 0.125, b: 0.25, c: 0.625 });
    expectNear(offered({ ops: 1, 'eng/web': 2, 'eng/batch': 1 }, more), {
      ops: 0.5,
      'eng/web': 0.333,
      'eng/batch': 0.167,
    });
  });

  test('frameworks of a role are as likely as one another, also those that have just come', () => {
    const fleet = createFleet({ sorter: 'random' });
    fleet.allocator.updateWeights({ b: 3 });
    for (let i = 0; i < 2_000; i++) fleet.addAgent(`a${i}`, 'cpus:1;mem:128');
    fleet.offers();
    for (const id of ['f1', 'f2']) fleet.addFramework(id, ['a']);
    fleet.addFramework('f3', ['b']);
    const offers = fleet.offers();
    const part = (id: string) => offers.filter(({ framework }) => framework === id).length / 2_000;
    expectNear({ f1: part('f1'), f2: part('f2'), f3: part('f3') }, { f1: 0.125, f2: 0.125, f3: 0.75 });
    fleet.allocator.close();
  });

  test('another name is refused', () => {
    expect(() => createFleet({ sorter: 'fair' as never })).toThrow('sorter: expected drf or random, got "fair"');
  });
});
