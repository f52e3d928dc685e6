import type { AgentId } from '../core/index.ts';
import type { Resources } from '../resources/index.ts';
import type { AllocatorBooks } from './allocator-books.ts';
import { REVOCABLE, SHARED } from './columns.ts';
import { excludes } from './constraint-table.ts';
import type { Explanation, WhyNot } from './explanation.ts';
import { Headroom } from './headroom.ts';
import type { Minimum } from './minimum.ts';
import { cutPlain } from './quota-cut.ts';
import { plainOf } from './quota-ledger.ts';
import { type AgentRecord, LACKS_GPU, MULTI_ROLE, NESTED_ROLE, type Pair, REMOTE_REGION } from './records.ts';
import { strip } from './visit.ts';

export interface ExplainOptions {
  readonly books: AllocatorBooks;
  readonly minimum: Minimum;
  readonly isPaused: boolean;
  readonly nowMs: number;
}

/** Asks what a run would ask, in the same order, and answers what says no. `pair`: absent if it is not subscribed. */
export function explain(options: ExplainOptions, pair: Pair | undefined): Explanation {
  const everywhere = whyNowhere(options, pair);
  const agents = new Map<AgentId, WhyNot | undefined>();
  if (everywhere !== undefined || pair === undefined) return { everywhere, agents };
  options.books.quota.settle();
  const headroom = new Headroom(options.books.quota, options.books.columns);
  headroom.begin();
  for (const agent of options.books.agents.values()) agents.set(agent.id, whyNotOf(options, { pair, agent, headroom }));
  return { everywhere, agents };
}

function whyNowhere({ isPaused }: ExplainOptions, pair: Pair | undefined): WhyNot | undefined {
  if (isPaused) return { cause: 'PAUSED' };
  if (pair?.subscribed !== true) return { cause: 'NOT_SUBSCRIBED' };
  if (!pair.framework.active) return { cause: 'INACTIVE' };
  return pair.framework.suppressed.has(pair.roleName) ? { cause: 'SUPPRESSED' } : undefined;
}

interface Case {
  readonly pair: Pair;
  readonly agent: AgentRecord;
  readonly headroom: Headroom;
}

function whyNotOf(options: ExplainOptions, { pair, agent, headroom }: Case): WhyNot | undefined {
  const { books, nowMs } = options;
  if (!agent.active) return { cause: 'AGENT_NOT_OFFERED', because: 'DEACTIVATED' };
  if (!agent.whitelisted) return { cause: 'AGENT_NOT_OFFERED', because: 'WHITELIST' };
  const { available } = agent;
  if (available.isEmpty) return { cause: 'NOTHING_FREE' };
  const usable = available.allocatableTo(pair.roleName);
  if (usable.isEmpty) return { cause: 'RESERVED', roles: [...available.reservations().keys()] };
  const barred = whyBarred(pair, agent);
  if (barred !== undefined) return barred;
  const kinds = pair.framework.stripped & agent.kinds;
  const capable = strip(usable, kinds);
  if (capable.isEmpty) return { cause: 'NOT_CAPABLE', who: 'FRAMEWORK', capability: missing(usable, kinds) };
  const minimum = pair.minimum ?? options.minimum;
  if (!minimum.allows(capable, books.columns.measure(capable))) return { cause: 'BELOW_MINIMUM', offer: capable };
  const offer = cutPlain(books.columns, capable, (column) => boundOf(books, { pair, headroom }, column));
  if (!minimum.allows(offer, books.columns.measure(offer))) return whyCut(books, { pair, headroom }, capable);
  const filter = books.filters.blocking(agent.row, pair.index, offer);
  if (filter === undefined) return undefined;
  return { cause: 'FILTERED', refused: filter.refused, remainingMs: Math.max(0, filter.expiresMs - nowMs) };
}

function whyBarred({ traits, constraints }: Pair, { bars, row, info }: AgentRecord): WhyNot | undefined {
  const both = traits & bars;
  if (constraints !== undefined && excludes(constraints, row, info)) return { cause: 'CONSTRAINED' };
  if ((both & LACKS_GPU) !== 0) return { cause: 'NOT_CAPABLE', who: 'FRAMEWORK', capability: 'GPU_RESOURCES' };
  if ((both & REMOTE_REGION) !== 0) return { cause: 'DOMAIN', region: info.domain?.region ?? '' };
  if ((both & MULTI_ROLE) !== 0) return { cause: 'NOT_CAPABLE', who: 'AGENT', capability: 'MULTI_ROLE' };
  if ((both & NESTED_ROLE) !== 0) return { cause: 'NOT_CAPABLE', who: 'AGENT', capability: 'HIERARCHICAL_ROLE' };
  return undefined;
}

/** Of several capabilities that are missing, the first without which something stays away. */
function missing(usable: Resources, kinds: number): string {
  if ((kinds & SHARED) !== 0 && !usable.shared().isEmpty) return 'SHARED_RESOURCES';
  if ((kinds & REVOCABLE) !== 0 && !usable.revocable().isEmpty) return 'REVOCABLE_RESOURCES';
  return 'RESERVATION_REFINEMENT';
}

type Bounds = Pick<Case, 'pair' | 'headroom'>;

/** What the role may have in either stage of a run: what it lacks, or what is spare. */
function boundOf(books: AllocatorBooks, { pair, headroom }: Bounds, column: number): number {
  const quota = pair.role?.quota;
  if (quota === undefined) return headroom.spare(column);
  const promised = quota.guarantees.find((part) => part.column === column);
  const lacking = promised === undefined ? 0 : books.quota.lacks(quota, promised);
  return Math.max(lacking, Math.min(books.quota.below(quota, column), headroom.spare(column)));
}

function whyCut(books: AllocatorBooks, bounds: Bounds, capable: Resources): WhyNot {
  const { columns, quota: ledger } = books;
  const free = columns.measure(plainOf(capable)).slice();
  const cut = columns.names.flatMap((name, column) => {
    return (free[column] ?? 0) > boundOf(books, bounds, column) ? [{ name, column }] : [];
  });
  const quota = bounds.pair.role?.quota;
  const limited = cut.filter(({ column }) => quota !== undefined && ledger.below(quota, column) < (free[column] ?? 0));
  if (limited.length > 0) return { cause: 'QUOTA_LIMIT', names: limited.map(({ name }) => name) };
  const lacking = [...ledger.roles.values()].filter((role) => {
    return role.guarantees.some((part) => {
      return ledger.lacks(role, part) > 0 && cut.some(({ column }) => column === part.column);
    });
  });
  return { cause: 'HEADROOM', names: cut.map(({ name }) => name), roles: lacking.map(({ name }) => name) };
}
