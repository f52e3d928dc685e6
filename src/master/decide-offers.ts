import { type AgentId, type FrameworkId, OfferId } from '../core/index.ts';
import { type Offer, offerOutcome } from '../offers/index.ts';
import type { Resources } from '../resources/index.ts';
import { withdrawInverse } from './decide-inverse-offers.ts';
import { Draft } from './draft.ts';
import { unavailabilityOf } from './maintenance.ts';
import type { Decision, MasterCommand, OfferEnd } from './protocol.ts';
import type { AgentRecord, FrameworkRecord, MasterState } from './state.ts';
import { timerKey } from './timers.ts';

type Command<Type extends MasterCommand['type']> = Extract<MasterCommand, { readonly type: Type }>;

/**
 * The allocator has set resources aside: they become offers, or go back at once if the framework or an agent cannot
 * have them any more.
 *
 * @see Mesos `src/master/master.cpp`, `Master::offer`
 */
export function decideAllocated(state: MasterState, command: Command<'allocated'>): Decision {
  const draft = new Draft();
  const framework = state.frameworks.get(command.frameworkId);
  const offers: Offer[] = [];
  for (const [role, byAgent] of command.allocation) {
    for (const [agentId, resources] of byAgent) {
      const agent = state.agents.get(agentId);
      if (framework?.connection === undefined || agent?.connection === undefined) {
        giveBack({ frameworkId: command.frameworkId, agentId, resources }, undefined, draft);
        continue;
      }
      const id = OfferId(`${state.info.id}-O${state.nextOffer + offers.length}`);
      offers.push(makeOffer(state, { id, framework, agent, role, resources }));
    }
  }
  if (framework?.connection === undefined || offers.length === 0) return draft;
  draft.event({ type: 'offersMade', offers });
  draft.tellFramework(framework.connection, { type: 'offers', offers });
  const { offerTimeoutMs } = state.config;
  if (offerTimeoutMs !== undefined) {
    for (const { id } of offers) {
      draft.startTimer(timerKey.offer(id), offerTimeoutMs, { type: 'offerTimedOut', offerId: id });
    }
  }
  return draft;
}

function makeOffer(
  state: MasterState,
  of: {
    readonly id: OfferId;
    readonly framework: FrameworkRecord;
    readonly agent: AgentRecord;
    readonly role: string;
    readonly resources: Resources;
  },
): Offer {
  const { id, framework, agent, role, resources } = of;
  const executors = state.executors.ofAgent(agent.id, framework.id);
  const unavailability = unavailabilityOf(state.machines, agent.info.hostname);
  return {
    id,
    frameworkId: framework.id,
    agentId: agent.id,
    role,
    hostname: agent.info.hostname,
    resources,
    attributes: agent.info.attributes,
    executorIds: executors.map(({ info }) => info.executorId),
    ...(unavailability === undefined ? {} : { unavailability }),
  };
}

export function decideOfferTimedOut(state: MasterState, command: Command<'offerTimedOut'>): Decision {
  const draft = new Draft();
  const offer = state.offers.get(command.offerId);
  if (offer === undefined || offerOutcome(offer, 'timeout') === 'ignored') return draft;
  rescind(state, offer, draft);
  giveBack(offer, undefined, draft);
  return draft;
}

/** Takes an offer off the books; what it held is for the caller to give back, or is gone with agent or framework. */
export function endOffer(state: MasterState, offer: Offer, end: OfferEnd, draft: Draft): void {
  draft.event({ type: 'offerEnded', offerId: offer.id, end });
  if (state.config.offerTimeoutMs !== undefined) draft.cancelTimer(timerKey.offer(offer.id));
}

/** As {@link endOffer}, telling the framework. */
export function rescind(state: MasterState, offer: Offer, draft: Draft): void {
  endOffer(state, offer, 'rescinded', draft);
  const connection = state.frameworks.get(offer.frameworkId)?.connection;
  if (connection !== undefined) draft.tellFramework(connection, { type: 'rescind', offerId: offer.id });
}

/** A framework's scheduler went away or was superseded: its offers, of both kinds, end without a word. */
export function withdrawOffers(state: MasterState, frameworkId: FrameworkId, draft: Draft): void {
  for (const offer of state.offers.ofFramework(frameworkId)) {
    endOffer(state, offer, 'withdrawn', draft);
    giveBack(offer, undefined, draft);
  }
  withdrawInverse(state, frameworkId, draft);
}

/** Returns to the allocator what a framework held of an agent. */
export function giveBack(
  held: { readonly frameworkId: FrameworkId; readonly agentId: AgentId; readonly resources: Resources },
  refuseMs: number | undefined,
  draft: Draft,
): void {
  if (held.resources.isEmpty) return;
  const { frameworkId, agentId, resources } = held;
  draft.allocator({
    method: 'recoverResources',
    args: refuseMs === undefined ? [frameworkId, agentId, resources] : [frameworkId, agentId, resources, refuseMs],
  });
}
