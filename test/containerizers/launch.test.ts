import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bench, exited, output, processesWith, started } from './harness.ts';

describe('launch()', () => {
  test('tells the start with the pid of the command, then the exit', async () => {
    const heard = bench().launch('echo $$; exit 3');
    expect(heard.calls).toEqual([]);
    expect(await exited(heard)).toEqual({ type: 'exited', exitCode: 3 });
    expect(heard.calls).toEqual(['started', 'exited']);
    expect(output(heard)).toBe(`${heard.pid}\n`);
  });

  test('runs in the sandbox, and keeps both outputs apart', async () => {
    const heard = bench().launch('pwd; echo oops >&2; read line || echo "no input"');
    await exited(heard);
    expect(output(heard)).toBe(`${heard.sandbox}\nno input\n`);
    expect(output(heard, 'stderr')).toBe('oops\n');
  });

  test('adds to outputs that are there already', async () => {
    const heard = bench().launch('echo second');
    writeFileSync(join(heard.sandbox, 'stdout'), 'first\n');
    await exited(heard);
    expect(output(heard)).toBe('first\nsecond\n');
  });

  test('gives the command its environment, a PATH, a marker, and nothing of the agent’s', async () => {
    const heard = bench().launch('env', { NAME: 'a b\nc', __proto: '1', line: 'x', start: 'y', pid: 'z' });
    await exited(heard);
    const names = output(heard).match(/^[A-Za-z_]+(?==)/gm) ?? [];
    expect(names.toSorted()).toEqual(
      ['ALTIPLANO_CONTAINER_ID', 'NAME', 'PATH', 'PWD', '__proto', 'line', 'pid', 'start'].toSorted(),
    );
    expect(output(heard)).toContain('NAME=a b\nc\n');
    expect(output(heard)).toContain('line=x\n');
  });

  test('keeps a PATH that the environment names', async () => {
    const heard = bench().launch('echo $PATH', { PATH: '/nowhere' });
    await exited(heard);
    expect(output(heard)).toBe('/nowhere\n');
  });

  test('passes arguments to the program as they are', async () => {
    const value = { shell: false, value: 'printf', arguments: ['anything', '<%s>', 'a b', '$HOME', '', "'", '*'] };
    const heard = bench().launch(value);
    expect(await exited(heard)).toEqual({ type: 'exited', exitCode: 0 });
    expect(output(heard)).toBe("<a b><$HOME><><'><*>");
  });

  test('leaves no signal ignored or caught, and no file open, in the command', async () => {
    const at = bench();
    const signals = at.launch({ shell: false, value: 'cat', arguments: ['cat', '/proc/self/status'] });
    const files = at.launch({ shell: false, value: 'ls', arguments: ['ls', '/proc/self/fd'] });
    await Promise.all([exited(signals), exited(files)]);
    const none = '0'.repeat(16);
    expect(output(signals)).toContain(`SigIgn:\t${none}\nSigCgt:\t${none}\n`);
    // The fourth is the folder that is being listed. High ones this process may have inherited itself.
    expect(output(files).match(/^\d$/gm)).toEqual(['0', '1', '2', '3']);
  });

  test.each([
    ['kill -KILL $$', 137, 'SIGKILL'],
    ['kill -TERM $$', 143, 'SIGTERM'],
    ['kill -ABRT $$', 134, 'SIGABRT'],
    ['exit 255', 255, undefined],
    ['exit 128', 128, undefined],
  ])('reports %s as status %i, signal %s', async (value, exitCode, signal) => {
    const heard = bench().launch(value);
    expect(await exited(heard)).toEqual({ type: 'exited', exitCode, ...(signal === undefined ? {} : { signal }) });
    expect(output(heard, 'stderr')).toBe('');
  });

  test.each([
    ['HUP', 129],
    ['INT', 130],
    ['QUIT', 131],
    ['USR1', 138],
    ['USR2', 140],
    ['ALRM', 142],
    ['TERM', 143],
  ])('reports the status of a command that sends SIG%s to its process group', async (signal, exitCode) => {
    const heard = bench().launch(`kill -${signal} 0; sleep 20`);
    expect(await exited(heard)).toEqual({ type: 'exited', exitCode, signal: `SIG${signal}` });
  });

  test('says which status means that there is no such command', async () => {
    const heard = bench().launch('no-such-command-anywhere');
    expect(await exited(heard)).toEqual({ type: 'exited', exitCode: 127, hint: 'command not found' });
    expect(output(heard, 'stderr')).toContain('no-such-command-anywhere');
  });

  test('refuses a program that does not exist, and says where it looked', async () => {
    const at = bench();
    const heard = at.launch({ shell: false, value: 'no-such-program' }, { PATH: '/usr/bin:/bin' });
    const message = 'No such program: no-such-program (searched /usr/bin:/bin)';
    expect(await exited(heard)).toEqual({ type: 'launchFailed', message });
    const direct = at.launch({ shell: false, value: './missing' });
    expect(await exited(direct)).toEqual({
      type: 'launchFailed',
      message: `No such program: ${join(direct.sandbox, 'missing')}`,
    });
    expect(heard.calls).toEqual(['exited']);
    at.reopen();
    expect(at.containerizer.containers()).toEqual([]);
  });

  test('refuses a folder, an empty name, and a sandbox that is not there', async () => {
    const at = bench();
    const folder = at.launch({ shell: false, value: '/etc' });
    const empty = at.launch({ shell: false, value: '' });
    expect(await exited(folder)).toEqual({ type: 'launchFailed', message: 'Not a program: /etc is no regular file' });
    expect(await exited(empty)).toMatchObject({ type: 'launchFailed', message: expect.stringContaining('empty') });
    const homeless = at.launch('true');
    rmSync(homeless.sandbox, { recursive: true });
    expect(await exited(homeless)).toMatchObject({
      type: 'launchFailed',
      message: expect.stringContaining(homeless.sandbox),
    });
  });

  test('says so when the program is a script whose interpreter is missing', async () => {
    const at = bench();
    const script = join(at.folder, 'script');
    writeFileSync(script, '#!/no/such/interpreter\n');
    chmodSync(script, 0o755);
    expect(await exited(at.launch({ shell: false, value: script }))).toMatchObject({ exitCode: 127 });
  });

  test('answers what the system refuses to start', async () => {
    const at = bench();
    const heard = at.launch(`: ${'x'.repeat(200_000)}`);
    expect(await exited(heard)).toMatchObject({ type: 'launchFailed', message: expect.stringContaining('E2BIG') });
    const nul = at.launch('echo \0');
    expect(await exited(nul)).toMatchObject({ type: 'launchFailed', message: expect.stringContaining('null bytes') });
    at.reopen();
    expect(at.containerizer.containers()).toEqual([]);
  });

  test('refuses a second container of one id', async () => {
    const at = bench();
    const heard = at.launch('true');
    const again = { containerId: heard.containerId, command: { value: 'true' }, sandbox: '/', environment: {} };
    const handlers = { onStarted: () => undefined, onExited: () => undefined };
    expect(() => at.containerizer.launch(again, handlers)).toThrow('container that is not known yet');
    await exited(heard);
    expect(heard.calls).toEqual(['started', 'exited']);
  });

  test('takes no memory of this process for what a container writes', async () => {
    const at = bench();
    const before = process.memoryUsage().rss;
    const heard = at.launch('head -c 104857600 /dev/zero');
    await exited(heard);
    expect(statSync(join(heard.sandbox, 'stdout')).size).toBe(104_857_600);
    expect(process.memoryUsage().rss - before).toBeLessThan(30 * 2 ** 20);
  });

  test('runs two hundred at once', async () => {
    const at = bench();
    const gate = join(at.folder, 'gate');
    execFileSync('mkfifo', [gate]);
    // Each waits for a line of its own, and there is none before all run.
    const all = Array.from({ length: 200 }, (_, i) => at.launch(`read line < ${gate}; exit ${i % 100}`));
    await Promise.all(all.map(started));
    expect(new Set(all.map((heard) => heard.pid)).size).toBe(200);
    const fd = openSync(gate, 'r+');
    writeSync(fd, '\n'.repeat(200));
    const exits = await Promise.all(all.map(exited));
    closeSync(fd);
    expect(exits.map((exit) => exit.type === 'exited' && exit.exitCode)).toEqual(all.map((_, i) => i % 100));
    expect(processesWith(`-${process.pid}`)).toEqual([]);
  });
});
