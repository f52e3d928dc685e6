import { createDrfSorter, type Sorter } from '../../src/allocator/index.ts';
import { Resources } from '../../src/resources/index.ts';

/** A user of the paper's model: it wants as many tasks as it can get, all alike. */
export interface User {
  readonly name: string;
  /** What one task takes, such as `cpus:1;mem:4`. */
  readonly task: string;
  /** 1 if absent. */
  readonly weight?: number;
}

export interface Filling {
  /** By name; a user who got none is not in it. */
  readonly tasks: Readonly<Record<string, number>>;
  /** Who was given a task, one after another. */
  readonly order: readonly string[];
  readonly sorter: Sorter;
}

/**
 * Progressive filling, algorithm 1 of the DRF paper, with this package's sorter: whoever sorts first is given one task,
 * again and again, on one machine that holds all there is.
 *
 * @param options.goOn whether the others go on when the next task of whoever is first does not fit; the paper's algorithm
 *   stops there, as if absent
 */
export function fill(total: string, users: readonly User[], options: { readonly goOn?: boolean } = {}): Filling {
  const sorter = createDrfSorter();
  const all = Resources.parse(total);
  sorter.addAgent('machine', all.quantities());
  const tasks = new Map<string, Resources>();
  for (const { name, task, weight = 1 } of users) {
    sorter.add(name);
    sorter.activate(name);
    sorter.updateWeight(name, weight);
    tasks.set(name, Resources.parse(task));
  }
  const given: Record<string, number> = {};
  const order: string[] = [];
  let free = all;
  for (;;) {
    const first = sorter.sort()[0];
    const task = first === undefined ? undefined : tasks.get(first);
    if (first === undefined || task === undefined) break;
    if (!free.contains(task)) {
      if (options.goOn !== true) break;
      sorter.deactivate(first);
      continue;
    }
    free = free.minus(task);
    sorter.allocated(first, 'machine', task);
    given[first] = (given[first] ?? 0) + 1;
    order.push(first);
  }
  return { tasks: given, order, sorter };
}
