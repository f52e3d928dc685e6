import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createProcessContainerizer } from '../../src/agent/containerizers/index.ts';
import type { SupervisorEvents } from '../../src/agent/containerizers/process/spawn.ts';
import { ContainerId } from '../../src/core/index.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** What has been spawned and has not been answered. */
const spawned: SupervisorEvents[] = vi.hoisted(() => []);

// Supervisors that do not start before the test says so.
vi.mock('../../src/agent/containerizers/process/spawn.ts', () => ({
  spawnSupervisor(_config: unknown, _plan: unknown, events: SupervisorEvents) {
    spawned.push(events);
    return Object.assign(new EventEmitter(), { pid: undefined, stdio: [], unref: () => undefined });
  },
}));

test('launch() has at most 32 containers starting, one more each turn, and goes on as they start or fail', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pace-test-'));
  const clock = createManualClock();
  let turns = 0;
  const schedule: typeof clock.schedule = (delayMs, callback) =>
    clock.schedule(delayMs, () => {
      const before = spawned.length;
      callback();
      turns++;
      expect(spawned.length - before).toBeLessThanOrEqual(1);
    });
  const containerizer = createProcessContainerizer({ runtimeDir: folder, clock: { ...clock, schedule } });
  const exits: string[] = [];
  for (let i = 0; i < 100; i++) {
    const containerId = ContainerId(`c${i}`);
    const onExited = (): void => void exits.push(containerId);
    const command = { value: 'true' };
    containerizer.launch({ containerId, command, sandbox: folder, environment: {} }, { onStarted: () => {}, onExited });
  }
  expect(spawned).toHaveLength(0);
  clock.advance(0);
  expect(spawned).toHaveLength(32);
  expect(turns).toBeGreaterThanOrEqual(32);

  spawned[0]?.onReady();
  spawned[1]?.onFailed('no process to be had');
  spawned[2]?.onEnded();
  clock.advance(0);
  expect(spawned).toHaveLength(35);
  expect(exits).toContain('c1');

  // What is killed in the queue does not hold up the others.
  containerizer.kill(ContainerId('c35'), 0);
  clock.advance(0);
  spawned[3]?.onReady();
  clock.advance(0);
  expect(exits).toContain('c35');
  expect(spawned).toHaveLength(36);
  containerizer.close();
  expect(clock.pending).toBe(0);
  rmSync(folder, { recursive: true });
});
