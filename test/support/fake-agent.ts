import type { AgentId, ExecutorId, FrameworkId, TaskId } from '../../src/core/index.ts';
import {
  AGENT_PROTOCOL_VERSION,
  type AgentEndpoint,
  type AgentInfo,
  type AgentMessage,
  type Channel,
  type FrameworkInfo,
  type MasterMessage,
} from '../../src/protocol/index.ts';
import { Resources } from '../../src/resources/index.ts';
import {
  type ExecutorInfo,
  isTerminal,
  type Task,
  type TaskInfo,
  type TaskState,
  type TaskStatus,
} from '../../src/tasks/index.ts';

/** A task as the fake agent runs it, with the updates that have not been acknowledged. */
interface FakeTask {
  task: Task;
  readonly pending: TaskStatus[];
}

let uuids = 0;

/**
 * An agent that keeps to the protocol and runs nothing: tasks change their state when the test says so. It outlives its
 * connection, and comes back with what it has.
 */
export class FakeAgent {
  readonly #endpoint: AgentEndpoint;
  #channel: Channel<AgentMessage> | undefined;
  #registered = false;
  #info: AgentInfo;
  readonly #frameworks = new Map<FrameworkId, FrameworkInfo>();
  readonly #executors = new Map<string, { readonly frameworkId: FrameworkId; readonly executor: ExecutorInfo }>();
  readonly #tasks = new Map<string, FakeTask>();
  readonly #untoldExits: AgentMessage[] = [];
  /** Everything that the master said, oldest first, over all connections. */
  readonly messages: MasterMessage[] = [];
  readonly closed: string[] = [];
  /** While true, pings are not answered. */
  isMute = false;
  isShutDown = false;

  constructor(endpoint: AgentEndpoint, info: Partial<AgentInfo> = {}) {
    this.#endpoint = endpoint;
    this.#info = { hostname: 'a1', resources: Resources.parse('cpus:4;mem:1024;disk:1024'), attributes: [], ...info };
  }

  get id(): AgentId {
    if (this.#info.id === undefined) throw new Error(`Agent ${this.#info.hostname} has not registered yet`);
    return this.#info.id;
  }

  get hasRegistered(): boolean {
    return this.#info.id !== undefined;
  }

  get isConnected(): boolean {
    return this.#channel !== undefined;
  }

  /** As it will be said with the next registration. */
  set hostname(hostname: string) {
    this.#info = { ...this.#info, hostname };
  }

  get resources(): Resources {
    return this.#info.resources;
  }

  /** Tasks that have not ended. */
  get running(): readonly Task[] {
    return [...this.#tasks.values()].map(({ task }) => task).filter(({ state }) => !isTerminal(state));
  }

  /** Registers, or re-registers if it has an id. */
  connect(): void {
    if (this.isShutDown) return;
    const channel: Channel<AgentMessage> = this.#endpoint.connect({
      onMessage: (message) => {
        this.messages.push(message);
        if (this.#channel === channel) this.#hear(message);
      },
      onClosed: (reason) => {
        this.closed.push(reason);
        if (this.#channel !== channel) return;
        this.#channel = undefined;
        this.#registered = false;
      },
    });
    this.#channel = channel;
    this.#registered = false;
    this.#register();
  }

  /** The connection breaks; the agent lives on. */
  disconnect(): void {
    this.#channel?.close();
    this.#channel = undefined;
    this.#registered = false;
  }

  /** Another agent program, with other resources, takes over what runs. */
  reconfigure(info: Partial<AgentInfo>): void {
    this.#info = { ...this.#info, ...info };
  }

  /** Forgets a task as if it had never got it; an executor that has no other is gone, too. */
  forget(frameworkId: FrameworkId, taskId: TaskId): void {
    const entry = this.#tasks.get(`${frameworkId} ${taskId}`);
    this.#tasks.delete(`${frameworkId} ${taskId}`);
    if (entry !== undefined) this.#endExecutor(entry.task);
  }

  send(message: AgentMessage): void {
    this.#channel?.send(message);
  }

  /** The task's state is reported: sent now, or when those before it have been acknowledged. */
  update(frameworkId: FrameworkId, taskId: TaskId, state: TaskState): TaskStatus {
    const entry = this.#tasks.get(`${frameworkId} ${taskId}`);
    if (entry === undefined) throw new Error(`Agent ${this.#info.hostname} has no task ${taskId}`);
    const status = this.#status(entry.task, state);
    entry.task = { ...entry.task, state };
    entry.pending.push(status);
    if (entry.pending.length === 1) this.#sendFirst(entry);
    if (isTerminal(state)) this.#endExecutor(entry.task);
    return status;
  }

  /** Sends again what has not been acknowledged, as a timer would. */
  retry(): void {
    for (const entry of this.#tasks.values()) this.#sendFirst(entry);
  }

  #status(task: Task, state: TaskState): TaskStatus {
    uuids += 1;
    return {
      taskId: task.taskId,
      state,
      source: 'SOURCE_EXECUTOR',
      agentId: task.agentId,
      executorId: task.executorId ?? (task.taskId as string as ExecutorId),
      timestampMs: 0,
      uuid: `00000000-0000-4000-8000-${String(uuids).padStart(12, '0')}`,
    };
  }

  #sendFirst(entry: FakeTask): void {
    const [status] = entry.pending;
    if (status === undefined || !this.#registered) return;
    const { frameworkId, state } = entry.task;
    entry.task = {
      ...entry.task,
      statusUpdateState: status.state,
      ...(status.uuid && { statusUpdateUuid: status.uuid }),
    };
    this.send({ type: 'statusUpdate', frameworkId, status, latestState: state });
  }

  #register(): void {
    const { id } = this.#info;
    if (id === undefined) {
      this.send({ type: 'registerAgent', protocolVersion: AGENT_PROTOCOL_VERSION, agentInfo: this.#info });
      return;
    }
    const tasks = [...this.#tasks.values()].map(({ task }) => task);
    const frameworkIds = new Set([
      ...tasks.map(({ frameworkId }) => frameworkId),
      ...[...this.#executors.values()].map(({ frameworkId }) => frameworkId),
    ]);
    this.send({
      type: 'reregisterAgent',
      protocolVersion: AGENT_PROTOCOL_VERSION,
      agentInfo: this.#info,
      frameworks: [...frameworkIds].flatMap((frameworkId) => this.#frameworks.get(frameworkId) ?? []),
      executors: [...this.#executors.values()],
      tasks,
    });
  }

  #hear(message: MasterMessage): void {
    switch (message.type) {
      case 'agentRegistered':
        this.#info = { ...this.#info, id: message.agentId };
        this.#registered = true;
        return;
      case 'agentReregistered':
        this.#registered = true;
        if (message.resources !== undefined) this.#info = { ...this.#info, resources: message.resources };
        for (const { frameworkInfo, task } of message.unknownTasks) this.#drop(frameworkInfo, task);
        for (const exit of this.#untoldExits.splice(0)) this.send(exit);
        this.retry();
        return;
      case 'shutdownAgent':
        this.isShutDown = true;
        this.#tasks.clear();
        this.#executors.clear();
        this.disconnect();
        return;
      case 'ping':
        if (!this.isMute) this.send({ type: 'pong' });
        if (!message.connected) this.#register();
        return;
      case 'runTask':
        this.#run(message.frameworkInfo, message.task, message.task.executor, message.launchExecutor);
        return;
      case 'runTaskGroup':
        for (const task of message.tasks) {
          this.#run(message.frameworkInfo, task, message.executor, message.launchExecutor);
        }
        return;
      case 'killTask': {
        const entry = this.#tasks.get(`${message.frameworkId} ${message.taskId}`);
        if (entry !== undefined && !isTerminal(entry.task.state)) {
          this.update(message.frameworkId, message.taskId, 'TASK_KILLED');
        }
        return;
      }
      case 'acknowledgeUpdate':
        this.#acknowledged(message);
        return;
      case 'shutdownFramework':
        this.#shutdownFramework(message.frameworkId);
        return;
      case 'updateFramework':
        if (message.frameworkInfo.id !== undefined) {
          this.#frameworks.set(message.frameworkInfo.id, message.frameworkInfo);
        }
        return;
      case 'applyOperation': {
        const { operation } = message;
        const resources =
          operation.type === 'RESERVE' || operation.type === 'UNRESERVE' ? operation.resources : operation.volumes;
        this.#info = {
          ...this.#info,
          resources: this.#info.resources.apply({ type: operation.type, resources: resources.unallocate() }),
        };
        return;
      }
      case 'frameworkMessage':
      case 'shutdownExecutor':
        return;
    }
  }

  #run(info: FrameworkInfo, task: TaskInfo, executor: ExecutorInfo | undefined, launchExecutor?: boolean): void {
    const { id: frameworkId } = info;
    if (frameworkId === undefined) throw new Error('Expected a framework with an id');
    this.#frameworks.set(frameworkId, info);
    const executorKey = `${frameworkId} ${executor?.executorId}`;
    const record = taskRecord(frameworkId, task, executor?.executorId);
    if (executor !== undefined && !this.#executors.has(executorKey)) {
      if (launchExecutor === false) {
        this.#drop(info, record);
        return;
      }
      this.#executors.set(executorKey, { frameworkId, executor });
    }
    this.#tasks.set(`${frameworkId} ${task.taskId}`, { task: record, pending: [] });
  }

  /** Answers for a task that it does not have. */
  #drop(info: FrameworkInfo, task: Task): void {
    const key = `${task.frameworkId} ${task.taskId}`;
    if (this.#tasks.has(key)) return;
    this.#frameworks.set(task.frameworkId, info);
    this.#tasks.set(key, { task, pending: [] });
    const isAware = info.capabilities?.includes('PARTITION_AWARE') ?? false;
    this.update(task.frameworkId, task.taskId, isAware ? 'TASK_DROPPED' : 'TASK_LOST');
  }

  #acknowledged({ frameworkId, taskId, uuid }: Extract<MasterMessage, { readonly type: 'acknowledgeUpdate' }>): void {
    const entry = this.#tasks.get(`${frameworkId} ${taskId}`);
    const [first] = entry?.pending ?? [];
    if (entry === undefined || first?.uuid !== uuid) return;
    entry.pending.shift();
    if (entry.pending.length === 0 && isTerminal(first.state)) this.#tasks.delete(`${frameworkId} ${taskId}`);
    else this.#sendFirst(entry);
  }

  #shutdownFramework(frameworkId: FrameworkId): void {
    for (const [key, { task }] of this.#tasks) if (task.frameworkId === frameworkId) this.#tasks.delete(key);
    for (const [key, executor] of this.#executors) {
      if (executor.frameworkId !== frameworkId) continue;
      this.#executors.delete(key);
      this.send({ type: 'executorExited', frameworkId, executorId: executor.executor.executorId, status: 0 });
    }
    this.#frameworks.delete(frameworkId);
  }

  /** An executor ends with the last of its tasks. */
  #endExecutor({ frameworkId, executorId }: Task): void {
    if (executorId === undefined || !this.#executors.has(`${frameworkId} ${executorId}`)) return;
    const isBusy = this.running.some((task) => task.frameworkId === frameworkId && task.executorId === executorId);
    if (isBusy) return;
    this.#executors.delete(`${frameworkId} ${executorId}`);
    // The master may hold an older report of it: it has to hear of the end after that.
    if (this.#registered) this.send({ type: 'executorExited', frameworkId, executorId, status: 0 });
    else this.#untoldExits.push({ type: 'executorExited', frameworkId, executorId, status: 0 });
  }
}

function taskRecord(frameworkId: FrameworkId, info: TaskInfo, executorId: ExecutorId | undefined): Task {
  return {
    taskId: info.taskId,
    name: info.name,
    frameworkId,
    agentId: info.agentId,
    ...(executorId === undefined ? {} : { executorId }),
    resources: info.resources,
    state: 'TASK_STAGING',
    statuses: [],
  };
}
