import { AgentId, ExecutorId, FrameworkId, TaskId } from '../../src/core/index.ts';
import type { LaunchContext } from '../../src/master/validate/index.ts';
import { Resources } from '../../src/resources/index.ts';
import type { ExecutorInfo, TaskInfo } from '../../src/tasks/index.ts';
import { scalar, volume } from './resource-examples.ts';

/*
 * A task, an executor and a group that may be launched, what the master knows of them, and what may be wrong with any
 * task.
 */

/** Resources in their text form, offered or used in the role `eng`. */
export const allocated = (text: string): Resources => Resources.parse(text).allocate('eng');
/** Persistent volumes, offered or used in the role `eng`. */
export const volumes = (...ids: readonly string[]): Resources =>
  Resources.of(...ids.map((id) => volume(id, { allocatedTo: 'eng' })));

export const frameworkId: FrameworkId = FrameworkId('F');
export const agentId: AgentId = AgentId('A');
export const executorId: ExecutorId = ExecutorId('e');
export const offered: Resources = allocated('cpus:4;mem:1024;disk:1024;ports:[1000-1009];gpus:2');

export const task: TaskInfo = {
  taskId: TaskId('t'),
  name: '',
  agentId,
  resources: allocated('cpus:1;mem:128;ports:[1000-1001]'),
  command: { value: 'true' },
};

export const inProcess: ExecutorInfo = { type: 'IN_PROCESS', executorId, frameworkId, name: 'js' };
/** A task with neither command nor executor. */
export const bare: TaskInfo = {
  taskId: task.taskId,
  name: task.name,
  agentId,
  resources: task.resources,
};
export const executorTask: TaskInfo = { ...bare, executor: inProcess };

export const group: ExecutorInfo = {
  type: 'DEFAULT',
  executorId,
  frameworkId,
  resources: allocated('cpus:0.01;mem:32;disk:1'),
};
export const second: TaskInfo = { ...task, taskId: TaskId('u'), resources: allocated('cpus:1;ports:[1002-1002]') };

/** Nothing runs yet, no id is taken. */
export const context: LaunchContext = {
  frameworkId,
  agentId,
  offered,
  taskIdInUse: () => false,
  taskIdUnreachable: () => false,
  runningExecutor: () => undefined,
};
/** The same, but this executor runs already. */
export const running = (executor: ExecutorInfo): LaunchContext => ({
  ...context,
  runningExecutor: (id) => (id === executor.executorId ? executor : undefined),
});

/** An id that its constructor would not have made. */
export const badTaskId: TaskId = 'a/b' as TaskId;
export const badExecutorId: ExecutorId = '' as ExecutorId;

interface Example {
  readonly rule: string;
  readonly task?: Partial<TaskInfo>;
  readonly context?: Partial<LaunchContext>;
  readonly error: string;
}

/** Rules that hold for tasks of a LAUNCH and of a LAUNCH_GROUP. */
export const taskRules: readonly Example[] = [
  { rule: 'id', task: { taskId: badTaskId }, error: "'TaskInfo.taskId' is invalid: 'a/b' contains" },
  {
    rule: 'id not in use',
    context: { taskIdInUse: (id) => id === 't' },
    error: 'Task has the id of another task: t',
  },
  {
    rule: 'id not of an unreachable task',
    context: { taskIdUnreachable: (id) => id === 't' },
    error: 'Task has the id of a task that is unreachable: t',
  },
  {
    rule: 'agent of the offers',
    task: { agentId: AgentId('B') },
    error: 'Task names agent B, expected the agent of the offers, A',
  },
  {
    rule: 'grace period',
    task: { killPolicy: { gracePeriodMs: -1 } },
    error: "'killPolicy.gracePeriodMs' must be a time of 0 ms or more, got -1",
  },
  { rule: 'grace period', task: { killPolicy: { gracePeriodMs: Number.NaN } }, error: 'got NaN' },
  { rule: 'grace period', task: { killPolicy: { gracePeriodMs: Number.POSITIVE_INFINITY } }, error: 'got Infinity' },
  {
    rule: 'completion time',
    task: { maxCompletionTimeMs: -0.1 },
    error: "'maxCompletionTimeMs' must be a time of 0 ms or more, got -0.1",
  },
  { rule: 'some resources', task: { resources: Resources.empty }, error: 'Task uses no resources' },
  {
    rule: 'valid resources',
    task: { resources: allocated('gpus:0.5') },
    error: "Task uses invalid resources: The 'gpus' resource",
  },
  {
    rule: 'each volume once',
    task: { resources: volumes('v', 'v') },
    error: "Task uses a persistent volume twice: Persistence id 'v'",
  },
  {
    rule: 'allocated',
    task: { resources: Resources.parse('cpus:1') },
    error: "Task uses wrongly allocated resources: Resource 'cpus:1' is not allocated",
  },
  {
    rule: 'to one role',
    task: { resources: allocated('cpus:1').plus(Resources.parse('mem:1').allocate('ops')) },
    error: "must be allocated to one role, got 'eng' and 'ops'",
  },
  {
    rule: 'revocable or not',
    task: { resources: Resources.of(scalar('cpus', 1), scalar('cpus', 1, { revocable: true })).allocate('eng') },
    error: "Task mixes revocable and regular resources: Resource 'cpus'",
  },
  { rule: 'command', task: { command: { value: 'a\0b' } }, error: "Task's 'command' is invalid: 'value' must not" },
  {
    rule: 'command',
    task: { command: { value: 'a', arguments: ['b', 'c\0'] } },
    error: "'arguments' must not contain null bytes",
  },
  {
    rule: 'command',
    task: { command: { value: 'a', environment: { A: '\0' } } },
    error: 'Environment variable "A" must not contain null bytes',
  },
  {
    rule: 'command',
    task: { command: { value: 'a', environment: { 'A\0': '' } } },
    error: 'Environment variable "A\\u0000"',
  },
];
