import { entriesByName } from '../core/index.ts';
import { frameworkRoles } from '../protocol/index.ts';
import { isStrictSubrole } from '../resources/index.ts';
import { giveBack, rescind } from './decide-offers.ts';
import { removeFramework } from './decide-remove-framework.ts';
import { Draft } from './draft.ts';
import type { Decision, MasterCommand } from './protocol.ts';
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
  const weighed = entriesByName(weights);
  const matters = (role: string): boolean => weighed.some(([path]) => path === role || isStrictSubrole(role, path));
  const isInUse = [...state.frameworks.values()].some(({ info }) => frameworkRoles(info).some(matters));
  if (!isInUse) return;
  for (const offer of [...state.offers.all()]) {
    rescind(state, offer, draft);
    giveBack(offer, undefined, draft);
  }
}
