import { Quantities } from '../resources/index.ts';
import type { AllocatorSnapshot } from './allocator.ts';
import type { AllocatorBooks } from './allocator-books.ts';

/** Figures for people and monitors. @param runs so far */
export function snapshotOf(books: AllocatorBooks, runs: number): AllocatorSnapshot {
  const { columns, forest, filters, members, quota } = books;
  const taken = columns.names.map(() => 0);
  for (const { resources } of books.entries()) {
    columns.measure(resources).forEach((milli, column) => {
      taken[column] = (taken[column] ?? 0) + milli;
    });
  }
  const filterCounts = Array.from(members.roles.values(), ({ name, pairs }): [string, number] => {
    return [name, Array.from(pairs, ({ index }) => filters.count(index)).reduce((sum, count) => sum + count, 0)];
  });
  return {
    total: Quantities.fromMilli(columns.names.map((name, column) => [name, forest.total(column)])),
    offeredOrAllocated: Quantities.fromMilli(columns.names.map((name, column) => [name, taken[column] ?? 0])),
    dominantShares: new Map(Array.from(members.roles.values(), ({ name, node }) => [name, forest.share(node)])),
    weights: new Map(forest.weights(members.roleRoot)),
    offerFilters: new Map(filterCounts),
    quotas: new Map(
      Array.from(quota.roles, ([name, role]) => [name, { ...role.quota, consumed: quota.consumption(role) }]),
    ),
    allocationRuns: runs,
  };
}
