import { type Agent, type ContainerExit, createAgent } from '../../src/agent/index.ts';
import { Checkpoints } from '../../src/agent/checkpoint.ts';
import { FrameworkId, type TaskId } from '../../src/core/index.ts';
import type { AgentMessage, FrameworkInfo } from '../../src/protocol/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { isTerminal, type Task, type TaskInfo, type TaskState, type TaskStatus } from '../../src/tasks/index.ts';
import { CrashError } from '../support/memory-directory.ts';
import { commandTask, createWorld, F1, framework, groupExecutor, RESOURCES, type World } from './agent-world.ts';

export type Step =
  | { readonly type: 'launch'; readonly task: number; readonly checkpoint: boolean }
  | { readonly type: 'launchGroup'; readonly task: number }
  | { readonly type: 'kill' | 'exit' | 'fail' | 'lose' | 'start'; readonly task: number }
  | { readonly type: 'acknowledge'; readonly which: number }
  | { readonly type: 'disconnect' | 'restart' | 'silence' }
  /** The disk fails at the `write`th write from now, keeping `torn` bytes of it; a new agent follows. */
  | { readonly type: 'crash'; readonly write: number; readonly torn: number }
  | { readonly type: 'wait'; readonly ms: number };

const EXITS: Readonly<Record<'exit' | 'fail' | 'lose', ContainerExit>> = {
  exit: { type: 'exited', exitCode: 0 },
  fail: { type: 'exited', exitCode: 1 },
  lose: { type: 'lost', message: 'lost' },
};

/** A framework that does not checkpoint. */
const F2 = FrameworkId('F2');

/** What the master knows of a task that it has sent to the agent. */
interface Story {
  readonly frameworkId: FrameworkId;
  readonly info: TaskInfo;
  /** Distinct updates, in the order in which they first came. */
  readonly told: TaskStatus[];
  /** Uuids that were acknowledged. */
  readonly acknowledged: Set<string>;
}

/** States that may follow each other in the updates of one task; skipping is fine, going back is not. */
const RANK: Readonly<Partial<Record<TaskState, number>>> = { TASK_STARTING: 1, TASK_RUNNING: 2, TASK_KILLING: 3 };

function rank(state: TaskState | undefined): number {
  if (state === undefined) return 0;
  return isTerminal(state) ? 4 : (RANK[state] ?? Number.NaN);
}

/**
 * A real agent, a machine of fake processes, a disk that may fail, and a master that keeps the books: what it has sent,
 * what it was told. Each method throws as soon as the agent breaks a promise.
 */
export class AgentModel {
  readonly #world: World = createWorld();
  readonly #stories = new Map<string, Story>();
  /** Updates that were heard and not answered yet, repeats as well. */
  #unanswered: (readonly [Story, TaskStatus])[] = [];
  #agent: Agent;
  #agents = 0;
  #launches = 0;
  #hasCrashed = false;
  /** Whether the agent has been answered on the newest channel. */
  #isRegistered = false;
  readonly counts = { crashes: 0, updates: 0, repeats: 0, terminal: 0, unknown: 0 };

  constructor() {
    this.#world.machine.startsByItself = false;
    this.#world.master.answers = false;
    this.#agent = this.#start();
    this.#settle();
  }

  run(step: Step): void {
    this.#perform(step);
    this.#settle();
    if (this.#hasCrashed) {
      this.counts.crashes += 1;
      this.#world.directory.heal();
      this.#agent = this.#start();
      this.#settle();
    }
    this.#checkDisk();
  }

  /** No more faults: whatever runs ends, whatever is told is acknowledged, until nothing is left. */
  finish(): void {
    const { machine, clock, directory } = this.#world;
    directory.heal();
    for (let round = 0; this.#isBusy(); round++) {
      if (round === 60) throw new Error(`Expected everything to end, got ${this.#describe()}`);
      for (const containerId of machine.containers.keys()) machine.exit(containerId, EXITS.exit);
      this.#settle();
      for (let waiting = this.#unanswered.length; waiting > 0; waiting--) this.#acknowledge(0);
      this.#settle();
      clock.advance(20_000);
      this.#settle();
    }
  }

  #isBusy(): boolean {
    return this.#stories.size > 0 || this.#agent.state().tasks.length > 0 || this.#world.machine.containers.size > 0;
  }

  #describe(): string {
    const told = [...this.#stories].map(([key, story]) => `${key}: ${story.told.map(({ state }) => state).join(' ')}`);
    return JSON.stringify([told, this.#agent.state().tasks.length, this.#world.machine.containers.size]);
  }

  #start(): Agent {
    const { clock, master, machine, sandboxes, directory } = this.#world;
    this.#agents += 1;
    this.#hasCrashed = false;
    this.#isRegistered = false;
    const agent = createAgent({
      endpoint: master.endpoint,
      hostname: 'h1',
      resources: RESOURCES,
      clock,
      random: seededRandom(this.#agents),
      containerizer: machine.containerizer(),
      sandboxes,
      directory,
      registrationBackoffMs: 0,
      checkInvariants: true,
    });
    agent.events$.subscribe({
      error: (error: unknown) => {
        if (!(error instanceof CrashError)) throw error;
        this.#hasCrashed = true;
      },
    });
    return agent;
  }

  #restart(): void {
    void this.#agent.close();
    try {
      this.#agent = this.#start();
    } catch (error) {
      if (!(error instanceof CrashError)) throw error;
      this.#hasCrashed = true;
    }
  }

  #perform(step: Step): void {
    const { machine, master, clock, directory } = this.#world;
    switch (step.type) {
      case 'launch':
        this.#launch(step.checkpoint ? F1 : F2, [`t${step.task}`]);
        return;
      case 'launchGroup':
        this.#launch(F1, [`t${step.task}`, `t${step.task + 1}`]);
        return;
      case 'kill':
        for (const { frameworkId, info } of this.#named(step.task)) {
          master.send({ type: 'killTask', frameworkId, taskId: info.taskId });
        }
        return;
      case 'start':
        for (const { info } of this.#onMachine(step.task)) machine.start(info.taskId);
        return;
      case 'exit':
      case 'fail':
      case 'lose':
        for (const { info } of this.#onMachine(step.task)) machine.exitTask(info.taskId, EXITS[step.type]);
        return;
      case 'acknowledge':
        this.#acknowledge(step.which);
        return;
      case 'disconnect':
        master.disconnect();
        this.#isRegistered = false;
        return;
      case 'silence':
        clock.advance(75_001);
        return;
      case 'restart':
        this.#restart();
        return;
      case 'crash':
        directory.failAt(step.write, step.torn);
        return;
      case 'wait':
        clock.advance(step.ms);
        return;
    }
  }

  #named(task: number): readonly Story[] {
    return [...this.#stories.values()].filter(({ info }) => info.taskId.startsWith(`t${task}-`));
  }

  #onMachine(task: number): readonly Story[] {
    const { containers } = this.#world.machine;
    const running = new Set([...containers.values()].map(({ config }) => config.environment['MESOS_TASK_ID']));
    return this.#named(task).filter(({ info }) => running.has(info.taskId));
  }

  #launch(frameworkId: FrameworkId, names: readonly string[]): void {
    if (!this.#isRegistered) return;
    const { master } = this.#world;
    this.#launches += 1;
    const frameworkInfo = infoOf(frameworkId);
    const tasks = names.map((name) => commandTask(`${name}-${this.#launches}`));
    for (const info of tasks) {
      this.#stories.set(`${frameworkId}/${info.taskId}`, { frameworkId, info, told: [], acknowledged: new Set() });
    }
    const [task] = tasks;
    if (tasks.length > 1) master.send({ type: 'runTaskGroup', frameworkInfo, executor: groupExecutor(), tasks });
    else if (task !== undefined) master.send({ type: 'runTask', frameworkInfo, task });
  }

  #acknowledge(which: number): void {
    const [item] = this.#unanswered.splice(which % Math.max(1, this.#unanswered.length), 1);
    if (item === undefined) return;
    const [story, { taskId, uuid = '', state }] = item;
    this.#world.master.send({ type: 'acknowledgeUpdate', frameworkId: story.frameworkId, taskId, uuid });
    story.acknowledged.add(uuid);
    if (!isTerminal(state)) return;
    if (this.#stories.delete(`${story.frameworkId}/${taskId}`)) this.counts.terminal += 1;
    this.#past.set(`${story.frameworkId}/${taskId}`, story);
  }
  /** Stories that are over: repeats of their last update may still come. */
  readonly #past = new Map<string, Story>();

  /** Lets everything happen that is due, and answers, until nothing more comes. */
  #settle(): void {
    for (;;) {
      this.#world.settle();
      const messages = this.#world.master.take();
      if (messages.length === 0) return;
      for (const message of messages) this.#hear(message);
    }
  }

  #hear(message: AgentMessage): void {
    const { agentId, pingTimeoutMs } = this.#world.master;
    switch (message.type) {
      case 'registerAgent':
        this.#hearNewAgent();
        this.#world.master.send({ type: 'agentRegistered', agentId, pingTimeoutMs });
        this.#isRegistered = true;
        return;
      case 'reregisterAgent': {
        const unknownTasks = this.#unknownTasks(message.tasks);
        this.counts.unknown += unknownTasks.length;
        this.#world.master.send({ type: 'agentReregistered', agentId, pingTimeoutMs, unknownTasks });
        this.#isRegistered = true;
        return;
      }
      case 'statusUpdate':
        this.#hearUpdate(`${message.frameworkId}/${message.status.taskId}`, message.status);
        return;
      default:
        return;
    }
  }

  /** An agent without memory: then it has never told anything of a framework that checkpoints. */
  #hearNewAgent(): void {
    for (const [key, { told, frameworkId }] of this.#stories) {
      if (told.length > 0 && frameworkId === F1) throw new Error(`Expected the agent to remember ${key}`);
    }
    this.#stories.clear();
  }

  #unknownTasks(reported: readonly Task[]): readonly { readonly frameworkInfo: FrameworkInfo; readonly task: Task }[] {
    const known = new Set(reported.map(({ frameworkId, taskId }) => `${frameworkId}/${taskId}`));
    const unknown: { readonly frameworkInfo: FrameworkInfo; readonly task: Task }[] = [];
    for (const [key, { frameworkId, info, told }] of this.#stories) {
      if (known.has(key)) continue;
      if (frameworkId === F2) {
        // Lost without a word, as is their lot; the master has told so itself.
        this.#stories.delete(key);
        continue;
      }
      if (told.length > 0) throw new Error(`Expected the agent to remember ${key}`);
      const { taskId, name, agentId, resources } = info;
      const task: Task = { taskId, name, agentId, resources, frameworkId, state: 'TASK_STAGING', statuses: [] };
      unknown.push({ frameworkInfo: infoOf(frameworkId), task });
    }
    return unknown;
  }

  #hearUpdate(key: string, status: TaskStatus): void {
    const { uuid = '', state } = status;
    const story = this.#stories.get(key) ?? this.#past.get(key);
    if (story === undefined) {
      // Of one that does not checkpoint, and was given up, while the news was under way.
      if (key.startsWith(F2)) return;
      throw new Error(`Expected news of a task that was launched, got ${state} of ${key}`);
    }
    this.#unanswered.push([story, status]);
    const before = story.told.find((earlier) => earlier.uuid === uuid);
    if (before !== undefined) {
      this.counts.repeats += 1;
      if (before.state !== state) throw new Error(`Expected ${before.state} with uuid ${uuid}, got ${state}`);
      if (before !== story.told.at(-1))
        throw new Error(`Expected nothing of ${key} before its newest update, got ${state}`);
      return;
    }
    this.counts.updates += 1;
    const last = story.told.at(-1);
    if (last !== undefined && !story.acknowledged.has(last.uuid ?? '')) {
      throw new Error(`Expected ${last.state} of ${key} to be acknowledged first, got ${state}`);
    }
    if (!(rank(state) > rank(last?.state)))
      throw new Error(`Expected ${key} to go on after ${last?.state}, got ${state}`);
    if (last?.state === 'TASK_STARTING' && state !== 'TASK_RUNNING') {
      throw new Error(`Expected TASK_RUNNING of ${key} after TASK_STARTING, got ${state}`);
    }
    story.told.push(status);
  }

  /** What the agent knows is what a new one would know. */
  #checkDisk(): void {
    const { clock, directory } = this.#world;
    const saved = new Checkpoints(directory).read({ nowMs: clock.monotonicMs(), wallMs: clock.wallMs() });
    const line = (taskId: TaskId, ...rest: readonly unknown[]): string => [taskId, ...rest].join(' ');
    const onDisk = saved.tasks.map(({ task, pid, containerId, pending }) =>
      line(task.taskId, task.state, pid, containerId, pending.length),
    );
    const known = this.#agent
      .state()
      .tasks.filter(({ frameworkId }) => frameworkId === F1)
      .map(({ taskId, state, pid, containerId, unacknowledged }) =>
        line(taskId, state, pid, containerId, unacknowledged),
      );
    if (onDisk.sort().join('; ') !== known.sort().join('; ')) {
      throw new Error(`Expected on disk: ${known.join('; ')}, got: ${onDisk.join('; ')}`);
    }
  }
}

function infoOf(frameworkId: FrameworkId): FrameworkInfo {
  const capabilities = ['PARTITION_AWARE', 'TASK_KILLING_STATE'] as const;
  return framework({ id: frameworkId, checkpoint: frameworkId === F1, capabilities });
}
