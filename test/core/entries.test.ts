import { expect, test } from 'vitest';
import { entriesByName } from '../../src/core/index.ts';

test('entriesByName() goes by name alone, wherever the object itself would put names that look like numbers', () => {
  const weights = { web: 1, '10': 2, Web: 3, '9': 4, ähre: 5 };
  expect(Object.keys(weights)[0]).toBe('9');
  expect(entriesByName(weights)).toEqual([
    ['10', 2],
    ['9', 4],
    ['Web', 3],
    ['web', 1],
    ['ähre', 5],
  ]);
  expect(entriesByName({})).toEqual([]);
});
