import { describe, expect, test } from 'vitest';
import { InvalidArgument, ParseError } from '../../src/core/index.ts';
import {
  attributesFromJSON,
  attributesToJSON,
  equalAttributes,
  formatAttributes,
  parseAttributes,
} from '../../src/resources/index.ts';

describe('parseAttributes()', () => {
  test('reads scalars, ranges and text, in order', () => {
    expect(parseAttributes('rack:rack 1,2;cores:4.5;;slots:[3-4, 1-2]\nurl:http://a:80')).toEqual([
      { name: 'rack', value: { type: 'TEXT', text: 'rack1,2' } },
      { name: 'cores', value: { type: 'SCALAR', milli: 4500 } },
      { name: 'slots', value: { type: 'RANGES', bounds: [1, 4] } },
      { name: 'url', value: { type: 'TEXT', text: 'http://a:80' } },
    ]);
    expect(parseAttributes('')).toEqual([]);
  });

  test.for<[string, number]>([
    ['rack', 4],
    ['a:b;rack', 8],
    ['a:b;:x', 4],
    ['rack:', 5],
    ['a:b;zones:{a,b}', 10],
    ['a:[1-', 5],
  ])('refuses %j at the right place', ([text, position]) => {
    expect(() => parseAttributes(text)).toThrow(ParseError);
    expect(() => parseAttributes(text)).toThrow(`at position ${position} of`);
  });
});

describe('attributes', () => {
  test('equalAttributes() does not mind order, but how many', () => {
    const equal = (a: string, b: string) => equalAttributes(parseAttributes(a), parseAttributes(b));
    expect(equal('a:x;b:1;a:y', 'a:y;a:x;b:1.0001')).toBe(true);
    expect(equal('a:x;a:x;b:1', 'a:x;b:1;b:1')).toBe(false);
    expect(equal('a:x', 'a:x;a:x')).toBe(false);
    expect(equal('a:x', 'b:x')).toBe(false);
    expect(equal('a:[1-4]', 'a:[1-2, 3-4]')).toBe(true);
    expect(equalAttributes([{ name: 'a', value: { type: 'TEXT', text: '1' } }], parseAttributes('a:0.001'))).toBe(
      false,
    );
  });

  test('formatAttributes() is read back', () => {
    const text = 'rack:r1;cores:4.5;slots:[1-2, 5-5]';
    expect(formatAttributes(parseAttributes(text))).toBe(text);
    expect(formatAttributes([])).toBe('');
  });

  test('attributesToJSON() and attributesFromJSON() have the shape of Mesos', () => {
    const attributes = parseAttributes('rack:r1;cores:4.5;slots:[1-2]');
    const objects = [
      { name: 'rack', type: 'TEXT', text: { value: 'r1' } },
      { name: 'cores', type: 'SCALAR', scalar: { value: 4.5 } },
      { name: 'slots', type: 'RANGES', ranges: { range: [{ begin: 1, end: 2 }] } },
    ];
    expect(attributesToJSON(attributes)).toEqual(objects);
    expect(attributesFromJSON(objects)).toEqual(attributes);
  });

  test.for<[unknown, string]>([
    [1, 'attributes[0]: expected an object, got 1'],
    [{ type: 'TEXT' }, 'attributes[0].name: expected a string, got nothing'],
    [{ name: '', type: 'TEXT', text: { value: '' } }, 'attributes[0].name: expected the name of an attribute'],
    [
      { name: 'a', type: 'SET', set: { item: [] } },
      'attributes[0].type: expected one of SCALAR, RANGES, TEXT, got "SET"',
    ],
    [{ name: 'a', type: 'TEXT' }, 'attributes[0].text: expected an object, got nothing'],
    [{ name: 'a', type: 'SCALAR', scalar: { value: -1 } }, 'attributes[0].scalar.value: expected a number from 0'],
    [
      {
        name: 'a',
        type: 'RANGES',
        ranges: {
          range: [
            { begin: 1, end: 3 },
            { begin: 3, end: 3 },
          ],
        },
      },
      'attributes[0].ranges: expected ranges that do not overlap',
    ],
  ])('attributesFromJSON() refuses %j', ([object, message]) => {
    expect(() => attributesFromJSON([object])).toThrow(InvalidArgument);
    expect(() => attributesFromJSON([object])).toThrow(message);
  });
});
