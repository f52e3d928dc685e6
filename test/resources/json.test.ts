import { describe, expect, test } from 'vitest';
import { InvalidArgument } from '../../src/core/index.ts';
import { downgradeResources, type Resource, Resources } from '../../src/resources/index.ts';

const cpus = (more: object = {}): object => ({ name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, ...more });

describe('Resources.fromJSON()', () => {
  test('reads every field, and toJSON() writes it back', () => {
    const objects = [
      { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1, end: 2 }] } },
      { name: 'zones', type: 'SET', set: { item: ['a', 'b'] } },
      {
        name: 'disk',
        type: 'SCALAR',
        scalar: { value: 1.5 },
        reservations: [
          { type: 'STATIC', role: 'a' },
          {
            type: 'DYNAMIC',
            role: 'a/b',
            principal: 'p',
            labels: { labels: [{ key: 'k', value: 'v' }, { key: 'l' }] },
          },
        ],
        disk: {
          source: {
            type: 'MOUNT',
            mount: { root: '/m' },
            vendor: 'v',
            id: 'i',
            profile: 'f',
            metadata: { labels: [] },
          },
          persistence: { id: 'v1', principal: 'p' },
          volume: { container_path: 'data', host_path: '/h', mode: 'RO' },
        },
        shared: {},
        provider_id: { value: 'x' },
        allocation_info: { role: 'a/b' },
      },
      { ...cpus(), revocable: {} },
    ];
    expect(Resources.fromJSON(objects).toJSON()).toEqual(objects);
  });

  test('the older form of reservations is read as the newer', () => {
    const read = (more: object) => Resources.fromJSON([cpus(more)]).toString();
    expect(read({ role: '*' })).toBe('cpus:1');
    expect(read({ role: 'r' })).toBe('cpus(reservations: [(STATIC,r)]):1');
    expect(read({ role: 'r', reservation: { principal: 'p', labels: { labels: [{ key: 'k' }] } } })).toBe(
      'cpus(reservations: [(DYNAMIC,r,p,{k})]):1',
    );
    expect(read({ role: 'r', reservation: {}, reservations: [{ type: 'DYNAMIC', role: 'r' }] })).toBe(
      'cpus(reservations: [(DYNAMIC,r)]):1',
    );
    expect(read({ role: null, reservation: null, reservations: [] })).toBe('cpus:1');
  });

  test('integers may come as digits, as in the JSON of protobuf', () => {
    const ports = { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: '1', end: '2' }] } };
    expect(Resources.fromJSON([ports]).ports).toEqual([1, 2]);
  });

  test('what is empty is left out', () => {
    const objects = [
      cpus({ scalar: { value: 0 } }),
      { name: 'ports', type: 'RANGES', ranges: {} },
      { name: 's', type: 'SET', set: {} },
    ];
    expect(Resources.fromJSON(objects).isEmpty).toBe(true);
  });

  test.for<[object: unknown, message: string]>([
    [7, 'resources[1]: expected an object, got 7'],
    [[], 'resources[1]: expected an object, got an array'],
    [{ type: 'SCALAR' }, 'resources[1].name: expected a string, got nothing'],
    [cpus({ name: '' }), 'resources[1]: Empty resource name'],
    [cpus({ type: 'FLOAT' }), 'resources[1].type: expected one of SCALAR, RANGES, SET, got "FLOAT"'],
    [cpus({ scalar: undefined }), 'resources[1].scalar: expected an object, got nothing'],
    [cpus({ scalar: { value: 'x' } }), 'resources[1].scalar.value: expected a number, got "x"'],
    [
      cpus({ scalar: { value: -0.1 } }),
      'resources[1].scalar.value: expected a number from 0 to 9007199254740.991, got -0.1',
    ],
    [cpus({ scalar: { value: -0.0001 } }), 'resources[1].scalar.value: expected a number from 0'],
    [cpus({ scalar: { value: Number.NaN } }), 'got NaN'],
    [cpus({ scalar: { value: 1e13 } }), 'got 10000000000000'],
    [cpus({ scalar: { value: 0.0004 } }), 'expected 0, or a number that is not less than 0.0005, got 0.0004'],
    [cpus({ ranges: {} }), 'resources[1].ranges: expected nothing in a resource of type SCALAR, got an object'],
    [
      { name: 'p', type: 'RANGES', ranges: { range: {} } },
      'resources[1].ranges.range: expected an array, got an object',
    ],
    [
      { name: 'p', type: 'RANGES', ranges: { range: [{ begin: 1.5, end: 2 }] } },
      'resources[1].ranges.range[0].begin: expected an integer',
    ],
    [
      { name: 'p', type: 'RANGES', ranges: { range: [{ begin: 2, end: 1 }] } },
      'range[0].end: expected an end of 2 or more, got 1',
    ],
    [
      { name: 'p', type: 'RANGES', ranges: { range: [{ begin: 1, end: '18446744073709551615' }] } },
      'expected an integer from 0 to 9007199254740991',
    ],
    [
      {
        name: 'p',
        type: 'RANGES',
        ranges: {
          range: [
            { begin: 1, end: 5 },
            { begin: 5, end: 9 },
          ],
        },
      },
      'overlapping ranges',
    ],
    [{ name: 's', type: 'SET', set: { item: ['a', 1] } }, 'resources[1].set.item[1]: expected a string, got 1'],
    [{ name: 's', type: 'SET', set: { item: ['a', 'a'] } }, 'duplicated elements'],
    [cpus({ role: 'a//b' }), 'two adjacent slashes'],
    [cpus({ role: 1 }), 'resources[1].role: expected a string, got 1'],
    [cpus({ reservation: {} }), 'the role is "*"'],
    [cpus({ role: 'r', reservation: { type: 'DYNAMIC' } }), 'resources[1].reservation.type: expected no type'],
    [cpus({ role: 'r', reservation: { role: 'r' } }), 'resources[1].reservation.role: expected no role'],
    [
      cpus({ reservations: [{ role: 'r' }] }),
      'resources[1].reservations[0].type: expected one of STATIC, DYNAMIC, got nothing',
    ],
    [cpus({ reservations: [{ type: 'STATIC' }] }), 'resources[1].reservations[0].role: expected a string'],
    [cpus({ reservations: [{ type: 'STATIC', role: '*' }] }), 'role "*" cannot be reserved'],
    [
      cpus({ role: 's', reservations: [{ type: 'STATIC', role: 'r' }] }),
      'resources[1].role: expected the role of the reservation, r, got "s"',
    ],
    [
      cpus({ role: 'r', reservations: [{ type: 'DYNAMIC', role: 'r' }] }),
      'resources[1].role: expected nothing without',
    ],
    [
      cpus({ reservation: {}, reservations: [{ type: 'DYNAMIC', role: 'r' }] }),
      'resources[1].reservation: expected nothing without a role',
    ],
    [
      cpus({ role: 'r', reservation: {}, reservations: [{ type: 'STATIC', role: 'r' }] }),
      'expected nothing beside a static reservation',
    ],
    [
      cpus({
        role: 'r',
        reservation: { principal: 'q' },
        reservations: [{ type: 'DYNAMIC', role: 'r', principal: 'p' }],
      }),
      'expected principal and labels of the reservation',
    ],
    [
      cpus({ role: 'r', reservation: { labels: {} }, reservations: [{ type: 'DYNAMIC', role: 'r' }] }),
      'expected principal and labels of the reservation',
    ],
    [
      cpus({
        role: 'a',
        reservations: [
          { type: 'STATIC', role: 'a' },
          { type: 'DYNAMIC', role: 'a/b' },
        ],
      }),
      'more than one reservation',
    ],
    [cpus({ disk: {} }), 'DiskInfo should not be set for cpus resource'],
    [
      cpus({ name: 'disk', disk: { source: { type: 'UNKNOWN' } } }),
      'disk.source.type: expected one of PATH, MOUNT, BLOCK, RAW',
    ],
    [
      cpus({ name: 'disk', disk: { source: { type: 'RAW', path: {} } } }),
      'disk.source.path: expected nothing in a disk source of type RAW',
    ],
    [cpus({ name: 'disk', disk: { source: { type: 'PATH', mount: {} } } }), 'disk.source.mount: expected nothing'],
    [
      cpus({ name: 'disk', disk: { volume: { mode: 'RW' } } }),
      'disk.volume.container_path: expected a string, got nothing',
    ],
    [cpus({ name: 'disk', disk: { volume: { container_path: 'c' } } }), 'disk.volume.mode: expected one of RW, RO'],
    [cpus({ name: 'disk', disk: { persistence: {} } }), 'disk.persistence.id: expected a string'],
    [cpus({ shared: {} }), 'Resource cpus cannot be shared'],
    [cpus({ name: 'disk', shared: {} }), 'Only persistent volumes can be shared'],
    [cpus({ revocable: true }), 'resources[1].revocable: expected an object, got true'],
    [cpus({ provider_id: {} }), 'resources[1].provider_id.value: expected a string'],
    [cpus({ allocation_info: {} }), 'resources[1].allocation_info.role: expected a string'],
  ])('refuses %j', ([object, message]) => {
    const read = () => Resources.fromJSON([cpus(), object]);
    expect(read).toThrow(InvalidArgument);
    expect(read).toThrow(message);
  });

  test('the name of the whole in messages may be given', () => {
    expect(() => Resources.fromJSON([1], 'offer.resources')).toThrow('offer.resources[0]: expected an object, got 1');
    const notAnArray: unknown = {};
    expect(() => Resources.fromJSON(notAnArray as readonly unknown[])).toThrow('resources: expected an array');
  });
});

describe('downgradeResources()', () => {
  test('writes the older form of reservations', () => {
    const labels = [{ key: 'k', value: 'v' }];
    const some = Resources.parse('cpus:1;cpus(r):2').plus(
      Resources.parse('mem:1').pushReservation({ type: 'DYNAMIC', role: 's', principal: 'p', labels }),
    );
    expect(downgradeResources(some)).toEqual({
      objects: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, role: '*' },
        { name: 'cpus', type: 'SCALAR', scalar: { value: 2 }, role: 'r' },
        {
          name: 'mem',
          type: 'SCALAR',
          scalar: { value: 1 },
          role: 's',
          reservation: { principal: 'p', labels: { labels } },
        },
      ],
      complete: true,
    });
  });

  test('leaves refined stacks as they are, and says so', () => {
    const refined = Resources.parse('cpus(a):1').pushReservation({ type: 'DYNAMIC', role: 'a/b' });
    const { objects, complete } = downgradeResources(refined.plus(Resources.parse('mem(a):1')));
    expect(complete).toBe(false);
    expect(objects).toEqual([...refined.toJSON(), { name: 'mem', type: 'SCALAR', scalar: { value: 1 }, role: 'a' }]);
  });
});

describe('Resources.validate()', () => {
  const scalar = (milli: number): Resource => ({ name: 'cpus', value: { type: 'SCALAR', milli }, reservations: [] });
  const ranges = (bounds: number[]): Resource => ({
    name: 'ports',
    value: { type: 'RANGES', bounds },
    reservations: [],
  });

  test('takes what is right', () => {
    expect(
      [scalar(0), scalar(1), ranges([]), ranges([5, 5, 1, 3])].filter((r) => Resources.validate(r) !== undefined),
    ).toEqual([]);
  });

  test.for<[Resource, string]>([
    [scalar(-1), 'got -1 thousandths'],
    [scalar(0.5), 'got 0.5 thousandths'],
    [scalar(2 ** 53), 'got 9007199254740992 thousandths'],
    [ranges([1]), 'expected pairs'],
    [ranges([1, 0]), 'begin > end in 1-0'],
    [ranges([-1, 0]), 'got -1'],
    [ranges([1, 3, 5, 6, 2, 2]), 'overlapping ranges'],
    [{ ...scalar(1), name: '' }, 'Empty resource name'],
    [
      { ...scalar(1), name: 'disk', disk: { source: { type: 'BLOCK', root: '/' } } },
      'Root should not be set for BLOCK disk source',
    ],
  ])('says what is wrong with %j', ([resource, message]) => {
    expect(Resources.validate(resource)).toContain(message);
  });
});

describe('Resources.scalars()', () => {
  test('makes plain amounts, in the order given', () => {
    expect(Resources.scalars({ mem: 128, cpus: 1.5, gpus: 0 }).toString()).toBe('mem:128; cpus:1.5');
  });

  test.for([[{ cpus: -1 }], [{ cpus: Number.NaN }], [{ cpus: Infinity }], [{ '': 1 }]])('refuses %j', ([amounts]) => {
    expect(() => Resources.scalars(amounts ?? {})).toThrow(InvalidArgument);
  });

  test('names the amount at fault', () => {
    expect(() => Resources.scalars({ mem: 1, cpus: -1 })).toThrow(
      'amounts.cpus: expected a number from 0 to 9007199254740.991, got -1',
    );
  });
});
