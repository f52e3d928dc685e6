import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/*
 * Replays the vectors of the allocator against the built package (`npm run build`), in a process of its own. A vector
 * qualifies by what its steps use, not by its result: all do that use no quota.
 * Those are replayed too, but nothing is demanded of them. VECTORS=DIR takes vectors from another folder with the
 * same sub-folders.
 */

const HERE = import.meta.dirname;
const VECTORS = resolve(process.env['VECTORS'] ?? HERE, 'allocator');

/** Quota. */
const LATER_STEPS = new Set(['setQuota']);

interface Step {
  readonly do: string;
  readonly expect?: object;
  readonly quotas?: object;
}

interface Vector {
  readonly id: string;
  readonly steps: readonly Step[];
}

function qualifies({ steps }: Vector): boolean {
  return steps.every((step) => {
    if (LATER_STEPS.has(step.do)) return false;
    // Recovery after a failover waits for agents only if there is quota.
    if (Object.keys(step.quotas ?? {}).length > 0) return false;
    return !(step.do === 'expectSnapshot' && 'quota' in (step.expect ?? {}));
  });
}

const { stdout, stderr } = spawnSync(
  process.execPath,
  [join(HERE, 'replay.mjs'), '--adapter', join(HERE, 'adapter.mjs'), '--dir', VECTORS],
  { encoding: 'utf8' },
);
const failures = stdout.split(/\n(?= {2}FAIL |\S)/).filter((lines) => lines.startsWith('  FAIL '));

describe('vectors of the allocator', () => {
  const vectors = readdirSync(VECTORS)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name): readonly Vector[] => JSON.parse(readFileSync(join(VECTORS, name), 'utf8')).vectors);
  const qualifying = vectors.filter(qualifies);

  test.for(qualifying.map(({ id }) => id))('%s', (id) => {
    expect(failures.filter((lines) => lines.startsWith(`  FAIL ${id}:`))).toEqual([]);
  });

  test('all were replayed, and many qualify', () => {
    console.info(
      `allocator: ${qualifying.length} of ${vectors.length} vectors qualify; ${failures.length} of all failed`,
    );
    expect(stderr).toBe('');
    expect(stdout).toContain(`\n${vectors.length - failures.length} passed, ${failures.length} failed\n`);
    expect(qualifying.length).toBeGreaterThan(vectors.length / 4);
  });
});
