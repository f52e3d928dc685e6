import { OperationError, unreachable } from '../core/index.ts';
import type { MasterMessage } from '../protocol/index.ts';
import type { Resource, ResourceOperation, Resources } from '../resources/index.ts';
import type { Draft } from './decision.ts';
import type { AgentState } from './state.ts';
import { volumePaths } from './volumes.ts';

type Operation = Extract<MasterMessage, { readonly type: 'applyOperation' }>['operation'];

/** Reservations and volumes live with the agent: they change what it advertises, now and after a restart. */
export function decideOperation(state: AgentState, draft: Draft, operation: Operation): void {
  try {
    changeTotal(state, draft, state.total.apply(unallocated(operation)));
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    // The master's books are the ones that count; they will come with the next registration.
    draft.log('error', `Cannot apply ${operation.type}: ${error.message}`);
  }
}

function unallocated(operation: Operation): ResourceOperation {
  switch (operation.type) {
    case 'RESERVE':
    case 'UNRESERVE':
      return { type: operation.type, resources: operation.resources.unallocate() };
    case 'CREATE':
    case 'DESTROY':
      return { type: operation.type, resources: operation.volumes.unallocate() };
    default:
      return unreachable(operation, 'OfferOperation');
  }
}

/** Takes over what the agent has in the master's books, as if the operations that were lost had come now. */
export function replaceTotal(state: AgentState, draft: Draft, resources: Resources): void {
  const total = resources.unallocate();
  if (!total.equals(state.total)) changeTotal(state, draft, total);
}

/** A volume's folder is made with it, empty, and removed with it. */
function changeTotal(state: AgentState, draft: Draft, total: Resources): void {
  draft.event({ type: 'totalChanged', total });
  const before = new Set(volumePaths(state.total));
  const after = new Set(volumePaths(total));
  for (const path of before) if (!after.has(path)) draft.effect({ type: 'removeFolder', path });
  for (const path of after) if (!before.has(path)) draft.effect({ type: 'createVolume', path, fresh: true });
}

/** What of `resources` exists only by an operation: dynamic reservations and volumes. */
export function checkpointed(resources: Resources): Resources {
  return resources.filter(isCheckpointed);
}

export function isCheckpointed(resource: Resource): boolean {
  return (
    resource.disk?.persistence !== undefined ||
    resource.reservations.some((reservation) => reservation.type === 'DYNAMIC')
  );
}
