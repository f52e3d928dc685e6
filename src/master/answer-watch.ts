import type { AgentId, OfferId } from '../core/index.ts';
import { frameworkRoles, type SchedulerCall } from '../protocol/index.ts';
import { isTerminal, type Task, type TaskState, visibleState } from '../tasks/index.ts';
import type { Decision, MasterCommand, MasterEvent } from './protocol.ts';
import type { FrameworkRecord, MasterState, TaskRef } from './state.ts';
import { isPartitionAware } from './statuses.ts';

type Call<Type extends SchedulerCall['type']> = Extract<SchedulerCall, { readonly type: Type }>;
type Event<Type extends MasterEvent['type']> = Extract<MasterEvent, { readonly type: Type }>;

/**
 * Watches whether those who talk to a master get their due: **C1** to **C5** of docs/SPEC.md, section 11. A framework
 * would get over most of what it finds, by asking again; that it has to shows in no state.
 */
export class AnswerWatch {
  /** By agent that is away, then by task: kills that wait for it. */
  readonly #kills = new Map<AgentId, Map<string, TaskRef>>();

  /** To be called for each decision, before it is applied to `state`. @returns a sentence for each violation */
  observe(state: MasterState, command: MasterCommand, decision: Decision): readonly string[] {
    const violations: string[] = [];
    if (command.type === 'schedulerCall') this.#observeCall(state, command, decision, violations);
    for (const event of decision.events) this.#observeEvent(state, { command, decision, event }, violations);
    return violations;
  }

  #observeCall(
    state: MasterState,
    { call, connection }: Extract<MasterCommand, { readonly type: 'schedulerCall' }>,
    decision: Decision,
    violations: string[],
  ): void {
    const frameworkId = state.schedulerConnections.get(connection);
    const framework = frameworkId === undefined ? undefined : state.frameworks.get(frameworkId);
    if (framework === undefined) return;
    if (call.type === 'accept') observeAccept(state, { framework, call, decision }, violations);
    if (call.type === 'reconcile') observeReconcile(state, { framework, call, decision }, violations);
    if (call.type === 'kill') this.#observeKill(state, { framework, call, decision }, violations);
  }

  /** **C2** A KILL of a task in the books is passed on to its agent at once, or when that is back. */
  #observeKill(
    state: MasterState,
    asked: { readonly framework: FrameworkRecord; readonly call: Call<'kill'>; readonly decision: Decision },
    violations: string[],
  ): void {
    const { framework, call, decision } = asked;
    const { taskId, agentId, killPolicy } = call;
    const task = state.tasks.get(framework.id, taskId);
    // A policy may be refused, and the call with it.
    if (task === undefined || isTerminal(task.state) || killPolicy !== undefined) return;
    if (agentId !== undefined && agentId !== task.agentId) return;
    if (state.agents.get(task.agentId)?.connection !== undefined) {
      if (!isPassedOn(decision, task)) violations.push(`C2: the kill of task ${key(task)} is not passed on`);
      return;
    }
    const waiting = this.#kills.get(task.agentId) ?? new Map<string, TaskRef>();
    this.#kills.set(task.agentId, waiting.set(key(task), { frameworkId: framework.id, taskId }));
  }

  #observeEvent(
    state: MasterState,
    what: { readonly command: MasterCommand; readonly decision: Decision; readonly event: MasterEvent },
    violations: string[],
  ): void {
    const { event, decision, command } = what;
    switch (event.type) {
      case 'agentReregistered':
        for (const task of this.#kills.get(event.agentId)?.values() ?? []) {
          if (!isReportedAlive(state, { command, event, task }) || isPassedOn(decision, task)) continue;
          violations.push(`C2: the kill of task ${key(task)}, whose agent is back, is not passed on`);
        }
        this.#kills.delete(event.agentId);
        return;
      case 'agentUnreachable':
      case 'agentGone':
      case 'agentRemoved':
        this.#kills.delete(event.agentId);
        return;
      case 'frameworkRemoved':
        for (const waiting of this.#kills.values()) {
          for (const [name, task] of waiting) if (task.frameworkId === event.frameworkId) waiting.delete(name);
        }
        return;
      case 'taskUpdated':
        if (command.type === 'agentMessage' && command.message.type === 'statusUpdate') return;
        return observeNews(state, { decision, task: event, state: event.status.state }, violations);
      case 'unreachableTaskCompleted':
        if (event.status === undefined) return;
        return observeNews(state, { decision, task: event, state: event.status.state }, violations);
      case 'taskReturned':
        // From another master: the framework asks by itself.
        if (state.recoveredAgents.get(event.task.agentId)?.wasLost === false) return;
        return observeNews(state, { decision, task: event.task, state: event.task.state }, violations);
      case 'offerEnded':
        if (event.end === 'rescinded') observeRescinded(state, { decision, offerId: event.offerId }, violations);
        return;
      case 'offersMade':
        return observeOffers(state, event, violations);
      default:
    }
  }
}

/** **C1** For each task of an ACCEPT there is an answer in the same turn: it is launched, or its framework is told why not. */
function observeAccept(
  state: MasterState,
  asked: { readonly framework: FrameworkRecord; readonly call: Call<'accept'>; readonly decision: Decision },
  violations: string[],
): void {
  const { framework, call, decision } = asked;
  for (const operation of call.operations) {
    if (operation.type !== 'LAUNCH' && operation.type !== 'LAUNCH_GROUP') continue;
    for (const { taskId } of operation.taskInfos) {
      const task = { frameworkId: framework.id, taskId };
      const isLaunched = decision.events.some((event) => event.type === 'taskLaunched' && event.task.taskId === taskId);
      // The call may have arrived twice.
      const isThere =
        state.tasks.get(framework.id, taskId) !== undefined ||
        state.unreachableTasks.get(framework.id, taskId) !== undefined;
      if (isLaunched || isThere || told(framework, decision, task).length > 0) continue;
      violations.push(`C1: the launch of task ${key(task)} is not answered`);
    }
  }
}

/**
 * **C4** RECONCILE says of a task in the books what its framework has been told of it, or was due to be; and nothing of one
 * whose agent may still come back and tell.
 */
function observeReconcile(
  state: MasterState,
  asked: { readonly framework: FrameworkRecord; readonly call: Call<'reconcile'>; readonly decision: Decision },
  violations: string[],
): void {
  const { framework, call, decision } = asked;
  for (const { taskId, agentId } of call.tasks) {
    const isKnown = state.tasks.get(framework.id, taskId) !== undefined;
    const isAwaited = agentId === undefined ? state.recoveredAgents.size > 0 : state.recoveredAgents.has(agentId);
    const task = { frameworkId: framework.id, taskId };
    if (isKnown || !isAwaited || told(framework, decision, task).length === 0) continue;
    violations.push(
      `C4: something is said of task ${key(task)}, of which its agent, if it comes back, may know better`,
    );
  }
  const inBooks = call.tasks.flatMap(({ taskId }) => state.tasks.get(framework.id, taskId) ?? []);
  for (const task of call.tasks.length > 0 ? inBooks : state.tasks.ofFramework(framework.id)) {
    const expected = visibleState(task.statusUpdateState ?? task.state, isPartitionAware(framework.info));
    const answers = told(framework, decision, { frameworkId: framework.id, taskId: task.taskId });
    if (answers.length === 0) violations.push(`C4: nothing is said of task ${key(task)}, which is ${expected}`);
    const wrong = answers.find((answer) => answer !== expected);
    if (wrong !== undefined) violations.push(`C4: task ${key(task)} is said to be ${wrong}, known to be ${expected}`);
  }
}

/** **C3** What becomes of a task by the master's own doing its framework is told in the same turn, if it is connected. */
function observeNews(
  state: MasterState,
  news: { readonly decision: Decision; readonly task: TaskRef; readonly state: TaskState },
  violations: string[],
): void {
  const { decision, task } = news;
  const framework = state.frameworks.get(task.frameworkId);
  if (framework?.connection === undefined) return;
  const isRemoved = decision.events.some(
    (event) => event.type === 'frameworkRemoved' && event.frameworkId === framework.id,
  );
  const expected = visibleState(news.state, isPartitionAware(framework.info));
  if (isRemoved || told(framework, decision, task).includes(expected)) return;
  violations.push(`C3: task ${key(task)} is ${news.state} now, and its framework is not told`);
}

/** **A4** Who has been made an offer hears that it is taken back. */
function observeRescinded(
  state: MasterState,
  rescinded: { readonly decision: Decision; readonly offerId: OfferId },
  violations: string[],
): void {
  const { decision, offerId } = rescinded;
  const frameworkId = state.offers.get(offerId)?.frameworkId;
  const connection = frameworkId === undefined ? undefined : state.frameworks.get(frameworkId)?.connection;
  const isTold = decision.effects.some(
    (effect) =>
      effect.type === 'sendToFramework' &&
      effect.connection === connection &&
      effect.event.type === 'rescind' &&
      effect.event.offerId === offerId,
  );
  if (connection === undefined || isTold) return;
  violations.push(`A4: offer ${offerId} is rescinded, and framework ${frameworkId} is not told`);
}

/** **C5** Nobody is offered anything in a role that is suppressed, or not the framework's. */
function observeOffers(state: MasterState, { offers }: Event<'offersMade'>, violations: string[]): void {
  for (const { id, frameworkId, role } of offers) {
    const framework = state.frameworks.get(frameworkId);
    if (framework === undefined) continue;
    if (framework.suppressedRoles.includes(role))
      violations.push(`C5: offer ${id} is made to framework ${frameworkId}, which has suppressed role ${role}`);
    if (!frameworkRoles(framework.info).includes(role))
      violations.push(`C5: offer ${id} is made to framework ${frameworkId}, which is not in role ${role}`);
  }
}

/** States in updates of the task that the decision sends to its framework. */
function told(framework: FrameworkRecord, decision: Decision, { taskId }: TaskRef): readonly TaskState[] {
  return decision.effects.flatMap((effect) =>
    effect.type === 'sendToFramework' &&
    effect.connection === framework.connection &&
    effect.event.type === 'update' &&
    effect.event.status.taskId === taskId
      ? [effect.event.status.state]
      : [],
  );
}

function isPassedOn(decision: Decision, { frameworkId, taskId }: TaskRef): boolean {
  return decision.effects.some(
    (effect) =>
      effect.type === 'sendToAgent' &&
      effect.message.type === 'killTask' &&
      effect.message.frameworkId === frameworkId &&
      effect.message.taskId === taskId,
  );
}

/** Whether the report that has brought the agent back has the task, not over. */
function isReportedAlive(
  state: MasterState,
  about: { readonly command: MasterCommand; readonly event: Event<'agentReregistered'>; readonly task: TaskRef },
): boolean {
  const { command, event, task } = about;
  const message = command.type === 'agentMessage' ? command.message : state.admissions.get(event.connection)?.message;
  const isIt = ({ frameworkId, taskId }: Task): boolean => frameworkId === task.frameworkId && taskId === task.taskId;
  return message?.type === 'reregisterAgent' && message.tasks.some((each) => isIt(each) && !isTerminal(each.state));
}

function key(task: TaskRef): string {
  return `${task.frameworkId} ${task.taskId}`;
}
