import { isTerminal } from '../tasks/index.ts';
import type { World } from './world.ts';

/**
 * **L1**, **R1**: what is not as it should be once everything works, one sentence each. Some are true for a moment in any
 * cluster that is busy; those that stay true are violations.
 */
export function unsettled(world: World): ReadonlySet<string> {
  return new Set([
    ...unregistered(world),
    ...unanswered(world),
    ...untold(world),
    ...leftovers(world),
    ...differences(world),
    ...otherwise(world),
  ]);
}

function* unregistered({ agents, frameworks, master }: World): Iterable<string> {
  const state = master?.state();
  const connected = new Set<string>();
  for (const each of [...(state?.agents ?? []), ...(state?.frameworks ?? [])])
    if (each.connected) connected.add(each.id);
  for (const { hostname, isLost, agent, agentId } of agents) {
    if (isLost) continue;
    // Each side has to know it.
    const isBack = agent?.state().registered === true && agentId !== undefined && connected.has(agentId);
    if (!isBack) yield `L1: agent ${hostname} does not come back`;
  }
  for (const { name, id, isDone, isConnected, isFinished } of frameworks) {
    if (isFinished === false) yield `L1: framework ${name} does not finish`;
    if (!isDone && !(isConnected && id !== undefined && connected.has(id)))
      yield `L1: framework ${name} does not come back`;
    if (!isDone && isFinished === true) yield `L1: framework ${name} has finished, and is not let go`;
  }
}

function* unanswered({ master, agents }: World): Iterable<string> {
  for (const { id, frameworkId } of master?.state().offers ?? []) {
    yield `L1: offer ${id} to framework ${frameworkId} neither is answered nor expires`;
  }
  for (const { hostname, agent } of agents) {
    for (const { taskId, unacknowledged, statusUpdateUuid } of agent?.state().tasks ?? []) {
      if (unacknowledged === 0) continue;
      yield `L1: update ${statusUpdateUuid} of task ${taskId} on ${hostname} is not acknowledged`;
    }
  }
}

/** What frameworks believe of their tasks, compared with the machines. */
function* untold(world: World): Iterable<string> {
  const running = new Map<string, string>();
  for (const { hostname, machine } of world.agents) {
    for (const container of machine.running()) {
      const task = world.taskOf(container);
      if (task !== undefined) running.set(`${task.name}/${task.incarnation}/${task.taskId}`, hostname);
    }
  }
  for (const { framework, incarnation, taskId, history, killedBy } of world.ledger.entries) {
    const host = world.frameworks.find(({ name }) => name === framework);
    if (host === undefined || host.isDone || host.incarnation !== incarnation) continue;
    const last = history.at(-1);
    const where = running.get(`${framework}/${incarnation}/${taskId}`);
    if (where !== undefined && killedBy === host.starts) {
      yield `L1: framework ${framework} has asked to kill task ${taskId}, which runs on ${where}`;
    }
    // Of a task that it does not know a master that has taken over says so, for ever.
    const isOver = last !== undefined && (isTerminal(last) || last === 'TASK_UNKNOWN');
    if (isOver && where !== undefined) {
      yield `T3: framework ${framework} was told ${last} of task ${taskId}, which runs on ${where}`;
    } else if (!isOver && where === undefined) {
      yield `L1: framework ${framework} was told ${last ?? 'nothing'} of task ${taskId}, which runs nowhere`;
    }
  }
}

/** Tasks of frameworks that are no more. */
function* leftovers(world: World): Iterable<string> {
  for (const { hostname, machine } of world.agents) {
    for (const container of machine.running()) {
      const task = world.taskOf(container);
      const host = world.frameworks.find(({ name }) => name === task?.name);
      const isCurrent = host !== undefined && !host.isDone && host.incarnation === task?.incarnation;
      if (!isCurrent)
        yield `L1: task ${container.taskId} (${container.taskKey}) runs on ${hostname}, its framework is gone`;
    }
  }
}

/** What the master has in its books of each agent is what the agent has: its resources, and no executor more. */
function* otherwise({ master, agents }: World): Iterable<string> {
  const known = new Map((master?.state().agents ?? []).map((agent) => [agent.id, agent]));
  for (const { hostname, agent } of agents) {
    const { agentId, resources, executors = [] } = agent?.state() ?? {};
    const there = agentId === undefined ? undefined : known.get(agentId);
    if (there === undefined || resources === undefined) continue;
    if (!there.total.equals(resources)) {
      yield `R1: agent ${hostname} has ${resources}, in the master's books ${there.total}`;
    }
    const running = new Set(executors.map(({ frameworkId, executorId }) => `${frameworkId}/${executorId}`));
    for (const { frameworkId, executorId } of there.executors) {
      const key = `${frameworkId}/${executorId}`;
      if (!running.has(key)) yield `R1: executor ${key} is in the master's books, and not on ${hostname}`;
    }
  }
}

/** The master's tasks and those of its agents are the same. */
function* differences({ master, agents }: World): Iterable<string> {
  const state = master?.state();
  if (state === undefined) {
    yield 'L1: there is no master';
    return;
  }
  const known = new Map(state.tasks.map((task) => [`${task.frameworkId}/${task.taskId}`, task.state]));
  for (const { hostname, agent } of agents) {
    for (const task of agent?.state().tasks ?? []) {
      const key = `${task.frameworkId}/${task.taskId}`;
      const there = known.get(key);
      known.delete(key);
      if (there !== task.state)
        yield `R1: task ${key} on ${hostname} is ${task.state}, in the master's books ${there ?? 'unknown'}`;
    }
  }
  for (const [key, taskState] of known) {
    yield `R1: task ${key} is ${taskState} in the master's books, and on no agent`;
  }
}
