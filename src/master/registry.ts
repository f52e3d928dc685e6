import type { Quota } from '../allocator/index.ts';
import { type AgentId, entriesByName, unreachable } from '../core/index.ts';
import type { AgentInfo } from '../protocol/index.ts';
import { applyMaintenance, type MachineRecord, type Machines, type MaintenanceOperation } from './maintenance.ts';
import { type RoleQuota, setQuotas } from './quota.ts';

/** An agent that did not answer any more; its tasks may still run. */
export interface UnreachableAgent {
  readonly hostname: string;
  /** Epoch milliseconds. */
  readonly unreachableMs: number;
}

/**
 * What must survive a master's crash, since nobody else could tell the next master. Frameworks, tasks, executors and
 * offers are not in it: agents and frameworks bring them along. An agent is in one of the first three tables at most.
 *
 * @see Mesos `src/master/registry.proto`
 */
export interface RegistryState {
  /** Admitted agents, as they described themselves; reservations and volumes may be newer on the agent. */
  readonly agents: ReadonlyMap<AgentId, AgentInfo>;
  readonly unreachableAgents: ReadonlyMap<AgentId, UnreachableAgent>;
  /** Epoch milliseconds of when an operator declared the agent gone. */
  readonly goneAgents: ReadonlyMap<AgentId, number>;
  /** By role, of those that were ever set. */
  readonly weights: ReadonlyMap<string, number>;
  /** By role; those that promise or limit something. */
  readonly quotas: ReadonlyMap<string, Quota>;
  /** By host name, those that are in the maintenance schedule. */
  readonly machines: Machines;
}

/**
 * One change of the registry. None is refused, and a list of them applied twice gives the same as applied once: what may
 * have been written or not is written again.
 *
 * @see Mesos `src/master/registry_operations.hpp`, `src/master/weights.hpp`, `src/master/quota.hpp`
 */
export type RegistryOperation =
  /** A new agent. As with the two after it: an agent that is gone stays gone. */
  | { readonly type: 'admitAgent'; readonly agentId: AgentId; readonly agentInfo: AgentInfo }
  /** It came back, and describes itself otherwise. */
  | { readonly type: 'updateAgent'; readonly agentId: AgentId; readonly agentInfo: AgentInfo }
  /** It was unreachable, or nobody knows it any more. */
  | { readonly type: 'markAgentReachable'; readonly agentId: AgentId; readonly agentInfo: AgentInfo }
  /** Of an agent that is not admitted, nothing changes. */
  | { readonly type: 'markAgentUnreachable'; readonly agentId: AgentId; readonly unreachableMs: number }
  /** Of one that is gone already, nothing changes. */
  | { readonly type: 'markAgentGone'; readonly agentId: AgentId; readonly goneMs: number }
  | { readonly type: 'removeAgent'; readonly agentId: AgentId }
  /** Unreachable and gone agents that are forgotten. */
  | { readonly type: 'pruneAgents'; readonly unreachable: readonly AgentId[]; readonly gone: readonly AgentId[] }
  | { readonly type: 'updateWeights'; readonly weights: Readonly<Record<string, number>> }
  | { readonly type: 'updateQuota'; readonly quotas: readonly RoleQuota[] }
  | MaintenanceOperation;

/** What comes of {@link Registry.recover}. `epoch` rises with each recovery, and proves to `write` who is writing. */
export type RegistryRecovery =
  | { readonly type: 'recovered'; readonly registry: RegistryState; readonly epoch: number }
  | { readonly type: 'failed'; readonly reason: string };

/** What comes of {@link Registry.write}. */
export type RegistryOutcome =
  | { readonly type: 'written' }
  /** It is not known to have been written; it may have been all the same. */
  | { readonly type: 'failed'; readonly reason: string }
  /** Nothing was written: another master has recovered the registry since. */
  | { readonly type: 'superseded' };

/**
 * Where a master keeps what its successor has to know. Calls return at once; what comes of them is told by `done`,
 * once, and never within the call.
 */
export interface Registry {
  /**
   * Reads all of it, and takes it over: what earlier masters have under way is either in what is read, or is never
   * written.
   */
  recover(done: (recovery: RegistryRecovery) => void): void;
  /** Writes a batch, in this order, all or nothing. A master has one write under way at a time. */
  write(
    batch: { readonly epoch: number; readonly operations: readonly RegistryOperation[] },
    done: (outcome: RegistryOutcome) => void,
  ): void;
}

/** {@link RegistryState} for those who keep one. */
export interface RegistryTables extends RegistryState {
  readonly agents: Map<AgentId, AgentInfo>;
  readonly unreachableAgents: Map<AgentId, UnreachableAgent>;
  readonly goneAgents: Map<AgentId, number>;
  readonly weights: Map<string, number>;
  readonly quotas: Map<string, Quota>;
  readonly machines: Map<string, MachineRecord>;
}

/** A registry of its own with the same in it; an empty one if there is nothing to copy. */
export function copyRegistry(from?: RegistryState): RegistryTables {
  return {
    agents: new Map(from?.agents),
    unreachableAgents: new Map(from?.unreachableAgents),
    goneAgents: new Map(from?.goneAgents),
    weights: new Map(from?.weights),
    quotas: new Map(from?.quotas),
    machines: new Map(from?.machines),
  };
}

/** What an operation does to a registry. */
export function applyToRegistry(registry: RegistryTables, operation: RegistryOperation): void {
  const { agents, unreachableAgents, goneAgents, weights } = registry;
  switch (operation.type) {
    case 'admitAgent':
    case 'updateAgent':
    case 'markAgentReachable':
      if (goneAgents.has(operation.agentId)) return;
      agents.set(operation.agentId, operation.agentInfo);
      unreachableAgents.delete(operation.agentId);
      return;
    case 'markAgentUnreachable': {
      const { agentId, unreachableMs } = operation;
      const info = agents.get(agentId);
      if (info === undefined) return;
      agents.delete(agentId);
      unreachableAgents.set(agentId, { hostname: info.hostname, unreachableMs });
      return;
    }
    case 'markAgentGone': {
      const { agentId, goneMs } = operation;
      agents.delete(agentId);
      unreachableAgents.delete(agentId);
      if (!goneAgents.has(agentId)) goneAgents.set(agentId, goneMs);
      return;
    }
    case 'removeAgent':
      agents.delete(operation.agentId);
      return;
    case 'pruneAgents':
      for (const agentId of operation.unreachable) unreachableAgents.delete(agentId);
      for (const agentId of operation.gone) goneAgents.delete(agentId);
      return;
    case 'updateMaintenanceSchedule':
    case 'startMaintenance':
    case 'stopMaintenance':
      return applyMaintenance(registry.machines, operation);
    case 'updateWeights':
      for (const [role, weight] of entriesByName(operation.weights)) weights.set(role, weight);
      return;
    case 'updateQuota':
      return setQuotas(registry.quotas, operation.quotas);
    default:
      return unreachable(operation, 'RegistryOperation');
  }
}
