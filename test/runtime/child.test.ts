import { fork } from 'node:child_process';
import { expect, test } from 'vitest';

test('connectParent(): all that was sent has come when its process ends after flushed()', async () => {
  const child = fork(new URL('child-sender.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  let count = 0;
  child.on('message', () => {
    count += 1;
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(count).toBe(2_000);
});
