import { AnswerWatch } from './answer-watch.ts';
import type { OfferId } from '../core/index.ts';
import { isLegalTransition, isTerminal, type Task, type TaskState } from '../tasks/index.ts';
import type { Decision, MasterCommand, MasterEvent } from './protocol.ts';
import type { MasterState, TaskRef } from './state.ts';
import { isPartitionAware } from './statuses.ts';

/** One life of a task: from its launch, or its return as a stranger, on. */
interface TaskHistory {
  /** Updates forwarded so far: what they said, by uuid. */
  readonly forwarded: Map<string, TaskState>;
  /** The terminal state that has been acknowledged. */
  acknowledged: TaskState | undefined;
}

/**
 * Watches a master over time, for what no single state can show (A4, T1, T2, T3, and C1 to C5). It remembers every offer and task
 * that it has seen, so it is for tests and simulations.
 */
export class InvariantWatch {
  readonly #tasks = new Map<string, TaskHistory>();
  readonly #outstanding = new Set<OfferId>();
  readonly #ended = new Set<OfferId>();
  readonly #answers = new AnswerWatch();

  /** To be called for each decision, before it is applied to `state`. @returns a sentence for each violation */
  observe(state: MasterState, command: MasterCommand, decision: Decision): readonly string[] {
    const violations: string[] = [];
    const states = new Map<string, TaskState>();
    for (const event of decision.events) {
      this.#observeOffer(event, violations);
      this.#observeTask(state, event, states, violations);
    }
    this.#observeUpdate(state, command, decision, violations);
    this.#observeAcknowledgements(command, decision, violations);
    violations.push(...this.#answers.observe(state, command, decision));
    return violations;
  }

  /** **A4** An offer ends exactly once, and its id is not used again. */
  #observeOffer(event: MasterEvent, violations: string[]): void {
    if (event.type === 'offersMade') {
      for (const { id } of event.offers) {
        if (this.#outstanding.has(id) || this.#ended.has(id))
          violations.push(`A4: the id of offer ${id} is used again`);
        this.#outstanding.add(id);
      }
    } else if (event.type === 'offerEnded') {
      const { offerId, end } = event;
      if (!this.#outstanding.delete(offerId))
        violations.push(`A4: offer ${offerId} is ${end}, and was not outstanding`);
      this.#ended.add(offerId);
    }
  }

  /** **T1** Task states change only along the table. `states`: what the events of this decision have made of them. */
  #observeTask(state: MasterState, event: MasterEvent, states: Map<string, TaskState>, violations: string[]): void {
    if (event.type === 'taskLaunched') {
      this.#tasks.set(key(event.task), { forwarded: new Map(), acknowledged: undefined });
      states.set(key(event.task), event.task.state);
      return;
    }
    if (event.type === 'taskReturned') this.#observeReturn(event.task);
    const change = stateChange(event);
    if (change === undefined) return;
    const { frameworkId, taskId } = change.ref;
    const table = event.type === 'taskUpdated' ? state.tasks : state.unreachableTasks;
    const before = states.get(key(change.ref)) ?? table.get(frameworkId, taskId)?.state;
    states.set(key(change.ref), change.state);
    const framework = state.frameworks.get(frameworkId);
    if (before === undefined || framework === undefined) return;
    if (isLegalTransition(before, change.state, isPartitionAware(framework.info))) return;
    violations.push(`T1: task ${key(change.ref)} goes from ${before} to ${change.state}`);
  }

  /** Another master, or this one a while ago, has forwarded the update that waits for its acknowledgement. */
  #observeReturn(task: Task): void {
    const { statusUpdateUuid, statusUpdateState } = task;
    if (statusUpdateUuid === undefined || statusUpdateState === undefined) return;
    this.#history(key(task)).forwarded.set(statusUpdateUuid, statusUpdateState);
  }

  #history(name: string): TaskHistory {
    const history = this.#tasks.get(name) ?? { forwarded: new Map(), acknowledged: undefined };
    this.#tasks.set(name, history);
    return history;
  }

  /** **T2** An update reaches the scheduler, if it is connected, by the same turn: in order, and none is lost. */
  #observeUpdate(state: MasterState, command: MasterCommand, decision: Decision, violations: string[]): void {
    if (command.type !== 'agentMessage' || command.message.type !== 'statusUpdate') return;
    const { frameworkId, status } = command.message;
    const agentId = state.agentConnections.get(command.connection);
    const framework = state.frameworks.get(frameworkId);
    if (agentId === undefined || framework === undefined || status.uuid === undefined) return;
    const isAnswered = decision.effects.some(
      (effect) =>
        (effect.type === 'sendToFramework' &&
          effect.connection === framework.connection &&
          effect.event.type === 'update' &&
          effect.event.status.uuid === status.uuid) ||
        (effect.type === 'sendToAgent' && effect.message.type === 'acknowledgeUpdate') ||
        effect.type === 'log',
    );
    const name = key({ frameworkId, taskId: status.taskId });
    if (framework.connection !== undefined && !isAnswered) {
      violations.push(`T2: update ${status.uuid} (${status.state}) of task ${name} was not forwarded`);
    }
    const history = this.#history(name);
    const before = history.forwarded.get(status.uuid);
    if (before !== undefined && before !== status.state) {
      violations.push(`T2: update ${status.uuid} of task ${name} said ${before}, and says ${status.state}`);
    }
    history.forwarded.set(status.uuid, status.state);
  }

  /** **T3** One terminal state of a task is acknowledged, and no other; until then the task is kept. */
  #observeAcknowledgements(command: MasterCommand, decision: Decision, violations: string[]): void {
    if (command.type !== 'schedulerCall' || command.call.type !== 'acknowledge') return;
    const { taskId, uuid } = command.call;
    for (const event of decision.events) {
      if (event.type !== 'taskCompleted') continue;
      const said = this.#tasks.get(key(event))?.forwarded.get(uuid);
      if (event.taskId === taskId && said !== undefined && isTerminal(said)) continue;
      violations.push(`T3: task ${key(event)} is forgotten when ${said ?? 'an unknown update'} is acknowledged`);
    }
    for (const effect of decision.effects) {
      if (effect.type !== 'sendToAgent' || effect.message.type !== 'acknowledgeUpdate') continue;
      const { message } = effect;
      const history = this.#tasks.get(key(message));
      const state = history?.forwarded.get(message.uuid);
      if (history === undefined || state === undefined || !isTerminal(state)) continue;
      if (history.acknowledged !== undefined && history.acknowledged !== state) {
        violations.push(`T3: task ${key(message)} was acknowledged as ${history.acknowledged}, now as ${state}`);
      }
      history.acknowledged = state;
    }
  }
}

function key(ref: TaskRef): string {
  return `${ref.frameworkId} ${ref.taskId}`;
}

function stateChange(event: MasterEvent): { readonly ref: TaskRef; readonly state: TaskState } | undefined {
  switch (event.type) {
    case 'taskReturned':
      return { ref: event.task, state: event.task.state };
    case 'taskUpdated':
      return { ref: event, state: event.latestState };
    case 'unreachableTaskCompleted':
      return event.status === undefined ? undefined : { ref: event, state: event.status.state };
    default:
      return undefined;
  }
}
