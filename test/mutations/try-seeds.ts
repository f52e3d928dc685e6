/**
 * Simulates seeds of the sources beside it, one after the other, and says a line of JSON about each: a child process of
 * `run.ts`. Ends with the first that fails, unless it is to try all.
 */
import { argv, stdout } from 'node:process';
import { simulate, SimulationFailure } from '../../src/testing/index.ts';
import { type ShapeLimits, shapeOf } from '../simulation/shapes.ts';
import { varied } from '../simulation/variety.ts';
import type { Report } from './report.ts';

/** The same for all bugs, and fixed before the first was tried. */
const LIMITS: ShapeLimits = { agentsMax: 4, frameworksMax: 3, durationMs: 600_000 };

const [seeds = '1', all] = argv.slice(2);

for (let seed = 1; seed <= Number(seeds); seed++) {
  const report = reportOf(seed);
  stdout.write(`${JSON.stringify(report)}\n`);
  if (report.failure !== undefined && all === undefined) break;
}

function reportOf(seed: number): Report {
  try {
    const options = shapeOf(seed, LIMITS);
    simulate(seed % 2 === 0 ? varied(options) : options);
    return { seed };
  } catch (error) {
    if (!(error instanceof SimulationFailure))
      return { seed, failure: { violation: String(error), error: 'Error', story: String(error) } };
    const { violation, cause, message } = error;
    return { seed, failure: { violation, story: message, ...(cause instanceof Error ? { error: cause.name } : {}) } };
  }
}
