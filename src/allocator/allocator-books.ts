import { type AgentId, InvalidArgument, invariant } from '../core/index.ts';
import { Resources } from '../resources/index.ts';
import type { Random } from '../runtime/index.ts';
import type { AllocatorAgent, AllocatorEntry, Quota } from './allocator.ts';
import type { ClientOrder } from './client-order.ts';
import { Columns, INDIVISIBLE, SHARED } from './columns.ts';
import { FilterTable } from './filter-table.ts';
import { allocateWhole, type MachineKind, MachineKinds } from './machine-kinds.ts';
import { Members } from './members.ts';
import {
  type AgentRecord,
  type FrameworkRecord,
  type Holding,
  LACKS_GPU,
  MULTI_ROLE,
  NESTED_ROLE,
  type Pair,
  REMOTE_REGION,
  SATISFIED,
} from './records.ts';
import { QuotaLedger } from './quota-ledger.ts';
import { type SharedCharge, ShareForest } from './share-forest.ts';
import { WeightedDraw } from './weighted-draw.ts';

export interface BooksOptions {
  readonly allocationIntervalMs: number;
  readonly fairnessExclude: readonly string[];
  readonly filterGpuResources: boolean;
  readonly masterRegion: string | undefined;
  /** If given, chance decides who is asked first. */
  readonly sortedBy: Random | undefined;
}

/**
 * Who holds what: agents with what is free of them, what each framework holds where, and the two kinds of trees of
 * shares that follow from it: one of roles, one per role of its frameworks.
 *
 * An agent is *dirty* if something has changed since somebody looked: more may be free, or fewer filters in force.
 */
export class AllocatorBooks {
  readonly columns: Columns = new Columns();
  readonly forest: ShareForest;
  /** Absent: the forest's order is that of fair shares. */
  readonly draw: WeightedDraw | undefined;
  readonly order: ClientOrder;
  readonly filters: FilterTable;
  readonly members: Members;
  readonly quota: QuotaLedger;
  readonly agents: Map<AgentId, AgentRecord> = new Map<AgentId, AgentRecord>();
  /** Agents of which quota kept something back that somebody would have taken, perhaps. */
  readonly heldBack: Set<AgentRecord> = new Set<AgentRecord>();
  /** Agents that were dirty at some time since they were taken out; look at their own mark. */
  dirty: AgentRecord[] = [];
  /** Runs that had every agent as a candidate. */
  fullRuns = 0;
  /** Names of hosts; absent: all. */
  #whitelist: ReadonlySet<string> | undefined;
  readonly #filterGpu: boolean;
  readonly #masterRegion: string | undefined;
  readonly #machines = new MachineKinds();
  readonly #rows: (AgentRecord | undefined)[] = [];
  readonly #unusedRows: number[] = [];
  #added = 0;
  /** There have been shared resources. */
  #sharing = false;

  constructor(options: BooksOptions) {
    this.forest = new ShareForest(this.columns, options);
    this.draw = options.sortedBy === undefined ? undefined : new WeightedDraw(this.forest, options.sortedBy);
    this.order = this.draw ?? this.forest;
    this.#filterGpu = options.filterGpuResources;
    this.#masterRegion = options.masterRegion;
    const host = {
      runs: (row: number): number => this.runsOf(this.#agentAt(row)),
      lifted: (row: number): void => this.soil(this.#agentAt(row)),
    };
    this.filters = new FilterTable(host, options.allocationIntervalMs);
    this.quota = new QuotaLedger(this.columns, this);
    this.members = new Members(this, this.quota.roles);
  }

  /** @throws InvalidArgument if it is not known */
  agent(agentId: AgentId): AgentRecord {
    const agent = this.agents.get(agentId);
    if (agent !== undefined) return agent;
    throw new InvalidArgument('agentId', `expected a known agent, got ${agentId}`);
  }

  /** Runs that had the agent as a candidate. */
  runsOf(agent: AgentRecord): number {
    return this.fullRuns + agent.eventRuns;
  }

  soil(agent: AgentRecord): void {
    agent.dirty = true;
    if (agent.listed) return;
    agent.listed = true;
    this.dirty.push(agent);
  }

  /** From now on it counts: what agents have brought along for it is charged to it. */
  introduce(framework: FrameworkRecord): void {
    framework.known = true;
    for (const pair of framework.pairs.values()) {
      this.members.enroll(pair);
      for (const [agent, { resources }] of this.#holdingsOf(pair)) this.#chargeShares(pair, agent, resources);
    }
  }

  removeFramework(framework: FrameworkRecord): void {
    for (const pair of framework.pairs.values()) {
      this.members.unsubscribe(pair);
      for (const [agent, { resources }] of this.#holdingsOf(pair)) this.free(pair, agent, resources);
    }
    this.members.frameworks.delete(framework.id);
  }

  updateQuota(name: string, quota: Quota): void {
    const own = this.quota.update(name, quota);
    const role = this.members.roles.get(name);
    if (role !== undefined) role.quota = own;
  }

  addAgent(id: AgentId, info: AllocatorAgent): AgentRecord {
    const row = this.#unusedRows.pop() ?? this.#rows.length;
    const machine = this.#machineOf(info.total);
    const agent: AgentRecord = {
      id,
      row,
      order: this.#added++,
      info: { ...info, total: machine.total },
      machine,
      active: true,
      whitelisted: true,
      removed: false,
      available: machine.total,
      holdings: [],
      kinds: 0,
      bars: 0,
      overcommitted: false,
      dirty: false,
      listed: false,
      eventRuns: 0,
    };
    this.agents.set(id, agent);
    this.#rows[row] = agent;
    this.filters.addRow(row);
    this.#addTotal(info.total, 1);
    this.#characterize(agent);
    this.soil(agent);
    return agent;
  }

  /** Those who have become offerable may have missed something meanwhile: they are visited anew. */
  setWhitelist(hostnames: readonly string[] | undefined): void {
    this.#whitelist = hostnames === undefined ? undefined : new Set(hostnames);
    for (const agent of this.agents.values()) {
      if (!agent.whitelisted) this.soil(agent);
      this.#characterize(agent);
    }
  }

  updateAgent(agent: AgentRecord, info: AllocatorAgent): void {
    const before = agent.info.total;
    const { machine } = agent;
    agent.machine = this.#machineOf(info.total);
    this.#machines.leave(machine);
    agent.info = { ...info, total: agent.machine.total };
    if (info.total !== before) {
      // A reservation changes what roles consume, and no amounts.
      const isSameAmount = info.total.quantities().equals(before.quantities());
      for (const [total, sign] of [[before, -1] as const, [info.total, 1] as const]) {
        if (isSameAmount) this.quota.countTotal(total, sign);
        else this.#addTotal(total, sign);
      }
    }
    this.#characterize(agent);
    this.recompute(agent);
  }

  removeAgent(agent: AgentRecord): void {
    for (const { pair, resources } of agent.holdings.slice()) {
      this.#uncharge(pair, agent, resources);
      this.#setHolding(pair, agent, Resources.empty);
    }
    this.filters.dropRow(agent.row);
    this.#addTotal(agent.info.total, -1);
    this.#machines.leave(agent.machine);
    this.heldBack.delete(agent);
    agent.removed = true;
    agent.dirty = false;
    this.agents.delete(agent.id);
    this.#rows[agent.row] = undefined;
    this.#unusedRows.push(agent.row);
  }

  /**
   * Books what the framework holds there already, in place of what was booked in its roles, or on top of it (`more`);
   * charged once the framework is known. Recompute the agent then.
   */
  remember(
    agent: AgentRecord,
    framework: FrameworkRecord,
    used: Resources,
    options: { readonly more: boolean } = { more: false },
  ): void {
    this.#inspect(used);
    for (const [role, resources] of used.allocations()) {
      const pair = this.members.pair(framework, role);
      const before = heldBy(pair, agent);
      if (!options.more) this.quota.count(role, before, -1);
      this.#setHolding(pair, agent, options.more ? before.plus(resources) : resources);
      this.#charge(pair, agent, resources);
    }
  }

  /** Replaces what the pair holds by its form after an operation. Update the agent's total then. */
  convert(pair: Pair, agent: AgentRecord, resources: Resources): void {
    this.#uncharge(pair, agent, heldBy(pair, agent));
    if (!resources.isEmpty) this.#charge(pair, agent, resources, 0);
    this.#setHolding(pair, agent, resources);
  }

  /** Hands out `source`, which is free; answers it allocated to the pair's role. */
  give(pair: Pair, agent: AgentRecord, source: Resources): Resources {
    const whole = source === agent.machine.total;
    const resources = whole ? allocateWhole(agent.machine, pair.roleName) : source.allocate(pair.roleName);
    const holding = holdingOf(pair, agent);
    if (holding === undefined) {
      agent.holdings.push({ pair, resources, offer: resources, source, before: undefined });
      pair.held++;
    } else {
      holding.before = holding.resources;
      holding.resources = holding.resources.plus(resources);
      holding.offer = resources;
      holding.source = source;
    }
    agent.available = source === agent.available ? this.#sharedPart(agent) : this.#without(agent, source);
    this.#charge(pair, agent, resources);
    return resources;
  }

  /** Takes back an offer that is still as it was given; `undefined` if `resources` is none. */
  takeBack(framework: FrameworkRecord, agent: AgentRecord, resources: Resources): Returned | undefined {
    for (const holding of agent.holdings) {
      const { pair, offer, source, before } = holding;
      if (offer !== resources || source === undefined || pair.framework !== framework) continue;
      const { subscribed } = pair;
      this.#uncharge(pair, agent, resources);
      this.#setHolding(pair, agent, before ?? Resources.empty);
      this.#addAvailable(agent, source);
      return { pair, source, subscribed };
    }
    return undefined;
  }

  /** Takes back a part of what the pair holds. */
  free(pair: Pair, agent: AgentRecord, resources: Resources): void {
    this.#uncharge(pair, agent, resources);
    this.#setHolding(pair, agent, heldBy(pair, agent).minus(resources));
    this.#addAvailable(agent, resources.unallocate());
  }

  /** All that is held, of one agent or of all. */
  *entries(agentId?: AgentId): Iterable<AllocatorEntry> {
    if (agentId === undefined) {
      for (const agent of this.agents.values()) yield* entriesOf(agent);
      return;
    }
    const agent = this.agents.get(agentId);
    if (agent !== undefined) yield* entriesOf(agent);
  }

  /** Works out anew what is free. */
  recompute(agent: AgentRecord): void {
    const { total } = agent.info;
    const used = Resources.sum(agent.holdings.map(({ resources }) => resources.unallocate()));
    const taken = (agent.kinds & SHARED) === 0 ? used : used.nonShared();
    agent.overcommitted = !total.contains(taken);
    agent.available = total.minus(taken);
    this.soil(agent);
  }

  #addAvailable(agent: AgentRecord, source: Resources): void {
    if (agent.overcommitted) this.recompute(agent);
    else if (agent.holdings.length === 0) agent.available = agent.info.total;
    else if (agent.available.isEmpty) agent.available = source;
    else agent.available = agent.available.plus((agent.kinds & SHARED) === 0 ? source : source.nonShared());
    this.soil(agent);
  }

  #sharedPart(agent: AgentRecord): Resources {
    return (agent.kinds & SHARED) === 0 ? Resources.empty : agent.available.shared();
  }

  #without(agent: AgentRecord, source: Resources): Resources {
    return agent.available.minus((agent.kinds & SHARED) === 0 ? source : source.nonShared());
  }

  #agentAt(row: number): AgentRecord {
    const agent = this.#rows[row];
    invariant(agent !== undefined, 'A filter must not outlive its agent');
    return agent;
  }

  *#holdingsOf(pair: Pair): Iterable<readonly [AgentRecord, Holding]> {
    let left = pair.held;
    for (const agent of this.agents.values()) {
      if (left === 0) return;
      const holding = holdingOf(pair, agent);
      if (holding === undefined) continue;
      left--;
      yield [agent, holding];
    }
  }

  #setHolding(pair: Pair, agent: AgentRecord, resources: Resources): void {
    const holding = holdingOf(pair, agent);
    if (!resources.isEmpty) {
      if (holding === undefined) {
        agent.holdings.push({ pair, resources, offer: undefined, source: undefined, before: undefined });
        pair.held++;
      } else {
        holding.resources = resources;
        holding.offer = undefined;
        holding.source = undefined;
        holding.before = undefined;
      }
    } else if (holding !== undefined) {
      const last = agent.holdings.pop();
      if (last !== undefined && last !== holding) agent.holdings[agent.holdings.indexOf(holding)] = last;
      pair.held--;
      this.members.prune(pair);
    }
  }

  #charge(pair: Pair, agent: AgentRecord, resources: Resources, allocations: 0 | 1 = 1): void {
    const measured = this.#chargeShares(pair, agent, resources, allocations);
    this.quota.count(pair.roleName, resources, 1, measured);
  }

  /** Nobody is charged for a framework that is not known. Answers the amounts that are not shared, if somebody is. */
  #chargeShares(
    pair: Pair,
    agent: AgentRecord,
    resources: Resources,
    allocations: 0 | 1 = 1,
  ): Float64Array | undefined {
    const { role } = pair;
    if (role === undefined) return undefined;
    const { forest } = this;
    const shared = this.#sharedCharge(agent, resources);
    const vector = this.columns.measure(shared === undefined ? resources : resources.nonShared());
    forest.allocated(pair.node, vector, { shared, allocations });
    forest.allocated(role.node, vector, { shared, allocations });
    return vector;
  }

  #uncharge(pair: Pair, agent: AgentRecord, resources: Resources): void {
    const { role } = pair;
    let vector: Float64Array | undefined;
    if (role !== undefined) {
      const shared = this.#sharedCharge(agent, resources);
      vector = this.columns.measure(shared === undefined ? resources : resources.nonShared());
      this.forest.unallocated(pair.node, vector, shared);
      this.forest.unallocated(role.node, vector, shared);
    }
    this.quota.count(pair.roleName, resources, -1, vector);
  }

  #sharedCharge(agent: AgentRecord, resources: Resources): SharedCharge | undefined {
    if (!this.#sharing) return undefined;
    const shared = resources.shared();
    return shared.isEmpty ? undefined : { agent, resources: shared.unallocate() };
  }

  #machineOf(total: Resources): MachineKind {
    return this.#machines.join(total, { ownKind: (this.#inspect(total) & ~INDIVISIBLE) !== 0 });
  }

  #inspect(resources: Resources): number {
    const kinds = this.columns.inspect(resources);
    if ((kinds & SHARED) !== 0) this.#sharing = true;
    return kinds;
  }

  #addTotal(total: Resources, sign: 1 | -1): void {
    this.#inspect(total);
    this.forest.addTotal(this.columns.measure(total), sign);
    this.quota.countTotal(total, sign);
  }

  #characterize(agent: AgentRecord): void {
    const { hostname, total, capabilities, domain } = agent.info;
    this.members.constraints.forget(agent.row);
    agent.whitelisted = this.#whitelist?.has(hostname) ?? true;
    agent.kinds = this.#inspect(total);
    agent.bars =
      SATISFIED |
      (this.#filterGpu && total.scalarMilli('gpus') > 0 ? LACKS_GPU : 0) |
      (capabilities.includes('MULTI_ROLE') ? 0 : MULTI_ROLE) |
      (capabilities.includes('HIERARCHICAL_ROLE') ? 0 : NESTED_ROLE) |
      (domain === undefined || domain.region === (this.#masterRegion ?? domain.region) ? 0 : REMOTE_REGION);
  }
}

/** An offer that came back whole. */
export interface Returned {
  readonly pair: Pair;
  /** What it was, allocated to nobody. */
  readonly source: Resources;
  /** Whether the framework was subscribed to the role then: if not, the pair may be gone. */
  readonly subscribed: boolean;
}

function entriesOf({ id, holdings }: AgentRecord): readonly AllocatorEntry[] {
  return holdings.map(({ pair, resources }) => {
    return { agentId: id, frameworkId: pair.framework.id, role: pair.roleName, resources };
  });
}

/** What the pair has on the agent, allocated to its role. */
export function heldBy(pair: Pair, agent: AgentRecord): Resources {
  return holdingOf(pair, agent)?.resources ?? Resources.empty;
}

function holdingOf(pair: Pair, agent: AgentRecord): Holding | undefined {
  for (const holding of agent.holdings) if (holding.pair === pair) return holding;
  return undefined;
}
