import type * as fc from 'fast-check';
import { entriesByName } from '../core/index.ts';
import {
  type DiskInfo,
  Quantities,
  type Reservation,
  type Resource,
  ResourceLimits,
  Resources,
  type ResourceValue,
} from '../resources/index.ts';

/** fast-check as its user imports it: `import * as fc from 'fast-check'`. It is handed in, so that nobody has to install it who does not use it. */
export type FastCheck = typeof fc;

/** What a generated collection may hold besides plain scalars; everything unless it is said to be absent. */
export interface ResourceFeatures {
  /** Ranges and sets, `false` for none; `low` and `high` have nothing in common, for operands that do not overlap. */
  readonly ranges?: boolean | 'low' | 'high';
  /** Static, dynamic and refined ones, for the roles `a`, `a/b` and `b`. */
  readonly reservations?: boolean;
  /** Disks that can be divided. */
  readonly disks?: boolean;
  /** Disks and persistent volumes that cannot be divided. */
  readonly exclusive?: boolean;
  /** Persistent volumes that several tasks may hold. */
  readonly shared?: boolean;
  readonly revocable?: boolean;
  readonly providers?: boolean;
  /** To the roles `a` and `b`. */
  readonly allocations?: boolean;
}

const RESERVATIONS: readonly (readonly Reservation[])[] = [
  [],
  [{ type: 'STATIC', role: 'a' }],
  [{ type: 'DYNAMIC', role: 'a' }],
  [{ type: 'DYNAMIC', role: 'a', principal: 'p' }],
  [{ type: 'DYNAMIC', role: 'a', principal: 'p', labels: [{ key: 'k', value: 'v' }, { key: 'k' }] }],
  [
    { type: 'STATIC', role: 'a' },
    { type: 'DYNAMIC', role: 'a/b', principal: 'p' },
  ],
  [{ type: 'DYNAMIC', role: 'b' }],
];

const VOLUME = { containerPath: 'data', mode: 'RW' } as const;

const DIVISIBLE_DISKS: readonly DiskInfo[] = [
  { volume: VOLUME },
  { source: { type: 'PATH', root: '/p' } },
  { source: { type: 'PATH', root: '/p', id: 'x' } },
  { source: { type: 'RAW', profile: 'fast' } },
];

const EXCLUSIVE_DISKS: readonly DiskInfo[] = [
  { source: { type: 'MOUNT', root: '/m' } },
  { source: { type: 'BLOCK', id: 'x' } },
  { source: { type: 'RAW', id: 'x' } },
  { persistence: { id: 'v1' }, volume: VOLUME },
  { persistence: { id: 'v2', principal: 'p' }, volume: VOLUME },
  { source: { type: 'PATH', root: '/p' }, persistence: { id: 'v1' }, volume: VOLUME },
];

const SHARED_DISKS: readonly DiskInfo[] = [
  { persistence: { id: 'v1' }, volume: VOLUME },
  { persistence: { id: 'v2' }, volume: { ...VOLUME, containerPath: 'other' } },
];

/** One kind of thing with an amount: what comes before reservation, allocation and so on. */
interface Thing {
  readonly name: string;
  readonly value: ResourceValue;
  readonly disk?: DiskInfo;
  readonly shared?: true;
}

/** Arbitraries of resources; see {@link resourceArbitraries}. */
export interface ResourceArbitraries {
  /** One resource, which may be empty. */
  resource(features?: ResourceFeatures): fc.Arbitrary<Resource>;
  /** Some resources one after another, as they would be added. */
  resourceList(features?: ResourceFeatures): fc.Arbitrary<Resource[]>;
  /** A collection. */
  resources(features?: ResourceFeatures): fc.Arbitrary<Resources>;
  /** Text of scalars, ranges and sets in pieces, to be joined with `;`; they may repeat names. */
  readonly textPieces: fc.Arbitrary<string[]>;
  readonly quantities: fc.Arbitrary<Quantities>;
  readonly limits: fc.Arbitrary<ResourceLimits>;
}

/**
 * Arbitraries of resources of few names, few roles and small amounts, so that what is drawn collides: the same kind
 * twice, the same volume in two collections, ranges that touch and overlap.
 *
 * @example
 * ```ts
 * const { resources } = resourceArbitraries(fc);
 * fc.assert(fc.property(resources(), resources(), (a, b) => a.plus(b).contains(a)));
 * ```
 */
export function resourceArbitraries(fc: FastCheck): ResourceArbitraries {
  const scalar: fc.Arbitrary<ResourceValue> = fc
    .oneof(fc.constantFrom(1, 500, 1000, 2000, 3000), fc.nat(5000))
    .map((milli) => ({ type: 'SCALAR', milli }));

  /** Few sizes, so that volumes and exclusive disks are often the same. */
  const diskSize: fc.Arbitrary<ResourceValue> = fc.constantFrom(1000, 2000).map((milli) => ({ type: 'SCALAR', milli }));

  function rangesFrom(first: number): fc.Arbitrary<ResourceValue> {
    return fc.uniqueArray(fc.nat(9), { maxLength: 6 }).map((integers) => ({
      type: 'RANGES',
      bounds: integers.flatMap((integer) => [first + integer, first + integer]),
    }));
  }

  function setOf(items: readonly string[]): fc.Arbitrary<ResourceValue> {
    return fc.subarray([...items]).map((chosen) => ({ type: 'SET', items: chosen }));
  }

  function thing(features: ResourceFeatures): fc.Arbitrary<Thing> {
    const { ranges = true } = features;
    const things: fc.Arbitrary<Thing>[] = [fc.record({ name: fc.constantFrom('cpus', 'mem', 'disk'), value: scalar })];
    if (ranges !== false) {
      things.push(
        fc.record({ name: fc.constant('ports'), value: rangesFrom(ranges === 'high' ? 20 : 0) }),
        fc.record({ name: fc.constant('zones'), value: setOf(ranges === 'high' ? ['x', 'y'] : ['b', 'a', 'c']) }),
      );
    }
    const diskOf = (disks: readonly DiskInfo[], value: fc.Arbitrary<ResourceValue>): fc.Arbitrary<Thing> =>
      fc.record({ name: fc.constant('disk'), value, disk: fc.constantFrom(...disks) });
    if (features.disks !== false) things.push(diskOf(DIVISIBLE_DISKS, scalar));
    if (features.exclusive !== false) things.push(diskOf(EXCLUSIVE_DISKS, diskSize));
    if (features.shared !== false) {
      things.push(diskOf(SHARED_DISKS, diskSize).map((volume) => ({ ...volume, shared: true })));
    }
    return fc.oneof(...things);
  }

  /** One resource, which may be empty. */
  function resource(features: ResourceFeatures = {}): fc.Arbitrary<Resource> {
    const rarely = <T>(allowed: boolean | undefined, ...values: T[]): fc.Arbitrary<T | undefined> =>
      allowed === false
        ? fc.constant(undefined)
        : fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.constantFrom(...values));
    return fc
      .record({
        thing: thing(features),
        reservations: features.reservations === false ? fc.constant([]) : fc.constantFrom(...RESERVATIONS),
        revocable: rarely(features.revocable, true as const),
        providerId: rarely(features.providers, 'provider'),
        allocatedTo: rarely(features.allocations, 'a', 'b'),
      })
      .map(({ thing: what, reservations, revocable, providerId, allocatedTo }) => ({
        ...what,
        reservations,
        ...(revocable && { revocable }),
        ...(providerId !== undefined && { providerId }),
        ...(allocatedTo !== undefined && { allocatedTo }),
      }));
  }

  /** Some resources one after another, as they would be added. */
  function resourceList(features: ResourceFeatures = {}): fc.Arbitrary<Resource[]> {
    return fc.array(resource(features), { maxLength: 7 });
  }

  /** A collection. */
  function resources(features: ResourceFeatures = {}): fc.Arbitrary<Resources> {
    return resourceList(features).map((list) => Resources.of(...list));
  }

  /** Text of scalars, ranges and sets in pieces that may repeat names. */
  const textPieces: fc.Arbitrary<string[]> = fc.array(
    fc.oneof(
      fc
        .tuple(fc.constantFrom('cpus', 'mem', 'cpus(a)', ' mem ( b ) '), fc.nat(3000))
        .map(([name, n]) => `${name}:${n / 1000}`),
      fc.tuple(fc.nat(9), fc.nat(5)).map(([begin, length]) => `ports:[${begin}-${begin + length}]`),
      fc.subarray(['x', 'y', 'z']).map((items) => `zones:{${items.join(',')}}`),
    ),
    { maxLength: 6 },
  );

  /** Amounts of few names, in thousandths; zeros and names that nothing has among them. */
  const amounts: fc.Arbitrary<Record<string, number>> = fc
    .dictionary(
      fc.constantFrom('cpus', 'mem', 'disk', 'ports', 'zones', 'gpus'),
      fc.oneof(fc.nat(6000), fc.constantFrom(0, 1000, 2000)),
    )
    .map((milli) => Object.fromEntries(entriesByName(milli).map(([name, amount]) => [name, amount / 1000])));

  const quantities: fc.Arbitrary<Quantities> = amounts.map((byName) => Quantities.of(byName));

  const limits: fc.Arbitrary<ResourceLimits> = amounts.map((byName) => ResourceLimits.of(byName));

  return { resource, resourceList, resources, textPieces, quantities, limits };
}
