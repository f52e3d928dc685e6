import { InvalidArgument, requireObject, shown } from '../core/index.ts';
import type { SchedulerCall } from '../protocol/index.ts';
import { checkData, checkFilters, checkKillPolicy, checkList, checkText, checkTexts } from './field-check.ts';
import { checkOfferConstraints } from './framework-check.ts';
import { frameworkInfo, optionsOf } from './framework-options.ts';
import { checkOperations } from './operation-check.ts';

const TYPES: Readonly<Record<SchedulerCall['type'], true>> = {
  accept: true,
  decline: true,
  acceptInverseOffers: true,
  declineInverseOffers: true,
  kill: true,
  reconcile: true,
  revive: true,
  suppress: true,
  acknowledge: true,
  message: true,
  shutdown: true,
  updateFramework: true,
  teardown: true,
};

/**
 * Refuses what the compiler refuses where there is one, before the call has any effect.
 *
 * @throws InvalidArgument naming the field at fault
 */
export function checkCall(call: SchedulerCall): void {
  requireObject(call, 'call');
  switch (call.type) {
    case 'accept':
      checkTexts(call.offerIds, 'offerIds', 'ids of offers');
      checkOperations(call.operations);
      return checkFilters(call.filters);
    case 'decline':
      checkTexts(call.offerIds, 'offerIds', 'ids of offers');
      return checkFilters(call.filters);
    case 'acceptInverseOffers':
    case 'declineInverseOffers':
      checkTexts(call.inverseOfferIds, 'inverseOfferIds', 'ids of inverse offers');
      return checkFilters(call.filters);
    case 'kill':
      checkTask(call, '');
      return checkKillPolicy(call.killPolicy);
    case 'reconcile':
      checkList(call.tasks, 'tasks', 'tasks, each with a taskId');
      return call.tasks.forEach((task, index) => {
        requireObject(task, `tasks[${index}]`);
        checkTask(task, `tasks[${index}].`);
      });
    case 'revive':
    case 'suppress':
      if (call.roles !== undefined) checkTexts(call.roles, 'roles', 'roles');
      return;
    case 'acknowledge':
      checkTask(call, '');
      checkText(call.agentId, 'agentId');
      return checkText(call.uuid, 'uuid');
    case 'message':
      checkText(call.agentId, 'agentId');
      checkText(call.executorId, 'executorId');
      return checkData(call.data, 'data');
    case 'shutdown':
      checkText(call.agentId, 'agentId');
      return checkText(call.executorId, 'executorId');
    case 'updateFramework':
      requireObject(call.frameworkInfo, 'frameworkInfo');
      checkText(call.frameworkInfo.user, 'frameworkInfo.user');
      frameworkInfo(optionsOf(call.frameworkInfo));
      if (call.suppressedRoles !== undefined) checkTexts(call.suppressedRoles, 'suppressedRoles', 'roles');
      if (call.offerConstraints !== undefined) checkOfferConstraints(call.offerConstraints, 'offerConstraints');
      return;
    case 'teardown':
      return;
    default:
      throw new InvalidArgument('call.type', `expected one of ${Object.keys(TYPES).join(', ')}, got ${shown(call)}`);
  }
}

function checkTask(
  { taskId, agentId }: { readonly taskId: string; readonly agentId?: string | undefined },
  prefix: string,
): void {
  checkText(taskId, `${prefix}taskId`);
  if (agentId !== undefined) checkText(agentId, `${prefix}agentId`);
}
