import { type ContainerId, type ExecutorId, type FrameworkId, type TaskId, unreachable } from '../core/index.ts';
import { Resources } from '../resources/index.ts';
import type { FrameworkInfo, MasterMessage } from '../protocol/index.ts';
import { isTerminal, type KillPolicy } from '../tasks/index.ts';
import { type Decision, Draft } from './decision.ts';
import { completionTimer, gracePeriodMs, requestKill } from './kill.ts';
import { decideRunTask, decideRunTaskGroup } from './launch.ts';
import { decideOperation } from './operations.ts';
import type { AgentCommand, Moment } from './protocol.ts';
import { decideStart } from './recovery.ts';
import { reportUnknown } from './refusal.ts';
import {
  decideChannelClosed,
  decideDismissed,
  decideFarewellOver,
  decidePing,
  decidePingOverdue,
  decideRegister,
  decideRegistered,
  decideShutdown,
} from './registration.ts';
import { decideCollection } from './sandbox-gc.ts';
import {
  type AgentState,
  type ExecutorRecord,
  executorKey,
  frameworkTasks,
  keyOf,
  taskKey,
  type TaskRecord,
} from './state.ts';
import { decideAcknowledgement, decideRetry, forgetTask, report, stateFor, stopRetrying } from './status-updates.ts';
import { endTasks, type Outcome } from './task-end.ts';

/** Decides, changes nothing: same state, command and moment, same decision. */
export function decide(state: AgentState, command: AgentCommand, now: Moment): Decision {
  const draft = new Draft(state, now);
  if (state.phase !== 'stopped') decideInto(state, draft, command);
  return draft.finish();
}

function decideInto(state: AgentState, draft: Draft, command: AgentCommand): void {
  switch (command.type) {
    case 'start':
      return decideStart(state, draft, command.containers);
    case 'register':
      return decideRegister(state, draft);
    case 'channelClosed':
      return decideChannelClosed(state, draft, command);
    case 'receive':
      if (command.connection !== state.link.connection || state.link.status === 'down') return;
      return decideMessage(state, draft, command.message);
    case 'pingOverdue':
      return decidePingOverdue(state, draft);
    case 'retryUpdate':
      return decideRetry(state, draft, command);
    case 'containerStarted':
      return decideStarted(state, draft, command);
    case 'codeStarted':
      return decideStarted(state, draft, command);
    case 'containerExited':
      // An orphan, or one that was reported before a crash: nobody waits for it.
      if (!state.containers.has(command.containerId)) {
        draft.effect({ type: 'forgetContainer', containerId: command.containerId });
      }
      return decideEnd(state, draft, command.containerId, command.exit);
    case 'codeSettled': {
      const { containerId, error } = command;
      return decideEnd(state, draft, containerId, { type: 'settled', ...(error === undefined ? {} : { error }) });
    }
    case 'graceOver':
      return decideEnd(state, draft, command.containerId, { type: 'graceOver' });
    case 'codeReported': {
      const live = liveTask(state, command.containerId);
      // Once it shall end, and after its end, it has no news.
      if (live?.record.task.state !== 'TASK_RUNNING' || live.record.ending !== undefined) return;
      return report(state, draft, live.record, [{ ...command.news, state: 'TASK_RUNNING', source: 'SOURCE_EXECUTOR' }]);
    }
    case 'codeSentMessage': {
      const live = liveTask(state, command.containerId);
      if (live === undefined || state.link.status !== 'registered') return;
      const { frameworkId, executorId } = live.executor;
      draft.effect({ type: 'send', message: { type: 'executorMessage', frameworkId, executorId, data: command.data } });
      return;
    }
    case 'completionTimeOver': {
      const live = liveTask(state, command.containerId);
      if (live === undefined || live.record.ending !== undefined) return;
      return requestKill(state, draft, live.record, { cause: 'timedOut', gracePeriodMs: gracePeriodMs(live.record) });
    }
    case 'collectSandboxes':
      return decideCollection(state, draft, command.freeShare);
    case 'shutdown':
      return decideShutdown(state, draft);
    case 'farewellOver':
      return decideFarewellOver(state, draft);
    default:
      return unreachable(command, 'AgentCommand');
  }
}

function decideMessage(state: AgentState, draft: Draft, message: MasterMessage): void {
  switch (message.type) {
    case 'agentRegistered':
    case 'agentReregistered':
      return decideRegistered(state, draft, message);
    case 'shutdownAgent':
      draft.log('warn', `The master asks this agent to shut down: ${message.message}`);
      return decideDismissed(state, draft);
    case 'ping':
      return decidePing(state, draft, message.connected);
    case 'runTask':
      return decideRunTask(state, draft, message);
    case 'runTaskGroup':
      return decideRunTaskGroup(state, draft, message);
    case 'killTask':
      return decideKill(state, draft, message);
    case 'acknowledgeUpdate':
      return decideAcknowledgement(state, draft, {
        taskKey: taskKey(message.frameworkId, message.taskId),
        uuid: message.uuid,
      });
    case 'frameworkMessage':
      return decideFrameworkMessage(state, draft, message);
    case 'shutdownExecutor':
      return decideShutdownExecutor(state, draft, message);
    case 'shutdownFramework':
      return decideShutdownFramework(state, draft, message.frameworkId);
    case 'updateFramework':
      return decideUpdateFramework(state, draft, message.frameworkInfo);
    case 'applyOperation':
      return decideOperation(state, draft, message.operation);
    default:
      return unreachable(message, 'MasterMessage');
  }
}

function liveTask(
  state: AgentState,
  containerId: ContainerId,
): { readonly record: TaskRecord; readonly executor: ExecutorRecord } | undefined {
  const record = state.tasks.get(state.containers.get(containerId) ?? '');
  if (record === undefined) return undefined;
  const executor = state.executors.get(executorKey(record.task.frameworkId, record.executorId));
  return executor === undefined ? undefined : { record, executor };
}

/** TASK_STARTING, then TASK_RUNNING: what Mesos's command executor says of the same moment. */
function decideStarted(
  state: AgentState,
  draft: Draft,
  { containerId, pid }: { readonly containerId: ContainerId; readonly pid?: number },
): void {
  const record = liveTask(state, containerId)?.record;
  // A container that was recovered is known to run; one that was killed meanwhile shall not seem to.
  if (record === undefined || record.task.state !== 'TASK_STAGING' || record.ending !== undefined) return;
  const of = pid === undefined ? {} : { pid };
  draft.event({ type: 'taskStarted', taskKey: keyOf(record), wallMs: draft.now.wallMs, ...of });
  report(state, draft, record, [
    { state: 'TASK_STARTING', source: 'SOURCE_EXECUTOR', ...of },
    { state: 'TASK_RUNNING', source: 'SOURCE_EXECUTOR', ...of },
  ]);
  if (record.maxCompletionTimeMs === undefined) return;
  draft.effect({
    type: 'startTimer',
    timer: completionTimer(record),
    delayMs: record.maxCompletionTimeMs,
    command: { type: 'completionTimeOver', containerId },
  });
}

function decideEnd(state: AgentState, draft: Draft, containerId: ContainerId, outcome: Outcome): void {
  const live = liveTask(state, containerId);
  if (live !== undefined) endTasks(state, draft, live.executor, [{ record: live.record, outcome }]);
}

function decideKill(
  state: AgentState,
  draft: Draft,
  kill: { readonly frameworkId: FrameworkId; readonly taskId: TaskId; readonly killPolicy?: KillPolicy },
): void {
  const { frameworkId, taskId } = kill;
  const framework = state.frameworks.get(frameworkId);
  if (framework === undefined || framework.terminating || state.agentId === undefined) return;
  const record = state.tasks.get(taskKey(frameworkId, taskId));
  if (record === undefined) {
    const { agentId } = state;
    const task = {
      taskId,
      name: '',
      frameworkId,
      agentId,
      resources: Resources.empty,
      state: 'TASK_STAGING',
      statuses: [],
    } as const;
    return reportUnknown(state, draft, { frameworkInfo: { ...framework.info, id: frameworkId }, task }, () => ({
      state: stateFor(framework, 'TASK_DROPPED'),
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Cannot find executor',
    }));
  }
  if (isTerminal(record.task.state)) return;
  requestKill(state, draft, record, { cause: 'killed', gracePeriodMs: gracePeriodMs(record, kill.killPolicy) });
}

function decideFrameworkMessage(
  state: AgentState,
  draft: Draft,
  message: { readonly frameworkId: FrameworkId; readonly executorId: ExecutorId; readonly data: Uint8Array },
): void {
  const executor = state.executors.get(executorKey(message.frameworkId, message.executorId));
  if (executor?.kind !== 'inProcess' || executor.info?.name === undefined) {
    draft.log('warn', 'Dropping a framework message: no in-process executor to take it', {
      executorId: message.executorId,
    });
    return;
  }
  draft.effect({ type: 'messageCode', name: executor.info.name, data: message.data });
}

function decideShutdownExecutor(
  state: AgentState,
  draft: Draft,
  { frameworkId, executorId }: { readonly frameworkId: FrameworkId; readonly executorId: ExecutorId },
): void {
  const key = executorKey(frameworkId, executorId);
  if (!state.executors.has(key)) return;
  draft.event({ type: 'executorTerminating', executorKey: key });
  for (const record of frameworkTasks(state, frameworkId)) {
    if (record.executorId !== executorId || isTerminal(record.task.state)) continue;
    requestKill(state, draft, record, {
      cause: 'killed',
      because: 'its executor was shut down',
      gracePeriodMs: gracePeriodMs(record),
    });
  }
}

/** Nobody listens for the framework any more: its updates go, its tasks are killed without a word. */
function decideShutdownFramework(state: AgentState, draft: Draft, frameworkId: FrameworkId): void {
  const framework = state.frameworks.get(frameworkId);
  if (framework === undefined || framework.terminating) return;
  draft.event({ type: 'frameworkTerminating', frameworkId });
  for (const record of frameworkTasks(state, frameworkId)) {
    if (isTerminal(record.task.state)) {
      forgetTask(draft, record);
    } else {
      stopRetrying(draft, record);
      requestKill(state, draft, record, { cause: 'killed', quietly: true, gracePeriodMs: gracePeriodMs(record) });
    }
  }
}

function decideUpdateFramework(state: AgentState, draft: Draft, info: FrameworkInfo): void {
  const known = info.id === undefined ? undefined : state.frameworks.get(info.id);
  if (known === undefined) return;
  // What decides whether its tasks survive cannot change under them.
  const { checkpoint: _given, ...changed } = info;
  const { checkpoint } = known.info;
  draft.event({
    type: 'frameworkUpdated',
    frameworkId: known.frameworkId,
    info: { ...changed, ...(checkpoint === undefined ? {} : { checkpoint }) },
  });
}
