import type { OfferOperation } from '../../offers/index.ts';
import { type FrameworkInfo, frameworkRoles, hasCapability } from '../../protocol/index.ts';
import { type Resource, type Resources, reservationRole } from '../../resources/index.ts';
import {
  described,
  isDynamicallyReserved,
  validateAllocatedToOneRole,
  validateOneProvider,
  validatePersistentVolumes,
  validateResources,
  validateUniquePersistenceIds,
} from './resources.ts';
import { listed } from './role.ts';
import { prefixed } from './task.ts';

/** What the master knows when it judges an operation of a framework on one agent. */
export interface OperationContext {
  readonly frameworkInfo: FrameworkInfo;
  /** All that the agent has, with its reservations and volumes; nothing in it is allocated. */
  readonly agentTotal: Resources;
  /** What tasks and executors of any framework hold on the agent, those launched earlier in the same ACCEPT too. */
  readonly used: Resources;
}

type Reserve = Extract<OfferOperation, { readonly type: 'RESERVE' }>;
type Unreserve = Extract<OfferOperation, { readonly type: 'UNRESERVE' }>;
type Create = Extract<OfferOperation, { readonly type: 'CREATE' }>;
type Destroy = Extract<OfferOperation, { readonly type: 'DESTROY' }>;

/**
 * Why a framework may not reserve these resources, or `undefined`: each must be dynamically reserved to the role that
 * it is allocated to, a role of the framework, by the framework's principal.
 *
 * @see Mesos `src/master/validation.cpp`, `operation::validate(Offer::Operation::Reserve)`
 */
export function validateReserve(operation: Reserve, context: OperationContext): string | undefined {
  const { resources } = operation;
  return (
    invalidError(resources) ??
    firstError(resources, (resource) => reserveError(resource, context.frameworkInfo)) ??
    prefixed('Invalid reservation', validateAllocatedToOneRole(resources))
  );
}

function reserveError(resource: Resource, info: FrameworkInfo): string | undefined {
  const { principal: expected } = info;
  if (!isDynamicallyReserved(resource)) return `Resource ${described(resource)} is not dynamically reserved`;
  const principal = resource.reservations.at(-1)?.principal;
  if (expected !== undefined && principal !== expected) {
    return `The principal of reservation ${described(resource)} must be '${expected}', got ${principal === undefined ? 'none' : `'${principal}'`}`;
  }
  const role = reservationRole(resource);
  if (resource.allocatedTo === undefined) return `Resource ${described(resource)} is not allocated to a role`;
  if (resource.allocatedTo !== role) {
    return `Resource ${described(resource)} must be reserved to '${resource.allocatedTo}', the role that it is allocated to, got '${role}'`;
  }
  const roles = frameworkRoles(info);
  return roles.includes(role) ? undefined : `Role '${role}' is not one of the framework's roles: ${listed(roles)}`;
}

/**
 * Why these resources may not be unreserved, or `undefined`: each must be dynamically reserved and no persistent volume.
 *
 * @see Mesos `src/master/validation.cpp`, `operation::validate(Offer::Operation::Unreserve)`
 */
export function validateUnreserve(operation: Unreserve): string | undefined {
  const { resources } = operation;
  return (
    invalidError(resources) ??
    firstError(resources, (resource) =>
      isDynamicallyReserved(resource) ? undefined : `Resource ${described(resource)} is not dynamically reserved`,
    ) ??
    firstError(resources, (resource) =>
      resource.disk?.persistence === undefined
        ? undefined
        : `Persistent volume ${described(resource)} must be destroyed before it is unreserved`,
    )
  );
}

/**
 * Why these volumes may not be created, or `undefined`: each must be a writable persistent volume, with an id that is
 * new on the agent in its role, by the framework's principal; shared ones need the SHARED_RESOURCES capability.
 *
 * @see Mesos `src/master/validation.cpp`, `operation::validate(Offer::Operation::Create)`
 */
export function validateCreate(operation: Create, context: OperationContext): string | undefined {
  const { volumes } = operation;
  const existing = context.agentTotal.persistentVolumes();
  return (
    invalidError(volumes) ??
    prefixed('Not a persistent volume', validatePersistentVolumes(volumes)) ??
    validateUniquePersistenceIds(volumes) ??
    firstError(volumes, (volume) => existingError(volume, existing)) ??
    firstError(volumes, (volume) => createError(volume, context.frameworkInfo)) ??
    prefixed('Invalid volumes', validateAllocatedToOneRole(volumes))
  );
}

function existingError(volume: Resource, existing: Resources): string | undefined {
  const id = volume.disk?.persistence?.id;
  const role = reservationRole(volume);
  for (const other of existing) {
    if (other.disk?.persistence?.id === id && reservationRole(other) === role) {
      return `Persistence id '${id}' is not unique in role '${role}': the agent has such a volume`;
    }
  }
  return undefined;
}

function createError(volume: Resource, info: FrameworkInfo): string | undefined {
  if (volume.shared === true && !hasCapability(info, 'SHARED_RESOURCES')) {
    return `Volume ${described(volume)} must not be shared: framework '${info.name}' lacks the SHARED_RESOURCES capability`;
  }
  const { principal: expected } = info;
  const principal = volume.disk?.persistence?.principal;
  if (expected === undefined || principal === expected) return undefined;
  return `The principal of volume ${described(volume)} must be '${expected}', got ${principal === undefined ? 'none' : `'${principal}'`}`;
}

/**
 * Why these volumes may not be destroyed, or `undefined`: each must be a persistent volume that the agent has and that
 * no task or executor uses.
 *
 * @see Mesos `src/master/validation.cpp`, `operation::validate(Offer::Operation::Destroy)`
 */
export function validateDestroy(operation: Destroy, context: OperationContext): string | undefined {
  const { volumes } = operation;
  const error = invalidError(volumes) ?? prefixed('Not a persistent volume', validatePersistentVolumes(volumes));
  if (error !== undefined) return error;
  const plain = volumes.unallocate();
  if (!context.agentTotal.contains(plain)) return `Persistent volumes not found on the agent: '${plain}'`;
  const used = context.used.unallocate();
  return firstError(plain, (volume) =>
    used.count(volume) > 0 ? `Persistent volume is in use: ${described(volume)}` : undefined,
  );
}

function invalidError(resources: Resources): string | undefined {
  return prefixed('Invalid resources', validateResources(resources) ?? validateOneProvider(resources));
}

function firstError(resources: Resources, errorOf: (resource: Resource) => string | undefined): string | undefined {
  for (const resource of resources) {
    const error = errorOf(resource);
    if (error !== undefined) return error;
  }
  return undefined;
}
