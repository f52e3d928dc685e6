import { MasterId } from '../../core/index.ts';
import type { InverseOffer, Offer } from '../../offers/index.ts';
import { attributesFromJSON, attributesToJSON, downgradeResources, Resources } from '../../resources/index.ts';
import { type FrameworkInfo, hasCapability } from '../framework-info.ts';
import type { MasterInfo, SchedulerEvent } from '../scheduler-event.ts';
import { data, field, listed, message, optional, seconds, text, type WireCodec, whole, within } from './codec.ts';
import type { WireMessage } from './message.ts';
import { agentId, executorId, frameworkId, offerId, resources, taskStatus, unavailability } from './objects.ts';
import { union } from './union.ts';

/** Where a process of the cluster is reached. */
export interface Address {
  readonly hostname: string;
  /** Four numbers with dots. */
  readonly ip: string;
  readonly port: number;
}

const masterInfo: WireCodec<MasterInfo> = message<MasterInfo>({
  id: field('id', { write: (value) => value, read: (wire) => MasterId(wire as string) }),
  hostname: field('hostname', text, () => ''),
  version: field('version', text, () => ''),
});

const attributes: WireCodec<Offer['attributes']> = {
  // What attributes write is what the definition of `Attribute` says, and what they read they check themselves.
  write: (value) => attributesToJSON(value) as readonly WireMessage[],
  read: (wire, path) => attributesFromJSON(wire as readonly unknown[], path),
};

const offer: WireCodec<Offer> = message<Offer>({
  id: field('id', offerId),
  frameworkId: field('framework_id', frameworkId),
  agentId: field('agent_id', agentId),
  hostname: field('hostname', text),
  resources: field('resources', resources, () => Resources.of()),
  attributes: field('attributes', attributes, () => []),
  executorIds: listed('executor_ids', executorId),
  unavailability: optional('unavailability', unavailability),
  role: field('allocation_info', within('role', text, '*'), () => '*'),
});

const inverseOffer: WireCodec<InverseOffer> = message<InverseOffer>({
  id: field('id', offerId),
  frameworkId: field('framework_id', frameworkId),
  agentId: field('agent_id', agentId),
  unavailability: field('unavailability', unavailability),
});

const event = union<SchedulerEvent>({
  subscribed: {
    wireType: 'SUBSCRIBED',
    fields: {
      frameworkId: field('framework_id', frameworkId),
      heartbeatIntervalMs: field('heartbeat_interval_seconds', seconds, () => 15_000),
      masterInfo: field('master_info', masterInfo),
    },
  },
  offers: { wireType: 'OFFERS', fields: { offers: listed('offers', offer) } },
  rescind: { wireType: 'RESCIND', fields: { offerId: field('offer_id', offerId) } },
  inverseOffers: { wireType: 'INVERSE_OFFERS', fields: { inverseOffers: listed('inverse_offers', inverseOffer) } },
  rescindInverseOffer: {
    wireType: 'RESCIND_INVERSE_OFFER',
    fields: { inverseOfferId: field('inverse_offer_id', offerId) },
  },
  update: { wireType: 'UPDATE', fields: { status: field('status', taskStatus) } },
  message: {
    wireType: 'MESSAGE',
    fields: {
      agentId: field('agent_id', agentId),
      executorId: field('executor_id', executorId),
      data: field('data', data),
    },
  },
  failure: {
    wireType: 'FAILURE',
    fields: {
      agentId: field('agent_id', agentId),
      executorId: optional('executor_id', executorId),
      status: optional('status', whole),
    },
  },
  error: { wireType: 'ERROR', fields: { message: field('message', text) } },
  heartbeat: { wireType: 'HEARTBEAT', fields: {}, isBodyOptional: true },
});

/** What the wire says of an agent and the events here do not, and how the framework wants to have it said. */
export interface EventContext {
  readonly framework: FrameworkInfo;
  /** Of the master itself. */
  readonly master: Address;
  /** Of the agent of an offer. */
  readonly agentAddress: (offer: Pick<Offer, 'agentId' | 'hostname'>) => Address;
}

/** As a `scheduler.Event`. */
export function writeSchedulerEvent(happened: SchedulerEvent, context: EventContext): WireMessage {
  switch (happened.type) {
    case 'subscribed': {
      const wire = event.write(happened) as WireMessage;
      const { subscribed } = wire as { readonly subscribed: WireMessage };
      const info = masterOnWire(happened.masterInfo, context.master);
      return { ...wire, subscribed: { ...subscribed, master_info: info } };
    }
    case 'offers':
      return { type: 'OFFERS', offers: { offers: happened.offers.map((each) => offerOnWire(each, context)) } };
    default:
      // A message is written as a message.
      return event.write(happened) as WireMessage;
  }
}

/**
 * @param wire a `scheduler.Event`
 * @throws InvalidArgument with the field, what was expected and what came
 */
export function readSchedulerEvent(wire: WireMessage): SchedulerEvent {
  return event.read(wire, '');
}

/** Mesos says what it can do; of that ours has quota with limits. */
function masterOnWire(info: MasterInfo, { hostname, ip, port }: Address): WireMessage {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
  return {
    // The number's lowest byte is the first of the address.
    ...(masterInfo.write(info) as WireMessage),
    ip: ((d << 24) | (c << 16) | (b << 8) | a) >>> 0,
    port,
    pid: `master@${ip}:${port}`,
    address: { hostname, ip, port },
  };
}

/** In the form that the framework knows, with the address of the agent. */
function offerOnWire(made: Offer, { framework, agentAddress }: EventContext): WireMessage {
  const { allocation_info: role, ...wire } = offer.write(made) as WireMessage;
  return {
    ...wire,
    url: { scheme: 'http', address: { ...agentAddress(made) }, path: '/slave(1)' },
    resources: resourcesOnWire(made.resources, framework),
    ...(hasCapability(framework, 'MULTI_ROLE') ? { allocation_info: role ?? {} } : {}),
  };
}

function resourcesOnWire(offered: Resources, framework: FrameworkInfo): readonly WireMessage[] {
  const isNewer = hasCapability(framework, 'RESERVATION_REFINEMENT');
  const objects = isNewer ? offered.toJSON() : downgradeResources(offered).objects;
  return objects.map(({ allocation_info: allocation, role, ...rest }) => ({
    // What resources write is what the definition of `Resource` says.
    ...(rest as WireMessage),
    // Who is not told of a role takes what is not reserved for just that.
    ...(role === undefined || role === '*' ? {} : { role: role as string }),
    ...(hasCapability(framework, 'MULTI_ROLE') ? { allocation_info: (allocation ?? {}) as WireMessage } : {}),
  }));
}
