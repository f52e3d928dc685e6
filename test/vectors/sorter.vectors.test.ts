import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/*
 * Replays the vectors of the sorter against the built package (`npm run build`), in a process of its own.
 * VECTORS=DIR takes them from another folder with the same sub-folders.
 */

const HERE = import.meta.dirname;
const VECTORS = resolve(process.env['VECTORS'] ?? HERE, 'sorter');

const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [join(HERE, 'replay.mjs'), '--adapter', join(HERE, 'adapter.mjs'), '--dir', VECTORS],
  { encoding: 'utf8' },
);

describe('vectors of the sorter', () => {
  const files = readdirSync(VECTORS).filter((name) => name.endsWith('.json'));

  test.for(files)('%s', (file) => {
    // What is indented after the line of the file are its failures.
    const report = stdout.split(/\n(?! )/).find((lines) => lines.startsWith(`${file}: `));
    expect(report ?? stderr).toMatch(/^\S+: [1-9]\d* passed, 0 failed$/);
  });

  test('all of them passed, and there were some', () => {
    expect(`${stderr}${stdout.split('\n').at(-2)}`).toMatch(/^[1-9]\d* passed, 0 failed$/);
    expect(status).toBe(0);
  });
});
