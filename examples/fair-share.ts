/**
 * Two frameworks, with weights 1 and 3, compete for one cluster: each takes all it is offered. Whoever is furthest below
 * its share gets the next offer, so in a while one has a quarter and the other three quarters. Run it with
 * `npx tsx examples/fair-share.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, commandTask, createCluster, isTerminal } from 'altiplano';
import { matchOffer } from 'altiplano/scheduler';

const CPUS = 16;
const agent = { resources: 'cpus:4;mem:4096' };

await using cluster = await createCluster({
  agents: [agent, agent, agent, agent],
  weights: { batch: 1, web: 3 },
  // What an ended task gives back is offered with the next round over all agents.
  allocationIntervalMs: 100,
});

/** Takes every offer, whole, for tasks of one CPU each; answers how many of them run. */
function greedy(name: string, place: Cluster): () => number {
  const driver = place.connect({ name, role: name });
  const running = new Set<string>();
  let count = 0;
  driver.offers$.subscribe((offers) => {
    for (const offer of offers) {
      const tasks = [];
      let match = matchOffer({ cpus: 1, memMb: 64 }, offer);
      while (match.matched) {
        const id = `${name}-${++count}`;
        // Between half a second and a second: they shall not all end together.
        const command = `sleep 0.${5 + (count % 5)}`;
        tasks.push(commandTask({ id, command, offer, resources: match.resources }));
        match = matchOffer({ cpus: 1, memMb: 64 }, { ...offer, resources: match.remaining });
      }
      if (tasks.length > 0) driver.launch(offer, tasks);
      else driver.decline(offer);
      for (const { taskId } of tasks) running.add(taskId);
    }
  });
  driver.updates$.subscribe(({ taskId, state }) => {
    if (isTerminal(state)) running.delete(taskId);
  });
  return () => running.size;
}

const frameworks = { batch: greedy('batch', cluster), web: greedy('web', cluster) };
const percent = (part: number): string => `${Math.round(part * 100)} %`.padStart(6);
let sum = 0;

console.log('seconds   batch     web');
for (let step = 1; step <= 10; step++) {
  await sleep(500);
  const batch = frameworks.batch() / CPUS;
  const web = frameworks.web() / CPUS;
  console.log(`${(step / 2).toFixed(1).padStart(7)}  ${percent(batch)}  ${percent(web)}`);
  if (step > 4) sum += web / (batch + web) / 6;
}
console.log(`web, with three times the weight, had ${percent(sum).trim()} of what was used in the last three seconds`);
