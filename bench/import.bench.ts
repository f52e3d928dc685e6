/**
 * What it costs to import an entry point of the built package: a fresh Node process for each sample, the import timed
 * within it, and the time of Node's own start left out.
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

function importMs(name: string): number {
  const program = `
    const before = performance.now();
    await import(${JSON.stringify(name)});
    console.log(performance.now() - before);`;
  const answer = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  const ms = Number(answer);
  if (!(ms > 0)) throw new Error(`Expected a time in milliseconds for ${name}, got ${JSON.stringify(answer)}`);
  return ms;
}

console.log(`Import in a fresh process, ${SAMPLES} samples, ms; Node ${process.version}`);
console.log(`${'entry point'.padEnd(22)}${'median'.padStart(8)}${'least'.padStart(8)}`);
for (const name of ENTRY_POINTS) {
  const samples = Array.from({ length: SAMPLES }, () => importMs(name)).toSorted((a, b) => a - b);
  const [least = Number.NaN] = samples;
  const median = samples[Math.floor(SAMPLES / 2)] ?? Number.NaN;
  console.log(`${name.padEnd(22)}${median.toFixed(1).padStart(8)}${least.toFixed(1).padStart(8)}`);
}
