/**
 * A service: three instances, each with a port of its own, at most two of them on one rack. One is killed from outside
 * and replaced; a second task finds no room, and says why it waits. Run it with `npx tsx examples/service.ts`.
 */
import { commandTask, createCluster, isTerminal, type Offer, type TaskInfo } from 'altiplano';
import { countRefusals, matchAll, matchOffer, type Refusal, type Requirement } from 'altiplano/scheduler';

await using cluster = await createCluster({
  agents: [
    { hostname: 'a1', resources: 'cpus:2;mem:512;ports:[31000-31009]', attributes: 'rack:r1' },
    { hostname: 'a2', resources: 'cpus:2;mem:512;ports:[31010-31019]', attributes: 'rack:r1' },
    { hostname: 'b1', resources: 'cpus:2;mem:512;ports:[31020-31029]', attributes: 'rack:r2' },
  ],
});
const driver = cluster.connect({ name: 'service' });

const web: Requirement = {
  cpus: 0.5,
  memMb: 64,
  ports: ['any'],
  constraints: [{ type: 'maxPer', field: 'rack', max: 2 }],
};
const report: Requirement = { memMb: 4096, constraints: [{ type: 'equals', field: 'rack', value: 'r1' }] };

const INSTANCES = 3;
/** By task id: where each instance is, or is about to be. */
const placed = new Map<string, Offer>();
const refusals: Refusal[] = [];
let started = 0;

driver.offers$.subscribe((offers) => {
  for (const offer of offers) {
    const missing = Array.from({ length: INSTANCES - placed.size }, () => web);
    const { results, remaining } = matchAll(missing, offer, { placed: [...placed.values()] });
    const tasks: TaskInfo[] = [];
    for (const match of results) {
      if (!match.matched) continue;
      const id = `web-${++started}`;
      const environment = { PORT: String(match.ports[0]) };
      tasks.push(commandTask({ id, command: 'exec sleep 60', environment, offer, resources: match.resources }));
      placed.set(id, offer);
      console.log(`${id} goes to ${offer.hostname}, port ${environment.PORT}`);
    }
    const big = matchOffer(report, { ...offer, resources: remaining });
    if (!big.matched) refusals.push(...big.refusals);
    if (tasks.length > 0) driver.launch(offer, tasks, { refuseMs: 60_000 });
    else driver.decline(offer, { refuseMs: 60_000 });
  }
});

const up = new Set<string>();
let victim: string | undefined;

await new Promise<void>((done) => {
  driver.updates$.subscribe(({ taskId, state, message = '', containerStatus }) => {
    console.log(`${taskId} ${state} ${message}`);
    if (state === 'TASK_RUNNING') up.add(taskId);
    if (isTerminal(state)) {
      up.delete(taskId);
      placed.delete(taskId);
      driver.revive(); // The offers were declined for a minute: there is something to place again.
    }
    if (up.size < INSTANCES) return;
    const pid = containerStatus?.executorPid;
    if (victim !== undefined || pid === undefined) return done();
    victim = taskId;
    console.log(`all ${INSTANCES} are up; killing ${victim} from outside, pid ${pid}`);
    process.kill(pid, 'SIGKILL');
  });
});

console.log('the report waits:');
for (const { count, rule, subject, example, mayChange } of countRefusals(refusals)) {
  console.log(`  ${count} x ${rule} ${subject}: ${example}${mayChange ? '' : ', for good'}`);
}
