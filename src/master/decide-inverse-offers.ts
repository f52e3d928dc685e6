import { type AgentId, type FrameworkId, OfferId } from '../core/index.ts';
import { effectiveRefuseMs, type InverseOffer } from '../offers/index.ts';
import type { SchedulerCall } from '../protocol/index.ts';
import { Draft } from './draft.ts';
import { unavailabilityOf } from './maintenance.ts';
import type { Decision, MasterCommand } from './protocol.ts';
import type { FrameworkRecord, MasterState } from './state.ts';
import { timerKey } from './timers.ts';

type Command<Type extends MasterCommand['type']> = Extract<MasterCommand, { readonly type: Type }>;
type Answer = Extract<SchedulerCall, { readonly type: 'acceptInverseOffers' | 'declineInverseOffers' }>;

/**
 * The allocator wants agents back from a framework: it is asked, if it can be, and else later.
 *
 * @see Mesos `src/master/master.cpp`, `Master::inverseOffer`
 */
export function decideInverseAllocated(state: MasterState, command: Command<'inverseAllocated'>): Decision {
  const draft = new Draft();
  const { frameworkId, allocation } = command;
  const connection = state.frameworks.get(frameworkId)?.connection;
  const inverseOffers: InverseOffer[] = [];
  for (const agentId of allocation.keys()) {
    const agent = state.agents.get(agentId);
    const unavailability = agent === undefined ? undefined : unavailabilityOf(state.machines, agent.info.hostname);
    if (connection === undefined || agent?.connection === undefined || unavailability === undefined) {
      draft.allocator({ method: 'updateInverseOffer', args: [agentId, frameworkId] });
      continue;
    }
    const id = OfferId(`${state.info.id}-O${state.nextOffer + inverseOffers.length}`);
    inverseOffers.push({ id, frameworkId, agentId, unavailability });
  }
  if (connection === undefined || inverseOffers.length === 0) return draft;
  draft.event({ type: 'inverseOffersMade', inverseOffers });
  draft.tellFramework(connection, { type: 'inverseOffers', inverseOffers });
  const { offerTimeoutMs } = state.config;
  if (offerTimeoutMs !== undefined) {
    for (const { id } of inverseOffers) {
      draft.startTimer(timerKey.offer(id), offerTimeoutMs, { type: 'inverseOfferTimedOut', inverseOfferId: id });
    }
  }
  return draft;
}

export function decideInverseOfferTimedOut(state: MasterState, command: Command<'inverseOfferTimedOut'>): Decision {
  const draft = new Draft();
  const inverseOffer = state.inverseOffers.get(command.inverseOfferId);
  if (inverseOffer !== undefined) rescind(state, inverseOffer, draft);
  return draft;
}

/** An answer is noted, and the framework may be asked again when its filter is over. Ids that are not known are ignored. */
export function decideInverseAnswer(
  state: MasterState,
  framework: FrameworkRecord,
  answer: { readonly call: Answer; readonly wallMs: number },
  draft: Draft,
): void {
  const { call, wallMs } = answer;
  const { id: frameworkId } = framework;
  const status = call.type === 'acceptInverseOffers' ? 'ACCEPT' : 'DECLINE';
  for (const inverseOfferId of new Set(call.inverseOfferIds)) {
    const inverseOffer = state.inverseOffers.get(inverseOfferId);
    if (inverseOffer?.frameworkId !== frameworkId) continue;
    const { agentId } = inverseOffer;
    end(state, inverseOffer, draft);
    draft.event({ type: 'agentAnsweredFor', agentId, status: { status, frameworkId, timestampMs: wallMs } });
    const refuseMs = effectiveRefuseMs(call.filters);
    draft.allocator({ method: 'updateInverseOffer', args: [agentId, frameworkId, refuseMs] });
  }
}

/** Takes back what frameworks were asked about the agent. */
export function rescindInverse(state: MasterState, agentId: AgentId, draft: Draft): void {
  for (const inverseOffer of state.inverseOffers.ofAgent(agentId)) rescind(state, inverseOffer, draft);
}

/** The framework's scheduler is gone, or another: what it was asked ends without a word. */
export function withdrawInverse(state: MasterState, frameworkId: FrameworkId, draft: Draft): void {
  for (const inverseOffer of state.inverseOffers.ofFramework(frameworkId)) {
    end(state, inverseOffer, draft);
    draft.allocator({ method: 'updateInverseOffer', args: [inverseOffer.agentId, frameworkId] });
  }
}

function rescind(state: MasterState, inverseOffer: InverseOffer, draft: Draft): void {
  const { id, agentId, frameworkId } = inverseOffer;
  end(state, inverseOffer, draft);
  const connection = state.frameworks.get(frameworkId)?.connection;
  if (connection !== undefined) draft.tellFramework(connection, { type: 'rescindInverseOffer', inverseOfferId: id });
  draft.allocator({ method: 'updateInverseOffer', args: [agentId, frameworkId] });
}

function end(state: MasterState, { id }: InverseOffer, draft: Draft): void {
  draft.event({ type: 'inverseOfferEnded', inverseOfferId: id });
  if (state.config.offerTimeoutMs !== undefined) draft.cancelTimer(timerKey.offer(id));
}
