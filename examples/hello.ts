import { commandTask, createCluster, isTerminal } from 'altiplano';

await using cluster = await createCluster({ agents: 3 });
const driver = cluster.connect({ name: 'hello' });

const commands = ['date', 'uname -s', 'echo "$MESOS_TASK_ID was here" && sleep 0.5'];
let open = commands.length;

driver.offers$.subscribe((offers) => {
  for (const offer of offers) {
    const command = commands.pop();
    if (command === undefined) driver.decline(offer, { refuseMs: 60_000 });
    else
      driver.launch(
        offer,
        commandTask({ id: `hello-${commands.length}`, command, offer, resources: 'cpus:0.1;mem:32' }),
      );
  }
});

await new Promise<void>((done) => {
  driver.updates$.subscribe(({ taskId, state, message }) => {
    console.log(taskId, state, message ?? '');
    if (isTerminal(state)) open -= 1;
    if (open === 0) done();
  });
});
