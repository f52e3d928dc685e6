/** What a simulation does is in its options alone: neither the process nor the machine that it runs on has a say. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FAULT_KINDS, type SimulationCounts } from '../../src/testing/index.ts';
import { runProgram } from '../support/run-program.ts';

const SEEDS = ['1', '2', '3', '4', '5', '6', '7', '8'];

/** What one process has to say. */
interface Told {
  readonly place: Readonly<Record<string, unknown>>;
  readonly hashes: readonly { readonly traceHash: string; readonly counts: SimulationCounts }[];
}

async function tracesIn(locale: string, timeZone: string, node: readonly string[]): Promise<Told> {
  const { code, stdout, stderr } = await runProgram(join(import.meta.dirname, 'trace-hashes.ts'), {
    args: SEEDS,
    node,
    env: { LANG: locale, LC_ALL: locale, TZ: timeZone },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Told;
}

test('two processes, with the settings of two machines, give the same trace for the same seed', {
  timeout: 120_000,
}, async () => {
  const here = await tracesIn('ar_EG.UTF-8', 'America/St_Johns', ['--hash-seed=1', '--max-old-space-size=512']);
  // Sorts, writes numbers and reads the clock in another way; and its engine hashes and collects in another way.
  const there = await tracesIn('et_EE.UTF-8', 'Pacific/Apia', ['--hash-seed=2', '--max-semi-space-size=1']);

  expect(there.hashes).toEqual(here.hashes);
  expect(new Set(here.hashes.map(({ traceHash }) => traceHash)).size).toBe(SEEDS.length);
  const happened = new Set(here.hashes.flatMap(({ counts }) => Object.keys(counts.faults)));
  expect(FAULT_KINDS.filter((kind) => !happened.has(kind))).toEqual([]);
  // If the settings came to nothing, the processes being equal would show nothing.
  for (const [what, value] of Object.entries(here.place)) expect([what, value]).not.toEqual([what, there.place[what]]);
});
