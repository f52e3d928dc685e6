import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDrfSorter, type Sorter } from '../../src/allocator/index.ts';
import { InvalidArgument } from '../../src/core/index.ts';
import { Quantities, Resources } from '../../src/resources/index.ts';

const cpus = (amount: number): Resources => Resources.scalars({ cpus: amount });

function sorterOf(...clients: readonly string[]): Sorter {
  const sorter = createDrfSorter();
  sorter.addAgent('agent', Quantities.parse('cpus:100;mem:100'));
  for (const client of clients) {
    sorter.add(client);
    sorter.activate(client);
  }
  return sorter;
}

describe('DRF sorter', () => {
  test('equal shares go by number of allocations, then by path', () => {
    const sorter = sorterOf('c', 'a', 'b');
    expect(sorter.sort()).toEqual(['a', 'b', 'c']);
    sorter.allocated('a', 'agent', cpus(1));
    sorter.unallocated('a', 'agent', cpus(1));
    expect(sorter.sort()).toEqual(['b', 'c', 'a']);
  });

  test('update() is no allocation', () => {
    const sorter = sorterOf('a', 'b');
    sorter.allocated('a', 'agent', cpus(2));
    sorter.allocated('b', 'agent', cpus(2));
    sorter.update('a', 'agent', cpus(2), cpus(2));
    expect(sorter.sort()).toEqual(['a', 'b']);
  });

  test('a client with clients below it is the virtual leaf among them, and becomes itself again', () => {
    const sorter = sorterOf('a', 'b');
    sorter.allocated('a', 'agent', cpus(3));
    sorter.add('a/x');
    sorter.activate('a/x');
    sorter.allocated('b', 'agent', cpus(5));
    expect(sorter.sort()).toEqual(['a/x', 'a', 'b']);
    sorter.allocated('a/x', 'agent', cpus(4));
    expect(sorter.sort()).toEqual(['b', 'a', 'a/x']);
    expect(sorter.allocationQuantities('a').toJSON()).toEqual({ cpus: 3 });
    sorter.remove('a/x');
    expect(sorter.sort()).toEqual(['a', 'b']);
    expect(sorter.allocationQuantities().toJSON()).toEqual({ cpus: 8 });
  });

  test('a weight divides the share of a whole branch, also if it is set before the branch is there', () => {
    const sorter = sorterOf('b');
    sorter.updateWeight('a', 4);
    sorter.add('a/x');
    sorter.activate('a/x');
    sorter.allocated('a/x', 'agent', cpus(4));
    sorter.allocated('b', 'agent', cpus(2));
    expect(sorter.sort()).toEqual(['a/x', 'b']);
    sorter.updateWeight('a', 1);
    expect(sorter.sort()).toEqual(['b', 'a/x']);
  });

  test('resources without a total, excluded ones and ranges do not count in shares', () => {
    const sorter = createDrfSorter({ fairnessExclude: ['gpus'] });
    sorter.addAgent('agent', Quantities.parse('cpus:10;gpus:1'));
    for (const client of ['a', 'b']) {
      sorter.add(client);
      sorter.activate(client);
    }
    sorter.allocated('a', 'agent', Resources.parse('cpus:1;gpus:1;disk:99;ports:[1-9]'));
    sorter.allocated('b', 'agent', Resources.parse('cpus:2'));
    expect(sorter.sort()).toEqual(['a', 'b']);
  });

  test('more kinds of resources than there is room for at first are kept apart', () => {
    const names = Array.from({ length: 20 }, (_, i) => `res${i}`);
    const sorter = sorterOf('a', 'b');
    for (const [i, name] of names.entries()) {
      sorter.addAgent(name, Quantities.of({ [name]: 10 }));
      sorter.allocated(i % 2 === 0 ? 'a' : 'b', name, Resources.scalars({ [name]: 1 + (i === 19 ? 1 : 0) }));
    }
    expect(sorter.sort()).toEqual(['a', 'b']);
    expect(sorter.allocationQuantities('b').toJSON()).toMatchObject({ res1: 1, res19: 2 });
    expect(sorter.allocationQuantities('a').get('res19')).toBe(0);
  });

  test.for<readonly [string, (sorter: Sorter) => void, string]>([
    ['a client twice', (sorter) => sorter.add('a'), 'client: expected a new client, got a again'],
    ['a path with an empty part', (sorter) => sorter.add('a//b'), 'client: expected a path such as a/b, got "a//b"'],
    ['an unknown client', (sorter) => sorter.activate('z'), 'client: expected a known client, got z'],
    ['an agent twice', (sorter) => sorter.addAgent('agent', Quantities.empty), 'agent: expected a new agent'],
    ['a weight of 0', (sorter) => sorter.updateWeight('a', 0), 'weight: expected a number greater than 0, got 0'],
    ['a weight that is no number', (sorter) => sorter.updateWeight('a', Number.NaN), 'weight: expected a number'],
    ['returning too much', (sorter) => sorter.unallocated('a', 'agent', cpus(1)), 'expected a part of {} held by a'],
  ])('%s is refused', ([, call, message]) => {
    const sorter = sorterOf('a');
    expect(() => call(sorter)).toThrow(InvalidArgument);
    expect(() => call(sorter)).toThrow(message);
    expect(sorter.sort()).toEqual(['a']);
  });

  test('the order that is kept up to date is the order that one sorts anew, whatever happened', () => {
    const paths = ['a', 'a/x', 'a/y', 'a/y/z', 'b', 'b/x', 'c'] as const;
    const step = fc.record({
      path: fc.constantFrom(...paths),
      what: fc.constantFrom('allocated', 'allocated', 'unallocated', 'toggle', 'weight', 'remove', 'total', 'sort'),
      amount: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const kept = sorterOf('a', 'b');
        const anew = sorterOf('a', 'b');
        let agents = 0;
        for (const { path, what, amount } of steps) {
          // Adding an agent and removing it again leaves the total as it was, and makes the order be sorted anew.
          anew.addAgent('extra', Quantities.parse('cpus:1'));
          anew.removeAgent('extra');
          anew.sort();
          for (const sorter of [kept, anew]) {
            if (!sorter.contains(path)) sorter.add(path);
            if (what === 'allocated') sorter.allocated(path, 'agent', cpus(amount));
            if (what === 'unallocated') sorter.unallocated(path, 'agent', sorter.allocation(path, 'agent'));
            if (what === 'toggle') sorter[amount > 1 ? 'activate' : 'deactivate'](path);
            if (what === 'weight') sorter.updateWeight(path, amount);
            if (what === 'remove') sorter.remove(path);
            if (what === 'total') sorter.addAgent(`agent-${agents}`, Quantities.of({ cpus: amount }));
          }
          if (what === 'total') agents++;
          if (what === 'sort') kept.sort();
        }
        expect(kept.sort()).toEqual(anew.sort());
      }),
      { numRuns: 150 },
    );
  });
});
