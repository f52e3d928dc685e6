/**
 * Tasks that are TypeScript functions: an executor is registered with the agents under a name, tasks ask for it and get
 * a context with a signal that says when to stop. Run it with `npx tsx examples/typescript-executor.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createCluster, type Executor, isTerminal } from 'altiplano';
import { inProcessTask } from 'altiplano/scheduler';

const text = (data?: Uint8Array): string => new TextDecoder().decode(data);
const bytes = (data: string): Uint8Array => new TextEncoder().encode(data);

/** Counts the primes below the number that the task brings along, a slice at a time. */
const primes: Executor = {
  async launch(task, { signal, sendMessage }) {
    const below = Number(text(task.data));
    let count = 0;
    for (let candidate = 2; candidate < below; candidate++) {
      if (isPrime(candidate)) count += 1;
      if (candidate % 1_000 === 0) await sleep(1, undefined, { signal });
    }
    sendMessage(bytes(`${count} primes below ${below}`));
  },
};

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) return false;
  return true;
}

await using cluster = await createCluster({
  agents: [
    { resources: 'cpus:2;mem:512', executors: { primes } },
    { resources: 'cpus:2;mem:512', executors: { primes } },
  ],
});
const driver = cluster.connect({ name: 'mathematics' });

// The last one would take hours: it is stopped.
const limits = ['100', '10000', '20000', '1e12'];
let open = limits.length;

driver.messages$.subscribe(({ data }) => console.log(text(data)));
driver.offers$.subscribe((offers) => {
  for (const offer of offers) {
    const limit = limits.shift();
    if (limit === undefined) driver.decline(offer, { refuseMs: 60_000 });
    else {
      const id = `below-${limit}`;
      const task = inProcessTask({ id, executor: 'primes', data: bytes(limit), offer, resources: 'cpus:0.5;mem:32' });
      driver.launch(offer, task, { refuseMs: 0 });
    }
  }
});

await new Promise<void>((done) => {
  driver.updates$.subscribe(({ taskId, state, message }) => {
    console.log(taskId, state, message ?? '');
    if (taskId === 'below-1e12' && state === 'TASK_RUNNING') driver.kill(taskId);
    if (isTerminal(state)) open -= 1;
    if (open === 0) done();
  });
});
