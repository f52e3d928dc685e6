import { AgentId } from '../../src/core/index.ts';
import {
  type AgentEndpoint,
  type AgentMessage,
  type ChannelHandlers,
  decodeAgentMessage,
  decodeMasterMessage,
  encodeAgentMessage,
  encodeMasterMessage,
  type MasterMessage,
} from '../../src/protocol/index.ts';
import type { Clock } from '../../src/runtime/index.ts';

/** A master that says what the test tells it to, and keeps what it hears. Messages pass through their JSON. */
export interface ScriptedMaster {
  readonly endpoint: AgentEndpoint;
  /** All that was heard, on whatever channel. */
  readonly heard: readonly AgentMessage[];
  /** What was heard since the last `take`. */
  take(): readonly AgentMessage[];
  send(message: MasterMessage): void;
  /** Breaks the newest channel. */
  disconnect(): void;
  /** How many channels were opened. */
  readonly connections: number;
  readonly isConnected: boolean;
  /** Whether registrations are answered at once, which is so at first. */
  answers: boolean;
  agentId: AgentId;
  pingTimeoutMs: number;
}

export function createScriptedMaster(clock: Clock): ScriptedMaster {
  const heard: AgentMessage[] = [];
  let taken = 0;
  let connections = 0;
  let current: ChannelHandlers<MasterMessage> | undefined;

  const later = (call: () => void): void => void clock.schedule(0, call);
  const answer = (message: AgentMessage): void => {
    const { agentId, pingTimeoutMs } = master;
    if (message.type === 'registerAgent') master.send({ type: 'agentRegistered', agentId, pingTimeoutMs });
    if (message.type === 'reregisterAgent') {
      master.send({ type: 'agentReregistered', agentId, pingTimeoutMs, unknownTasks: [] });
    }
  };

  const master: ScriptedMaster = {
    answers: true,
    agentId: AgentId('S0'),
    pingTimeoutMs: 75_000,
    heard,
    endpoint: {
      connect(handlers) {
        connections += 1;
        current = handlers;
        const isOpen = (): boolean => current === handlers;
        return {
          send(message) {
            const text = encodeAgentMessage(message);
            later(() => {
              if (!isOpen()) return;
              const arrived = decodeAgentMessage(text);
              heard.push(arrived);
              if (master.answers) answer(arrived);
            });
          },
          close() {
            // What was sent before still arrives.
            later(() => {
              if (isOpen()) current = undefined;
            });
          },
        };
      },
    },
    take() {
      const news = heard.slice(taken);
      taken = heard.length;
      return news;
    },
    send(message) {
      const handlers = current;
      const text = encodeMasterMessage(message);
      later(() => {
        if (handlers !== undefined && current === handlers) handlers.onMessage(decodeMasterMessage(text));
      });
    },
    disconnect() {
      const handlers = current;
      current = undefined;
      if (handlers !== undefined) later(() => handlers.onClosed('the connection broke'));
    },
    get connections() {
      return connections;
    },
    get isConnected() {
      return current !== undefined;
    },
  };
  return master;
}
