import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitOf, recordedExit } from '../../src/agent/containerizers/process/exit-status.ts';
import { programProblem } from '../../src/agent/containerizers/process/program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-test-'));
  for (const name of ['bin', 'other', 'bin/folder']) mkdirSync(join(folder, name));
  for (const [name, mode] of Object.entries({
    'bin/tool': 0o755,
    'bin/data': 0o644,
    'other/data': 0o755,
    here: 0o755,
  })) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), mode);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('programProblem()', () => {
  const problem = (program: string, path = `${folder}/none:${folder}/bin`): string | undefined =>
    programProblem(program, path, folder);

  test('finds a program in the folders of the path, by an absolute path, and below the sandbox', () => {
    expect(problem('tool')).toBeUndefined();
    expect(problem(join(folder, 'bin/tool'))).toBeUndefined();
    expect(problem('bin/tool')).toBeUndefined();
    expect(problem('./here')).toBeUndefined();
    // An empty or relative component counts from the sandbox, as a shell has it.
    expect(problem('here', '/none:')).toBeUndefined();
    expect(problem('tool', 'bin')).toBeUndefined();
  });

  test('says what is wrong with one that cannot be run', () => {
    expect(problem('nothing')).toBe(`No such program: nothing (searched ${folder}/none:${folder}/bin)`);
    expect(problem('./nothing')).toBe(`No such program: ${folder}/nothing`);
    expect(problem('bin/tool/below')).toBe(`No such program: ${folder}/bin/tool/below`);
    expect(problem('bin/data')).toBe(`Permission denied: ${folder}/bin/data is not executable`);
    expect(problem('folder')).toBe(`Not a program: ${folder}/bin/folder is no regular file`);
    expect(problem('')).toBe('No program given: the value of the command is empty');
    expect(problem('-c')).toBe('Program names cannot begin with a dash: -c');
  });

  test('goes on searching after one that may not be run, and tells it if there is no other', () => {
    expect(problem('data', `${folder}/bin:${folder}/other`)).toBeUndefined();
    expect(problem('data')).toBe(`Permission denied: ${folder}/bin/data is not executable`);
  });
});

describe('exitOf()', () => {
  test.each([
    [0, { exitCode: 0 }],
    [1, { exitCode: 1 }],
    [126, { exitCode: 126, hint: 'command cannot be executed' }],
    [127, { exitCode: 127, hint: 'command not found' }],
    [128, { exitCode: 128 }],
    [129, { exitCode: 129, signal: 'SIGHUP' }],
    [134, { exitCode: 134, signal: 'SIGABRT' }],
    [137, { exitCode: 137, signal: 'SIGKILL' }],
    [143, { exitCode: 143, signal: 'SIGTERM' }],
    [200, { exitCode: 200 }],
    [255, { exitCode: 255 }],
  ])('reads status %i', (code, exit) => {
    expect(exitOf(code)).toEqual({ type: 'exited', ...exit });
  });
});

describe('recordedExit()', () => {
  const identity = '100 boot 5\n';
  test.each([
    [
      'a status of a command',
      { supervisor: identity, command: identity, exit: '3\n' },
      { type: 'exited', exitCode: 3 },
    ],
    [
      'a command that was killed before it was recorded',
      { supervisor: identity, exit: '143\n' },
      { type: 'exited', signal: 'SIGTERM' },
    ],
    ['a command that could not be recorded', { supervisor: identity, exit: '1\n' }, { type: 'launchFailed' }],
    ['no command', { supervisor: identity }, { type: 'launchFailed' }],
    ['no status', { supervisor: identity, command: identity }, { type: 'lost' }],
    ['a status without its newline', { supervisor: identity, command: identity, exit: '3' }, { type: 'lost' }],
    ['a status that is none', { supervisor: identity, command: identity, exit: '1000\n' }, { type: 'lost' }],
    ['an identity that is none', { supervisor: 'what\n' }, { type: 'lost' }],
    ['nothing', {}, { type: 'lost' }],
  ])('reads %s', (_, records, expected) => {
    const container = mkdtempSync(join(folder, 'records-'));
    for (const [name, text] of Object.entries(records)) writeFileSync(join(container, name), text);
    expect(recordedExit(container)).toMatchObject(expected);
  });
});
