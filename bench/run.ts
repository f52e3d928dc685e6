/**
 * Runs benchmarks by name, one after another: `npm run bench -- allocator master`. Without a name it says which there
 * are. What follows `--` after the names is left to the benchmark, in `process.argv`.
 */
import { readdirSync } from 'node:fs';

const SUFFIX = '.bench.ts';
const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length))
  .toSorted();

const given = process.argv.slice(2);
const end = given.indexOf('--');
const names = end < 0 ? given : given.slice(0, end);
const unknown = names.filter((name) => !known.includes(name));

if (names.length === 0 || unknown.length > 0) {
  for (const name of unknown) console.error(`Expected one of the benchmarks, got ${JSON.stringify(name)}`);
  console.error(`Usage: npm run bench -- NAME...\nBenchmarks: ${known.join(', ') || 'none'}`);
  process.exitCode = 2;
} else {
  for (const name of names) await import(`./${name}${SUFFIX}`);
}
