import { unreachable } from '../core/index.ts';
import type { Unavailability } from '../offers/index.ts';
import { depart } from './decide-lose-agent.ts';
import { rescindInverse } from './decide-inverse-offers.ts';
import { giveBack, rescind } from './decide-offers.ts';
import { Draft } from './draft.ts';
import { applyMaintenance, machineKey, type MaintenanceOperation, sameTime, unavailabilityOf } from './maintenance.ts';
import type { Decision, MasterCommand } from './protocol.ts';
import type { AgentRecord, MasterState } from './state.ts';

/** The schedule changes, or machines go down or come up, once the registry says so. */
export function decideMaintain(command: Extract<MasterCommand, { readonly type: 'maintain' }>): Decision {
  const draft = new Draft();
  draft.writeRegistry({ type: 'configuration', operation: command.operation });
  return draft;
}

/** @see Mesos `src/master/http.cpp`, `Master::Http::_updateMaintenanceSchedule`, `_startMaintenance`, `_stopMaintenance` */
export function decideMaintained(state: MasterState, operation: MaintenanceOperation, draft: Draft): void {
  draft.event({ type: 'maintained', operation });
  switch (operation.type) {
    case 'updateMaintenanceSchedule': {
      const machines = new Map(state.machines);
      applyMaintenance(machines, operation);
      for (const agent of state.agents.values()) {
        const { hostname } = agent.info;
        const now = unavailabilityOf(machines, hostname);
        if (!sameTime(unavailabilityOf(state.machines, hostname), now)) replan(state, agent, now, draft);
      }
      return;
    }
    case 'startMaintenance': {
      const down = new Set(operation.hostnames);
      for (const agent of state.agents.values()) {
        if (!down.has(machineKey(agent.info.hostname)) || state.leavingAgents.has(agent.id)) continue;
        bringDown(agent, draft);
      }
      return;
    }
    case 'stopMaintenance':
      for (const agent of state.agents.values()) {
        if (operation.hostnames.includes(machineKey(agent.info.hostname))) replan(state, agent, undefined, draft);
      }
      return;
    default:
      unreachable(operation, 'MaintenanceOperation');
  }
}

/** An agent on a machine that is down leaves, and ends its tasks. */
export function bringDown({ id, info }: Pick<AgentRecord, 'id' | 'info'>, draft: Draft): void {
  const message = `Agent ${info.hostname} removed: Operator initiated 'Machine DOWN'`;
  depart({ operation: { type: 'removeAgent', agentId: id }, message, dismissed: true }, draft);
}

/** What was offered before said another time, or none: it is offered anew, and who is there is asked anew. */
function replan(
  state: MasterState,
  agent: AgentRecord,
  unavailability: Unavailability | undefined,
  draft: Draft,
): void {
  for (const offer of state.offers.ofAgent(agent.id)) {
    rescind(state, offer, draft);
    giveBack(offer, undefined, draft);
  }
  rescindInverse(state, agent.id, draft);
  draft.event({ type: 'agentReplanned', agentId: agent.id });
  draft.allocator({ method: 'updateUnavailability', args: [agent.id, unavailability] });
}
