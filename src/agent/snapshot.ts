import type { AgentId, ContainerId, ExecutorId, FrameworkId } from '../core/index.ts';
import type { Attribute, Resources } from '../resources/index.ts';
import type { Task } from '../tasks/index.ts';
import { reported } from './registration.ts';
import { type AgentState, executorKey } from './state.ts';

/** An agent as it stands, for people: it does not change with the agent. */
export interface AgentSnapshot {
  /** Absent until the master has given one. */
  readonly agentId?: AgentId;
  readonly hostname: string;
  /** Whether the master counts on this agent, as far as it knows. */
  readonly registered: boolean;
  readonly attributes: readonly Attribute[];
  /** All that it has, with reservations and volumes. */
  readonly resources: Resources;
  readonly frameworks: readonly { readonly frameworkId: FrameworkId; readonly name: string }[];
  readonly executors: readonly AgentExecutorSnapshot[];
  readonly tasks: readonly AgentTaskSnapshot[];
}

export interface AgentExecutorSnapshot {
  readonly frameworkId: FrameworkId;
  /** Equal to the task's id for command tasks. */
  readonly executorId: ExecutorId;
  readonly containerId: ContainerId;
  /** Relative to the work directory. */
  readonly sandbox: string;
}

export interface AgentTaskSnapshot extends Task {
  readonly containerId?: ContainerId;
  /** Of the process that the command was started in. */
  readonly pid?: number;
  /** Relative to the work directory; absent once the executor has ended. */
  readonly sandbox?: string;
  /** How many updates the scheduler has not acknowledged yet. */
  readonly unacknowledged: number;
}

export function snapshot(state: AgentState): AgentSnapshot {
  return {
    ...(state.agentId === undefined ? {} : { agentId: state.agentId }),
    hostname: state.settings.hostname,
    registered: state.link.status === 'registered',
    attributes: state.settings.attributes,
    resources: state.total,
    frameworks: [...state.frameworks.values()].map(({ frameworkId, info }) => ({ frameworkId, name: info.name })),
    executors: [...state.executors.values()].map(({ frameworkId, executorId, containerId, sandbox }) => ({
      frameworkId,
      executorId,
      containerId,
      sandbox,
    })),
    tasks: [...state.tasks.values()].map((record): AgentTaskSnapshot => {
      const { containerId, pid, executorId, task, pending } = record;
      const executor = state.executors.get(executorKey(task.frameworkId, executorId));
      return {
        ...reported(record),
        ...(containerId === undefined ? {} : { containerId }),
        ...(pid === undefined ? {} : { pid }),
        ...(executor === undefined ? {} : { sandbox: executor.sandbox }),
        unacknowledged: pending.length,
      };
    }),
  };
}
