import { describe, expect, test } from 'vitest';
import { AgentId, ExecutorId, FrameworkId, TaskId } from '../../../src/core/index.ts';
import {
  type LaunchContext,
  sameExecutor,
  validateTask,
  validateTaskGroup,
} from '../../../src/master/validate/index.ts';
import { Resources } from '../../../src/resources/index.ts';
import type { ExecutorInfo, TaskInfo } from '../../../src/tasks/index.ts';
import { scalar, volume } from '../../support/resource-examples.ts';

const allocated = (text: string) => Resources.parse(text).allocate('eng');
const volumes = (...ids: readonly string[]) => Resources.of(...ids.map((id) => volume(id, { allocatedTo: 'eng' })));

const frameworkId = FrameworkId('F');
const agentId = AgentId('A');
const executorId = ExecutorId('e');
const offered = allocated('cpus:4;mem:1024;disk:1024;ports:[1000-1009];gpus:2');

const task: TaskInfo = {
  taskId: TaskId('t'),
  name: '',
  agentId,
  resources: allocated('cpus:1;mem:128;ports:[1000-1001]'),
  command: { value: 'true' },
};

const inProcess: ExecutorInfo = { type: 'IN_PROCESS', executorId, frameworkId, name: 'js' };
const { command: _command, ...bare } = task;
const executorTask: TaskInfo = { ...bare, executor: inProcess };

const group: ExecutorInfo = {
  type: 'DEFAULT',
  executorId,
  frameworkId,
  resources: allocated('cpus:0.01;mem:32;disk:1'),
};
const second: TaskInfo = { ...task, taskId: TaskId('u'), resources: allocated('cpus:1;ports:[1002-1002]') };

/** Nothing runs yet, no id is taken. */
const context: LaunchContext = {
  frameworkId,
  agentId,
  offered,
  taskIdInUse: () => false,
  taskIdUnreachable: () => false,
  runningExecutor: () => undefined,
};
const running = (executor: ExecutorInfo): LaunchContext => ({
  ...context,
  runningExecutor: (id) => (id === executor.executorId ? executor : undefined),
});

/** An id that its constructor would not have made. */
const badTaskId = 'a/b' as TaskId;
const badExecutorId = '' as ExecutorId;

interface Example {
  readonly rule: string;
  readonly task?: Partial<TaskInfo>;
  readonly context?: Partial<LaunchContext>;
  readonly error: string;
}

/** Section 10 of the rules: they hold for tasks of a LAUNCH and of a LAUNCH_GROUP. */
const taskRules: readonly Example[] = [
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

describe('validateTask()', () => {
  test.for<[what: string, task: TaskInfo, context: LaunchContext]>([
    ['a command task', task, context],
    ['a task that takes all there is', { ...task, resources: offered }, context],
    [
      'grace period and completion time of 0',
      { ...task, killPolicy: { gracePeriodMs: 0 }, maxCompletionTimeMs: 0 },
      context,
    ],
    ['no kill grace period', { ...task, killPolicy: {} }, context],
    ['a task with an executor', executorTask, context],
    [
      'an executor with resources',
      { ...executorTask, executor: { ...inProcess, resources: allocated('cpus:3') } },
      context,
    ],
    [
      'an executor that runs, whose resources are counted already',
      { ...executorTask, resources: offered, executor: { ...inProcess, resources: allocated('cpus:1') } },
      running({ ...inProcess, resources: allocated('cpus:1') }),
    ],
    ['a task on a volume', { ...task, resources: volumes('v') }, { ...context, offered: volumes('v', 'w') }],
  ])('lets through %s', ([, launched, known]) => {
    expect(validateTask(launched, known)).toBeUndefined();
  });

  test.for(taskRules)('refuses by rule $rule of tasks: $error', (example) => {
    expect(validateTask({ ...task, ...example.task }, { ...context, ...example.context })).toContain(example.error);
  });

  test('names the first rule that is broken, in the order of Mesos', () => {
    const broken: TaskInfo = { ...task, taskId: badTaskId, agentId: AgentId('B'), killPolicy: { gracePeriodMs: -1 } };
    const taken: LaunchContext = { ...context, taskIdInUse: () => true, taskIdUnreachable: () => true };
    expect(validateTask(broken, taken)).toContain('is invalid');
    expect(validateTask({ ...broken, taskId: TaskId('t') }, taken)).toContain('another task');
    expect(validateTask({ ...broken, taskId: TaskId('t') }, { ...taken, taskIdInUse: () => false })).toContain(
      'unreachable',
    );
    expect(validateTask({ ...broken, taskId: TaskId('t') }, context)).toContain('names agent B');
    expect(validateTask({ ...broken, taskId: TaskId('t'), agentId, resources: Resources.empty }, context)).toContain(
      'killPolicy',
    );
    expect(validateTask({ ...bare, resources: Resources.empty }, context)).toContain('no resources');
  });

  test.for<[rule: string, task: TaskInfo, context: LaunchContext, error: string]>([
    ['command or executor', bare, context, "Task must have a 'command' or an 'executor', got neither"],
    ['not both', { ...task, executor: inProcess }, context, "Task must have a 'command' or an 'executor', got both"],
    [
      'name of an IN_PROCESS executor (ours)',
      { ...bare, executor: { type: 'IN_PROCESS', executorId, frameworkId } },
      context,
      "'ExecutorInfo.name' must be set for an IN_PROCESS executor",
    ],
    [
      'name of an IN_PROCESS executor (ours)',
      { ...bare, executor: { ...inProcess, name: '' } },
      context,
      "'ExecutorInfo.name'",
    ],
    [
      'executor id',
      { ...bare, executor: { ...inProcess, executorId: badExecutorId } },
      context,
      "'ExecutorInfo.executorId' is invalid: ID must",
    ],
    [
      'framework id',
      { ...bare, executor: { type: 'IN_PROCESS', executorId, name: 'js' } },
      context,
      "'ExecutorInfo.frameworkId' must be set",
    ],
    [
      'this framework',
      { ...bare, executor: { ...inProcess, frameworkId: FrameworkId('G') } },
      context,
      "'ExecutorInfo.frameworkId' must be F, got G",
    ],
    [
      'valid resources',
      { ...bare, executor: { ...inProcess, resources: allocated('gpus:0.5') } },
      context,
      'Executor uses invalid resources',
    ],
    [
      'each volume once',
      { ...bare, executor: { ...inProcess, resources: volumes('v', 'v') } },
      context,
      'Executor uses a persistent volume twice',
    ],
    [
      'allocated',
      { ...bare, executor: { ...inProcess, resources: Resources.parse('cpus:1') } },
      context,
      'Executor uses wrongly allocated resources',
    ],
    [
      'revocable or not',
      {
        ...bare,
        executor: {
          ...inProcess,
          resources: Resources.of(scalar('cpus', 1), scalar('cpus', 1, { revocable: true })).allocate('eng'),
        },
      },
      context,
      'Executor mixes revocable and regular resources',
    ],
    [
      'the one that runs',
      executorTask,
      running({ ...inProcess, name: 'other' }),
      "Executor 'e' differs from the one of that id that runs on the agent",
    ],
    [
      'type',
      { ...bare, executor: group },
      context,
      "'ExecutorInfo.type' must be 'IN_PROCESS' in a LAUNCH, got 'DEFAULT'",
    ],
    [
      'executor without shared resources',
      {
        ...bare,
        executor: { ...inProcess, resources: Resources.of(volume('v', { shared: true, allocatedTo: 'eng' })) },
      },
      context,
      'Executor must not use shared resources',
    ],
    [
      'no overlap',
      { ...bare, executor: { ...inProcess, resources: allocated('ports:[1001-1002]') } },
      context,
      'is asked for twice in part or whole',
    ],
    [
      'each volume once',
      { ...bare, resources: volumes('v'), executor: { ...inProcess, resources: volumes('v') } },
      { ...context, offered: volumes('v', 'v') },
      'Task and its executor use a persistent volume twice',
    ],
    [
      'revocable or not',
      {
        ...bare,
        executor: { ...inProcess, resources: Resources.of(scalar('cpus', 1, { revocable: true })).allocate('eng') },
      },
      context,
      'Task and its executor mix revocable and regular resources',
    ],
    [
      'task within the offers',
      { ...task, resources: allocated('cpus:4.001') },
      context,
      "Task needs 'cpus(allocated: eng):4.001', of the offers there is 'cpus(allocated: eng):4;",
    ],
    [
      'task and executor within the offers',
      { ...bare, executor: { ...inProcess, resources: allocated('cpus:3.001') } },
      context,
      'Task and its executor need',
    ],
    [
      'in the role of the offers',
      { ...task, resources: Resources.parse('cpus:1').allocate('ops') },
      context,
      'Task needs',
    ],
  ])('refuses by rule %s', ([, launched, known, error]) => {
    expect(validateTask(launched, known)).toContain(error);
  });

  test('refuses an executor of a type that nobody knows', () => {
    const custom = Object.assign({ ...inProcess }, { type: 'CUSTOM' });
    expect(validateTask({ ...bare, executor: custom }, context)).toBe(
      `'ExecutorInfo.type' must be 'DEFAULT' or 'IN_PROCESS', got "CUSTOM"`,
    );
  });

  test('lets a second task use a shared volume that the first one left in the offers', () => {
    const shared = Resources.of(volume('v', { shared: true, allocatedTo: 'eng' }));
    const onVolume = { ...task, resources: shared.plus(allocated('cpus:1')) };
    expect(validateTask(onVolume, { ...context, offered: shared.plus(allocated('cpus:1')) })).toBeUndefined();
    expect(validateTask(onVolume, { ...context, offered: shared })).toContain('Task needs');
  });
});

describe('validateTaskGroup()', () => {
  test.for<[what: string, executor: ExecutorInfo, tasks: readonly TaskInfo[], context: LaunchContext]>([
    ['one task', group, [task], context],
    ['two tasks', group, [task, second], context],
    ['tasks that name the executor', group, [{ ...task, executor: group }, second], context],
    [
      'an executor that runs, whose resources are counted already',
      group,
      [{ ...task, resources: offered }],
      running(group),
    ],
    [
      'tasks that share a volume',
      group,
      [task, second].map((each) => ({
        ...each,
        resources: each.resources.plus(Resources.of(volume('v', { shared: true, allocatedTo: 'eng' }))),
      })),
      { ...context, offered: offered.plus(Resources.of(volume('v', { shared: true, allocatedTo: 'eng' }))) },
    ],
  ])('lets through %s', ([, executor, tasks, known]) => {
    expect(validateTaskGroup(executor, tasks, known)).toBeUndefined();
  });

  test.for(taskRules)('refuses the whole for one task that breaks rule $rule of tasks: $error', (example) => {
    const broken = { ...task, ...example.task };
    const error = validateTaskGroup(group, [second, broken], { ...context, ...example.context });
    expect(error).toContain(`Task '${broken.taskId}' is invalid: `);
    expect(error).toContain(example.error);
  });

  const withResources = (text: string): ExecutorInfo => ({ ...group, resources: allocated(text) });

  test.for<[rule: string, executor: ExecutorInfo, tasks: readonly TaskInfo[], context: LaunchContext, error: string]>([
    ['some task (ours)', group, [], context, 'Task group must have at least one task'],
    ['command of a task (ours)', group, [second, bare], context, "Task 't' is invalid: 'TaskInfo.command' must be set"],
    [
      'one id twice in the group',
      group,
      [task, second, task],
      context,
      "Task 't' is invalid: Task has the id of another task",
    ],
    ['executor id', { ...group, executorId: badExecutorId }, [task], context, "'ExecutorInfo.executorId' is invalid"],
    [
      'framework id, which is not filled in here',
      { type: 'DEFAULT', executorId, resources: allocated('cpus:1;mem:32;disk:1') },
      [task],
      context,
      "'ExecutorInfo.frameworkId' must be set",
    ],
    ['this framework', { ...group, frameworkId: FrameworkId('G') }, [task], context, 'must be F, got G'],
    ['valid resources', withResources('gpus:0.5'), [task], context, 'Executor uses invalid resources'],
    [
      'the one that runs',
      group,
      [task],
      running(withResources('cpus:1;mem:32;disk:1')),
      'differs from the one of that id',
    ],
    ['type', inProcess, [task], context, "'ExecutorInfo.type' must be 'DEFAULT' in a LAUNCH_GROUP, got 'IN_PROCESS'"],
    [
      'one executor for all',
      group,
      [task, { ...second, executor: withResources('cpus:1;mem:32;disk:1') }],
      context,
      "The executor of task 'u' differs from the group's, 'e'",
    ],
    ['cpus', withResources('cpus:0.009;mem:32;disk:1'), [task], context, 'must have cpus of 0.01 or more, got 0.009'],
    [
      'mem',
      withResources('cpus:0.01;mem:31.999;disk:1'),
      [task],
      context,
      'must have mem of 32 MB or more, got 31.999',
    ],
    [
      'disk',
      withResources('cpus:0.01;mem:32'),
      [task],
      context,
      "Executor 'e' of a group must have some disk, got none",
    ],
    ['cpus', { type: 'DEFAULT', executorId, frameworkId }, [task], context, 'must have cpus of 0.01 or more, got 0'],
    [
      'each volume once',
      group,
      [
        { ...task, resources: volumes('v') },
        { ...second, resources: volumes('v') },
      ],
      { ...context, offered: offered.plus(volumes('v', 'v')) },
      'Task group and executor use a persistent volume twice',
    ],
    [
      'revocable or not',
      group,
      [{ ...task, resources: Resources.of(scalar('cpus', 1, { revocable: true })).allocate('eng') }],
      context,
      "Task group and executor mix revocable and regular resources: Resource 'cpus'",
    ],
    [
      'no overlap between tasks',
      group,
      [task, { ...second, resources: allocated('ports:[1001-1001]') }],
      context,
      'Task group and executor: Resource',
    ],
    [
      'no overlap with the executor',
      withResources('cpus:1;mem:32;disk:1;ports:[1000-1000]'),
      [task],
      context,
      'Task group and executor: Resource',
    ],
    [
      'within the offers with the executor',
      group,
      [{ ...task, resources: allocated('cpus:3.991') }],
      context,
      'Task group and its executor need',
    ],
    [
      'within the offers',
      group,
      [task, { ...second, resources: allocated('cpus:3.001') }],
      running(group),
      'Task group needs',
    ],
  ])('refuses the whole by rule %s', ([, executor, tasks, known, error]) => {
    expect(validateTaskGroup(executor, tasks, known)).toContain(error);
  });
});

describe('sameExecutor()', () => {
  const full: ExecutorInfo = {
    ...group,
    name: 'n',
    labels: [{ key: 'a', value: '1' }, { key: 'b' }],
    data: Uint8Array.of(1, 2),
  };

  test.for<[what: string, other: ExecutorInfo]>([
    ['itself', full],
    ['labels in another order', { ...full, labels: [{ key: 'b' }, { key: 'a', value: '1' }] }],
    ['resources in another order', { ...full, resources: allocated('disk:1;mem:32;cpus:0.01') }],
    ['equal bytes', { ...full, data: Uint8Array.of(1, 2) }],
  ])('finds no difference to %s', ([, other]) => {
    expect(sameExecutor(full, other)).toBe(true);
  });

  test('takes absent resources, labels and data for none', () => {
    const empty = { ...inProcess, resources: Resources.empty, labels: [], data: new Uint8Array() };
    expect(sameExecutor(inProcess, empty)).toBe(true);
    expect(sameExecutor(empty, inProcess)).toBe(true);
  });

  test.for<[field: string, other: ExecutorInfo]>([
    ['type', { ...full, type: 'IN_PROCESS' }],
    ['executorId', { ...full, executorId: ExecutorId('f') }],
    ['frameworkId', { ...full, frameworkId: FrameworkId('G') }],
    ['name', { ...full, name: 'm' }],
    ['resources', { ...full, resources: allocated('cpus:0.011;mem:32;disk:1') }],
    [
      'resources by their allocation',
      { ...full, resources: Resources.parse('cpus:0.01;mem:32;disk:1').allocate('ops') },
    ],
    ['labels by value', { ...full, labels: [{ key: 'a', value: '2' }, { key: 'b' }] }],
    ['labels by number', { ...full, labels: [{ key: 'a', value: '1' }] }],
    [
      'labels by an empty value',
      {
        ...full,
        labels: [
          { key: 'a', value: '1' },
          { key: 'b', value: '' },
        ],
      },
    ],
    ['data', { ...full, data: Uint8Array.of(1, 3) }],
    ['data by length', { ...full, data: Uint8Array.of(1, 2, 3) }],
  ])('finds the difference in %s', ([, other]) => {
    expect(sameExecutor(full, other)).toBe(false);
    expect(sameExecutor(other, full)).toBe(false);
  });
});
