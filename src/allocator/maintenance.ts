import type { AgentId, FrameworkId } from '../core/index.ts';
import type { Unavailability } from '../offers/index.ts';
import type { AgentRecord, FrameworkRecord } from './records.ts';

/** What one run asks one framework to give back, and by when. */
export type InverseAllocation = ReadonlyMap<AgentId, Unavailability>;

interface Planned {
  readonly unavailability: Unavailability;
  /** Who has been asked and has not answered. */
  readonly asked: Set<FrameworkRecord>;
}

/**
 * Agents that will not be available, and who has been asked to leave them. It costs a run as much as there are such
 * agents.
 *
 * @see Mesos `src/master/allocator/mesos/hierarchical.cpp`, `generateInverseOffers`, `updateInverseOffer`
 */
export class Maintenance {
  readonly #planned = new Map<AgentRecord, Planned>();
  /** Until when a framework does not want to be asked about an agent, by the monotonic clock. */
  readonly #filters = new Map<FrameworkRecord, Map<AgentRecord, number>>();

  unavailability(agent: AgentRecord): Unavailability | undefined {
    return this.#planned.get(agent)?.unavailability;
  }

  /** Whoever was asked before is asked anew, filters or not: another time may get another answer. */
  plan(agent: AgentRecord, unavailability: Unavailability | undefined): void {
    this.dropAgent(agent);
    if (unavailability !== undefined) this.#planned.set(agent, { unavailability, asked: new Set() });
  }

  /** The framework has answered, or the question was taken back: it may be asked again. */
  settle(agent: AgentRecord, framework: FrameworkRecord): void {
    this.#planned.get(agent)?.asked.delete(framework);
  }

  filter(agent: AgentRecord, framework: FrameworkRecord, expiresMs: number): void {
    let filters = this.#filters.get(framework);
    if (filters === undefined) {
      filters = new Map();
      this.#filters.set(framework, filters);
    }
    filters.set(agent, Math.max(expiresMs, filters.get(agent) ?? 0));
  }

  /** Also what was planned is forgotten. */
  dropAgent(agent: AgentRecord): void {
    this.#planned.delete(agent);
    this.dropFiltersOn(agent);
  }

  dropFiltersOn(agent: AgentRecord): void {
    for (const filters of this.#filters.values()) filters.delete(agent);
  }

  dropFiltersOf(framework: FrameworkRecord): void {
    this.#filters.delete(framework);
  }

  dropFramework(framework: FrameworkRecord): void {
    this.dropFiltersOf(framework);
    for (const { asked } of this.#planned.values()) asked.delete(framework);
  }

  /** Whom a run with these candidates asks; they count as asked from now on. */
  ask(candidates: ReadonlySet<AgentRecord> | 'all', nowMs: number): ReadonlyMap<FrameworkId, InverseAllocation> {
    const allocations = new Map<FrameworkId, Map<AgentId, Unavailability>>();
    for (const [agent, { unavailability, asked }] of this.#planned) {
      if (candidates !== 'all' && !candidates.has(agent)) continue;
      for (const { framework } of agent.holdings.map(({ pair }) => pair)) {
        if (!framework.known || !framework.active || asked.has(framework)) continue;
        if ((this.#filters.get(framework)?.get(agent) ?? nowMs) > nowMs) continue;
        asked.add(framework);
        const allocation = allocations.get(framework.id) ?? new Map<AgentId, Unavailability>();
        allocations.set(framework.id, allocation.set(agent.id, unavailability));
      }
    }
    return allocations;
  }
}
