import { readFileSync } from 'node:fs';
import { commandTask, createCluster, isTerminal } from 'altiplano';

await using cluster = await createCluster({ agents: 3 });
const driver = cluster.connect({ name: 'hello' });

const commands = ['date', 'uname -s', 'echo "$MESOS_TASK_ID was here" && sleep 0.5'];
let open = commands.length;

driver.offers$.subscribe((offers) => {
  for (const offer of offers) {
    const command = commands.pop();
    const task = { id: `hello-${commands.length}`, offer, resources: 'cpus:0.1;mem:32' };
    if (command === undefined) driver.decline(offer, { refuseMs: 60_000 });
    else driver.launch(offer, commandTask({ ...task, command }));
  }
});

await new Promise<void>((done) => {
  driver.updates$.subscribe((status) => {
    console.log(status.taskId, status.state, status.message ?? '');
    if (!isTerminal(status.state)) return;
    const sandbox = cluster.sandboxOf(driver, status);
    if (sandbox !== undefined) console.log(readFileSync(`${sandbox}/stdout`, 'utf8').trimEnd());
    if (--open === 0) done();
  });
});
