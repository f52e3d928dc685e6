import { unreachable } from '../core/index.ts';
import { effectiveRefuseMs, offerOutcome } from '../offers/index.ts';
import { frameworkRoles, type SchedulerCall } from '../protocol/index.ts';
import { isTerminal } from '../tasks/index.ts';
import { decideAccept, ownOffers } from './decide-accept.ts';
import { decideInverseAnswer } from './decide-inverse-offers.ts';
import { endOffer, giveBack, rescind } from './decide-offers.ts';
import { decideReconcile, reconcileTask } from './decide-reconcile.ts';
import { agentsOf, removeFramework } from './decide-remove-framework.ts';
import { allocatorFramework } from './decide-subscribe.ts';
import { Draft } from './draft.ts';
import type { Decision, MasterCommand } from './protocol.ts';
import type { DeferredKill, FrameworkRecord, MasterState } from './state.ts';
import {
  validateFrameworkInfo,
  validateFrameworkUpdate,
  validateKillPolicy,
  validateOfferConstraints,
  validateRoles,
  validateSuppressedRoles,
} from './validate/index.ts';

type Call<Type extends SchedulerCall['type']> = Extract<SchedulerCall, { readonly type: Type }>;

/** A call of a framework. Those that come on a connection that is not, or no longer, the framework's are dropped. */
export function decideSchedulerCall(
  state: MasterState,
  command: Extract<MasterCommand, { readonly type: 'schedulerCall' }>,
): Decision {
  const draft = new Draft();
  const { call, connection, wallMs } = command;
  const frameworkId = state.schedulerConnections.get(connection);
  const framework = frameworkId === undefined ? undefined : state.frameworks.get(frameworkId);
  if (framework === undefined) {
    draft.dropped(`${call.type} on connection ${connection}`, 'its framework is not subscribed there');
    return draft;
  }
  switch (call.type) {
    case 'teardown':
      removeFramework(state, framework, { wallMs, reason: 'torn down by its scheduler' }, draft);
      break;
    case 'accept':
      decideAccept(state, framework, { call, wallMs }, draft);
      break;
    case 'decline':
      decideDecline(state, framework, call, draft);
      break;
    case 'acceptInverseOffers':
    case 'declineInverseOffers':
      decideInverseAnswer(state, framework, { call, wallMs }, draft);
      break;
    case 'revive':
    case 'suppress':
      decideSuppression(framework, call, draft);
      break;
    case 'kill':
      decideKill(state, framework, { call, wallMs }, draft);
      break;
    case 'shutdown':
      decideShutdown(state, framework, call, draft);
      break;
    case 'acknowledge':
      decideAcknowledge(state, framework, call, draft);
      break;
    case 'reconcile':
      decideReconcile(state, framework, { call, wallMs }, draft);
      break;
    case 'message':
      decideMessage(state, framework, call, draft);
      break;
    case 'updateFramework':
      decideUpdateFramework(state, framework, call, draft);
      break;
    default:
      unreachable(call, 'SchedulerCall');
  }
  return draft;
}

function decideDecline(state: MasterState, framework: FrameworkRecord, call: Call<'decline'>, draft: Draft): void {
  const refuseMs = effectiveRefuseMs(call.filters);
  for (const offer of ownOffers(state, framework, new Set(call.offerIds))) {
    if (offerOutcome(offer, 'decline') !== 'declined') continue;
    endOffer(state, offer, 'declined', draft);
    giveBack(offer, refuseMs, draft);
  }
}

/** @see Mesos `src/master/master.cpp`, `Master::suppress`, `Master::revive` */
function decideSuppression(framework: FrameworkRecord, call: Call<'revive' | 'suppress'>, draft: Draft): void {
  const invalid = validateRoles(call.roles ?? [], framework.info);
  if (invalid !== undefined) {
    draft.dropped(`${call.type} of framework ${framework.id}`, invalid);
    return;
  }
  const roles = call.roles === undefined || call.roles.length === 0 ? frameworkRoles(framework.info) : call.roles;
  const others = framework.suppressedRoles.filter((role) => !roles.includes(role));
  draft.event({
    type: 'frameworkUpdated',
    frameworkId: framework.id,
    info: framework.info,
    suppressedRoles: call.type === 'suppress' ? [...others, ...roles] : others,
    offerConstraints: framework.offerConstraints,
  });
  draft.allocator({
    method: call.type === 'suppress' ? 'suppressOffers' : 'reviveOffers',
    args: [framework.id, roles],
  });
}

/** @see Mesos `src/master/master.cpp`, `Master::kill` */
function decideKill(
  state: MasterState,
  framework: FrameworkRecord,
  command: { readonly call: Call<'kill'>; readonly wallMs: number },
  draft: Draft,
): void {
  const { call, wallMs } = command;
  const what = `kill of task ${call.taskId} of framework ${framework.id}`;
  const invalid = validateKillPolicy(call.killPolicy);
  if (invalid !== undefined) {
    draft.dropped(what, invalid);
    return;
  }
  const task = state.tasks.get(framework.id, call.taskId);
  if (task === undefined) {
    reconcileTask(state, framework, { task: call, wallMs }, draft);
    return;
  }
  if (call.agentId !== undefined && call.agentId !== task.agentId) {
    draft.dropped(what, `it is on agent ${task.agentId}, the call names ${call.agentId}`);
    return;
  }
  const kill: DeferredKill = {
    frameworkId: framework.id,
    taskId: task.taskId,
    ...(call.killPolicy === undefined ? {} : { killPolicy: call.killPolicy }),
  };
  const connection = state.agents.get(task.agentId)?.connection;
  if (connection === undefined) {
    draft.event({ type: 'killDeferred', agentId: task.agentId, kill });
    return;
  }
  draft.tellAgent(connection, { type: 'killTask', ...kill });
}

function decideShutdown(state: MasterState, framework: FrameworkRecord, call: Call<'shutdown'>, draft: Draft): void {
  const connection = state.agents.get(call.agentId)?.connection;
  if (connection === undefined) {
    draft.dropped(`shutdown of executor ${call.executorId}`, `agent ${call.agentId} is not connected`);
    return;
  }
  const { executorId } = call;
  draft.tellAgent(connection, { type: 'shutdownExecutor', frameworkId: framework.id, executorId });
}

/**
 * The scheduler has seen an update: the agent is told, and the task is forgotten if it was the last one. Of tasks that
 * the master does not know the agent is told all the same.
 *
 * @see Mesos `src/master/master.cpp`, `Master::acknowledge`
 */
function decideAcknowledge(
  state: MasterState,
  framework: FrameworkRecord,
  call: Call<'acknowledge'>,
  draft: Draft,
): void {
  const { agentId, taskId, uuid } = call;
  const { id: frameworkId } = framework;
  const what = `acknowledgement of update ${uuid} of task ${taskId} of framework ${frameworkId}`;
  const connection = state.agents.get(agentId)?.connection;
  if (connection === undefined) {
    draft.dropped(what, `agent ${agentId} is not connected`);
    return;
  }
  const known = state.tasks.get(frameworkId, taskId);
  const task = known?.agentId === agentId ? known : undefined;
  if (task !== undefined && task.statusUpdateUuid === undefined) {
    draft.dropped(what, 'no update has been forwarded that could be acknowledged');
    return;
  }
  if (task?.statusUpdateUuid === uuid && task.statusUpdateState !== undefined && isTerminal(task.statusUpdateState)) {
    draft.event({ type: 'taskCompleted', frameworkId, taskId });
  }
  draft.tellAgent(connection, { type: 'acknowledgeUpdate', frameworkId, taskId, uuid });
}

function decideMessage(state: MasterState, framework: FrameworkRecord, call: Call<'message'>, draft: Draft): void {
  const { agentId, executorId, data } = call;
  const connection = state.agents.get(agentId)?.connection;
  if (connection === undefined) {
    draft.dropped(`message to executor ${executorId}`, `agent ${agentId} is not connected`);
    return;
  }
  draft.tellAgent(connection, { type: 'frameworkMessage', frameworkId: framework.id, executorId, data });
}

/** @see Mesos `src/master/master.cpp`, `Master::updateFramework` */
function decideUpdateFramework(
  state: MasterState,
  framework: FrameworkRecord,
  call: Call<'updateFramework'>,
  draft: Draft,
): void {
  const { frameworkInfo, suppressedRoles = [], offerConstraints = {} } = call;
  const roles = frameworkRoles(frameworkInfo);
  const invalid =
    (frameworkInfo.id === framework.id
      ? undefined
      : `'FrameworkInfo.id' must be ${framework.id}, got ${frameworkInfo.id}`) ??
    validateFrameworkInfo(frameworkInfo) ??
    validateFrameworkUpdate(framework.info, frameworkInfo)?.message ??
    validateSuppressedRoles(roles, suppressedRoles) ??
    validateOfferConstraints(roles, offerConstraints);
  if (invalid !== undefined) {
    draft.dropped(`update of framework ${framework.id}`, invalid);
    return;
  }
  const { id: frameworkId } = framework;
  draft.event({ type: 'frameworkUpdated', frameworkId, info: frameworkInfo, suppressedRoles, offerConstraints });
  for (const agentId of agentsOf(state, framework)) {
    const connection = state.agents.get(agentId)?.connection;
    if (connection !== undefined) draft.tellAgent(connection, { type: 'updateFramework', frameworkInfo });
  }
  draft.allocator({
    method: 'updateFramework',
    args: [frameworkId, allocatorFramework({ info: frameworkInfo, suppressedRoles, offerConstraints })],
  });
  // A role that was dropped has no claim to what it was offered.
  for (const offer of state.offers.ofFramework(framework.id)) {
    if (roles.includes(offer.role)) continue;
    rescind(state, offer, draft);
    giveBack(offer, undefined, draft);
  }
}
