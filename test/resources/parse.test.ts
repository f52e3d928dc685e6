import { describe, expect, test } from 'vitest';
import { InvalidArgument, ParseError } from '../../src/core/index.ts';
import { parseValue, Resources } from '../../src/resources/index.ts';

/** The position that reading `text` fails at. */
function failure(read: () => unknown): [message: string, position: number] {
  try {
    read();
  } catch (error) {
    if (error instanceof ParseError) return [error.message.replace(/ at position .*/s, ''), error.position];
    throw error;
  }
  throw new Error('read without complaint');
}

describe('Resources.parse()', () => {
  test('reads the short form', () => {
    const text = 'cpus:4;mem:1024;ports:[31000-32000];disk(role):100;zones:{b,a}';
    expect(Resources.parse(text).toString()).toBe(
      'cpus:4; mem:1024; ports:[31000-32000]; disk(reservations: [(STATIC,role)]):100; zones:{a, b}',
    );
  });

  test('a default role goes to what names none, and * says none', () => {
    const options = { defaultRole: 'r' };
    expect(Resources.parse('cpus:1;cpus(*):2;cpus(s):3', options).reservations().get('r')?.cpus).toBe(1);
    expect(Resources.parse('cpus:1;cpus(*):2;cpus(s):3', options).unreserved().cpus).toBe(2);
    expect(() => Resources.parse('cpus:1', { defaultRole: 'a//b' })).toThrow(InvalidArgument);
  });

  test('what is empty adds nothing, and the same name adds up', () => {
    expect(Resources.parse('cpus:0;ports:[];zones:{};;mem:1;mem:0.5').toString()).toBe('mem:1.5');
  });

  test.for<[text: string, message: string, position: number]>([
    ['cpus', "Expected ':' between name and value", 4],
    ['mem:1;cpus', "Expected ':' between name and value", 10],
    ['cpus:1:2', "Expected ';' or the end, got ':'", 6],
    [':1', 'Expected the name of a resource', 0],
    ['mem:1;cpus(a:1', "Expected ')' after the role", 12],
    ['cpus)(a:1', "Expected '(' before ')'", 4],
    ['cpus)a:1', "Expected '(' before ')'", 4],
    ['cpus(a)(b):1', "Expected ':' after the role", 7],
    ['cpus(a//b):1', "Expected a role: Role 'a//b' cannot contain two adjacent slashes", 5],
    ['cpus():1', 'Expected a role: Role names cannot be the empty string', 5],
    ['cpus:', 'Expected a value', 5],
    ['cpus:-1', 'Expected a number from 0, ranges or a set, got -1', 5],
    ['cpus:many', 'Expected a number from 0, ranges or a set, got many', 5],
    ['cpus:0.0004', 'Expected 0, or a number that is not less than 0.0005', 5],
    ['cpus:1e13', 'Expected a number up to 9007199254740.991', 5],
    ['zones:{a,b,a}', 'Expected each item once, got a again', 6],
    ['ports:[1-2', "Expected ']'", 10],
    ['ports:[5-3]', 'Expected an end of 5 or more, got 3', 9],
    ['ports:[1-2, 7]', 'Expected an end for each begin', 14],
    ['ports:[1-x]', 'Expected an integer, got x', 9],
    ['ports:[1-9007199254740992]', 'Expected an integer up to 9007199254740991, got 9007199254740992', 9],
    ['x:1;x(r):[0-1]', 'Expected x to be SCALAR again, got RANGES', 4],
  ])('refuses %j', ([text, message, position]) => {
    expect(failure(() => Resources.parse(text))).toEqual([message, position]);
  });

  test('reads a JSON array', () => {
    const text =
      '[{"name":"cpus","type":"SCALAR","scalar":{"value":1.5},"other":1},{"name":"mem","type":"SCALAR","scalar":{"value":2},"role":"r"}]';
    expect(Resources.parse(text).toString()).toBe('cpus:1.5; mem(reservations: [(STATIC,r)]):2');
    expect(Resources.parse(text, { defaultRole: 'd' }).toString()).toBe(
      'cpus(reservations: [(STATIC,d)]):1.5; mem(reservations: [(STATIC,r)]):2',
    );
    expect(Resources.parse('[]').isEmpty).toBe(true);
  });

  const element = (more: string): string =>
    `[{"name":"cpus","type":"SCALAR","scalar":{"value":1}}, {"name":"disk","type":"SCALAR","scalar":{"value":1}${more}}]`;

  test.for([
    [',"revocable":{}', 'expected no revocable resource in configuration'],
    [',"disk":{"persistence":{"id":"v"}}', 'expected no persistent volume in configuration'],
    [',"reservations":[{"type":"DYNAMIC","role":"r"}]', 'expected no dynamic reservation in configuration'],
    [',"set":{"item":["}, {"]}', 'set: expected nothing in a resource of type SCALAR, got an object'],
  ])('refuses %j in JSON, and says where', ([more = '', message = '']) => {
    const [said, position] = failure(() => Resources.parse(element(more)));
    expect(said).toContain('resources[1]');
    expect(said).toContain(message);
    expect(position).toBe(element(more).indexOf('{"name":"disk"'));
  });

  test('an element that is no object is refused', () => {
    expect(failure(() => Resources.parse('[1]'))).toEqual(['resources[0]: expected an object, got 1', 1]);
  });

  test('broken JSON is read as the short form, and refused', () => {
    expect(failure(() => Resources.parse('[{"name"}]'))).toEqual(["Expected ':' between name and value", 10]);
  });
});

describe('parseValue()', () => {
  test.for<[string, number]>([
    ['45.55', 45_550],
    ['1 2', 12_000],
    ['+5', 5000],
    ['.5', 500],
    ['5.', 5000],
    ['1e3', 1_000_000],
    ['1.5015', 1502],
    ['1.5014', 1501],
    ['-0', 0],
  ])('%j is a scalar', ([text, milli]) => {
    expect(parseValue(text)).toEqual({ type: 'SCALAR', milli });
  });

  test.for(['infinity', '-inf', 'nan', '-1', '0x1f', '1e', '1e999', 'a(b)', '123abc,s'])('%j is text', (text) => {
    expect(parseValue(text)).toEqual({ type: 'TEXT', text });
  });

  test('ranges come in any order and shape, and are merged', () => {
    expect(parseValue('[7-8, 1-4, [8-10], 4-5]')).toEqual({ type: 'RANGES', bounds: [1, 5, 7, 10] });
    expect(parseValue('[1-2\n3 - 4]')).toEqual({ type: 'RANGES', bounds: [1, 4] });
    expect(parseValue('[9007199254740991-9007199254740991, +0-1]')).toEqual({
      type: 'RANGES',
      bounds: [0, 1, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    });
  });

  test('a set is what stands between braces and commas, sorted', () => {
    expect(parseValue('{b, a}c')).toEqual({ type: 'SET', items: ['a', 'b', 'c'] });
    expect(parseValue('{}')).toEqual({ type: 'SET', items: [] });
  });

  test.for<[string, string, number]>([
    ['  ', 'Expected a value', 2],
    ['{a', "Expected '}'", 2],
    ['a)(', "Expected '(' before ')'", 1],
    ['a[1-2]', "Expected '[' only at the beginning", 1],
    ['{a[b]}', "Expected '[' only at the beginning", 2],
    [' a{b}', "Expected '{' only at the beginning", 2],
    ['[1-2b]', 'Expected an integer, got 2b', 3],
    ['7.63918e-313', 'Expected a number that is zero or not subnormal', 0],
  ])('refuses %j', ([text, message, position]) => {
    expect(failure(() => parseValue(text))).toEqual([message, position]);
  });
});
