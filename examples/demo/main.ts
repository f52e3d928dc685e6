/**
 * What `npm start` runs: two frameworks with unequal demands share a cluster of three agents, fairly, with real processes.
 * It ends by itself; Ctrl-C ends it sooner, and leaves nothing behind.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Cluster, createCluster } from 'altiplano';
import { describe, dominantShare, logLine, percent, Screen, tableLines } from './table.ts';
import { type Workload, WorkloadFramework } from './workload.ts';

const USAGE = `Usage: npm start [-- --tasks N]

A cluster of three agents in this process, and two frameworks that share it: one needs mostly CPUs, the other mostly
memory, and comes later. Every task is a real process in a sandbox of its own.

  --tasks N   how many tasks in all, from 2 on; 150 if absent
  --help      this text

Exits with 0 if every task finished and everything was given back, with 1 if not, with 130 after Ctrl-C.`;

const AGENT = { resources: 'cpus:4;mem:2048' };
const TOTAL = { cpus: 12, memMb: 6144 };
const TIME_LIMIT_MS = 50_000;

function workloads(tasks: number): readonly Workload[] {
  const first = Math.ceil(tasks * 0.6);
  return [
    { name: 'render', tasks: first, cpus: 1, memMb: 128, seconds: [0.8, 1.6], startAfter: 0 },
    { name: 'index', tasks: tasks - first, cpus: 0.25, memMb: 512, seconds: [0.8, 1.6], startAfter: 2 },
  ];
}

/** Shares while both frameworks have tasks waiting: only then is there something to be fair about. */
class Fairness {
  readonly #sums: number[];
  #samples = 0;

  constructor(frameworks: readonly WorkloadFramework[]) {
    this.#sums = frameworks.map(() => 0);
  }

  sample(frameworks: readonly WorkloadFramework[]): void {
    if (frameworks.some(({ progress }) => progress.waiting === 0)) return;
    this.#samples += 1;
    for (const [index, framework] of frameworks.entries()) {
      this.#sums[index] = (this.#sums[index] ?? 0) + dominantShare(framework, TOTAL);
    }
  }

  /** `undefined` if they never competed. */
  mean(index: number): number | undefined {
    return this.#samples === 0 ? undefined : (this.#sums[index] ?? 0) / this.#samples;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function showUntil(
  done: Promise<unknown>,
  frameworks: readonly WorkloadFramework[],
  fairness: Fairness,
): Promise<void> {
  const screen = process.stdout.isTTY ? new Screen(process.stdout) : undefined;
  const begin = performance.now();
  const ended = done.then(() => true);
  let step = 0;
  do {
    const seconds = (performance.now() - begin) / 1_000;
    if (screen !== undefined) screen.draw(tableLines(frameworks, TOTAL, seconds));
    else if (step % 10 === 0) console.log(logLine(frameworks, TOTAL, seconds));
    fairness.sample(frameworks);
    step += 1;
  } while (!(await Promise.race([ended, sleep(100, false)])));
}

/** Prints what came of it; answers whether every task finished and everything was given back. */
function summarize(frameworks: readonly WorkloadFramework[], fairness: Fairness, leaks: readonly string[]): boolean {
  let well = leaks.length === 0;
  console.log();
  for (const [index, { workload, progress }] of frameworks.entries()) {
    const mean = fairness.mean(index);
    const shared = mean === undefined ? 'never competed' : `mean share while both waited ${percent(mean)}`;
    const wait = `mean wait ${(progress.meanWaitMs / 1_000).toFixed(1)} s`;
    console.log(`${workload.name}: ${progress.finished} finished, ${progress.failed} failed, ${wait}, ${shared}`);
    well &&= progress.finished === workload.tasks;
  }
  const finished = frameworks.reduce((sum, { progress }) => sum + progress.finished, 0);
  const tasks = frameworks.reduce((sum, { workload }) => sum + workload.tasks, 0);
  console.log(
    `All: ${finished} of ${tasks} tasks finished; ${leaks.join('; ') || 'all resources returned, nothing left behind'}`,
  );
  return well;
}

/** What is still held in the master's books. */
function held(cluster: Cluster): readonly string[] {
  return cluster.state().agents.flatMap(({ hostname, used, offered }) => {
    const rest = used.plus(offered);
    return rest.isEmpty ? [] : [`${hostname} still holds ${rest}`];
  });
}

async function main(tasks: number): Promise<number> {
  const stop = new Promise<number>((resolve) => {
    // Not just once: a second Ctrl-C must not cut the tidying short.
    process.on('SIGINT', () => resolve(130));
    process.on('SIGTERM', () => resolve(143));
    process.on('SIGHUP', () => resolve(129));
  });
  // What an ended task gives back is offered with the next round: tasks of a second cannot wait a second for it.
  await using cluster = await createCluster({ agents: [AGENT, AGENT, AGENT], allocationIntervalMs: 100 });
  console.log(`Three agents of ${AGENT.resources}, sandboxes in ${cluster.workDir}`);
  const plan = workloads(tasks);
  for (const workload of plan) console.log(describe(workload));
  console.log();

  const frameworks = plan.map((workload) => new WorkloadFramework(cluster, workload));
  const fairness = new Fairness(frameworks);
  const work = Promise.all(frameworks.map((framework) => framework.run())).then(() => 0);
  const late = sleep(TIME_LIMIT_MS, 1, { ref: false });
  let code = 1;
  const end = Promise.race([work, stop, late]).then((how) => {
    code = how;
  });
  await showUntil(end, frameworks, fairness);
  if (code > 1) console.log('\nInterrupted: ending the tasks that run');

  const leaks = code === 0 ? [...held(cluster)] : [];
  const pids = frameworks.flatMap(({ progress }) => progress.pids);
  await cluster.close();
  const alive = pids.filter(isAlive);
  if (alive.length > 0) leaks.push(`processes ${alive.join(', ')} still run`);
  if (existsSync(cluster.workDir)) leaks.push(`${cluster.workDir} is still there`);
  const well = summarize(frameworks, fairness, leaks);
  return code === 0 && !well ? 1 : code;
}

function parse(): number | undefined {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' }, tasks: { type: 'string' } } });
  if (values.help) return undefined;
  const tasks = Number(values.tasks ?? 150);
  if (!Number.isInteger(tasks) || tasks < 2)
    throw new Error(`--tasks: expected a whole number from 2 on, got ${values.tasks}`);
  return tasks;
}

let tasks: number | undefined;
try {
  tasks = parse();
  if (tasks === undefined) console.log(USAGE);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
if (tasks !== undefined) process.exitCode = await main(tasks);
