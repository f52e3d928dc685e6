import type { AgentId, FrameworkId } from '../core/index.ts';
import type { FaultDomain, OfferConstraints, Unavailability } from '../offers/index.ts';
import type { Attribute, Quantities, ResourceConversion, ResourceLimits, Resources } from '../resources/index.ts';

/** What a framework can cope with, as far as it matters for offers; the words are Mesos's. */
export interface AllocatorFramework {
  readonly roles: readonly string[];
  /** A subset of `roles`. */
  readonly suppressedRoles?: readonly string[];
  readonly capabilities: readonly string[];
  /** By role, replacing the general minimum; an empty list takes any offer that is not empty. */
  readonly minAllocatable?: Readonly<Record<string, readonly Quantities[]>>;
  /** By role: which agents to leave out. Of roles that it is not subscribed to they are ignored. */
  readonly offerConstraints?: OfferConstraints;
}

export interface AllocatorAgent {
  readonly hostname: string;
  /** Nothing in it is allocated. */
  readonly total: Resources;
  readonly attributes: readonly Attribute[];
  readonly capabilities: readonly string[];
  /** Absent: in the region of the master. */
  readonly domain?: FaultDomain;
}

/** What is offered to, or used by, one framework in one role on one agent. */
export interface AllocatorEntry {
  readonly agentId: AgentId;
  /** Known to the allocator, or named only by an agent that brought it along. */
  readonly frameworkId: FrameworkId;
  readonly role: string;
  /** Allocated to `role`; never empty. */
  readonly resources: Resources;
}

export interface AllocatorAgentView extends AllocatorAgent {
  readonly active: boolean;
  /** What could be offered now; allocated to nobody. Shared resources are in it even while they are used. */
  readonly available: Resources;
  /** When it will not be there, if that is planned. */
  readonly unavailability?: Unavailability;
}

export interface AllocatorFrameworkView extends AllocatorFramework {
  readonly active: boolean;
  readonly suppressedRoles: readonly string[];
}

/** What a role is promised, and what it may consume at most; of scalars. */
export interface Quota {
  /** Enough is kept free for it, and it comes before fair shares. An absent name: nothing is promised. */
  readonly guarantees: Quantities;
  readonly limits: ResourceLimits;
}

export interface AllocatorQuotaView extends Quota {
  /** What is reserved to the role and below it, and what else is offered to or used by frameworks of these roles. */
  readonly consumed: Quantities;
}

/** @see Mesos `src/master/allocator/mesos/metrics.cpp` */
export interface AllocatorSnapshot {
  /** Scalars of all agents. */
  readonly total: Quantities;
  /** Scalars offered or used; a shared resource once for each agent, framework and role that holds it. */
  readonly offeredOrAllocated: Quantities;
  /** By role: its subtree's dominant share of the cluster, divided by its weight. */
  readonly dominantShares: ReadonlyMap<string, number>;
  /** By path: the weights that were set. */
  readonly weights: ReadonlyMap<string, number>;
  /** Number of offer filters in force, by role. */
  readonly offerFilters: ReadonlyMap<string, number>;
  /** By role; roles that are promised something or limited. */
  readonly quotas: ReadonlyMap<string, AllocatorQuotaView>;
  /** Number of runs so far, event-driven and batch. */
  readonly allocationRuns: number;
}

/** What one run offers to one framework: by role, then by agent; allocated to the role. */
export type Allocation = ReadonlyMap<string, ReadonlyMap<AgentId, Resources>>;

/**
 * Decides who is offered what. It is told of every change and keeps its own books; it never sees a task. What it
 * hands to `onOffers` counts as taken until {@link Allocator.recoverResources} gives it back.
 *
 * Resources that are offered or used carry the role they are allocated to; an agent's total carries none.
 *
 * @see Mesos `include/mesos/allocator/allocator.hpp`
 */
export interface Allocator {
  /**
   * @param used what the framework holds on agents already, if it comes back. On agents that are not known (yet) it
   *   is ignored: they bring it along when they are added.
   */
  addFramework(
    frameworkId: FrameworkId,
    framework: AllocatorFramework,
    options: { readonly active: boolean; readonly used: ReadonlyMap<AgentId, Resources> },
  ): void;
  /** All it holds becomes free. */
  removeFramework(frameworkId: FrameworkId): void;
  activateFramework(frameworkId: FrameworkId): void;
  /** No offers; filters are dropped, what it holds stays charged. */
  deactivateFramework(frameworkId: FrameworkId): void;
  updateFramework(frameworkId: FrameworkId, framework: AllocatorFramework): void;

  /**
   * @param used by framework; frameworks that are not known yet are remembered
   * @param unavailability as {@link Allocator.updateUnavailability}
   */
  addAgent(
    agentId: AgentId,
    agent: AllocatorAgent,
    used: ReadonlyMap<FrameworkId, Resources>,
    unavailability?: Unavailability,
  ): void;
  updateAgent(agentId: AgentId, agent: AllocatorAgent): void;
  /**
   * When the agent will not be there, `undefined` if nothing is planned. Each framework that holds something of it is
   * asked to give it back, by `onInverseOffers`, again after each answer. It is offered all the same.
   */
  updateUnavailability(agentId: AgentId, unavailability: Unavailability | undefined): void;
  /**
   * A framework has answered an inverse offer, or it was taken back: it may be asked again.
   *
   * @param refuseMs for how long not to ask it about this agent; absent or 0: not at all
   */
  updateInverseOffer(agentId: AgentId, frameworkId: FrameworkId, refuseMs?: number): void;
  removeAgent(agentId: AgentId): void;
  activateAgent(agentId: AgentId): void;
  deactivateAgent(agentId: AgentId): void;
  /**
   * The agent has more than it had, some of it in use. Asks for no run: what is free of it waits for the next one.
   *
   * @param resources nothing in it is allocated
   * @param used a part of `resources`, by framework, allocated; frameworks that are not known yet are remembered
   */
  addResourceProvider(agentId: AgentId, resources: Resources, used: ReadonlyMap<FrameworkId, Resources>): void;
  /**
   * Only agents on these hosts are offered from the next run on; other agents still count in the total, and what they
   * have offered stays offered. An empty list allows no host, none at all (the beginning) every one.
   */
  updateWhitelist(hostnames: readonly string[] | undefined): void;

  /** Weights of roles, greater than 0; 1 unless given. A path that is no role yet may be named. */
  updateWeights(weights: Readonly<Record<string, number>>): void;

  /**
   * Sets the quota of a top-level role, known or not; without guarantees and limits it has none. Nothing is taken back.
   *
   * @throws InvalidArgument if the role is nested, or is promised more than its limits allow
   */
  updateQuota(role: string, quota: Quota): void;
  /**
   * After a failover, before any agent is added: if a quota is to be honoured, pauses until `agentRecoveryFactor` of
   * the expected agents are back, or `recoveryTimeoutMs` have passed.
   *
   * @throws InvalidArgument if there are agents already, or a quota is none that `updateQuota` would take
   */
  recover(expectedAgents: number, quotas: ReadonlyMap<string, Quota>): void;

  /** Operations applied to what a framework holds: the agent's total changes with it, quantities stay. */
  updateAllocation(frameworkId: FrameworkId, agentId: AgentId, conversions: readonly ResourceConversion[]): void;

  /**
   * Declined, unused, or freed by a task that ended.
   *
   * @param refuseMs for how long not to offer as much to this framework again; absent or 0: no filter
   */
  recoverResources(frameworkId: FrameworkId, agentId: AgentId, resources: Resources, refuseMs?: number): void;
  /** No offers for these roles of the framework, all if none is named, until they are revived. */
  suppressOffers(frameworkId: FrameworkId, roles?: readonly string[]): void;
  /** Ends suppression and filters of these roles, all if none is named, and allocates. */
  reviveOffers(frameworkId: FrameworkId, roles?: readonly string[]): void;

  /**
   * Operations by an operator on what is free of an agent.
   *
   * @throws OperationError if it is not free (any more); nothing has changed then
   */
  updateAvailable(agentId: AgentId, conversions: readonly ResourceConversion[]): void;

  /** Figures for people and monitors; made anew for each call. */
  snapshot(): AllocatorSnapshot;
  /** `undefined` if it is not known. */
  framework(frameworkId: FrameworkId): AllocatorFrameworkView | undefined;
  /** `undefined` if it is not known. */
  agent(agentId: AgentId): AllocatorAgentView | undefined;
  agentIds(): Iterable<AgentId>;
  /**
   * All that is offered or used, of one agent or of all; one entry per agent, framework and role. What the master's own
   * books must equal.
   */
  books(agentId?: AgentId): Iterable<AllocatorEntry>;

  /** Makes no offers until {@link Allocator.resume}. */
  pause(): void;
  resume(): void;
  /** Stops all timers. */
  close(): void;
}
