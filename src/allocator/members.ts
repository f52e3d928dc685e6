import { type FrameworkId, InvalidArgument } from '../core/index.ts';
import type { AllocatorFramework } from './allocator.ts';
import type { ClientOrder } from './client-order.ts';
import { type Columns, REFINED, REVOCABLE, SHARED } from './columns.ts';
import { ConstraintTable } from './constraint-table.ts';
import type { FilterTable } from './filter-table.ts';
import { Minimum } from './minimum.ts';
import type { QuotaRole } from './quota-ledger.ts';
import {
  type FrameworkRecord,
  LACKS_GPU,
  MULTI_ROLE,
  NESTED_ROLE,
  type Pair,
  REMOTE_REGION,
  type RoleRecord,
} from './records.ts';
import type { ShareForest } from './share-forest.ts';

const NO_INFO: AllocatorFramework = { roles: [], capabilities: [] };

/** What members are entered in. */
export interface Tables {
  readonly columns: Columns;
  readonly forest: ShareForest;
  readonly order: ClientOrder;
  readonly filters: FilterTable;
}

/**
 * Who belongs where: frameworks in their roles, roles in the tree of roles, and who of them is to be offered something.
 *
 * A pair of framework and role is *fresh* if it may take what it would not take before.
 */
export class Members {
  readonly columns: Columns;
  readonly forest: ShareForest;
  /** Who is asked first: the forest's own order, or another. */
  readonly order: ClientOrder;
  readonly isActive: (node: number) => boolean = (node) => this.forest.isActive(node);
  readonly filters: FilterTable;
  readonly constraints: ConstraintTable = new ConstraintTable();
  /** The tree of roles. */
  readonly roleRoot: number;
  readonly frameworks: Map<FrameworkId, FrameworkRecord> = new Map<FrameworkId, FrameworkRecord>();
  readonly roles: Map<string, RoleRecord> = new Map<string, RoleRecord>();
  /** By node of the tree of roles. */
  readonly roleAt: (RoleRecord | undefined)[] = [];
  /** By node of a role's tree. */
  readonly pairAt: (Pair | undefined)[] = [];
  readonly fresh: Set<Pair> = new Set<Pair>();
  /** Pairs with a minimum of their own. */
  ownMinimums = 0;
  readonly #unusedPairs: number[] = [];
  #pairs = 0;

  /** By name of the role. */
  readonly #quotas: ReadonlyMap<string, QuotaRole>;

  constructor({ columns, forest, order, filters }: Tables, quotas: ReadonlyMap<string, QuotaRole>) {
    this.columns = columns;
    this.forest = forest;
    this.order = order;
    this.filters = filters;
    this.#quotas = quotas;
    this.roleRoot = forest.addRoot();
  }

  /** @throws InvalidArgument if it is not known */
  framework(frameworkId: FrameworkId): FrameworkRecord {
    const framework = this.frameworks.get(frameworkId);
    if (framework?.known === true) return framework;
    throw new InvalidArgument('frameworkId', `expected a known framework, got ${frameworkId}`);
  }

  /** A framework that nobody has introduced yet. */
  addFramework(id: FrameworkId): FrameworkRecord {
    const framework: FrameworkRecord = {
      id,
      known: false,
      active: false,
      info: NO_INFO,
      suppressed: new Set(),
      stripped: 0,
      offersInRun: 0,
      pairs: new Map(),
    };
    this.frameworks.set(id, framework);
    return framework;
  }

  setInfo(framework: FrameworkRecord, info: AllocatorFramework): void {
    const capabilities = new Set(info.capabilities);
    const suppressed = new Set(info.suppressedRoles);
    for (const role of framework.suppressed) {
      const pair = framework.pairs.get(role);
      if (pair !== undefined && !suppressed.has(role)) this.filters.dropPair(pair.index);
    }
    framework.info = info;
    framework.suppressed = suppressed;
    framework.stripped =
      (capabilities.has('RESERVATION_REFINEMENT') ? 0 : REFINED) |
      (capabilities.has('REVOCABLE_RESOURCES') ? 0 : REVOCABLE) |
      (capabilities.has('SHARED_RESOURCES') ? 0 : SHARED);
    const roles = new Set(info.roles);
    for (const pair of framework.pairs.values()) if (!roles.has(pair.roleName)) this.unsubscribe(pair);
    for (const role of info.roles) {
      const pair = this.pair(framework, role);
      pair.subscribed = true;
      pair.traits =
        (capabilities.has('GPU_RESOURCES') ? 0 : LACKS_GPU) |
        (capabilities.has('MULTI_ROLE') ? MULTI_ROLE : 0) |
        (role.includes('/') ? NESTED_ROLE : 0) |
        (capabilities.has('REGION_AWARE') ? 0 : REMOTE_REGION);
      const groups = info.offerConstraints?.[role];
      this.#constrain(pair, groups === undefined ? undefined : this.constraints.join(groups));
      const sets = info.minAllocatable?.[role];
      this.#setMinimum(pair, sets === undefined ? undefined : new Minimum(this.columns, sets));
      this.fresh.add(pair);
    }
    this.refresh(framework);
  }

  /** Lets those of its roles be sorted that are to be offered something. */
  refresh(framework: FrameworkRecord): void {
    for (const pair of framework.pairs.values()) {
      const wanted = framework.active && pair.subscribed && !framework.suppressed.has(pair.roleName);
      if (wanted === this.forest.isActive(pair.node)) continue;
      if (wanted) {
        this.forest.activate(pair.node);
        this.fresh.add(pair);
      } else this.forest.deactivate(pair.node);
      if (pair.role !== undefined) this.#refreshRole(pair.role);
    }
  }

  /** The pair of the framework and the role; a new one if there is none. */
  pair(framework: FrameworkRecord, roleName: string): Pair {
    const known = framework.pairs.get(roleName);
    if (known !== undefined) return known;
    const index = this.#unusedPairs.pop() ?? this.#pairs++;
    const pair: Pair = {
      index,
      framework,
      roleName,
      role: undefined,
      node: -1,
      subscribed: false,
      traits: 0,
      minimum: undefined,
      constraints: undefined,
      held: 0,
      offered: new Map(),
    };
    framework.pairs.set(roleName, pair);
    this.filters.addPair(index);
    if (framework.known) this.enroll(pair);
    return pair;
  }

  /** Puts the pair into the trees of shares: its framework is known. */
  enroll(pair: Pair): void {
    const role = this.roles.get(pair.roleName) ?? this.#addRole(pair.roleName);
    pair.role = role;
    role.pairs.add(pair);
    pair.node = this.forest.addClient(role.root, pair.framework.id);
    this.pairAt[pair.node] = pair;
  }

  #addRole(name: string): RoleRecord {
    const node = this.forest.addClient(this.roleRoot, name);
    const role: RoleRecord = {
      name,
      node,
      root: this.forest.addRoot(),
      pairs: new Set(),
      quota: this.#quotas.get(name),
    };
    this.roles.set(name, role);
    this.roleAt[node] = role;
    return role;
  }

  /** A role in which nobody is to be offered anything is passed over. */
  #refreshRole({ node, root }: RoleRecord): void {
    if (this.forest.isActive(root)) this.forest.activate(node);
    else this.forest.deactivate(node);
  }

  unsubscribe(pair: Pair): void {
    pair.subscribed = false;
    this.filters.dropPair(pair.index);
    this.#setMinimum(pair, undefined);
    this.#constrain(pair, undefined);
    this.prune(pair);
  }

  /** A pair is kept while it is subscribed or holds something, a role while it has pairs. */
  prune(pair: Pair): void {
    const { framework, role } = pair;
    if (pair.subscribed || pair.held > 0 || framework.pairs.get(pair.roleName) !== pair) return;
    framework.pairs.delete(pair.roleName);
    this.fresh.delete(pair);
    this.#unusedPairs.push(pair.index);
    if (!framework.known && framework.pairs.size === 0) this.frameworks.delete(framework.id);
    if (role === undefined) return;
    role.pairs.delete(pair);
    this.pairAt[pair.node] = undefined;
    this.forest.removeClient(pair.node);
    if (role.pairs.size > 0) {
      this.#refreshRole(role);
      return;
    }
    this.roleAt[role.node] = undefined;
    this.roles.delete(role.name);
    this.forest.removeClient(role.node);
    this.forest.removeRoot(role.root);
  }

  #setMinimum(pair: Pair, minimum: Minimum | undefined): void {
    this.ownMinimums += (minimum === undefined ? 0 : 1) - (pair.minimum === undefined ? 0 : 1);
    pair.minimum = minimum;
  }

  #constrain(pair: Pair, constraints: Pair['constraints']): void {
    if (pair.constraints !== undefined) this.constraints.leave(pair.constraints);
    pair.constraints = constraints;
  }
}
