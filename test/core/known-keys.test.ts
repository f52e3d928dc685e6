import { describe, expect, test } from 'vitest';
import { InvalidArgument, type KnownKeys, refuseUnknownKeys, shown } from '../../src/core/index.ts';

interface Options {
  readonly failoverTimeoutMs?: number;
  readonly cpus?: number;
  readonly roles?: readonly string[];
}

const KEYS: KnownKeys<Options> = { failoverTimeoutMs: true, cpus: true, roles: true };

function errorOf(object: object, prefix?: string): unknown {
  try {
    refuseUnknownKeys(object, KEYS, 'options', prefix);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('refuseUnknownKeys', () => {
  test('takes an object of known keys, whether they have a value or not', () => {
    expect(errorOf({})).toBeUndefined();
    expect(errorOf({ cpus: undefined, roles: [], failoverTimeoutMs: 1 })).toBeUndefined();
  });

  test.for([
    ['failoverTimeout', 'failoverTimeoutMs'],
    ['cpu', 'cpus'],
    ['CPUs', 'cpus'],
    ['cpsu', 'cpus'],
    ['rolles', 'roles'],
  ] as const)('%s names the key, those that there are, and that %s may be meant', ([key, meant]) => {
    const error = errorOf({ [key]: 1 });
    expect(error).toBeInstanceOf(InvalidArgument);
    expect(error).toMatchObject({
      field: `options.${key}`,
      message: expect.stringContaining('expected one of failoverTimeoutMs, cpus, roles, got '),
    });
    expect(error).toMatchObject({ message: expect.stringContaining(`(is ${meant} meant?)`) });
  });

  test.for(['seconds', 'toString', '__proto', 'constructor'])('%s is like none, and none is proposed', (key) => {
    expect(errorOf({ [key]: 1 })).toMatchObject({
      field: `options.${key}`,
      message: `options.${key}: expected one of failoverTimeoutMs, cpus, roles, got ${key}`,
    });
  });

  test('an argument that has no name of its own is called by its keys', () => {
    expect(errorOf({ cpu: 1 }, '')).toMatchObject({ field: 'cpu' });
  });

  test.for([null, undefined, 5, 'text', [], () => undefined])('%s is no object', (value) => {
    expect(errorOf(value as never)).toMatchObject({
      name: 'InvalidArgument',
      field: 'options',
      message: `options: expected an object, got ${shown(value)}`,
    });
  });
});

describe('shown', () => {
  test('is short and never throws', () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    expect([5, Number.NaN, 'a', undefined, null, 1n, cycle, { a: [1] }].map(shown)).toEqual([
      '5',
      'NaN',
      '"a"',
      'undefined',
      'null',
      '1',
      'an object',
      '{"a":[1]}',
    ]);
    expect(shown('x'.repeat(1000))).toHaveLength(101);
  });
});
