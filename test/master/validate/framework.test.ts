import { describe, expect, test } from 'vitest';
import { FrameworkId } from '../../../src/core/index.ts';
import {
  validateFrameworkInfo,
  validateFrameworkUpdate,
  validateRoles,
  validateSuppressedRoles,
} from '../../../src/master/validate/index.ts';
import type { FrameworkInfo } from '../../../src/protocol/index.ts';
import { Quantities } from '../../../src/resources/index.ts';

const single: FrameworkInfo = { user: 'root', name: 'fw' };
const multi: FrameworkInfo = { ...single, roles: ['eng', 'eng/web'], capabilities: ['MULTI_ROLE'] };

/** An id that its constructor would not have made. */
const badId = 'a/b' as FrameworkId;

describe('validateFrameworkInfo()', () => {
  test.for<[what: string, info: FrameworkInfo]>([
    ['as little as there can be', single],
    ['one role', { ...single, role: 'eng' }],
    ['the role of everybody', { ...single, role: '*' }],
    ['an empty list of roles without MULTI_ROLE', { ...single, roles: [] }],
    ['several roles', multi],
    ['no role at all', { ...multi, roles: [] }],
    ['an id', { ...single, id: FrameworkId('M-0000') }],
    ['a long failover timeout', { ...single, failoverTimeoutMs: 9e12 }],
    ['a negative failover timeout, as in Mesos', { ...single, failoverTimeoutMs: -1 }],
    ['minimal quantities', { ...multi, minAllocatable: { eng: [Quantities.parse('cpus:1')] } }],
    ['no alternatives, which takes any offer', { ...multi, minAllocatable: { eng: [] } }],
    ['an empty user, name and hostname', { user: '', name: '', hostname: '' }],
  ])('lets in %s', ([, info]) => {
    expect(validateFrameworkInfo(info)).toBeUndefined();
  });

  test.for<[what: string, info: FrameworkInfo, error: string]>([
    ['role with MULTI_ROLE', { ...multi, role: '*' }, "'FrameworkInfo.role' must be absent"],
    ['roles without MULTI_ROLE', { ...single, roles: ['eng'] }, "'FrameworkInfo.roles' must be absent"],
    ['a role twice', { ...multi, roles: ['a', 'b', 'a'] }, "must name each role once, got 'a' again"],
    [
      'an invalid role of many',
      { ...multi, roles: ['a', '/b'] },
      "'FrameworkInfo.roles' holds an invalid role: Role '/b'",
    ],
    ['an invalid role', { ...single, role: 'a b' }, "'FrameworkInfo.role' holds an invalid role: Role component 'a b'"],
    ['an empty role', { ...single, role: '' }, "'FrameworkInfo.role' holds an invalid role"],
    ['an invalid id', { ...single, id: badId }, "'FrameworkInfo.id' is invalid: 'a/b' contains"],
    [
      'an empty quantity',
      { ...multi, minAllocatable: { eng: [Quantities.parse('cpus:1'), Quantities.empty] } },
      "'FrameworkInfo.minAllocatable' of role 'eng' must hold at least one quantity",
    ],
    ['a timeout of no number', { ...single, failoverTimeoutMs: Number.NaN }, 'must be a finite time below'],
    ['an endless timeout', { ...single, failoverTimeoutMs: Number.POSITIVE_INFINITY }, 'got Infinity'],
    ['a timeout of more than 64 bits', { ...single, failoverTimeoutMs: 2 ** 63 / 1e6 }, 'must be a finite time below'],
  ])('refuses %s', ([, info, error]) => {
    expect(validateFrameworkInfo(info)).toContain(error);
  });

  test('names the first rule that is broken, in the order of Mesos', () => {
    const all: FrameworkInfo = {
      ...multi,
      role: 'x',
      roles: ['a', 'a', '-b'],
      id: badId,
      minAllocatable: { a: [Quantities.empty] },
      failoverTimeoutMs: Number.NaN,
    };
    const { role: _role, ...second } = all;
    const third = { ...second, roles: ['a', '-b'] };
    const fourth = { ...third, roles: ['a'] };
    const { id: _id, ...fifth } = fourth;
    const { minAllocatable: _minAllocatable, ...sixth } = fifth;
    const errors = [all, second, third, fourth, fifth, sixth].map(validateFrameworkInfo);
    const cores = [
      'must be absent',
      'each role once',
      'invalid role',
      "'FrameworkInfo.id'",
      'minAllocatable',
      'Timeout',
    ];
    expect(errors).toEqual(cores.map((core) => expect.stringContaining(core)));
  });
});

describe('validateSuppressedRoles()', () => {
  test.for<[roles: readonly string[], suppressed: readonly string[], error: string | undefined]>([
    [['a', 'b'], [], undefined],
    [['a', 'b'], ['b'], undefined],
    [['a', 'b'], ['a', 'b'], undefined],
    [['a', 'b'], ['a', 'c', 'd'], "Suppressed roles {c, d} are not among the framework's roles {a, b}"],
    [['a'], ['a/b'], "Suppressed roles {a/b} are not among the framework's roles {a}"],
  ])('of %j suppressing %j', ([roles, suppressed, error]) => {
    expect(validateSuppressedRoles(roles, suppressed)).toBe(error);
  });
});

describe('validateFrameworkUpdate()', () => {
  const before: FrameworkInfo = { ...single, principal: 'p', checkpoint: true };

  test.for<[what: string, before: FrameworkInfo, now: FrameworkInfo]>([
    ['nothing', before, before],
    ['name, roles, capabilities and timeout', before, { ...before, name: 'x', role: 'y', failoverTimeoutMs: 1 }],
    ['an absent checkpoint flag to false', single, { ...single, checkpoint: false }],
    ['false to an absent checkpoint flag', { ...single, checkpoint: false }, single],
  ])('may change %s', ([, from, to]) => {
    expect(validateFrameworkUpdate(from, to)).toBeUndefined();
  });

  test.for<[now: FrameworkInfo, field: string, message: string]>([
    [{ ...before, principal: 'q' }, 'principal', 'expected "p", got "q"'],
    [{ ...single, checkpoint: true }, 'principal', 'expected "p", got none'],
    [{ ...before, user: 'nobody' }, 'user', 'expected "root", got "nobody"'],
    [{ ...before, checkpoint: false }, 'checkpoint', 'expected true, got false'],
    [{ ...single, principal: 'p' }, 'checkpoint', 'expected true, got false'],
    [{ user: 'nobody', name: 'fw' }, 'principal', 'expected "p", got none'],
  ])('refuses %j for %s', ([now, field, message]) => {
    expect(validateFrameworkUpdate(before, now)).toEqual({
      field,
      message: `'FrameworkInfo.${field}' cannot be changed: ${message}`,
    });
  });

  test('refuses a principal where there was none', () => {
    expect(validateFrameworkUpdate(single, { ...single, principal: 'p' })).toMatchObject({
      field: 'principal',
      message: expect.stringContaining('expected none, got "p"'),
    });
  });
});

describe('validateRoles()', () => {
  test.for<[roles: readonly string[], info: FrameworkInfo, error: string | undefined]>([
    [[], multi, undefined],
    [['eng/web'], multi, undefined],
    [['*'], single, undefined],
    [['eng', 'a//b'], multi, "Role 'a//b' is invalid"],
    [['eng', 'ops'], multi, "Role 'ops' is not one of the framework's roles: {eng, eng/web}"],
    [['eng/web/x'], multi, "Role 'eng/web/x' is not one of the framework's roles"],
    [['eng'], single, "Role 'eng' is not one of the framework's roles: {*}"],
  ])('of a REVIVE or SUPPRESS of %j', ([roles, info, error]) => {
    if (error === undefined) expect(validateRoles(roles, info)).toBeUndefined();
    else expect(validateRoles(roles, info)).toContain(error);
  });
});
