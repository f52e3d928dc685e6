import { describe, expect, test } from 'vitest';
import { InvalidArgument } from '../../../src/core/index.ts';
import { parseAttributes, type Resource, Resources } from '../../../src/resources/index.ts';
import { seededRandom } from '../../../src/runtime/index.ts';
import {
  countRefusals,
  type MatchContext,
  type MatchResult,
  matchAll,
  matchOffer,
  type Refusal,
  type Requirement,
} from '../../../src/scheduler/index.ts';
import { offer } from '../../support/fake-master.ts';

const match = (requirement: Requirement, resources: string, context?: MatchContext): MatchResult =>
  matchOffer(requirement, offer('O1', { role: 'web', resources }), context);

function taken(result: MatchResult): string {
  if (!result.matched) throw new Error(result.refusals.map(({ reason }) => reason).join('; '));
  return result.resources.unallocate().toString();
}

function refusals(result: MatchResult): readonly Refusal[] {
  if (result.matched) throw new Error(`matched ${result.resources.toString()}`);
  return result.refusals;
}

const reasons = (result: MatchResult): readonly string[] => refusals(result).map(({ reason }) => reason);

const dynamic = (text: string, role: string, labels: readonly { key: string; value?: string }[] = []): Resources =>
  Resources.parse(text).pushReservation({ type: 'DYNAMIC', role, labels });

describe('scalars', () => {
  test('are cut from the offer, allocated as they are there', () => {
    const result = match(
      { cpus: 0.5, memMb: 128, gpus: 1, scalars: { licenses: 2 } },
      'cpus:4;mem:1024;gpus:1;licenses:3',
    );
    if (!result.matched) throw new Error('refused');
    expect(result.resources.equals(Resources.parse('cpus:0.5;mem:128;gpus:1;licenses:2').allocate('web'))).toBe(true);
    expect(result.remaining.equals(Resources.parse('cpus:3.5;mem:896;licenses:1').allocate('web'))).toBe(true);
  });

  test('that are lacking are all named, with what there is', () => {
    const result = match({ cpus: 8, memMb: 4096, diskMb: 10 }, 'cpus:4;mem:2048;disk:10');
    expect(refusals(result)).toEqual([
      { rule: 'resources', subject: 'cpus', reason: 'needs cpus:8, offer has cpus:4', mayChange: true },
      { rule: 'resources', subject: 'mem', reason: 'needs mem:4096, offer has mem:2048', mayChange: true },
    ]);
    expect(reasons(match({ gpus: 1 }, 'cpus:4'))).toEqual(['needs gpus:1, offer has gpus:0']);
  });

  test('are exact to a thousandth', () => {
    expect(match({ cpus: 0.3 }, 'cpus:0.3').matched).toBe(true);
    expect(match({ cpus: 0.301 }, 'cpus:0.3').matched).toBe(false);
    expect(match({ cpus: 0.1 + 0.2 }, 'cpus:0.3').matched).toBe(true);
  });

  test('of zero are no need at all', () => {
    expect(match({ gpus: 0 }, 'cpus:1').matched).toBe(true);
  });
});

describe('mayChange', () => {
  test('is true of an amount that no offer of the agent may ever hold, for one offer does not tell', () => {
    expect(refusals(match({ cpus: 16 }, 'cpus:2'))).toEqual([
      { rule: 'resources', subject: 'cpus', reason: 'needs cpus:16, offer has cpus:2', mayChange: true },
    ]);
  });

  test('is false of the role', () => {
    expect(refusals(match({ roles: ['ops'] }, 'cpus:2'))).toMatchObject([{ rule: 'role', mayChange: false }]);
  });
});

describe('reservations', () => {
  test('are used before what others could use, the narrowest first', () => {
    expect(taken(match({ cpus: 3 }, 'cpus:4;cpus(web):2'))).toBe('cpus(reservations: [(STATIC,web)]):2; cpus:1');
    const refined = Resources.parse('cpus:1;cpus(web):1').plus(
      Resources.parse('cpus(web):1').pushReservation({ type: 'DYNAMIC', role: 'web/a' }),
    );
    const result = matchOffer({ cpus: 2 }, { ...offer('O1'), resources: refined });
    if (!result.matched) throw new Error('refused');
    expect([...result.resources].map(({ reservations }) => reservations.length)).toEqual([2, 1]);
  });

  test('can be demanded or shunned, and the reason says so', () => {
    expect(taken(match({ cpus: 2, reserved: 'only' }, 'cpus:4;cpus(web):2'))).toBe(
      'cpus(reservations: [(STATIC,web)]):2',
    );
    expect(taken(match({ cpus: 3, reserved: 'never' }, 'cpus:4;cpus(web):2'))).toBe('cpus:3');
    expect(reasons(match({ cpus: 3, reserved: 'only' }, 'cpus:4;cpus(web):2'))).toEqual([
      'needs cpus:3, offer has cpus:2 that it may use, of cpus:6',
    ]);
    expect(reasons(match({ cpus: 5, reserved: 'never' }, 'cpus:4;cpus(web):2'))).toEqual([
      'needs cpus:5, offer has cpus:4 that it may use, of cpus:6',
    ]);
  });

  test('can be picked by their labels', () => {
    const resources = dynamic('cpus:1', 'web', [{ key: 'for', value: 'a' }])
      .plus(dynamic('cpus:1', 'web', [{ key: 'for', value: 'b' }, { key: 'x' }]))
      .plus(dynamic('cpus:1', 'web'));
    const on = { ...offer('O1'), resources };
    const pick = (cpus: number) =>
      matchOffer({ cpus, reserved: 'only', reservationLabels: [{ key: 'for', value: 'b' }] }, on);
    const result = pick(1);
    if (!result.matched) throw new Error('refused');
    expect([...result.resources][0]?.reservations[0]?.labels).toContainEqual({ key: 'for', value: 'b' });
    expect(pick(1.001).matched).toBe(false);
  });

  test('of an offer to another role are not even looked at', () => {
    const result = matchOffer({ roles: ['a', 'b'] }, offer('O1', { role: 'c' }));
    expect(refusals(result)).toEqual([
      { rule: 'role', subject: 'c', reason: 'needs an offer to a or b, this one is to c', mayChange: false },
    ]);
    expect(matchOffer({ roles: ['a', 'c'] }, offer('O1', { role: 'c' })).matched).toBe(true);
  });
});

describe('revocable resources, shared ones, and disks', () => {
  const revocable = (text: string): Resources =>
    Resources.of(...[...Resources.parse(text)].map((entry): Resource => ({ ...entry, revocable: true })));

  test('are never mixed with others of one name', () => {
    const resources = Resources.parse('cpus:2;mem:100').plus(revocable('cpus:3'));
    const pick = (cpus: number, allowed?: boolean) =>
      matchOffer(
        { cpus, memMb: 1, ...(allowed === undefined ? {} : { revocable: allowed }) },
        { ...offer('O1'), resources },
      );
    expect(pick(3).matched).toBe(false);
    expect(pick(2, true)).toMatchObject({ matched: true });
    const result = pick(3, true);
    if (!result.matched) throw new Error('refused');
    expect([...result.resources].map(({ name, revocable: is }) => [name, is ?? false])).toEqual([
      ['cpus', true],
      ['mem', false],
    ]);
    expect(reasons(pick(4, true))).toEqual(['needs cpus:4, offer has cpus:3 that it may use, of cpus:5']);
    const less = { ...offer('O1'), resources: Resources.parse('cpus:2').plus(revocable('cpus:1')) };
    expect(reasons(matchOffer({ cpus: 3, revocable: true }, less))).toEqual([
      'needs cpus:3, offer has cpus:2 that it may use, of cpus:3',
    ]);
  });

  const volume = (id: string, milli: number): Resource => ({
    name: 'disk',
    value: { type: 'SCALAR', milli },
    reservations: [{ type: 'DYNAMIC', role: 'web' }],
    disk: { persistence: { id }, volume: { containerPath: 'data', mode: 'RW' } },
  });

  test('a disk of its own is no plain disk, either', () => {
    const mount: Resource = {
      name: 'disk',
      value: { type: 'SCALAR', milli: 9_000 },
      reservations: [],
      disk: { source: { type: 'MOUNT', root: '/mnt' } },
    };
    const on = { ...offer('O1'), resources: Resources.parse('disk:5').plus(Resources.of(mount)) };
    expect(matchOffer({ diskMb: 5 }, on).matched).toBe(true);
    expect(reasons(matchOffer({ diskMb: 6 }, on))).toEqual([
      'needs disk:6, offer has disk:5 that it may use, of disk:14',
    ]);
  });

  test('a volume is taken whole, by its id, and is no plain disk', () => {
    const resources = Resources.parse('disk:5').plus(Resources.of(volume('v1', 7_000), volume('v2', 8_000)));
    const on = { ...offer('O1'), resources };
    const result = matchOffer({ volumes: ['v2'], diskMb: 5 }, on);
    if (!result.matched) throw new Error('refused');
    expect(result.resources.equals(Resources.parse('disk:5').plus(Resources.of(volume('v2', 8_000))))).toBe(true);
    expect(refusals(matchOffer({ volumes: ['v3'], diskMb: 6 }, on))).toEqual([
      { rule: 'volumes', subject: 'v3', reason: 'needs volume v3, offer does not have it', mayChange: true },
      {
        rule: 'resources',
        subject: 'disk',
        reason: 'needs disk:6, offer has disk:5 that it may use, of disk:20',
        mayChange: true,
      },
    ]);
  });
});

describe('ports', () => {
  const ports = (requirement: Requirement, resources: string, context?: MatchContext): readonly number[] => {
    const result = match(requirement, resources, context);
    if (!result.matched) throw new Error(reasons(result).join('; '));
    return result.ports;
  };

  test('are named in the order of the requirement', () => {
    const requirement: Requirement = { ports: ['any', 31_002, { begin: 31_000, end: 31_001 }, 'any'] };
    expect(ports(requirement, 'ports:[31000-31005]')).toEqual([31_001, 31_002, 31_000, 31_003]);
    expect(taken(match(requirement, 'ports:[31000-31005]'))).toBe('ports:[31000-31003]');
  });

  test('are found whenever there are enough, however ranges overlap', () => {
    const narrow: Requirement = {
      ports: [
        { begin: 1, end: 3 },
        { begin: 1, end: 1 },
        { begin: 1, end: 2 },
      ],
    };
    expect(ports(narrow, 'ports:[1-3]')).toEqual([3, 1, 2]);
    const apart: Requirement = {
      ports: [
        { begin: 1, end: 5 },
        { begin: 5, end: 6 },
      ],
    };
    expect(ports(apart, 'ports:[2-2];ports(web):[5-5]')).toEqual([2, 5]);
  });

  test('come from reserved entries first', () => {
    expect(taken(match({ ports: ['any', 'any'] }, 'ports:[1-3];ports(web):[7-7]'))).toBe(
      'ports(reservations: [(STATIC,web)]):[7-7]; ports:[1-1]',
    );
    expect(ports({ ports: [{ begin: 1, end: 9 }, 'any'] }, 'ports:[1-3];ports(web):[7-8]')).toEqual([7, 8]);
  });

  test('that are lacking are named, with what there is', () => {
    const result = match({ ports: [80, 'any', { begin: 90, end: 99 }] }, 'ports:[1-2,4-5,7-8,10-11,13-14]');
    expect(refusals(result)).toEqual([
      {
        rule: 'ports',
        subject: '80',
        reason: 'needs port 80, offer has ports:[1-2,4-5,7-8,10-11,…]',
        mayChange: true,
      },
      {
        rule: 'ports',
        subject: '90-99',
        reason: 'needs a port of 90-99, offer has ports:[1-2,4-5,7-8,10-11,…]',
        mayChange: true,
      },
    ]);
    expect(reasons(match({ ports: ['any'] }, 'cpus:1'))).toEqual(['needs one more port, offer has ports:[]']);
  });

  test('are drawn by chance if the requirement says so, each equally likely', () => {
    const random = seededRandom(3);
    const requirement: Requirement = { ports: ['any'], portChoice: 'random' };
    const seen = new Map<number, number>();
    for (let draw = 0; draw < 400; draw++) {
      const [port = -1] = ports(requirement, 'ports:[10-11,20-21]', { random });
      seen.set(port, (seen.get(port) ?? 0) + 1);
    }
    expect([...seen.keys()].sort((a, b) => a - b)).toEqual([10, 11, 20, 21]);
    for (const count of seen.values()) expect(count).toBeGreaterThan(60);
    expect(() => match(requirement, 'ports:[1-2]')).toThrow(
      new InvalidArgument('context.random', 'expected a Random for ports chosen at random, got none'),
    );
  });
});

describe('a requirement that is wrong', () => {
  test.for<readonly [Requirement, string]>([
    [{ cpus: -1 }, 'cpus'],
    [{ cpus: Number.NaN }, 'cpus'],
    [{ memMb: 0.0001 }, 'memMb'],
    [{ diskMb: Number.POSITIVE_INFINITY }, 'diskMb'],
    [{ gpus: 0.5 }, 'gpus'],
    [{ scalars: { x: -1 } }, 'scalars.x'],
    [{ cpus: 1, scalars: { cpus: 1 } }, 'scalars.cpus'],
    [{ ports: [80, 'any', 80] }, 'ports[2]'],
    [{ ports: [70_000] }, 'ports[0]'],
    [{ ports: [{ begin: 5, end: 4 }] }, 'ports[0]'],
    [{ volumes: ['v', 'w', 'v'] }, 'volumes[2]'],
    [{ constraints: [{ type: 'like', field: 'rack', pattern: '(' }] }, 'constraints[0].pattern'],
    [{ constraints: [{ type: 'like', field: 'rack', pattern: 'a)|(b' }] }, 'constraints[0].pattern'],
    [{ constraints: [{ type: 'unlike', field: 'rack', pattern: 'a'.repeat(257) }] }, 'constraints[0].pattern'],
    [{ constraints: [{ type: 'maxPer', field: 'rack', max: 0 }] }, 'constraints[0].max'],
    [{ constraints: [{ type: 'equals', field: '', value: 'x' }] }, 'constraints[0].field'],
  ])('%o is refused, naming %s', ([requirement, field]) => {
    let caught: unknown;
    try {
      matchOffer(requirement, offer('O1'));
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(InvalidArgument);
    expect(caught).toMatchObject({ field });
  });
});

describe('a requirement of a program without types', () => {
  test.for<readonly [object | null | string, string]>([
    [null, 'requirement'],
    ['cpus:1', 'requirement'],
    [{ cpu: 1 }, 'cpu'],
    [{ mem: 10 }, 'mem'],
    [{ cpus: '1' }, 'cpus'],
    [{ scalars: 'licenses' }, 'scalars'],
    [{ ports: 80 }, 'ports'],
    [{ ports: ['some'] }, 'ports[0]'],
    [{ ports: [null] }, 'ports[0]'],
    [{ portChoice: 'highest' }, 'portChoice'],
    [{ volumes: 'v' }, 'volumes'],
    [{ roles: 'web' }, 'roles'],
    [{ reserved: 'always' }, 'reserved'],
    [{ reservationLabels: 'a' }, 'reservationLabels'],
    [{ revocable: 'yes' }, 'revocable'],
    [{ constraints: {} }, 'constraints'],
    [{ constraints: [null] }, 'constraints[0]'],
    [{ constraints: [{ type: 'equals', field: 'rack' }] }, 'constraints[0].value'],
    [{ constraints: [{ type: 'in', field: 'rack', values: 'r1' }] }, 'constraints[0].values'],
  ])('%o is refused, naming %s', ([requirement, field]) => {
    expect(() => matchOffer(requirement as never, offer('O1'))).toThrow(
      expect.objectContaining({ name: 'InvalidArgument', field }),
    );
  });

  test('so is an offer that is none, a context of unknown fields, and a list that is none', () => {
    expect(() => matchOffer({ cpus: 1 }, undefined as never)).toThrow('offer: expected an object, got undefined');
    expect(() => match({ cpus: 1 }, 'cpus:1', { place: [] } as never)).toThrow(
      'context.place: expected one of random, placed, got place (is placed meant?)',
    );
    expect(() => matchAll({ cpus: 1 } as never, offer('O1'))).toThrow('requirements: expected a list');
  });
});

describe('constraints', () => {
  const at = (attributes: string, hostname = 'host-1') =>
    offer('O1', { hostname, attributes: parseAttributes(attributes) });
  const holds = (constraint: NonNullable<Requirement['constraints']>[number], attributes: string) =>
    matchOffer({ constraints: [constraint] }, at(attributes)).matched;

  test('equals compares the text, and numbers as numbers', () => {
    expect(holds({ type: 'equals', field: 'rack', value: 'r1' }, 'rack:r1')).toBe(true);
    expect(holds({ type: 'equals', field: 'rack', value: 'r1' }, 'rack:r2')).toBe(false);
    expect(holds({ type: 'equals', field: 'rack', value: 'r1' }, 'row:r1')).toBe(false);
    expect(holds({ type: 'equals', field: 'speed', value: '1.50' }, 'speed:1.5')).toBe(true);
    expect(holds({ type: 'equals', field: 'speed', value: '1.5001' }, 'speed:1.5')).toBe(true);
    expect(holds({ type: 'equals', field: 'speed', value: '1.6' }, 'speed:1.5')).toBe(false);
    expect(holds({ type: 'equals', field: 'vlans', value: '[5-7,10-12]' }, 'vlans:[10-12,5-7]')).toBe(true);
    expect(holds({ type: 'equals', field: 'hostname', value: 'host-1' }, '')).toBe(true);
  });

  test('in takes one of several', () => {
    expect(holds({ type: 'in', field: 'rack', values: ['r1', 'r2'] }, 'rack:r2')).toBe(true);
    expect(holds({ type: 'in', field: 'rack', values: ['r1', 'r2'] }, 'rack:r3')).toBe(false);
    expect(holds({ type: 'in', field: 'rack', values: [] }, 'rack:r3')).toBe(false);
  });

  test('like and unlike look at the whole text', () => {
    expect(holds({ type: 'like', field: 'rack', pattern: 'r[12]' }, 'rack:r1')).toBe(true);
    expect(holds({ type: 'like', field: 'rack', pattern: 'r[12]' }, 'rack:r10')).toBe(false);
    expect(holds({ type: 'like', field: 'rack', pattern: 'x|r' }, 'rack:r1')).toBe(false);
    expect(holds({ type: 'unlike', field: 'rack', pattern: 'r[12]' }, 'rack:r1')).toBe(false);
    expect(holds({ type: 'unlike', field: 'rack', pattern: 'r[12]' }, 'rack:r10')).toBe(true);
    expect(holds({ type: 'like', field: 'rack', pattern: '.*' }, 'row:r1')).toBe(false);
    expect(holds({ type: 'unlike', field: 'rack', pattern: '.*' }, 'row:r1')).toBe(true);
  });

  test('like does not try texts that are too long', () => {
    const long = `rack:${'a'.repeat(257)}`;
    expect(holds({ type: 'like', field: 'rack', pattern: 'a*' }, long)).toBe(false);
    expect(holds({ type: 'unlike', field: 'rack', pattern: 'b*' }, long)).toBe(false);
  });

  test('maxPer counts the tasks that are placed where the field is the same', () => {
    const placed = [at('rack:r1', 'h1'), at('rack:r1', 'h2'), at('rack:r2', 'h3')];
    const fits = (field: string, max: number, attributes: string, hostname: string) =>
      matchOffer({ constraints: [{ type: 'maxPer', field, max }] }, at(attributes, hostname), { placed }).matched;
    expect(fits('rack', 2, 'rack:r1', 'h9')).toBe(false);
    expect(fits('rack', 3, 'rack:r1', 'h9')).toBe(true);
    expect(fits('rack', 2, 'rack:r2', 'h9')).toBe(true);
    expect(fits('hostname', 1, '', 'h1')).toBe(false);
    expect(fits('hostname', 1, '', 'h4')).toBe(true);
    expect(fits('rack', 1, '', 'h4')).toBe(false);
  });

  test('say what was needed and what the agent is, and whether waiting helps', () => {
    const on = at('rack:r3', 'h1');
    const requirement: Requirement = {
      constraints: [
        { type: 'equals', field: 'rack', value: 'r1' },
        { type: 'in', field: 'rack', values: ['r1', 'r2'] },
        { type: 'like', field: 'os', pattern: 'linux.*' },
        { type: 'unlike', field: 'rack', pattern: 'r.' },
        { type: 'maxPer', field: 'hostname', max: 1 },
      ],
    };
    expect(
      refusals(matchOffer(requirement, on, { placed: [on] })).map(({ reason, mayChange }) => [reason, mayChange]),
    ).toEqual([
      ['needs rack to be "r1", agent has "r3"', false],
      ['needs rack to be one of "r1", "r2", agent has "r3"', false],
      ['needs os like linux.*, agent has no os', false],
      ['needs rack unlike r., agent has "r3"', false],
      ['needs fewer than 1 on the same hostname, h1 has 1', true],
    ]);
  });
});

describe('matchAll()', () => {
  test('packs tasks one after another, and skips what does not fit', () => {
    const { results, remaining } = matchAll(
      [{ cpus: 2 }, { cpus: 3 }, { cpus: 1, ports: ['any'] }, { cpus: 1, ports: ['any'] }, { cpus: 0.001 }],
      offer('O1', { resources: 'cpus:4;ports:[1-2]' }),
    );
    expect(results.map(({ matched }) => matched)).toEqual([true, false, true, true, false]);
    expect(results.flatMap((result) => (result.matched ? result.ports : []))).toEqual([1, 2]);
    expect(remaining.isEmpty).toBe(true);
  });

  test('counts what it has placed itself', () => {
    const once: Requirement = { cpus: 1, constraints: [{ type: 'maxPer', field: 'hostname', max: 1 }] };
    const { results } = matchAll([once, once], offer('O1'));
    expect(results.map(({ matched }) => matched)).toEqual([true, false]);
  });
});

describe('countRefusals()', () => {
  test('sums by rule and subject, the most frequent first', () => {
    const all = [
      ...refusals(match({ cpus: 8, memMb: 1 }, 'cpus:4')),
      ...refusals(match({ cpus: 8 }, 'cpus:5')),
      ...refusals(match({ cpus: 1, ports: [80] }, 'cpus:2')),
    ];
    expect(countRefusals(all)).toEqual([
      { rule: 'resources', subject: 'cpus', count: 2, mayChange: true, example: 'needs cpus:8, offer has cpus:5' },
      { rule: 'resources', subject: 'mem', count: 1, mayChange: true, example: 'needs mem:1, offer has mem:0' },
      { rule: 'ports', subject: '80', count: 1, mayChange: true, example: 'needs port 80, offer has ports:[]' },
    ]);
    const refusal = (mayChange: boolean): Refusal => ({ rule: 'constraints', subject: 'x', reason: 'r', mayChange });
    expect(countRefusals([refusal(true), refusal(false)])).toMatchObject([{ count: 2, mayChange: true }]);
    expect(countRefusals([refusal(false), refusal(false)])).toMatchObject([{ count: 2, mayChange: false }]);
    expect(countRefusals([])).toEqual([]);
  });
});
