import type { AgentId } from '../core/index.ts';
import { createMemoryRegistry, type MemoryRegistry, type Registry } from '../master/index.ts';
import type { Random } from '../runtime/index.ts';
import type { SimulatedProcess } from './machine-process.ts';
import type { SimulatedClock } from './simulated-clock.ts';

/** What the next write comes to. */
export type RegistryWriteFault = 'failRegistryWrite' | 'unconfirmRegistryWrite' | 'crashMasterAtWrite';

interface RegistryHooks {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly onFault: (fault: RegistryWriteFault) => void;
}

/** The registry, which outlives all masters, and what goes wrong with it. */
export class SimulatedRegistry {
  readonly #registry: MemoryRegistry;
  readonly #faults: RegistryWriteFault[] = [];
  /** Agents that were taken out of it for good. */
  readonly #ended = new Set<AgentId>();
  #crashesAfter = false;
  /** A write takes up to so many milliseconds more. */
  slowMs = 0;

  constructor(hooks: RegistryHooks) {
    const { clock, random } = hooks;
    this.#registry = createMemoryRegistry({
      clock,
      latencyMs: () => 1 + random.integer(10) + (this.slowMs > 0 ? random.integer(this.slowMs) : 0),
      failure: () => {
        const fault = this.#faults.shift();
        if (fault === undefined) return undefined;
        hooks.onFault(fault);
        if (fault === 'failRegistryWrite') return 'lost';
        this.#crashesAfter = fault === 'crashMasterAtWrite';
        return this.#crashesAfter ? undefined : 'unconfirmed';
      },
    });
  }

  /** Whether a master may have told this agent that it is registered. What is under way when it ends may arrive after that. */
  knows(agentId: AgentId): boolean {
    return this.#registry.state().agents.has(agentId) || this.#ended.has(agentId);
  }

  /** The next write that is not spoken for comes to this. */
  arm(fault: RegistryWriteFault): void {
    this.#faults.push(fault);
  }

  /** Faults that have not happened yet never will. */
  repair(): void {
    this.#faults.length = 0;
    this.slowMs = 0;
  }

  /** As a master's process sees it: what a dead one has asked is done, and answered to nobody. */
  heardBy(process: SimulatedProcess, crash: () => void): Registry {
    return {
      recover: (done) => this.#registry.recover((recovery) => process.hear(() => done(recovery))),
      write: (write, done) =>
        this.#registry.write(write, (outcome) => {
          for (const operation of write.operations) {
            if (operation.type === 'removeAgent' || operation.type === 'markAgentGone')
              this.#ended.add(operation.agentId);
          }
          if (this.#crashesAfter) {
            this.#crashesAfter = false;
            crash();
          }
          process.hear(() => done(outcome));
        }),
    };
  }
}
