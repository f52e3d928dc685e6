/**
 * Whole clusters under seeds: real master, agents and drivers, in virtual time. First everything goes wrong, then it is
 * repaired and must come to rest. What must always be true is checked by the simulator itself, so a test here only has to
 * run it. A failure names the command that replays it.
 */
import { expect, test } from 'vitest';
import { FAULT_KINDS, type FaultKind, simulate } from '../../src/testing/index.ts';
import { FAILED_SEEDS } from './seeds.ts';
import { type ShapeLimits, shapeOf } from './shapes.ts';
import { varied } from './variety.ts';

const SMALL: ShapeLimits = { agentsMax: 4, frameworksMax: 3, durationMs: 180_000 };
const SEEDS = 180;

test(`${SEEDS} seeds with all faults keep every invariant, and come to rest`, { timeout: 300_000 }, () => {
  const seen = new Set<string>();
  let launches = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const options = shapeOf(seed, SMALL);
    const { counts } = simulate(seed % 3 === 0 ? varied(options) : options);
    launches += counts.launches;
    for (const kind of Object.keys(counts.faults)) seen.add(kind);
  }
  const never = FAULT_KINDS.filter((kind: FaultKind) => !seen.has(kind));
  expect(never).toEqual([]);
  expect(launches).toBeGreaterThan(SEEDS);
});

test.for(FAILED_SEEDS)('seed $seed no longer finds $found', { timeout: 120_000 }, ({ seed, limits }) => {
  const { counts } = simulate(shapeOf(seed, limits));
  expect(counts.launches).toBeGreaterThan(0);
});
