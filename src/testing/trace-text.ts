import { type AgentId, unreachable } from '../core/index.ts';
import type { Offer, OfferOperation } from '../offers/index.ts';
import type { TaskInfo, TaskStatus } from '../tasks/index.ts';
import type { Message } from './network.ts';

/** Of so many things of one kind at most, one by one; of the others the number. */
const LISTED_MAX = 4;

/** The prefix that makes ids unique between masters. */
export const UUID_PREFIX: RegExp = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-/g;

/**
 * A message in the words of Mesos, for the trace; `undefined` for those that only say that somebody is alive.
 *
 * @param hostOf the host name of an agent
 */
export function messageText(message: Message, hostOf: (agentId: AgentId) => string): string | undefined {
  const text = fullText(message, hostOf);
  return text?.replace(UUID_PREFIX, '');
}

function fullText(message: Message, hostOf: (agentId: AgentId) => string): string | undefined {
  switch (message.type) {
    case 'ping':
    case 'pong':
    case 'heartbeat':
      return undefined;
    case 'accept': {
      const operations = message.operations.map(operationText).join('; ') || 'nothing';
      return `ACCEPT ${message.offerIds.join(' ')}: ${operations}${filterText('; the rest refused', message.filters?.refuseMs)}`;
    }
    case 'decline':
      return `DECLINE ${listed(message.offerIds)}${filterText(', refused', message.filters?.refuseMs)}`;
    case 'revive':
    case 'suppress':
      return `${message.type.toUpperCase()} ${message.roles?.join(' ') ?? 'all roles'}`;
    case 'acceptInverseOffers':
    case 'declineInverseOffers':
      return `${WORDS[message.type]} ${listed(message.inverseOfferIds)}`;
    case 'inverseOffers':
      return `INVERSE OFFERS ${listed(message.inverseOffers.map(({ id, agentId }) => `${id} of ${agentId}`))}`;
    case 'rescindInverseOffer':
      return `RESCIND INVERSE OFFER ${message.inverseOfferId}`;
    case 'kill':
      return `KILL ${message.taskId}`;
    case 'acknowledge':
      return `ACKNOWLEDGE ${message.taskId}`;
    case 'reconcile':
      return `RECONCILE ${message.tasks.length === 0 ? 'all' : listed(message.tasks.map(({ taskId }) => taskId))}`;
    case 'offers':
      return `OFFERS ${listed(message.offers.map(offerText), '; ')}`;
    case 'rescind':
      return `RESCIND ${message.offerId}`;
    case 'update':
      return `UPDATE ${statusText(message.status)}`;
    case 'subscribed':
      return `SUBSCRIBED as ${message.frameworkId}`;
    case 'error':
      return `ERROR ${message.message}`;
    case 'failure':
      return `FAILURE ${message.executorId === undefined ? 'agent' : `executor ${message.executorId} on`} ${hostOf(message.agentId)}`;
    case 'registerAgent':
      return `REGISTER with ${message.agentInfo.resources}`;
    case 'reregisterAgent':
      return `REREGISTER, ${tasksText(message.tasks)}`;
    case 'agentRegistered':
      return `REGISTERED as ${message.agentId}`;
    case 'agentReregistered': {
      const unknown = message.unknownTasks.map(({ task }) => task.taskId);
      return `REREGISTERED as ${message.agentId}${unknown.length === 0 ? '' : `, not reported: ${listed(unknown)}`}`;
    }
    case 'statusUpdate':
      return `STATUS UPDATE ${statusText(message.status)}`;
    case 'runTask':
      return `RUN ${taskText(message.task)}`;
    case 'runTaskGroup':
      return `RUN GROUP ${message.tasks.map(taskText).join(', ')}`;
    case 'killTask':
      return `KILL ${message.taskId}`;
    case 'acknowledgeUpdate':
      return `ACKNOWLEDGE ${message.taskId}`;
    case 'shutdownAgent':
      return `SHUT DOWN: ${message.message}`;
    case 'applyOperation':
      return operationText(message.operation);
    case 'executorExited':
      return `EXECUTOR EXITED ${message.executorId}`;
    case 'teardown':
    case 'unregisterAgent':
    case 'message':
    case 'executorMessage':
    case 'frameworkMessage':
    case 'shutdown':
    case 'shutdownExecutor':
    case 'shutdownFramework':
    case 'updateFramework':
      return WORDS[message.type];
    default:
      return unreachable(message, 'Message');
  }
}

const WORDS = {
  teardown: 'TEARDOWN',
  unregisterAgent: 'UNREGISTER',
  message: 'MESSAGE',
  executorMessage: 'EXECUTOR MESSAGE',
  frameworkMessage: 'FRAMEWORK MESSAGE',
  shutdown: 'SHUT DOWN EXECUTOR',
  shutdownExecutor: 'SHUT DOWN EXECUTOR',
  shutdownFramework: 'SHUT DOWN FRAMEWORK',
  updateFramework: 'UPDATE FRAMEWORK',
  acceptInverseOffers: 'ACCEPT INVERSE OFFERS',
  declineInverseOffers: 'DECLINE INVERSE OFFERS',
} as const;

function listed(items: readonly string[], separator = ' '): string {
  const shown = items.slice(0, LISTED_MAX).join(separator);
  return items.length <= LISTED_MAX ? shown : `${shown}${separator}and ${items.length - LISTED_MAX} more`;
}

function filterText(what: string, refuseMs: number | undefined): string {
  return refuseMs === undefined ? '' : `${what} for ${refuseMs / 1_000} s`;
}

function offerText({ id, hostname, resources }: Offer): string {
  return `${id} ${hostname} ${resources.unallocate()}`;
}

function tasksText(tasks: readonly { readonly taskId: string; readonly state: string }[]): string {
  if (tasks.length === 0) return 'without tasks';
  return `with ${listed(
    tasks.map(({ taskId, state }) => `${taskId} ${state}`),
    ', ',
  )}`;
}

function taskText({ taskId, resources }: TaskInfo): string {
  return `${taskId} (${resources.unallocate()})`;
}

function operationText(operation: OfferOperation): string {
  switch (operation.type) {
    case 'LAUNCH':
    case 'LAUNCH_GROUP':
      return `${operation.type} ${listed(operation.taskInfos.map(taskText), ', ')}`;
    case 'RESERVE':
    case 'UNRESERVE':
      return `${operation.type} ${operation.resources.unallocate()}`;
    case 'CREATE':
    case 'DESTROY':
      return `${operation.type} ${operation.volumes.unallocate()}`;
    default:
      return unreachable(operation, 'OfferOperation');
  }
}

function statusText({ taskId, state, reason, uuid }: TaskStatus): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  return `${taskId} ${state}${why}${uuid === undefined ? '' : ', to be acknowledged'}`;
}
