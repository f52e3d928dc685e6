import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/core/index.ts';
import { compilePattern } from '../../src/offers/pattern.ts';

const matches = (pattern: string, text: string): boolean => compilePattern(pattern, 100).matches(text);

describe('patterns', () => {
  test.for([
    ['[a-d]+', 'abcd', true],
    ['[a-d]+', 'abcde', false],
    ['', '', true],
    ['', 'a', false],
    ['a|bc', 'bc', true],
    ['a|bc', 'ac', false],
    ['a||b', '', true],
    ['(a|b){2,3}', 'abab', false],
    ['a{2}', 'aa', true],
    ['a{2,}', 'a', false],
    ['a{,2}', 'a{,2}', true],
    ['a{x}', 'a{x}', true],
    ['a*?b+?c??', 'aab', true],
    ['(?P<rack>r\\d)-(?<row>\\d)', 'r1-7', true],
    ['(?i)Rack', 'rACK', true],
    ['a(?i)b', 'Ab', false],
    ['(?i:a)b', 'Ab', true],
    ['(?i:a)b', 'AB', false],
    ['(?i)[^a]', 'A', false],
    ['(?i)\\x{3b1}', 'Α', true],
    ['(?i-i)a', 'A', false],
    ['.', '\n', false],
    ['(?s).', '\n', true],
    ['[^a]', '\n', true],
    ['^a$', 'a', true],
    ['a^b', 'ab', false],
    ['a\n$b', 'a\nb', false],
    ['(?m)a$\n^b', 'a\nb', true],
    ['(?m)^a\\z', 'a', true],
    ['\\Aa\\z', 'a', true],
    ['\\ba\\b.\\bb\\b', 'a b', true],
    ['a\\Bb', 'ab', true],
    ['a\\Bb', 'a b', false],
    ['\\d\\D\\w\\W\\s\\S', '1a_- a', true],
    ['\\s', '\v', false],
    ['[[:digit:][:^alpha:]-]+', '1-', true],
    ['[[:word:]]+', 'a_1', true],
    ['[]a]+', ']a', true],
    ['[^]a]', 'b', true],
    ['[a-]+', '-a', true],
    ['[\\d\\-x]+', '1-x', true],
    ['[\\]]', ']', true],
    ['\\Qa.b\\E+', 'a.bb', true],
    ['\\Qa.b', 'a.b', true],
    ['\\x41\\x{42}\\103\\0', 'ABC\0', true],
    ['\\t\\n\\r\\f\\v\\a', '\t\n\r\f\v\x07', true],
    ['\\.\\*\\_', '.*_', true],
    ['\\pL\\p{Lu}\\P{L}', 'aB1', true],
    ['\\p{Greek}', 'α', true],
    ['\\p{^Greek}', 'α', false],
    ['.', '🦙', true],
    ['[🦙-🦚]', '🦚', true],
    ['(|a)*', 'aa', true],
    ['(a*)*b', 'aab', true],
    ['(^)*a', 'a', true],
  ] as const)('%j on %j: %s', ([pattern, text, expected]) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  test.for([
    ['(', 'missing ): ('],
    ['(?:a', 'missing ): (?:a'],
    ['a)', 'unexpected )'],
    ['[a', 'missing ]: [a'],
    ['[a-', 'missing ]: [a-'],
    ['[', 'missing ]: ['],
    ['[z-a]', 'invalid character class range: z-a'],
    ['[[:nope:]]', 'invalid character class range: [:nope:]'],
    ['\\p{Nope}', 'invalid character class range: \\p{Nope}'],
    ['\\p', 'invalid character class range: \\p'],
    ['*a', 'no argument for repetition operator: *'],
    ['a|+', 'no argument for repetition operator: +'],
    ['a**', 'bad repetition operator: **'],
    ['a+*', 'bad repetition operator: +*'],
    ['a{2}{3}', 'bad repetition operator: {2}{3}'],
    ['a{1001}', 'invalid repetition size: {1001}'],
    ['a{2,1001}', 'invalid repetition size: {2,1001}'],
    ['a{3,2}', 'invalid repetition size: {3,2}'],
    ['(?=a)', 'invalid perl operator: (?='],
    ['(?<!a)', 'invalid perl operator: (?<'],
    ['(a)\\1', 'invalid escape sequence: \\1'],
    ['\\q', 'invalid escape sequence: \\q'],
    ['\\Z', 'invalid escape sequence: \\Z'],
    ['[\\b]', 'invalid escape sequence: \\b'],
    ['\\x{110000}', 'invalid escape sequence: \\x'],
    ['a\\', 'trailing \\'],
    ['('.repeat(201), 'expression nests too deeply'],
    ['a'.repeat(5_000), 'pattern too large, has more than 4096 characters'],
    ['a'.repeat(100), 'pattern too large, takes more than 100 instructions'],
    ['(?:){1000}', 'pattern too large'],
    ['(?:(?:(?:(?:){1000}){1000}){1000}){1000}', 'pattern too large'],
  ] as const)('refuses %j', ([pattern, message]) => {
    expect(() => compilePattern(pattern, 100)).toThrow(ParseError);
    expect(() => compilePattern(pattern, 100)).toThrow(message);
  });

  test('take as much room as in RE2: (a+){10} is small enough, (a+){50} is not', () => {
    expect(matches('(a+){10}', 'a'.repeat(10))).toBe(true);
    expect(() => compilePattern('(a+){50}', 100)).toThrow('pattern too large');
  });

  test('that keep an engine which backtracks busy for ages are done at once', () => {
    const steps = { count: 0 };
    const text = 'a'.repeat(5_000);
    for (const pattern of ['(a+)+b', '(a|a)*b', '(a*)*b', '(a|aa)+$b', '(.*.*.*)*x']) {
      expect(matches(pattern, text)).toBe(false);
      steps.count += 1;
    }
    expect(steps.count).toBe(5);
  });

  test('mean what they mean in JavaScript, where both know them', () => {
    const atom = fc.oneof(
      fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '[a-c]', '\\w', '\\W', '\\d', '^', '$', '\\b', '\\B', '-'),
    );
    const { pattern } = fc.letrec<{ pattern: string; sequence: string; repeated: string; part: string }>((tie) => ({
      part: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        atom,
        tie('pattern').map((inner) => `(${inner})`),
        tie('pattern').map((inner) => `(?:${inner})`),
      ),
      repeated: fc
        .tuple(tie('part'), fc.constantFrom('', '', '', '*', '+', '?', '*?', '{2}', '{1,2}', '{0,}'))
        .map(([part, times]) => (/^(\^|\$|\\b|\\B)$/i.test(part) ? part : part + times)),
      sequence: fc.array(tie('repeated'), { maxLength: 3 }).map((parts) => parts.join('')),
      pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((parts) => parts.join('|')),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '1'), maxLength: 6 });
    let matched = 0;
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 6 }), (expression, texts) => {
        // JavaScript's own engine would not come to an end with some that are much longer.
        fc.pre(expression.length <= 40);
        const ours = compilePattern(expression, 10_000);
        const theirs = new RegExp(`^(?:${expression})$`);
        for (const one of texts) {
          const expected = theirs.test(one);
          if (expected) matched += 1;
          expect([one, ours.matches(one)]).toEqual([one, expected]);
        }
      }),
      { numRuns: 400 },
    );
    expect(matched).toBeGreaterThan(50);
  });
});
