import type { AgentId, ExecutorId, FrameworkId } from '../core/index.ts';
import type { ExecutorInfo } from '../tasks/index.ts';

/** An executor on an agent. Command tasks have none in the master's books. */
export interface ExecutorRecord {
  readonly agentId: AgentId;
  readonly frameworkId: FrameworkId;
  /** Its resources, if any, are allocated to a role. */
  readonly info: ExecutorInfo;
}

/** Running executors by agent, framework and id. */
export interface Executors {
  readonly size: number;
  get(agentId: AgentId, frameworkId: FrameworkId, executorId: ExecutorId): ExecutorRecord | undefined;
  /** Of one framework, or of all. */
  ofAgent(agentId: AgentId, frameworkId?: FrameworkId): readonly ExecutorRecord[];
  /** Agents on which the framework has an executor. */
  agentsOf(frameworkId: FrameworkId): readonly AgentId[];
  all(): Iterable<ExecutorRecord>;
}

export class ExecutorTable implements Executors {
  readonly #byAgent = new Map<AgentId, Map<FrameworkId, Map<ExecutorId, ExecutorRecord>>>();
  readonly #agentsOf = new Map<FrameworkId, Set<AgentId>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(agentId: AgentId, frameworkId: FrameworkId, executorId: ExecutorId): ExecutorRecord | undefined {
    return this.#byAgent.get(agentId)?.get(frameworkId)?.get(executorId);
  }

  ofAgent(agentId: AgentId, frameworkId?: FrameworkId): readonly ExecutorRecord[] {
    const frameworks = this.#byAgent.get(agentId);
    if (frameworks === undefined) return [];
    if (frameworkId !== undefined) return [...(frameworks.get(frameworkId)?.values() ?? [])];
    return [...frameworks.values()].flatMap((executors) => [...executors.values()]);
  }

  agentsOf(frameworkId: FrameworkId): readonly AgentId[] {
    return [...(this.#agentsOf.get(frameworkId) ?? [])];
  }

  *all(): Iterable<ExecutorRecord> {
    for (const agentId of this.#byAgent.keys()) yield* this.ofAgent(agentId);
  }

  add(record: ExecutorRecord): void {
    const { agentId, frameworkId, info } = record;
    let frameworks = this.#byAgent.get(agentId);
    if (frameworks === undefined) this.#byAgent.set(agentId, (frameworks = new Map()));
    let executors = frameworks.get(frameworkId);
    if (executors === undefined) frameworks.set(frameworkId, (executors = new Map()));
    if (!executors.has(info.executorId)) this.#size += 1;
    executors.set(info.executorId, record);
    const agents = this.#agentsOf.get(frameworkId);
    if (agents === undefined) this.#agentsOf.set(frameworkId, new Set([agentId]));
    else agents.add(agentId);
  }

  remove(agentId: AgentId, frameworkId: FrameworkId, executorId: ExecutorId): void {
    const frameworks = this.#byAgent.get(agentId);
    const executors = frameworks?.get(frameworkId);
    if (frameworks === undefined || executors === undefined) return;
    if (executors.delete(executorId)) this.#size -= 1;
    if (executors.size > 0) return;
    frameworks.delete(frameworkId);
    if (frameworks.size === 0) this.#byAgent.delete(agentId);
    const agents = this.#agentsOf.get(frameworkId);
    agents?.delete(agentId);
    if (agents?.size === 0) this.#agentsOf.delete(frameworkId);
  }
}
