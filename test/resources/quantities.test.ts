import { describe, expect, test } from 'vitest';
import { InvalidArgument, ParseError } from '../../src/core/index.ts';
import { Quantities, ResourceLimits, Resources } from '../../src/resources/index.ts';

const q = (text: string): Quantities => Quantities.parse(text);
const l = (text: string): ResourceLimits => ResourceLimits.parse(text);

describe('Quantities', () => {
  test('parse() sorts names, adds up repeats and drops zeros', () => {
    expect(q(' mem : 2 ; cpus:1;gpus:0;cpus:0.5').toString()).toBe('cpus:1.5; mem:2');
    expect([...q('mem:2;cpus:1').entries()]).toEqual([
      ['cpus', 1000],
      ['mem', 2000],
    ]);
    expect(q('').toString()).toBe('{}');
    expect(q('').isEmpty).toBe(true);
  });

  test.for([
    'cpus',
    'cpus:1:2',
    ':1',
    'cpus:',
    'cpus:-1',
    'cpus:a',
    'cpus:[1-2]',
    'cpus:{a}',
    'cpus:inf',
    'cpus:1,mem:1',
  ])('parse() and ResourceLimits.parse() refuse %j', (text) => {
    expect(() => q(text)).toThrow(ParseError);
    expect(() => l(text)).toThrow(ParseError);
  });

  test('plus(), minus(), contains(), equals() and get()', () => {
    expect(q('cpus:1;mem:1').plus(q('cpus:0.5;disk:2')).toString()).toBe('cpus:1.5; disk:2; mem:1');
    expect(q('cpus:1;mem:1').minus(q('cpus:2;gpus:1')).toString()).toBe('mem:1');
    expect(q('cpus:1;mem:1').contains(q('cpus:1'))).toBe(true);
    expect(q('cpus:1;mem:1').contains(q('cpus:1.001'))).toBe(false);
    expect(q('cpus:1').contains(q('mem:1'))).toBe(false);
    expect(q('cpus:1;mem:1').equals(q('mem:1;cpus:1'))).toBe(true);
    expect(q('cpus:1;mem:1').equals(q('mem:1;disk:1'))).toBe(false);
    expect([q('cpus:1.5').get('cpus'), q('cpus:1.5').get('mem')]).toEqual([1500, 0]);
  });

  test('of() takes plain numbers, and toJSON() gives them back', () => {
    expect(Quantities.of({ mem: 1, cpus: 0.0014, gpus: 0 }).toJSON()).toEqual({ cpus: 0.001, mem: 1 });
    expect(() => Quantities.of({ cpus: -1 })).toThrow('quantities.cpus: expected a number from 0 to 9007199254740.991');
  });

  test('fromMilli() takes thousandths', () => {
    expect(
      Quantities.fromMilli([
        ['mem', 0],
        ['cpus', 1500],
      ]).toString(),
    ).toBe('cpus:1.5');
    expect(() => Quantities.fromMilli([['cpus', 0.5]])).toThrow(InvalidArgument);
    expect(() => Quantities.fromMilli([['cpus', -1]])).toThrow('cpus: expected whole thousandths from 0, got -1');
  });

  test('those of a collection count integers of ranges and items of sets', () => {
    expect(Resources.parse('cpus:1;cpus(a):2;ports:[1-3, 5-5];zones:{a,b}').quantities().toString()).toBe(
      'cpus:3; ports:4; zones:2',
    );
    expect(Resources.parse('ports:[0-9007199254740991]').quantities().get('ports')).toBeGreaterThan(9e18);
  });
});

describe('ResourceLimits', () => {
  test('zero is a limit, and absence is none', () => {
    const limits = l('cpus:0;mem:1');
    expect(limits.toString()).toBe('cpus:0; mem:1');
    expect([limits.get('cpus'), limits.get('mem'), limits.get('gpus')]).toEqual([0, 1000, undefined]);
    expect(ResourceLimits.empty.toString()).toBe('{}');
    expect(ResourceLimits.empty.isEmpty).toBe(true);
    expect([...limits.entries()]).toEqual([
      ['cpus', 0],
      ['mem', 1000],
    ]);
  });

  test('a name twice is refused, where it comes again', () => {
    expect(() => l('cpus:1;mem:1;cpus:2')).toThrow('Expected each name once, got cpus again at position 13');
  });

  test('contains() quantities', () => {
    expect(l('cpus:1').contains(q('cpus:1;mem:9'))).toBe(true);
    expect(l('cpus:1').contains(q('cpus:1.001'))).toBe(false);
    expect(l('cpus:0').contains(q(''))).toBe(true);
  });

  test('contains() limits', () => {
    expect(l('cpus:2').contains(l('cpus:1;mem:1'))).toBe(true);
    expect(l('cpus:2').contains(l('mem:1'))).toBe(false);
    expect(l('cpus:2').contains(ResourceLimits.empty)).toBe(false);
    expect(ResourceLimits.empty.contains(l('cpus:2'))).toBe(true);
  });

  test('minus() never goes below zero, which stays a limit', () => {
    expect(l('cpus:1;mem:2').minus(q('cpus:3;mem:0.5;gpus:1')).toString()).toBe('cpus:0; mem:1.5');
  });

  test('of() takes plain numbers, and toJSON() gives them back', () => {
    expect(ResourceLimits.of({ mem: 1, cpus: 0 }).toJSON()).toEqual({ cpus: 0, mem: 1 });
    expect(() => ResourceLimits.of({ cpus: Number.NaN })).toThrow('limits.cpus: expected a number');
  });
});
