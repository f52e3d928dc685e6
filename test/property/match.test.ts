import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Offer } from '../../src/offers/index.ts';
import { type Resource, Resources } from '../../src/resources/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { matchAll, matchOffer, type PortRequest, type Requirement } from '../../src/scheduler/index.ts';
import { offer } from '../support/fake-master.ts';

/* The matcher against a naive twin: small offers and requirements, so that they collide and all ways can be tried. */

const reservations = fc.constantFrom<Resource['reservations']>(
  [],
  [{ type: 'STATIC', role: 'web' }],
  [{ type: 'DYNAMIC', role: 'web', principal: 'p' }],
  [
    { type: 'STATIC', role: 'web' },
    { type: 'DYNAMIC', role: 'web/a' },
  ],
);

const scalar: fc.Arbitrary<Resource> = fc
  .record({
    name: fc.constantFrom('cpus', 'mem'),
    milli: fc.integer({ min: 1, max: 4 }).map((units) => units * 500),
    reservations,
    revocable: fc.boolean(),
  })
  .map(({ name, milli, reservations, revocable }) => ({
    name,
    value: { type: 'SCALAR', milli },
    reservations,
    allocatedTo: 'web',
    ...(revocable ? { revocable: true as const } : {}),
  }));

/** Each of the ports 1 to 6 is nowhere, or in one of two entries. */
const portEntries: fc.Arbitrary<readonly Resource[]> = fc
  .tuple(fc.array(fc.constantFrom(0, 1, 2), { minLength: 6, maxLength: 6 }), reservations)
  .map(([places, reserved]) =>
    [1, 2].flatMap((entry): readonly Resource[] => {
      const bounds = places.flatMap((place, index) => (place === entry ? [index + 1, index + 1] : []));
      if (bounds.length === 0) return [];
      return [
        {
          name: 'ports',
          value: { type: 'RANGES', bounds },
          reservations: entry === 1 ? [] : reserved,
          allocatedTo: 'web',
        },
      ];
    }),
  );

const offers: fc.Arbitrary<Offer> = fc
  .tuple(fc.array(scalar, { maxLength: 5 }), portEntries)
  .map(([scalars, ports]) => ({ ...offer('O1', { role: 'web' }), resources: Resources.of(...scalars, ...ports) }));

const port = fc.integer({ min: 1, max: 6 });
const portRequest: fc.Arbitrary<PortRequest> = fc.oneof(
  port,
  fc.constant('any' as const),
  fc.tuple(port, port).map(([a, b]) => ({ begin: Math.min(a, b), end: Math.max(a, b) })),
);
const portRequests = fc.uniqueArray(portRequest, {
  maxLength: 4,
  selector: (request) => request,
  comparator: (a, b) => typeof a === 'number' && a === b,
});

const amount = fc.integer({ min: 0, max: 5 }).map((units) => units / 2);
const requirements: fc.Arbitrary<Requirement> = fc.record(
  {
    cpus: amount,
    memMb: amount,
    ports: portRequests,
    portChoice: fc.constantFrom('lowest' as const, 'random' as const),
    reserved: fc.constantFrom('first' as const, 'only' as const, 'never' as const),
    revocable: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** The most of one scalar that one task could get, by adding up what the words of `Requirement` allow. */
function mostMilli(requirement: Requirement, { resources }: Offer, name: string): number {
  const sum = { firm: 0, revocable: 0 };
  for (const entry of usable(requirement, resources)) {
    if (entry.name !== name || entry.value.type !== 'SCALAR') continue;
    sum[entry.revocable === true ? 'revocable' : 'firm'] += entry.value.milli;
  }
  return Math.max(sum.firm, requirement.revocable === true ? sum.revocable : 0);
}

function usable({ reserved }: Requirement, resources: Resources): readonly Resource[] {
  return [...resources].filter((entry) => {
    if (reserved === 'only') return entry.reservations.length > 0;
    return reserved === 'never' ? entry.reservations.length === 0 : true;
  });
}

function freePorts(requirement: Requirement, { resources }: Offer): ReadonlySet<number> {
  const free = new Set<number>();
  for (const { name, value } of usable(requirement, resources)) {
    if (name !== 'ports' || value.type !== 'RANGES') continue;
    for (let i = 0; i < value.bounds.length; i += 2) {
      for (let each = value.bounds[i] ?? 0; each <= (value.bounds[i + 1] ?? -1); each++) free.add(each);
    }
  }
  return free;
}

function grants(request: PortRequest, port: number): boolean {
  if (request === 'any') return true;
  return typeof request === 'number' ? request === port : request.begin <= port && port <= request.end;
}

/** Tries every way. */
function portsCanBeHad(requests: readonly PortRequest[], free: ReadonlySet<number>): boolean {
  const [first, ...others] = requests;
  if (first === undefined) return true;
  return [...free].some((port) => {
    if (!grants(first, port)) return false;
    const left = new Set(free);
    left.delete(port);
    return portsCanBeHad(others, left);
  });
}

const context = { random: seededRandom(5) };

describe('matchOffer()', () => {
  test('matches exactly when the naive twin finds a way, and refuses by the rules that it finds broken', () => {
    let matches = 0;
    let mismatches = 0;
    fc.assert(
      fc.property(requirements, offers, (requirement, offer) => {
        const { cpus = 0, memMb = 0, ports = [] } = requirement;
        const lacking = [
          ...(mostMilli(requirement, offer, 'cpus') < cpus * 1000 ? ['cpus'] : []),
          ...(mostMilli(requirement, offer, 'mem') < memMb * 1000 ? ['mem'] : []),
        ];
        const portsFit = portsCanBeHad(ports, freePorts(requirement, offer));
        const result = matchOffer(requirement, offer, context);
        if (result.matched) {
          matches += 1;
          expect(lacking).toEqual([]);
          expect(portsFit).toBe(true);
          return;
        }
        mismatches += 1;
        const of = (rule: string) => result.refusals.filter((refusal) => refusal.rule === rule);
        expect(of('resources').map(({ subject }) => subject)).toEqual(lacking);
        expect(of('ports').length > 0).toBe(!portsFit);
        expect(result.refusals).toHaveLength(of('resources').length + of('ports').length);
      }),
      { numRuns: 600 },
    );
    expect(Math.min(matches, mismatches)).toBeGreaterThan(50);
  });

  test('picks what was asked for, out of the offer, and never mixes revocable and other amounts of one name', () => {
    fc.assert(
      fc.property(requirements, offers, (requirement, offer) => {
        const result = matchOffer(requirement, offer, context);
        if (!result.matched) return;
        const { resources, remaining, ports } = result;
        expect(offer.resources.contains(resources)).toBe(true);
        expect(resources.plus(remaining).equals(offer.resources)).toBe(true);
        expect(resources.scalarMilli('cpus')).toBe((requirement.cpus ?? 0) * 1000);
        expect(resources.scalarMilli('mem')).toBe((requirement.memMb ?? 0) * 1000);
        const requests = requirement.ports ?? [];
        expect(ports).toHaveLength(requests.length);
        expect(new Set(ports).size).toBe(ports.length);
        requests.forEach((request, index) => expect(grants(request, ports[index] ?? -1)).toBe(true));
        expect(freePorts({}, { ...offer, resources })).toEqual(new Set(ports));
        for (const name of resources.names()) {
          expect(new Set([...resources.named(name)].map((entry) => entry.revocable ?? false)).size).toBe(1);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('leaves unreserved resources alone as long as reserved ones will do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), offers, (units, offer) => {
        const requirement: Requirement = { cpus: units / 2, reserved: 'first' };
        const result = matchOffer(requirement, offer);
        if (!result.matched) return;
        const firm = (resources: Resources) => resources.nonRevocable();
        const reservedLeft = firm(result.remaining).reserved().scalarMilli('cpus');
        const unreservedTaken = firm(result.resources).unreserved().scalarMilli('cpus');
        expect(reservedLeft === 0 || unreservedTaken === 0).toBe(true);
      }),
    );
  });
});

describe('matchAll()', () => {
  test('never gives the same thing to two tasks, and leaves the rest', () => {
    fc.assert(
      fc.property(fc.array(requirements, { maxLength: 5 }), offers, (all, offer) => {
        const { results, remaining } = matchAll(all, offer, context);
        expect(results).toHaveLength(all.length);
        const given = results.flatMap((result) => (result.matched ? [result.resources] : []));
        expect(Resources.sum([...given, remaining]).equals(offer.resources)).toBe(true);
        const ports = results.flatMap((result) => (result.matched ? result.ports : []));
        expect(new Set(ports).size).toBe(ports.length);
      }),
      { numRuns: 300 },
    );
  });
});
