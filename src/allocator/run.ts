import type { AgentId, FrameworkId } from '../core/index.ts';
import type { Resources } from '../resources/index.ts';
import type { Random } from '../runtime/index.ts';
import type { Allocation } from './allocator.ts';
import type { AllocatorBooks } from './allocator-books.ts';
import { type Columns, SHARED } from './columns.ts';
import type { InverseAllocation, Maintenance } from './maintenance.ts';
import type { Minimum } from './minimum.ts';
import { QuotaStages } from './quota-stages.ts';
import { type AgentRecord, type FrameworkRecord, type Pair, SATISFIED } from './records.ts';
import { visit, type VisitOptions } from './visit.ts';

export interface RunOptions {
  readonly books: AllocatorBooks;
  readonly minimum: Minimum;
  readonly maintenance: Maintenance;
  readonly random: Random;
  /** Offers to one framework in one run, at most; absent: as many as there are. */
  readonly offersMax: number | undefined;
  readonly agentOrder: AgentOrder;
  readonly onOffers: (frameworkId: FrameworkId, allocation: Allocation) => void;
  readonly onInverseOffers: (frameworkId: FrameworkId, allocation: InverseAllocation) => void;
}

/** Agents of which most is taken first, or least, or any. */
export type AgentOrder = 'random' | 'packing' | 'spreading';

/** Of so few fresh pairs each clean agent asks only them; of more it asks everybody. */
const FRESH_MAX = 16;

/**
 * Runs: agents are visited in random order, and what was handed out is delivered when all have been;
 * then frameworks are asked to leave agents that will not be available.
 *
 * A visit leaves nothing that anybody would take. So an agent is visited again only if it is dirty, and else asks
 * only those that are fresh. A run of all agents in which nothing has changed visits nothing.
 */
export class Runs {
  readonly #books: AllocatorBooks;
  readonly #visit: VisitOptions;
  readonly #random: Random;
  readonly #maintenance: Maintenance;
  readonly #onOffers: RunOptions['onOffers'];
  readonly #onInverseOffers: RunOptions['onInverseOffers'];
  readonly #offersMax: number | undefined;
  readonly #agentOrder: AgentOrder;
  /** Frameworks that have been offered something in the run that goes on, if offers are counted. */
  #counted: FrameworkRecord[] = [];
  /** Frameworks that have as many offers of the run that goes on as they may. */
  readonly #satisfied = new Set<FrameworkRecord>();
  #stages: QuotaStages | undefined;
  /** Pairs that the run that goes on has offered something. */
  #offered: Pair[] = [];
  /** Runs so far. */
  count = 0;

  constructor(options: RunOptions) {
    const { books, minimum, maintenance, random, onOffers, onInverseOffers } = options;
    this.#books = books;
    this.#visit = { books, minimum, give: this.#give };
    this.#maintenance = maintenance;
    this.#random = random;
    this.#onOffers = onOffers;
    this.#onInverseOffers = onInverseOffers;
    this.#offersMax = options.offersMax;
    this.#agentOrder = options.agentOrder;
  }

  /** @param candidates who the run is for */
  run(candidates: ReadonlySet<AgentRecord> | 'all', nowMs: number): void {
    const books = this.#books;
    this.count++;
    books.filters.expire(nowMs);
    const quota = this.#beginQuota();
    if (candidates === 'all') books.fullRuns++;
    else for (const agent of candidates) agent.eventRuns++;
    const fresh = candidates === 'all' ? this.#takeFresh() : undefined;
    const fewFor = (agent: AgentRecord): readonly Pair[] | undefined => {
      return fresh === 'many' || agent.dirty ? undefined : fresh;
    };
    const agents = candidates === 'all' ? this.#toVisit(fresh !== undefined) : dirtyOf(candidates);
    if (quota?.hasFirst === true) {
      for (const agent of this.#ordered(agents)) {
        books.draw?.renew();
        quota.visitFirst(agent, fewFor(agent));
      }
    }
    for (const agent of this.#ordered(agents)) {
      const few = fewFor(agent);
      agent.dirty = false;
      books.draw?.renew();
      if (quota === undefined) visit(this.#visit, agent, few);
      else quota.visitSecond(agent, few);
      if ((agent.kinds & SHARED) !== 0) books.soil(agent);
    }
    for (const framework of this.#counted) framework.offersInRun = 0;
    this.#counted = [];
    if (this.#satisfied.size > 0) this.#releaseSatisfied(agents);
    const asked = this.#maintenance.ask(candidates, nowMs);
    this.#deliver();
    for (const [frameworkId, allocation] of asked) this.#onInverseOffers(frameworkId, allocation);
  }

  #beginQuota(): QuotaStages | undefined {
    const { quota, heldBack } = this.#books;
    if (quota.isOn) {
      this.#stages ??= new QuotaStages(this.#visit);
      this.#stages.begin();
      return this.#stages;
    }
    for (const agent of heldBack) this.#books.soil(agent);
    heldBack.clear();
    return undefined;
  }

  readonly #give = (pair: Pair, agent: AgentRecord, source: Resources): void => {
    if (pair.offered.size === 0) this.#offered.push(pair);
    if (this.#offersMax !== undefined && !pair.offered.has(agent.id)) this.#count(pair.framework, this.#offersMax);
    const given = this.#books.give(pair, agent, source);
    // With quota, something in each stage.
    const before = this.#books.quota.isOn ? pair.offered.get(agent.id) : undefined;
    pair.offered.set(agent.id, before?.plus(given) ?? given);
  };

  /** Whoever has its fill is barred from all agents until the run is over. */
  #count(framework: FrameworkRecord, offersMax: number): void {
    framework.offersInRun++;
    if (framework.offersInRun === 1) this.#counted.push(framework);
    if (framework.offersInRun < offersMax) return;
    this.#satisfied.add(framework);
    for (const pair of framework.pairs.values()) pair.traits |= SATISFIED;
  }

  /** What nobody was left to take is offered in the next run. */
  #releaseSatisfied(agents: readonly AgentRecord[]): void {
    for (const { pairs } of this.#satisfied) for (const pair of pairs.values()) pair.traits &= ~SATISFIED;
    this.#satisfied.clear();
    for (const agent of agents) if (!agent.available.isEmpty) this.#books.soil(agent);
  }

  /** Who has become more willing; `undefined`: nobody. */
  #takeFresh(): readonly Pair[] | 'many' | undefined {
    const { forest, fresh } = this.#books.members;
    const pairs = [...fresh].filter(({ node }) => forest.isActive(node));
    fresh.clear();
    if (pairs.length === 0) return undefined;
    return pairs.length > FRESH_MAX ? 'many' : pairs;
  }

  /** Offerable agents that are dirty, or simply all that have something free, in the order in which they were added. */
  #toVisit(all: boolean): AgentRecord[] {
    const books = this.#books;
    const { dirty } = books;
    // Those that are not offerable now are entered again when they become so.
    books.dirty = [];
    for (const agent of dirty) agent.listed = false;
    if (!all && dirty.length * 8 < books.agents.size) {
      return dirty.filter((agent) => agent.dirty && isOfferable(agent)).sort(byOrder);
    }
    return Array.from(books.agents.values()).filter((agent) => {
      return isOfferable(agent) && !agent.available.isEmpty && (all || agent.dirty);
    });
  }

  /** In place; agents alike come in random order. */
  #ordered(agents: AgentRecord[]): AgentRecord[] {
    this.#shuffled(agents);
    if (this.#agentOrder === 'random') return agents;
    const { columns } = this.#books;
    const taken = new Map(agents.map((agent) => [agent, takenOf(columns, agent)]));
    const sign = this.#agentOrder === 'packing' ? -1 : 1;
    return agents.sort((a, b) => sign * ((taken.get(a) ?? 0) - (taken.get(b) ?? 0)));
  }

  /** In place. */
  #shuffled(agents: AgentRecord[]): AgentRecord[] {
    for (let i = agents.length - 1; i > 0; i--) {
      const j = this.#random.integer(i + 1);
      const [a, b] = [agents[i], agents[j]];
      if (a === undefined || b === undefined) continue;
      agents[i] = b;
      agents[j] = a;
    }
    return agents;
  }

  #deliver(): void {
    const byFramework = new Map<FrameworkRecord, Map<string, ReadonlyMap<AgentId, Resources>>>();
    for (const pair of this.#offered) {
      let allocation = byFramework.get(pair.framework);
      if (allocation === undefined) {
        allocation = new Map();
        byFramework.set(pair.framework, allocation);
      }
      allocation.set(pair.roleName, pair.offered);
      pair.offered = new Map();
    }
    this.#offered = [];
    for (const [framework, allocation] of byFramework) this.#onOffers(framework.id, allocation);
  }
}

/** The largest part of an agent's scalars that is not free, from 0 to 1. */
function takenOf(columns: Columns, { info, available }: AgentRecord): number {
  const total = columns.measure(info.total).slice();
  const free = columns.measure(available);
  let largest = 0;
  total.forEach((milli, column) => {
    if (milli > 0) largest = Math.max(largest, 1 - (free[column] ?? 0) / milli);
  });
  return largest;
}

function isOfferable({ active, whitelisted }: AgentRecord): boolean {
  return active && whitelisted;
}

/** Those that may have something for somebody, in the order in which they were added. */
function dirtyOf(candidates: ReadonlySet<AgentRecord>): AgentRecord[] {
  return Array.from(candidates)
    .filter((agent) => agent.dirty && isOfferable(agent))
    .sort(byOrder);
}

function byOrder(a: AgentRecord, b: AgentRecord): number {
  return a.order - b.order;
}
