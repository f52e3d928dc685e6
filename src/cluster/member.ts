import type { AgentId } from '../core/index.ts';

/** An agent of an embedded cluster, whichever process it runs in. */
export interface ClusterAgent {
  /** Given by the master when the agent first registered; kept over restarts. */
  readonly id: AgentId;
  readonly hostname: string;
  /** Process id: this process', or that of an agent that runs in its own; absent while that one is down. */
  readonly pid: number | undefined;
  /**
   * Sends a signal to an agent in a process of its own and resolves once the process has ended; its tasks go on.
   *
   * @throws InvalidArgument for an agent that shares this process
   */
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /**
   * Starts the agent's process again after {@link kill}, or a crash; it takes up its tasks. Resolves once it has
   * re-registered; if that is under way already, with it. Does nothing if it runs.
   *
   * @throws InvalidArgument for an agent that shares this process
   * @throws ClosedError if it has left the cluster
   */
  restart(): Promise<void>;
}

/** What the cluster itself does with one of its agents. */
export interface Member extends ClusterAgent {
  /** Kills all tasks and leaves the cluster for good. */
  shutdown(): Promise<void>;
  /** Stops the agent; its tasks go on, for an agent that is created on the same work folder later. */
  detach(): Promise<void>;
}
