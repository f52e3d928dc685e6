import type { ContainerConfig, ContainerExit, ContainerHandlers, Containerizer } from '../../src/agent/index.ts';
import type { ContainerId } from '../../src/core/index.ts';
import type { Clock } from '../../src/runtime/index.ts';

interface FakeContainer {
  readonly config: ContainerConfig;
  readonly pid: number;
  exit?: ContainerExit;
  graceMs?: number;
}

/** A machine whose processes do what the test says, and outlive the agents that start them. */
export interface FakeMachine {
  /** What an agent's process sees of it; `close` it, or `crash`, before the next one is made. */
  containerizer(): Containerizer;
  /** All that were launched and not forgotten, in order. */
  readonly containers: ReadonlyMap<ContainerId, FakeContainer>;
  /** The container of the newest launch of a task. */
  ofTask(taskId: string): ContainerId;
  /** Grace periods of all kills of the task's container, in order. */
  kills(taskId: string): readonly number[];
  /** The process ends; whoever watches is told. */
  exit(containerId: ContainerId, exit: ContainerExit): void;
  exitTask(taskId: string, exit?: ContainerExit): void;
  /** Launches fail with this message from now on. */
  failLaunches(message: string | undefined): void;
  /** Whether processes start by themselves, which is so at first; if not, `start` does it. */
  startsByItself: boolean;
  start(taskId: string): void;
  /** Whether a killed process ends by itself at once, with SIGTERM; false at first. */
  diesWhenKilled: boolean;
}

export function createFakeMachine(clock: Clock): FakeMachine {
  const containers = new Map<ContainerId, FakeContainer>();
  const byTask = new Map<string, ContainerId>();
  const killed = new Map<ContainerId, number[]>();
  let watching = new Map<ContainerId, ContainerHandlers>();
  let pids = 100;
  let launchError: string | undefined;

  const later = (call: () => void): void => void clock.schedule(0, call);
  const tell = (containerId: ContainerId, call: (handlers: ContainerHandlers) => void): void => {
    const handlers = watching.get(containerId);
    if (handlers === undefined) return;
    // Not if the agent that watches has gone meanwhile.
    later(() => {
      if (watching.get(containerId) === handlers) call(handlers);
    });
  };

  const machine: FakeMachine = {
    startsByItself: true,
    diesWhenKilled: false,
    containers,
    containerizer() {
      watching = new Map();
      const mine = watching;
      const open = (): boolean => watching === mine;
      return {
        launch(config, handlers) {
          const { containerId } = config;
          const container: FakeContainer = { config, pid: ++pids };
          if (launchError !== undefined) container.exit = { type: 'launchFailed', message: launchError };
          containers.set(containerId, container);
          byTask.set(config.environment['MESOS_TASK_ID'] ?? '', containerId);
          mine.set(containerId, handlers);
          const { exit } = container;
          if (exit !== undefined) tell(containerId, ({ onExited }) => onExited(exit));
          else if (machine.startsByItself) tell(containerId, ({ onStarted }) => onStarted({ pid: container.pid }));
        },
        recover(containerId, handlers) {
          mine.set(containerId, handlers);
          const container = containers.get(containerId);
          if (container === undefined) {
            tell(containerId, ({ onExited }) => onExited({ type: 'lost', message: 'No such container' }));
            return;
          }
          const { exit, pid } = container;
          if (exit === undefined) tell(containerId, ({ onStarted }) => onStarted({ pid }));
          else tell(containerId, ({ onExited }) => onExited(exit));
        },
        kill(containerId, gracePeriodMs) {
          const container = containers.get(containerId);
          if (container === undefined || container.exit !== undefined) return;
          container.graceMs = Math.min(container.graceMs ?? gracePeriodMs, gracePeriodMs);
          killed.set(containerId, [...(killed.get(containerId) ?? []), gracePeriodMs]);
          if (machine.diesWhenKilled) machine.exit(containerId, { type: 'exited', exitCode: 143, signal: 'SIGTERM' });
        },
        containers: () => [...containers.keys()],
        forget(containerId) {
          if (containers.get(containerId)?.exit !== undefined) containers.delete(containerId);
          mine.delete(containerId);
        },
        close() {
          if (open()) watching = new Map();
        },
      };
    },
    ofTask(taskId) {
      const containerId = byTask.get(taskId);
      if (containerId === undefined) throw new Error(`No container was launched for task ${taskId}`);
      return containerId;
    },
    kills: (taskId) => killed.get(machine.ofTask(taskId)) ?? [],
    exit(containerId, exit) {
      const container = containers.get(containerId);
      if (container === undefined || container.exit !== undefined) return;
      container.exit = exit;
      tell(containerId, ({ onExited }) => onExited(exit));
    },
    exitTask(taskId, exit = { type: 'exited', exitCode: 0 }) {
      machine.exit(machine.ofTask(taskId), exit);
    },
    failLaunches(message) {
      launchError = message;
    },
    start(taskId) {
      const containerId = machine.ofTask(taskId);
      const container = containers.get(containerId);
      if (container !== undefined) tell(containerId, ({ onStarted }) => onStarted({ pid: container.pid }));
    },
  };
  return machine;
}
