import { describe, expect, test } from 'vitest';
import { InvalidArgument } from '../../src/core/index.ts';
import { compileConstraints, type ConstraintPredicate, type ConstraintSelector } from '../../src/offers/index.ts';
import { parseAttributes } from '../../src/resources/index.ts';

const agent = (attributes: string) => ({ hostname: 'h1.example', attributes: parseAttributes(attributes) });
const here = { ...agent('rack:r1'), domain: { region: 'eu', zone: 'eu-1' } };
const rack = { type: 'attribute', name: 'rack' } as const;

const holds = (selector: ConstraintSelector, predicate: ConstraintPredicate, of = here): boolean => {
  return compileConstraints([[{ selector, predicate }]])(of);
};

/** What each predicate says of an attribute that is absent, `r1`, `r2`, a number, ranges. */
const TABLE: readonly (readonly [ConstraintPredicate, ...boolean[]])[] = [
  [{ type: 'exists' }, false, true, true, true, true],
  [{ type: 'notExists' }, true, false, false, false, false],
  [{ type: 'textEquals', value: 'r1' }, false, true, false, true, true],
  [{ type: 'textNotEquals', value: 'r1' }, true, false, true, true, true],
  [{ type: 'textMatches', regex: '[a-r]1' }, false, true, false, true, true],
  [{ type: 'textNotMatches', regex: '[a-r]1' }, true, false, true, true, true],
];

describe('offer constraints', () => {
  test.for(TABLE)('the predicate %j, by kind of attribute', ([predicate, ...expected]) => {
    const agents = ['', 'rack:r1', 'rack:r2', 'rack:5', 'rack:[1-5]'].map((text) => ({ ...here, ...agent(text) }));
    expect(agents.map((of) => holds(rack, predicate, of))).toEqual(expected);
  });

  test('of two attributes of one name the first is looked at', () => {
    const value = 'r1';
    expect(holds(rack, { type: 'textEquals', value }, { ...here, ...agent('rack:r1;rack:r2') })).toBe(true);
    expect(holds(rack, { type: 'textEquals', value }, { ...here, ...agent('rack:r2;rack:r1') })).toBe(false);
  });

  test('the host name, the region and the zone can be asked for; without a domain the last two are absent', () => {
    const asked = [
      [{ type: 'hostname' }, 'h1.example'],
      [{ type: 'region' }, 'eu'],
      [{ type: 'zone' }, 'eu-1'],
    ] as const;
    for (const [selector, value] of asked) {
      expect(holds(selector, { type: 'textEquals', value })).toBe(true);
      expect(holds(selector, { type: 'textNotMatches', regex: `${value}.*` })).toBe(false);
      const filter = compileConstraints([[{ selector, predicate: { type: 'exists' } }]]);
      expect(filter(agent(''))).toBe(selector.type === 'hostname');
    }
  });

  test('all constraints of some group must hold', () => {
    const filter = compileConstraints([
      [
        { selector: rack, predicate: { type: 'exists' } },
        { selector: { type: 'attribute', name: 'ssd' }, predicate: { type: 'notExists' } },
      ],
      [{ selector: { type: 'hostname' }, predicate: { type: 'textEquals', value: 'h2' } }],
    ]);
    expect(filter(agent('rack:1'))).toBe(true);
    expect(filter(agent('rack:1;ssd:1'))).toBe(false);
    expect(filter({ ...agent('ssd:1'), hostname: 'h2' })).toBe(true);
  });

  // As a caller without types may give them.
  const groups = (text: string): Parameters<typeof compileConstraints>[0] => JSON.parse(text);
  const exists = '"predicate":{"type":"exists"}';
  test.for([
    ['[]', 'groups: expected a list with at least one group, got []'],
    ['{}', 'groups: expected a list with at least one group, got {}'],
    ['[[]]', 'groups[0]: expected a list with at least one constraint, got []'],
    ['[[7]]', 'groups[0][0]: expected an object, got 7'],
    [`[[{${exists}}]]`, 'groups[0][0].selector: expected an object, got undefined'],
    [`[[{"selector":{"type":"rack"},${exists}}]]`, 'groups[0][0].selector.type: expected attribute, hostname, region'],
    [`[[{"selector":{"type":"attribute"},${exists}}]]`, 'groups[0][0].selector.name: expected a text, got undefined'],
    ['[[{"selector":{"type":"zone"}}]]', 'groups[0][0].predicate: expected an object, got undefined'],
    ['[[{"selector":{"type":"zone"},"predicate":{"type":"is"}}]]', 'groups[0][0].predicate.type: expected exists, '],
    [
      '[[{"selector":{"type":"zone"},"predicate":{"type":"textEquals"}}]]',
      'groups[0][0].predicate.value: expected a text',
    ],
    [
      '[[{"selector":{"type":"zone"},"predicate":{"type":"textMatches"}}]]',
      'groups[0][0].predicate.regex: expected a text',
    ],
    [
      '[[{"selector":{"type":"zone"},"predicate":{"type":"textNotMatches","regex":"("}}]]',
      'groups[0][0].predicate.regex: expected a regular expression in the syntax of RE2: missing ): (',
    ],
    [
      '[[{"selector":{"type":"zone"},"predicate":{"type":"textMatches","regex":"(a+){50}"}}]]',
      'pattern too large, takes more than 100 instructions',
    ],
  ] as const)('%s is refused', ([text, message]) => {
    expect(() => compileConstraints(groups(text))).toThrow(InvalidArgument);
    expect(() => compileConstraints(groups(text))).toThrow(message);
  });
});
