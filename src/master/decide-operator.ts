import { entriesByName } from '../core/index.ts';
import { frameworkRoles } from '../protocol/index.ts';
import { isStrictSubrole } from '../resources/index.ts';
import { giveBack, rescind } from './decide-offers.ts';
import { removeFramework } from './decide-remove-framework.ts';
import { Draft } from './draft.ts';
import type { Decision, MasterCommand } from './protocol.ts';
import type { RoleQuota } from './quota.ts';
import type { MasterState } from './state.ts';

/** An operator ends a framework. */
export function decideTeardown(
  state: MasterState,
  command: Extract<MasterCommand, { readonly type: 'teardown' }>,
): Decision {
  const draft = new Draft();
  const framework = state.frameworks.get(command.frameworkId);
  if (framework === undefined) return draft;
  removeFramework(state, framework, { wallMs: command.wallMs, reason: 'torn down by the operator' }, draft);
  return draft;
}

/** Roles will weigh differently once the registry says so. */
export function decideUpdateWeights(command: Extract<MasterCommand, { readonly type: 'updateWeights' }>): Decision {
  const draft = new Draft();
  const { weights } = command;
  draft.writeRegistry({ type: 'configuration', operation: { type: 'updateWeights', weights } });
  return draft;
}

/** Roles will have these quotas once the registry says so. */
export function decideUpdateQuota(command: Extract<MasterCommand, { readonly type: 'updateQuota' }>): Decision {
  const draft = new Draft();
  draft.writeRegistry({ type: 'configuration', operation: { type: 'updateQuota', quotas: command.quotas } });
  return draft;
}

/** From the next allocation on, agents on other hosts are not offered; what is offered stays so. */
export function decideUpdateWhitelist(command: Extract<MasterCommand, { readonly type: 'updateWhitelist' }>): Decision {
  const draft = new Draft();
  draft.allocator({ method: 'updateWhitelist', args: [command.hostnames] });
  return draft;
}

/**
 * Roles weigh differently from now on. If somebody has such a role, all offers are taken back: they were made by the
 * old weights.
 *
 * @see Mesos `src/master/weights_handler.cpp`
 */
export function decideWeightsWritten(
  state: MasterState,
  weights: Readonly<Record<string, number>>,
  draft: Draft,
): void {
  draft.event({ type: 'weightsUpdated', weights });
  draft.allocator({ method: 'updateWeights', args: [weights] });
  const roles = entriesByName(weights).map(([role]) => role);
  if (isAnyInUse(state, roles)) takeBackOffers(state, draft);
}

/**
 * Roles have these quotas from now on. All offers are taken back if something is promised, since it may be among them, or
 * if somebody has such a role or one below; what is used stays so.
 *
 * @see Mesos `src/master/quota_handler.cpp`
 */
export function decideQuotaWritten(state: MasterState, quotas: readonly RoleQuota[], draft: Draft): void {
  draft.event({ type: 'quotaUpdated', quotas });
  for (const { role, guarantees, limits } of quotas) {
    draft.allocator({ method: 'updateQuota', args: [role, { guarantees, limits }] });
  }
  const isPromising = quotas.some(({ guarantees }) => !guarantees.isEmpty);
  const roles = quotas.map(({ role }) => role);
  if (isPromising || isAnyInUse(state, roles)) takeBackOffers(state, draft);
}

/** Whether a framework has one of the roles, or one below it. */
function isAnyInUse(state: MasterState, roles: readonly string[]): boolean {
  const matters = (role: string): boolean => roles.some((path) => path === role || isStrictSubrole(role, path));
  return [...state.frameworks.values()].some(({ info }) => frameworkRoles(info).some(matters));
}

function takeBackOffers(state: MasterState, draft: Draft): void {
  for (const offer of [...state.offers.all()]) {
    rescind(state, offer, draft);
    giveBack(offer, undefined, draft);
  }
}
