import type { AgentId } from '../core/index.ts';
import type { Resources } from '../resources/index.ts';

/** Why a framework is not offered what is free, in a role; of an agent, or of any. */
export type WhyNot =
  /** The allocator is paused, or waits for agents after a failover. */
  | { readonly cause: 'PAUSED' }
  /** The framework has not subscribed to the role. */
  | { readonly cause: 'NOT_SUBSCRIBED' }
  /** The framework is not connected. */
  | { readonly cause: 'INACTIVE' }
  | { readonly cause: 'SUPPRESSED' }
  /** The agent is deactivated, or its host not on the whitelist. */
  | { readonly cause: 'AGENT_NOT_OFFERED'; readonly because: 'DEACTIVATED' | 'WHITELIST' }
  /** All of the agent is offered or used. */
  | { readonly cause: 'NOTHING_FREE' }
  /** All that is free is reserved to these roles. */
  | { readonly cause: 'RESERVED'; readonly roles: readonly string[] }
  /** The framework's own offer constraints exclude the agent. */
  | { readonly cause: 'CONSTRAINED' }
  /** The agent is in another region than the master, and the framework not aware of regions. */
  | { readonly cause: 'DOMAIN'; readonly region: string }
  /** The framework, or the agent, lacks a capability, in Mesos's word. */
  | { readonly cause: 'NOT_CAPABLE'; readonly who: 'FRAMEWORK' | 'AGENT'; readonly capability: string }
  /** The role has reached the limits of its quota for these resources. */
  | { readonly cause: 'QUOTA_LIMIT'; readonly names: readonly string[] }
  /** These resources are kept for roles that have not got what their quotas promise. */
  | { readonly cause: 'HEADROOM'; readonly names: readonly string[]; readonly roles: readonly string[] }
  /** What could be offered is less than what is worth an offer. */
  | { readonly cause: 'BELOW_MINIMUM'; readonly offer: Resources }
  /** The framework has declined as much; `remainingMs` is 0 while the filter only waits for the next run. */
  | { readonly cause: 'FILTERED'; readonly refused: Resources; readonly remainingMs: number };

/** What an allocator says of one framework in one role, as things are now. */
export interface Explanation {
  /** Why it is offered no agent at all; agents are not looked at then. */
  readonly everywhere: WhyNot | undefined;
  /**
   * By agent. `undefined`: nothing is in the way; it is offered with the next run, if nobody before it in fair order takes
   * it all.
   */
  readonly agents: ReadonlyMap<AgentId, WhyNot | undefined>;
}
