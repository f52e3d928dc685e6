import type { AgentId } from '../core/index.ts';
import { type AllocatorBooks, checkInvariants, type MasterBooks, type Violations } from './invariants.ts';

/** Between two checks of everything, changed or not, so many turns pass. */
const WHOLE_EVERY = 256;

/**
 * Makes {@link checkInvariants} affordable after every turn: what was found to be in order, and has not changed since, is
 * not checked again. What the invariants say of an agent follows from records that are frozen, so they are the same
 * as long as each of them is the same object.
 *
 * What could go wrong without any record changing, in the indexes of a table, is seen at the next check of everything,
 * which comes with every {@link WHOLE_EVERY}th turn.
 *
 * - **Cost** looking through the records: a few nanoseconds for each. Checking: as much as has changed.
 */
export class InvariantSweep {
  readonly #agents = new Map<AgentId, AgentFacts>();
  /** What concerns more than one agent. */
  readonly #common = new Facts();
  /** Agents that have changed while the allocator was ahead. */
  readonly #uncompared = new Set<AgentId>();
  #turns = 0;

  /** To be called after every turn. @param allocator as for {@link checkInvariants} */
  check(state: MasterBooks, allocator: AllocatorBooks | undefined): Violations {
    const isWhole = this.#turns % WHOLE_EVERY === 0;
    this.#turns += 1;
    const changed = new Set<AgentId>();
    const isLocal = this.#look(state, changed) && (allocator === undefined || this.#lookInto(allocator, changed));
    for (const agentId of changed) this.#uncompared.add(agentId);
    const scope = allocator === undefined ? changed : new Set(this.#uncompared);
    if (allocator !== undefined) this.#uncompared.clear();
    if (isWhole || !isLocal) return checkInvariants(state, allocator);
    if (scope.size === 0) return [];
    return checkInvariants(stateOf(state, scope), allocator === undefined ? undefined : booksOf(allocator, scope));
  }

  /** Answers whether no more has changed than the agents that it adds to `changed`. */
  #look(state: MasterBooks, changed: Set<AgentId>): boolean {
    const common = this.#common;
    common.begin();
    for (const framework of state.frameworks.values()) common.add(framework);
    for (const task of state.unreachableTasks.all()) common.add(task);
    let isLocal = !common.end();
    let left = state.offers.size + state.tasks.size + state.executors.size;
    for (const agentId of state.agents.keys()) {
      let facts = this.#agents.get(agentId);
      if (facts === undefined) this.#agents.set(agentId, (facts = { own: new Facts(), allocator: new Facts() }));
      left -= lookAt(state, agentId, facts.own);
      if (facts.own.end()) changed.add(agentId);
    }
    // Something is left over that is of no agent; or an agent has gone, and should have left nothing.
    if (left !== 0) isLocal = false;
    if (this.#agents.size === state.agents.size) return isLocal;
    for (const agentId of this.#agents.keys()) if (!state.agents.has(agentId)) this.#agents.delete(agentId);
    return false;
  }

  /** The same for the books of the allocator. */
  #lookInto(allocator: AllocatorBooks, changed: Set<AgentId>): boolean {
    let known = 0;
    for (const agentId of allocator.agentIds()) {
      const facts = this.#agents.get(agentId)?.allocator;
      if (facts === undefined) return false;
      known += 1;
      const agent = allocator.agent(agentId);
      facts.begin();
      facts.add(agent?.total);
      facts.add(agent?.available);
      for (const { frameworkId, role, resources } of allocator.books(agentId)) {
        facts.add(frameworkId);
        facts.add(role);
        facts.add(resources);
      }
      if (facts.end()) changed.add(agentId);
    }
    return known === this.#agents.size;
  }
}

interface AgentFacts {
  readonly own: Facts;
  readonly allocator: Facts;
}

/** A list of facts, compared with itself as it was before. */
class Facts {
  readonly #items: unknown[] = [];
  #at = 0;
  #changed = true;

  begin(): void {
    this.#at = 0;
    this.#changed = false;
  }

  add(item: unknown): void {
    if (this.#items[this.#at] !== item || this.#at >= this.#items.length) {
      this.#items[this.#at] = item;
      this.#changed = true;
    }
    this.#at += 1;
  }

  /** Answers whether there are others than before. */
  end(): boolean {
    if (this.#at !== this.#items.length) {
      this.#items.length = this.#at;
      this.#changed = true;
    }
    return this.#changed;
  }
}

/** Answers how many offers, tasks and executors there are on the agent. */
function lookAt(state: MasterBooks, agentId: AgentId, facts: Facts): number {
  const agent = state.agents.get(agentId);
  let count = 0;
  facts.begin();
  facts.add(agent?.total);
  facts.add(agent?.connection !== undefined);
  for (const offer of state.offers.ofAgent(agentId)) {
    facts.add(offer);
    count += 1;
  }
  for (const task of state.tasks.ofAgent(agentId)) {
    facts.add(task);
    count += 1;
  }
  for (const executor of state.executors.ofAgent(agentId)) {
    facts.add(executor);
    count += 1;
  }
  for (const [frameworkId, used] of state.used.ofAgent(agentId)) {
    facts.add(frameworkId);
    facts.add(used);
  }
  return count;
}

/** The state, as if there were only these agents. */
function stateOf(state: MasterBooks, agentIds: ReadonlySet<AgentId>): MasterBooks {
  const { agents, offers, tasks, executors } = state;
  const agentsThere = [...agentIds].flatMap((agentId) => agents.get(agentId) ?? []);
  const offersThere = [...agentIds].flatMap((agentId) => offers.ofAgent(agentId));
  const tasksThere = [...agentIds].flatMap((agentId) => [...tasks.ofAgent(agentId)]);
  const executorsThere = [...agentIds].flatMap((agentId) => executors.ofAgent(agentId));
  return {
    frameworks: state.frameworks,
    unreachableTasks: state.unreachableTasks,
    used: state.used,
    agents: new Map(agentsThere.map((agent) => [agent.id, agent])),
    offers: {
      size: offersThere.length,
      get: (offerId) => offers.get(offerId),
      ofAgent: (agentId) => offers.ofAgent(agentId),
      ofFramework: (frameworkId) => offers.ofFramework(frameworkId),
      all: () => offersThere,
    },
    tasks: {
      size: tasksThere.length,
      get: (frameworkId, taskId) => tasks.get(frameworkId, taskId),
      ofFramework: (frameworkId) => tasks.ofFramework(frameworkId),
      ofAgent: (agentId) => tasks.ofAgent(agentId),
      countOfFramework: (frameworkId) => tasks.countOfFramework(frameworkId),
      all: () => tasksThere,
    },
    executors: {
      size: executorsThere.length,
      get: (agentId, frameworkId, executorId) => executors.get(agentId, frameworkId, executorId),
      ofAgent: (agentId, frameworkId) => executors.ofAgent(agentId, frameworkId),
      agentsOf: (frameworkId) => executors.agentsOf(frameworkId),
      all: () => executorsThere,
    },
  };
}

/** The same of the allocator. */
function booksOf(allocator: AllocatorBooks, agentIds: ReadonlySet<AgentId>): AllocatorBooks {
  return {
    agentIds: () => [...agentIds].filter((agentId) => allocator.agent(agentId) !== undefined),
    agent: (agentId) => allocator.agent(agentId),
    books: () => [...agentIds].flatMap((agentId) => [...allocator.books(agentId)]),
  };
}
