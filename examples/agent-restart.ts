/**
 * An agent in a process of its own is killed with SIGKILL while its tasks run, and started again: it finds the tasks that
 * still run, and reports what became of the one that ended meanwhile. Run it with `npx tsx examples/agent-restart.ts`.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandTask, createCluster, isTerminal } from 'altiplano';

await using cluster = await createCluster({ agents: [{ resources: 'cpus:4;mem:1024', process: 'own' }] });
const [agent] = cluster.agents;
if (agent === undefined) throw new Error('Expected an agent, got none');
const driver = cluster.connect({ name: 'survivor' });

// Each task runs until there is a file of its name.
const ids = ['short', 'long', 'longer'];
const fileOf = (id: string): string => `${cluster.workDir}/${id}`;
const command = 'until [ -e "$FILE" ]; do sleep 0.1; done; [ "$MESOS_TASK_ID" != short ] || exit 3';
let launched = false;
const pids = new Map<string, number>();
const ended = new Map<string, string>();

driver.offers$.subscribe((offers) => {
  for (const offer of offers) {
    const tasks = (launched ? [] : ids).map((id) =>
      commandTask({ id, command, environment: { FILE: fileOf(id) }, offer, resources: 'cpus:0.5;mem:32' }),
    );
    driver.launch(offer, tasks, { refuseMs: 60_000 });
    launched = true;
  }
});

const running = new Promise<void>((done) => {
  driver.updates$.subscribe(({ taskId, state, message = '', containerStatus }) => {
    console.log(`update: ${taskId} ${state} ${message}`);
    const pid = containerStatus?.executorPid;
    if (state === 'TASK_RUNNING' && pid !== undefined) pids.set(taskId, pid);
    if (isTerminal(state)) ended.set(taskId, `${state} ${message}`);
    if (pids.size === ids.length) done();
  });
});

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const living = (): string => {
  const found = ids.map((id) => ({ id, pid: pids.get(id) ?? 0 })).filter(({ pid }) => alive(pid));
  return found.map(({ id, pid }) => `${id} (pid ${pid})`).join(', ');
};

await running;
console.log(`agent ${agent.hostname} has pid ${agent.pid}; running: ${living()}`);

await agent.kill('SIGKILL');
console.log(`agent killed; still running: ${living()}`);
await writeFile(fileOf('short'), '');
while (living().includes('short')) await sleep(100);
console.log(`one task has ended while there was no agent; still running: ${living()}`);

await agent.restart();
console.log(`agent ${agent.hostname} is back with pid ${agent.pid}; still running: ${living()}`);

for (const id of ['long', 'longer']) await writeFile(fileOf(id), '');
while (ended.size < ids.length) await sleep(100);
for (const [id, how] of ended) console.log(`${id}: ${how}`);
