import type {
  AgentMessage,
  Channel,
  ChannelHandlers,
  MasterMessage,
  SchedulerCall,
  SchedulerEvent,
} from '../protocol/index.ts';
import type { Random } from '../runtime/index.ts';
import type { SimulatedProcess } from './machine-process.ts';
import type { SimulatedClock } from './simulated-clock.ts';

/** Any message that travels. */
export type Message = AgentMessage | MasterMessage | SchedulerCall | SchedulerEvent;

export type CallFault = 'loseMessage' | 'delayMessage' | 'duplicateMessage';

/** What the next call that is not spoken for comes to. */
export interface ArmedFault {
  readonly fault: CallFault;
  /** How late a call is; drawn if absent. */
  readonly delayMs: number | undefined;
}

/** What the network tells of: for the trace, the counts and the checkers. */
export interface NetworkHooks {
  /** A client gave it a message for the master; what becomes of it is another matter. */
  onSent(client: Client, message: Message): void;
  onDelivered(client: Client, direction: Direction, message: Message): void;
  onFault(client: Client, fault: CallFault, message: Message): void;
  /** A call that meets a partition. */
  onLost(client: Client, message: Message): void;
  onEvent(client: Client, text: string): void;
}

export type Direction = 'up' | 'down';

/** A process that connects to the master. */
export class Client {
  readonly name: string;
  process: SimulatedProcess;
  /** How many partitions lie in its way, by direction. */
  readonly blocked: Record<Direction, number> = { up: 0, down: 0 };
  /** What its next calls come to. */
  readonly armed: ArmedFault[] = [];
  /** By number of connection, in order. */
  readonly connections: Set<Connection> = new Set();

  constructor(name: string, process: SimulatedProcess) {
    this.name = name;
    this.process = process;
  }
}

/** The master's process, and how to reach it. */
export interface Server {
  readonly process: SimulatedProcess;
}

/** How long a connection attempt waits for an answer. */
const DIAL_TIMEOUT_MS = 5_000;
/** The sides of a broken connection hear of it within this time, each in its own. */
const NOTICE_MS_MAX = 2_000;
/** A connection that was held up for so long may break when what held it up is over. */
const HELD_MS_MAX = 30_000;

/**
 * Between clients and the master. A stream to a client loses nothing and keeps its order, or breaks; calls to the master
 * are single requests: each may be lost, late, or arrive twice, and they keep their order otherwise. Nothing is ordered
 * across connections.
 *
 * While a direction is blocked, requests in it are lost, and what belongs to a stream waits.
 */
export class Network {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly hooks: NetworkHooks;
  /** Absent: nobody listens where the master should be. */
  server: Server | undefined;

  constructor(options: { readonly clock: SimulatedClock; readonly random: Random; readonly hooks: NetworkHooks }) {
    this.clock = options.clock;
    this.random = options.random;
    this.hooks = options.hooks;
  }

  /** A connection of `client`; `accept` is called when, and if, it reaches the master. */
  dial<Up extends Message, Down extends Message>(
    client: Client,
    handlers: ChannelHandlers<Down>,
    accept: (handlers: ChannelHandlers<Down>) => Channel<Up>,
  ): Channel<Up> {
    const connection = new Line(this, client, handlers, accept);
    client.connections.add(connection);
    connection.dial();
    return connection;
  }

  block(client: Client, directions: readonly Direction[]): void {
    for (const direction of directions) client.blocked[direction] += 1;
  }

  unblock(client: Client, directions: readonly Direction[]): void {
    for (const direction of directions) client.blocked[direction] -= 1;
    for (const connection of [...client.connections]) connection.unblocked();
  }

  /** The process of a client is gone. `silently`: its machine, too, so nobody tells the other side. */
  clientDied(client: Client, silently: boolean): void {
    for (const connection of [...client.connections]) connection.clientDied(silently);
    client.armed.length = 0;
  }

  serverDied(server: Server, clients: readonly Client[]): void {
    if (server === this.server) this.server = undefined;
    for (const client of clients) for (const connection of [...client.connections]) connection.serverDied(server);
  }
}

/** What the network needs to know of a connection, whatever travels on it. */
export interface Connection {
  /** It breaks; `deaf` is the side that never hears of it, if there is one. */
  cut(deaf?: 'client' | 'server'): void;
  unblocked(): void;
  clientDied(silently: boolean): void;
  serverDied(server: Server): void;
}

/** One direction of a connection. */
interface Pipe {
  readonly direction: Direction;
  /** Nothing arrives before what was sent earlier. */
  lastMs: number;
  /** What waits for the end of a partition. */
  readonly held: (() => void)[];
  heldSinceMs: number;
}

class Line<Up extends Message, Down extends Message> implements Connection, Channel<Up> {
  readonly #network: Network;
  readonly #client: Client;
  readonly #process: SimulatedProcess;
  readonly #handlers: ChannelHandlers<Down>;
  readonly #accept: (handlers: ChannelHandlers<Down>) => Channel<Up>;
  readonly #up: Pipe = { direction: 'up', lastMs: 0, held: [], heldSinceMs: 0 };
  readonly #down: Pipe = { direction: 'down', lastMs: 0, held: [], heldSinceMs: 0 };
  #server: Server | undefined;
  #channel: Channel<Up> | undefined;
  /** The client has closed it, or has heard that it is over. */
  #clientOver = false;
  /** The master has closed it, or has heard that it is over, or is no more. */
  #serverOver = false;
  /** Data no longer passes; the sides may not know yet. */
  #broken = false;

  constructor(
    network: Network,
    client: Client,
    handlers: ChannelHandlers<Down>,
    accept: (handlers: ChannelHandlers<Down>) => Channel<Up>,
  ) {
    this.#network = network;
    this.#client = client;
    this.#process = client.process;
    this.#handlers = handlers;
    this.#accept = accept;
  }

  dial(): void {
    const { blocked } = this.#client;
    if (blocked.up + blocked.down > 0) {
      this.#broken = true;
      this.#serverOver = true;
      this.#process.schedule(DIAL_TIMEOUT_MS, () => this.#endClient('The master cannot be reached'));
      return;
    }
    this.#push(this.#up, () => this.#arrive());
  }

  send(message: Up): void {
    if (this.#clientOver || !this.#process.isAlive) return;
    const { hooks, random } = this.#network;
    hooks.onSent(this.#client, message);
    if (this.#broken) return;
    if (this.#client.blocked.up > 0) {
      hooks.onLost(this.#client, message);
      return;
    }
    const armed = this.#client.armed.shift();
    const fault = armed?.fault;
    if (fault !== undefined) hooks.onFault(this.#client, fault, message);
    if (fault === 'loseMessage') return;
    const deliver = (): void => this.#deliverUp(message);
    this.#push(this.#up, deliver, fault === 'delayMessage' ? (armed?.delayMs ?? 1_000 + random.integer(30_000)) : 0);
    if (fault === 'duplicateMessage') this.#push(this.#up, deliver);
  }

  close(): void {
    if (this.#clientOver) return;
    this.#clientOver = true;
    this.#forget();
    this.#push(this.#up, () => this.#endServer());
  }

  cut(deaf?: 'client' | 'server'): void {
    if (this.#broken) return;
    this.#broken = true;
    const { random } = this.#network;
    if (deaf !== 'server') this.#push(this.#up, () => this.#endServer(), random.integer(NOTICE_MS_MAX));
    if (deaf === 'client') return;
    this.#push(this.#down, () => this.#endClient('The connection broke'), random.integer(NOTICE_MS_MAX));
  }

  unblocked(): void {
    const { blocked } = this.#client;
    const { clock, random } = this.#network;
    for (const pipe of [this.#up, this.#down]) {
      if (pipe.held.length === 0 || blocked[pipe.direction] > 0) continue;
      const held = pipe.held.splice(0);
      const isLong = clock.monotonicMs() - pipe.heldSinceMs > HELD_MS_MAX;
      for (const item of held) this.#push(pipe, item);
      if (isLong && random.integer(2) === 0) this.cut();
    }
  }

  clientDied(silently: boolean): void {
    if (!this.#clientOver && !silently) this.#push(this.#up, () => this.#endServer());
    this.#clientOver = true;
    if (silently) this.#broken = true;
    this.#forget();
  }

  serverDied(server: Server): void {
    if (this.#server !== server) return;
    this.#server = undefined;
    this.#serverOver = true;
    if (!this.#broken) this.#push(this.#down, () => this.#endClient('The connection was reset'));
    this.#broken = true;
  }

  /** The attempt has reached the place where the master should be. */
  #arrive(): void {
    const { server } = this.#network;
    if (server === undefined || !server.process.isAlive) {
      this.#broken = true;
      this.#serverOver = true;
      this.#push(this.#down, () => this.#endClient('Connection refused'));
      return;
    }
    this.#server = server;
    server.process.hear(() => {
      this.#channel = this.#accept({
        onMessage: (message) => this.#sendDown(message, server),
        onClosed: (reason) => {
          if (this.#server !== server || this.#serverOver) return;
          this.#serverOver = true;
          this.#push(this.#down, () => this.#endClient(reason));
        },
      });
    });
  }

  #sendDown(message: Down, server: Server): void {
    if (this.#broken || this.#server !== server) return;
    this.#push(this.#down, () => this.#deliverDown(message));
  }

  #deliverUp(message: Up): void {
    // What was on its way when the connection broke may still arrive.
    this.#server?.process.hear(() => {
      if (this.#serverOver || this.#channel === undefined) return;
      this.#network.hooks.onDelivered(this.#client, 'up', message);
      this.#channel.send(message);
    });
  }

  #deliverDown(message: Down): void {
    this.#process.hear(() => {
      if (this.#clientOver) return;
      this.#network.hooks.onDelivered(this.#client, 'down', message);
      this.#handlers.onMessage(message);
    });
  }

  #endServer(): void {
    this.#server?.process.hear(() => {
      if (this.#serverOver) return;
      this.#serverOver = true;
      this.#channel?.close();
    });
  }

  #endClient(reason: string): void {
    this.#process.hear(() => {
      if (this.#clientOver) return;
      this.#clientOver = true;
      this.#forget();
      this.#network.hooks.onEvent(this.#client, `connection lost: ${reason}`);
      this.#handlers.onClosed(reason);
    });
  }

  #forget(): void {
    // What still waits for a partition to end must be found then.
    if (this.#up.held.length === 0 && this.#client.blocked.up === 0) this.#client.connections.delete(this);
  }

  /** Sends something of the stream itself: it waits while the direction is blocked, and is never lost. */
  #push(pipe: Pipe, deliver: () => void, extraMs = 0): void {
    const { clock, random } = this.#network;
    if (this.#client.blocked[pipe.direction] > 0) {
      if (pipe.held.length === 0) pipe.heldSinceMs = clock.monotonicMs();
      pipe.held.push(deliver);
      return;
    }
    const sender = pipe.direction === 'up' ? this.#process : this.#server?.process;
    const readyMs = sender?.isAlive === true ? sender.readyAtMs : clock.monotonicMs();
    pipe.lastMs = Math.max(pipe.lastMs, readyMs + 1 + random.integer(5) + extraMs);
    clock.schedule(pipe.lastMs - clock.monotonicMs(), deliver);
  }
}
