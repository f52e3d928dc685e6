/**
 * What it costs to import an entry point of the built package: a fresh Node process for each sample, measured within it,
 * so that Node's own start is left out. Processor time is what a shared machine disturbs least.
 */
import { execFileSync } from 'node:child_process';

const ENTRY_POINTS = [
  'altiplano',
  'altiplano/scheduler',
  'altiplano/resources',
  'altiplano/allocator',
  'rxjs',
  'immer',
];
const SAMPLES = 15;

interface Sample {
  readonly wallMs: number;
  readonly cpuMs: number;
}

function importOnce(name: string): Sample {
  const program = `
    const before = performance.now();
    const usage = process.cpuUsage();
    await import(${JSON.stringify(name)});
    const { user, system } = process.cpuUsage(usage);
    console.log(performance.now() - before, (user + system) / 1000);`;
  const answer = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  const [wallMs = 0, cpuMs = 0] = answer.split(' ').map(Number);
  if (!(wallMs > 0 && cpuMs > 0)) throw new Error(`Expected two times in milliseconds for ${name}, got ${answer}`);
  return { wallMs, cpuMs };
}

const row = (cells: readonly string[]): string =>
  cells.map((cell, index) => (index === 0 ? cell.padEnd(22) : cell.padStart(12))).join('');

console.log(`Import in a fresh process, ${SAMPLES} samples, ms; Node ${process.version}`);
console.log(row(['entry point', 'median', 'least', 'least CPU']));
for (const name of ENTRY_POINTS) {
  const samples = Array.from({ length: SAMPLES }, () => importOnce(name));
  const wall = samples.map(({ wallMs }) => wallMs).toSorted((a, b) => a - b);
  const least = Math.min(...wall);
  const leastCpu = Math.min(...samples.map(({ cpuMs }) => cpuMs));
  const median = wall[Math.floor(SAMPLES / 2)] ?? Number.NaN;
  console.log(row([name, ...[median, least, leastCpu].map((ms) => ms.toFixed(1))]));
}
