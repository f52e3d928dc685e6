import type { ShapeLimits } from './shapes.ts';

/** A seed that has failed once, and what it found. All of them always run. */
export interface FailedSeed {
  readonly seed: number;
  readonly limits: ShapeLimits;
  readonly found: string;
}

const SMALL: ShapeLimits = { agentsMax: 3, frameworksMax: 2, durationMs: 600_000 };
const MEDIUM: ShapeLimits = { agentsMax: 10, frameworksMax: 5, durationMs: 1_200_000 };

export const FAILED_SEEDS: readonly FailedSeed[] = [
  { seed: 2, limits: SMALL, found: 'updates of a framework that never came back after a failover of the master' },
  { seed: 17, limits: SMALL, found: 'a re-registration that arrived late, on a connection that was given up' },
  { seed: 30, limits: SMALL, found: 'updates of a framework that has lost its state' },
  { seed: 1021, limits: MEDIUM, found: 'a scheduler that forgets a task which was lost and comes back' },
  {
    seed: 136,
    limits: { agentsMax: 4, frameworksMax: 3, durationMs: 300_000 },
    found: 'a REVIVE that was lost, and never said again',
  },
];
