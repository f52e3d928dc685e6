import type { AgentId, ExecutorId, FrameworkId, TaskId } from '../core/index.ts';
import type { OfferOperation } from '../offers/index.ts';
import type { Resources } from '../resources/index.ts';
import type { ExecutorInfo, KillPolicy, Task, TaskInfo, TaskState, TaskStatus } from '../tasks/index.ts';
import type { AgentInfo } from './agent-info.ts';
import type { FrameworkInfo } from './framework-info.ts';

/** The version of this protocol; an agent and a master of different versions do not talk. */
export const AGENT_PROTOCOL_VERSION = 1;

/** An executor that runs on an agent, as reported when the agent comes back. */
export interface RunningExecutor {
  readonly frameworkId: FrameworkId;
  readonly executor: ExecutorInfo;
}

/** What an agent tells the master. The protocol is ours; what a framework sees of it is Mesos's. */
export type AgentMessage =
  /** A new agent; answered by `agentRegistered`. Repeated until answered. */
  | { readonly type: 'registerAgent'; readonly protocolVersion: number; readonly agentInfo: AgentInfo }
  /** The same agent again, with all that runs on it; answered by `agentReregistered` or `shutdownAgent`. */
  | {
      readonly type: 'reregisterAgent';
      readonly protocolVersion: number;
      /** With its id. */
      readonly agentInfo: AgentInfo;
      /** Of every framework that has an executor or a task here, terminal but unacknowledged ones too. */
      readonly frameworks: readonly FrameworkInfo[];
      readonly executors: readonly RunningExecutor[];
      /** Those not terminal, and those whose terminal update has not been acknowledged. */
      readonly tasks: readonly Task[];
    }
  /** The agent stops for good; its tasks are over. */
  | { readonly type: 'unregisterAgent' }
  | { readonly type: 'pong' }
  | {
      readonly type: 'statusUpdate';
      readonly frameworkId: FrameworkId;
      /** With uuid: the oldest of the task's updates that is not acknowledged. */
      readonly status: TaskStatus;
      /** What the agent itself knows by now. */
      readonly latestState: TaskState;
    }
  | {
      readonly type: 'executorExited';
      readonly frameworkId: FrameworkId;
      readonly executorId: ExecutorId;
      /** Raw wait status. */
      readonly status: number;
    }
  | {
      readonly type: 'executorMessage';
      readonly frameworkId: FrameworkId;
      readonly executorId: ExecutorId;
      readonly data: Uint8Array;
    };

/** What the master tells an agent. */
export type MasterMessage =
  | { readonly type: 'agentRegistered'; readonly agentId: AgentId; readonly pingTimeoutMs: number }
  | {
      readonly type: 'agentReregistered';
      readonly agentId: AgentId;
      readonly pingTimeoutMs: number;
      /** Tasks that the master knows and the agent did not report; it answers for each (TASK_DROPPED). */
      readonly unknownTasks: readonly { readonly frameworkInfo: FrameworkInfo; readonly task: Task }[];
      /**
       * Present if an operation was lost with the connection: what the agent's resources are in the master's books,
       * with the same quantities. The agent takes them over, as if it had been sent the operation now.
       */
      readonly resources?: Resources;
    }
  /** Refused or removed: kill everything and stop. */
  | { readonly type: 'shutdownAgent'; readonly message: string }
  /** `connected` false: the master has no live registration of this agent; it must re-register. */
  | { readonly type: 'ping'; readonly connected: boolean }
  | {
      readonly type: 'runTask';
      readonly frameworkInfo: FrameworkInfo;
      readonly task: TaskInfo;
      /**
       * False: the master counts on the task's executor to be running, and has no resources set aside for another. If
       * it has ended meanwhile, the task is TASK_DROPPED (REASON_EXECUTOR_TERMINATED). Absent: start one if need be.
       */
      readonly launchExecutor?: boolean;
    }
  | {
      readonly type: 'runTaskGroup';
      readonly frameworkInfo: FrameworkInfo;
      readonly executor: ExecutorInfo;
      readonly tasks: readonly TaskInfo[];
      /** As with `runTask`. */
      readonly launchExecutor?: boolean;
    }
  | {
      readonly type: 'killTask';
      readonly frameworkId: FrameworkId;
      readonly taskId: TaskId;
      readonly killPolicy?: KillPolicy;
    }
  | {
      readonly type: 'acknowledgeUpdate';
      readonly frameworkId: FrameworkId;
      readonly taskId: TaskId;
      readonly uuid: string;
    }
  | {
      readonly type: 'frameworkMessage';
      readonly frameworkId: FrameworkId;
      readonly executorId: ExecutorId;
      readonly data: Uint8Array;
    }
  | { readonly type: 'shutdownExecutor'; readonly frameworkId: FrameworkId; readonly executorId: ExecutorId }
  | { readonly type: 'shutdownFramework'; readonly frameworkId: FrameworkId }
  | { readonly type: 'updateFramework'; readonly frameworkInfo: FrameworkInfo }
  /** A RESERVE, UNRESERVE, CREATE or DESTROY, already applied in the master's books. */
  | {
      readonly type: 'applyOperation';
      readonly frameworkId: FrameworkId;
      readonly operation: Exclude<OfferOperation, { readonly type: 'LAUNCH' | 'LAUNCH_GROUP' }>;
    };
