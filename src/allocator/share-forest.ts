import { invariant } from '../core/index.ts';
import { type Resource, Resources } from '../resources/index.ts';
import type { Columns, MilliTable } from './columns.ts';

/** The component that stands for the client itself where a client also has clients below it. */
const VIRTUAL = '.';

/** Shared resources of one agent, within what is charged to a client. */
export interface SharedCharge {
  /** Names the agent; only compared. */
  readonly agent: unknown;
  readonly resources: Resources;
}

/** The children of one node. Read only, and only through {@link ShareForest.sorted}. */
export interface Branch {
  /** Node numbers of the children below which some client is active, in fair order; the first `length` places. */
  ids: Int32Array;
  length: number;
}

interface OwnBranch extends Branch {
  readonly children: Map<string, number>;
  /** The version of the totals by which `ids` is in order. */
  version: number;
}

const NO_WEIGHTS: ReadonlyMap<string, number> = new Map();

/**
 * Trees of clients, each node with what its subtree has been given, kept in the order of dominant resource fairness:
 * smaller share first, then fewer allocations, then path. All trees measure shares against the same totals.
 *
 * Nodes are numbers. A client keeps its number as long as it exists; its path `a/b` puts it below node `a`. Where a
 * client has others below it, the client itself becomes the virtual leaf `a/.` beside them.
 *
 * A change moves one node per level, found by binary search; everything is sorted anew only when totals or weights
 * have changed, and then when somebody looks.
 *
 * @see Mesos `src/master/allocator/mesos/sorter/drf/sorter.cpp`; Ghodsi et al., Dominant Resource Fairness, NSDI 2011
 */
export class ShareForest {
  readonly #columns: Columns;
  readonly #exclude: ReadonlySet<string>;
  readonly #amounts: MilliTable;
  readonly #totals: MilliTable;
  #parent = new Int32Array(16);
  #share = new Float64Array(16);
  #count = new Float64Array(16);
  #weight = new Float64Array(16);
  /** Number of active clients at or below the node. */
  #active = new Int32Array(16);
  readonly #paths: string[] = [];
  readonly #branches: (OwnBranch | undefined)[] = [];
  readonly #weights = new Map<number, Map<string, number>>();
  readonly #shared = new Map<number, Map<unknown, Resources>>();
  readonly #unused: number[] = [];
  #version = 0;

  constructor(columns: Columns, options: { readonly fairnessExclude?: readonly string[] } = {}) {
    this.#columns = columns;
    this.#exclude = new Set(options.fairnessExclude);
    this.#amounts = columns.table();
    this.#totals = columns.table();
    this.#totals.clear(0);
  }

  /** A new, empty tree; answers its root. */
  addRoot(): number {
    const root = this.#addNode(-1, '', '');
    this.#branches[root] = newBranch();
    return root;
  }

  /** Removes a tree without clients. */
  removeRoot(root: number): void {
    invariant(this.#branches[root]?.children.size === 0, 'Only an empty tree can be removed');
    this.#weights.delete(root);
    this.#release(root);
  }

  /** Adds a client, inactive and with nothing; answers its number. The path must not be a client's yet. */
  addClient(root: number, path: string): number {
    let node = root;
    let created = false;
    for (const name of path.split('/')) {
      let branch = this.#branches[node];
      const child = branch?.children.get(name);
      if (child !== undefined) {
        node = child;
        continue;
      }
      if (branch === undefined) {
        // Below a client, or below a node that was made a moment ago.
        if (!created) node = this.#growAbove(node);
        else this.#branches[node] = newBranch();
        branch = this.#branchOf(node);
      }
      const below = this.#addNode(node, name, node === root ? name : `${this.#paths[node]}/${name}`);
      branch.children.set(name, below);
      node = below;
      created = true;
    }
    if (created) return node;
    const branch = this.#branches[node];
    invariant(branch !== undefined && !branch.children.has(VIRTUAL), `${path} is a client already`);
    const leaf = this.#addNode(node, VIRTUAL, `${path}/${VIRTUAL}`);
    branch.children.set(VIRTUAL, leaf);
    return leaf;
  }

  /** Removes a client; what it holds is taken from the nodes above it. */
  removeClient(leaf: number): void {
    this.deactivate(leaf);
    const held = this.#columns.vector;
    held.set(this.#amounts.data.subarray(leaf * this.#amounts.stride, (leaf + 1) * this.#amounts.stride));
    const shared = this.#shared.get(leaf);
    // The shared part of `held` must be taken once per agent and node, not as an amount.
    for (const resources of shared?.values() ?? []) {
      for (const resource of resources) this.#addScalar(held, resource, -1);
    }
    this.#charge(leaf, held, -1, 0, undefined);
    for (const [agent, resources] of shared ?? []) this.#charge(leaf, undefined, -1, 0, { agent, resources });

    let node = this.#parent[leaf] ?? -1;
    this.#dropChild(node, leaf);
    while (node >= 0) {
      const up = this.#parent[node] ?? -1;
      const branch = this.#branchOf(node);
      if (up < 0) return;
      if (branch.children.size === 0) {
        this.#dropChild(up, node);
        node = up;
        continue;
      }
      const virtual = branch.children.get(VIRTUAL);
      if (virtual !== undefined && branch.children.size === 1) this.#collapse(node, virtual);
      return;
    }
  }

  activate(leaf: number): void {
    if ((this.#active[leaf] ?? 0) === 0) this.#addActive(leaf, 1);
  }

  deactivate(leaf: number): void {
    if ((this.#active[leaf] ?? 0) === 1) this.#addActive(leaf, -1);
  }

  /** Whether a client at or below the node is active. */
  isActive(node: number): boolean {
    return (this.#active[node] ?? 0) > 0;
  }

  /** Divides the share of everything at and below `path`, which need not exist (yet). `weight` > 0; 1 unless set. */
  setWeight(root: number, path: string, weight: number): void {
    let weights = this.#weights.get(root);
    if (weights === undefined) {
      weights = new Map();
      this.#weights.set(root, weights);
    }
    weights.set(path, weight);
    const node = this.find(root, path);
    if (node === undefined) return;
    this.#weight[node] = weight;
    this.#branchOf(this.#parent[node] ?? -1).version = -1;
  }

  /** Those that were set below the root, by path. */
  weights(root: number): ReadonlyMap<string, number> {
    return this.#weights.get(root) ?? NO_WEIGHTS;
  }

  /** The node of all that is at and below `path`; `undefined` if there is nothing. */
  find(root: number, path: string): number | undefined {
    let node: number | undefined = root;
    for (const name of path.split('/')) {
      node = this.#branches[node]?.children.get(name);
      if (node === undefined) return undefined;
    }
    return node;
  }

  /** Adds to what shares are measured against. `vector`: milli-units by column. */
  addTotal(vector: Float64Array, sign: 1 | -1): void {
    this.#totals.add(0, vector, { size: this.#columns.size, sign });
    this.#version++;
  }

  /**
   * Charges `vector` (milli-units by column, shared ones left out) to a client.
   *
   * @param options.allocations 1, as if absent: it counts as an allocation; 0: an operation has changed what was held
   */
  allocated(
    leaf: number,
    vector: Float64Array,
    options: { readonly shared?: SharedCharge | undefined; readonly allocations?: 0 | 1 } = {},
  ): void {
    this.#charge(leaf, vector, 1, options.allocations ?? 1, options.shared);
  }

  /** Gives back; the number of allocations stays. */
  unallocated(leaf: number, vector: Float64Array, shared?: SharedCharge): void {
    this.#charge(leaf, vector, -1, 0, shared);
  }

  /** Milli-units that the node's subtree holds, in the column. */
  amount(node: number, column: number): number {
    return this.#amounts.data[node * this.#amounts.stride + column] ?? 0;
  }

  total(column: number): number {
    return this.#totals.data[column] ?? 0;
  }

  /** The dominant share of the node's subtree, divided by its weight. */
  share(node: number): number {
    const { data, stride } = this.#amounts;
    const totals = this.#totals.data;
    const { names } = this.#columns;
    let share = 0;
    for (let column = 0; column < names.length; column++) {
      const total = totals[column] ?? 0;
      const part = total > 0 ? (data[node * stride + column] ?? 0) / total : 0;
      if (part > share && !this.#exclude.has(names[column] ?? '')) share = part;
    }
    return share / this.weight(node);
  }

  /** The children of a node, in fair order; `undefined` for a client. Holds until the next change. */
  sorted(node: number): Branch | undefined {
    const branch = this.#branches[node];
    if (branch !== undefined && branch.version !== this.#version) this.#sort(branch);
    return branch;
  }

  /** What the share of the node is divided by. */
  weight(node: number): number {
    return this.#weight[node] ?? 1;
  }

  /** Negative if client `a` comes before client `b` of the same tree; as {@link sorted} has it. */
  compareClients(a: number, b: number): number {
    if (a === b) return 0;
    const above = this.#ancestry(a);
    const beside = this.#ancestry(b);
    for (let i = 1; ; i++) {
      const left = above[above.length - 1 - i] ?? a;
      const right = beside[beside.length - 1 - i] ?? b;
      if (left === right) continue;
      this.sorted(this.#parent[left] ?? -1);
      return this.#before(left, right) ? -1 : 1;
    }
  }

  #ancestry(node: number): readonly number[] {
    const nodes: number[] = [];
    for (let at = node; at >= 0; at = this.#parent[at] ?? -1) nodes.push(at);
    return nodes;
  }

  #charge(
    leaf: number,
    vector: Float64Array | undefined,
    sign: 1 | -1,
    step: number,
    shared: SharedCharge | undefined,
  ): void {
    const size = this.#columns.size;
    for (let node = leaf; node >= 0; node = this.#parent[node] ?? -1) {
      const up = this.#parent[node] ?? -1;
      const branch = up < 0 ? undefined : this.#branches[up];
      const placed = branch !== undefined && branch.version === this.#version && (this.#active[node] ?? 0) > 0;
      const from = placed ? this.#indexOf(branch, node) : 0;
      if (vector !== undefined) this.#amounts.add(node, vector, { size, sign });
      if (shared !== undefined) this.#chargeShared(node, sign, shared);
      this.#count[node] = (this.#count[node] ?? 0) + step;
      if (placed) this.#place(branch, node, from);
    }
  }

  /** A shared resource counts once per agent and node, however many copies of it are held. */
  #chargeShared(node: number, sign: 1 | -1, { agent, resources }: SharedCharge): void {
    let byAgent = this.#shared.get(node);
    if (byAgent === undefined) {
      byAgent = new Map();
      this.#shared.set(node, byAgent);
    }
    const before = byAgent.get(agent) ?? Resources.empty;
    const after = sign > 0 ? before.plus(resources) : before.minus(resources);
    const { data, stride } = this.#amounts;
    const row = data.subarray(node * stride, (node + 1) * stride);
    for (const resource of resources) {
      const appeared = before.count(resource) === 0 && after.count(resource) > 0;
      const vanished = before.count(resource) > 0 && after.count(resource) === 0;
      if (appeared) this.#addScalar(row, resource, 1);
      if (vanished) this.#addScalar(row, resource, -1);
    }
    if (after.isEmpty) byAgent.delete(agent);
    else byAgent.set(agent, after);
  }

  #addScalar(vector: Float64Array, { name, value }: Resource, sign: 1 | -1): void {
    if (value.type !== 'SCALAR') return;
    const column = this.#columns.of(name);
    vector[column] = (vector[column] ?? 0) + sign * value.milli;
  }

  #before(a: number, b: number): boolean {
    const left = this.#share[a] ?? 0;
    const right = this.#share[b] ?? 0;
    if (left !== right) return left < right;
    const fewer = (this.#count[a] ?? 0) - (this.#count[b] ?? 0);
    if (fewer !== 0) return fewer < 0;
    return (this.#paths[a] ?? '') < (this.#paths[b] ?? '');
  }

  /** Where in `ids[from]` to `ids[to - 1]`, which are in order, `node` belongs. */
  #position(branch: Branch, node: number, range: { readonly from: number; readonly to: number }): number {
    const { ids } = branch;
    let { from, to } = range;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#before(ids[middle] ?? 0, node)) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #indexOf(branch: Branch, node: number): number {
    const index = this.#position(branch, node, { from: 0, to: branch.length });
    invariant(branch.ids[index] === node, 'The fair order does not fit the shares');
    return index;
  }

  /** Moves `node` from place `from` to where its new share and count put it. */
  #place(branch: OwnBranch, node: number, from: number): void {
    this.#share[node] = this.share(node);
    const { ids, length } = branch;
    if (from + 1 < length && this.#before(ids[from + 1] ?? 0, node)) {
      const to = this.#position(branch, node, { from: from + 1, to: length }) - 1;
      ids.copyWithin(from, from + 1, to + 1);
      ids[to] = node;
    } else if (from > 0 && this.#before(node, ids[from - 1] ?? 0)) {
      const to = this.#position(branch, node, { from: 0, to: from });
      ids.copyWithin(to + 1, to, from);
      ids[to] = node;
    }
  }

  #sort(branch: OwnBranch): void {
    const { ids, length } = branch;
    let ordered = true;
    for (let i = 0; i < length; i++) {
      const node = ids[i] ?? 0;
      this.#share[node] = this.share(node);
      if (i > 0 && ordered) ordered = this.#before(ids[i - 1] ?? 0, node);
    }
    if (!ordered) ids.subarray(0, length).sort((a, b) => (this.#before(a, b) ? -1 : 1));
    branch.version = this.#version;
  }

  #addActive(leaf: number, step: 1 | -1): void {
    for (let node = leaf; node >= 0; node = this.#parent[node] ?? -1) {
      const before = this.#active[node] ?? 0;
      this.#active[node] = before + step;
      const up = this.#parent[node] ?? -1;
      if (up < 0) return;
      if (before === 0) this.#insert(this.#branchOf(up), node);
      else if (before + step === 0) this.#take(this.#branchOf(up), node);
    }
  }

  #insert(branch: OwnBranch, node: number): void {
    if (branch.length === branch.ids.length) {
      const longer = new Int32Array(branch.length * 2);
      longer.set(branch.ids);
      branch.ids = longer;
    }
    let to = branch.length;
    if (branch.version === this.#version) {
      this.#share[node] = this.share(node);
      to = this.#position(branch, node, { from: 0, to: branch.length });
      branch.ids.copyWithin(to + 1, to, branch.length);
    }
    branch.ids[to] = node;
    branch.length++;
  }

  #take(branch: OwnBranch, node: number): void {
    const index = branch.version === this.#version ? this.#indexOf(branch, node) : branch.ids.indexOf(node);
    branch.ids.copyWithin(index, index + 1, branch.length);
    branch.length--;
  }

  /** Puts an inner node in the place of a client, and the client below it as the virtual leaf. */
  #growAbove(leaf: number): number {
    const up = this.#parent[leaf] ?? -1;
    const path = this.#paths[leaf] ?? '';
    const above = this.#branchOf(up);
    const wasActive = this.isActive(leaf);
    this.deactivate(leaf);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const inner = this.#addNode(up, name, path);
    above.children.set(name, inner);
    const branch = newBranch();
    branch.children.set(VIRTUAL, leaf);
    this.#branches[inner] = branch;
    this.#copyFigures({ from: leaf, to: inner });
    this.#parent[leaf] = inner;
    this.#paths[leaf] = `${path}/${VIRTUAL}`;
    this.#weight[leaf] = 1;
    if (wasActive) this.activate(leaf);
    return inner;
  }

  /** The other way round: the last real child has gone, the virtual leaf takes the place of its parent. */
  #collapse(inner: number, leaf: number): void {
    const up = this.#parent[inner] ?? -1;
    const path = this.#paths[inner] ?? '';
    const wasActive = this.isActive(leaf);
    this.deactivate(leaf);
    this.#parent[leaf] = up;
    this.#paths[leaf] = path;
    this.#weight[leaf] = this.#weight[inner] ?? 1;
    this.#branchOf(up).children.set(path.slice(path.lastIndexOf('/') + 1), leaf);
    this.#release(inner);
    if (wasActive) this.activate(leaf);
  }

  #copyFigures({ from, to }: { readonly from: number; readonly to: number }): void {
    const { data, stride } = this.#amounts;
    data.copyWithin(to * stride, from * stride, (from + 1) * stride);
    this.#count[to] = this.#count[from] ?? 0;
    const shared = this.#shared.get(from);
    if (shared !== undefined) this.#shared.set(to, new Map(shared));
  }

  #addNode(parent: number, name: string, path: string): number {
    const node = this.#unused.pop() ?? this.#paths.length;
    if (node >= this.#parent.length) this.#lengthen();
    this.#paths[node] = path;
    this.#branches[node] = undefined;
    this.#amounts.clear(node);
    this.#parent[node] = parent;
    this.#share[node] = 0;
    this.#count[node] = 0;
    this.#active[node] = 0;
    this.#weight[node] = name === VIRTUAL ? 1 : (this.#weightsAbove(parent).get(path) ?? 1);
    return node;
  }

  #weightsAbove(node: number): ReadonlyMap<string, number> {
    let root = node;
    while (root >= 0 && (this.#parent[root] ?? -1) >= 0) root = this.#parent[root] ?? -1;
    return this.#weights.get(root) ?? NO_WEIGHTS;
  }

  #lengthen(): void {
    const length = this.#parent.length * 2;
    const longer = <T extends Int32Array | Float64Array>(next: T, old: T): T => {
      next.set(old);
      return next;
    };
    this.#parent = longer(new Int32Array(length), this.#parent);
    this.#active = longer(new Int32Array(length), this.#active);
    this.#share = longer(new Float64Array(length), this.#share);
    this.#count = longer(new Float64Array(length), this.#count);
    this.#weight = longer(new Float64Array(length), this.#weight);
  }

  #dropChild(parent: number, node: number): void {
    const path = this.#paths[node] ?? '';
    this.#branchOf(parent).children.delete(path.slice(path.lastIndexOf('/') + 1));
    this.#release(node);
  }

  #release(node: number): void {
    this.#branches[node] = undefined;
    this.#shared.delete(node);
    this.#unused.push(node);
  }

  #branchOf(node: number): OwnBranch {
    const branch = this.#branches[node];
    invariant(branch !== undefined, 'A node on the way must have children');
    return branch;
  }
}

function newBranch(): OwnBranch {
  return { ids: new Int32Array(4), length: 0, children: new Map(), version: -1 };
}
