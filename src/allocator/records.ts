import type { AgentId, FrameworkId } from '../core/index.ts';
import type { Resources } from '../resources/index.ts';
import type { AllocatorAgent, AllocatorFramework } from './allocator.ts';
import { type ConstraintRecord, excludes } from './constraint-table.ts';
import type { MachineKind } from './machine-kinds.ts';
import type { Minimum } from './minimum.ts';
import type { QuotaRole } from './quota-ledger.ts';

/** Traits of a framework in a role that may bar it from an agent, a bit each. @see AgentRecord.bars */
export const LACKS_GPU = 1;
export const MULTI_ROLE = 2;
export const NESTED_ROLE = 4;
export const REMOTE_REGION = 8;
/** The framework has as many offers of this run as it may have; bars every agent. */
export const SATISFIED = 16;

/** What a framework cannot be offered; the bits of {@link Columns.inspect}. */
export type Stripped = number;

export interface FrameworkRecord {
  readonly id: FrameworkId;
  /** False while only agents have named it: it is charged for nothing and offered nothing. */
  known: boolean;
  active: boolean;
  info: AllocatorFramework;
  suppressed: ReadonlySet<string>;
  /** Kinds of resources that are left out of its offers. */
  stripped: Stripped;
  /** How many offers it has of the run that goes on; only counted if there is a bound. */
  offersInRun: number;
  /** By role: roles it is subscribed to, and roles in which it still holds something. */
  readonly pairs: Map<string, Pair>;
}

/** A role of some framework: a node of the role tree, and the tree of the frameworks in it. */
export interface RoleRecord {
  readonly name: string;
  readonly node: number;
  readonly root: number;
  readonly pairs: Set<Pair>;
  /** Its own; it is not held to that of a role above. */
  quota: QuotaRole | undefined;
}

/** One framework in one role. */
export interface Pair {
  /** Its number in the filter table. */
  readonly index: number;
  readonly framework: FrameworkRecord;
  readonly roleName: string;
  /** Absent while the framework is not known. */
  role: RoleRecord | undefined;
  /** The node of the framework in the role's tree; -1 while it is in none. */
  node: number;
  subscribed: boolean;
  traits: number;
  /** The framework's own, in place of the general one. */
  minimum: Minimum | undefined;
  /** What agents it may be offered; absent: all. */
  constraints: ConstraintRecord | undefined;
  /** On how many agents it holds something. */
  held: number;
  /** What the run that goes on offers. */
  offered: Map<AgentId, Resources>;
}

/** What a pair has on an agent. */
export interface Holding {
  readonly pair: Pair;
  /** Allocated to the role; never empty. */
  resources: Resources;
  /** The newest offer in it, as it was handed out, if that is still whole: then it can go back without arithmetic. */
  offer: Resources | undefined;
  /** The same, allocated to nobody. */
  source: Resources | undefined;
  /** What the pair held before that offer. */
  before: Resources | undefined;
}

export interface AgentRecord {
  readonly id: AgentId;
  /** Its number in the filter table; used again after it is removed. */
  readonly row: number;
  /** Rises with each agent that is added. */
  readonly order: number;
  /** Its total is that of its machine's kind. */
  info: AllocatorAgent;
  machine: MachineKind;
  active: boolean;
  /** Its host is one of those that may be offered. */
  whitelisted: boolean;
  removed: boolean;
  /** Free: the total without what is offered or used, shared resources always. */
  available: Resources;
  /** One entry for each pair that holds something; few, so they are searched one by one. */
  readonly holdings: Holding[];
  /** What kinds of resources there are in the total; the bits of `Columns.inspect`. */
  kinds: number;
  /** Traits that keep a framework from this agent. */
  bars: number;
  /** More is used than there is, since the total has shrunk. */
  overcommitted: boolean;
  /** Something may be offered to somebody: it has changed since the last visit. */
  dirty: boolean;
  /** It stands in the list of agents to visit. */
  listed: boolean;
  /** Event-driven runs that had it as a candidate. */
  eventRuns: number;
}

/** Whether the pair is not offered the agent, whatever is free of it: by its traits, or by its own constraints. */
export function isBarred({ traits, constraints }: Pair, { bars, row, info }: AgentRecord): boolean {
  if ((traits & bars) !== 0) return true;
  return constraints !== undefined && excludes(constraints, row, info);
}
