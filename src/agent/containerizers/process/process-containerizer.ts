import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  ClosedError,
  type ContainerId,
  ContainerId as containerIdOf,
  identifierError,
  InvalidArgument,
} from '../../../core/index.ts';
import { type Clock, type Log, silentLog } from '../../../runtime/index.ts';
import type { ContainerConfig, ContainerHandlers, Containerizer } from '../../containerizer.ts';
import type { Container } from './container.ts';
import { recordedExit } from './exit-status.ts';
import type { ProcessTable } from './process-table.ts';
import { systemTable } from './system-table.ts';
import { readCommand, readSupervisor } from './records.ts';
import { spawnSupervisor } from './spawn.ts';
import { Sweeper } from './sweeper.ts';

/** Where and with what a process containerizer works. */
export interface ProcessContainerizerOptions {
  /** The folder of its records, a folder per container; made if there is none. One containerizer at a time uses it. */
  readonly runtimeDir: string;
  readonly clock: Clock;
  readonly log?: Log;
}

/** Supervisors that have not yet started their command; more wait. Each of them holds a file of this process open. */
const STARTING_AT_ONCE = 32;
/** How often a supervisor that is not our child is looked at. */
const POLL_MS = 200;
/** A supervisor's first deed is to record itself; if it has not by then, it never will. */
const UNKNOWN_PATIENCE_MS = 5_000;

/**
 * Runs each container as a process tree under a supervisor of its own, a small `sh` script: the tree does not notice
 * the end of this process, and the next one finds it by its records. What it writes goes straight to the files `stdout`
 * and `stderr` of the sandbox. `docs/SPEC.md`, section 8, says what is recorded, and how a tree is ended.
 *
 * With `shell: false` the program sees `value` as its own name, whatever the first of `arguments` says (a shell cannot
 * give it another); variables whose names are no identifiers do not reach the command where `/bin/sh` is dash.
 *
 * Its methods throw {@link InvalidArgument} for a container that is launched or recovered twice, or forgotten before it
 * has ended, and {@link ClosedError} after `close`; what the system refuses is told as `launchFailed`.
 *
 * @throws InvalidArgument if the folder cannot be made
 * @see Mesos `src/slave/containerizer/mesos/launcher.cpp`, `SubprocessLauncher`
 */
export function createProcessContainerizer(options: ProcessContainerizerOptions): Containerizer {
  const runtimeDir = resolve(options.runtimeDir);
  try {
    mkdirSync(runtimeDir, { recursive: true });
  } catch (cause) {
    throw new InvalidArgument('runtimeDir', `expected a folder that can be made, got ${runtimeDir}`, { cause });
  }
  return new ProcessContainerizer(runtimeDir, options);
}

class ProcessContainerizer implements Containerizer {
  readonly #runtimeDir: string;
  readonly #clock: Clock;
  readonly #table: ProcessTable = systemTable();
  readonly #sweeper: Sweeper;
  readonly #containers = new Map<ContainerId, Container>();
  /** Queued, in order; those killed meanwhile are skipped. */
  readonly #queue: Container[] = [];
  /** Recovered, with a supervisor that is, or may be, alive. */
  readonly #polled = new Set<Container>();
  /** Launched by this process, and not started. */
  readonly #starting = new Set<Container>();
  #launching: Disposable | undefined;
  #polling: Disposable | undefined;
  #closed = false;

  constructor(runtimeDir: string, { clock, log = silentLog }: ProcessContainerizerOptions) {
    this.#runtimeDir = runtimeDir;
    this.#clock = clock;
    this.#sweeper = new Sweeper(this.#table, clock, log);
  }

  launch(config: ContainerConfig, handlers: ContainerHandlers): void {
    const container = this.#add(config.containerId, handlers, config);
    this.#queue.push(container);
    this.#launchSoon();
  }

  recover(containerId: ContainerId, handlers: ContainerHandlers): void {
    const container = this.#add(containerId, handlers, undefined);
    this.#later(() => this.#takeUp(container));
  }

  kill(containerId: ContainerId, gracePeriodMs: number): void {
    const container = this.#containers.get(containerId);
    if (this.#closed || container === undefined || container.phase === 'ended') return;
    if (container.phase === 'queued') {
      container.problem ??= 'Killed before it was started';
      container.phase = 'sweeping';
      this.#later(() => this.#end(container));
      return;
    }
    const graceMs = Math.max(gracePeriodMs, 0);
    const atMs = this.#clock.monotonicMs() + graceMs;
    const { deadline } = container;
    if (deadline !== undefined && deadline.atMs <= atMs) return;
    deadline?.timer[Symbol.dispose]();
    container.deadline = { atMs, timer: this.#clock.schedule(graceMs, () => this.#sweep(container)) };
    // What has not started is told once it has.
    if (deadline === undefined && container.phase === 'running') this.#sweeper.terminate(container);
  }

  containers(): readonly ContainerId[] {
    const earlier: ContainerId[] = [];
    for (const name of readdirSync(this.#runtimeDir)) {
      if (identifierError(name) !== undefined) continue;
      const containerId = containerIdOf(name);
      if (this.#containers.get(containerId)?.config === undefined) earlier.push(containerId);
    }
    return earlier;
  }

  forget(containerId: ContainerId): void {
    const container = this.#containers.get(containerId);
    if (container !== undefined && container.phase !== 'ended') {
      throw new InvalidArgument('containerId', `expected a container that has ended, got ${containerId}`);
    }
    this.#containers.delete(containerId);
    rmSync(this.#folderOf(containerId), { recursive: true, force: true });
  }

  close(): void {
    this.#closed = true;
    this.#sweeper.close();
    this.#launching?.[Symbol.dispose]();
    this.#polling?.[Symbol.dispose]();
    for (const container of this.#containers.values()) {
      container.deadline?.timer[Symbol.dispose]();
      container.child?.removeAllListeners().on('error', () => undefined);
      container.child?.unref();
      container.child?.stdio[3]?.destroy();
    }
    this.#containers.clear();
  }

  #add(containerId: ContainerId, handlers: ContainerHandlers, config: ContainerConfig | undefined): Container {
    if (this.#closed) throw new ClosedError('Expected a containerizer that is open, this one has been closed');
    if (this.#containers.has(containerId)) {
      throw new InvalidArgument('containerId', `expected a container that is not known yet, got ${containerId}`);
    }
    const container: Container = {
      containerId,
      handlers,
      config,
      folder: this.#folderOf(containerId),
      phase: config === undefined ? 'starting' : 'queued',
      supervisor: undefined,
      supervisorSeen: false,
      child: undefined,
      started: false,
      deadline: undefined,
      unknownUntilMs: 0,
      problem: undefined,
    };
    this.#containers.set(containerId, container);
    return container;
  }

  #folderOf(containerId: ContainerId): string {
    return join(this.#runtimeDir, containerId);
  }

  /** Handlers are never called within a call of the agent's. */
  #later(action: () => void): void {
    this.#clock.schedule(0, () => {
      if (!this.#closed) action();
    });
  }

  /** One launch a turn of the event loop: starting a process holds it up for a millisecond or more. */
  #launchSoon(): void {
    this.#launching ??= this.#clock.schedule(0, () => {
      this.#launching = undefined;
      while (this.#queue[0] !== undefined && this.#queue[0].phase !== 'queued') this.#queue.shift();
      if (this.#queue.length === 0 || this.#starting.size >= STARTING_AT_ONCE) return;
      const next = this.#queue.shift();
      if (next?.config !== undefined) this.#spawn(next, next.config);
      this.#launchSoon();
    });
  }

  #spawn(container: Container, config: ContainerConfig): void {
    container.phase = 'starting';
    const spawned = spawnSupervisor(config, container.folder, {
      onReady: () => this.#start(container),
      onEnded: () => this.#supervisorEnded(container),
      onFailed: (problem) => this.#failed(container, problem),
    });
    if (typeof spawned === 'string') {
      this.#failed(container, spawned);
      return;
    }
    container.child = spawned;
    container.supervisorSeen = true;
    this.#starting.add(container);
    const { pid } = spawned;
    const start = pid === undefined ? undefined : this.#table.startOf(pid);
    if (pid !== undefined && start !== undefined) container.supervisor = { pid, start, boot: this.#table.boot };
  }

  #failed(container: Container, problem: string): void {
    container.problem = problem;
    this.#end(container);
  }

  /** The command has been recorded. */
  #start(container: Container): void {
    if (container.phase !== 'starting') return;
    this.#leaveStart(container);
    if (!this.#tellStarted(container)) return;
    container.phase = 'running';
    if (container.deadline !== undefined) this.#sweeper.terminate(container);
  }

  #leaveStart(container: Container): void {
    if (this.#starting.delete(container)) this.#launchSoon();
  }

  /** Whether it has ever started; told the first time that this is seen. */
  #tellStarted(container: Container): boolean {
    const command = readCommand(container.folder);
    if (command === undefined) return false;
    if (!container.started) {
      container.started = true;
      container.handlers.onStarted({ pid: command.pid });
    }
    return true;
  }

  #supervisorEnded(container: Container): void {
    if (container.phase === 'ended' || container.phase === 'sweeping') return;
    // One that ended before it was recovered is told as ended only.
    if (container.supervisorSeen) this.#start(container);
    this.#leaveStart(container);
    this.#polled.delete(container);
    container.phase = 'sweeping';
    if (container.deadline === undefined || this.#isOverdue(container)) {
      this.#sweep(container);
    } else {
      // Its command has ended, others that were sent SIGTERM still have time.
      this.#sweeper.watch(container, () => this.#end(container));
    }
  }

  #isOverdue({ deadline }: Container): boolean {
    return deadline !== undefined && deadline.atMs <= this.#clock.monotonicMs();
  }

  #sweep(container: Container): void {
    this.#sweeper.kill(container, () => this.#end(container));
  }

  #takeUp(container: Container): void {
    container.unknownUntilMs = this.#clock.monotonicMs() + UNKNOWN_PATIENCE_MS;
    this.#polled.add(container);
    this.#inspect(container);
    this.#pollSoon();
  }

  #pollSoon(): void {
    if (this.#polled.size === 0) return;
    this.#polling ??= this.#clock.schedule(POLL_MS, () => {
      this.#polling = undefined;
      for (const container of this.#polled) this.#inspect(container);
      this.#pollSoon();
    });
  }

  /** Looks how a recovered container is. */
  #inspect(container: Container): void {
    if (container.supervisor === undefined) {
      container.supervisor = readSupervisor(container.folder);
      if (container.supervisor === undefined) {
        this.#inspectUnknown(container);
        return;
      }
      // Until now all of its processes were waited for; from here on its supervisor is, unless its time is over.
      if (!this.#isOverdue(container)) this.#sweeper.drop(container.containerId);
    }
    const { pid, start, boot } = container.supervisor;
    const alive = boot === this.#table.boot && this.#table.startOf(pid) === start;
    // From one look to the next a number does not come round again.
    container.supervisorSeen ||= alive;
    if (alive) this.#start(container);
    else this.#supervisorEnded(container);
  }

  /** Nothing has been recorded: the agent was killed while it launched this, or somebody has removed the records. */
  #inspectUnknown(container: Container): void {
    if (this.#clock.monotonicMs() > container.unknownUntilMs) {
      this.#supervisorEnded(container);
      return;
    }
    this.#sweeper.watch(container, () => {
      container.supervisor = readSupervisor(container.folder);
      if (container.supervisor === undefined) this.#end(container);
      else this.#inspect(container);
    });
  }

  #end(container: Container): void {
    if (container.phase === 'ended') return;
    this.#leaveStart(container);
    this.#polled.delete(container);
    if (container.supervisorSeen && container.problem === undefined) this.#tellStarted(container);
    container.phase = 'ended';
    container.deadline?.timer[Symbol.dispose]();
    this.#sweeper.drop(container.containerId);
    const { problem, folder } = container;
    container.handlers.onExited(
      problem === undefined ? recordedExit(folder) : { type: 'launchFailed', message: problem },
    );
  }
}
