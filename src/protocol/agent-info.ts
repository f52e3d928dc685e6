import type { AgentId } from '../core/index.ts';
import type { Attribute, Resources } from '../resources/index.ts';

/** What an agent can cope with; ours always can all of these, older ones might not. */
export type AgentCapability = 'MULTI_ROLE' | 'HIERARCHICAL_ROLE' | 'RESERVATION_REFINEMENT';

export const AGENT_CAPABILITIES: readonly AgentCapability[] = [
  'MULTI_ROLE',
  'HIERARCHICAL_ROLE',
  'RESERVATION_REFINEMENT',
];

/** An agent as it advertises itself. @see Mesos `AgentInfo` */
export interface AgentInfo {
  /** Absent until the master has given one. */
  readonly id?: AgentId;
  readonly hostname: string;
  /** All that the agent has, with the reservations and volumes made on it so far; nothing is allocated. */
  readonly resources: Resources;
  readonly attributes: readonly Attribute[];
}
