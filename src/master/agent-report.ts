import type { ExecutorId, FrameworkId } from '../core/index.ts';
import type { RunningExecutor } from '../protocol/index.ts';
import { Resources } from '../resources/index.ts';
import { holdsResources, isTerminal, type Task } from '../tasks/index.ts';
import type { AgentRecord, FrameworkRecord, MasterState } from './state.ts';

/** What an agent reports, less what belongs to frameworks that are no more. */
export interface Report {
  readonly frameworks: ReadonlyMap<FrameworkId, FrameworkRecord>;
  readonly executors: readonly RunningExecutor[];
  readonly tasks: readonly Task[];
}

/** What a report says that the books do not, and the other way round. */
export interface Difference {
  /** Not terminal in the books, and not reported. */
  readonly unknownTasks: readonly Task[];
  /** Terminal in the books, and not reported: nobody will send their last updates any more. */
  readonly forgottenTasks: readonly Task[];
  /** Reported alive, and not in the books of the agent. */
  readonly strangers: readonly Task[];
  /** Those of them whose id is free. */
  readonly newTasks: readonly Task[];
  readonly newExecutors: readonly RunningExecutor[];
  readonly lostExecutors: readonly ExecutorRef[];
  /** What will be held on the agent, by framework. */
  readonly used: ReadonlyMap<FrameworkId, Resources>;
}

interface ExecutorRef {
  readonly frameworkId: FrameworkId;
  readonly executorId: ExecutorId;
  readonly resources: Resources;
}

/** Compares what an agent reports with what the books say of it. */
export function compare(
  state: MasterState,
  agent: AgentRecord,
  report: Pick<Report, 'executors' | 'tasks'>,
): Difference {
  const reported = new Set(report.tasks.map(({ frameworkId, taskId }) => `${frameworkId} ${taskId}`));
  const missing = [...state.tasks.ofAgent(agent.id)].filter(
    ({ frameworkId, taskId }) => !reported.has(`${frameworkId} ${taskId}`),
  );
  // A terminal one that is not in the books has been acknowledged; the agent will ask again, and be told again.
  const strangers = report.tasks.filter(
    (task) => !isTerminal(task.state) && state.tasks.get(task.frameworkId, task.taskId)?.agentId !== agent.id,
  );
  const newTasks = strangers.filter((task) => isFree(state, task));
  const newExecutors = report.executors.filter(
    ({ frameworkId, executor }) => state.executors.get(agent.id, frameworkId, executor.executorId) === undefined,
  );
  const running = new Set(report.executors.map((each) => `${each.frameworkId} ${each.executor.executorId}`));
  const lostExecutors = state.executors
    .ofAgent(agent.id)
    .filter(({ frameworkId, info }) => !running.has(`${frameworkId} ${info.executorId}`))
    .map(({ frameworkId, info }) => ({
      frameworkId,
      executorId: info.executorId,
      resources: info.resources ?? Resources.empty,
    }));
  const used = new Map(state.used.ofAgent(agent.id));
  for (const { frameworkId, resources } of lostExecutors) {
    used.set(frameworkId, (used.get(frameworkId) ?? Resources.empty).minus(resources));
  }
  for (const [frameworkId, resources] of heldBy(newTasks, newExecutors)) {
    used.set(frameworkId, (used.get(frameworkId) ?? Resources.empty).plus(resources));
  }
  return {
    unknownTasks: missing.filter((task) => !isTerminal(task.state)),
    forgottenTasks: missing.filter((task) => isTerminal(task.state)),
    strangers,
    newTasks,
    newExecutors,
    lostExecutors,
    used,
  };
}

/** Whether the id is not that of another task by now; if it is, the one that was lost has to give way. */
export function isFree(state: MasterState, task: Task): boolean {
  return state.tasks.get(task.frameworkId, task.taskId) === undefined;
}

/** What tasks that are not over, and executors, hold together, by framework. */
export function heldBy(
  tasks: readonly Task[],
  executors: readonly RunningExecutor[],
): ReadonlyMap<FrameworkId, Resources> {
  const held = new Map<FrameworkId, Resources>();
  const add = (frameworkId: FrameworkId, resources: Resources): void => {
    if (!resources.isEmpty) held.set(frameworkId, (held.get(frameworkId) ?? Resources.empty).plus(resources));
  };
  for (const task of tasks) if (holdsResources(task.state)) add(task.frameworkId, task.resources);
  for (const { frameworkId, executor } of executors) add(frameworkId, executor.resources ?? Resources.empty);
  return held;
}
