/** Members that come, go and are called in orders that nobody would choose; with the built package, as a process of an agent's own runs it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, commandTask, createCluster, type Driver } from 'altiplano';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';

const folders: string[] = [];
const open: Cluster[] = [];

afterEach(async () => {
  await Promise.allSettled(open.splice(0).map((cluster) => cluster.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function cluster(options: Parameters<typeof createCluster>[0]): Promise<Cluster> {
  const made = await createCluster({ allocationIntervalMs: 50, checkInvariants: true, ...options });
  open.push(made);
  return made;
}

/** A work folder in which the agent `damaged` cannot recover. */
function damagedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'altiplano-test-'));
  folders.push(folder);
  mkdirSync(join(folder, 'damaged', 'meta'), { recursive: true });
  writeFileSync(join(folder, 'damaged', 'meta', 'agent.journal'), 'nonsense\n');
  return folder;
}

/** Processes of agents that this process has started. */
function agentProcesses(): readonly number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'ppid=,pid=,args='], { encoding: 'utf8' }).split('\n');
  return rows.flatMap((row) => {
    const [parent, pid] = row.trim().split(/\s+/);
    return Number(parent) === process.pid && row.includes('agent-process') ? [Number(pid)] : [];
  });
}

async function runTask(made: Cluster, command: string): Promise<Driver> {
  const driver = made.connect({ name: 'test' });
  const states: string[] = [];
  driver.updates$.subscribe(({ state }) => void states.push(state));
  let launched = false;
  driver.offers$.subscribe(([offer]) => {
    if (offer === undefined || launched) return;
    launched = true;
    const task = commandTask({ id: 't', command, offer, resources: 'cpus:0.1;mem:1' });
    driver.launch(offer, [{ ...task, killPolicy: { gracePeriodMs: 200 } }], { refuseMs: 60_000 });
  });
  await until('the task runs', () => states.includes('TASK_RUNNING'));
  return driver;
}

describe('createCluster()', () => {
  test('of which one agent fails closes the others, which may still be starting', async () => {
    const workDir = damagedFolder();
    const agents = [
      { hostname: 'a', resources: 'cpus:1', process: 'own' },
      { hostname: 'damaged', resources: 'cpus:1' },
    ] as const;
    await expect(createCluster({ workDir, agents })).rejects.toThrow('agent.journal: line 1');
    expect(agentProcesses()).toEqual([]);
  });

  test('makes a work folder absolute', async () => {
    const made = await cluster({ agents: 0, workDir: 'somewhere' });
    expect(made.workDir).toBe(join(process.cwd(), 'somewhere'));
  });
});

describe('close()', () => {
  test.for(['shared', 'own'] as const)('ends an agent that is just being added: %s', async (process) => {
    const made = await cluster({ agents: 0 });
    const adding = made.addAgent({ resources: 'cpus:1', process });
    await made.close();
    expect(made.agents).toHaveLength(1);
    expect((await adding).hostname).toBe('agent-1');
    expect(agentProcesses()).toEqual([]);
    expect(existsSync(made.workDir)).toBe(false);
  });

  test('waits for an agent that is just being removed', async () => {
    const made = await cluster({ agents: 1 });
    await runTask(made, "trap '' TERM; while :; do sleep 0.1; done");
    let removed = false;
    const removing = made.removeAgent('agent-1').then(() => {
      removed = true;
    });
    await made.close();
    expect(removed).toBe(true);
    await removing;
    expect(existsSync(made.workDir)).toBe(false);
    await expect(made.removeAgent('agent-1')).rejects.toThrow('Expected an open cluster for removeAgent');
  });

  test('closes the rest when an agent that is down does not start again, and says so', async () => {
    const workDir = damagedFolder();
    const made = await cluster({ workDir, agents: [{ hostname: 'a', resources: 'cpus:1', process: 'own' }] });
    await made.agents[0]?.kill();
    writeFileSync(join(workDir, 'a', 'meta', 'agent.journal'), 'nonsense\n');
    await expect(made.removeAgent('a')).rejects.toThrow('Agent a failed to start');
    expect(made.agents).toHaveLength(1);
    await expect(made.close()).rejects.toThrow('Agent a failed to start');
    expect(() => made.connect({ name: 'test' })).toThrow('Expected an open cluster');
  });

  test('leaves alone drivers that have ended', async () => {
    const made = await cluster({ agents: 0 });
    const driver = made.connect({ name: 'test' });
    await driver.close();
    let closed = 0;
    driver.close = async () => void (closed += 1);
    await made.close();
    expect(closed).toBe(0);
  });
});

describe('an agent in a process of its own', () => {
  test('restarted twice at once has one process', async () => {
    const made = await cluster({ agents: [{ resources: 'cpus:1', process: 'own' }] });
    const [agent] = made.agents;
    await agent?.kill();
    await Promise.all([agent?.restart(), agent?.restart()]);
    expect(agentProcesses()).toEqual([agent?.pid]);
  });

  test('killed while it restarts is down, and can be restarted', async () => {
    const made = await cluster({ agents: [{ resources: 'cpus:1', process: 'own' }] });
    const [agent] = made.agents;
    await agent?.kill();
    const restarting = expect(agent?.restart()).rejects.toThrow(/to register, got its end: SIGKILL/);
    await agent?.kill();
    expect(agent?.pid).toBe(undefined);
    await restarting;
    await agent?.restart();
    expect(agentProcesses()).toEqual([agent?.pid]);
  });

  test('whose disk fails is down, as after a crash, and can be restarted with its task', async () => {
    const made = await cluster({ agents: [{ resources: 'cpus:1;mem:32', process: 'own' }] });
    const [agent] = made.agents;
    const journal = join(made.workDir, 'agent-1', 'meta', 'agent.journal');
    const driver = await runTask(made, 'exec sleep 1000');
    renameSync(journal, `${journal}.kept`);
    mkdirSync(journal);
    driver.kill('t');
    await until('the agent is down', () => agent?.pid === undefined);
    rmdirSync(journal);
    renameSync(`${journal}.kept`, journal);
    await agent?.restart();
    // Nothing follows from what could not be written down, so the kill was lost, and the task is there still.
    driver.kill('t');
    await until('the task is over', () => made.state().agents.every(({ used }) => used.isEmpty));
  });

  test('does not restart once it has left the cluster', async () => {
    const made = await cluster({ agents: [{ resources: 'cpus:1', process: 'own' }] });
    const [agent] = made.agents;
    await made.close();
    await expect(agent?.restart()).rejects.toThrow('which has left it');
    expect(agentProcesses()).toEqual([]);
  });
});
