import { describe, expect, test } from 'vitest';
import { AgentId, FrameworkId, TaskId } from '../../../src/core/index.ts';
import { type LaunchContext, validateTask } from '../../../src/master/validate/index.ts';
import { Resources } from '../../../src/resources/index.ts';
import type { TaskInfo } from '../../../src/tasks/index.ts';
import {
  agentId,
  allocated,
  badExecutorId,
  badTaskId,
  bare,
  context,
  executorId,
  executorTask,
  frameworkId,
  group,
  inProcess,
  offered,
  running,
  task,
  taskRules,
  volumes,
} from '../../support/launch-examples.ts';
import { scalar, volume } from '../../support/resource-examples.ts';

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
      'Task needs cpus:4.001, the offers have cpus:4',
    ],
    [
      'task within the offers, naming just what is short',
      { ...task, resources: allocated('cpus:1;mem:99999;gpus:1') },
      { ...context, offered: allocated('cpus:1;mem:64') },
      'Task needs mem:99999; gpus:1, the offers have mem:64; gpus:0',
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
      'Task needs cpus(allocated: ops):1, the offers have cpus(allocated: eng):4',
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
    expect(validateTask(onVolume, { ...context, offered: shared })).toBe('Task needs cpus:1, the offers have cpus:0');
  });
});
