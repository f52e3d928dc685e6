import type { Channel, ChannelHandlers } from '../../src/protocol/index.ts';
import type { Clock } from '../../src/runtime/index.ts';

/** The network between two peers: connections through it break when the test says so. */
export interface BreakableLink {
  /** False: whoever connects hears at once that the other side cannot be reached. */
  up: boolean;
  /** Ends all connections, for both sides, as a broken socket does. */
  break(): void;
  /** Puts the link in front of `connect`. */
  wrap<In, Out>(
    connect: (handlers: ChannelHandlers<Out>) => Channel<In>,
  ): (handlers: ChannelHandlers<Out>) => Channel<In>;
}

export function createBreakableLink(clock: Clock): BreakableLink {
  const breakers = new Set<() => void>();
  const link: BreakableLink = {
    up: true,
    break() {
      for (const each of [...breakers]) each();
    },
    wrap: (connect) => (handlers) => {
      if (!link.up) {
        clock.schedule(0, () => handlers.onClosed('The other side cannot be reached'));
        return { send: () => undefined, close: () => undefined };
      }
      let open = true;
      const inner = connect({
        onMessage: (message) => {
          if (open) handlers.onMessage(message);
        },
        onClosed: (reason) => {
          if (open) end(reason);
        },
      });
      const end = (reason: string): void => {
        open = false;
        breakers.delete(sever);
        handlers.onClosed(reason);
      };
      const sever = (): void => {
        open = false;
        breakers.delete(sever);
        inner.close();
        clock.schedule(0, () => handlers.onClosed('The connection broke'));
      };
      breakers.add(sever);
      return {
        send: (message) => {
          if (open) inner.send(message);
        },
        close() {
          if (!open) return;
          open = false;
          breakers.delete(sever);
          inner.close();
        },
      };
    },
  };
  return link;
}
