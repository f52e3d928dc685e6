import type { Reservation, Resource } from '../../src/resources/index.ts';

/** A dynamic reservation, by the principal `p` unless another is given. */
export function dynamic(role: string, principal = 'p'): Reservation {
  return { type: 'DYNAMIC', role, principal };
}

/** An amount in thousandths, unreserved unless `differences` says otherwise. */
export function scalar(name: string, milli: number, differences: Partial<Resource> = {}): Resource {
  return { name, value: { type: 'SCALAR', milli }, reservations: [], ...differences };
}

/** A persistent volume of 64 MB, reserved to `eng` and created by the principal `p`. */
export function volume(id: string, differences: Partial<Resource> = {}): Resource {
  const disk = { persistence: { id, principal: 'p' }, volume: { containerPath: 'data', mode: 'RW' as const } };
  return scalar('disk', 64_000, { reservations: [dynamic('eng')], disk, ...differences });
}
