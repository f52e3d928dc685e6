import type { AgentId, ExecutorId, FrameworkId, TaskId } from '../core/index.ts';
import type { Label, Resources } from '../resources/index.ts';

/** What to run. @see Mesos `CommandInfo` */
export interface CommandInfo {
  /** True (the default): `value` is run by `/bin/sh -c`, `arguments` are ignored. False: `value` is the program. */
  readonly shell?: boolean;
  readonly value: string;
  /** With `shell: false`: the whole argument vector; the first is what the program sees as its own name. */
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** How a task is stopped. */
export interface KillPolicy {
  /** Milliseconds from SIGTERM to SIGKILL; 3,000 if absent, as in Mesos's command executor. */
  readonly gracePeriodMs?: number;
}

/**
 * Who runs tasks on the agent.
 *
 * - `DEFAULT` runs the command of each task of a group as a process of its own; the tasks live and die together.
 * - `IN_PROCESS` is ours: code in the agent's own process, registered there under `name`.
 *
 * A task without an executor is a *command task*: its command is run as a process, under an executor id equal to the
 * task's id.
 *
 * @see Mesos `ExecutorInfo`
 */
export interface ExecutorInfo {
  readonly type: 'DEFAULT' | 'IN_PROCESS';
  readonly executorId: ExecutorId;
  /** Filled in by the master for LAUNCH; LAUNCH_GROUP must say it. */
  readonly frameworkId?: FrameworkId;
  /** With `IN_PROCESS`: the name it is registered under on the agent. */
  readonly name?: string;
  /** Held from the first task until the executor has ended; a group's executor needs cpus, mem and disk. */
  readonly resources?: Resources;
  readonly labels?: readonly Label[];
  /** Passed to the executor as it is. */
  readonly data?: Uint8Array;
}

/** A task as the framework wants it. @see Mesos `TaskInfo` */
export interface TaskInfo {
  readonly taskId: TaskId;
  readonly name: string;
  readonly agentId: AgentId;
  /** What it holds from launch until its terminal state; never empty. */
  readonly resources: Resources;
  /** A command task has a command and no executor; a task of an `IN_PROCESS` executor has an executor and no command. */
  readonly command?: CommandInfo;
  readonly executor?: ExecutorInfo;
  readonly killPolicy?: KillPolicy;
  /** The task is killed, and has failed, when it has run for so many milliseconds. */
  readonly maxCompletionTimeMs?: number;
  readonly labels?: readonly Label[];
  /** For the executor; the master forgets it. */
  readonly data?: Uint8Array;
  /** Names of what else a client has asked for in Mesos's words, and that is not built here: such a task is refused. */
  readonly unsupported?: readonly string[];
}
