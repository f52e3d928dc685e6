import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGuide } from '../support/guide.ts';
import { ROOT, runProgram } from '../support/run-program.ts';

/** What the program prints, in order; other lines may stand between them. */
const ESSENTIALS: readonly RegExp[] = [
  /^task-\d TASK_RUNNING/m,
  /^flaky-1 TASK_FAILED\nflaky-2 TASK_FAILED\nflaky-3 TASK_FINISHED$/m,
  /^still running: \[ 'daemon' \]$/m,
  /^event: frameworkAdded$/m,
  /^agent-1: .* of cpus:/m,
  /^quiet true 0$/m,
  /^SubscriptionError: Framework failed over$/m,
];

describe('the guide', { timeout: 60_000 }, () => {
  const { program, pieces } = readGuide();

  test('quotes the examples letter by letter', () => {
    expect(pieces.length).toBeGreaterThan(5);
    const astray = pieces.filter(({ path, text }) => !readFileSync(join(ROOT, path), 'utf8').includes(text));
    expect(astray).toEqual([]);
  });

  test('is a program that does what it says, ends by itself, and leaves nothing', async ({ onTestFinished }) => {
    // A user's project: the packages are where `npm install` would have put them.
    const project = mkdtempSync(join(tmpdir(), 'altiplano-guide-'));
    onTestFinished(() => rmSync(project, { recursive: true }));
    mkdirSync(join(project, 'node_modules'));
    symlinkSync(ROOT, join(project, 'node_modules', 'altiplano'));
    symlinkSync(join(ROOT, 'node_modules', 'tsx'), join(project, 'node_modules', 'tsx'));
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }\n');
    writeFileSync(join(project, 'guide.ts'), program);

    const { code, stdout, stderr } = await runProgram(join(project, 'guide.ts'), {
      cwd: project,
      env: { TMPDIR: project },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    let rest = stdout;
    for (const line of ESSENTIALS) {
      expect(rest).toMatch(line);
      rest = rest.slice(rest.search(line));
    }
    expect(readdirSync(project).filter((entry) => entry.startsWith('altiplano-'))).toEqual([]);
  });
});
