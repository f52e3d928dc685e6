import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, runProgram } from '../support/run-program.ts';

const DEMO = join(ROOT, 'examples', 'demo', 'main.ts');

describe.concurrent('npm start', { timeout: 60_000 }, () => {
  test('ends by itself with a summary, every task finished and nothing left behind', async ({ expect }) => {
    const { code, stdout, stderr } = await runProgram(DEMO, { args: ['--tasks', '24'] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^render: 15 finished, 0 failed, mean wait [\d.]+ s, /m);
    expect(stdout).toMatch(/^index: 9 finished, 0 failed, mean wait [\d.]+ s, /m);
    expect(stdout).toMatch(/^All: 24 of 24 tasks finished; all resources returned, nothing left behind$/m);
  });

  test('leaves with 130 and nothing behind when it is interrupted', async ({ expect }) => {
    let sent = false;
    const { code, stdout, stderr } = await runProgram(DEMO, {
      onOutput(output, signal) {
        if (sent || !/, [1-9]\d* running/.test(output)) return;
        sent = true;
        signal('SIGINT');
      },
    });
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(stdout).toMatch(/^All: \d+ of 150 tasks finished; all resources returned, nothing left behind$/m);
    const [, workDir = ''] = /sandboxes in (.*)$/m.exec(stdout) ?? [];
    expect(workDir).not.toBe('');
    expect(existsSync(workDir)).toBe(false);
  });
});

test('npm start says what it can do, and what was wrong with an argument', async () => {
  const help = await runProgram(DEMO, { args: ['--help'] });
  expect({ code: help.code, stderr: help.stderr }).toEqual({ code: 0, stderr: '' });
  expect(help.stdout).toMatch(/^Usage: npm start/);

  const wrong = await runProgram(DEMO, { args: ['--tasks', 'many'] });
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/^--tasks: expected a whole number from 2 on, got many$/m);
});
