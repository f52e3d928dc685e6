import { InvalidArgument } from '../core/index.ts';
import { Quantities, Resources } from '../resources/index.ts';
import type { Random } from '../runtime/index.ts';
import { collect } from './client-order.ts';
import { Columns } from './columns.ts';
import { type SharedCharge, ShareForest } from './share-forest.ts';
import type { Sorter } from './sorter.ts';
import { WeightedDraw } from './weighted-draw.ts';

export interface DrfSorterOptions {
  /** Names of resources that do not count in shares. */
  readonly fairnessExclude?: readonly string[];
}

/**
 * Sorts by dominant resource fairness: first whoever has the smallest part of the resource it has most of, as a part
 * of the total and divided by its weight; then whoever was served fewer times; then by path.
 *
 * @see Ghodsi et al., Dominant Resource Fairness, NSDI 2011
 */
export function createDrfSorter(options: DrfSorterOptions = {}): Sorter {
  return new ForestSorter(options);
}

/**
 * Sorts by chance, anew each time, without regard for what clients hold: whoever has twice the weight is twice as likely
 * to be first, level by level.
 *
 * @see Mesos `src/master/allocator/mesos/sorter/random/sorter.hpp`
 */
export function createRandomSorter(options: { readonly random: Random }): Sorter {
  return new ForestSorter({}, options.random);
}

interface Client {
  readonly leaf: number;
  readonly held: Map<string, Resources>;
}

class ForestSorter implements Sorter {
  readonly #columns = new Columns();
  readonly #forest: ShareForest;
  readonly #draw: WeightedDraw | undefined;
  readonly #root: number;
  readonly #clients = new Map<string, Client>();
  readonly #paths = new Map<number, string>();
  readonly #totals = new Map<string, Quantities>();

  constructor(options: DrfSorterOptions, random?: Random) {
    this.#forest = new ShareForest(this.#columns, options);
    this.#draw = random === undefined ? undefined : new WeightedDraw(this.#forest, random);
    this.#root = this.#forest.addRoot();
  }

  add(client: string): void {
    if (this.#clients.has(client)) throw new InvalidArgument('client', `expected a new client, got ${client} again`);
    if (client.split('/').some((part) => part === '' || part === '.')) {
      throw new InvalidArgument('client', `expected a path such as a/b, got ${JSON.stringify(client)}`);
    }
    const leaf = this.#forest.addClient(this.#root, client);
    this.#clients.set(client, { leaf, held: new Map() });
    this.#paths.set(leaf, client);
  }

  remove(client: string): void {
    const { leaf } = this.#client(client);
    this.#forest.removeClient(leaf);
    this.#clients.delete(client);
    this.#paths.delete(leaf);
  }

  activate(client: string): void {
    this.#forest.activate(this.#client(client).leaf);
  }

  deactivate(client: string): void {
    this.#forest.deactivate(this.#client(client).leaf);
  }

  updateWeight(path: string, weight: number): void {
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw new InvalidArgument('weight', `expected a number greater than 0, got ${weight}`);
    }
    this.#forest.setWeight(this.#root, path, weight);
  }

  addAgent(agent: string, total: Quantities): void {
    if (this.#totals.has(agent)) throw new InvalidArgument('agent', `expected a new agent, got ${agent} again`);
    this.#totals.set(agent, total);
    this.#forest.addTotal(this.#vectorOf(total), 1);
  }

  removeAgent(agent: string): void {
    const total = this.#totals.get(agent);
    if (total === undefined) return;
    this.#totals.delete(agent);
    this.#forest.addTotal(this.#vectorOf(total), -1);
  }

  allocated(client: string, agent: string, resources: Resources): void {
    const { leaf, held } = this.#client(client);
    held.set(agent, (held.get(agent) ?? Resources.empty).plus(resources));
    const { vector, shared } = this.#chargeOf(agent, resources);
    this.#forest.allocated(leaf, vector, { shared });
  }

  unallocated(client: string, agent: string, resources: Resources): void {
    this.#take(client, agent, resources);
  }

  update(client: string, agent: string, from: Resources, to: Resources): void {
    const { leaf, held } = this.#take(client, agent, from);
    held.set(agent, (held.get(agent) ?? Resources.empty).plus(to));
    const { vector, shared } = this.#chargeOf(agent, to);
    this.#forest.allocated(leaf, vector, { shared, allocations: 0 });
  }

  sort(): readonly string[] {
    const leaves: number[] = [];
    this.#draw?.renew();
    collect(this.#draw ?? this.#forest, this.#root, leaves, (leaf) => this.#forest.isActive(leaf));
    return leaves.map((leaf) => this.#paths.get(leaf) ?? '');
  }

  contains(client: string): boolean {
    return this.#clients.has(client);
  }

  count(): number {
    return this.#clients.size;
  }

  allocation(client: string, agent: string): Resources {
    return this.#client(client).held.get(agent) ?? Resources.empty;
  }

  allocationQuantities(client?: string): Quantities {
    const node = client === undefined ? this.#root : this.#client(client).leaf;
    return Quantities.fromMilli(this.#columns.names.map((name, column) => [name, this.#forest.amount(node, column)]));
  }

  #client(path: string): Client {
    const client = this.#clients.get(path);
    if (client === undefined) throw new InvalidArgument('client', `expected a known client, got ${path}`);
    return client;
  }

  #take(path: string, agent: string, resources: Resources): Client {
    const client = this.#client(path);
    const held = client.held.get(agent) ?? Resources.empty;
    if (!held.contains(resources)) {
      throw new InvalidArgument('resources', `expected a part of ${held} held by ${path}, got ${resources}`);
    }
    const rest = held.minus(resources);
    if (rest.isEmpty) client.held.delete(agent);
    else client.held.set(agent, rest);
    const { vector, shared } = this.#chargeOf(agent, resources);
    this.#forest.unallocated(client.leaf, vector, shared);
    return client;
  }

  #chargeOf(agent: string, resources: Resources): { vector: Float64Array; shared: SharedCharge | undefined } {
    this.#columns.inspect(resources);
    const shared = resources.shared();
    const vector = this.#columns.measure(resources.nonShared());
    return { vector, shared: shared.isEmpty ? undefined : { agent, resources: shared } };
  }

  #vectorOf(total: Quantities): Float64Array {
    for (const [name] of total.entries()) this.#columns.of(name);
    return this.#columns.names.reduce((vector, name, column) => {
      vector[column] = total.get(name);
      return vector;
    }, this.#columns.vector);
  }
}
