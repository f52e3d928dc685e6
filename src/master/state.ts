import type { Quota } from '../allocator/index.ts';
import type { AgentId, FrameworkId, TaskId } from '../core/index.ts';
import type { InverseOffer, InverseOfferStatus, OfferConstraints } from '../offers/index.ts';
import type { AgentInfo, AgentMessage, FrameworkInfo, MasterInfo } from '../protocol/index.ts';
import type { Resources } from '../resources/index.ts';
import type { KillPolicy, Task } from '../tasks/index.ts';
import { type Executors, ExecutorTable } from './executor-table.ts';
import type { MachineRecord, Machines } from './maintenance.ts';
import { type Offers, OfferTable } from './offer-table.ts';
import type { UnreachableAgent } from './registry.ts';
import type { Ring } from './ring.ts';
import { type Tasks, TaskTable } from './task-table.ts';
import { type Used, UsedTable } from './used-table.ts';

/** Numbers a connection of a scheduler or an agent; given by the shell, never used twice. */
export type ConnectionId = number;

/** What the operator decided; times in milliseconds. */
export interface MasterConfig {
  readonly heartbeatIntervalMs: number;
  readonly agentPingTimeoutMs: number;
  readonly maxAgentPingTimeouts: number;
  readonly agentReregisterTimeoutMs: number;
  /** Offers stay until they are answered if it is `undefined`. */
  readonly offerTimeoutMs: number | undefined;
  readonly maxCompletedFrameworks: number;
  readonly maxCompletedTasksPerFramework: number;
  readonly maxUnreachableTasksPerFramework: number;
  /** How many unreachable agents, and how many gone ones, are remembered; the oldest are pruned from time to time. */
  readonly maxRemovedAgents: number;
}

export interface FrameworkRecord {
  readonly id: FrameworkId;
  /** With its id. */
  readonly info: FrameworkInfo;
  readonly suppressedRoles: readonly string[];
  readonly offerConstraints: OfferConstraints;
  /** Where its scheduler is; `undefined`: disconnected, no offers are made. */
  readonly connection: ConnectionId | undefined;
  /** Known only from what runs on agents: it has not subscribed to this master yet. */
  readonly recovered: boolean;
  /** Rises with each subscription: tells the failover timer of one from that of the next. */
  readonly subscriptions: number;
  /** Epoch milliseconds of the first subscription to this master; 0 while `recovered`. */
  readonly registeredMs: number;
  /** Epoch milliseconds of the latest subscription; `registeredMs` if there was only one. */
  readonly reregisteredMs: number;
}

/** A task's name across the cluster. */
export interface TaskRef {
  readonly frameworkId: FrameworkId;
  readonly taskId: TaskId;
}

/** A kill as its framework has last asked for it. */
export interface DeferredKill extends TaskRef {
  readonly killPolicy?: KillPolicy;
}

export interface AgentRecord {
  readonly id: AgentId;
  /** As it last advertised itself, with its id. */
  readonly info: AgentInfo;
  /** All that it has, with the reservations and volumes of now; nothing in it is allocated. */
  readonly total: Resources;
  /** Where the agent is; `undefined`: disconnected, nothing of it is offered. */
  readonly connection: ConnectionId | undefined;
  /** Rises with each registration and disconnection: tells one timer from the next. */
  readonly epoch: number;
  /** Pings since the last answer. */
  readonly unansweredPings: number;
  /** Kills that wait for the agent, one for each task; only while it is disconnected. */
  readonly killsWhenBack: readonly DeferredKill[];
  /** The last answer of each framework that was asked to leave it, since there was another plan. */
  readonly inverseOfferStatuses: readonly InverseOfferStatus[];
  /** Epoch milliseconds. */
  readonly registeredMs: number;
  readonly reregisteredMs: number | undefined;
}

/** A framework that has been removed: its id is not accepted again as long as it is remembered. */
export interface CompletedFramework {
  readonly id: FrameworkId;
  readonly info: FrameworkInfo;
  readonly registeredMs: number;
  readonly unregisteredMs: number;
  /** Oldest first. */
  readonly tasks: readonly Task[];
}

/** How an agent asks to be taken in. */
export type RegistrationMessage = Extract<AgentMessage, { readonly type: 'registerAgent' | 'reregisterAgent' }>;

/** An agent that will be taken in when the registry says so. */
export interface Admission {
  readonly agentId: AgentId;
  /** The latest one: it is the truth about what runs on the agent. */
  readonly message: RegistrationMessage;
}

/** An agent that is admitted, and is not there: its tasks are not known. */
export interface RecoveredAgent {
  readonly info: AgentInfo;
  /** It had been taken for lost, and missed the answer when it came back: frameworks are told of its tasks when it is there. */
  readonly wasLost: boolean;
}

/**
 * All that a master knows, as `decide` sees it: tables of frozen records. A record's identity is its version.
 *
 * An agent is one of registered, recovered, unreachable, gone, or unknown. The registry has those of the first two as
 * admitted, so that a master never says of an agent what its successor would not.
 */
export interface MasterState {
  readonly info: MasterInfo;
  readonly config: MasterConfig;
  readonly frameworks: ReadonlyMap<FrameworkId, FrameworkRecord>;
  /** In order of removal, at most `maxCompletedFrameworks`. */
  readonly completedFrameworks: ReadonlyMap<FrameworkId, CompletedFramework>;
  readonly schedulerConnections: ReadonlyMap<ConnectionId, FrameworkId>;
  /** Registered agents, connected or not. */
  readonly agents: ReadonlyMap<AgentId, AgentRecord>;
  /** Admitted, by an earlier master as a rule, and not back yet. */
  readonly recoveredAgents: ReadonlyMap<AgentId, RecoveredAgent>;
  readonly unreachableAgents: ReadonlyMap<AgentId, UnreachableAgent>;
  /** Epoch milliseconds of when an operator declared the agent gone. */
  readonly goneAgents: ReadonlyMap<AgentId, number>;
  readonly agentConnections: ReadonlyMap<ConnectionId, AgentId>;
  /** Agents that wait for the registry to admit them. */
  readonly admissions: ReadonlyMap<ConnectionId, Admission>;
  /** Registered and recovered agents that the registry is about to have as unreachable, gone or removed. */
  readonly leavingAgents: ReadonlySet<AgentId>;
  /** Tasks on registered agents: those that live, and those whose terminal update has not been acknowledged. */
  readonly tasks: Tasks;
  /** Tasks on agents that are unreachable, or were, and missed the answer when they came back; bounded per framework. */
  readonly unreachableTasks: Tasks;
  /** By framework, oldest first, bounded per framework. */
  readonly completedTasks: ReadonlyMap<FrameworkId, Iterable<Task> & { readonly length: number }>;
  readonly executors: Executors;
  readonly offers: Offers;
  readonly inverseOffers: Offers<InverseOffer>;
  readonly used: Used;
  readonly weights: ReadonlyMap<string, number>;
  /** Of roles that are promised something, or limited. */
  readonly quotas: ReadonlyMap<string, Quota>;
  /** Those that are in the maintenance schedule. */
  readonly machines: Machines;
  /** The next number of each kind of id. */
  readonly nextFramework: number;
  readonly nextAgent: number;
  readonly nextOffer: number;
}

/** The same tables as `apply` sees them. */
export interface MasterTables extends MasterState {
  readonly frameworks: Map<FrameworkId, FrameworkRecord>;
  readonly completedFrameworks: Map<FrameworkId, CompletedFramework>;
  readonly schedulerConnections: Map<ConnectionId, FrameworkId>;
  readonly agents: Map<AgentId, AgentRecord>;
  readonly recoveredAgents: Map<AgentId, RecoveredAgent>;
  readonly unreachableAgents: Map<AgentId, UnreachableAgent>;
  readonly goneAgents: Map<AgentId, number>;
  readonly agentConnections: Map<ConnectionId, AgentId>;
  readonly admissions: Map<ConnectionId, Admission>;
  readonly leavingAgents: Set<AgentId>;
  readonly tasks: TaskTable;
  readonly unreachableTasks: TaskTable;
  readonly completedTasks: Map<FrameworkId, Ring<Task>>;
  readonly executors: ExecutorTable;
  readonly offers: OfferTable;
  readonly inverseOffers: OfferTable<InverseOffer>;
  readonly used: UsedTable;
  readonly weights: Map<string, number>;
  readonly quotas: Map<string, Quota>;
  readonly machines: Map<string, MachineRecord>;
  nextFramework: number;
  nextAgent: number;
  nextOffer: number;
}

/** A master that has met nobody yet. */
export function emptyState(info: MasterInfo, config: MasterConfig): MasterTables {
  return {
    info,
    config,
    frameworks: new Map(),
    completedFrameworks: new Map(),
    schedulerConnections: new Map(),
    agents: new Map(),
    recoveredAgents: new Map(),
    unreachableAgents: new Map(),
    goneAgents: new Map(),
    agentConnections: new Map(),
    admissions: new Map(),
    leavingAgents: new Set(),
    tasks: new TaskTable(),
    unreachableTasks: new TaskTable(),
    completedTasks: new Map(),
    executors: new ExecutorTable(),
    offers: new OfferTable(),
    inverseOffers: new OfferTable(),
    used: new UsedTable(),
    weights: new Map(),
    quotas: new Map(),
    machines: new Map(),
    nextFramework: 0,
    nextAgent: 0,
    nextOffer: 0,
  };
}
