import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/*
 * Replays the suites of which every vector must pass against the built package (`npm run build`), each in a process of
 * its own, which tells what it saw file by file. VECTORS=DIR takes them from another folder with the same sub-folders.
 */

const HERE = import.meta.dirname;

describe.for(['resources', 'sorter', 'allocator'])('vectors of %s', (suite) => {
  const vectors = resolve(process.env['VECTORS'] ?? HERE, suite);
  const files = readdirSync(vectors).filter((name) => name.endsWith('.json'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(HERE, 'replay.mjs'), '--adapter', join(HERE, 'adapter.mjs'), '--dir', vectors],
    { encoding: 'utf8' },
  );

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
