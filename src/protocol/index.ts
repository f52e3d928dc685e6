export { AGENT_CAPABILITIES, type AgentCapability, type AgentInfo } from './agent-info.ts';
export {
  AGENT_PROTOCOL_VERSION,
  type AgentMessage,
  type MasterMessage,
  type RunningExecutor,
} from './agent-protocol.ts';
export type { AgentEndpoint, Channel, ChannelHandlers, SchedulerEndpoint } from './channel.ts';
export { type FrameworkCapability, type FrameworkInfo, frameworkRoles, hasCapability } from './framework-info.ts';
export type { SchedulerCall, Subscribe } from './scheduler-call.ts';
export type { MasterInfo, SchedulerEvent } from './scheduler-event.ts';
