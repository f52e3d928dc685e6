import type { AgentMessage, MasterMessage, RunningExecutor } from './agent-protocol.ts';
import { agentInfoCodec, frameworkInfoCodec } from './info-codec.ts';
import { boolean, bytes, type Codec, list, number, optional, record, text, variants } from './json-codec.ts';
import { parseJson } from './json-text.ts';
import { resourcesCodec } from './resource-codec.ts';
import {
  agentIdCodec,
  executorIdCodec,
  executorInfoCodec,
  frameworkIdCodec,
  killPolicyCodec,
  taskCodec,
  taskIdCodec,
  taskInfoCodec,
  taskStateCodec,
  taskStatusCodec,
} from './task-codec.ts';

type UnknownTask = Extract<MasterMessage, { readonly type: 'agentReregistered' }>['unknownTasks'][number];
type AppliedOperation = Extract<MasterMessage, { readonly type: 'applyOperation' }>['operation'];

const agentMessageCodec: Codec<AgentMessage> = variants<AgentMessage>({
  registerAgent: { protocolVersion: number, agentInfo: agentInfoCodec },
  reregisterAgent: {
    protocolVersion: number,
    agentInfo: agentInfoCodec,
    frameworks: list(frameworkInfoCodec),
    executors: list(record<RunningExecutor>({ frameworkId: frameworkIdCodec, executor: executorInfoCodec })),
    tasks: list(taskCodec),
  },
  unregisterAgent: {},
  pong: {},
  statusUpdate: { frameworkId: frameworkIdCodec, status: taskStatusCodec, latestState: taskStateCodec },
  executorExited: { frameworkId: frameworkIdCodec, executorId: executorIdCodec, status: number },
  executorMessage: { frameworkId: frameworkIdCodec, executorId: executorIdCodec, data: bytes },
});

const masterMessageCodec: Codec<MasterMessage> = variants<MasterMessage>({
  agentRegistered: { agentId: agentIdCodec, pingTimeoutMs: number },
  agentReregistered: {
    agentId: agentIdCodec,
    pingTimeoutMs: number,
    unknownTasks: list(record<UnknownTask>({ frameworkInfo: frameworkInfoCodec, task: taskCodec })),
    resources: optional(resourcesCodec),
  },
  shutdownAgent: { message: text },
  ping: { connected: boolean },
  runTask: { frameworkInfo: frameworkInfoCodec, task: taskInfoCodec, launchExecutor: optional(boolean) },
  runTaskGroup: {
    frameworkInfo: frameworkInfoCodec,
    executor: executorInfoCodec,
    tasks: list(taskInfoCodec),
    launchExecutor: optional(boolean),
  },
  killTask: { frameworkId: frameworkIdCodec, taskId: taskIdCodec, killPolicy: optional(killPolicyCodec) },
  acknowledgeUpdate: { frameworkId: frameworkIdCodec, taskId: taskIdCodec, uuid: text },
  frameworkMessage: { frameworkId: frameworkIdCodec, executorId: executorIdCodec, data: bytes },
  shutdownExecutor: { frameworkId: frameworkIdCodec, executorId: executorIdCodec },
  shutdownFramework: { frameworkId: frameworkIdCodec },
  updateFramework: { frameworkInfo: frameworkInfoCodec },
  applyOperation: {
    frameworkId: frameworkIdCodec,
    operation: variants<AppliedOperation>({
      RESERVE: { resources: resourcesCodec },
      UNRESERVE: { resources: resourcesCodec },
      CREATE: { volumes: resourcesCodec },
      DESTROY: { volumes: resourcesCodec },
    }),
  },
});

/** An agent's message as JSON text on one line. */
export function encodeAgentMessage(message: AgentMessage): string {
  return JSON.stringify(agentMessageCodec.encode(message));
}

/** @throws InvalidArgument naming the field at fault, what was expected and what came */
export function decodeAgentMessage(json: string): AgentMessage {
  return agentMessageCodec.decode(parseJson(json, 'message'), 'message');
}

/** A master's message as JSON text on one line. */
export function encodeMasterMessage(message: MasterMessage): string {
  return JSON.stringify(masterMessageCodec.encode(message));
}

/** @throws InvalidArgument naming the field at fault, what was expected and what came */
export function decodeMasterMessage(json: string): MasterMessage {
  return masterMessageCodec.decode(parseJson(json, 'message'), 'message');
}
