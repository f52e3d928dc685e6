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
const PLAIN_SEEDS = 150;
const RICH_SEEDS = 30;
const SHAPES = [
  ...Array.from({ length: PLAIN_SEEDS }, (_, index) => shapeOf(index + 1, SMALL)),
  ...Array.from({ length: RICH_SEEDS }, (_, index) => shapeOf(index + 1, { ...SMALL, rich: true })),
];

test(`${SHAPES.length} seeds with all faults keep every invariant, and come to rest`, { timeout: 600_000 }, () => {
  const seen = new Set<string>();
  let launches = 0;
  for (const [index, shape] of SHAPES.entries()) {
    const { counts } = simulate(index % 3 === 2 ? varied(shape) : shape);
    launches += counts.launches;
    for (const kind of Object.keys(counts.faults)) seen.add(kind);
  }
  const never = FAULT_KINDS.filter((kind: FaultKind) => !seen.has(kind));
  expect(never).toEqual([]);
  expect(launches).toBeGreaterThan(SHAPES.length);
});

test.for(FAILED_SEEDS)('seed $seed no longer finds $found', { timeout: 120_000 }, ({ seed, limits }) => {
  const { counts } = simulate(shapeOf(seed, limits));
  expect(counts.launches).toBeGreaterThan(0);
});
