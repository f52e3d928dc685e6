// How much faster than the real one virtual time passes with 10,000 agents; and the scalability experiment of the Mesos
// paper (NSDI 2011, section 6.5): what it takes to launch one more task while 200 frameworks keep up to 50,000 agents busy.
// Run: npm run bench -- simulation                    both; the experiment takes minutes and gigabytes
//      npm run bench -- simulation -- 99 1000 10000   the experiment alone, with so many agents
// For 50,000 agents Node's heap may have to be larger: NODE_OPTIONS=--max-old-space-size=8000

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { argv, cpuUsage } from 'node:process';
import { seededRandom } from '../src/runtime/index.ts';
import { simulate, SimulatedClock, type SimulatedFramework } from '../src/testing/index.ts';
import { calibrate, median } from './calibration.ts';
import { type Counts, hungry, probe, PROBE_MS, type ProbeTimes, steady } from './simulation-workload.ts';
import { plotSvg } from './svg-plot.ts';

const FRAMEWORKS = 200;
const LAUNCHES_PER_S = 40;
const TASK_MS = 30_000;
/** Of the steady workload: when all agents are there and as many tasks end as are launched, and for how long is measured. */
const WARM_UP_MS = 90_000;
const MEASURED_MS = 600_000;

/** Of the paper's experiment. */
const SIZES = [99, 1_000, 10_000, 25_000, 50_000];
const PROBES = 10;
const FIRST_PROBE_MS = 60_000;
const PROBE_EVERY_MS = 2_130;

interface Mark {
  readonly wallMs: number;
  readonly cpuMs: number;
}

function mark(): Mark {
  const { user, system } = cpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1_000 };
}

function steadySpeed(agents: number): void {
  const counts: Counts = { launched: 0, finished: 0, failed: 0 };
  const everyMs = (FRAMEWORKS / LAUNCHES_PER_S) * 1_000;
  const frameworks = Array.from({ length: FRAMEWORKS }, (_, index): SimulatedFramework => {
    const name = `f${index}`;
    const firstMs = 20_000 + (index * everyMs) / FRAMEWORKS;
    const scheduler = steady({ name, firstMs, everyMs, durationMs: TASK_MS, counts });
    return { name, role: `r${index % 20}`, scheduler, options: { checkpoint: false } };
  });
  const clock = new SimulatedClock();
  let start: Mark | undefined;
  let launchedBefore = 0;
  const { counts: all } = simulate({
    seed: 1,
    agents,
    frameworks,
    clock,
    durationMs: WARM_UP_MS + MEASURED_MS,
    healMs: 0,
    check: false,
    trace: 'none',
    stopWhen: () => {
      if (start === undefined && clock.monotonicMs() >= WARM_UP_MS) {
        start = mark();
        launchedBefore = counts.launched;
      }
      return false;
    },
  });
  const end = mark();
  assert.ok(start !== undefined);
  const launched = counts.launched - launchedBefore;
  // At most one in a hundred is not launched on time, and next to none fails: an offer may be rescinded meanwhile.
  assert.ok(Math.abs(launched / (LAUNCHES_PER_S * (MEASURED_MS / 1_000)) - 1) < 0.01, `launched ${launched}`);
  assert.ok(counts.failed < counts.launched / 100, `failed ${counts.failed} of ${counts.launched}`);
  const wallMs = end.wallMs - start.wallMs;
  const cpuMs = end.cpuMs - start.cpuMs;
  console.log(
    `| ${agents.toLocaleString('en')} | ${MEASURED_MS / 1_000} | ${launched} | ${all.messages} | ${(wallMs / 1_000).toFixed(1)} | ${(cpuMs / 1_000).toFixed(1)} | ${(MEASURED_MS / wallMs).toFixed(0)} | ${(MEASURED_MS / cpuMs).toFixed(0)} |`,
  );
}

interface Overheads {
  readonly agents: number;
  /** Tasks that run when the first probe asks. */
  readonly launched: number;
  /** Virtual seconds, of each probe. */
  readonly launchS: readonly number[];
  readonly overheadS: readonly number[];
  /** Real CPU seconds of everything that was simulated between the asking and the TASK_RUNNING, of each probe. */
  readonly cpuS: readonly number[];
}

function launchOverhead(agents: number): Overheads {
  const counts: Counts = { launched: 0, finished: 0, failed: 0 };
  const random = seededRandom(agents);
  const busy = Array.from({ length: FRAMEWORKS }, (_, index): SimulatedFramework => {
    const name = `f${index}`;
    return { name, scheduler: hungry(name, random.stream(name), counts), options: { checkpoint: false } };
  });
  const times = Array.from({ length: PROBES }, (): ProbeTimes => ({}));
  const probes = times.map((each, index): SimulatedFramework => {
    const name = `probe${index}`;
    const scheduler = probe(name, FIRST_PROBE_MS + index * PROBE_EVERY_MS, each);
    return { name, scheduler, options: { checkpoint: false } };
  });
  const asked: number[] = [];
  const ran: number[] = [];
  let launched = 0;
  simulate({
    seed: 1,
    agents: Array.from({ length: agents }, () => ({ resources: 'cpus:1;mem:1024' })),
    frameworks: [...busy, ...probes],
    durationMs: 10 * FIRST_PROBE_MS,
    healMs: 0,
    check: false,
    trace: 'none',
    stopWhen: () => {
      for (const [index, { askedMs, runningMs }] of times.entries()) {
        if (askedMs !== undefined && asked[index] === undefined) {
          asked[index] = mark().cpuMs;
          if (index === 0) launched = counts.launched;
        }
        if (runningMs !== undefined) ran[index] ??= mark().cpuMs;
      }
      return times.every(({ finishedMs }) => finishedMs !== undefined);
    },
  });
  const seconds = (from: number | undefined, to: number | undefined): number => {
    assert.ok(from !== undefined && to !== undefined, 'Every probe has run');
    return (to - from) / 1_000;
  };
  assert.ok(launched > agents, `the cluster is full and goes on: ${launched} launched on ${agents}`);
  assert.ok(counts.failed < counts.launched / 1_000, `failed ${counts.failed}`);
  return {
    agents,
    launched,
    launchS: times.map(({ askedMs, runningMs }) => seconds(askedMs, runningMs)),
    overheadS: times.map(({ askedMs, finishedMs }) => seconds(askedMs, finishedMs) - PROBE_MS / 1_000),
    cpuS: times.map((_, index) => seconds(asked[index], ran[index])),
  };
}

function experiment(sizes: readonly number[]): void {
  console.log(
    '\n| agents | launched before | until it runs, s: median, max | overhead, s: median, max | CPU s meanwhile |',
  );
  console.log('| --- | --- | --- | --- | --- |');
  const rows: Overheads[] = [];
  for (const agents of sizes) {
    const row = launchOverhead(agents);
    rows.push(row);
    const pair = (values: readonly number[]): string =>
      `${median(values).toFixed(3)}, ${Math.max(...values).toFixed(3)}`;
    console.log(
      `| ${agents.toLocaleString('en')} | ${row.launched.toLocaleString('en')} | ${pair(row.launchS)} | ${pair(row.overheadS)} | ${median(row.cpuS).toFixed(3)} |`,
    );
  }
  if (rows.length < 2) return;
  const folder = `${import.meta.dirname}/plots`;
  mkdirSync(folder, { recursive: true });
  const svg = plotSvg({
    title: 'Launching one more task while 200 frameworks fill the cluster',
    xLabel: 'agents',
    yLabel: 'overhead of the launch, virtual seconds',
    series: [
      { name: `median of ${PROBES} tasks`, points: rows.map((row) => [row.agents, median(row.overheadS)]) },
      { name: 'the slowest', points: rows.map((row) => [row.agents, Math.max(...row.overheadS)]) },
    ],
  });
  writeFileSync(`${folder}/launch-overhead.svg`, svg);
  console.log(`\n${folder}/launch-overhead.svg`);
}

function report(): void {
  const { sortMs, sumMs } = calibrate();
  console.log(`Calibration: sort ${sortMs.toFixed(0)} ms, sum ${sumMs.toFixed(0)} ms`);
}

const sizes = argv.includes('--') ? argv.slice(argv.indexOf('--') + 1).map(Number) : [];
report();
if (sizes.length === 0) {
  console.log(
    `\n${FRAMEWORKS} frameworks, ${LAUNCHES_PER_S} launches per virtual second, tasks of ${TASK_MS / 1_000} s`,
  );
  console.log(
    '| agents | virtual s | launches | messages in all | wall s | CPU s | virtual s per wall s | per CPU s |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const agents of [2_000, 10_000]) steadySpeed(agents);
}
experiment(sizes.length === 0 ? SIZES : sizes);
report();
