import type { AgentId, FrameworkId, OfferId } from '../core/index.ts';
import type { ConnectionId } from './state.ts';

/** The key of each timer that a master starts; what rings comes back as a command. */
export const timerKey = {
  heartbeat: (connection: ConnectionId): string => `heartbeat ${connection}`,
  failover: (frameworkId: FrameworkId): string => `failover ${frameworkId}`,
  offer: (offerId: OfferId): string => `offer ${offerId}`,
  ping: (agentId: AgentId): string => `ping ${agentId}`,
  reregister: (agentId: AgentId): string => `reregister ${agentId}`,
  recovery: (agentId: AgentId): string => `recovery ${agentId}`,
  pruning: 'pruning',
};
