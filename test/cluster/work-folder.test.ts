/** Clusters one after another, and at once, on a work folder with a name. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cluster, ClosedError, commandTask, createCluster, type Driver, InvalidArgument } from 'altiplano';
import { connect } from 'altiplano/scheduler';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';

let workDir = '';
const open: Cluster[] = [];
beforeEach(() => {
  workDir = mkdtempSync(join(tmpdir(), 'altiplano-named-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((cluster) => cluster.close()));
  rmSync(workDir, { recursive: true });
});

async function start(process: 'shared' | 'own' = 'shared'): Promise<Cluster> {
  const agents = [{ hostname: 'a', resources: 'cpus:1;mem:256', process }];
  const cluster = await createCluster({ agents, workDir, allocationIntervalMs: 50, checkInvariants: true });
  open.push(cluster);
  return cluster;
}

function launchOne(driver: Driver, command: string): void {
  let launched = false;
  driver.offers$.subscribe(([offer]) => {
    if (offer === undefined || launched) return;
    launched = true;
    driver.launch(offer, commandTask({ id: 'only', command, offer, resources: 'cpus:0.1;mem:32' }));
  });
}

describe('a work folder', () => {
  test.for(['shared', 'own'] as const)(
    'is refused to a second cluster while the first one uses it: %s',
    async (process) => {
      const first = await start(process);
      await expect(start(process)).rejects.toThrow(
        /expected a folder that no other agent uses, got .*, used by process \d+/,
      );
      // The first one has not suffered.
      const driver = first.connect({ name: 'test' });
      launchOne(driver, 'true');
      let ended = false;
      driver.updates$.subscribe(({ state }) => {
        ended ||= state === 'TASK_FINISHED';
      });
      await until('the task has finished', () => ended);
      await first.close();
      await start(process);
    },
  );

  test('keeps tasks for the next cluster, where a framework whose scheduler is gone can be ended', async () => {
    const first = await start();
    const driver = first.connect({ name: 'lost', failoverTimeoutMs: 60_000 });
    launchOne(driver, 'exec sleep 1000');
    await until('the task runs', () => first.state().tasks.some(({ state }) => state === 'TASK_RUNNING'));
    const id = await driver.ready();
    await first.close({ keepTasks: true });

    const second = await start();
    expect(second.state().frameworks).toMatchObject([{ id, recovered: true }]);
    expect(second.state().used.toString()).toBe('cpus:0.1; mem:32');
    second.teardown(id);
    await until(
      'nothing is used any more',
      () => second.state().used.isEmpty && second.state().frameworks.length === 0,
    );
    expect(() => second.teardown(id)).toThrow(InvalidArgument);
  });
});

test('a closed cluster takes no more frameworks, whichever way they come', async () => {
  const cluster = await start();
  await cluster.close();
  expect(() => cluster.connect({ name: 'late' })).toThrow(ClosedError);
  expect(() => connect(cluster, { name: 'late' })).toThrow(ClosedError);
});
