/**
 * Simulates one seed after the other, many shapes and faults, and says in the end what was done:
 *
 *     npm run soak -- --minutes 10 --seed-base 1000
 *     npm run soak -- --seed 1234            one seed; with --trace line by line
 *
 * Options: `--agents` and `--frameworks`, at most so many; `--minutes-each`, virtual minutes of faults for each seed.
 */
import { performance } from 'node:perf_hooks';
import { argv, exit, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { simulate, SimulationFailure } from '../src/testing/index.ts';
import { shapeOf } from '../test/simulation/shapes.ts';

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    minutes: { type: 'string', default: '1' },
    seeds: { type: 'string', default: 'Infinity' },
    'seed-base': { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean' },
    agents: { type: 'string', default: '50' },
    frameworks: { type: 'string', default: '10' },
    'minutes-each': { type: 'string', default: '60' },
  },
});

const limits = {
  agentsMax: Number(values.agents),
  frameworksMax: Number(values.frameworks),
  durationMs: Number(values['minutes-each']) * 60_000,
};

const print = (line: string): void => void stdout.write(`${line}\n`);

if (values.seed !== undefined) {
  replay(Number(values.seed));
} else {
  soak();
}

function replay(seed: number): void {
  const onTrace = values.trace === true ? print : () => undefined;
  const { traceHash, steps, counts } = simulate({ ...shapeOf(seed, limits), trace: true, onTrace });
  print(JSON.stringify({ seed, traceHash, steps, counts }, null, 2));
}

function soak(): void {
  const untilMs = performance.now() + Number(values.minutes) * 60_000;
  const base = Number(values['seed-base']);
  const faults = new Map<string, number>();
  const failures: SimulationFailure[] = [];
  let seeds = 0;
  let steps = 0;
  let virtualMs = 0;
  let launches = 0;
  for (; seeds < Number(values.seeds) && performance.now() < untilMs; seeds++) {
    try {
      const result = simulate(shapeOf(base + seeds, limits));
      steps += result.steps;
      virtualMs += result.virtualMs;
      launches += result.counts.launches;
      for (const [kind, count] of Object.entries(result.counts.faults))
        faults.set(kind, (faults.get(kind) ?? 0) + count);
    } catch (error) {
      if (!(error instanceof SimulationFailure)) throw error;
      failures.push(error);
      print(`seed ${error.seed}: ${error.violation.slice(0, 500)}`);
    }
  }
  print(`seeds ${seeds}, virtual hours ${(virtualMs / 3_600_000).toFixed(1)}, steps ${steps}, launches ${launches}`);
  print(`faults ${[...faults].map(([kind, count]) => `${kind} ${count}`).join(', ')}`);
  print(`violations ${failures.length}`);
  const [first] = failures;
  if (first !== undefined) {
    print(first.message);
    exit(1);
  }
}
