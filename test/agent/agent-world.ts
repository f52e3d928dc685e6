import { type Agent, type AgentOptions, createAgent, type Executor } from '../../src/agent/index.ts';
import { AgentId, ExecutorId, FrameworkId, TaskId } from '../../src/core/index.ts';
import type { FrameworkCapability, FrameworkInfo } from '../../src/protocol/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import type { ExecutorInfo, TaskInfo, TaskStatus } from '../../src/tasks/index.ts';
import { createFakeMachine, type FakeMachine } from '../support/fake-containerizer.ts';
import { createFakeSandboxes, type FakeSandboxes } from '../support/fake-sandboxes.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { createMemoryDirectory, type MemoryDirectory } from '../support/memory-directory.ts';
import { createScriptedMaster, type ScriptedMaster } from '../support/scripted-master.ts';

export const F1: FrameworkId = FrameworkId('F1');
export const E1: ExecutorId = ExecutorId('E1');
export const RESOURCES: Resources = Resources.parse('cpus:8;mem:8192;disk:1000;ports:[31000-31010]');

/** An agent's surroundings, which outlive it. */
export interface World {
  readonly clock: ManualClock;
  readonly master: ScriptedMaster;
  readonly machine: FakeMachine;
  readonly sandboxes: FakeSandboxes;
  readonly directory: MemoryDirectory;
  /** A new agent on what the one before has left. */
  start(options?: Partial<AgentOptions>): Agent;
  /** Runs all that is due now. */
  settle(): void;
  /** Statuses of updates that were heard since the last time, in order. */
  updates(): readonly TaskStatus[];
  /** As {@link updates}, each acknowledged until no more come: `t1 TASK_RUNNING`. */
  drain(): readonly string[];
}

export function createWorld(): World {
  const clock = createManualClock();
  const master = createScriptedMaster(clock);
  const machine = createFakeMachine(clock);
  const sandboxes = createFakeSandboxes();
  const directory = createMemoryDirectory();
  const random = seededRandom(7);
  let agents = 0;
  const world: World = {
    clock,
    master,
    machine,
    sandboxes,
    directory,
    start(options = {}) {
      agents += 1;
      return createAgent({
        endpoint: master.endpoint,
        hostname: 'h1',
        resources: RESOURCES,
        clock,
        random: random.stream(`agent ${agents}`),
        containerizer: machine.containerizer(),
        sandboxes,
        directory,
        registrationBackoffMs: 0,
        checkInvariants: true,
        ...options,
      });
    },
    settle: () => clock.advance(0),
    updates: () => master.take().flatMap((message) => (message.type === 'statusUpdate' ? [message.status] : [])),
    drain() {
      const told: string[] = [];
      const heard = new Set<string>();
      for (;;) {
        world.settle();
        const news = world.updates();
        if (news.length === 0) return told;
        for (const status of news) {
          if (status.uuid === undefined || heard.has(status.uuid)) continue;
          heard.add(status.uuid);
          told.push(`${status.taskId} ${status.state}`);
          acknowledge(world, status);
        }
      }
    },
  };
  return world;
}

/** An agent that has registered, in a world where nothing else has been heard. */
export function startRegistered(world: World, options: Partial<AgentOptions> = {}): Agent {
  const agent = world.start(options);
  world.settle();
  world.master.take();
  return agent;
}

export function acknowledge(world: World, { taskId, uuid = '' }: TaskStatus): void {
  world.master.send({ type: 'acknowledgeUpdate', frameworkId: F1, taskId, uuid });
}

export function framework(options: Partial<FrameworkInfo> = {}): FrameworkInfo {
  return { id: F1, user: 'u', name: 'f', checkpoint: true, capabilities: ['PARTITION_AWARE'], ...options };
}

export function capable(...capabilities: FrameworkCapability[]): FrameworkInfo {
  return framework({ capabilities });
}

export function commandTask(id: string, options: Partial<TaskInfo> = {}): TaskInfo {
  return {
    taskId: TaskId(id),
    name: `task ${id}`,
    agentId: AgentId('S0'),
    resources: Resources.parse('cpus:1;mem:64').allocate('dev'),
    command: { value: `run ${id}` },
    ...options,
  };
}

export function groupExecutor(options: Partial<ExecutorInfo> = {}): ExecutorInfo {
  const resources = Resources.parse('cpus:0.1;mem:32;disk:10').allocate('dev');
  return { type: 'DEFAULT', executorId: E1, frameworkId: F1, resources, ...options };
}

export function codeTask(id: string, options: Partial<TaskInfo> = {}): TaskInfo {
  const { command: _command, ...task } = commandTask(id, options);
  return { ...task, executor: { type: 'IN_PROCESS', executorId: E1, name: 'code' }, ...options };
}

/** An in-process executor whose tasks settle when the test says so. */
export interface HeldExecutor extends Executor {
  readonly launched: string[];
  readonly signals: Map<string, AbortSignal>;
  readonly messages: string[];
  resolve(taskId: string): void;
  reject(taskId: string, error: Error): void;
}

export function heldExecutor(): HeldExecutor {
  const launched: string[] = [];
  const signals = new Map<string, AbortSignal>();
  const messages: string[] = [];
  const held = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  return {
    launched,
    signals,
    messages,
    launch(task, context) {
      launched.push(task.taskId);
      signals.set(task.taskId, context.signal);
      return new Promise((resolve, reject) => {
        held.set(task.taskId, { resolve, reject });
      });
    },
    message: (data) => void messages.push(new TextDecoder().decode(data)),
    resolve: (taskId) => held.get(taskId)?.resolve(),
    reject: (taskId, error) => held.get(taskId)?.reject(error),
  };
}

/** Lets promises that are due settle; no time passes. */
export async function turn(): Promise<void> {
  for (let count = 0; count < 10; count++) await Promise.resolve();
}
