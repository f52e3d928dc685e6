import type { AgentId, FrameworkId } from '../core/index.ts';
import type { Resources } from '../resources/index.ts';
import type { Random } from '../runtime/index.ts';
import type { Allocation } from './allocator.ts';
import type { AllocatorBooks } from './allocator-books.ts';
import { SHARED } from './columns.ts';
import type { InverseAllocation, Maintenance } from './maintenance.ts';
import type { Minimum } from './minimum.ts';
import type { AgentRecord, FrameworkRecord, Pair } from './records.ts';
import { visit } from './visit.ts';

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
  readonly #minimum: Minimum;
  readonly #random: Random;
  readonly #maintenance: Maintenance;
  readonly #onOffers: RunOptions['onOffers'];
  readonly #onInverseOffers: RunOptions['onInverseOffers'];
  /** Pairs that the run that goes on has offered something. */
  #offered: Pair[] = [];
  /** Runs so far. */
  count = 0;

  constructor({ books, minimum, maintenance, random, onOffers, onInverseOffers }: RunOptions) {
    this.#books = books;
    this.#minimum = minimum;
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
    const options = { books, minimum: this.#minimum, give: this.#give };
    if (candidates === 'all') {
      books.fullRuns++;
      const fresh = this.#takeFresh();
      for (const agent of this.#shuffled(this.#toVisit(fresh !== undefined))) {
        const clean = fresh !== 'many' && !agent.dirty;
        agent.dirty = false;
        visit(options, agent, clean ? fresh : undefined);
        if ((agent.kinds & SHARED) !== 0) books.soil(agent);
      }
    } else {
      for (const agent of candidates) agent.eventRuns++;
      const offerable = Array.from(candidates)
        .filter((agent) => agent.dirty && isOfferable(agent))
        .sort(byOrder);
      for (const agent of this.#shuffled(offerable)) {
        agent.dirty = (agent.kinds & SHARED) !== 0;
        visit(options, agent);
      }
    }
    const asked = this.#maintenance.ask(candidates, nowMs);
    this.#deliver();
    for (const [frameworkId, allocation] of asked) this.#onInverseOffers(frameworkId, allocation);
  }

  readonly #give = (pair: Pair, agent: AgentRecord, source: Resources): void => {
    if (pair.offered.size === 0) this.#offered.push(pair);
    pair.offered.set(agent.id, this.#books.give(pair, agent, source));
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

function byOrder(a: AgentRecord, b: AgentRecord): number {
  return a.order - b.order;
}
