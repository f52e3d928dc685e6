import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  downgradeResources,
  Quantities,
  type Resource,
  type Reservation,
  ResourceLimits,
  Resources,
} from '../../src/resources/index.ts';
import { limits, quantities, resource, resourceList, resources, textPieces } from '../support/resources-arbitrary.ts';

/*
 * The laws of the algebra, numbered as in docs/SPEC.md, section 1. `a`, `b` and `c` are collections with everything in
 * them unless said otherwise; collections compare by equals(), never by how they are written.
 */

function law<T extends [unknown, ...unknown[]]>(
  name: string,
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  holds: (...values: T) => boolean | void,
  numRuns = 300,
): void {
  test(name, () => {
    fc.assert(fc.property<T>(...arbitraries, holds), { numRuns });
  });
}

const any = resources();
const low = resources({ ranges: 'low' });
const high = resources({ ranges: 'high' });
const ZERO = Resources.empty;

/** Neither is larger than the other. */
const same = (a: Resources, b: Resources): boolean => a.equals(b) && b.equals(a);
const sameQuantities = (a: Quantities, b: Quantities): boolean => a.equals(b) && b.equals(a);
const one = (resource: Resource): Resources => Resources.of(resource);

describe('addition', () => {
  law('1: the order of two does not matter', [any, any], (a, b) => same(a.plus(b), b.plus(a)));

  law('2: nor does the order of additions', [any, any, any], (a, b, c) => same(a.plus(b).plus(c), a.plus(b.plus(c))));

  law('3: nothing added changes nothing', [any], (a) => same(a.plus(ZERO), a) && same(ZERO.plus(a), a));

  law('17: no two entries of a sum could merge', [any, any], (a, b) => {
    const entries = [...a.plus(b)];
    return entries.every((x, i) => entries.slice(i + 1).every((y) => one(x).plus(one(y)).size === 2));
  });

  law('18: equality does not depend on order, splits, or the order of items and labels', [resourceList()], (list) => {
    const turned = (r: Resource): readonly Resource[] => {
      const reservations = r.reservations.map((entry): Reservation => {
        return entry.labels === undefined ? entry : { ...entry, labels: entry.labels.toReversed() };
      });
      const { value } = r;
      if (value.type === 'SET') return [{ ...r, reservations, value: { ...value, items: value.items.toReversed() } }];
      if (value.type === 'SCALAR') return [{ ...r, reservations }];
      const half = 2 * Math.floor(value.bounds.length / 4);
      const parts = [value.bounds.slice(half), value.bounds.slice(0, half)];
      return parts.map((bounds) => ({ ...r, reservations, value: { ...value, bounds } }));
    };
    return same(Resources.of(...list), Resources.of(...list.toReversed().flatMap(turned)));
  });

  law('19: addition and subtraction leave their operands unchanged', [any, any], (a, b) => {
    const before = [a.toString(), b.toString()];
    a.plus(b);
    a.minus(b);
    expect([a.toString(), b.toString()]).toEqual(before);
  });

  law('33: scalars agree after any order of exact operations', [fc.array(fc.nat(3000)), fc.nat()], (milli, turn) => {
    const parts = milli.map((amount) => Resources.scalars({ cpus: amount / 1000 }));
    const turned = [...parts.slice(turn % 7), ...parts.slice(0, turn % 7)];
    const total = milli.reduce((sum, amount) => sum + amount, 0);
    return Resources.sum(parts).scalarMilli('cpus') === total && same(Resources.sum(parts), Resources.sum(turned));
  });

  test('33: a thousand times 0.001 is exactly 1', () => {
    const tiny = Resources.parse('cpus:0.001');
    let sum = ZERO;
    for (let i = 0; i < 1000; i++) sum = sum.plus(tiny);
    expect(sum.toString()).toBe('cpus:1');
    expect(sum.equals(Resources.parse('cpus:1'))).toBe(true);
  });
});

describe('subtraction', () => {
  law('4: nothing taken changes nothing, and nothing is left of nothing', [any], (a) => {
    return same(a.minus(ZERO), a) && ZERO.minus(a).isEmpty;
  });

  law('5: all taken leaves nothing', [any], (a) => a.minus(a).isEmpty);

  law('6: (a + b) - b = a without overlaps', [low, high], (a, b) => same(a.plus(b).minus(b), a));

  law('7: (a + b) - a = b without overlaps', [low, high], (a, b) => same(a.plus(b).minus(a), b));

  law('14: nothing negative and nothing empty is ever left', [any, any], (a, b) => {
    for (const rest of a.minus(b)) {
      expect(Resources.validate(rest)).toBeUndefined();
      expect(one(rest).isEmpty).toBe(false);
      expect(a.minus(b).count(rest)).toBeGreaterThan(0);
    }
  });

  law('15: (a - b) - c = a - (b + c) where all is there', [any, any, any], (b, c, d) => {
    const a = b.plus(c).plus(d);
    return same(a.minus(b).minus(c), a.minus(b.plus(c)));
  });

  law('16: taking what shares no metadata changes nothing', [resources({ allocations: false }), any], (a, b) => {
    return same(a.minus(b.allocate('other')), a);
  });
});

describe('containment', () => {
  law('8: a contains a and nothing; nothing contains a only if a is nothing', [any], (a) => {
    return a.contains(a) && a.contains(ZERO) && ZERO.contains(a) === a.isEmpty;
  });

  law('9: it is transitive', [any, any, any], (a, b, c) => {
    const parts: readonly (readonly [Resources, Resources, Resources])[] = [
      [a, b, c],
      [a.plus(b), a.minus(c), a.minus(c).minus(b)],
    ];
    return parts.every(([x, y, z]) => !x.contains(y) || !y.contains(z) || x.contains(z));
  });

  law('10: it holds both ways exactly for equal collections', [any, any, any], (a, b, c) => {
    const pairs: readonly (readonly [Resources, Resources])[] = [
      [a, b],
      [a.plus(b), a.plus(c)],
      [a, a.minus(b)],
    ];
    return pairs.every(([x, y]) => (x.contains(y) && y.contains(x)) === x.equals(y));
  });

  law('11: a sum contains its parts', [any, any], (a, b) => a.plus(b).contains(a) && a.plus(b).contains(b));

  law('12: what is contained can be taken and put back', [any, any], (a, c) => {
    const b = a.minus(c);
    return a.contains(b) && same(a.minus(b).plus(b), a);
  });

  law('13: adding the same to both keeps it', [any, any, any], (a, d, c) => a.plus(c).contains(a.minus(d).plus(c)));

  law('13: one exclusive disk does not contain two', [resources({ shared: false }), fc.nat()], (a, n) => {
    const entries = [...a];
    const chosen = entries[n % Math.max(1, entries.length)];
    fc.pre(chosen !== undefined && chosen.value.type === 'SCALAR');
    return !a.contains(a.plus(one(chosen)));
  });
});

describe('quantities of a collection', () => {
  law(
    '20: q(a + b) = q(a) + q(b) without overlaps and shared volumes in common',
    [low, resources({ ranges: 'high', shared: false })],
    (a, b) => sameQuantities(a.plus(b).quantities(), a.quantities().plus(b.quantities())),
  );

  law('21: what contains has no less', [any, any], (a, b) => a.plus(b).quantities().contains(a.minus(b).quantities()));

  law(
    '22: a contains its quantities and none larger',
    [any, fc.constantFrom('cpus', 'mem', 'ports', 'gpus')],
    (a, name) => {
      const more = a.quantities().plus(Quantities.of({ [name]: 0.001 }));
      return a.containsQuantities(a.quantities()) && !a.containsQuantities(more);
    },
  );

  law('23: toUnreserved() is idempotent', [any], (a) => same(a.toUnreserved().toUnreserved(), a.toUnreserved()));

  law('23: toUnreserved() keeps the quantities', [resources({ ranges: false, shared: false })], (a) => {
    return sameQuantities(a.toUnreserved().quantities(), a.quantities()) && a.toUnreserved().reserved().isEmpty;
  });
});

describe('reservations, allocations, filters', () => {
  const pushed: Reservation = { type: 'DYNAMIC', role: 'a/b/c', principal: 'p', labels: [{ key: 'k' }] };
  const below = any.map((a) => a.filter(({ reservations }) => reservations.at(-1)?.role !== 'b'));

  law('24: popReservation() undoes pushReservation()', [below], (a) => {
    const reserved = a.pushReservation(pushed);
    return same(reserved.popReservation(), a) && reserved.unreserved().isEmpty;
  });

  law('25: unallocate() undoes allocate()', [resources({ allocations: false })], (a) => {
    return same(a.allocate('r').unallocate(), a) && same(a.allocate('r').allocatedTo('r'), a.allocate('r'));
  });

  law('26: a filter and its opposite make the whole', [any], (a) => {
    const predicates: readonly ((r: Resource) => boolean)[] = [
      (r) => r.name === 'cpus',
      (r) => r.reservations.length > 0,
      (r) => r.disk === undefined,
      (r) => r.value.type === 'SCALAR' && r.value.milli >= 2000,
    ];
    return predicates.every((p) => {
      return (
        same(a.filter(p).plus(a.filter((r) => !p(r))), a) && a.contains(a.filter(p)) && Array.from(a.filter(p)).every(p)
      );
    });
  });

  law('26: filters by name are filters', [any], (a) => {
    const pairs: readonly (readonly [Resources, (r: Resource) => boolean])[] = [
      [a.named('mem'), (r) => r.name === 'mem'],
      [a.scalars(), (r) => r.value.type === 'SCALAR'],
      [a.revocable(), (r) => r.revocable === true],
      [a.nonRevocable(), (r) => r.revocable === undefined],
      [a.shared(), (r) => r.shared === true],
      [a.nonShared(), (r) => r.shared === undefined],
      [a.persistentVolumes(), (r) => r.disk?.persistence !== undefined],
      [a.unreserved(), (r) => r.reservations.length === 0],
      [a.reserved(), (r) => r.reservations.length > 0],
      [a.reserved('a'), (r) => r.reservations.at(-1)?.role === 'a'],
      [a.allocatedTo('a'), (r) => r.allocatedTo === 'a'],
      [a.allocatableTo('a'), (r) => [undefined, 'a'].includes(r.reservations.at(-1)?.role)],
    ];
    return pairs.every(([filtered, predicate]) => same(filtered, a.filter(predicate)));
  });

  law('27: reserved and unreserved make the whole, and groups by role the reserved', [any], (a) => {
    const groups = [...a.reservations().values()];
    return same(a.reserved().plus(a.unreserved()), a) && same(Resources.sum(groups), a.reserved());
  });

  law('27: groups by allocation make the allocated', [any], (a) => {
    const groups = [...a.allocations()];
    const allocated = a.filter((r) => r.allocatedTo !== undefined);
    return (
      same(Resources.sum(groups.map(([, group]) => group)), allocated) &&
      groups.every(([role, group]) => same(group, a.allocatedTo(role)))
    );
  });

  law('28: what may go to a role may go to roles below it', [any], (a) => {
    return a.allocatableTo('a/b').contains(a.allocatableTo('a')) && a.allocatableTo('a').contains(a.allocatableTo('*'));
  });
});

describe('reading and writing', () => {
  law('29: the order of pieces does not matter', [textPieces], (pieces) => {
    const turned = pieces.toReversed().join(';');
    return same(Resources.parse(pieces.join(';')), Resources.parse(turned));
  });

  const plain = {
    reservations: false,
    disks: false,
    exclusive: false,
    shared: false,
    revocable: false,
    providers: false,
    allocations: false,
  };
  law('30: what is plain and not empty reads back as it was written', [resources(plain)], (a) => {
    return a.isEmpty ? a.toString() === '{}' : same(Resources.parse(a.toString()), a);
  });

  law('30: everything reads back from JSON', [any], (a) => {
    const text = JSON.stringify(a);
    return same(Resources.fromJSON(JSON.parse(text) as unknown[]), a) && JSON.stringify(a) === text;
  });

  law('30: everything reads back from JSON with reservations in the older form', [any], (a) => {
    return same(Resources.fromJSON(downgradeResources(a).objects), a);
  });

  law('30: entries make the collection again', [resources({ shared: false })], (a) => same(Resources.of(...a), a));
});

describe('shared', () => {
  const volume = resource({ ranges: false }).filter((r) => r.shared === true);
  const times = (n: number, r: Resource): Resources => Resources.sum(Array.from({ length: n }, () => one(r)));

  law(
    '31: n times the same has count n and the quantity of one',
    [volume, fc.integer({ min: 1, max: 9 })],
    (v, n) => {
      const many = times(n, v);
      return many.count(v) === n && many.size === 1 && sameQuantities(many.quantities(), one(v).quantities());
    },
    100,
  );

  law(
    '32: taking m of n leaves n - m, or nothing',
    [volume, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })],
    (v, n, m) => {
      return times(n, v).minus(times(m, v)).count(v) === Math.max(0, n - m);
    },
    100,
  );
});

describe('operations', () => {
  const unshared = resources({ ranges: 'low', shared: false });
  const reserved = resources({ ranges: 'high', exclusive: false, shared: false, revocable: false }).map((r) =>
    r.unreserved().pushReservation({ type: 'DYNAMIC', role: 'a', principal: 'p' }),
  );

  law('34: UNRESERVE undoes RESERVE', [unshared, reserved], (b, r) => {
    const a = b.plus(r.popReservation());
    const after = a.apply({ type: 'RESERVE', resources: r });
    return after.contains(r) && same(after.apply({ type: 'UNRESERVE', resources: r }), a);
  });

  const volumes = fc
    .array(
      fc.record({
        id: fc.constantFrom('v1', 'v2'),
        shared: fc.boolean(),
        path: fc.boolean(),
        milli: fc.constantFrom(1000, 2000),
      }),
      { maxLength: 3 },
    )
    .map((list) =>
      list.map(
        ({ id, shared, path, milli }): Resource => ({
          name: 'disk',
          value: { type: 'SCALAR', milli },
          reservations: [{ type: 'STATIC', role: 'a' }],
          disk: { ...(path && { source: { type: 'PATH', root: '/p' } }), persistence: { id } },
          ...(shared && { shared }),
        }),
      ),
    )
    .map((list) => Resources.of(...list));

  law('34: DESTROY undoes CREATE', [unshared, volumes], (b, v) => {
    const underneath = ({ name, value, reservations, disk }: Resource): Resource => {
      return { name, value, reservations, ...(disk?.source !== undefined && { disk: { source: disk.source } }) };
    };
    const disks = Resources.of(...Array.from(v, underneath));
    const a = b.plus(disks);
    const after = a.apply({ type: 'CREATE', resources: v });
    return after.contains(v) && same(after.apply({ type: 'DESTROY', resources: v }), a);
  });

  law(
    '35: an operation keeps the quantities, or fails and changes nothing',
    [unshared, any, fc.constantFrom('RESERVE', 'UNRESERVE', 'CREATE', 'DESTROY')],
    (a, resources, type) => {
      const before = a.toString();
      let after = a;
      try {
        after = a.apply({ type, resources: resources.filter(({ value }) => value.type === 'SCALAR') });
      } catch (error) {
        expect(error).toHaveProperty('code', 'MESOS_ERR_OPERATION');
      }
      return a.toString() === before && sameQuantities(after.quantities(), a.quantities());
    },
  );

  law('36: shrinkToQuantities() keeps a part that is within them, and is idempotent', [any, quantities], (a, t) => {
    const part = a.shrinkToQuantities(t);
    return a.contains(part) && t.contains(part.quantities()) && same(part.shrinkToQuantities(t), part);
  });

  law(
    '36: nothing that would fit whole is lost',
    [resources({ exclusive: false, shared: false, ranges: false }), quantities],
    (a, t) => {
      const expected = [...t.entries()].map(([name, milli]) => [name, Math.min(milli, a.scalarMilli(name))] as const);
      return sameQuantities(a.shrinkToQuantities(t).quantities(), Quantities.fromMilli(expected));
    },
  );

  law('37: shrinkToLimits() keeps within limits, and all that has none', [any, limits], (a, l) => {
    const part = a.shrinkToLimits(l);
    const unbounded = (r: Resource): boolean => l.get(r.name) === undefined;
    return l.contains(part.quantities()) && a.contains(part) && same(part.filter(unbounded), a.filter(unbounded));
  });

  law('41: what find() finds is there, and is what was wanted', [any, any, any], (a, b, c) => {
    const targets = a.minus(b).toUnreserved();
    for (const wanted of [targets, targets.plus(c), c]) {
      const found = a.find(wanted);
      if (found === undefined) continue;
      expect(a.contains(found)).toBe(true);
      expect(same(found.toUnreserved(), wanted.toUnreserved())).toBe(true);
    }
  });

  law('41: find() finds what is there under another reservation', [resources({ ranges: false }), any], (a, b) => {
    return a.find(a.minus(b).toUnreserved()) !== undefined;
  });
});

describe('quantities and limits', () => {
  law('38: x - y is nowhere negative, and y can be put back', [quantities, quantities], (x, y) => {
    const rest = x.minus(y);
    const sum = x.plus(y);
    return (
      [...rest.entries()].every(([, milli]) => milli > 0) &&
      sameQuantities(sum.minus(y).plus(y), sum) &&
      sameQuantities(sum.minus(y), x)
    );
  });

  law('39: l contains q exactly if (l - q) + q is l where q is bounded', [limits, quantities], (l, q) => {
    const restored = [...q.entries()].every(([name, milli]) => {
      const bound = l.get(name);
      return bound === undefined || (l.minus(q).get(name) ?? Number.NaN) + milli === bound;
    });
    return l.contains(q) === restored;
  });

  law(
    '40: no limits contain everything; limits within limits contain no more',
    [limits, limits, quantities],
    (l, m, q) => {
      return ResourceLimits.empty.contains(q) && (!l.contains(m) || !m.contains(q) || l.contains(q));
    },
  );

  law(
    '40: limits contain themselves and tighter ones',
    [limits, quantities],
    (l, q) => l.contains(l) && l.contains(l.minus(q)),
  );
});
