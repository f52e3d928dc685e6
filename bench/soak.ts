/** Simulates one seed after the other, many shapes and faults, and says in the end what was done: see {@link USAGE}. */
import { performance } from 'node:perf_hooks';
import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { simulate, SimulationFailure } from '../src/testing/index.ts';
import { shapeOf } from '../test/simulation/shapes.ts';

const USAGE = `Usage: npm run soak -- [options]

  --minutes M        go on for about M minutes, the seed that is under way included (1)
  --seeds N          at most so many seeds
  --seed-base B      begin with this seed (1)
  --agents A         at most so many agents (50); large clusters take minutes for each seed
  --frameworks F     at most so many frameworks (10)
  --minutes-each V   virtual minutes of faults for each seed (60)
  --seed S           this one seed alone; with --trace line by line
  --help             this text

For many seeds in little time: --agents 4 --frameworks 3 --minutes-each 10`;

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    minutes: { type: 'string', default: '1' },
    seeds: { type: 'string', default: 'Infinity' },
    'seed-base': { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean' },
    help: { type: 'boolean' },
    agents: { type: 'string', default: '50' },
    frameworks: { type: 'string', default: '10' },
    'minutes-each': { type: 'string', default: '60' },
  },
});

const limits = {
  agentsMax: amount('agents'),
  frameworksMax: amount('frameworks'),
  durationMs: amount('minutes-each') * 60_000,
};

const print = (line: string): void => void stdout.write(`${line}\n`);

if (values.help === true) {
  print(USAGE);
} else if (values.seed !== undefined) {
  replay(amount('seed'));
} else {
  soak();
}

function amount(option: 'agents' | 'frameworks' | 'minutes' | 'minutes-each' | 'seed' | 'seed-base' | 'seeds'): number {
  const number = Number(values[option]);
  if (number >= 0) return number;
  stderr.write(`--${option}: expected a number of 0 or more, got ${values[option]}\n\n${USAGE}\n`);
  return exit(2);
}

function replay(seed: number): void {
  const onTrace = values.trace === true ? print : () => undefined;
  const { traceHash, steps, counts } = simulate({ ...shapeOf(seed, limits), trace: true, onTrace });
  print(JSON.stringify({ seed, traceHash, steps, counts }, null, 2));
}

function soak(): void {
  const untilMs = performance.now() + amount('minutes') * 60_000;
  const base = amount('seed-base');
  const seedsMax = amount('seeds');
  const faults = new Map<string, number>();
  const failures: SimulationFailure[] = [];
  let seeds = 0;
  let steps = 0;
  let virtualMs = 0;
  let launches = 0;
  for (; seeds < seedsMax && performance.now() < untilMs; seeds++) {
    const startMs = performance.now();
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
    stderr.write(`seed ${base + seeds}: ${((performance.now() - startMs) / 1_000).toFixed(1)} s\n`);
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
