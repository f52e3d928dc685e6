/**
 * Dominant resource fairness by hand: who is served next, one task after another, until the next task does not fit. The first
 * example is that of the DRF paper. docs/allocation.md tells about it. Run it with `npx tsx examples/drf.ts`.
 */
import { Resources } from 'altiplano';
import { createDrfSorter } from 'altiplano/allocator';

interface Example {
  readonly machine: string;
  /** What a task of each client takes. A client is a role, or a framework. */
  readonly tasks: Readonly<Record<string, string>>;
  readonly weights?: Readonly<Record<string, number>>;
}

function serve({ machine, tasks, weights = {} }: Example): void {
  const total = Resources.parse(machine);
  const sorter = createDrfSorter();
  sorter.addAgent('machine', total.quantities());
  for (const client of Object.keys(tasks)) {
    sorter.add(client);
    sorter.activate(client);
  }
  for (const [path, weight] of Object.entries(weights)) sorter.updateWeight(path, weight);

  let free = total;
  console.log(`free: ${free}`);
  for (;;) {
    const client = sorter.sort()[0] ?? '';
    const task = Resources.parse(tasks[client] ?? '');
    if (!free.contains(task)) {
      console.log(`${client} would be next, and its task does not fit`);
      return;
    }
    free = free.minus(task);
    sorter.allocated(client, 'machine', task);
    const shares = Object.keys(tasks).map((name) => `${name} ${share(sorter.allocation(name, 'machine'), total)}`);
    console.log(`${client.padEnd(10)} ${shares.join('  ')}   free: ${free.isEmpty ? 'nothing' : free}`);
  }
}

/** The largest part of any resource, in percent. */
function share(held: Resources, total: Resources): string {
  const parts = ['cpus', 'mem'].map((name) => held.scalarMilli(name) / (total.scalarMilli(name) || 1));
  return `${Math.round(Math.max(...parts) * 100)} %`.padStart(5);
}

console.log('The example of the paper');
serve({ machine: 'cpus:9;mem:18', tasks: { A: 'cpus:1;mem:4', B: 'cpus:3;mem:1' } });

console.log('\nB has twice the weight');
serve({ machine: 'cpus:9;mem:18', tasks: { A: 'cpus:1;mem:4', B: 'cpus:3;mem:1' }, weights: { B: 2 } });

console.log('\nRoles in a tree');
serve({
  machine: 'cpus:12',
  tasks: { ops: 'cpus:1', 'eng/web': 'cpus:1', 'eng/batch': 'cpus:1' },
  weights: { 'eng/web': 2 },
});
