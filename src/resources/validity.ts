import { overlap } from './ranges.ts';
import type { DiskInfo, Reservation, Resource, ResourceValue } from './resource.ts';
import { isStrictSubrole, roleError } from './roles.ts';
import { AMOUNT_MAX, isAmount } from './scalars.ts';

/**
 * What is wrong with one resource, or `undefined`; an empty one (a zero scalar, no ranges, no items) is valid.
 *
 * @see Mesos `src/v1/resources.cpp`, `Resources::validate`
 */
export function resourceError(resource: Resource): string | undefined {
  if (resource.name === '') return 'Empty resource name';
  return (
    valueError(resource.value) ??
    diskError(resource) ??
    reservationsError(resource.reservations) ??
    sharedError(resource)
  );
}

function valueError(value: ResourceValue): string | undefined {
  switch (value.type) {
    case 'SCALAR':
      if (isAmount(value.milli)) return undefined;
      return `Invalid scalar resource: expected 0 to ${AMOUNT_MAX}, in whole thousandths, got ${value.milli} thousandths`;
    case 'RANGES':
      return rangesError(value.bounds);
    case 'SET':
      if (new Set(value.items).size === value.items.length) return undefined;
      return 'Invalid set resource: duplicated elements';
    default:
      return 'Invalid resource type';
  }
}

function rangesError(bounds: readonly number[]): string | undefined {
  if (bounds.length % 2 !== 0) return `Invalid ranges resource: expected pairs of begin and end, got ${bounds.length}`;
  for (let i = 0; i < bounds.length; i += 2) {
    const [begin = Number.NaN, end = Number.NaN] = [bounds[i], bounds[i + 1]];
    for (const bound of [begin, end]) {
      if (!isAmount(bound)) return `Invalid ranges resource: expected an integer from 0 to 2^53 - 1, got ${bound}`;
    }
    if (begin > end) return `Invalid ranges resource: begin > end in ${begin}-${end}`;
  }
  return overlap(bounds) ? 'Invalid ranges resource: overlapping ranges' : undefined;
}

function diskError({ name, disk }: Resource): string | undefined {
  if (disk === undefined) return undefined;
  if (name !== 'disk') return `DiskInfo should not be set for ${name} resource`;
  return sourceError(disk);
}

function sourceError({ source }: DiskInfo): string | undefined {
  if (source === undefined) return undefined;
  switch (source.type) {
    case 'PATH':
    case 'MOUNT':
      return undefined;
    case 'BLOCK':
    case 'RAW':
      return source.root === undefined ? undefined : `Root should not be set for ${source.type} disk source`;
    default:
      return `Unsupported type of disk source: expected PATH, MOUNT, BLOCK or RAW, got ${String(source.type)}`;
  }
}

/** What is wrong with a stack of reservations, or `undefined`. */
export function reservationsError(reservations: readonly Reservation[]): string | undefined {
  let outer: Reservation | undefined;
  for (const reservation of reservations) {
    const error = reservationError(reservation, outer);
    if (error !== undefined) return error;
    outer = reservation;
  }
  return undefined;
}

function reservationError({ type, role }: Reservation, outer: Reservation | undefined): string | undefined {
  if (type !== 'STATIC' && type !== 'DYNAMIC') {
    return `Invalid reservation: expected type STATIC or DYNAMIC, got ${String(type)}`;
  }
  const error = roleError(role);
  if (error !== undefined) return `Invalid reservation: ${error}`;
  if (role === '*') return 'Invalid reservation: role "*" cannot be reserved';
  if (outer === undefined) return undefined;
  if (type === 'STATIC') return 'Invalid refined reservation: A refined reservation cannot be STATIC';
  if (!isStrictSubrole(role, outer.role)) {
    return `Invalid refined reservation: role '${role}' is not a refinement of '${outer.role}'`;
  }
  return undefined;
}

function sharedError({ name, disk, shared }: Resource): string | undefined {
  if (shared === undefined) return undefined;
  if (name !== 'disk') return `Resource ${name} cannot be shared`;
  return disk?.persistence === undefined ? 'Only persistent volumes can be shared' : undefined;
}
