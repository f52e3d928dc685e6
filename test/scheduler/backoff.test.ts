import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/runtime/index.ts';
import { backoffMs } from '../../src/scheduler/backoff.ts';

const random = seededRandom(1);

describe('backoffMs()', () => {
  test('is between half and all of first, then min doubled up to max', () => {
    const backoff = { firstMs: 10, minMs: 100, maxMs: 350 };
    [10, 100, 200, 350, 350].forEach((fullMs, repetition) => {
      const delays = Array.from({ length: 200 }, () => backoffMs(repetition, backoff, random));
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(fullMs / 2);
      expect(Math.min(...delays)).toBeLessThan(fullMs * 0.6);
      expect(Math.max(...delays)).toBeLessThanOrEqual(fullMs);
      expect(Math.max(...delays)).toBeGreaterThan(fullMs * 0.9);
    });
  });

  test('stays a number after any number of repetitions, and with delays of zero', () => {
    expect(backoffMs(1_000_000, { firstMs: 0, minMs: 0, maxMs: 0 }, random)).toBe(0);
    expect(backoffMs(1_000_000, { firstMs: 0, minMs: 1, maxMs: 8 }, random)).toBeLessThanOrEqual(8);
    expect(backoffMs(0, { firstMs: 0, minMs: 1, maxMs: 8 }, random)).toBe(0);
  });
});
