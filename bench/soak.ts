/** Simulates one seed after the other, many shapes and faults, and says in the end what was done: see {@link USAGE}. */
import { readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import {
  type ScriptedFault,
  shrinkFaults,
  simulate,
  SimulationFailure,
  type SimulationOptions,
} from '../src/testing/index.ts';
import { shapeOf } from '../test/simulation/shapes.ts';
import { varied } from '../test/simulation/variety.ts';

const USAGE = `Usage: npm run soak -- [options]

  --minutes M        go on for about M minutes, the seed that is under way included (1)
  --seeds N          at most so many seeds
  --seed-base B      begin with this seed (1)
  --agents A         at most so many agents (50); large clusters take minutes for each seed
  --frameworks F     at most so many frameworks (10)
  --minutes-each V   virtual minutes of faults for each seed (60)
  --rich             frameworks that use all that there is, and all that can go wrong
  --seed S           this one seed alone; with --trace line by line
  --shrink FILE      with --seed: if it fails, looks for the shortest story, and writes what is needed for it to FILE
  --story FILE       with --seed: runs what --shrink has written
  --every-fault      all kinds of faults for every seed, not for one half of them
  --varied           frameworks that think, do not checkpoint, or are given up soon
  --help             this text

For many seeds in little time: --agents 4 --frameworks 3 --minutes-each 10`;

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    minutes: { type: 'string', default: '1' },
    seeds: { type: 'string', default: 'Infinity' },
    'seed-base': { type: 'string', default: '1' },
    seed: { type: 'string' },
    rich: { type: 'boolean', default: false },
    trace: { type: 'boolean' },
    shrink: { type: 'string' },
    story: { type: 'string' },
    varied: { type: 'boolean' },
    'every-fault': { type: 'boolean' },
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
  everyFault: values['every-fault'] === true,
  rich: values.rich,
};

const print = (line: string): void => void stdout.write(`${line}\n`);

if (values.help === true) {
  print(USAGE);
} else if (values.seed !== undefined && values.shrink !== undefined) {
  shrink(amount('seed'), values.shrink);
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

function clusterOf(seed: number): SimulationOptions {
  const options = shapeOf(seed, limits);
  return values.varied === true ? varied(options) : options;
}

function replay(seed: number): void {
  const onTrace = values.trace === true ? print : () => undefined;
  const shape = clusterOf(seed);
  const options = values.story === undefined ? shape : withStory(shape, readFileSync(values.story, 'utf8'));
  const { traceHash, steps, counts } = simulate({ ...options, trace: true, onTrace });
  print(JSON.stringify({ seed, traceHash, steps, counts }, null, 2));
}

/** What of a shape is left in the shortest story of its failure. */
interface Story {
  readonly agents: SimulationOptions['agents'];
  /** Names. */
  readonly frameworks: readonly string[];
  readonly script: readonly ScriptedFault[];
}

function withStory(shape: SimulationOptions, text: string): SimulationOptions {
  // What `shrink` has written; `simulate` checks the faults.
  const { agents, frameworks, script } = JSON.parse(text) as Story;
  return {
    ...shape,
    agents,
    frameworks: shape.frameworks.filter(({ name }) => frameworks.includes(name)),
    faults: { script },
  };
}

function shrink(seed: number, file: string): void {
  const shape = clusterOf(seed);
  const replayed = `${shape.replay} --story ${file}`;
  const found = shrinkFaults({ ...shape, replay: replayed });
  if (found === undefined) {
    print(`seed ${seed} does not fail`);
    return;
  }
  const { options, failure, faultsBefore, runs } = found;
  const { agents, frameworks, faults } = options;
  const script = faults?.script ?? failure.faults;
  const story: Story = { agents, frameworks: frameworks.map(({ name }) => name), script };
  writeFileSync(file, `${JSON.stringify(story, null, 2)}\n`);
  print(failure.message);
  print(`${script.length} of ${faultsBefore} faults are left, after ${runs} simulations:`);
  for (const fault of script) print(`  ${JSON.stringify(fault)}`);
  exit(1);
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
      const result = simulate(clusterOf(base + seeds));
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
    print(`The shortest story of it: ${first.replay} --shrink story.json`);
    exit(1);
  }
}
