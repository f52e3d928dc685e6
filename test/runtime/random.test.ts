import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Random, seededRandom, uuid } from '../../src/runtime/index.ts';
import { nodeRandom } from '../../src/runtime/node/index.ts';

const draws = (random: Random, count = 20) => Array.from({ length: count }, () => random.integer(1_000));

describe('seededRandom()', () => {
  test('draws the same under one seed, and differently under another', () => {
    expect(draws(seededRandom(7))).toEqual(draws(seededRandom(7)));
    expect(draws(seededRandom(7))).not.toEqual(draws(seededRandom(8)));
  });

  test('a stream is fixed by seed and label, whatever was drawn elsewhere', () => {
    const random = seededRandom(7);
    const before = draws(random.stream('a'));
    draws(random);
    draws(random.stream('b'));
    expect(draws(random.stream('a'))).toEqual(before);
    expect(draws(random.stream('b'))).not.toEqual(before);
    expect(draws(seededRandom(8).stream('a'))).not.toEqual(before);
  });

  test('integer() stays below its bound and reaches every value about as often', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 5 }), (seed, bound) => {
        const random = seededRandom(seed);
        const counts = Array.from({ length: bound }, () => 0);
        for (let i = 0; i < 1_000; i++) {
          const drawn = random.integer(bound);
          counts[drawn] = (counts[drawn] ?? Number.NaN) + 1;
        }
        // Seven standard deviations: no seed comes near.
        const tolerance = 7 * Math.sqrt(1_000 / bound);
        return counts.length === bound && counts.every((count) => Math.abs(count - 1_000 / bound) <= tolerance);
      }),
    );
  });
});

describe('uuid()', () => {
  test.for([
    ['seeded', seededRandom(1)],
    ['the system’s', nodeRandom],
  ] as const)('is of version 4, from %s chance', ([, random]) => {
    const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    const made = Array.from({ length: 1_000 }, () => uuid(random));
    for (const each of made) expect(each).toMatch(shape);
    expect(new Set(made).size).toBe(1_000);
  });
});
