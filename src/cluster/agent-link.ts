import { InvalidArgument } from '../core/index.ts';
import {
  type AgentEndpoint,
  type ChannelHandlers,
  decodeAgentMessage,
  decodeMasterMessage,
  encodeAgentMessage,
  encodeMasterMessage,
  type Channel,
  type AgentMessage,
  type MasterMessage,
} from '../protocol/index.ts';

/**
 * The agent protocol between two processes of one cluster: connections, numbered by the agent's side, over one
 * ordered stream of texts. A text is a frame `<kind> <connection> <message>`:
 *
 * | kind | from | means |
 * | --- | --- | --- |
 * | `open` | agent | a new connection |
 * | `data` | both | one message, as JSON |
 * | `shut` | both | the connection is over; the message says why |
 */
type Frame = { readonly kind: 'open' | 'data' | 'shut'; readonly connection: number; readonly message: string };

export function isFrame(text: string): boolean {
  return /^(open|data|shut) \d+ /.test(text);
}

function writeFrame(frame: Frame): string {
  return `${frame.kind} ${frame.connection} ${frame.message}`;
}

function readFrame(text: string): Frame {
  const match = /^(open|data|shut) (\d+) (.*)$/s.exec(text);
  const [, kind, connection, message] = match ?? [];
  if ((kind !== 'open' && kind !== 'data' && kind !== 'shut') || message === undefined) {
    throw new InvalidArgument('frame', `expected "open", "data" or "shut" and a number, got ${text.slice(0, 40)}`);
  }
  return { kind, connection: Number(connection), message };
}

/** The agent's side: a master that is reached through `send`; texts that come back go to `receive`. */
export function remoteMaster(send: (text: string) => void): { endpoint: AgentEndpoint; receive(text: string): void } {
  const open = new Map<number, ChannelHandlers<MasterMessage>>();
  let connections = 0;
  return {
    endpoint: {
      connect(handlers): Channel<AgentMessage> {
        const connection = ++connections;
        open.set(connection, handlers);
        send(writeFrame({ kind: 'open', connection, message: '' }));
        return {
          send(message) {
            if (!open.has(connection)) return;
            send(writeFrame({ kind: 'data', connection, message: encodeAgentMessage(message) }));
          },
          close() {
            if (open.delete(connection)) send(writeFrame({ kind: 'shut', connection, message: 'closed by the agent' }));
          },
        };
      },
    },
    receive(text) {
      const frame = readFrame(text);
      const handlers = open.get(frame.connection);
      if (handlers === undefined) return;
      if (frame.kind === 'shut') {
        open.delete(frame.connection);
        handlers.onClosed(frame.message);
      } else {
        handlers.onMessage(decodeMasterMessage(frame.message));
      }
    },
  };
}

/** The master's side: passes an agent's connections on to `master`. */
export function remoteAgent(
  master: AgentEndpoint,
  send: (text: string) => void,
): { receive(text: string): void; close(): void } {
  const open = new Map<number, Channel<AgentMessage>>();
  return {
    receive(text) {
      const { kind, connection, message } = readFrame(text);
      switch (kind) {
        case 'open':
          open.set(
            connection,
            master.connect({
              onMessage: (answer) =>
                send(writeFrame({ kind: 'data', connection, message: encodeMasterMessage(answer) })),
              onClosed(reason) {
                if (open.delete(connection)) send(writeFrame({ kind: 'shut', connection, message: reason }));
              },
            }),
          );
          return;
        case 'data':
          open.get(connection)?.send(decodeAgentMessage(message));
          return;
        case 'shut':
          open.get(connection)?.close();
          open.delete(connection);
          return;
      }
    },
    close() {
      for (const channel of open.values()) channel.close();
      open.clear();
    },
  };
}
