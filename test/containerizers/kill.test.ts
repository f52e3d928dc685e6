import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ContainerId } from '../../src/core/index.ts';
import { until } from '../support/until.ts';
import { bench, exited, type Heard, output, processesWith, runs, started, stateOf } from './harness.ts';

/** Waits until the command has written so many lines, then answers them. */
async function lines(heard: Heard, count: number): Promise<readonly string[]> {
  await started(heard);
  await until(`${count} lines`, () => output(heard).split('\n').length > count);
  return output(heard).trimEnd().split('\n');
}

/** Ignores SIGTERM, and so do all of its children, as ignored signals are inherited. */
const STUBBORN = 'trap "" TERM;';
const FOREVER = 'while :; do sleep 1; done';

describe('kill()', () => {
  test('sends SIGTERM, and tells the signal that ended the command', async () => {
    const at = bench();
    const heard = at.launch('echo up; exec sleep 100');
    await lines(heard, 1);
    at.containerizer.kill(heard.containerId, 60_000);
    expect(await exited(heard)).toEqual({ type: 'exited', exitCode: 143, signal: 'SIGTERM' });
    expect(output(heard, 'stderr')).toBe('');
  });

  test('lets a command end in its own way within the grace period', async () => {
    const at = bench();
    const heard = at.launch('trap "echo bye; exit 5" TERM; echo up; while :; do sleep 0.01; done');
    await lines(heard, 1);
    at.containerizer.kill(heard.containerId, 60_000);
    expect(await exited(heard)).toEqual({ type: 'exited', exitCode: 5 });
    expect(output(heard)).toContain('bye');
  });

  test('sends SIGTERM to the whole tree, and leaves the children their time though the command has ended', async () => {
    const at = bench();
    const child = 'trap "sleep 0.3; echo late; exit" TERM; echo up; while :; do sleep 0.01; done';
    const heard = at.launch(`setsid sh -c '${child}' & wait`);
    await lines(heard, 1);
    at.containerizer.kill(heard.containerId, 60_000);
    expect(await exited(heard)).toMatchObject({ signal: 'SIGTERM' });
    expect(output(heard)).toBe('up\nlate\n');
  });

  test.each([
    ['a child', `sh -c '${FOREVER}' &`],
    ['a child in a session of its own', `setsid sh -c '${FOREVER}' &`],
    ['a daemon, forked twice', `(setsid sh -c '${FOREVER}' &);`],
    ['a child without its environment', `env -i PATH=$PATH sh -c '${FOREVER}' &`],
    ['an orphan without its environment', `(env -i PATH=$PATH sh -c '${FOREVER}' &);`],
    ['a child without its environment, in a session of its own', `env -i PATH=$PATH setsid sh -c '${FOREVER}' &`],
  ])('leaves nothing of %s that ignores SIGTERM', async (_, command) => {
    const at = bench();
    const other = at.launch('exec sleep 100');
    const heard = at.launch(`${STUBBORN} ${command.replace(FOREVER, () => `echo $$; ${FOREVER}`)} echo $$; ${FOREVER}`);
    const pids = (await lines(heard, 2)).map(Number);
    expect(pids.every(runs)).toBe(true);
    at.containerizer.kill(heard.containerId, 50);
    expect(await exited(heard)).toEqual({ type: 'exited', exitCode: 137, signal: 'SIGKILL' });
    expect(pids.filter(runs)).toEqual([]);
    expect(processesWith(heard.containerId)).toEqual([]);
    // Nothing but the tree.
    expect(runs(await started(other))).toBe(true);
  });

  test('leaves nothing of processes that fork while they are killed', async () => {
    const at = bench();
    // Each process starts its successor and ends: whoever looks sees it only once.
    const relay = join(at.folder, 'relay');
    writeFileSync(relay, 'setsid sh "$0" & exit\n');
    const heard = at.launch(`${STUBBORN} for i in 1 2 3 4; do sh ${relay} & done; echo up; ${FOREVER}`);
    await lines(heard, 1);
    at.containerizer.kill(heard.containerId, 0);
    expect(await exited(heard)).toMatchObject({ signal: 'SIGKILL' });
    expect(processesWith(heard.containerId)).toEqual([]);
  });

  test('kills a tree that is stopped, its supervisor included', async () => {
    const at = bench();
    const heard = at.launch('echo up; kill -STOP 0; sleep 100');
    await lines(heard, 1);
    await until('all are stopped', () => processesWith(heard.containerId).every((pid) => stateOf(pid) === 'T'));
    at.containerizer.kill(heard.containerId, 0);
    expect(await exited(heard)).toMatchObject({ signal: 'SIGKILL' });
  });

  test('wakes a stopped process, so that it takes the SIGTERM', async () => {
    const at = bench();
    const heard = at.launch('echo up; trap "echo bye; exit 0" TERM; kill -STOP $$; while :; do sleep 0.01; done');
    await until('it is stopped', () => heard.pid !== undefined && stateOf(heard.pid) === 'T');
    at.containerizer.kill(heard.containerId, 60_000);
    expect(await exited(heard)).toEqual({ type: 'exited', exitCode: 0 });
  });

  test('a repeat shortens the time, and never lengthens it', async () => {
    const at = bench();
    const first = at.launch(`${STUBBORN} echo up; ${FOREVER}`);
    const second = at.launch(`${STUBBORN} echo up; ${FOREVER}`);
    await Promise.all([lines(first, 1), lines(second, 1)]);
    at.containerizer.kill(first.containerId, 600_000);
    at.containerizer.kill(first.containerId, 30);
    at.containerizer.kill(second.containerId, 30);
    at.containerizer.kill(second.containerId, 600_000);
    expect(await exited(first)).toMatchObject({ signal: 'SIGKILL' });
    expect(await exited(second)).toMatchObject({ signal: 'SIGKILL' });
  });

  test('a container that has not been started never starts', async () => {
    const at = bench();
    const heard = at.launch('echo up');
    at.containerizer.kill(heard.containerId, 60_000);
    expect(heard.calls).toEqual([]);
    expect(await exited(heard)).toEqual({ type: 'launchFailed', message: 'Killed before it was started' });
    expect(heard.calls).toEqual(['exited']);
  });

  test('a container killed while it starts gets its SIGTERM once it has started', async () => {
    const at = bench();
    const heard = at.launch('exec sleep 100');
    await until('there is a supervisor', () => processesWith(heard.containerId).length > 0);
    at.containerizer.kill(heard.containerId, 60_000);
    expect(await exited(heard)).toMatchObject({ signal: 'SIGTERM' });
  });

  test('a container killed without grace while it starts is told once', async () => {
    const at = bench();
    const all = Array.from({ length: 20 }, () => at.launch('exec sleep 100'));
    await until('some have a supervisor', () => all.some((heard) => processesWith(heard.containerId).length > 0));
    for (const heard of all) at.containerizer.kill(heard.containerId, 0);
    await Promise.all(all.map(exited));
    expect(processesWith(`-${process.pid}`)).toEqual([]);
    for (const heard of all) expect(heard.calls.filter((call) => call === 'exited')).toHaveLength(1);
  });

  test('ignores what it does not know, and what has ended', async () => {
    const at = bench();
    at.containerizer.kill(ContainerId('nobody'), 0);
    const heard = at.launch('exit 0');
    await exited(heard);
    at.containerizer.kill(heard.containerId, 0);
    expect(heard.calls).toEqual(['started', 'exited']);
  });
});

describe('the end of a command', () => {
  test('ends what it has left behind, before it is told', async () => {
    const heard = bench().launch(`${STUBBORN} setsid sleep 100 & (sleep 100 &); sleep 100 & echo $!; exit 4`);
    expect(await exited(heard)).toEqual({ type: 'exited', exitCode: 4 });
    expect(processesWith(heard.containerId)).toEqual([]);
    expect(runs(Number(output(heard)))).toBe(false);
  });

  test('is lost with its supervisor, and the command is killed', async () => {
    const at = bench();
    const heard = at.launch('echo $PPID; exec sleep 100');
    const [supervisor] = await lines(heard, 1);
    process.kill(Number(supervisor), 'SIGKILL');
    expect(await exited(heard)).toMatchObject({ type: 'lost', message: expect.stringContaining('supervisor') });
    expect(runs(await started(heard))).toBe(false);
  });

  test('is lost if the command kills its process group', async () => {
    const heard = bench().launch('sleep 100 & kill -KILL 0');
    expect(await exited(heard)).toMatchObject({ type: 'lost' });
    expect(processesWith(heard.containerId)).toEqual([]);
  });
});
