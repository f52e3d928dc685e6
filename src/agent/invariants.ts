import { InvariantViolation } from '../core/index.ts';
import { isTerminal } from '../tasks/index.ts';
import { type AgentState, executorKey, keyOf, liveTasks } from './state.ts';

/*
 * What holds after every turn of an agent, one function each, numbered as in docs/SPEC.md, section 7. Each answers what
 * is wrong, in sentences.
 */

/** AG1: a task has at most one terminal update, and it is the last one. */
export function oneTerminalUpdate(state: AgentState): readonly string[] {
  return [...state.tasks].flatMap(([key, { task, pending }]) => {
    const early = pending.slice(0, -1).some((status) => isTerminal(status.state));
    const last = pending.at(-1);
    const behind = last !== undefined && last.state !== task.state;
    return [
      ...(early ? [`AG1: task ${key} has an update after its terminal one`] : []),
      ...(behind ? [`AG1: task ${key} is ${task.state}, and its newest update says ${last.state}`] : []),
    ];
  });
}

/** AG2: a task that is over is kept exactly as long as its terminal update waits to be acknowledged. */
export function overMeansWaiting(state: AgentState): readonly string[] {
  return [...state.tasks]
    .filter(([, { task, pending }]) => isTerminal(task.state) && pending.length === 0)
    .map(([key]) => `AG2: task ${key} is over, and nothing is left to be said of it`);
}

/** AG3: no uuid is on two updates. */
export function uuidsDiffer(state: AgentState): readonly string[] {
  const seen = new Set<string | undefined>();
  const violations: string[] = [];
  for (const [key, { pending }] of state.tasks) {
    for (const { uuid } of pending) {
      if (uuid === undefined) violations.push(`AG3: task ${key} has an update without uuid`);
      else if (seen.has(uuid)) violations.push(`AG3: task ${key} has an update with the uuid ${uuid} of another`);
      seen.add(uuid);
    }
  }
  return violations;
}

/** AG4: whatever runs has an executor, an executor has something that runs, and both have a framework. */
export function executorsRunTasks(state: AgentState): readonly string[] {
  const violations: string[] = [];
  for (const [key, { frameworkId }] of state.executors) {
    if (liveTasks(state, key).length === 0) violations.push(`AG4: executor ${key} has no task that runs`);
    if (!state.frameworks.has(frameworkId)) violations.push(`AG4: executor ${key} has no framework`);
  }
  for (const [key, { task, executorId }] of state.tasks) {
    if (!state.frameworks.has(task.frameworkId)) violations.push(`AG4: task ${key} has no framework`);
    const runs = !isTerminal(task.state);
    if (runs && !state.executors.has(executorKey(task.frameworkId, executorId))) {
      violations.push(`AG4: task ${key} runs without an executor`);
    }
  }
  for (const frameworkId of state.frameworks.keys()) {
    if (!state.tasksByFramework.has(frameworkId)) violations.push(`AG4: framework ${frameworkId} has nothing here`);
  }
  return violations;
}

/** AG5: the indexes say what the tables say. */
export function indexesAgree(state: AgentState): readonly string[] {
  const live = [...state.tasks.values()].filter(({ task }) => !isTerminal(task.state));
  const expected = {
    containers: live.map((record) => `${record.containerId} ${keyOf(record)}`),
    live: live.map((record) => `${executorKey(record.task.frameworkId, record.executorId)} ${keyOf(record)}`),
    frameworks: [...state.tasks.values()].map((record) => `${record.task.frameworkId} ${keyOf(record)}`),
  };
  const pairs = (index: ReadonlyMap<string, Iterable<string>>): string[] =>
    [...index].flatMap(([key, items]) => [...items].map((item) => `${key} ${item}`));
  const found = {
    containers: [...state.containers].map(([containerId, key]) => `${containerId} ${key}`),
    live: pairs(state.liveByExecutor),
    frameworks: pairs(state.tasksByFramework),
  };
  const sorted = (lines: readonly string[]): string => [...lines].sort().join('\n');
  return (['containers', 'live', 'frameworks'] as const)
    .filter((index) => sorted(found[index]) !== sorted(expected[index]))
    .map((index) => `AG5: the index ${index} is not what the tasks say`);
}

/** AG6: the sandbox of an executor that runs is known, and does not age. */
export function sandboxesAreUsed(state: AgentState): readonly string[] {
  return [...state.executors]
    .filter(([, { sandbox }]) => state.sandboxes.get(sandbox)?.endedAtMs !== undefined || !state.sandboxes.has(sandbox))
    .map(([key]) => `AG6: the sandbox of executor ${key} is not kept`);
}

const INVARIANTS = [
  oneTerminalUpdate,
  overMeansWaiting,
  uuidsDiffer,
  executorsRunTasks,
  indexesAgree,
  sandboxesAreUsed,
];

/** All of them. */
export function violations(state: AgentState): readonly string[] {
  return INVARIANTS.flatMap((invariant) => invariant(state));
}

/** @throws InvariantViolation naming all that is wrong */
export function checkInvariants(state: AgentState): void {
  const found = violations(state);
  if (found.length > 0) throw new InvariantViolation(found.join('; '));
}
