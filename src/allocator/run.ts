import type { AgentId, FrameworkId } from '../core/index.ts';
import type { Resources } from '../resources/index.ts';
import type { Random } from '../runtime/index.ts';
import type { Allocation } from './allocator.ts';
import type { AllocatorBooks } from './allocator-books.ts';
import { SHARED } from './columns.ts';
import type { InverseAllocation, Maintenance } from './maintenance.ts';
import type { Minimum } from './minimum.ts';
import { QuotaStages } from './quota-stages.ts';
import type { AgentRecord, FrameworkRecord, Pair } from './records.ts';
import { visit, type VisitOptions } from './visit.ts';

export interface RunOptions {
  readonly books: AllocatorBooks;
  readonly minimum: Minimum;
  readonly maintenance: Maintenance;
  readonly random: Random;
  readonly onOffers: (frameworkId: FrameworkId, allocation: Allocation) => void;
  readonly onInverseOffers: (frameworkId: FrameworkId, allocation: InverseAllocation) => void;
}

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
  #stages: QuotaStages | undefined;
  /** Pairs that the run that goes on has offered something. */
  #offered: Pair[] = [];
  /** Runs so far. */
  count = 0;

  constructor({ books, minimum, maintenance, random, onOffers, onInverseOffers }: RunOptions) {
    this.#books = books;
    this.#visit = { books, minimum, give: this.#give };
    this.#maintenance = maintenance;
    this.#random = random;
    this.#onOffers = onOffers;
    this.#onInverseOffers = onInverseOffers;
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
    if (quota?.hasFirst === true) for (const agent of this.#shuffled(agents)) quota.visitFirst(agent, fewFor(agent));
    for (const agent of this.#shuffled(agents)) {
      const few = fewFor(agent);
      agent.dirty = false;
      if (quota === undefined) visit(this.#visit, agent, few);
      else quota.visitSecond(agent, few);
      if ((agent.kinds & SHARED) !== 0) books.soil(agent);
    }
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
    const given = this.#books.give(pair, agent, source);
    // With quota, something in each stage.
    const before = this.#books.quota.isOn ? pair.offered.get(agent.id) : undefined;
    pair.offered.set(agent.id, before?.plus(given) ?? given);
  };

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
