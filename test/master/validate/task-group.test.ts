import { describe, expect, test } from 'vitest';
import { FrameworkId } from '../../../src/core/index.ts';
import { type LaunchContext, validateTaskGroup } from '../../../src/master/validate/index.ts';
import { Resources } from '../../../src/resources/index.ts';
import type { ExecutorInfo, TaskInfo } from '../../../src/tasks/index.ts';
import {
  volumes,
  allocated,
  badExecutorId,
  bare,
  context,
  executorId,
  frameworkId,
  group,
  inProcess,
  offered,
  running,
  second,
  task,
  taskRules,
} from '../../support/launch-examples.ts';
import { scalar, volume } from '../../support/resource-examples.ts';

describe('validateTaskGroup()', () => {
  test.for<[what: string, executor: ExecutorInfo, tasks: readonly TaskInfo[], context: LaunchContext]>([
    ['one task', group, [task], context],
    [
      'the least that an executor must have',
      { ...group, resources: allocated('cpus:0.01;mem:32;disk:0.001') },
      [task],
      context,
    ],
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
