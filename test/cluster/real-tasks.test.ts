/**
 * Real processes through the whole house: framework, driver, master, agent, supervisor. Uses the built package by its
 * public names, as a stranger would.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import {
  type Cluster,
  commandTask,
  createCluster,
  type Driver,
  ExecutorId,
  isTerminal,
  type Offer,
  Resources,
  type TaskStatus,
} from 'altiplano';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';

const open: Cluster[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((cluster) => cluster.close()));
});

async function cluster(options: Parameters<typeof createCluster>[0]): Promise<Cluster> {
  const made = await createCluster({ allocationIntervalMs: 50, checkInvariants: true, ...options });
  open.push(made);
  return made;
}

/** Launches `commands` by task id as fast as offers allow, and keeps every status. */
function runner(driver: Driver, commands: Readonly<Record<string, string>>, resources = 'cpus:0.01;mem:1') {
  const waiting = Object.entries(commands);
  const statuses: TaskStatus[] = [];
  driver.updates$.subscribe((status) => void statuses.push(status));
  driver.offers$.subscribe((offers) => {
    for (const offer of offers) driver.launch(offer, take(offer), { refuseMs: 0 });
  });
  const take = (offer: Offer) =>
    waiting.splice(0).map(([id, command]) => commandTask({ id, command, offer, resources }));
  const of = (id: string) => statuses.filter((status) => status.taskId === id);
  return {
    states: (id: string) => of(id).map((status) => status.state),
    last: (id: string) => of(id).at(-1),
    pid: (id: string) => of(id).find((status) => status.state === 'TASK_RUNNING')?.containerStatus?.executorPid,
    ended: () =>
      until('every task ended', () => Object.keys(commands).every((id) => of(id).some((s) => isTerminal(s.state)))),
    running: (...ids: string[]) =>
      until(`${ids} run`, () => ids.every((id) => of(id).some((status) => status.state === 'TASK_RUNNING'))),
  };
}

/** A zombie, which only waits to be looked at by its parent, is not alive. */
function alive(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

const free = (made: Cluster) => made.state().agents.every((agent) => agent.used.isEmpty);

describe('real tasks', () => {
  test('exit statuses become states, with a message that says which', async () => {
    const made = await cluster({ agents: [{ resources: 'cpus:4;mem:1024' }] });
    const tasks = runner(made.connect({ name: 'test' }), { good: 'exit 0', bad: 'exit 3', shot: 'kill -KILL $$' });
    await tasks.ended();
    expect(tasks.states('good')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
    expect(tasks.last('bad')).toMatchObject({ state: 'TASK_FAILED', message: 'Command exited with status 3' });
    expect(tasks.last('shot')).toMatchObject({ state: 'TASK_FAILED', message: expect.stringContaining('SIGKILL') });
    await until('everything is free again', () => free(made));
  });

  test('a command that does not exist fails with a message that says so', async () => {
    const made = await cluster({ agents: [{ resources: 'cpus:4;mem:1024' }] });
    const driver = made.connect({ name: 'test' });
    const statuses: TaskStatus[] = [];
    driver.updates$.subscribe((status) => void statuses.push(status));
    driver.offers$.subscribe(([offer]) => {
      if (offer === undefined) return;
      driver.launch(
        offer,
        [
          commandTask({ id: 'shell', command: 'no-such-program --help', offer, resources: 'cpus:0.1;mem:1' }),
          commandTask({
            id: 'exec',
            command: { shell: false, value: 'no-such-program', arguments: ['no-such-program'] },
            offer,
            resources: 'cpus:0.1;mem:1',
          }),
        ],
        { refuseMs: 60_000 },
      );
    });
    const failed = (id: string) => statuses.find((status) => status.taskId === id && status.state === 'TASK_FAILED');
    await until('both failed', () => failed('shell') !== undefined && failed('exec') !== undefined);
    expect(failed('shell')?.message).toMatch(/127.*not found/);
    expect(failed('exec')?.message).toMatch(/no such program.*no-such-program/i);
  });

  test('a task sees its sandbox, its ids, and its own environment', async () => {
    const made = await cluster({ agents: [{ resources: 'cpus:4;mem:1024' }] });
    const script = 'echo "$MESOS_TASK_ID $GREETING"; test "$PWD" = "$MESOS_SANDBOX" && pwd >&2';
    const driver = made.connect({ name: 'test' });
    let last: TaskStatus | undefined;
    driver.updates$.subscribe((status) => {
      last = status;
    });
    let launched = false;
    driver.offers$.subscribe(([offer]) => {
      if (offer === undefined || launched) return;
      launched = true;
      const command = { value: script, environment: { GREETING: 'hello' } };
      const task = commandTask({ id: 'env', command, offer, resources: 'cpus:0.1;mem:1' });
      driver.launch(offer, task, { refuseMs: 60_000 });
    });
    await until('it has finished', () => last?.state === 'TASK_FINISHED');
    const sandbox = last === undefined ? undefined : made.sandboxOf(driver, last);
    expect(readFileSync(`${sandbox}/stdout`, 'utf8')).toBe('env hello\n');
    expect(readFileSync(`${sandbox}/stderr`, 'utf8').trim()).toBe(sandbox);
  });

  test('a task of a group has its output in a folder of its own', async () => {
    const made = await cluster({ agents: [{ resources: 'cpus:4;mem:1024;disk:1024' }] });
    const driver = made.connect({ name: 'test' });
    const id = await driver.ready();
    const finished: TaskStatus[] = [];
    driver.updates$.subscribe((status) => {
      if (status.state === 'TASK_FINISHED') finished.push(status);
    });
    let launched = false;
    driver.offers$.subscribe(([offer]) => {
      if (offer === undefined || launched) return;
      launched = true;
      const executor = {
        type: 'DEFAULT' as const,
        executorId: ExecutorId('group'),
        frameworkId: id,
        resources: Resources.parse('cpus:0.1;mem:32;disk:16'),
      };
      const taskInfos = ['one', 'two'].map((name) =>
        commandTask({ id: name, command: `echo ${name}`, offer, resources: 'cpus:0.1;mem:16' }),
      );
      driver.accept(offer, [{ type: 'LAUNCH_GROUP', executor, taskInfos }], { refuseMs: 60_000 });
    });
    await until('both have finished', () => finished.length === 2);
    const outputs = finished.map((status) => readFileSync(`${made.sandboxOf(driver, status)}/stdout`, 'utf8'));
    expect(outputs.toSorted()).toEqual(['one\n', 'two\n']);
  });

  test('a kill ends the whole process tree, also one that ignores SIGTERM and hides in a session of its own', async () => {
    const made = await cluster({ agents: [{ resources: 'cpus:4;mem:1024' }] });
    const driver = made.connect({ name: 'test' });
    const stubborn = `trap '' TERM; (setsid sh -c "trap '' TERM; echo \\$\\$ > hidden; while :; do sleep 1; done" &) ; echo $$ > mine; while :; do sleep 1; done`;
    const tasks = runner(driver, { stubborn });
    await tasks.running('stubborn');
    const file = (name: string) =>
      execFileSync('find', [made.workDir, '-name', name, '-path', '*runs*', '-type', 'f'], { encoding: 'utf8' }).trim();
    await until('both have written their pids', () => file('hidden') !== '' && file('mine') !== '');
    await until('the pids are complete', () => [file('hidden'), file('mine')].every((path) => statSync(path).size > 0));
    const pids = [file('hidden'), file('mine')].map((path) => Number(readFileSync(path, 'utf8')));
    expect(pids.map(alive)).toEqual([true, true]);
    driver.kill({ taskId: 'stubborn', killPolicy: { gracePeriodMs: 100 } });
    await tasks.ended();
    expect(tasks.last('stubborn')?.state).toBe('TASK_KILLED');
    expect(pids.map(alive)).toEqual([false, false]);
  });

  test('100 MB of output pass by the agent', async () => {
    const made = await cluster({ agents: [{ resources: 'cpus:4;mem:1024' }] });
    const before = process.memoryUsage().rss;
    const tasks = runner(made.connect({ name: 'test' }), { loud: 'head -c 100000000 /dev/zero' });
    await tasks.ended();
    expect(tasks.last('loud')?.state).toBe('TASK_FINISHED');
    const stdout = execFileSync('find', [made.workDir, '-name', 'stdout', '-size', '+95M'], {
      encoding: 'utf8',
    }).trim();
    expect(statSync(stdout).size).toBe(100_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
  });

  test('200 tasks at once on one agent', async () => {
    const made = await cluster({ agents: [{ resources: 'cpus:4;mem:1024' }] });
    const ids = Array.from({ length: 200 }, (_, i) => `t${i}`);
    const gate = `${made.workDir}/gate`;
    // Each waits until somebody has opened the pipe for writing, so that all of them run at the same time.
    execFileSync('mkfifo', [gate]);
    const commands = Object.fromEntries(ids.map((id) => [id, `: < ${gate}`]));
    const driver = made.connect({ name: 'test' });
    const tasks = runner(driver, commands);
    await tasks.running(...ids);
    expect(new Set(ids.map(tasks.pid)).size).toBe(200);
    const writer = openSync(gate, 'r+');
    await tasks.ended();
    closeSync(writer);
    expect(new Set(ids.map((id) => tasks.last(id)?.state))).toEqual(new Set(['TASK_FINISHED']));
    await until('everything is free again', () => free(made));
  });

  test('closing the cluster leaves neither processes nor files behind', async () => {
    const made = await cluster({ agents: 2 });
    const tasks = runner(made.connect({ name: 'test' }), { long: 'exec sleep 1000' });
    await tasks.running('long');
    const pid = tasks.pid('long') ?? 0;
    expect(alive(pid)).toBe(true);
    await made.close();
    expect(alive(pid)).toBe(false);
    expect(existsSync(made.workDir)).toBe(false);
  });
});

describe('an agent in a process of its own', () => {
  test('after SIGKILL and restart the same tasks run, and what ended meanwhile is reported once', async () => {
    const made = await cluster({ agents: [{ hostname: 'a', resources: 'cpus:4;mem:1024', process: 'own' }] });
    const [agent] = made.agents;
    const gate = `${made.workDir}/gate`;
    const stay = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`stay${i}`, 'exec sleep 1000']));
    const ends = {
      finishes: `until test -e ${gate}; do sleep 0.05; done; exit 0`,
      fails: `until test -e ${gate}; do sleep 0.05; done; exit 7`,
    };
    const driver = made.connect({ name: 'test', failoverTimeoutMs: 60_000 });
    const tasks = runner(driver, { ...stay, ...ends });
    await tasks.running(...Object.keys(stay), ...Object.keys(ends));
    const pids = Object.keys(stay).map((id) => tasks.pid(id) ?? 0);
    const endingPids = Object.keys(ends).map((id) => tasks.pid(id) ?? 0);

    await agent?.kill('SIGKILL');
    expect(agent?.pid).toBe(undefined);
    execFileSync('touch', [gate]);
    await until('two tasks have ended while the agent is down', () => !endingPids.some(alive));
    await agent?.restart();

    await until('both ends are reported', () =>
      Object.keys(ends).every((id) => isTerminal(tasks.last(id)?.state ?? 'TASK_STAGING')),
    );
    expect(tasks.states('finishes')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
    expect(tasks.last('fails')).toMatchObject({ state: 'TASK_FAILED', message: 'Command exited with status 7' });
    expect(tasks.states('fails').filter((state) => state === 'TASK_FAILED')).toHaveLength(1);
    expect(pids.map(alive)).toEqual(pids.map(() => true));
    await until('ten tasks are accounted', () => made.state().agents[0]?.used.cpus === 0.1);

    // They are the agent's own again: it can kill them.
    for (const id of Object.keys(stay)) driver.kill(id);
    await tasks.ended();
    expect(new Set(Object.keys(stay).map((id) => tasks.last(id)?.state))).toEqual(new Set(['TASK_KILLED']));
    await until('everything is free again', () => free(made));
  });
});

describe('a process that dies without closing its cluster', () => {
  test('leaves neither tasks nor files behind', async () => {
    const script = `
      import { commandTask, createCluster } from 'altiplano';
      const cluster = await createCluster({ agents: [{}, { process: 'own' }], allocationIntervalMs: 50 });
      const driver = cluster.connect({ name: 'doomed' });
      driver.offers$.subscribe((offers) => {
        for (const offer of offers) {
          const task = commandTask({ id: offer.id, command: 'exec sleep 1000', offer, resources: 'cpus:0.1;mem:32' });
          driver.launch(offer, [task], { refuseMs: 60_000 });
        }
      });
      const pids = [];
      driver.updates$.subscribe(({ state, containerStatus }) => {
        if (state !== 'TASK_RUNNING') return;
        pids.push(containerStatus.executorPid);
        if (pids.length === 2) console.log(JSON.stringify({ pids, workDir: cluster.workDir }));
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    await until('both tasks run', () => output.endsWith('\n'));
    const { pids, workDir }: { pids: number[]; workDir: string } = JSON.parse(output);
    expect(pids.map(alive)).toEqual([true, true]);
    child.kill('SIGKILL');
    await until('the tasks are gone', () => !pids.some(alive));
    await until('the work folder is gone', () => !existsSync(workDir));
  });
});
