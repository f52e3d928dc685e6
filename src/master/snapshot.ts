import type { Quota } from '../allocator/index.ts';
import type { AgentId, ExecutorId, FrameworkId, MasterId } from '../core/index.ts';
import type { InverseOffer, InverseOfferStatus, Offer, OfferConstraints } from '../offers/index.ts';
import type { FrameworkInfo } from '../protocol/index.ts';
import { frameworkRoles } from '../protocol/index.ts';
import { type Attribute, Quantities, Resources } from '../resources/index.ts';
import type { Task } from '../tasks/index.ts';
import { type MachineRecord, machineKey } from './maintenance.ts';
import { consumptionOf } from './quota.ts';
import type { AgentRecord, CompletedFramework, FrameworkRecord, MasterState } from './state.ts';

/** An agent, for people; times are epoch milliseconds. */
export interface AgentSnapshot {
  readonly id: AgentId;
  readonly hostname: string;
  readonly attributes: readonly Attribute[];
  readonly connected: boolean;
  readonly registeredMs: number;
  readonly reregisteredMs: number | undefined;
  /** All three of what nothing is allocated to a role any more. */
  readonly total: Resources;
  readonly used: Resources;
  readonly offered: Resources;
  /** Of live executors other than those of command tasks. */
  readonly executors: readonly { readonly frameworkId: FrameworkId; readonly executorId: ExecutorId }[];
}

/** A framework, for people; times are epoch milliseconds. */
export interface FrameworkSnapshot {
  readonly id: FrameworkId;
  readonly info: FrameworkInfo;
  readonly roles: readonly string[];
  readonly suppressedRoles: readonly string[];
  readonly offerConstraints: OfferConstraints;
  readonly connected: boolean;
  /** Known only from its tasks: it has not subscribed to this master yet. */
  readonly recovered: boolean;
  readonly registeredMs: number;
  readonly reregisteredMs: number;
  /** Scalars that its tasks and executors hold, and that it is offered, on all agents. */
  readonly used: Quantities;
  readonly offered: Quantities;
  /** Live ones, and those whose last update has not been acknowledged. */
  readonly tasks: readonly Task[];
  readonly unreachableTasks: readonly Task[];
  /** The latest ones, oldest first. */
  readonly completedTasks: readonly Task[];
}

/** All that a master knows, as plain data, at one moment. */
export interface MasterSnapshot {
  readonly id: MasterId;
  readonly hostname: string;
  readonly version: string;
  readonly agents: readonly AgentSnapshot[];
  /** Admitted, by an earlier master as a rule, and not back yet. */
  readonly recoveredAgents: readonly { readonly id: AgentId; readonly hostname: string }[];
  readonly unreachableAgents: readonly {
    readonly id: AgentId;
    readonly hostname: string;
    readonly unreachableMs: number;
  }[];
  readonly goneAgents: readonly { readonly id: AgentId; readonly goneMs: number }[];
  readonly frameworks: readonly FrameworkSnapshot[];
  readonly completedFrameworks: readonly CompletedFramework[];
  /** Of all frameworks. */
  readonly tasks: readonly Task[];
  readonly offers: readonly Offer[];
  /** Scalars of all agents together. */
  readonly total: Quantities;
  readonly used: Quantities;
  readonly offered: Quantities;
  readonly weights: Readonly<Record<string, number>>;
  /** By role; of those that are promised something, or limited. */
  readonly quotas: Readonly<Record<string, QuotaSnapshot>>;
  /** Outstanding ones. */
  readonly inverseOffers: readonly InverseOffer[];
  /** Those that are in the maintenance schedule. */
  readonly machines: readonly MachineSnapshot[];
}

/** The quota of a role, for people. */
export interface QuotaSnapshot extends Quota {
  /** What is reserved to the role and below it, and what else frameworks use there; offers are not in it. */
  readonly consumed: Quantities;
}

/** A machine in the maintenance schedule, for people. @see Mesos `maintenance::ClusterStatus` */
export interface MachineSnapshot extends MachineRecord {
  /** In lower case. */
  readonly hostname: string;
  /** What frameworks that were asked to leave have answered last. */
  readonly statuses: readonly InverseOfferStatus[];
}

/** Copies what people ask for out of the state; costs as much as the state is large. */
export function takeSnapshot(state: MasterState): MasterSnapshot {
  const agents = [...state.agents.values()].map((agent) => agentSnapshot(state, agent));
  const usedBy = new Map<FrameworkId, Quantities>();
  for (const agentId of state.agents.keys()) {
    for (const [frameworkId, resources] of state.used.ofAgent(agentId)) {
      usedBy.set(frameworkId, (usedBy.get(frameworkId) ?? Quantities.empty).plus(resources.quantities()));
    }
  }
  return {
    id: state.info.id,
    hostname: state.info.hostname,
    version: state.info.version,
    agents,
    recoveredAgents: [...state.recoveredAgents].map(([id, { info }]) => ({ id, hostname: info.hostname })),
    unreachableAgents: [...state.unreachableAgents].map(([id, agent]) => ({ id, ...agent })),
    goneAgents: [...state.goneAgents].map(([id, goneMs]) => ({ id, goneMs })),
    frameworks: [...state.frameworks.values()].map((framework) =>
      frameworkSnapshot(state, framework, usedBy.get(framework.id) ?? Quantities.empty),
    ),
    completedFrameworks: [...state.completedFrameworks.values()],
    tasks: [...state.tasks.all()],
    offers: [...state.offers.all()],
    total: sum(agents.map(({ total }) => total)),
    used: sum(agents.map(({ used }) => used)),
    offered: sum(agents.map(({ offered }) => offered)),
    weights: Object.fromEntries(state.weights),
    quotas: Object.fromEntries(
      Array.from(state.quotas, ([role, quota]) => [role, { ...quota, consumed: consumptionOf(state, role) }]),
    ),
    inverseOffers: [...state.inverseOffers.all()],
    machines: [...state.machines].map(([hostname, machine]) => {
      const agents = [...state.agents.values()].filter(({ info }) => machineKey(info.hostname) === hostname);
      return { hostname, ...machine, statuses: agents.flatMap(({ inverseOfferStatuses }) => inverseOfferStatuses) };
    }),
  };
}

function agentSnapshot(state: MasterState, agent: AgentRecord): AgentSnapshot {
  const { id, info, total, registeredMs, reregisteredMs } = agent;
  return {
    id,
    hostname: info.hostname,
    attributes: info.attributes,
    connected: agent.connection !== undefined,
    registeredMs,
    reregisteredMs,
    total,
    used: Resources.sum(state.used.ofAgent(id).values()).unallocate(),
    offered: Resources.sum(state.offers.ofAgent(id).map(({ resources }) => resources)).unallocate(),
    executors: state.executors
      .ofAgent(id)
      .map(({ frameworkId, info: { executorId } }) => ({ frameworkId, executorId })),
  };
}

function frameworkSnapshot(state: MasterState, framework: FrameworkRecord, used: Quantities): FrameworkSnapshot {
  const { id, info, suppressedRoles, offerConstraints, recovered, registeredMs, reregisteredMs } = framework;
  return {
    id,
    info,
    roles: frameworkRoles(info),
    suppressedRoles,
    offerConstraints,
    connected: framework.connection !== undefined,
    recovered,
    registeredMs,
    reregisteredMs,
    used,
    offered: sum(state.offers.ofFramework(id).map(({ resources }) => resources)),
    tasks: [...state.tasks.ofFramework(id)],
    unreachableTasks: [...state.unreachableTasks.ofFramework(id)],
    completedTasks: [...(state.completedTasks.get(id) ?? [])],
  };
}

function sum(all: readonly Resources[]): Quantities {
  let quantities = Quantities.empty;
  for (const resources of all) quantities = quantities.plus(resources.quantities());
  return quantities;
}
