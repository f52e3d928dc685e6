import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, runProgram } from '../support/run-program.ts';

test('the page about allocation shows what its example prints, all of it', { timeout: 60_000 }, async () => {
  const page = readFileSync(join(ROOT, 'docs', 'allocation.md'), 'utf8');
  const shown = [...page.matchAll(/^```text\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const { code, stdout } = await runProgram(join(ROOT, 'examples', 'drf.ts'));
  expect(code).toBe(0);
  expect(shown.join('\n')).toBe(stdout);
});
