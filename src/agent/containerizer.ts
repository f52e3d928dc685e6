import type { ContainerId } from '../core/index.ts';
import type { CommandInfo } from '../tasks/index.ts';

/** One process tree to run. */
export interface ContainerConfig {
  readonly containerId: ContainerId;
  readonly command: CommandInfo;
  /** Absolute path of an existing folder: the working directory; `stdout` and `stderr` are files in it. */
  readonly sandbox: string;
  /** All of the environment that the command sees, besides a `PATH` where it names none. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How a container ended. */
export type ContainerExit =
  /**
   * `signal` is set, such as `SIGKILL`, if that is what ended it; then `exitCode` is 128 + its number. `hint` says what
   * the status usually means, such as `command not found`: the agent adds it to the message, in parentheses.
   */
  | { readonly type: 'exited'; readonly exitCode: number; readonly signal?: string; readonly hint?: string }
  /** Nothing ever ran: no such program, no permission, no process to be had. The message says what and why. */
  | { readonly type: 'launchFailed'; readonly message: string }
  /** It is gone and nobody knows its exit status: the supervisor was killed, or the machine restarted. */
  | { readonly type: 'lost'; readonly message: string };

/** Called later, never within a call to the containerizer. */
export interface ContainerHandlers {
  /** The command runs. `pid` is the process that the command was started in. At most once. */
  onStarted(started: { readonly pid: number }): void;
  /** Exactly once, last: nothing of the container's process tree is left. */
  onExited(exit: ContainerExit): void;
}

/**
 * Runs process trees that outlive the agent's own process. Containers are launched, and found again after a restart,
 * under the same {@link ContainerId}.
 *
 * @see Mesos `src/slave/containerizer/containerizer.hpp`
 */
export interface Containerizer {
  launch(config: ContainerConfig, handlers: ContainerHandlers): void;
  /**
   * Takes up a container that an earlier process of this agent launched: `onStarted` with the same pid if it still
   * runs, then, or at once, `onExited` with its true exit status.
   */
  recover(containerId: ContainerId, handlers: ContainerHandlers): void;
  /**
   * SIGTERM to the whole tree, SIGKILL to what is left of it after `gracePeriodMs`. A repeat can shorten the time,
   * never lengthen it. Unknown containers are ignored.
   */
  kill(containerId: ContainerId, gracePeriodMs: number): void;
  /** Ids of all containers that an earlier process launched and nobody has forgotten yet; asked at recovery. */
  containers(): readonly ContainerId[];
  /** Drops what is kept of an ended container. */
  forget(containerId: ContainerId): void;
  /** Stops watching; what runs goes on. */
  close(): void;
}
