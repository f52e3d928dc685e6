import { type AgentId, entriesByName, unreachable } from '../core/index.ts';
import { awaitAgent, decideAdmitted } from './decide-admission.ts';
import { decideDeparted, depart } from './decide-lose-agent.ts';
import { decideMaintained } from './decide-maintenance.ts';
import { decideQuotaWritten, decideWeightsWritten } from './decide-operator.ts';
import { Draft } from './draft.ts';
import type { Decision, MasterCommand, RegistryWrite } from './protocol.ts';
import type { MasterState } from './state.ts';
import { timerKey } from './timers.ts';

type Command<Type extends MasterCommand['type']> = Extract<MasterCommand, { readonly type: Type }>;

/** @see Mesos `--registry_gc_interval`, `--registry_max_agent_age` */
const PRUNING_INTERVAL_MS = 900_000;
const REMOVED_AGENT_AGE_MS_MAX = 14 * 24 * 3_600_000;

/**
 * A master starts with what the one before it has left: admitted agents have their time to come back, weights and quotas
 * hold: if there are any, the allocator waits for most of the agents. Weights of the options are for a registry that has none.
 *
 * @see Mesos `src/master/master.cpp`, `Master::_recover`
 */
export function decideRegistryRecovered(state: MasterState, command: Command<'registryRecovered'>): Decision {
  const draft = new Draft();
  const { registry, weights } = command;
  draft.event({ type: 'registryLoaded', registry });
  for (const agentId of registry.agents.keys()) awaitAgent(state, agentId, draft);
  schedulePruning(draft);
  if (registry.quotas.size > 0) {
    draft.allocator({ method: 'recover', args: [registry.agents.size, registry.quotas] });
  }
  if (registry.weights.size > 0) {
    draft.allocator({ method: 'updateWeights', args: [Object.fromEntries(registry.weights)] });
  } else if (entriesByName(weights).length > 0) {
    draft.writeRegistry({ type: 'configuration', operation: { type: 'updateWeights', weights } });
  }
  draft.info(`Recovered a registry with ${registry.agents.size} admitted agents`);
  return draft;
}

/** What was decided earlier is written, and can be acted upon: by what is known now. */
export function decideRegistryWritten(state: MasterState, command: Command<'registryWritten'>): Decision {
  const draft = new Draft();
  const { write, wallMs } = command;
  switch (write.type) {
    case 'admission':
      decideAdmitted(state, { write, wallMs }, draft);
      break;
    case 'departure':
      decideDeparted(state, { write, wallMs }, draft);
      break;
    case 'configuration':
      decideConfigured(state, write.operation, draft);
      break;
    default:
      unreachable(write, 'RegistryWrite');
  }
  return draft;
}

function decideConfigured(
  state: MasterState,
  operation: Extract<RegistryWrite, { readonly type: 'configuration' }>['operation'],
  draft: Draft,
): void {
  switch (operation.type) {
    case 'updateWeights':
      return decideWeightsWritten(state, operation.weights, draft);
    case 'updateQuota':
      return decideQuotaWritten(state, operation.quotas, draft);
    case 'pruneAgents':
      return draft.event({ ...operation, type: 'agentsPruned' });
    default:
      return decideMaintained(state, operation, draft);
  }
}

/** An agent that an earlier master had admitted did not come back in time. */
export function decideRecoveryTimedOut(state: MasterState, command: Command<'recoveryTimedOut'>): Decision {
  const draft = new Draft();
  const { agentId, wallMs } = command;
  const agent = state.recoveredAgents.get(agentId);
  if (agent === undefined || state.leavingAgents.has(agentId)) return draft;
  const message = `Agent ${agent.info.hostname} did not re-register in time after a failover of the master`;
  const operation = { type: 'markAgentUnreachable', agentId, unreachableMs: wallMs } as const;
  depart({ operation, message, dismissed: false }, draft);
  return draft;
}

/**
 * Unreachable and gone agents are forgotten when they are old, or too many: the oldest first.
 *
 * @see Mesos `src/master/master.cpp`, `Master::doRegistryGc`
 */
export function decideRegistryPruningDue(state: MasterState, command: Command<'registryPruningDue'>): Decision {
  const draft = new Draft();
  const bounds = { sinceMs: command.wallMs - REMOVED_AGENT_AGE_MS_MAX, limit: state.config.maxRemovedAgents };
  const unreachableTimes = function* (): Iterable<readonly [AgentId, number]> {
    for (const [agentId, { unreachableMs }] of state.unreachableAgents) yield [agentId, unreachableMs];
  };
  const unreachableAgents = oldest(unreachableTimes(), state.unreachableAgents.size, bounds);
  const gone = oldest(state.goneAgents, state.goneAgents.size, bounds);
  if (unreachableAgents.length + gone.length > 0) {
    const operation = { type: 'pruneAgents', unreachable: unreachableAgents, gone } as const;
    draft.writeRegistry({ type: 'configuration', operation });
  }
  schedulePruning(draft);
  return draft;
}

/** They are in order of time: the first that may stay ends the search. */
function oldest(
  times: Iterable<readonly [AgentId, number]>,
  size: number,
  bounds: { readonly sinceMs: number; readonly limit: number },
): readonly AgentId[] {
  const found: AgentId[] = [];
  for (const [agentId, atMs] of times) {
    if (size - found.length <= bounds.limit && atMs >= bounds.sinceMs) break;
    found.push(agentId);
  }
  return found;
}

function schedulePruning(draft: Draft): void {
  draft.startTimer(timerKey.pruning, PRUNING_INTERVAL_MS, { type: 'registryPruningDue' });
}
