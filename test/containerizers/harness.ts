import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { createProcessContainerizer } from '../../src/agent/containerizers/index.ts';
import type { ContainerExit, Containerizer } from '../../src/agent/containerizer.ts';
import { ContainerId } from '../../src/core/index.ts';
import { nodeClock } from '../../src/runtime/node/clock.ts';
import type { CommandInfo } from '../../src/tasks/index.ts';
import { until } from '../support/until.ts';

/** What has been heard of one container. */
export interface Heard {
  readonly containerId: ContainerId;
  readonly sandbox: string;
  pid?: number;
  exit?: ContainerExit;
  /** The calls in their order. */
  readonly calls: string[];
}

/** One agent's folders, and a containerizer over them. */
export class Bench {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'containers-test-'));
  readonly runtimeDir: string = join(this.folder, 'run');
  containerizer: Containerizer = this.open();

  open(): Containerizer {
    return createProcessContainerizer({ runtimeDir: this.runtimeDir, clock: nodeClock });
  }

  /** Lets go of everything, as the end of the agent does, and begins again. */
  reopen(): void {
    this.containerizer.close();
    this.containerizer = this.open();
  }

  launch(command: CommandInfo | string, environment: Readonly<Record<string, string>> = {}): Heard {
    const containerId = ContainerId(`c${count++}-${process.pid}`);
    const sandbox = join(this.folder, 'sandboxes', containerId);
    mkdirSync(sandbox, { recursive: true });
    const heard: Heard = { containerId, sandbox, calls: [] };
    const config = { containerId, command: typeof command === 'string' ? { value: command } : command, sandbox };
    this.containerizer.launch({ ...config, environment }, handlersOf(heard));
    return heard;
  }

  recover(containerId: ContainerId): Heard {
    const heard: Heard = { containerId, sandbox: join(this.folder, 'sandboxes', containerId), calls: [] };
    this.containerizer.recover(containerId, handlersOf(heard));
    return heard;
  }

  close(): void {
    this.containerizer.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

let count = 0;

function handlersOf(heard: Heard) {
  return {
    onStarted({ pid }: { readonly pid: number }) {
      heard.pid = pid;
      heard.calls.push('started');
    },
    onExited(exit: ContainerExit) {
      heard.exit = exit;
      heard.calls.push('exited');
    },
  };
}

/** A bench that is cleared away after the test; whatever still runs under its name is killed. */
export function bench(): Bench {
  const made = new Bench();
  benches.push(made);
  return made;
}

const benches: Bench[] = [];

afterEach(() => {
  for (const made of benches.splice(0)) {
    for (const pid of processesWith(`-${process.pid}`)) process.kill(pid, 'SIGKILL');
    made.close();
  }
});

export async function exited(heard: Heard): Promise<ContainerExit> {
  await until(`${heard.containerId} has exited`, () => heard.exit !== undefined);
  if (heard.exit === undefined) throw new Error('unreachable');
  return heard.exit;
}

export async function started(heard: Heard): Promise<number> {
  await until(`${heard.containerId} has started`, () => heard.pid !== undefined);
  return heard.pid ?? 0;
}

export function output(heard: Heard, name: 'stdout' | 'stderr' = 'stdout'): string {
  return readFileSync(join(heard.sandbox, name), 'utf8');
}

/** Pids of all processes, zombies left out, whose container id contains `text`: read anew, by no code under test. */
export function processesWith(text: string): readonly number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (!runs(Number(name))) continue;
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      const marker = environment.find((variable) => variable.startsWith('ALTIPLANO_CONTAINER_ID='));
      if (marker?.includes(text)) found.push(Number(name));
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** Whether a process of that number runs; one that only waits to be reaped does not. */
export function runs(pid: number): boolean {
  return !['Z', undefined].includes(stateOf(pid));
}

/** The letter that `ps` shows, such as `T` for stopped; `undefined` if there is no such process. */
export function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2];
  } catch {
    return undefined;
  }
}
