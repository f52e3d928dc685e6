/**
 * Stories: a small cluster, a script of faults, and the log of what was said. The recorded files are meant to be read; a
 * change in them is a change in what a cluster does, to be looked at as such. `npx vitest run test/transcript -u` records
 * them anew.
 */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { simulate } from '../../src/testing/index.ts';
import { STORIES } from './stories.ts';

test.for(STORIES)('$file: $title', async ({ file, title, tells, options }) => {
  const { trace } = simulate({ ...options, seed: 1, trace: true, healMs: 0 });
  const head = [title, '', ...tells.trim().split('\n')].map((line) => `# ${line}`.trimEnd());
  await expect(`${[...head, '', ...trace].join('\n')}\n`).toMatchFileSnapshot(`${file}.txt`);
});

test('every recorded file belongs to a story', () => {
  const recorded = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));
  expect(recorded.sort()).toEqual(STORIES.map(({ file }) => `${file}.txt`).sort());
});
