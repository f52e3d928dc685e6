import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockFolder } from '../../src/runtime/node/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'altiplano-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('lockFolder()', () => {
  test('gives a folder to one owner at a time, and says which process that is', () => {
    const lock = lockFolder(join(folder, 'new'));
    expect(lockFolder(join(folder, 'new'))).toBe(process.pid);
    if (typeof lock !== 'number') lock.release();
    expect(lockFolder(join(folder, 'new'))).toHaveProperty('release');
  });

  test('takes what a process held that is dead, or another one of the same number by now', () => {
    const { pid } = spawnSync('true');
    for (const holder of [`${pid} 17\n`, `${process.pid} 17\n`, `${process.pid}`]) {
      writeFileSync(join(folder, 'lock'), holder);
      expect(lockFolder(folder), holder).toHaveProperty('release');
      expect(readFileSync(join(folder, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} \\S+\\n$`));
    }
  });
});
