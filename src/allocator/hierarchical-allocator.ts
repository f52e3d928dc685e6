import { type AgentId, entriesByName, type FrameworkId, InvalidArgument, OperationError } from '../core/index.ts';
import { effectiveRefuseMs, type Unavailability } from '../offers/index.ts';
import { equalAttributes, Quantities, type ResourceConversion, type Resources } from '../resources/index.ts';
import type { Clock, Random } from '../runtime/index.ts';
import type {
  Allocation,
  Allocator,
  AllocatorAgent,
  AllocatorAgentView,
  AllocatorEntry,
  AllocatorFramework,
  AllocatorFrameworkView,
  AllocatorSnapshot,
  Quota,
} from './allocator.ts';
import { AllocatorBooks, heldBy } from './allocator-books.ts';
import {
  checkAllocated,
  checkConstraints,
  checkRound,
  checkPositive,
  checkQuota,
  checkSorter,
  partsOf,
} from './call-check.ts';
import { type InverseAllocation, Maintenance } from './maintenance.ts';
import { Minimum } from './minimum.ts';
import type { AgentRecord, Pair } from './records.ts';
import { type AgentOrder, Runs } from './run.ts';
import { snapshotOf } from './snapshot.ts';

export interface AllocatorOptions {
  readonly clock: Clock;
  /** Source of the order in which agents are visited. */
  readonly random: Random;
  /** Called at the end of a run, once for each framework that is offered something. It may call the allocator. */
  readonly onOffers: (frameworkId: FrameworkId, allocation: Allocation) => void;
  /** As `onOffers` and after it, once for each framework that holds something of agents that will not be available. */
  readonly onInverseOffers?: (frameworkId: FrameworkId, allocation: InverseAllocation) => void;
  /** Between batch runs, in milliseconds; 1,000 if absent. */
  readonly allocationIntervalMs?: number;
  /** One of these must be in an offer; `cpus:0.01` or `mem:32` if absent. */
  readonly minAllocatable?: readonly Quantities[];
  /** Names of resources that do not count in shares. */
  readonly fairnessExclude?: readonly string[];
  /** Whether agents with GPUs are kept for frameworks with GPU_RESOURCES; true if absent. */
  readonly filterGpuResources?: boolean;
  /**
   * Of the agents that are expected after a failover, which part must be back before offers are made, if a quota is to
   * be honoured; from 0 to 1, 0.8 if absent.
   */
  readonly agentRecoveryFactor?: number;
  /** After so long offers are made in any case, in milliseconds; ten minutes if absent. */
  readonly recoveryTimeoutMs?: number;
  /** Agents of another region are kept for frameworks with REGION_AWARE; absent: there are no regions. */
  readonly masterRegion?: string;
  /**
   * Beyond Mesos: how many offers one framework may get in one round, so that nobody holds a whole cluster while it
   * makes up its mind; what is left goes to others, or waits for the next round. Any number if absent.
   */
  readonly maxOffersPerRound?: number;
  /**
   * Beyond Mesos: which agents are considered first. `packing`: those of which most is taken, so that whole machines
   * stay free; `spreading`: those of which least is. `random` if absent, as in Mesos.
   */
  readonly agentOrder?: AgentOrder;
  /**
   * Who is asked first about an agent: whoever has the smallest share (`drf`), or whoever is drawn, with weights as
   * chances and without regard for shares (`random`). `drf` if absent.
   */
  readonly sorter?: SorterName;
}

/** By dominant resource fairness, or by chance. */
export type SorterName = 'drf' | 'random';

const ALLOCATION_INTERVAL_MS = 1_000;
const AGENT_RECOVERY_FACTOR = 0.8;
const RECOVERY_TIMEOUT_MS = 600_000;
const MIN_ALLOCATABLE = [Quantities.of({ cpus: 0.01 }), Quantities.of({ mem: 32 })];

/**
 * Mesos's hierarchical allocator: roles by fair share, then frameworks of the role by fair share, agent by agent.
 *
 * @throws InvalidArgument if the interval is not greater than 0
 */
export function createAllocator(options: AllocatorOptions): Allocator {
  return new HierarchicalAllocator(options);
}

/**
 * A run visits agents in random order; what is free of an agent goes to the first framework in fair order that may
 * and wants to have it. Events ask for a run, which comes a moment later and serves all that asked meanwhile; a batch
 * run comes every interval.
 *
 * @see Mesos `src/master/allocator/mesos/hierarchical.cpp`
 */
class HierarchicalAllocator implements Allocator {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #books: AllocatorBooks;
  readonly #maintenance = new Maintenance();
  readonly #runs: Runs;
  /** Who the next run is for. */
  #candidates: Set<AgentRecord> | 'all' | undefined;
  #paused = false;
  /** So many agents are waited for after a failover. */
  #awaited: number | undefined;
  #recovery: Disposable | undefined;
  readonly #recoveryFactor: number;
  readonly #recoveryTimeoutMs: number;
  #nextBatchMs: number;
  #batch: Disposable;
  #event: Disposable | undefined;

  constructor(options: AllocatorOptions) {
    const { clock, random, onOffers, onInverseOffers = () => {} } = options;
    const { allocationIntervalMs = ALLOCATION_INTERVAL_MS } = options;
    const { agentRecoveryFactor = AGENT_RECOVERY_FACTOR, recoveryTimeoutMs = RECOVERY_TIMEOUT_MS } = options;
    checkPositive('allocationIntervalMs', allocationIntervalMs);
    checkPositive('recoveryTimeoutMs', recoveryTimeoutMs);
    if (!(agentRecoveryFactor >= 0 && agentRecoveryFactor <= 1)) {
      throw new InvalidArgument('agentRecoveryFactor', `expected a number from 0 to 1, got ${agentRecoveryFactor}`);
    }
    const { maxOffersPerRound, agentOrder = 'random', sorter = 'drf' } = options;
    checkRound(maxOffersPerRound, agentOrder);
    checkSorter(sorter);
    this.#clock = clock;
    this.#intervalMs = allocationIntervalMs;
    this.#books = new AllocatorBooks({
      allocationIntervalMs,
      fairnessExclude: options.fairnessExclude ?? [],
      filterGpuResources: options.filterGpuResources ?? true,
      masterRegion: options.masterRegion,
      sortedBy: sorter === 'random' ? random.stream('sorter') : undefined,
    });
    const minimum = new Minimum(this.#books.columns, options.minAllocatable ?? MIN_ALLOCATABLE);
    this.#runs = new Runs({
      books: this.#books,
      minimum,
      maintenance: this.#maintenance,
      random,
      offersMax: maxOffersPerRound,
      agentOrder,
      onOffers,
      onInverseOffers,
    });
    this.#recoveryFactor = agentRecoveryFactor;
    this.#recoveryTimeoutMs = recoveryTimeoutMs;
    this.#nextBatchMs = clock.monotonicMs() + allocationIntervalMs;
    this.#batch = clock.schedule(allocationIntervalMs, () => this.#runBatch());
  }

  addFramework(
    frameworkId: FrameworkId,
    info: AllocatorFramework,
    options: { readonly active: boolean; readonly used: ReadonlyMap<AgentId, Resources> },
  ): void {
    const books = this.#books;
    const named = books.members.frameworks.get(frameworkId);
    if (named?.known === true) throw new InvalidArgument('frameworkId', `expected a new framework, got ${frameworkId}`);
    for (const [agentId, resources] of options.used) checkAllocated(resources, `used[${agentId}]`);
    checkConstraints(info);
    const framework = named ?? books.members.addFramework(frameworkId);
    for (const [agentId, resources] of options.used) {
      const agent = books.agents.get(agentId);
      if (agent === undefined) continue;
      books.remember(agent, framework, resources);
      books.recompute(agent);
    }
    books.introduce(framework);
    framework.active = options.active;
    books.members.setInfo(framework, info);
    if (options.active) this.#allocate('all');
  }

  removeFramework(frameworkId: FrameworkId): void {
    const framework = this.#books.members.framework(frameworkId);
    this.#books.removeFramework(framework);
    this.#maintenance.dropFramework(framework);
  }

  activateFramework(frameworkId: FrameworkId): void {
    const framework = this.#books.members.framework(frameworkId);
    framework.active = true;
    this.#books.members.refresh(framework);
    this.#allocate('all');
  }

  deactivateFramework(frameworkId: FrameworkId): void {
    const framework = this.#books.members.framework(frameworkId);
    framework.active = false;
    this.#books.members.refresh(framework);
    for (const pair of framework.pairs.values()) this.#books.filters.dropPair(pair.index);
    this.#maintenance.dropFiltersOf(framework);
  }

  updateFramework(frameworkId: FrameworkId, info: AllocatorFramework): void {
    const framework = this.#books.members.framework(frameworkId);
    checkConstraints(info);
    this.#books.members.setInfo(framework, info);
    this.#maintenance.dropFiltersOf(framework);
  }

  addAgent(
    agentId: AgentId,
    info: AllocatorAgent,
    used: ReadonlyMap<FrameworkId, Resources>,
    unavailability?: Unavailability,
  ): void {
    const books = this.#books;
    if (books.agents.has(agentId)) throw new InvalidArgument('agentId', `expected a new agent, got ${agentId} again`);
    for (const [frameworkId, resources] of used) checkAllocated(resources, `used[${frameworkId}]`);
    const agent = books.addAgent(agentId, info);
    for (const [frameworkId, resources] of used) {
      books.remember(
        agent,
        books.members.frameworks.get(frameworkId) ?? books.members.addFramework(frameworkId),
        resources,
      );
    }
    if (used.size > 0) books.recompute(agent);
    this.#maintenance.plan(agent, unavailability);
    if (this.#awaited !== undefined && books.agents.size >= this.#awaited) this.resume();
    this.#allocate(agent);
  }

  updateAgent(agentId: AgentId, info: AllocatorAgent): void {
    const agent = this.#books.agent(agentId);
    const { attributes } = agent.info;
    this.#books.updateAgent(agent, info);
    if (!equalAttributes(attributes, info.attributes)) {
      this.#books.filters.dropRow(agent.row);
      this.#maintenance.dropFiltersOn(agent);
    }
    this.#allocate(agent);
  }

  updateUnavailability(agentId: AgentId, unavailability: Unavailability | undefined): void {
    const agent = this.#books.agent(agentId);
    this.#maintenance.plan(agent, unavailability);
    // The run that is asked for is of this agent, whoever has become more willing since it was visited.
    this.#books.soil(agent);
    this.#allocate(agent);
  }

  updateInverseOffer(agentId: AgentId, frameworkId: FrameworkId, refuseMs?: number): void {
    const framework = this.#books.members.frameworks.get(frameworkId);
    const agent = this.#books.agents.get(agentId);
    if (framework === undefined || agent === undefined) return;
    this.#maintenance.settle(agent, framework);
    const lastingMs = refuseMs === undefined ? 0 : effectiveRefuseMs({ refuseMs });
    if (lastingMs > 0) this.#maintenance.filter(agent, framework, this.#clock.monotonicMs() + lastingMs);
  }

  removeAgent(agentId: AgentId): void {
    const agent = this.#books.agent(agentId);
    this.#books.removeAgent(agent);
    this.#maintenance.dropAgent(agent);
    if (this.#candidates instanceof Set) this.#candidates.delete(agent);
  }

  activateAgent(agentId: AgentId): void {
    const agent = this.#books.agent(agentId);
    agent.active = true;
    this.#books.soil(agent);
  }

  deactivateAgent(agentId: AgentId): void {
    this.#books.agent(agentId).active = false;
  }

  addResourceProvider(agentId: AgentId, resources: Resources, used: ReadonlyMap<FrameworkId, Resources>): void {
    const books = this.#books;
    const agent = books.agent(agentId);
    for (const [frameworkId, part] of used) checkAllocated(part, `used[${frameworkId}]`);
    books.updateAgent(agent, { ...agent.info, total: agent.info.total.plus(resources) });
    for (const [frameworkId, part] of used) {
      books.remember(
        agent,
        books.members.frameworks.get(frameworkId) ?? books.members.addFramework(frameworkId),
        part,
        { more: true },
      );
    }
    books.recompute(agent);
  }

  updateWhitelist(hostnames: readonly string[] | undefined): void {
    this.#books.setWhitelist(hostnames);
  }

  updateWeights(weights: Readonly<Record<string, number>>): void {
    const byRole = entriesByName(weights);
    for (const [role, weight] of byRole) checkPositive(`weights.${role}`, weight);
    const { forest, roleRoot } = this.#books.members;
    for (const [role, weight] of byRole) forest.setWeight(roleRoot, role, weight);
  }

  updateQuota(role: string, quota: Quota): void {
    checkQuota(role, quota);
    this.#books.updateQuota(role, quota);
  }

  recover(expectedAgents: number, quotas: ReadonlyMap<string, Quota>): void {
    const { agents } = this.#books;
    if (agents.size > 0) throw new InvalidArgument('recover', `expected no agents yet, got ${agents.size}`);
    if (!(Number.isSafeInteger(expectedAgents) && expectedAgents >= 0)) {
      throw new InvalidArgument('expectedAgents', `expected a whole number from 0, got ${expectedAgents}`);
    }
    for (const [role, quota] of quotas) checkQuota(role, quota);
    for (const [role, quota] of quotas) this.#books.updateQuota(role, quota);
    const awaited = Math.floor(expectedAgents * this.#recoveryFactor);
    if (quotas.size === 0 || awaited === 0) return;
    this.pause();
    this.#awaited = awaited;
    this.#recovery = this.#clock.schedule(this.#recoveryTimeoutMs, () => this.resume());
  }

  updateAllocation(frameworkId: FrameworkId, agentId: AgentId, conversions: readonly ResourceConversion[]): void {
    const agent = this.#books.agent(agentId);
    const framework = this.#books.members.framework(frameworkId);
    let { total } = agent.info;
    const changed = new Map<Pair, Resources>();
    for (const { consumed, converted } of conversions) {
      const [role] = [...consumed.allocations().keys(), ...converted.allocations().keys()];
      const pair = role === undefined ? undefined : framework.pairs.get(role);
      if (pair === undefined) {
        throw new InvalidArgument('conversions', `expected resources that ${frameworkId} holds, got ${consumed}`);
      }
      const held = changed.get(pair) ?? heldBy(pair, agent);
      changed.set(pair, held.convert({ consumed, converted }));
      total = convertTotal(total, { consumed: consumed.unallocate(), converted: converted.unallocate() });
    }
    this.#replaceTotal(agent, total, changed);
  }

  updateAvailable(agentId: AgentId, conversions: readonly ResourceConversion[]): void {
    const agent = this.#books.agent(agentId);
    let { available } = agent;
    let { total } = agent.info;
    for (const conversion of conversions) {
      if (!available.contains(conversion.consumed)) {
        throw new OperationError(
          `Expected ${conversion.consumed} to be free on ${agentId}, which has ${available} free`,
        );
      }
      available = available.convert(conversion);
      total = total.convert(conversion);
    }
    this.#replaceTotal(agent, total, new Map());
  }

  recoverResources(frameworkId: FrameworkId, agentId: AgentId, resources: Resources, refuseMs?: number): void {
    const books = this.#books;
    const framework = books.members.frameworks.get(frameworkId);
    const agent = books.agents.get(agentId);
    if (framework === undefined || agent === undefined || resources.isEmpty) return;
    const returned = books.takeBack(framework, agent, resources);
    if (returned !== undefined) {
      if (returned.subscribed) this.#refuse(returned.pair, agent, returned.source, refuseMs);
      return;
    }
    for (const { pair, part } of partsOf(framework, agent, resources)) {
      const { subscribed } = pair;
      books.free(pair, agent, part);
      if (subscribed) this.#refuse(pair, agent, part.unallocate(), refuseMs);
    }
  }

  suppressOffers(frameworkId: FrameworkId, roles?: readonly string[]): void {
    const framework = this.#books.members.framework(frameworkId);
    framework.suppressed = new Set([...framework.suppressed, ...(roles ?? framework.info.roles)]);
    this.#books.members.refresh(framework);
  }

  reviveOffers(frameworkId: FrameworkId, roles?: readonly string[]): void {
    const books = this.#books;
    const framework = books.members.framework(frameworkId);
    const revived = new Set(roles ?? framework.info.roles);
    framework.suppressed = new Set([...framework.suppressed].filter((role) => !revived.has(role)));
    for (const role of revived) {
      const pair = framework.pairs.get(role);
      if (pair === undefined || books.filters.count(pair.index) === 0) continue;
      books.filters.dropPair(pair.index);
      books.members.fresh.add(pair);
    }
    books.members.refresh(framework);
    this.#maintenance.dropFiltersOf(framework);
    this.#allocate('all');
  }

  snapshot(): AllocatorSnapshot {
    return snapshotOf(this.#books, this.#runs.count);
  }

  framework(frameworkId: FrameworkId): AllocatorFrameworkView | undefined {
    const framework = this.#books.members.frameworks.get(frameworkId);
    if (framework?.known !== true) return undefined;
    return { ...framework.info, active: framework.active, suppressedRoles: [...framework.suppressed] };
  }

  agent(agentId: AgentId): AllocatorAgentView | undefined {
    const agent = this.#books.agents.get(agentId);
    if (agent === undefined) return undefined;
    const { active, available } = agent;
    const { hostname, total, attributes, capabilities } = agent.info;
    const unavailability = this.#maintenance.unavailability(agent);
    const view = { hostname, total, attributes, capabilities, active, available };
    return unavailability === undefined ? view : { ...view, unavailability };
  }

  agentIds(): Iterable<AgentId> {
    return this.#books.agents.keys();
  }

  books(agentId?: AgentId): Iterable<AllocatorEntry> {
    return this.#books.entries(agentId);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#awaited = undefined;
    this.#recovery?.[Symbol.dispose]();
  }

  close(): void {
    this.#batch[Symbol.dispose]();
    this.#event?.[Symbol.dispose]();
    this.#recovery?.[Symbol.dispose]();
    this.#candidates = undefined;
  }

  #replaceTotal(agent: AgentRecord, total: Resources, changed: ReadonlyMap<Pair, Resources>): void {
    const books = this.#books;
    // Kinds of resources that appear must be known before they are charged.
    books.updateAgent(agent, { ...agent.info, total });
    for (const [pair, resources] of changed) books.convert(pair, agent, resources);
    books.recompute(agent);
  }

  #refuse(pair: Pair, agent: AgentRecord, refused: Resources, refuseMs: number | undefined): void {
    const lastingMs = refuseMs === undefined ? 0 : effectiveRefuseMs({ refuseMs });
    if (lastingMs === 0) return;
    const expiresMs = this.#clock.monotonicMs() + Math.max(lastingMs, this.#intervalMs);
    this.#books.filters.add({
      row: agent.row,
      pair: pair.index,
      refused,
      expiresMs,
      runs: this.#books.runsOf(agent),
    });
  }

  /** Asks for a run; those who ask before it comes share it. While paused nobody is heard. */
  #allocate(candidate: AgentRecord | 'all'): void {
    if (this.#paused) return;
    if (candidate === 'all') this.#candidates = 'all';
    else if (this.#candidates === undefined) this.#candidates = new Set([candidate]);
    else if (this.#candidates !== 'all') this.#candidates.add(candidate);
    if (this.#event !== undefined) return;
    this.#event = this.#clock.schedule(0, () => {
      this.#event = undefined;
      this.#run(this.#candidates);
    });
  }

  #runBatch(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#nextBatchMs = Math.max(this.#nextBatchMs + this.#intervalMs, nowMs);
    this.#batch = this.#clock.schedule(this.#nextBatchMs - nowMs, () => this.#runBatch());
    this.#run('all');
  }

  #run(candidates: Set<AgentRecord> | 'all' | undefined): void {
    if (candidates === undefined || this.#paused) return;
    this.#candidates = undefined;
    this.#runs.run(candidates, this.#clock.monotonicMs());
  }
}

/** Further copies of shared resources that are there already add nothing to what the agent has. */
function convertTotal(total: Resources, conversion: ResourceConversion): Resources {
  const { consumed, converted } = conversion;
  if (!consumed.isEmpty || !converted.nonShared().isEmpty) return total.convert(conversion);
  return total.plus(converted.filter((resource) => total.count(resource) === 0));
}
