import type { AgentId, ExecutorId, FrameworkId, OfferId, TaskId } from '../core/index.ts';
import type { Allocation, Allocator, InverseAllocation } from '../allocator/index.ts';
import type { InverseOffer, InverseOfferStatus, Offer, OfferConstraints } from '../offers/index.ts';
import type {
  AgentInfo,
  AgentMessage,
  FrameworkInfo,
  MasterMessage,
  SchedulerCall,
  SchedulerEvent,
  Subscribe,
} from '../protocol/index.ts';
import type { ResourceConversion, Resources } from '../resources/index.ts';
import type { LogLevel } from '../runtime/index.ts';
import type { TaskState, TaskStatus } from '../tasks/index.ts';
import type { ExecutorRecord } from './executor-table.ts';
import type { MaintenanceOperation } from './maintenance.ts';
import type { RoleQuota } from './quota.ts';
import type { RegistryOperation, RegistryState } from './registry.ts';
import type { AgentRecord, ConnectionId, DeferredKill, FrameworkRecord, RegistrationMessage } from './state.ts';
import type { Task } from '../tasks/index.ts';

/** What reaches a master from outside, less when it did. */
export type MasterStimulus =
  /** The first message on a scheduler's connection. */
  | { readonly type: 'subscribe'; readonly connection: ConnectionId; readonly subscribe: Subscribe }
  | { readonly type: 'schedulerCall'; readonly connection: ConnectionId; readonly call: SchedulerCall }
  | { readonly type: 'schedulerDisconnected'; readonly connection: ConnectionId }
  | { readonly type: 'agentMessage'; readonly connection: ConnectionId; readonly message: AgentMessage }
  | { readonly type: 'agentDisconnected'; readonly connection: ConnectionId }
  /** The allocator has set this aside; it is decided on before anything that was queued earlier. */
  | { readonly type: 'allocated'; readonly frameworkId: FrameworkId; readonly allocation: Allocation }
  /** The same of what it asks a framework to leave. */
  | {
      readonly type: 'inverseAllocated';
      readonly frameworkId: FrameworkId;
      readonly allocation: InverseAllocation;
    }
  | { readonly type: 'heartbeatDue'; readonly connection: ConnectionId }
  /** `subscriptions` as it was when the framework's scheduler went away. */
  | { readonly type: 'failoverTimedOut'; readonly frameworkId: FrameworkId; readonly subscriptions: number }
  | { readonly type: 'offerTimedOut'; readonly offerId: OfferId }
  | { readonly type: 'inverseOfferTimedOut'; readonly inverseOfferId: OfferId }
  | { readonly type: 'pingDue'; readonly agentId: AgentId }
  /** `epoch` as it was when the agent was disconnected. */
  | { readonly type: 'reregisterTimedOut'; readonly agentId: AgentId; readonly epoch: number }
  /** The first of all; `weights` are those of the options, for a registry that has none. */
  | {
      readonly type: 'registryRecovered';
      readonly registry: RegistryState;
      readonly weights: Readonly<Record<string, number>>;
    }
  /** Now it can be acted upon. */
  | { readonly type: 'registryWritten'; readonly write: RegistryWrite }
  /** An admitted agent has not come back. */
  | { readonly type: 'recoveryTimedOut'; readonly agentId: AgentId }
  | { readonly type: 'registryPruningDue' }
  /** From the operator, as are the following; about somebody unknown, they are ignored. */
  | { readonly type: 'teardown'; readonly frameworkId: FrameworkId }
  | { readonly type: 'markAgentGone'; readonly agentId: AgentId }
  | { readonly type: 'removeAgent'; readonly agentId: AgentId }
  | { readonly type: 'updateWeights'; readonly weights: Readonly<Record<string, number>> }
  /** Valid when it was asked for. */
  | { readonly type: 'updateQuota'; readonly quotas: readonly RoleQuota[] }
  | { readonly type: 'updateWhitelist'; readonly hostnames: readonly string[] | undefined }
  /** Valid when it was asked for. */
  | { readonly type: 'maintain'; readonly operation: MaintenanceOperation };

/** A stimulus, and the time of it in epoch milliseconds. */
export type MasterCommand = MasterStimulus & { readonly wallMs: number };

type Operation<Type extends RegistryOperation['type']> = Extract<RegistryOperation, { readonly type: Type }>;

/** What is to be written before it is acted upon, and what will be needed then. */
export type RegistryWrite =
  | {
      readonly type: 'admission';
      readonly operation: Operation<'admitAgent' | 'updateAgent' | 'markAgentReachable'>;
      /** On which the agent asked for it, and will be answered. */
      readonly connection: ConnectionId;
    }
  | {
      readonly type: 'departure';
      readonly operation: Operation<'markAgentUnreachable' | 'markAgentGone' | 'removeAgent'>;
      /** Why, for frameworks and the agent. */
      readonly message: string;
      /** Whether the agent is told to shut down. */
      readonly dismissed: boolean;
    }
  | {
      readonly type: 'configuration';
      readonly operation: Operation<'updateWeights' | 'updateQuota' | 'pruneAgents'> | MaintenanceOperation;
    };

/** How an offer ended. `withdrawn`: silently, since there is nobody to be told. */
export type OfferEnd = 'accepted' | 'declined' | 'rescinded' | 'withdrawn';

/** What has happened: a fact that `apply` enters into the state. */
export type MasterEvent =
  /** A new framework, or one that is known only from what an agent reports (`recovered`). */
  | { readonly type: 'frameworkAdded'; readonly framework: FrameworkRecord }
  | {
      readonly type: 'frameworkResubscribed';
      readonly frameworkId: FrameworkId;
      readonly info: FrameworkInfo;
      readonly suppressedRoles: readonly string[];
      readonly offerConstraints: OfferConstraints;
      readonly connection: ConnectionId;
      readonly wallMs: number;
    }
  | {
      readonly type: 'frameworkUpdated';
      readonly frameworkId: FrameworkId;
      readonly info: FrameworkInfo;
      readonly suppressedRoles: readonly string[];
      readonly offerConstraints: OfferConstraints;
    }
  | { readonly type: 'frameworkDisconnected'; readonly frameworkId: FrameworkId }
  /** Its tasks, offers and executors are gone by now. */
  | { readonly type: 'frameworkRemoved'; readonly frameworkId: FrameworkId; readonly wallMs: number }
  /** All that a master knows when it starts. */
  | { readonly type: 'registryLoaded'; readonly registry: RegistryState }
  /** An agent asks to be taken in, or asks again before it is; the registry is written first. */
  | {
      readonly type: 'admissionStarted';
      readonly connection: ConnectionId;
      readonly agentId: AgentId;
      readonly message: RegistrationMessage;
    }
  /** It is written, or nobody waits for it any more. */
  | { readonly type: 'admissionEnded'; readonly connection: ConnectionId }
  /** It is about to be unreachable, gone or removed; the registry is written first. */
  | { readonly type: 'agentLeaving'; readonly agentId: AgentId }
  /** It is admitted, and was not there any more to hear so. */
  | { readonly type: 'agentMissed'; readonly agentId: AgentId; readonly info: AgentInfo }
  | { readonly type: 'agentAdded'; readonly agent: AgentRecord }
  | {
      readonly type: 'agentReregistered';
      readonly agentId: AgentId;
      readonly info: AgentInfo;
      readonly total: Resources;
      readonly connection: ConnectionId;
      readonly wallMs: number;
    }
  | { readonly type: 'agentDisconnected'; readonly agentId: AgentId }
  /** Its tasks, offers and executors are gone by now, as with the two after it. */
  | { readonly type: 'agentUnreachable'; readonly agentId: AgentId; readonly wallMs: number }
  /** Of an agent that was registered, recovered or unreachable. */
  | { readonly type: 'agentGone'; readonly agentId: AgentId; readonly wallMs: number }
  | { readonly type: 'agentRemoved'; readonly agentId: AgentId }
  | { readonly type: 'agentsPruned'; readonly unreachable: readonly AgentId[]; readonly gone: readonly AgentId[] }
  | { readonly type: 'pingSent'; readonly agentId: AgentId }
  | { readonly type: 'pongReceived'; readonly agentId: AgentId }
  /** In the place of an earlier one of the same task. */
  | { readonly type: 'killDeferred'; readonly agentId: AgentId; readonly kill: DeferredKill }
  | { readonly type: 'offersMade'; readonly offers: readonly Offer[] }
  | { readonly type: 'offerEnded'; readonly offerId: OfferId; readonly end: OfferEnd }
  | { readonly type: 'inverseOffersMade'; readonly inverseOffers: readonly InverseOffer[] }
  | { readonly type: 'inverseOfferEnded'; readonly inverseOfferId: OfferId }
  /** By a framework that was asked to leave it; in the place of its last answer. */
  | { readonly type: 'agentAnsweredFor'; readonly agentId: AgentId; readonly status: InverseOfferStatus }
  /** Its machine will not be there at another time than was said before: answers so far do not count. */
  | { readonly type: 'agentReplanned'; readonly agentId: AgentId }
  /** Of the maintenance schedule. */
  | { readonly type: 'maintained'; readonly operation: MaintenanceOperation }
  /** What a framework reserved or created: the agent's total changes. */
  | {
      readonly type: 'resourcesConverted';
      readonly agentId: AgentId;
      readonly frameworkId: FrameworkId;
      /** Allocated to the framework's role. */
      readonly conversion: ResourceConversion;
    }
  | { readonly type: 'executorAdded'; readonly executor: ExecutorRecord }
  | {
      readonly type: 'executorRemoved';
      readonly agentId: AgentId;
      readonly frameworkId: FrameworkId;
      readonly executorId: ExecutorId;
    }
  /** Launched just now. */
  | { readonly type: 'taskLaunched'; readonly task: Task }
  /** Reported by an agent that came back; it is unreachable no more, if it was. */
  | { readonly type: 'taskReturned'; readonly task: Task }
  | {
      readonly type: 'taskUpdated';
      readonly frameworkId: FrameworkId;
      readonly taskId: TaskId;
      /** What the scheduler is, or would be, told. */
      readonly status: TaskStatus;
      /** What the agent knows by now. */
      readonly latestState: TaskState;
    }
  /** Its agent does not answer; the state that it got by this is in the `taskUpdated` before. */
  | { readonly type: 'taskUnreachable'; readonly frameworkId: FrameworkId; readonly taskId: TaskId }
  /** It is terminal, and nobody needs to be told any more. */
  | { readonly type: 'taskCompleted'; readonly frameworkId: FrameworkId; readonly taskId: TaskId }
  /** An unreachable task that will not come back. */
  | {
      readonly type: 'unreachableTaskCompleted';
      readonly frameworkId: FrameworkId;
      readonly taskId: TaskId;
      /** Absent: it keeps the state that it had. */
      readonly status?: TaskStatus;
    }
  | { readonly type: 'weightsUpdated'; readonly weights: Readonly<Record<string, number>> }
  | { readonly type: 'quotaUpdated'; readonly quotas: readonly RoleQuota[] };

/** One call of the allocator, as data. */
export type AllocatorCall = {
  [Method in AllocatorMethod]: { readonly method: Method; readonly args: Readonly<Parameters<Allocator[Method]>> };
}[AllocatorMethod];

type AllocatorMethod =
  | 'addFramework'
  | 'removeFramework'
  | 'activateFramework'
  | 'deactivateFramework'
  | 'updateFramework'
  | 'addAgent'
  | 'updateAgent'
  | 'removeAgent'
  | 'activateAgent'
  | 'deactivateAgent'
  | 'updateUnavailability'
  | 'updateInverseOffer'
  | 'updateWhitelist'
  | 'updateWeights'
  | 'updateQuota'
  | 'recover'
  | 'updateAllocation'
  | 'recoverResources'
  | 'suppressOffers'
  | 'reviveOffers';

/** What the shell shall do; performed in order, after all events of the decision have been applied. */
export type MasterEffect =
  | { readonly type: 'sendToFramework'; readonly connection: ConnectionId; readonly event: SchedulerEvent }
  | { readonly type: 'closeFramework'; readonly connection: ConnectionId; readonly reason: string }
  | { readonly type: 'sendToAgent'; readonly connection: ConnectionId; readonly message: MasterMessage }
  | { readonly type: 'closeAgent'; readonly connection: ConnectionId; readonly reason: string }
  | { readonly type: 'callAllocator'; readonly call: AllocatorCall }
  /** Takes the place of a timer of the same key. When it rings, the stimulus comes back as a command. */
  | { readonly type: 'startTimer'; readonly key: string; readonly delayMs: number; readonly stimulus: MasterStimulus }
  /** In the order of the effects. When it is written, it comes back as a command. */
  | { readonly type: 'writeRegistry'; readonly write: RegistryWrite }
  /** Fine if there is none. */
  | { readonly type: 'cancelTimer'; readonly key: string }
  | {
      readonly type: 'log';
      readonly level: LogLevel;
      readonly message: string;
      readonly fields?: Readonly<Record<string, unknown>>;
    };

/** What `decide` answers. */
export interface Decision {
  readonly events: readonly MasterEvent[];
  readonly effects: readonly MasterEffect[];
}
