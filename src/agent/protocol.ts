import type { AgentId, ContainerId, FrameworkId } from '../core/index.ts';
import type { AgentMessage, FrameworkInfo, MasterMessage } from '../protocol/index.ts';
import type { Resources } from '../resources/index.ts';
import type { LogLevel } from '../runtime/index.ts';
import type { CommandInfo, ExecutorInfo, TaskInfo, TaskStatus } from '../tasks/index.ts';
import type { ContainerExit } from './containerizer.ts';
import type { Ending, ExecutorKey, ExecutorRecord, Link, TaskKey, TaskRecord } from './state.ts';

/** When a command is decided, by both clocks; see `Clock`. */
export interface Moment {
  readonly nowMs: number;
  readonly wallMs: number;
}

/** What an agent may be told to do, or hears of. */
export type AgentCommand =
  /** First of all. `containers`: what an earlier process of this agent left behind. */
  | { readonly type: 'start'; readonly containers: readonly ContainerId[] }
  | { readonly type: 'register' }
  | { readonly type: 'channelClosed'; readonly connection: number; readonly reason: string }
  | { readonly type: 'receive'; readonly connection: number; readonly message: MasterMessage }
  /** The master has been silent for too long. */
  | { readonly type: 'pingOverdue' }
  | { readonly type: 'retryUpdate'; readonly taskKey: TaskKey; readonly uuid: string }
  | { readonly type: 'containerStarted'; readonly containerId: ContainerId; readonly pid: number }
  | { readonly type: 'containerExited'; readonly containerId: ContainerId; readonly exit: ContainerExit }
  /** In-process tasks: launched; settled; news; data for the scheduler. */
  | { readonly type: 'codeStarted'; readonly containerId: ContainerId }
  | { readonly type: 'codeSettled'; readonly containerId: ContainerId; readonly error?: string }
  | {
      readonly type: 'codeReported';
      readonly containerId: ContainerId;
      readonly news: { readonly message?: string; readonly data?: Uint8Array };
    }
  | { readonly type: 'codeSentMessage'; readonly containerId: ContainerId; readonly data: Uint8Array }
  /** An in-process task has ignored its signal for its grace period. */
  | { readonly type: 'graceOver'; readonly containerId: ContainerId }
  | { readonly type: 'completionTimeOver'; readonly containerId: ContainerId }
  /** Share of the disk that is free, 0 to 1. */
  | { readonly type: 'collectSandboxes'; readonly freeShare: number }
  /** The owner ends this agent for good. */
  | { readonly type: 'shutdown' }
  /** No master has been found to tell how the last tasks ended. */
  | { readonly type: 'farewellOver' };

/** What has happened to an agent's state. */
export type AgentEvent =
  | { readonly type: 'idsDrawn'; readonly count: number }
  | { readonly type: 'linkChanged'; readonly link: Link }
  | { readonly type: 'agentIdAssigned'; readonly agentId: AgentId }
  | { readonly type: 'totalChanged'; readonly total: Resources }
  | { readonly type: 'frameworkUpdated'; readonly frameworkId: FrameworkId; readonly info: FrameworkInfo }
  | { readonly type: 'frameworkTerminating'; readonly frameworkId: FrameworkId }
  | { readonly type: 'executorLaunched'; readonly executor: ExecutorRecord }
  | { readonly type: 'executorTerminating'; readonly executorKey: ExecutorKey }
  | { readonly type: 'executorEnded'; readonly executorKey: ExecutorKey }
  | { readonly type: 'taskAdded'; readonly record: TaskRecord }
  | { readonly type: 'taskStarted'; readonly taskKey: TaskKey; readonly wallMs: number; readonly pid?: number }
  | { readonly type: 'taskEnding'; readonly taskKey: TaskKey; readonly ending: Ending }
  | { readonly type: 'updateMade'; readonly taskKey: TaskKey; readonly status: TaskStatus }
  | { readonly type: 'updateSent'; readonly taskKey: TaskKey; readonly status: TaskStatus; readonly attempts: number }
  | { readonly type: 'updateAcknowledged'; readonly taskKey: TaskKey; readonly uuid: string }
  /** Nothing is left to be said of the task. */
  | { readonly type: 'taskForgotten'; readonly taskKey: TaskKey }
  | { readonly type: 'sandboxUsed'; readonly path: string }
  | {
      readonly type: 'sandboxReleased';
      readonly path: string;
      readonly endedAtMs: number;
      readonly endedWallMs: number;
    }
  | { readonly type: 'sandboxRemoved'; readonly path: string }
  | { readonly type: 'shutdownBegan' }
  /** The master wants to hear nothing more of it. */
  | { readonly type: 'dismissed' }
  /** Nothing runs any more; the master is still to be told. */
  | { readonly type: 'leavingBegan' }
  /** All is over: no id, no tasks; resources and sandboxes stay, for an agent that starts here later. */
  | { readonly type: 'stopped' };

/** A persistent volume that a task sees in its sandbox; both paths are relative. */
export interface VolumeLink {
  readonly target: string;
  readonly containerPath: string;
}

/** A container to be launched, but for the absolute path of its sandbox. */
export interface ContainerPlan {
  readonly containerId: ContainerId;
  readonly command: CommandInfo;
  readonly sandbox: string;
  readonly volumes: readonly VolumeLink[];
  /** Without `MESOS_SANDBOX`, `MESOS_DIRECTORY`, and what the command brings itself. */
  readonly environment: Readonly<Record<string, string>>;
}

/** An in-process task to be launched. */
export interface CodePlan {
  readonly containerId: ContainerId;
  readonly name: string;
  readonly agentId: AgentId;
  readonly frameworkId: FrameworkId;
  readonly executorInfo: ExecutorInfo;
  readonly task: TaskInfo;
  readonly sandbox: string;
  readonly volumes: readonly VolumeLink[];
}

/** What the shell shall do, once what it follows from is on disk. */
export type AgentEffect =
  | { readonly type: 'openChannel'; readonly connection: number }
  | { readonly type: 'closeChannel' }
  | { readonly type: 'send'; readonly message: AgentMessage }
  /** A timer of the same name is replaced. */
  | { readonly type: 'startTimer'; readonly timer: string; readonly delayMs: number; readonly command: AgentCommand }
  /** As `startTimer`, after a random delay of 0 to `withinMs`. */
  | {
      readonly type: 'startRandomTimer';
      readonly timer: string;
      readonly withinMs: number;
      readonly command: AgentCommand;
    }
  | { readonly type: 'stopTimer'; readonly timer: string }
  /** All of them or, if a sandbox cannot be made, none. */
  | { readonly type: 'launchContainers'; readonly plans: readonly ContainerPlan[] }
  | { readonly type: 'recoverContainer'; readonly containerId: ContainerId }
  | { readonly type: 'killContainer'; readonly containerId: ContainerId; readonly gracePeriodMs: number }
  | { readonly type: 'forgetContainer'; readonly containerId: ContainerId }
  | { readonly type: 'launchCode'; readonly plan: CodePlan }
  | { readonly type: 'abortCode'; readonly containerId: ContainerId; readonly reason: string }
  /** The task is over in the books, whether or not its promise has settled. */
  | { readonly type: 'abandonCode'; readonly containerId: ContainerId }
  | { readonly type: 'messageCode'; readonly name: string; readonly data: Uint8Array }
  | { readonly type: 'createVolume'; readonly path: string; readonly fresh: boolean }
  | { readonly type: 'removeFolder'; readonly path: string }
  | { readonly type: 'measureDisk'; readonly delayMs: number }
  | {
      readonly type: 'log';
      readonly level: LogLevel;
      readonly message: string;
      readonly fields?: Readonly<Record<string, unknown>>;
    }
  /** The last effect of all. */
  | { readonly type: 'stop' };
