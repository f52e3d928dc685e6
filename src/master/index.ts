export { nodeClock, nodeRandom } from '../runtime/node/index.ts';
export { apply } from './apply.ts';
export { decide } from './decide.ts';
export type { ExecutorRecord } from './executor-table.ts';
export {
  type AllocatorBooks,
  allocatorAgrees,
  checkInvariants,
  inverseOffersAreAnswerable,
  nothingHeldTwice,
  nothingOvercommitted,
  offersAreAnswerable,
  registryAgrees,
  tasksHoldWhatTheyWereGiven,
  type Violations,
} from './invariants.ts';
export type { MachinePlan, MachineRecord, Machines, MaintenanceOperation, MaintenanceWindow } from './maintenance.ts';
export type { MasterOptions } from './options.ts';
export type {
  AllocatorCall,
  Decision,
  MasterCommand,
  MasterEffect,
  MasterEvent,
  MasterStimulus,
  OfferEnd,
  RegistryWrite,
} from './protocol.ts';
export type { QuotaConfig, QuotaUpdateOptions, RoleQuota } from './quota.ts';
export {
  type Registry,
  type RegistryOperation,
  type RegistryOutcome,
  type RegistryRecovery,
  type RegistryState,
  type UnreachableAgent,
} from './registry.ts';
export {
  createMemoryRegistry,
  type MemoryRegistry,
  type MemoryRegistryOptions,
  type RegistryFault,
} from './registry-memory.ts';
export { createMaster, type Master, MASTER_VERSION } from './shell.ts';
export type { AgentSnapshot, FrameworkSnapshot, MachineSnapshot, MasterSnapshot, QuotaSnapshot } from './snapshot.ts';
export {
  type Admission,
  type AgentRecord,
  type CompletedFramework,
  type ConnectionId,
  emptyState,
  type FrameworkRecord,
  type MasterConfig,
  type MasterState,
  type MasterTables,
  type RecoveredAgent,
  type RegistrationMessage,
  type TaskRef,
} from './state.ts';
export { InvariantWatch } from './watch.ts';
