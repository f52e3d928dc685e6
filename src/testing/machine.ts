import type { CodeRunner, ContainerConfig, ContainerExit, ContainerHandlers, Containerizer } from '../agent/index.ts';
import { type ContainerId, unreachable } from '../core/index.ts';
import type { Random } from '../runtime/index.ts';
import type { TaskInfo } from '../tasks/index.ts';
import { SimulatedProcess, type WallClock } from './machine-process.ts';
import { lifeOf, type TaskLife } from './machine-task-life.ts';
import type { SimulatedClock } from './simulated-clock.ts';

/** A task's processes on a machine; or its code, in the agent's own process. */
export interface SimulatedContainer {
  readonly id: ContainerId;
  /** `<framework id>/<task id>`. */
  readonly taskKey: string;
  readonly taskId: string;
  /** 0 for code. */
  readonly pid: number;
  readonly life: TaskLife;
  started: boolean;
  /** Absent while it runs. */
  exit?: ContainerExit;
  /** SIGKILL comes at this time. */
  killAtMs?: number;
}

export interface MachineOptions {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly wall: WallClock;
  /** What is known of a task, by `<framework id>/<task id>`: its labels say how it lives. */
  readonly taskInfo: (taskKey: string) => TaskInfo | undefined;
  /** What happens to processes, for the trace. */
  readonly onEvent: (text: string) => void;
  /** Called before it is one of those that run. */
  readonly onLaunch: (container: SimulatedContainer) => void;
}

/** One machine: its processes outlive the agent that starts them, not the machine's restart. */
export class SimulatedMachine {
  readonly #options: MachineOptions;
  readonly #containers = new Map<ContainerId, SimulatedContainer>();
  /** What runs on it besides the agent; a new one with every restart. */
  #kernel: SimulatedProcess;
  /** Of the agent that lives now. */
  #watching = new Map<ContainerId, ContainerHandlers>();
  /** Tasks that are code, and how to settle them; of the agent that lives now. */
  readonly #code = new Map<ContainerId, (error: string | undefined) => void>();
  #pids = 100;
  /** By task: how its last container ended. */
  readonly #ends = new Map<string, ContainerExit>();

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#kernel = new SimulatedProcess(options.clock, options.wall);
  }

  /** Containers whose processes have not ended. */
  running(): readonly SimulatedContainer[] {
    return [...this.#containers.values()].filter(({ exit }) => exit === undefined);
  }

  /** How the task's process has ended; `undefined` if it has not, or there never was one. */
  endOf(taskKey: string): ContainerExit | undefined {
    return this.#ends.get(taskKey);
  }

  /** All processes are gone without a trace of how they ended. */
  restart(): void {
    this.#kernel.kill();
    this.#kernel = new SimulatedProcess(this.#options.clock, this.#options.wall);
    this.#watching = new Map();
    for (const container of this.running()) {
      container.exit = { type: 'lost', message: 'The machine was restarted' };
      this.#ends.set(container.taskKey, container.exit);
    }
  }

  /** The agent's process is gone: what was code in it, too. */
  agentDied(): void {
    for (const id of this.#code.keys()) this.#containers.delete(id);
    this.#code.clear();
  }

  /** Somebody who is not the agent kills the container; code throws. */
  crash(container: SimulatedContainer): void {
    const settle = this.#code.get(container.id);
    if (settle !== undefined) {
      settle('It has thrown');
      return;
    }
    this.#exit(container, { type: 'exited', exitCode: 137, signal: 'SIGKILL' });
  }

  /** What an agent's process sees of the machine. */
  containerizer(agent: SimulatedProcess): Containerizer {
    const mine = new Map<ContainerId, ContainerHandlers>();
    this.#watching = mine;
    const tell = (id: ContainerId, call: (handlers: ContainerHandlers) => void): void => {
      agent.schedule(0, () => {
        const handlers = mine.get(id);
        if (handlers !== undefined) call(handlers);
      });
    };
    return {
      launch: (config, handlers) => {
        mine.set(config.containerId, handlers);
        this.#launch(config);
      },
      recover: (id, handlers) => {
        mine.set(id, handlers);
        const container = this.#containers.get(id);
        if (container === undefined) {
          tell(id, (handlers) => handlers.onExited({ type: 'lost', message: 'No such container' }));
          return;
        }
        const { exit, started, pid } = container;
        if (exit !== undefined) tell(id, (handlers) => handlers.onExited(exit));
        else if (started) tell(id, (handlers) => handlers.onStarted({ pid }));
      },
      kill: (id, gracePeriodMs) => {
        const container = this.#containers.get(id);
        if (container !== undefined) this.#kill(container, gracePeriodMs);
      },
      containers: () => [...this.#containers.keys()].filter((id) => !this.#code.has(id)),
      forget: (id) => {
        mine.delete(id);
        if (this.#containers.get(id)?.exit !== undefined) this.#containers.delete(id);
      },
      close: () => mine.clear(),
    };
  }

  /** What runs code in an agent's process, as tasks' labels say. */
  codeRunner(agent: SimulatedProcess): CodeRunner {
    return {
      launch: ({ containerId: id, frameworkId, task }, _sandbox, handlers) => {
        const { taskId, labels } = task;
        const taskKey = `${frameworkId}/${taskId}`;
        const life = lifeOf({ command: { value: '' }, labels, random: this.#options.random.stream(taskKey) });
        const container: SimulatedContainer = { id, taskKey, taskId, pid: 0, life, started: true };
        this.#options.onLaunch(container);
        this.#containers.set(id, container);
        this.#ends.delete(taskKey);
        this.#options.onEvent(`${taskId} runs in the agent`);
        const settle = (error: string | undefined): void => {
          if (!this.#code.delete(id)) return;
          this.#containers.delete(id);
          this.#ends.set(taskKey, { type: 'exited', exitCode: error === undefined ? 0 : 1 });
          this.#options.onEvent(`${taskId} ${error === undefined ? 'settles' : `is rejected: ${error}`}`);
          agent.schedule(0, () => handlers.onSettled(error));
        };
        this.#code.set(id, settle);
        const { durationMs, exitCode, launchFails } = life;
        if (launchFails) agent.schedule(0, () => settle('It does not start'));
        else if (Number.isFinite(durationMs)) {
          agent.schedule(durationMs, () => settle(exitCode === 0 ? undefined : `Status ${exitCode}`));
        }
      },
      abort: (id, reason) => {
        const container = this.#containers.get(id);
        if (container === undefined || !Number.isFinite(container.life.killMs)) return;
        agent.schedule(container.life.killMs, () => this.#code.get(id)?.(reason));
      },
      // What it does after this is nobody's business: it counts as over.
      abandon: (id) => {
        if (this.#code.delete(id)) this.#containers.delete(id);
      },
      message: () => undefined,
      close: () => Promise.resolve(),
    };
  }

  #launch({ containerId, command, environment }: ContainerConfig): void {
    const taskId = environment['MESOS_TASK_ID'] ?? '';
    const taskKey = `${environment['MESOS_FRAMEWORK_ID']}/${taskId}`;
    const random = this.#options.random.stream(taskKey);
    const life = lifeOf({ command, labels: this.#options.taskInfo(taskKey)?.labels, random });
    this.#pids += 1;
    const container: SimulatedContainer = { id: containerId, taskKey, taskId, pid: this.#pids, life, started: false };
    // Looked at before it is one of those that run: the same one may be there already.
    this.#options.onLaunch(container);
    this.#containers.set(containerId, container);
    this.#ends.delete(taskKey);
    this.#kernel.schedule(life.startMs, () => this.#start(container));
  }

  #start(container: SimulatedContainer): void {
    if (container.exit !== undefined) return;
    const { id, pid, taskId, life } = container;
    if (life.launchFails) {
      this.#exit(container, { type: 'launchFailed', message: 'No such program' });
      return;
    }
    container.started = true;
    this.#options.onEvent(`${taskId} runs as process ${pid}`);
    this.#tell(id, (handlers) => handlers.onStarted({ pid }));
    if (life.durationMs === Number.POSITIVE_INFINITY) return;
    this.#kernel.schedule(life.durationMs, () => this.#exit(container, { type: 'exited', exitCode: life.exitCode }));
  }

  #kill(container: SimulatedContainer, gracePeriodMs: number): void {
    if (container.exit !== undefined) return;
    const { life, killAtMs } = container;
    const atMs = this.#kernel.monotonicMs() + gracePeriodMs;
    if (killAtMs === undefined && life.killMs < gracePeriodMs) {
      this.#kernel.schedule(life.killMs, () =>
        this.#exit(container, { type: 'exited', exitCode: 143, signal: 'SIGTERM' }),
      );
    }
    if (killAtMs !== undefined && killAtMs <= atMs) return;
    container.killAtMs = atMs;
    this.#kernel.schedule(gracePeriodMs, () =>
      this.#exit(container, { type: 'exited', exitCode: 137, signal: 'SIGKILL' }),
    );
  }

  #exit(container: SimulatedContainer, exit: ContainerExit): void {
    if (container.exit !== undefined) return;
    container.exit = exit;
    this.#ends.set(container.taskKey, exit);
    this.#options.onEvent(`${container.taskId} ${exitText(exit)}`);
    this.#tell(container.id, (handlers) => handlers.onExited(exit));
  }

  /** Whoever watches by then hears of it, if anybody does. */
  #tell(id: ContainerId, call: (handlers: ContainerHandlers) => void): void {
    const watching = this.#watching;
    this.#kernel.schedule(0, () => {
      const handlers = watching === this.#watching ? watching.get(id) : undefined;
      if (handlers !== undefined) call(handlers);
    });
  }
}

function exitText(exit: ContainerExit): string {
  switch (exit.type) {
    case 'exited':
      return exit.signal === undefined ? `ends with status ${exit.exitCode}` : `is ended by ${exit.signal}`;
    case 'launchFailed':
      return `cannot be started: ${exit.message}`;
    case 'lost':
      return `is lost: ${exit.message}`;
    default:
      return unreachable(exit, 'ContainerExit');
  }
}
