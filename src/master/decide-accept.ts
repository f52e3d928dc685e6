import { type AgentId, type ExecutorId, type TaskId, unreachable } from '../core/index.ts';
import { effectiveRefuseMs, type Offer, type OfferOperation, offerOutcome } from '../offers/index.ts';
import type { SchedulerCall } from '../protocol/index.ts';
import { Resources } from '../resources/index.ts';
import type { ExecutorInfo, StatusReason, Task, TaskInfo, TaskState } from '../tasks/index.ts';
import { type Acceptance, injectRole } from './acceptance.ts';
import { endOffer, giveBack } from './decide-offers.ts';
import { applyOfferOperation } from './decide-operation.ts';
import type { Draft } from './draft.ts';
import type { FrameworkRecord, MasterState } from './state.ts';
import { forward, masterStatus } from './statuses.ts';
import { type LaunchContext, validateOfferIds, validateTask, validateTaskGroup } from './validate/index.ts';

type Call<Type extends SchedulerCall['type']> = Extract<SchedulerCall, { readonly type: Type }>;

/**
 * What a framework does with its offers. They are used up by it, whatever becomes of the operations, which are carried
 * out in order; one that is refused does not keep the next from being tried.
 *
 * @see Mesos `src/master/master.cpp`, `Master::accept`, `Master::_accept`
 */
export function decideAccept(
  state: MasterState,
  framework: FrameworkRecord,
  command: { readonly call: Call<'accept'>; readonly wallMs: number },
  draft: Draft,
): void {
  const { call, wallMs } = command;
  const invalid = validateOfferIds(call.offerIds, (offerId) => state.offers.get(offerId), framework.id);
  if (invalid !== undefined) {
    refuseAll(state, framework, { call, wallMs, why: invalid }, draft);
    return;
  }
  const offers = call.offerIds.flatMap((offerId) => state.offers.get(offerId) ?? []);
  const [first] = offers;
  const agent = first === undefined ? undefined : state.agents.get(first.agentId);
  // Offers of agents that are away have been rescinded: their ids are not valid any more.
  if (first === undefined || agent?.connection === undefined) return;
  const offered = Resources.sum(offers.map((offer) => offer.resources));
  const acceptance: Acceptance = {
    state,
    framework,
    agent,
    connection: agent.connection,
    role: first.role,
    offerIds: new Set(call.offerIds),
    wallMs,
    draft,
    remaining: offered,
    launched: Resources.empty,
    agentTotal: agent.total,
    conversions: [],
    taskIds: new Set(),
    executors: new Map(),
  };
  for (const offer of offers) endOffer(state, offer, 'accepted', draft);
  for (const operation of call.operations) carryOut(acceptance, operation);
  settle(acceptance, offered, effectiveRefuseMs(call.filters));
}

function carryOut(acceptance: Acceptance, operation: OfferOperation): void {
  switch (operation.type) {
    case 'LAUNCH':
      for (const task of operation.taskInfos) launch(acceptance, task);
      return;
    case 'LAUNCH_GROUP':
      launchGroup(acceptance, operation.executor, operation.taskInfos);
      return;
    case 'RESERVE':
    case 'UNRESERVE':
    case 'CREATE':
    case 'DESTROY':
      applyOfferOperation(acceptance, operation);
      return;
    default:
      unreachable(operation, 'OfferOperation');
  }
}

function launch(acceptance: Acceptance, given: TaskInfo): void {
  const { framework, role, draft, connection } = acceptance;
  const executor =
    given.executor &&
    injectExecutor({ ...given.executor, frameworkId: given.executor.frameworkId ?? framework.id }, role);
  const resources = injectRole(given.resources, role);
  const task: TaskInfo = executor === undefined ? { ...given, resources } : { ...given, resources, executor };
  const error = validateTask(task, launchContext(acceptance));
  if (error !== undefined) {
    tell(acceptance, [task], { state: 'TASK_ERROR', reason: 'REASON_TASK_INVALID', message: error });
    return;
  }
  const launchExecutor = executor === undefined ? undefined : addExecutor(acceptance, executor);
  addTask(acceptance, task, executor?.executorId);
  draft.tellAgent(connection, {
    type: 'runTask',
    frameworkInfo: framework.info,
    task,
    ...(launchExecutor === undefined ? {} : { launchExecutor }),
  });
}

function launchGroup(acceptance: Acceptance, given: ExecutorInfo, taskInfos: readonly TaskInfo[]): void {
  const { framework, role, draft, connection } = acceptance;
  const executor = injectExecutor(given, role);
  const tasks = taskInfos.map((task) => ({
    ...task,
    resources: injectRole(task.resources, role),
    executor: task.executor === undefined ? executor : injectExecutor(task.executor, role),
  }));
  const error = validateTaskGroup(executor, tasks, launchContext(acceptance));
  if (error !== undefined) {
    tell(acceptance, tasks, { state: 'TASK_ERROR', reason: 'REASON_TASK_GROUP_INVALID', message: error });
    return;
  }
  const launchExecutor = addExecutor(acceptance, executor);
  for (const task of tasks) addTask(acceptance, task, executor.executorId);
  draft.tellAgent(connection, { type: 'runTaskGroup', frameworkInfo: framework.info, executor, tasks, launchExecutor });
}

function launchContext(acceptance: Acceptance): LaunchContext {
  const { state, framework, agent, taskIds, executors } = acceptance;
  return {
    frameworkId: framework.id,
    agentId: agent.id,
    offered: acceptance.remaining,
    taskIdInUse: (taskId) => taskIds.has(taskId) || state.tasks.get(framework.id, taskId) !== undefined,
    taskIdUnreachable: (taskId) => state.unreachableTasks.get(framework.id, taskId) !== undefined,
    runningExecutor: (executorId) =>
      executors.get(executorId) ?? state.executors.get(agent.id, framework.id, executorId)?.info,
  };
}

/** @returns whether it is a new one, which holds resources of its own */
function addExecutor(acceptance: Acceptance, info: ExecutorInfo): boolean {
  const { state, framework, agent, executors, draft } = acceptance;
  const isNew =
    !executors.has(info.executorId) && state.executors.get(agent.id, framework.id, info.executorId) === undefined;
  if (!isNew) return false;
  executors.set(info.executorId, info);
  draft.event({ type: 'executorAdded', executor: { agentId: agent.id, frameworkId: framework.id, info } });
  hold(acceptance, info.resources ?? Resources.empty);
  return true;
}

function addTask(acceptance: Acceptance, info: TaskInfo, executorId: ExecutorId | undefined): void {
  const { framework, agent, draft, taskIds } = acceptance;
  const task: Task = {
    taskId: info.taskId,
    name: info.name,
    frameworkId: framework.id,
    agentId: agent.id,
    ...(executorId === undefined ? {} : { executorId }),
    resources: info.resources,
    state: 'TASK_STAGING',
    statuses: [],
    ...(info.labels === undefined ? {} : { labels: info.labels }),
    ...(info.killPolicy === undefined ? {} : { killPolicy: info.killPolicy }),
  };
  taskIds.add(info.taskId);
  draft.event({ type: 'taskLaunched', task });
  hold(acceptance, info.resources);
}

function hold(acceptance: Acceptance, resources: Resources): void {
  acceptance.remaining = acceptance.remaining.minus(resources.nonShared());
  acceptance.launched = acceptance.launched.plus(resources);
}

/** Tells the allocator what became of the offers: what was made of them, what is used, what comes back. */
function settle(acceptance: Acceptance, offered: Resources, refuseMs: number): void {
  const { framework, agent, conversions, draft, remaining, launched } = acceptance;
  const { id: frameworkId } = framework;
  const { id: agentId } = agent;
  // One copy of a shared volume was in the offer; each further task that uses it holds one more.
  const copies = launched.shared().minus(remaining.shared());
  if (!copies.isEmpty) conversions.push({ consumed: Resources.empty, converted: copies });
  if (conversions.length > 0)
    draft.allocator({ method: 'updateAllocation', args: [frameworkId, agentId, conversions] });
  const unused = remaining.minus(launched.shared());
  const made = unused.minus(offered);
  giveBack({ frameworkId, agentId, resources: made }, undefined, draft);
  giveBack({ frameworkId, agentId, resources: unused.minus(made) }, refuseMs, draft);
}

function injectExecutor(executor: ExecutorInfo, role: string): ExecutorInfo {
  return executor.resources === undefined ? executor : { ...executor, resources: injectRole(executor.resources, role) };
}

/** The whole call is refused: the offers that it may give back are given back, and each task is answered for. */
function refuseAll(
  state: MasterState,
  framework: FrameworkRecord,
  refusal: { readonly call: Call<'accept'>; readonly wallMs: number; readonly why: string },
  draft: Draft,
): void {
  const { call, wallMs, why } = refusal;
  for (const offer of ownOffers(state, framework, new Set(call.offerIds))) {
    if (offerOutcome(offer, 'acceptInvalid') !== 'declined') continue;
    endOffer(state, offer, 'declined', draft);
    giveBack(offer, undefined, draft);
  }
  for (const operation of call.operations) {
    if (operation.type !== 'LAUNCH' && operation.type !== 'LAUNCH_GROUP') {
      draft.dropped(`${operation.type} of framework ${framework.id}`, why);
      continue;
    }
    for (const task of operation.taskInfos) {
      if (isKnown(state, framework, task)) {
        draft.dropped(`launch of task ${task.taskId} of framework ${framework.id}`, `${why}, and it is there already`);
        continue;
      }
      const news = {
        state: 'TASK_DROPPED',
        reason: 'REASON_INVALID_OFFERS',
        message: `Task launched with invalid offers: ${why}`,
        wallMs,
      } as const;
      forward(framework, masterStatus(task, news, framework.info), draft);
    }
  }
}

/** An ACCEPT that arrives twice names offers that are used up by tasks that are there: an answer would be news of them. */
function isKnown(state: MasterState, { id }: FrameworkRecord, { taskId }: TaskInfo): boolean {
  return state.tasks.get(id, taskId) !== undefined || state.unreachableTasks.get(id, taskId) !== undefined;
}

/** Those of the ids that are outstanding offers of the framework. */
export function ownOffers(
  state: MasterState,
  framework: FrameworkRecord,
  offerIds: Iterable<Offer['id']>,
): readonly Offer[] {
  const offers: Offer[] = [];
  for (const offerId of offerIds) {
    const offer = state.offers.get(offerId);
    if (offer?.frameworkId === framework.id) offers.push(offer);
  }
  return offers;
}

function tell(
  acceptance: Acceptance,
  tasks: readonly { readonly taskId: TaskId; readonly agentId: AgentId }[],
  news: { readonly state: TaskState; readonly reason: StatusReason; readonly message: string },
): void {
  const { framework, wallMs, draft, agent } = acceptance;
  for (const { taskId } of tasks) {
    const status = masterStatus({ taskId, agentId: agent.id }, { ...news, wallMs }, framework.info);
    forward(framework, status, draft);
  }
}
