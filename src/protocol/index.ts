export {
  decodeAgentMessage,
  decodeMasterMessage,
  encodeAgentMessage,
  encodeMasterMessage,
} from './agent-codec.ts';
export { AGENT_CAPABILITIES, type AgentCapability, type AgentInfo } from './agent-info.ts';
export {
  AGENT_PROTOCOL_VERSION,
  type AgentMessage,
  type MasterMessage,
  type RunningExecutor,
} from './agent-protocol.ts';
export type { AgentEndpoint, Channel, ChannelHandlers, SchedulerEndpoint } from './channel.ts';
export {
  decodeAgentInfo,
  decodeExecutorInfo,
  decodeFrameworkInfo,
  decodeTask,
  decodeTaskInfo,
  decodeTaskStatus,
  encodeAgentInfo,
  encodeExecutorInfo,
  encodeFrameworkInfo,
  encodeTask,
  encodeTaskInfo,
  encodeTaskStatus,
} from './checkpoint-codec.ts';
export { type FrameworkCapability, type FrameworkInfo, frameworkRoles, hasCapability } from './framework-info.ts';
export type { JsonValue } from './json-codec.ts';
export { CAPABILITY_NAMES } from './names.ts';
export { JSON_DEPTH_MAX, JSON_LENGTH_MAX, parseJson } from './json-text.ts';
export type { SchedulerCall, Subscribe } from './scheduler-call.ts';
export type { MasterInfo, SchedulerEvent } from './scheduler-event.ts';
