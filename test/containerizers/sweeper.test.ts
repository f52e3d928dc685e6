import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ProcessRow, ProcessTable } from '../../src/agent/containerizers/process/process-table.ts';
import { Sweeper } from '../../src/agent/containerizers/process/sweeper.ts';
import type { ProcessTree } from '../../src/agent/containerizers/process/tree.ts';
import type { Log } from '../../src/runtime/index.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

// The processes are a list, the signals are noted, and time stands still: what is tested is the order of things.

const CONTAINER = 'c1';
const TREE: ProcessTree = {
  containerId: CONTAINER,
  supervisor: { pid: 1_000, start: 's', boot: '-' },
  supervisorSeen: true,
};

function row(pid: number, more: Partial<ProcessRow> = {}): ProcessRow {
  return { pid, parent: 1, group: 1, session: 1, stopped: false, start: 's', containerId: CONTAINER, ...more };
}

let clock: ManualClock;
let processes: ProcessRow[];
let looks: number[];
let sent: string[];
let logged: string[];
/** Called at each signal, after it has been noted. */
let react: (pid: number, signal: string) => void;
let sweeper: Sweeper;

beforeEach(() => {
  clock = createManualClock();
  processes = [];
  looks = [];
  sent = [];
  logged = [];
  react = (pid, signal) => {
    if (signal === 'SIGKILL') processes = processes.filter((each) => each.pid !== pid);
  };
  const table: ProcessTable = {
    boot: '-',
    startOf: () => undefined,
    read() {
      looks.push(clock.monotonicMs());
      return [...processes];
    },
  };
  const log: Log = { log: (level, message) => void logged.push(`${level} ${message}`) };
  vi.spyOn(process, 'kill').mockImplementation((pid, signal) => {
    sent.push(`${signal} ${pid}`);
    react(pid, String(signal));
    return true;
  });
  sweeper = new Sweeper(table, clock, log);
});
afterEach(() => {
  sweeper.close();
  expect(clock.pending).toBe(0);
  vi.restoreAllMocks();
});

describe('kill()', () => {
  test('stops all, and those that come meanwhile, before it kills any', () => {
    processes = [row(1_000), row(11), row(12)];
    react = (pid, signal) => {
      // Each has forked just before it was stopped.
      if (signal === 'SIGSTOP' && pid < 13) processes.push(row(pid + 10), row(pid + 20));
      if (signal === 'SIGKILL') processes = processes.filter((each) => each.pid !== pid);
    };
    let gone = 0;
    sweeper.kill(TREE, () => void gone++);
    expect(sent).toEqual([]);
    clock.advance(0);
    const first = ['SIGSTOP 11', 'SIGSTOP 12'];
    const young = ['SIGSTOP 21', 'SIGSTOP 31', 'SIGSTOP 22', 'SIGSTOP 32'];
    const kills = ['SIGKILL 11', 'SIGKILL 12', 'SIGKILL 21', 'SIGKILL 31', 'SIGKILL 22', 'SIGKILL 32'];
    expect(sent).toEqual([...first, ...young, ...kills]);
    // The supervisor is left to write the status.
    clock.advance(1_000);
    expect(gone).toBe(0);
    processes = [];
    clock.advance(1_000);
    expect(gone).toBe(1);
  });

  test('kills even those that fork faster than they can be stopped', () => {
    let next = 11;
    processes = [row(next)];
    react = (pid, signal) => {
      if (signal === 'SIGSTOP') processes.push(row(++next));
      if (signal === 'SIGKILL') processes = processes.filter((each) => each.pid !== pid);
    };
    sweeper.kill(TREE, () => undefined);
    clock.advance(0);
    expect(sent.filter((each) => each.startsWith('SIGKILL')).length).toBeGreaterThanOrEqual(8);
    expect(looks.length).toBeLessThan(12);
  });

  test('wakes a supervisor that is stopped, and kills one that is stuck, but not before five seconds', () => {
    processes = [row(1_000, { stopped: true }), row(11)];
    let gone = 0;
    sweeper.kill(TREE, () => void gone++);
    clock.advance(4_900);
    expect(sent).toContain('SIGCONT 1000');
    expect(sent).not.toContain('SIGKILL 1000');
    clock.advance(400);
    expect(sent).toContain('SIGKILL 1000');
    clock.advance(1_000);
    expect(gone).toBe(1);
  });

  test('looks less and less often at what does not go, and says once that it cannot be killed', () => {
    processes = [row(11)];
    react = () => {
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    };
    sweeper.kill(TREE, () => expect.unreachable());
    clock.advance(60_000);
    const times = [...new Set(looks)];
    expect(times.length).toBeGreaterThan(200);
    expect(times.length).toBeLessThan(400);
    expect(logged).toEqual(['warn Cannot signal a process of a container']);
  });

  test('says nothing of a process that has just ended', () => {
    processes = [row(11)];
    react = () => {
      processes = [];
      throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
    };
    let gone = 0;
    sweeper.kill(TREE, () => void gone++);
    clock.advance(100);
    expect([gone, logged]).toEqual([1, []]);
  });

  test('never signals the process that it runs in', () => {
    processes = [row(process.pid), row(11)];
    let gone = 0;
    sweeper.kill(TREE, () => void gone++);
    clock.advance(100);
    expect(gone).toBe(1);
    expect(sent).toEqual(['SIGSTOP 11', 'SIGKILL 11']);
  });
});

describe('terminate()', () => {
  test('sends SIGTERM once, to all but the supervisor, and wakes those that are stopped', () => {
    processes = [row(1_000), row(11), row(12, { stopped: true })];
    sweeper.terminate(TREE);
    clock.advance(10_000);
    expect(sent).toEqual(['SIGTERM 11', 'SIGTERM 12', 'SIGCONT 12']);
    expect(looks).toEqual([0]);
  });

  test('goes on waiting for what is watched, without another signal', () => {
    processes = [row(11)];
    let gone = 0;
    sweeper.terminate(TREE);
    sweeper.watch(TREE, () => void gone++);
    clock.advance(10_000);
    expect([gone, sent]).toEqual([0, ['SIGTERM 11']]);
    processes = [];
    clock.advance(200);
    expect(gone).toBe(1);
  });
});

describe('watch()', () => {
  test('does not take back a kill', () => {
    processes = [row(11)];
    let gone = 0;
    sweeper.kill(TREE, () => undefined);
    sweeper.watch(TREE, () => void gone++);
    clock.advance(100);
    expect(gone).toBe(1);
    expect(sent).toContain('SIGKILL 11');
  });

  test('calls back no more once it is dropped', () => {
    processes = [row(11)];
    sweeper.watch(TREE, () => expect.unreachable());
    clock.advance(100);
    sweeper.drop(CONTAINER);
    processes = [];
    clock.advance(1_000);
    expect(sent).toEqual([]);
  });
});

test('one look serves all trees, and two looks are 20 ms apart', () => {
  const others = Array.from({ length: 50 }, (_, i) => ({ ...TREE, containerId: `t${i}`, supervisor: undefined }));
  let gone = 0;
  for (const tree of others) sweeper.kill(tree, () => void gone++);
  clock.advance(0);
  expect([gone, looks]).toEqual([50, [0]]);
  sweeper.kill(TREE, () => void gone++);
  clock.advance(19);
  expect(gone).toBe(50);
  clock.advance(1);
  expect([gone, looks]).toEqual([51, [0, 20]]);
});
