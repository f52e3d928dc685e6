import type { AgentMessage, MasterMessage } from './agent-protocol.ts';
import type { SchedulerCall, Subscribe } from './scheduler-call.ts';
import type { SchedulerEvent } from './scheduler-event.ts';

/**
 * One side of a connection. At most once, in order, nothing across connections: whoever needs more acknowledges and
 * retries. What is sent after the other side has gone is lost without an error.
 */
export interface Channel<Out> {
  send(message: Out): void;
  /** Ends the connection for both; what was sent before still arrives. Closing twice is fine. */
  close(): void;
}

/** What the owner of the other end of a {@link Channel} does; never called within `connect`, `send` or `close`. */
export interface ChannelHandlers<In> {
  onMessage(message: In): void;
  /** Once, after the last message: the other side closed it, or it broke. */
  onClosed(reason: string): void;
}

/** A master, as a framework's driver sees it. */
export interface SchedulerEndpoint {
  connect(subscribe: Subscribe, handlers: ChannelHandlers<SchedulerEvent>): Channel<SchedulerCall>;
}

/** A master, as an agent sees it. */
export interface AgentEndpoint {
  connect(handlers: ChannelHandlers<MasterMessage>): Channel<AgentMessage>;
}
