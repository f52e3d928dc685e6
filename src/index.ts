/**
 * The front door: an embedded cluster, the driver of a framework, resources, and the types they speak.
 *
 * @packageDocumentation
 */
export {
  type AgentOptions,
  type Cluster,
  type ClusterAgent,
  type ClusterOptions,
  createCluster,
} from './cluster/index.ts';
export {
  AgentId,
  ClosedError,
  ContainerId,
  type ErrorCode,
  ExecutorId,
  FrameworkId,
  InvalidArgument,
  InvariantViolation,
  MesosError,
  OfferId,
  OperationError,
  ParseError,
  RecoveryError,
  SubscriptionError,
  TaskId,
} from './core/index.ts';
export type { Executor, ExecutorContext } from './agent/index.ts';
export type { Filters, Offer, OfferConstraints, OfferOperation } from './offers/index.ts';
export type { MasterEvent, MasterSnapshot } from './master/index.ts';
export type { FrameworkInfo, SchedulerCall, SchedulerEvent } from './protocol/index.ts';
export { type Attribute, type Label, Quantities, Resources, type Resource } from './resources/index.ts';
export { type Clock, type Log, type LogLevel, type Random, seededRandom } from './runtime/index.ts';
export { type ConsoleLogOptions, consoleLog } from './runtime/node/index.ts';
export { commandTask, connect, type Driver, type FrameworkOptions } from './scheduler/index.ts';
export {
  type CommandInfo,
  type ExecutorInfo,
  isTerminal,
  type KillPolicy,
  type StatusReason,
  type Task,
  type TaskInfo,
  type TaskState,
  type TaskStatus,
} from './tasks/index.ts';
