import { type AgentId, type FrameworkId, InvariantViolation } from '../core/index.ts';
import type { Resources } from '../resources/index.ts';

/** What tasks and executors hold, by agent and framework; kept up with every change, never added up anew. */
export interface Used {
  /** By framework; those that hold nothing are left out. Allocated to roles. */
  ofAgent(agentId: AgentId): ReadonlyMap<FrameworkId, Resources>;
}

const NOTHING: ReadonlyMap<FrameworkId, Resources> = new Map();

export class UsedTable implements Used {
  readonly #byAgent = new Map<AgentId, Map<FrameworkId, Resources>>();

  ofAgent(agentId: AgentId): ReadonlyMap<FrameworkId, Resources> {
    return this.#byAgent.get(agentId) ?? NOTHING;
  }

  add(agentId: AgentId, frameworkId: FrameworkId, resources: Resources): void {
    if (resources.isEmpty) return;
    let frameworks = this.#byAgent.get(agentId);
    if (frameworks === undefined) this.#byAgent.set(agentId, (frameworks = new Map()));
    const before = frameworks.get(frameworkId);
    frameworks.set(frameworkId, before === undefined ? resources : before.plus(resources));
  }

  /** @throws InvariantViolation if they are not there: the books would be wrong ever after */
  take(agentId: AgentId, frameworkId: FrameworkId, resources: Resources): void {
    if (resources.isEmpty) return;
    const frameworks = this.#byAgent.get(agentId);
    const before = frameworks?.get(frameworkId);
    if (frameworks === undefined || before?.contains(resources) !== true) {
      throw new InvariantViolation(
        `Expected framework ${frameworkId} to hold ${resources} on agent ${agentId}, it holds ${before ?? 'nothing'}`,
      );
    }
    const left = before.minus(resources);
    if (!left.isEmpty) {
      frameworks.set(frameworkId, left);
      return;
    }
    frameworks.delete(frameworkId);
    if (frameworks.size === 0) this.#byAgent.delete(agentId);
  }
}
