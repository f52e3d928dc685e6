import type { FrameworkId } from '../../core/index.ts';
import type { OfferOperation } from '../../offers/index.ts';
import { Resources } from '../../resources/index.ts';
import type { TaskInfo } from '../../tasks/index.ts';
import type { SchedulerCall, Subscribe } from '../scheduler-call.ts';
import { data, field, list, listed, message, optional, text, uuid, type WireCodec, within } from './codec.ts';
import type { WireMessage } from './message.ts';
import {
  agentId,
  executorId,
  executorInfo,
  filters,
  frameworkId,
  frameworkInfo,
  killPolicy,
  offerId,
  resources,
  taskId,
  taskInfo,
} from './objects.ts';
import { offerConstraints } from './offer-constraints.ts';
import { union } from './union.ts';

/** A call, and who makes it: the first SUBSCRIBE of a framework has no id. */
export interface SchedulerRequest {
  readonly frameworkId?: FrameworkId;
  readonly call: Subscribe | SchedulerCall;
}

const none = (): Resources => Resources.of();
const taskGroup: WireCodec<readonly TaskInfo[]> = within('tasks', list(taskInfo), []);

const operation = union<OfferOperation>({
  LAUNCH: { wireType: 'LAUNCH', fields: { taskInfos: listed('task_infos', taskInfo) } },
  LAUNCH_GROUP: {
    wireType: 'LAUNCH_GROUP',
    fields: { executor: field('executor', executorInfo), taskInfos: field('task_group', taskGroup) },
  },
  RESERVE: { wireType: 'RESERVE', fields: { resources: field('resources', resources, none) } },
  UNRESERVE: { wireType: 'UNRESERVE', fields: { resources: field('resources', resources, none) } },
  CREATE: { wireType: 'CREATE', fields: { volumes: field('volumes', resources, none) } },
  DESTROY: { wireType: 'DESTROY', fields: { volumes: field('volumes', resources, none) } },
});

const roles = optional('roles', list(text));
const aboutFramework = {
  frameworkInfo: field('framework_info', frameworkInfo),
  suppressedRoles: optional('suppressed_roles', list(text)),
  offerConstraints: optional('offer_constraints', offerConstraints),
};
const answer = {
  inverseOfferIds: listed('inverse_offer_ids', offerId),
  filters: optional('filters', filters),
};
const ofAgent = { agentId: field('agent_id', agentId) };
const ofExecutor = { ...ofAgent, executorId: field('executor_id', executorId) };
const askedAbout = message<{
  readonly taskId: ReturnType<typeof taskId.read>;
  readonly agentId?: ReturnType<typeof agentId.read>;
}>({
  taskId: field('task_id', taskId),
  agentId: optional('agent_id', agentId),
});

const call: WireCodec<Subscribe | SchedulerCall> = union<Subscribe | SchedulerCall>({
  subscribe: {
    wireType: 'SUBSCRIBE',
    fields: aboutFramework,
  },
  teardown: { wireType: 'TEARDOWN', fields: {}, isBodyOptional: true },
  accept: {
    wireType: 'ACCEPT',
    fields: {
      offerIds: listed('offer_ids', offerId),
      operations: listed('operations', operation),
      filters: optional('filters', filters),
    },
  },
  decline: {
    wireType: 'DECLINE',
    fields: { offerIds: listed('offer_ids', offerId), filters: optional('filters', filters) },
  },
  acceptInverseOffers: { wireType: 'ACCEPT_INVERSE_OFFERS', fields: answer },
  declineInverseOffers: { wireType: 'DECLINE_INVERSE_OFFERS', fields: answer },
  revive: { wireType: 'REVIVE', fields: { roles }, isBodyOptional: true },
  suppress: { wireType: 'SUPPRESS', fields: { roles }, isBodyOptional: true },
  kill: {
    wireType: 'KILL',
    fields: {
      taskId: field('task_id', taskId),
      agentId: optional('agent_id', agentId),
      killPolicy: optional('kill_policy', killPolicy),
    },
  },
  shutdown: { wireType: 'SHUTDOWN', fields: ofExecutor },
  acknowledge: {
    wireType: 'ACKNOWLEDGE',
    fields: { ...ofAgent, taskId: field('task_id', taskId), uuid: field('uuid', uuid) },
  },
  reconcile: { wireType: 'RECONCILE', fields: { tasks: listed('tasks', askedAbout) } },
  message: { wireType: 'MESSAGE', fields: { ...ofExecutor, data: field('data', data) } },
  updateFramework: {
    wireType: 'UPDATE_FRAMEWORK',
    fields: aboutFramework,
  },
});

/**
 * @param wire a `scheduler.Call`
 * @throws InvalidArgument with the field, what was expected and what came
 */
export function readSchedulerCall(wire: WireMessage): SchedulerRequest {
  const { framework_id: id } = wire;
  return {
    ...(id === undefined ? {} : { frameworkId: frameworkId.read(id, 'framework_id') }),
    call: call.read(wire, ''),
  };
}

/** As a `scheduler.Call`. */
export function writeSchedulerCall({ frameworkId: id, call: made }: SchedulerRequest): WireMessage {
  // A message is written as a message.
  const wire = call.write(made) as WireMessage;
  return id === undefined ? wire : { framework_id: frameworkId.write(id), ...wire };
}
