import type { Random } from '../runtime/index.ts';
import type { World } from './world.ts';
import type { AgentHost } from './world-agent.ts';
import type { FrameworkHost } from './world-framework.ts';

/** Calls of an operator, at moments that nobody expects. About whom the master does not know, nothing happens. */
export class Operator {
  readonly #world: World;
  readonly #random: Pick<Random, 'integer'>;

  constructor(world: World, random: Pick<Random, 'integer'>) {
    this.#world = world;
    this.#random = random;
  }

  markAgentGone({ agentId, hostname }: AgentHost): void {
    const { master } = this.#world;
    const state = master?.state();
    const known = [...(state?.agents ?? []), ...(state?.recoveredAgents ?? []), ...(state?.unreachableAgents ?? [])];
    if (agentId === undefined || !known.some(({ id }) => id === agentId)) return;
    this.#world.faultHappened('markAgentGone', hostname, 'the operator declares it gone');
    master?.markAgentGone(agentId);
  }

  removeAgent({ agentId, hostname }: AgentHost): void {
    const { master } = this.#world;
    if (agentId === undefined || master?.state().agents.some(({ id }) => id === agentId) !== true) return;
    this.#world.faultHappened('removeAgent', hostname, 'the operator has it removed');
    master.removeAgent(agentId);
  }

  teardown({ id, name }: FrameworkHost): void {
    const { master } = this.#world;
    if (id === undefined || master?.state().frameworks.some((framework) => framework.id === id) !== true) return;
    this.#world.faultHappened('teardownFramework', name, 'the operator ends it');
    master.teardown(id);
  }

  updateWeights(): void {
    const { master, frameworks } = this.#world;
    const roles = [...new Set(frameworks.flatMap((framework) => framework.roles))];
    const role = roles[this.#random.integer(Math.max(1, roles.length))];
    if (master === undefined || role === undefined) return;
    const weight = 1 + this.#random.integer(5);
    this.#world.faultHappened('updateWeights', 'master', `role ${role} weighs ${weight}`);
    master.updateWeights({ [role]: weight });
  }
}
