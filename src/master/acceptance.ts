import type { ExecutorId, TaskId } from '../core/index.ts';
import type { ResourceConversion, Resources } from '../resources/index.ts';
import type { ExecutorInfo } from '../tasks/index.ts';
import type { Draft } from './draft.ts';
import type { AgentRecord, ConnectionId, FrameworkRecord, MasterState } from './state.ts';

/** An ACCEPT while its operations are gone through, one after the other. */
export interface Acceptance {
  readonly state: MasterState;
  readonly framework: FrameworkRecord;
  readonly agent: AgentRecord;
  readonly connection: ConnectionId;
  readonly role: string;
  readonly offerIds: ReadonlySet<string>;
  readonly wallMs: number;
  readonly draft: Draft;
  /** What is left of the offers, as the operations so far have made it; shared volumes stay while tasks use them. */
  remaining: Resources;
  /** What tasks and executors of this ACCEPT hold. */
  launched: Resources;
  /** All that the agent has, by the operations so far. */
  agentTotal: Resources;
  readonly conversions: ResourceConversion[];
  readonly taskIds: Set<TaskId>;
  readonly executors: Map<ExecutorId, ExecutorInfo>;
}

/** What is not allocated yet is so to the role of the offers: frameworks need not say it. */
export function injectRole(resources: Resources, role: string): Resources {
  let missing = 0;
  for (const resource of resources) if (resource.allocatedTo === undefined) missing += 1;
  if (missing === 0) return resources;
  if (missing === resources.size) return resources.allocate(role);
  const isMissing = resources.filter((resource) => resource.allocatedTo === undefined);
  return resources.minus(isMissing).plus(isMissing.allocate(role));
}

/** What a conversion does to what the agent has, of which nothing is allocated. */
export function unallocated(conversion: ResourceConversion): ResourceConversion {
  return { consumed: conversion.consumed.unallocate(), converted: conversion.converted.unallocate() };
}
