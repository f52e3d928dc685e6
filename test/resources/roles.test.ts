import { describe, expect, test } from 'vitest';
import {
  isStrictSubrole,
  type Resource,
  reservationRole,
  roleAncestors,
  roleError,
} from '../../src/resources/index.ts';

describe('roleError()', () => {
  test.for(['*', 'a', 'foo.bar', '...', 'a/.b', 'a/b-c/d', 'a\u00e9'])('%j is a role', (role) => {
    expect(roleError(role)).toBeUndefined();
  });

  test.for([
    ['', 'Role names cannot be the empty string'],
    ['/a', "Role '/a' cannot start with a slash"],
    ['a/', "Role 'a/' cannot end with a slash"],
    ['a//b', "Role 'a//b' cannot contain two adjacent slashes"],
    ['a/./b', "Role 'a/./b' cannot include '.' as a component"],
    ['..', "Role '..' cannot include '..' as a component"],
    ['a/*', "Role 'a/*' cannot include '*' as a component"],
    ['a/-b', "Role component '-b' is invalid because it starts with a dash"],
    ...['\t', '\n', '\v', '\f', '\r', ' ', '\u007f'].map((blank) => [
      `a/b${blank}`,
      `Role component 'b${blank}' is invalid because it contains backspace or whitespace`,
    ]),
  ])('%j is none', ([role = '', message]) => {
    expect(roleError(role)).toBe(message);
  });
});

describe('the tree of roles', () => {
  test('roleAncestors() are nearest first', () => {
    expect(roleAncestors('a/b/c')).toEqual(['a/b', 'a']);
    expect(roleAncestors('a')).toEqual([]);
    expect(roleAncestors('*')).toEqual([]);
  });

  test('isStrictSubrole() goes by components', () => {
    expect(isStrictSubrole('a/b', 'a')).toBe(true);
    expect(isStrictSubrole('a/b/c', 'a')).toBe(true);
    expect(isStrictSubrole('a', 'a')).toBe(false);
    expect(isStrictSubrole('ab', 'a')).toBe(false);
    expect(isStrictSubrole('a', 'a/b')).toBe(false);
    expect(isStrictSubrole('b/a', 'a')).toBe(false);
  });

  test('reservationRole() is the innermost', () => {
    const resource: Resource = { name: 'cpus', value: { type: 'SCALAR', milli: 1 }, reservations: [] };
    expect(reservationRole(resource)).toBeUndefined();
    const reservations = [{ type: 'STATIC', role: 'a' } as const, { type: 'DYNAMIC', role: 'a/b' } as const];
    expect(reservationRole({ ...resource, reservations })).toBe('a/b');
  });
});
