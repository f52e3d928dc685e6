import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { procTable } from '../../src/agent/containerizers/process/proc-table.ts';
import type { ProcessTable } from '../../src/agent/containerizers/process/process-table.ts';
import { psTable } from '../../src/agent/containerizers/process/ps-table.ts';
import { until } from '../support/until.ts';
import { stateOf } from './harness.ts';

const children: number[] = [];

function run(script: string, environment: Readonly<Record<string, string>>): number {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore', env: environment });
  const pid = child.pid ?? 0;
  children.push(pid);
  return pid;
}

afterEach(() => {
  for (const pid of children.splice(0)) process.kill(-pid, 'SIGKILL');
});

// `ps` stands in for systems without `/proc`; on Linux both can be asked, and must agree.
describe.each<[string, () => ProcessTable]>([
  ['procTable', procTable],
  ['psTable', psTable],
])('%s', (_, open) => {
  test('knows parents, groups, starts and markers', async () => {
    const table = open();
    const pid = run('sleep 100 & wait', { ALTIPLANO_CONTAINER_ID: 'marked-one', OTHER: 'x y' });
    const childOf = (parent: number) => table.read().find((row) => row.parent === parent);
    await until('it has a child', () => childOf(pid)?.containerId !== undefined);
    const row = table.read().find((each) => each.pid === pid);
    expect(row).toMatchObject({ parent: process.pid, group: pid, stopped: false, containerId: 'marked-one' });
    expect(childOf(pid)).toMatchObject({ group: pid, containerId: 'marked-one' });
    expect(table.startOf(pid)).toBe(row?.start);
    expect(table.read().find((each) => each.pid === process.pid)?.containerId).toBeUndefined();
  });

  test('knows what is stopped', async () => {
    const table = open();
    const pid = run('kill -STOP $$', {});
    await until('it is stopped', () => table.read().find((row) => row.pid === pid)?.stopped === true);
  });

  test('takes a process that waits to be reaped, or that never was, for none', async () => {
    const table = open();
    // The shell becomes a program that does not wait for children.
    const parent = run('sh -c "exit 0" & exec sleep 100', {});
    const zombie = (): number | undefined =>
      readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
        .split(' ')
        .map(Number)
        .find((pid) => stateOf(pid) === 'Z');
    await until('there is a zombie', () => zombie() !== undefined);
    expect(table.startOf(zombie() ?? 0)).toBeUndefined();
    expect(table.read().some((row) => row.parent === parent)).toBe(false);
    expect(table.startOf(2 ** 30)).toBeUndefined();
  });
});

test('procTable and psTable agree on this process', () => {
  const own = (table: ProcessTable) => table.read().find((row) => row.pid === process.pid);
  const [fromProc, fromPs] = [own(procTable()), own(psTable())];
  expect(fromPs).toMatchObject({ parent: fromProc?.parent, group: fromProc?.group, stopped: false });
});

test('procTable reads names that look like fields', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'name-test-'));
  copyFileSync('/bin/sleep', `${folder}/a) Z 1 (`);
  const child = spawn(`${folder}/a) Z 1 (`, ['100'], { stdio: 'ignore' });
  await until('it runs', () => child.pid !== undefined);
  expect(
    procTable()
      .read()
      .find((row) => row.pid === child.pid),
  ).toMatchObject({ parent: process.pid });
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});
