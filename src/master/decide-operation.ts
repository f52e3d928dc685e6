import { OperationError, unreachable } from '../core/index.ts';
import type { OfferOperation } from '../offers/index.ts';
import { type ResourceConversion, type ResourceOperation, Resources } from '../resources/index.ts';
import { type Acceptance, injectRole, unallocated } from './acceptance.ts';
import { giveBack, rescind } from './decide-offers.ts';
import {
  type OperationContext,
  validateCreate,
  validateDestroy,
  validateReserve,
  validateUnreserve,
} from './validate/index.ts';

/** The operations that change what an agent has, and launch nothing. */
export type ResourceOfferOperation = Exclude<OfferOperation, { readonly type: 'LAUNCH' | 'LAUNCH_GROUP' }>;

/**
 * Reserves, unreserves, creates or destroys in the books, at once; the agent is told, and follows. An operation that
 * is not valid, or wants what is not left of the offers, is dropped.
 */
export function applyOfferOperation(acceptance: Acceptance, given: ResourceOfferOperation): void {
  const { framework, agent, draft, connection } = acceptance;
  const operation = injectOperation(given, acceptance.role);
  const drop = (why: string): void =>
    draft.dropped(`${operation.type} of framework ${framework.id} on agent ${agent.id}`, why);
  const invalid = validateOperation(operation, operationContext(acceptance));
  if (invalid !== undefined) {
    drop(invalid);
    return;
  }
  const after = tryApply(acceptance.remaining, resourceOperation(operation));
  if (after instanceof OperationError) {
    drop(after.message);
    return;
  }
  const conversion: ResourceConversion = {
    consumed: acceptance.remaining.minus(after),
    converted: after.minus(acceptance.remaining),
  };
  if (operation.type === 'DESTROY') rescindOthers(acceptance, operation.volumes.shared());
  acceptance.remaining = after;
  acceptance.agentTotal = acceptance.agentTotal.convert(unallocated(conversion));
  acceptance.conversions.push(conversion);
  draft.event({ type: 'resourcesConverted', agentId: agent.id, frameworkId: framework.id, conversion });
  draft.tellAgent(connection, { type: 'applyOperation', frameworkId: framework.id, operation: withoutRole(operation) });
}

function injectOperation(operation: ResourceOfferOperation, role: string): ResourceOfferOperation {
  return mapOperation(operation, (resources) => injectRole(resources, role));
}

/** The agent has no roles in what it owns. */
function withoutRole(operation: ResourceOfferOperation): ResourceOfferOperation {
  return mapOperation(operation, (resources) => resources.unallocate());
}

function mapOperation(
  operation: ResourceOfferOperation,
  change: (resources: Resources) => Resources,
): ResourceOfferOperation {
  switch (operation.type) {
    case 'RESERVE':
    case 'UNRESERVE':
      return { type: operation.type, resources: change(operation.resources) };
    case 'CREATE':
    case 'DESTROY':
      return { type: operation.type, volumes: change(operation.volumes) };
    default:
      return unreachable(operation, 'ResourceOfferOperation');
  }
}

function resourceOperation(operation: ResourceOfferOperation): ResourceOperation {
  return {
    type: operation.type,
    resources: operation.type === 'RESERVE' || operation.type === 'UNRESERVE' ? operation.resources : operation.volumes,
  };
}

function validateOperation(operation: ResourceOfferOperation, context: OperationContext): string | undefined {
  switch (operation.type) {
    case 'RESERVE':
      return validateReserve(operation, context);
    case 'UNRESERVE':
      return validateUnreserve(operation);
    case 'CREATE':
      return validateCreate(operation, context);
    case 'DESTROY':
      return validateDestroy(operation, context);
    default:
      return unreachable(operation, 'ResourceOfferOperation');
  }
}

function operationContext(acceptance: Acceptance): OperationContext {
  const { state, framework, agent, agentTotal, launched } = acceptance;
  return {
    frameworkInfo: framework.info,
    agentTotal,
    used: Resources.sum(state.used.ofAgent(agent.id).values()).plus(launched),
  };
}

function tryApply(resources: Resources, operation: ResourceOperation): Resources | OperationError {
  try {
    return resources.apply(operation);
  } catch (error) {
    if (error instanceof OperationError) return error;
    throw error;
  }
}

/** A shared volume may be in other offers of the agent, which are void once it is destroyed. */
function rescindOthers(acceptance: Acceptance, volumes: Resources): void {
  if (volumes.isEmpty) return;
  const { state, agent, draft, offerIds } = acceptance;
  const gone = volumes.unallocate();
  for (const offer of state.offers.ofAgent(agent.id)) {
    if (offerIds.has(offer.id)) continue;
    const offered = offer.resources.unallocate();
    let holdsOne = false;
    for (const volume of gone) holdsOne ||= offered.count(volume) > 0;
    if (!holdsOne) continue;
    rescind(state, offer, draft);
    giveBack(offer, undefined, draft);
  }
}
