import type { AgentId } from '../core/index.ts';
import type { AgentInfo } from '../protocol/index.ts';
import { equalAttributes, type Resources } from '../resources/index.ts';
import { depart } from './decide-lose-agent.ts';
import { bringDown } from './decide-maintenance.ts';
import { addNew } from './decide-register.ts';
import { takeIn } from './decide-reregister.ts';
import type { Draft } from './draft.ts';
import { isDown } from './maintenance.ts';
import type { RegistryWrite } from './protocol.ts';
import type { MasterState, RegistrationMessage } from './state.ts';
import { timerKey } from './timers.ts';

type AdmissionWrite = Extract<RegistryWrite, { readonly type: 'admission' }>;

/** The registry is to admit the agent first. Who asks again meanwhile, on the same connection, waits for the same answer. */
export function startAdmission(
  state: MasterState,
  request: {
    readonly connection: number;
    readonly message: RegistrationMessage;
    readonly operation: AdmissionWrite['operation'];
  },
  draft: Draft,
): void {
  const { connection, message, operation } = request;
  const pending = state.admissions.get(connection);
  draft.event({ type: 'admissionStarted', connection, agentId: operation.agentId, message });
  if (pending !== undefined && sameDescription(pending.message.agentInfo, message.agentInfo)) return;
  draft.writeRegistry({ type: 'admission', operation, connection });
}

/** The agent is admitted: it is taken in and answered, if it is still there. */
export function decideAdmitted(
  state: MasterState,
  admitted: { readonly write: AdmissionWrite; readonly wallMs: number },
  draft: Draft,
): void {
  const { write, wallMs } = admitted;
  const { connection, operation } = write;
  const { agentId } = operation;
  const admission = state.admissions.get(connection);
  if (admission?.agentId !== agentId) {
    missAgent(state, operation, draft);
    return;
  }
  draft.event({ type: 'admissionEnded', connection });
  const { message } = admission;
  if (state.goneAgents.has(agentId)) {
    draft.tellAgent(connection, { type: 'shutdownAgent', message: 'Agent has been marked gone' });
  } else if (message.type === 'registerAgent') {
    addNew(state, { id: agentId, info: message.agentInfo, connection, wallMs }, draft);
  } else {
    takeIn(state, { connection, message, wallMs }, draft);
  }
  // Its machine has gone down while this was being written.
  if (isDown(state.machines, message.agentInfo.hostname)) bringDown({ id: agentId, info: message.agentInfo }, draft);
}

/**
 * The registry has the agent as admitted, and it is not there. One that was new never heard of its id, and will ask for
 * another; any other one is given its time to come back.
 */
export function missAgent(
  state: MasterState,
  operation: { readonly type?: string; readonly agentId: AgentId; readonly agentInfo: AgentInfo },
  draft: Draft,
): void {
  const { agentId, agentInfo: info } = operation;
  const isKnown = state.agents.has(agentId) || state.recoveredAgents.has(agentId);
  if (isKnown || state.goneAgents.has(agentId)) return;
  draft.event({ type: 'agentMissed', agentId, info });
  if (operation.type === 'admitAgent') {
    depart(
      {
        operation: { type: 'removeAgent', agentId },
        message: 'Agent was gone before it was admitted',
        dismissed: false,
      },
      draft,
    );
    return;
  }
  awaitAgent(state, agentId, draft);
}

/** The time that an admitted agent has to come back starts. */
export function awaitAgent(state: MasterState, agentId: AgentId, draft: Draft): void {
  draft.startTimer(timerKey.recovery(agentId), state.config.agentReregisterTimeoutMs, {
    type: 'recoveryTimedOut',
    agentId,
  });
}

/** Whether the registry needs not be told. Reservations and volumes live with the agent. */
export function sameDescription(a: AgentInfo, b: AgentInfo): boolean {
  return (
    a.hostname === b.hostname && equalAttributes(a.attributes, b.attributes) && sameAmounts(a.resources, b.resources)
  );
}

/** Whether both hold the same in name and amount, whatever is reserved or made a volume of. */
export function sameAmounts(a: Resources, b: Resources): boolean {
  const rest = (resources: Resources): Resources =>
    resources.filter(({ value }) => value.type !== 'SCALAR').toUnreserved();
  return a.quantities().equals(b.quantities()) && rest(a).equals(rest(b));
}
