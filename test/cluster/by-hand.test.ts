import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent, createProcessContainerizer, nodeDirectory, nodeSandboxes } from 'altiplano/agent';
import { createMaster, nodeClock, nodeRandom } from 'altiplano/master';
import { Resources } from 'altiplano/resources';
import { commandTask, connect } from 'altiplano/scheduler';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';

test('master, agent and driver can be put together by hand from their own entry points', async () => {
  const workDir = mkdtempSync(join(tmpdir(), 'altiplano-by-hand-'));
  const ports = { clock: nodeClock, random: nodeRandom };
  await using master = createMaster(ports);
  const agent = createAgent({
    ...ports,
    endpoint: master.agents,
    hostname: 'by-hand',
    resources: Resources.parse('cpus:2;mem:512'),
    registrationBackoffMs: 0,
    containerizer: createProcessContainerizer({ runtimeDir: `${workDir}/containers`, clock: nodeClock }),
    sandboxes: nodeSandboxes(workDir),
    directory: nodeDirectory(`${workDir}/meta`),
  });
  await using driver = connect(master, { name: 'by-hand' });
  const states: string[] = [];
  driver.updates$.subscribe(({ state }) => void states.push(state));
  let launched = false;
  driver.offers$.subscribe(([offer]) => {
    if (offer === undefined || launched) return;
    launched = true;
    driver.launch(offer, commandTask({ id: 't1', command: 'true', offer, resources: 'cpus:1;mem:32' }));
  });
  await until('the task has ended', () => states.includes('TASK_FINISHED'));
  expect(states).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
  await agent.shutdown();
  await rm(workDir, { recursive: true });
});
