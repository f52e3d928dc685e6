/** Makes bugs on purpose, one at a time, and tells which invariant found each, and after how many seeds: see {@link USAGE}. */
import process, { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import type { Bug } from './bug.ts';
import { BUGS } from './bugs.ts';
import { Mutant, type Trial } from './mutant.ts';
import { finder } from './report.ts';

const USAGE = `Usage: npm run mutations -- [options]

  --only NAME   this bug alone (may be said several times), without the sources as they are; its story is printed
  --seeds N     at most so many seeds for each (200)
  --list        which bugs there are
  --help        this text

A bug that is found by no seed, and a violation without any bug, make it exit with 1.`;

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    only: { type: 'string', multiple: true, default: [] },
    seeds: { type: 'string', default: '200' },
    list: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

const print = (line: string): void => void stdout.write(`${line}\n`);

if (values.help === true) print(USAGE);
else if (values.list === true) for (const { name, file, says } of BUGS) print(`${name} (${file}): ${says}`);
else await main();

async function main(): Promise<void> {
  const seeds = seedCount();
  const bugs = chosen();
  const isAll = values.only.length === 0;
  const mutant = new Mutant();
  const leave = (): never => {
    mutant[Symbol.dispose]();
    return exit(130);
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  let failures = 0;
  try {
    if (isAll && !(await baseline(mutant, seeds))) failures += 1;
    print('| bug | what is wrong | found by | seeds | in words |\n| --- | --- | --- | --- | --- |');
    for (const bug of bugs) {
      const trial = await mutant.try(bug, { seeds, all: false });
      const found = verdict(trial);
      if (found === undefined) failures += 1;
      const { by, after, words, story } = found ?? { by: '**nobody**', after: `${seeds}`, words: '', story: '' };
      print(`| ${bug.name} | ${bug.says} | ${by} | ${after} | ${cell(words)} |`);
      if (!isAll) print(`\n${story}\n`);
    }
  } finally {
    mutant[Symbol.dispose]();
  }
  const found = bugs.length - failures;
  print(`\n${found < 0 ? 0 : found} of ${bugs.length} bugs found${failures > 0 ? `; ${failures} failures` : ''}`);
  if (failures > 0) exit(1);
}

function seedCount(): number {
  const seeds = Number(values.seeds);
  if (Number.isInteger(seeds) && seeds > 0) return seeds;
  return refuse(`--seeds: expected a whole number above 0, got ${values.seeds}`);
}

function chosen(): readonly Bug[] {
  const unknown = values.only.find((name) => !BUGS.some((bug) => bug.name === name));
  if (unknown !== undefined) return refuse(`--only: expected the name of a bug, got ${unknown}`);
  return values.only.length === 0 ? BUGS : BUGS.filter(({ name }) => values.only.includes(name));
}

function refuse(why: string): never {
  stderr.write(`${why}\n\n${USAGE}\n`);
  return exit(2);
}

/** The sources as they are, on the same seeds: nothing may be found. */
async function baseline(mutant: Mutant, seeds: number): Promise<boolean> {
  const { reports, hangs, died } = await mutant.try(undefined, { seeds, all: true });
  const wrong = reports.flatMap(({ seed, failure }) =>
    failure === undefined ? [] : [`seed ${seed}: ${failure.story}`],
  );
  if (hangs) wrong.push(`seed ${reports.length + 1} does not end`);
  if (died !== undefined) wrong.push(died);
  print(`Without a bug: ${reports.length} seeds, ${wrong.length} violations\n`);
  for (const each of wrong) print(each);
  return wrong.length === 0;
}

interface Verdict {
  readonly by: string;
  readonly after: string;
  readonly words: string;
  readonly story: string;
}

function verdict({ reports, hangs, died }: Trial): Verdict | undefined {
  const failure = reports.at(-1)?.failure;
  if (failure !== undefined) {
    const { violation, story } = failure;
    return { by: finder(failure), after: `${reports.length}`, words: violation, story };
  }
  const after = `${reports.length + 1}`;
  if (hangs) return { by: 'hang', after, words: 'the simulation does not end', story: '' };
  if (died !== undefined) return { by: 'crash', after, words: 'the process dies', story: died };
  return undefined;
}

/** Short, on one line, without what differs from place to place. */
function cell(words: string): string {
  const [line = ''] = words.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}-?/g, '').split('\n');
  const text = line.replaceAll('|', '/');
  return text.length > 140 ? `${text.slice(0, 137)}…` : text;
}
