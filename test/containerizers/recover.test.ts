import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { supervisorCommand } from '../../src/agent/containerizers/process/supervisor.ts';
import { createProcessContainerizer } from '../../src/agent/containerizers/index.ts';
import { ContainerId } from '../../src/core/index.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';
import { type Bench, bench, exited, type Heard, processesWith, runs, started } from './harness.ts';

/** Starts an agent of its own process, which launches these; answers their pids once all run, and the agent is dead. */
async function launchElsewhere(
  at: Bench,
  commands: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, number>> {
  const script = join(import.meta.dirname, 'first-agent.ts');
  const args = ['--import', 'tsx', script, at.folder, ...Object.entries(commands).flat()];
  const agent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => agent.once('exit', resolve));
  const pids = new Map<string, number>();
  for await (const line of createInterface(agent.stdout)) {
    const [id = '', pid] = line.split(' ');
    pids.set(id, Number(pid));
    if (pids.size === Object.keys(commands).length) break;
  }
  agent.kill('SIGKILL');
  await ended;
  return pids;
}

/** The process that the records call the supervisor. */
function supervisorOf(at: Bench, id: string): number {
  return Number(readFileSync(join(at.runtimeDir, id, 'supervisor'), 'utf8').split(' ')[0]);
}

const mine = (name: string): ContainerId => ContainerId(`${name}-${process.pid}`);

describe('after the agent was killed', () => {
  test('recover() takes up what runs, and what has ended meanwhile, with pid and status', async () => {
    const at = bench();
    const [runsOn, ended, killed, lost, leftover] = ['runs-on', 'ended', 'killed', 'lost', 'leftover'].map(mine);
    if (!runsOn || !ended || !killed || !lost || !leftover) throw new Error('unreachable');
    const gate = (name: string): string => `until [ -e ${join(at.folder, name)} ]; do sleep 0.02; done`;
    const pids = await launchElsewhere(at, {
      [runsOn]: `${gate('later')}; exit 7`,
      [ended]: `${gate('now')}; exit 8`,
      [killed]: 'exec sleep 100',
      [lost]: 'trap "" TERM; setsid sleep 100 & exec sleep 100',
      [leftover]: `trap "" TERM; (setsid sleep 100 &); ${gate('now')}; exit 9`,
    });

    // While there is no agent:
    writeFileSync(join(at.folder, 'now'), '');
    process.kill(pids.get(killed) ?? 0, 'SIGKILL');
    process.kill(supervisorOf(at, lost), 'SIGKILL');
    const gone = [ended, killed, leftover, lost].map((id) => supervisorOf(at, id));
    await until('four have ended', () => !gone.some(runs));
    expect(processesWith(lost)).toHaveLength(2);
    expect(processesWith(leftover)).toHaveLength(1);

    expect(at.containerizer.containers().toSorted()).toEqual([runsOn, ended, killed, lost, leftover].toSorted());
    const heard = new Map([runsOn, ended, killed, lost, leftover].map((id) => [id, at.recover(id)]));
    const heardOf = (id: ContainerId): Heard => heard.get(id) ?? at.recover(id);
    expect([...heard.values()].flatMap((one) => one.calls)).toEqual([]);
    expect(await exited(heardOf(ended))).toEqual({ type: 'exited', exitCode: 8 });
    expect(await exited(heardOf(killed))).toEqual({ type: 'exited', exitCode: 137, signal: 'SIGKILL' });
    expect(await exited(heardOf(leftover))).toEqual({ type: 'exited', exitCode: 9 });
    expect(await exited(heardOf(lost))).toMatchObject({ type: 'lost' });
    expect([...processesWith(lost), ...processesWith(leftover)]).toEqual([]);
    for (const id of [ended, killed, leftover, lost]) expect(heardOf(id).calls).toEqual(['exited']);

    expect(await started(heardOf(runsOn))).toBe(pids.get(runsOn));
    expect(heardOf(runsOn).exit).toBeUndefined();
    writeFileSync(join(at.folder, 'later'), '');
    expect(await exited(heardOf(runsOn))).toEqual({ type: 'exited', exitCode: 7 });
    expect(heardOf(runsOn).calls).toEqual(['started', 'exited']);
    expect(at.containerizer.containers()).toHaveLength(5);
  });

  test('kill() ends a recovered tree, whatever it ignores', async () => {
    const at = bench();
    const [polite, stubborn] = [mine('polite'), mine('stubborn')];
    await launchElsewhere(at, {
      [polite]: 'exec sleep 100',
      [stubborn]: 'trap "" TERM; setsid sleep 100 & while :; do sleep 1; done',
    });
    const heard = [at.recover(polite), at.recover(stubborn)] as const;
    // The first before it is known to run, the second after.
    at.containerizer.kill(polite, 60_000);
    await started(heard[1]);
    at.containerizer.kill(stubborn, 30);
    expect(await exited(heard[0])).toMatchObject({ signal: 'SIGTERM' });
    expect(await exited(heard[1])).toMatchObject({ signal: 'SIGKILL' });
    expect(processesWith(`-${process.pid}`)).toEqual([]);
  });
});

describe('recover()', () => {
  test('goes on where close() has left', async () => {
    const at = bench();
    const first = at.launch('exec sleep 100');
    const pid = await started(first);
    at.reopen();
    const second = at.recover(first.containerId);
    expect(await started(second)).toBe(pid);
    at.containerizer.kill(first.containerId, 60_000);
    expect(await exited(second)).toMatchObject({ signal: 'SIGTERM' });
    expect(first.calls).toEqual(['started']);
  });

  test.each([
    ['that started at another time', (boot: string, start: string) => `${boot} ${Number(start) - 1}`],
    ['of another run of the machine', (boot: string, start: string) => `${boot.replaceAll(/[0-9a-f]/g, '0')} ${start}`],
  ])('leaves alone a process %s that has got the number of the supervisor', async (_, altered) => {
    const at = bench();
    const heard = at.launch('exec sleep 100');
    await started(heard);
    at.containerizer.close();
    // Somebody else's process, at the head of a session as a supervisor is, to which the records come to point.
    const stranger = spawn('sleep', ['100'], { detached: true, stdio: 'ignore', env: {} });
    const pid = stranger.pid ?? 0;
    process.kill(supervisorOf(at, heard.containerId), 'SIGKILL');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const start = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21] ?? '';
    writeFileSync(join(at.runtimeDir, heard.containerId, 'supervisor'), `${pid} ${altered(boot, start)}\n`);
    at.containerizer = at.open();
    const again = at.recover(heard.containerId);
    expect(await exited(again)).toMatchObject({ type: 'lost' });
    expect(again.calls).toEqual(['exited']);
    expect(processesWith(heard.containerId)).toEqual([]);
    expect(runs(pid)).toBe(true);
    stranger.kill('SIGKILL');
  });

  test('answers that it is lost for a container that never came to start', async () => {
    const at = bench();
    const nowhere = at.recover(mine('nowhere'));
    expect(nowhere.calls).toEqual([]);
    mkdirSync(join(at.runtimeDir, mine('begun')));
    const begun = at.recover(mine('begun'));
    expect(await exited(nowhere)).toMatchObject({ type: 'lost', message: expect.stringContaining('no record') });
    expect(await exited(begun)).toMatchObject({ type: 'lost' });
    expect(begun.calls).toEqual(['exited']);
  });

  test('believes no record that was cut short', async () => {
    const at = bench();
    const heard = at.launch('exit 12');
    await exited(heard);
    at.reopen();
    writeFileSync(join(at.runtimeDir, heard.containerId, 'exit'), '1');
    expect(await exited(at.recover(heard.containerId))).toMatchObject({ type: 'lost' });
  });

  test('finds a supervisor that has not come to recording itself, and waits for it', async () => {
    const at = bench();
    const containerId = mine('slow');
    const folder = join(at.runtimeDir, containerId);
    mkdirSync(folder);
    const [program, args] = supervisorCommand(folder, [
      '/bin/sh',
      '-c',
      `trap 'exit 6' TERM; : > ${at.folder}/trapped; while :; do sleep 0.02; done`,
    ]);
    const gate = join(at.folder, 'gate');
    const env = { ALTIPLANO_CONTAINER_ID: containerId };
    const wait = 'gate=$1; shift; until [ -e "$gate" ]; do sleep 0.02; done; exec "$@"';
    const slow = spawn('/bin/sh', ['-c', wait, 'sh', gate, program, ...args], { detached: true, stdio: 'ignore', env });
    await until('it runs', () => processesWith(containerId).includes(slow.pid ?? 0));
    const heard = at.recover(containerId);
    // Whoever is recovered later is told later.
    await exited(at.recover(mine('other')));
    expect(heard.calls).toEqual([]);
    writeFileSync(gate, '');
    expect(await started(heard)).not.toBe(slow.pid);
    await until('the trap is set', () => existsSync(join(at.folder, 'trapped')));
    at.containerizer.kill(containerId, 60_000);
    expect(await exited(heard)).toEqual({ type: 'exited', exitCode: 6 });
    expect(heard.calls).toEqual(['started', 'exited']);
  });

  test('gives up on processes that have no record in the end, and kills them', async () => {
    const at = bench();
    const containerId = mine('unrecorded');
    spawn('sleep', ['100'], { detached: true, stdio: 'ignore', env: { ALTIPLANO_CONTAINER_ID: containerId } });
    await until('it runs', () => processesWith(containerId).length > 0);
    const clock = createManualClock();
    const containerizer = createProcessContainerizer({ runtimeDir: at.runtimeDir, clock });
    const exits: string[] = [];
    containerizer.recover(containerId, { onStarted: () => undefined, onExited: (exit) => void exits.push(exit.type) });
    clock.advance(4_900);
    expect(exits).toEqual([]);
    expect(processesWith(containerId)).toHaveLength(1);
    await until('it is told', () => {
      clock.advance(100);
      return exits.length > 0;
    });
    expect(exits).toEqual(['lost']);
    expect(processesWith(containerId)).toEqual([]);
    containerizer.close();
    expect(clock.pending).toBe(0);
  });
});

describe('forget()', () => {
  test('drops the records of a container that has ended, and refuses one that has not', async () => {
    const at = bench();
    const heard = at.launch('exit 0');
    expect(() => at.containerizer.forget(heard.containerId)).toThrow('expected a container that has ended');
    await exited(heard);
    at.reopen();
    expect(at.containerizer.containers()).toEqual([heard.containerId]);
    at.containerizer.forget(heard.containerId);
    at.containerizer.forget(heard.containerId);
    expect(at.containerizer.containers()).toEqual([]);
  });
});

describe('containers()', () => {
  test('names those of earlier processes only', async () => {
    const at = bench();
    const heard = at.launch('exit 0');
    await exited(heard);
    expect(at.containerizer.containers()).toEqual([]);
    at.reopen();
    expect(at.containerizer.containers()).toEqual([heard.containerId]);
  });
});

describe('close()', () => {
  test('lets the process end, though containers go on', async () => {
    const at = bench();
    const source = (path: string): string => JSON.stringify(join(import.meta.dirname, '../../src', path));
    const script = `
      import { createProcessContainerizer } from ${source('agent/containerizers/index.ts')};
      import { nodeClock } from ${source('runtime/node/clock.ts')};
      const folder = ${JSON.stringify(at.folder)};
      const containerizer = createProcessContainerizer({ runtimeDir: folder + '/run', clock: nodeClock });
      containerizer.launch(
        { containerId: '${mine('on')}', command: { value: 'exec sleep 100' }, sandbox: folder, environment: {} },
        { onStarted: () => containerizer.close(), onExited: () => undefined },
      );`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const agent = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    let code: number | null | undefined;
    agent.once('exit', (exitCode) => (code = exitCode));
    await until('the agent has ended', () => code !== undefined).finally(() => agent.kill('SIGKILL'));
    expect(code).toBe(0);
    // The supervisor and the command.
    expect(processesWith(mine('on'))).toHaveLength(2);
  });

  test('calls nobody back, lets containers go on, and refuses new ones', async () => {
    const at = bench();
    const running = at.launch('exec sleep 100');
    const pid = await started(running);
    const queued = at.launch('exit 0');
    at.containerizer.close();
    at.containerizer.close();
    expect(() => at.launch('exit 0')).toThrow('has been closed');
    expect(() => at.recover(mine('any'))).toThrow('has been closed');
    at.containerizer.kill(running.containerId, 0);
    expect(runs(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
    await until('its supervisor has ended', () => processesWith(running.containerId).length === 0);
    expect([running.calls, queued.calls]).toEqual([['started'], []]);
    rmSync(at.folder, { recursive: true });
  });
});
