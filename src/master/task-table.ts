import type { AgentId, FrameworkId, TaskId } from '../core/index.ts';
import type { Task } from '../tasks/index.ts';

/** Tasks by framework and id, and by agent. Every question costs as much as its answer is long. */
export interface Tasks {
  readonly size: number;
  get(frameworkId: FrameworkId, taskId: TaskId): Task | undefined;
  /** Oldest first; do not change the table while walking it. */
  ofFramework(frameworkId: FrameworkId): Iterable<Task>;
  ofAgent(agentId: AgentId): Iterable<Task>;
  countOfFramework(frameworkId: FrameworkId): number;
  all(): Iterable<Task>;
}

/** Both indexes share one cell per task, so that a new version of a record is one assignment. */
interface Cell {
  task: Task;
}

export class TaskTable implements Tasks {
  readonly #byFramework = new Map<FrameworkId, Map<TaskId, Cell>>();
  readonly #byAgent = new Map<AgentId, Set<Cell>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(frameworkId: FrameworkId, taskId: TaskId): Task | undefined {
    return this.#byFramework.get(frameworkId)?.get(taskId)?.task;
  }

  *ofFramework(frameworkId: FrameworkId): Iterable<Task> {
    for (const cell of this.#byFramework.get(frameworkId)?.values() ?? []) yield cell.task;
  }

  *ofAgent(agentId: AgentId): Iterable<Task> {
    for (const cell of this.#byAgent.get(agentId) ?? []) yield cell.task;
  }

  countOfFramework(frameworkId: FrameworkId): number {
    return this.#byFramework.get(frameworkId)?.size ?? 0;
  }

  *all(): Iterable<Task> {
    for (const tasks of this.#byFramework.values()) for (const cell of tasks.values()) yield cell.task;
  }

  /** Adds it, in the place of one of the same id. */
  add(task: Task): void {
    this.remove(task.frameworkId, task.taskId);
    const cell: Cell = { task };
    let tasks = this.#byFramework.get(task.frameworkId);
    if (tasks === undefined) this.#byFramework.set(task.frameworkId, (tasks = new Map()));
    tasks.set(task.taskId, cell);
    let cells = this.#byAgent.get(task.agentId);
    if (cells === undefined) this.#byAgent.set(task.agentId, (cells = new Set()));
    cells.add(cell);
    this.#size += 1;
  }

  /** A new version of a task that is here, on the same agent. */
  replace(task: Task): void {
    const cell = this.#byFramework.get(task.frameworkId)?.get(task.taskId);
    if (cell !== undefined) cell.task = task;
  }

  remove(frameworkId: FrameworkId, taskId: TaskId): Task | undefined {
    const tasks = this.#byFramework.get(frameworkId);
    const cell = tasks?.get(taskId);
    if (tasks === undefined || cell === undefined) return undefined;
    tasks.delete(taskId);
    if (tasks.size === 0) this.#byFramework.delete(frameworkId);
    const cells = this.#byAgent.get(cell.task.agentId);
    cells?.delete(cell);
    if (cells?.size === 0) this.#byAgent.delete(cell.task.agentId);
    this.#size -= 1;
    return cell.task;
  }

  /** The framework's oldest task. */
  oldestOf(frameworkId: FrameworkId): Task | undefined {
    return this.#byFramework.get(frameworkId)?.values().next().value?.task;
  }
}
