import { castDraft, produce } from 'immer';
import { describe, expect, test } from 'vitest';
import { InvalidArgument, OperationError } from '../../src/core/index.ts';
import { type DiskSource, Quantities, type Resource, ResourceLimits, Resources } from '../../src/resources/index.ts';

const parse = (text: string): Resources => Resources.parse(text);

function disk(milli: number, more: Partial<Resource>): Resource {
  return { name: 'disk', value: { type: 'SCALAR', milli }, reservations: [], ...more };
}

const VOLUME = disk(64_000, {
  reservations: [{ type: 'STATIC', role: 'r' }],
  disk: { persistence: { id: 'v1' }, volume: { containerPath: 'data', mode: 'RW' } },
});
const SHARED: Resource = { ...VOLUME, shared: true };
const MOUNT = disk(10_000, { disk: { source: { type: 'MOUNT', root: '/m' } } });

describe('Resources', () => {
  test('plus() and minus() work by kind, exact to the thousandth', () => {
    const sum = parse('cpus:0.1;mem:512').plus(parse('cpus:0.2;ports:[1-3]'));
    expect(sum.toString()).toBe('cpus:0.3; mem:512; ports:[1-3]');
    expect(sum.minus(parse('mem:500;ports:[2-2]')).toString()).toBe('cpus:0.3; mem:12; ports:[1-1, 3-3]');
  });

  test('minus() ignores what is not there, and leaves nothing of what is too little', () => {
    expect(parse('cpus:1;mem:5').minus(parse('cpus:2;gpus:1')).toString()).toBe('mem:5');
  });

  test('plus() and minus() with nothing give their operand itself', () => {
    const some = parse('cpus:1');
    expect(some.plus(Resources.empty)).toBe(some);
    expect(Resources.empty.plus(some)).toBe(some);
    expect(some.minus(parse('mem:1'))).toBe(some);
    expect(some.minus(some)).toBe(Resources.empty);
  });

  test('the empty collection is written {}, and holds nothing', () => {
    expect(Resources.empty.toString()).toBe('{}');
    expect(Resources.empty.toJSON()).toEqual([]);
    expect([Resources.empty.isEmpty, Resources.empty.size]).toEqual([true, 0]);
    expect(parse('').isEmpty).toBe(true);
  });

  test('what another implementation made is refused', () => {
    const stranger: Resources = Object.create(null);
    expect(() => Resources.empty.plus(stranger)).toThrow(InvalidArgument);
  });

  test('amounts are read in the units of Mesos', () => {
    const some = parse('cpus:1.5;cpus(r):1;mem:512;disk:100;gpus:2;ports:[5-6];ports(r):[1-2, 7-8]');
    expect([some.cpus, some.memMb, some.diskMb, some.gpus]).toEqual([2.5, 512, 100, 2]);
    expect(some.scalarMilli('cpus')).toBe(2500);
    expect(some.scalarMilli('nothing')).toBe(0);
    expect(some.ports).toEqual([1, 2, 5, 8]);
    expect(parse('cpus:1').ports).toEqual([]);
    expect(some.names()).toEqual(['cpus', 'mem', 'disk', 'gpus', 'ports']);
  });

  test('count() is 1 for what is there exactly so, the number of copies for shared, else 0', () => {
    const some = Resources.of(SHARED, SHARED, MOUNT).plus(parse('cpus:2'));
    const [cpus] = parse('cpus:2');
    const [less] = parse('cpus:1');
    expect([cpus, less, SHARED, MOUNT, VOLUME].map((r) => r && some.count(r))).toEqual([1, 0, 2, 1, 0]);
    expect(some.count({ ...MOUNT, value: { type: 'SCALAR', milli: 0 } })).toBe(0);
  });

  test('exclusive disks and volumes stand for themselves', () => {
    const two = Resources.of(MOUNT, MOUNT, VOLUME);
    expect(two.size).toBe(3);
    expect(two.contains(Resources.of(MOUNT, MOUNT))).toBe(true);
    expect(Resources.of(MOUNT).contains(two)).toBe(false);
    expect(Resources.of(MOUNT).equals(Resources.of(MOUNT, MOUNT))).toBe(false);
    expect(two.minus(Resources.of(MOUNT)).size).toBe(2);
    expect(two.contains(Resources.of({ ...MOUNT, value: { type: 'SCALAR', milli: 5_000 } }))).toBe(false);
  });

  test('shared copies are counted, and weigh once', () => {
    const two = Resources.of(SHARED, SHARED);
    expect([two.size, two.diskMb, two.quantities().get('disk')]).toEqual([1, 64, 64_000]);
    expect(two.toString()).toBe('disk(reservations: [(STATIC,r)])[v1:data]<SHARED>:64<2>');
    expect(two.toJSON()).toHaveLength(2);
    expect(Resources.of(SHARED).contains(two)).toBe(false);
    expect(two.minus(Resources.of(SHARED)).equals(Resources.of(SHARED))).toBe(true);
  });

  test('an entry of a shared volume is one copy, however many there are', () => {
    const [entry] = Resources.of(SHARED, SHARED, SHARED);
    expect(entry && Resources.of(entry).count(SHARED)).toBe(1);
    expect(Resources.of(SHARED, SHARED, SHARED).find(Resources.of(SHARED))?.count(SHARED)).toBe(1);
  });

  test('of disks those with a source divide or stand alone by its type', () => {
    const divides = (source: DiskSource): boolean => {
      const [whole, part] = [2000, 1000].map((milli) => Resources.of(disk(milli, { disk: { source } })));
      return whole !== undefined && part !== undefined && whole.contains(part) && part.plus(part).equals(whole);
    };
    expect(divides({ type: 'PATH', root: '/p', id: 'x' })).toBe(true);
    expect(divides({ type: 'RAW', profile: 'fast' })).toBe(true);
    expect(divides({ type: 'RAW', id: 'x' })).toBe(false);
    expect(divides({ type: 'MOUNT' })).toBe(false);
    expect(divides({ type: 'BLOCK' })).toBe(false);
  });

  test('labels are written in the order they came in, which makes no other kind', () => {
    const labelled = (keys: readonly string[]): Resources => {
      const labels = keys.map((key) => ({ key }));
      return parse('cpus:1').pushReservation({ type: 'DYNAMIC', role: 'r', labels });
    };
    expect(labelled(['a', 'b']).toString()).toBe('cpus(reservations: [(DYNAMIC,r,{a, b})]):1');
    expect(labelled(['b', 'a']).toString()).toBe('cpus(reservations: [(DYNAMIC,r,{b, a})]):1');
    expect(labelled(['b', 'a']).equals(labelled(['a', 'b']))).toBe(true);
    expect(labelled(['a', 'a']).equals(labelled(['a']))).toBe(false);
  });

  test('how a task sees a disk, and who created a volume, are no part of its kind', () => {
    const seen = { ...VOLUME, disk: { persistence: { id: 'v1', principal: 'p' } } };
    expect(Resources.of(VOLUME).equals(Resources.of(seen))).toBe(true);
    expect(Resources.of(VOLUME).equals(Resources.of({ ...VOLUME, disk: { persistence: { id: 'v2' } } }))).toBe(false);
    expect(parse('disk:1').equals(Resources.of(disk(1000, { disk: {} })))).toBe(false);
  });

  test('each part of the metadata makes another kind', () => {
    const base = disk(1000, { disk: {}, reservations: [{ type: 'DYNAMIC', role: 'a' }] });
    const others: readonly Resource[] = [
      { ...base, reservations: [] },
      { ...base, reservations: [{ type: 'STATIC', role: 'a' }] },
      { ...base, reservations: [{ type: 'DYNAMIC', role: 'b' }] },
      { ...base, reservations: [{ type: 'DYNAMIC', role: 'a', principal: '' }] },
      { ...base, reservations: [{ type: 'DYNAMIC', role: 'a', labels: [] }] },
      { ...base, reservations: [{ type: 'DYNAMIC', role: 'a', labels: [{ key: 'k' }] }] },
      { ...base, reservations: [{ type: 'DYNAMIC', role: 'a', labels: [{ key: 'k', value: '' }] }] },
      { ...base, disk: { source: { type: 'PATH' } } },
      { ...base, disk: { source: { type: 'PATH', root: '/x' } } },
      { ...base, disk: { source: { type: 'PATH', id: '/x' } } },
      { ...base, disk: { source: { type: 'PATH', vendor: '/x' } } },
      { ...base, disk: { source: { type: 'PATH', profile: '/x' } } },
      { ...base, disk: { source: { type: 'PATH', metadata: [] } } },
      { ...base, disk: { persistence: { id: 'v' } } },
      { ...base, disk: { persistence: { id: 'v' } }, shared: true },
      { ...base, revocable: true },
      { ...base, providerId: 'x' },
      { ...base, allocatedTo: 'a' },
      { ...base, allocatedTo: 'b' },
    ];
    const all = Resources.of(base, ...others);
    expect(all.size).toBe(others.length + 1);
    for (const other of others) expect(Resources.of(base).contains(Resources.of(other))).toBe(false);
  });

  test('of() refuses a scalar that is too large to be exact', () => {
    const scalar = (milli: number) => ({ name: 'mem', value: { type: 'SCALAR', milli }, reservations: [] }) as const;
    expect(Resources.of(scalar(2 ** 53 - 1)).scalarMilli('mem')).toBe(2 ** 53 - 1);
    expect(() => Resources.of(scalar(1), scalar(2 ** 53))).toThrow(
      'resources[1]: Invalid scalar resource: expected 0 to 9007199254740.991',
    );
  });

  test('of() leaves out what is invalid or empty, and keeps no hold of what it was given', () => {
    const bounds = [5, 6];
    const ports: Resource = { name: 'ports', value: { type: 'RANGES', bounds }, reservations: [] };
    const some = Resources.of(ports, disk(-1, {}), disk(0, {}), { ...ports, name: '' });
    bounds.push(1, 2);
    expect(some.toString()).toBe('ports:[5-6]');
  });

  test('entries are frozen all the way down', () => {
    const [entry] = Resources.of({ ...VOLUME, reservations: [{ type: 'STATIC', role: 'r', labels: [{ key: 'k' }] }] });
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      expect(Object.isFrozen(value)).toBe(true);
      for (const part of Object.values(value)) walk(part);
    };
    walk(entry);
    for (const { value } of parse('ports:[1-2];zones:{a}')) walk(value);
  });

  test('shared volumes of one kind and two sizes are counted apart behind an index', () => {
    const sized = (milli: number): Resource => ({ ...SHARED, value: { type: 'SCALAR', milli } });
    const plain = Array.from({ length: 200 }, (_, i) =>
      disk(1000, { reservations: [{ type: 'STATIC', role: `r${i}` }] }),
    );
    const some = Resources.of(...plain, ...plain.toReversed(), sized(1000), sized(2000), sized(1000), sized(2000));
    expect([some.size, some.count(sized(1000)), some.count(sized(2000))]).toEqual([202, 2, 2]);
  });

  test('to immer a collection is an opaque leaf', () => {
    const record = { some: parse('cpus:1'), other: parse('mem:1'), count: 1 };
    const next = produce(record, (draft) => {
      draft.count += 1;
      draft.some = castDraft(record.some.plus(record.other));
    });
    expect(next.other).toBe(record.other);
    expect(next.some.toString()).toBe('cpus:1; mem:1');
  });

  test('toEqual() of a test sees the difference between two collections', () => {
    expect(parse('cpus:1;mem:1')).toEqual(parse('cpus:1;mem:1'));
    expect(parse('cpus:1')).not.toEqual(parse('cpus:2'));
    expect(parse('cpus:1').quantities()).not.toEqual(parse('cpus:2').quantities());
    expect(ResourceLimits.parse('cpus:1')).not.toEqual(ResourceLimits.parse('cpus:2'));
  });

  test('sum() adds up any number', () => {
    expect(Resources.sum([]).isEmpty).toBe(true);
    const all = ['cpus:1', '', 'mem:2;cpus:1', 'cpus:0.5'].map(parse);
    expect(Resources.sum(all).toString()).toBe('cpus:2.5; mem:2');
    expect(all[0]?.toString()).toBe('cpus:1');
  });

  test('many kinds in another order are found as well', () => {
    const kinds = Array.from({ length: 300 }, (_, i) => parse(`cpus(r${i}):${i + 1};mem(r${i}):1`));
    const one = Resources.sum(kinds);
    const other = Resources.sum(kinds.toReversed());
    expect(one.size).toBe(600);
    expect(one.equals(other)).toBe(true);
    expect(one.plus(other).size).toBe(600);
    expect(one.plus(other).cpus).toBe(300 * 301);
    expect(one.minus(other).isEmpty).toBe(true);
    expect(one.contains(other.plus(parse('cpus(r7):0.001')))).toBe(false);
    expect(Resources.of(...one, ...other).equals(one.plus(other))).toBe(true);
  });

  test('many exclusive disks are told apart by size, and new kinds are found again, behind an index', () => {
    const mounts = Array.from({ length: 200 }, (_, i) => ({
      ...MOUNT,
      value: { type: 'SCALAR', milli: (i + 1) * 1000 } as const,
    }));
    const plain = Array.from({ length: 200 }, (_, i) =>
      disk(1000, { reservations: [{ type: 'STATIC', role: `r${i}` }] }),
    );
    const one = Resources.of(...mounts, ...plain);
    const other = Resources.of(...plain.toReversed(), ...mounts.toReversed());
    expect(one.equals(other)).toBe(true);
    expect(one.minus(other).isEmpty).toBe(true);
    expect(Resources.of(...mounts, ...plain.toReversed(), ...plain).size).toBe(400);
    expect(one.contains(other.plus(Resources.of(MOUNT)))).toBe(false);
  });
});

describe('Resources, reservations and allocations', () => {
  test('allocate() and unallocate() mark and unmark, and merge what becomes the same', () => {
    const some = parse('cpus:1').allocate('a').plus(parse('cpus:2').allocate('b')).plus(parse('mem:1'));
    expect(some.toString()).toBe('cpus(allocated: a):1; cpus(allocated: b):2; mem:1');
    expect(some.unallocate().toString()).toBe('cpus:3; mem:1');
    expect(some.allocate('c').toString()).toBe('cpus(allocated: c):3; mem(allocated: c):1');
    expect([...some.allocations().keys()]).toEqual(['a', 'b']);
    const plain = parse('cpus:1');
    expect(plain.unallocate()).toBe(plain);
  });

  test('pushReservation() refuses what would be no valid stack', () => {
    const push = (text: string, type: 'STATIC' | 'DYNAMIC', role: string) => () =>
      parse(text).pushReservation({ type, role });
    expect(push('cpus(a):1', 'DYNAMIC', 'a/b')().toString()).toBe('cpus(reservations: [(STATIC,a),(DYNAMIC,a/b)]):1');
    expect(push('cpus(a):1', 'STATIC', 'a/b')).toThrow('A refined reservation cannot be STATIC');
    expect(push('cpus(a):1', 'DYNAMIC', 'ab')).toThrow("role 'ab' is not a refinement of 'a'");
    expect(push('cpus:1', 'DYNAMIC', '*')).toThrow('role "*" cannot be reserved');
    expect(push('cpus:1', 'DYNAMIC', 'a//b')).toThrow(InvalidArgument);
  });

  test('popReservation() refuses what is unreserved', () => {
    expect(parse('cpus(a):1').popReservation().toString()).toBe('cpus:1');
    expect(() => parse('cpus(a):1;mem:1').popReservation()).toThrow('expected reserved resources, got mem:1');
  });

  test('allocatableTo() goes down from ancestors, not to namesakes', () => {
    const some = parse('cpus:1;cpus(a):2;cpus(a/b):4;cpus(ab):8');
    expect(['*', 'a', 'a/b', 'a/b/c', 'ab'].map((role) => some.allocatableTo(role).cpus)).toEqual([1, 3, 7, 7, 9]);
  });

  test('toUnreserved() merges what is left of the stacks', () => {
    expect(parse('cpus:1;cpus(a):2;ports(a):[1-2];ports(b):[2-3]').toUnreserved().toString()).toBe(
      'cpus:3; ports:[1-3]',
    );
  });

  test('reservations() groups by the innermost role', () => {
    const some = parse('cpus:1;cpus(a):2;mem(a):1').plus(
      parse('cpus(a):4').pushReservation({ type: 'DYNAMIC', role: 'a/b' }),
    );
    expect([...some.reservations()].map(([role, group]) => [role, group.cpus])).toEqual([
      ['a', 2],
      ['a/b', 4],
    ]);
  });
});

describe('Resources, operations', () => {
  const reserved = parse('cpus:1').pushReservation({ type: 'DYNAMIC', role: 'r', principal: 'p' });

  test('RESERVE and UNRESERVE move between a stack and one entry less', () => {
    const after = parse('cpus:2').apply({ type: 'RESERVE', resources: reserved });
    expect(after.toString()).toBe('cpus:1; cpus(reservations: [(DYNAMIC,r,p)]):1');
    expect(after.apply({ type: 'UNRESERVE', resources: reserved }).toString()).toBe('cpus:2');
  });

  test('CREATE and DESTROY move between a disk and a volume', () => {
    const after = parse('disk(r):100').apply({ type: 'CREATE', resources: Resources.of(VOLUME) });
    expect(after.toString()).toBe('disk(reservations: [(STATIC,r)]):36; disk(reservations: [(STATIC,r)])[v1:data]:64');
    expect(after.apply({ type: 'DESTROY', resources: Resources.of(VOLUME) }).toString()).toBe(
      'disk(reservations: [(STATIC,r)]):100',
    );
  });

  test('CREATE keeps the source of the disk', () => {
    const source = { type: 'MOUNT', root: '/m' } as const;
    const volume = disk(10_000, { disk: { source, persistence: { id: 'v' } } });
    const after = Resources.of(MOUNT).apply({ type: 'CREATE', resources: Resources.of(volume) });
    expect(after.toString()).toBe('disk[MOUNT:/m,v]:10');
    expect(after.apply({ type: 'DESTROY', resources: after }).equals(Resources.of(MOUNT))).toBe(true);
  });

  test('DESTROY of a shared volume fails while another copy remains', () => {
    const two = Resources.of(SHARED, SHARED);
    expect(() => two.apply({ type: 'DESTROY', resources: Resources.of(SHARED) })).toThrow('no other copy');
    expect(two.apply({ type: 'DESTROY', resources: two }).toString()).toBe('disk(reservations: [(STATIC,r)]):64');
  });

  test('what cannot be applied is refused with what was expected', () => {
    const apply = (type: 'RESERVE' | 'UNRESERVE' | 'CREATE' | 'DESTROY', resources: Resources) => () =>
      parse('cpus:0.5;disk:1').apply({ type, resources });
    expect(apply('RESERVE', reserved)).toThrow('Expected cpus:0.5; disk:1 to contain cpus:1');
    expect(apply('RESERVE', parse('cpus:0.5'))).toThrow('RESERVE: expected reserved resources, got cpus:0.5');
    expect(apply('UNRESERVE', parse('cpus:0.5'))).toThrow('UNRESERVE: expected reserved resources');
    expect(apply('CREATE', parse('disk:1'))).toThrow('CREATE: expected persistent volumes, got disk:1');
    expect(apply('DESTROY', Resources.of(VOLUME))).toThrow(OperationError);
  });

  test('convert() puts one thing in the place of another', () => {
    const some = parse('cpus:2;mem:1');
    const converted = some.convert({ consumed: parse('cpus:1'), converted: reserved });
    expect(converted.equals(parse('cpus:1;mem:1').plus(reserved))).toBe(true);
    expect(() => some.convert({ consumed: parse('cpus:3'), converted: reserved })).toThrow(OperationError);
  });

  test('find() looks in the role, then in what is unreserved, then elsewhere', () => {
    const pool = parse('cpus(b):5;cpus:2;cpus(a):1');
    const found = (text: string) => pool.find(parse(text))?.toString();
    expect(found('cpus(a):1')).toBe('cpus(reservations: [(STATIC,a)]):1');
    expect(found('cpus(a):2')).toBe('cpus(reservations: [(STATIC,a)]):1; cpus:1');
    expect(found('cpus:3')).toBe('cpus:2; cpus(reservations: [(STATIC,b)]):1');
    expect(found('cpus:8')).toBe('cpus:2; cpus(reservations: [(STATIC,b)]):5; cpus(reservations: [(STATIC,a)]):1');
    expect(found('cpus:8.001')).toBeUndefined();
    expect(found('cpus:1;mem:1')).toBeUndefined();
  });

  test('find() gives parts of ranges, and nothing twice', () => {
    const pool = parse('ports:[1-4];ports(a):[6-9]');
    expect(pool.find(parse('ports:[3-4, 6-6]'))?.toString()).toBe(
      'ports:[3-4]; ports(reservations: [(STATIC,a)]):[6-6]',
    );
    expect(pool.find(parse('ports:[5-5]'))).toBeUndefined();
    expect(parse('cpus:3').find(parse('cpus:2;cpus(a):2'))).toBeUndefined();
  });
});

describe('Resources, shrinking', () => {
  test('shrinkToQuantities() serves entries in order, and drops names that are absent', () => {
    const some = parse('cpus(a):2;cpus:3;mem:5');
    expect(some.shrinkToQuantities(Quantities.parse('cpus:4')).toString()).toBe(
      'cpus(reservations: [(STATIC,a)]):2; cpus:2',
    );
    expect(some.shrinkToQuantities(Quantities.empty).isEmpty).toBe(true);
    expect(some.shrinkToQuantities(Quantities.parse('cpus:9;mem:9'))).toBe(some);
  });

  test('shrinkToLimits() leaves names without limit, and drops what has limit zero', () => {
    const some = parse('cpus:2;mem:5;gpus:1');
    expect(some.shrinkToLimits(ResourceLimits.parse('cpus:1.5;gpus:0')).toString()).toBe('cpus:1.5; mem:5');
    expect(some.shrinkToLimits(ResourceLimits.empty)).toBe(some);
  });

  test('what is indivisible and does not fit is left out, and leaves room for what comes after', () => {
    const some = Resources.of(MOUNT).plus(parse('disk:4'));
    expect(some.shrinkToLimits(ResourceLimits.parse('disk:9')).toString()).toBe('disk:4');
    expect(some.shrinkToLimits(ResourceLimits.parse('disk:12')).toString()).toBe('disk[MOUNT:/m]:10; disk:2');
  });

  test('a shared volume that fits stays with all copies', () => {
    const two = Resources.of(SHARED, SHARED);
    expect(two.shrinkToQuantities(Quantities.parse('disk:64'))).toBe(two);
  });

  test('of ranges the lowest integers stay, of sets the first items', () => {
    const some = parse('ports:[1-2, 5-9];zones:{c,a,b}');
    expect(some.shrinkToQuantities(Quantities.parse('ports:4.5;zones:2')).toString()).toBe(
      'ports:[1-2, 5-6]; zones:{a, b}',
    );
    expect(some.shrinkToQuantities(Quantities.parse('ports:0.5;zones:0.5')).isEmpty).toBe(true);
  });

  test('containsQuantities() adds up entries of all kinds', () => {
    const some = parse('cpus:2;cpus(a):0.2;ports:[1-3]');
    expect(some.containsQuantities(Quantities.parse('cpus:2.2;ports:3'))).toBe(true);
    expect(some.containsQuantities(Quantities.parse('cpus:2.201'))).toBe(false);
    expect(some.containsQuantities(Quantities.parse('mem:1'))).toBe(false);
    expect(some.containsQuantities(Quantities.empty)).toBe(true);
  });
});
