import type { AgentId, FrameworkId, TaskId } from '../core/index.ts';
import type { ExecutorInfo, TaskInfo } from '../tasks/index.ts';

/** What an {@link Executor} is given with a task. */
export interface ExecutorContext {
  readonly agentId: AgentId;
  readonly frameworkId: FrameworkId;
  readonly executorInfo: ExecutorInfo;
  /** Absolute path of a folder of the executor's own. */
  readonly sandbox: string;
  /**
   * Aborted when this task shall end: killed, out of time, the agent shutting down. Its reason says why. What a
   * listener of it throws is an uncaught exception of the whole process, as with any AbortSignal.
   */
  readonly signal: AbortSignal;
  /** Reports that the task is running still, with news: a TASK_RUNNING update of its own. */
  readonly report: (news: { readonly message?: string; readonly data?: Uint8Array }) => void;
  /** Sends data to the framework's scheduler; best effort. */
  readonly sendMessage: (data: Uint8Array) => void;
}

/**
 * Runs tasks as TypeScript code in the agent's own process. Registered on the agent by name; a task asks for it with
 * `executor: { type: 'IN_PROCESS', name, … }`. One instance serves all its tasks.
 *
 * A task is TASK_RUNNING once `launch` has been called, TASK_FINISHED when its promise resolves, TASK_FAILED with the
 * error's message when it rejects, and TASK_KILLED if it settles, either way, after its signal was aborted.
 */
export interface Executor {
  launch(task: TaskInfo, context: ExecutorContext): Promise<void> | void;
  /** Called besides the abort of the task's signal, for those who prefer to be called. */
  kill?(taskId: TaskId): void;
  /** Data from the framework's scheduler. */
  message?(data: Uint8Array): void;
}
