import { describe, expect, test } from 'vitest';
import { AgentId, ExecutorId, FrameworkId, TaskId } from '../../../src/core/index.ts';
import { validateAgentRegistration, validateReregistration } from '../../../src/master/validate/index.ts';
import { AGENT_PROTOCOL_VERSION, type AgentInfo, type AgentMessage } from '../../../src/protocol/index.ts';
import { Resources } from '../../../src/resources/index.ts';
import type { ExecutorInfo, Task } from '../../../src/tasks/index.ts';

type Registration = Extract<AgentMessage, { readonly type: 'registerAgent' }>;
type Reregistration = Extract<AgentMessage, { readonly type: 'reregisterAgent' }>;

const agentInfo: AgentInfo = { hostname: 'host', resources: Resources.parse('cpus:4;mem(eng):8'), attributes: [] };
const register: Registration = { type: 'registerAgent', protocolVersion: AGENT_PROTOCOL_VERSION, agentInfo };

const agentId = AgentId('A');
const frameworkId = FrameworkId('F');
const other = FrameworkId('G');
const executor: ExecutorInfo = { type: 'IN_PROCESS', executorId: ExecutorId('e'), frameworkId, name: 'js' };
const task: Task = {
  taskId: TaskId('t'),
  name: '',
  frameworkId,
  agentId,
  executorId: executor.executorId,
  resources: Resources.parse('cpus:1').allocate('*'),
  state: 'TASK_RUNNING',
  statuses: [],
};
const { executorId: _executorId, ...commandTask } = task;

const reregister: Reregistration = {
  type: 'reregisterAgent',
  protocolVersion: AGENT_PROTOCOL_VERSION,
  agentInfo: { ...agentInfo, id: agentId },
  frameworks: [
    { user: '', name: 'one', id: frameworkId },
    { user: '', name: 'two', id: other },
  ],
  executors: [
    { frameworkId, executor },
    { frameworkId: other, executor },
  ],
  tasks: [task, { ...commandTask, taskId: TaskId('u'), frameworkId: other }],
};

/** Ids that their constructors would not have made. */
const badAgentId = '..' as AgentId;
const badTaskId = '' as TaskId;
const badExecutorId = 'a/b' as ExecutorId;

/** What both kinds of message share. */
const infos: readonly [rule: string, differences: Partial<AgentInfo>, error: string][] = [
  ['id', { id: badAgentId }, "'AgentInfo.id' is invalid: '..' is disallowed"],
  [
    'valid resources',
    { resources: Resources.parse('gpus:0.5') },
    "'AgentInfo.resources' are invalid: The 'gpus' resource",
  ],
  [
    'nothing allocated',
    { resources: Resources.parse('cpus:1').plus(Resources.parse('mem:1').allocate('eng')) },
    "Resource 'mem' must not be allocated, got role 'eng'",
  ],
];

describe('validateAgentRegistration()', () => {
  test('lets in a new agent, and one that says the id it had', () => {
    expect(validateAgentRegistration(register)).toBeUndefined();
    expect(validateAgentRegistration({ ...register, agentInfo: { ...agentInfo, id: agentId } })).toBeUndefined();
  });

  test.for(infos)('ignores an agent by rule: %s', ([, differences, error]) => {
    expect(validateAgentRegistration({ ...register, agentInfo: { ...agentInfo, ...differences } })).toContain(error);
  });

  test('ignores an agent that speaks another version of the protocol', () => {
    const error = validateAgentRegistration({ ...register, protocolVersion: AGENT_PROTOCOL_VERSION + 1 });
    expect(error).toBe(`'protocolVersion' must be ${AGENT_PROTOCOL_VERSION}, got ${AGENT_PROTOCOL_VERSION + 1}`);
  });
});

describe('validateReregistration()', () => {
  test.for<[what: string, differences: Partial<Reregistration>]>([
    ['all that runs', {}],
    ['nothing that runs', { frameworks: [], executors: [], tasks: [] }],
    ['a task that has ended with its executor', { executors: [], tasks: [{ ...task, state: 'TASK_FAILED' }] }],
    ['a task that waits for its executor', { executors: [], tasks: [{ ...task, state: 'TASK_STAGING' }] }],
    ['a command task, which has no executor', { executors: [], tasks: [commandTask] }],
  ])('lets in an agent with %s', ([, differences]) => {
    expect(validateReregistration({ ...reregister, ...differences })).toBeUndefined();
  });

  test.for(infos)('ignores an agent by rule: %s', ([, differences, error]) => {
    const info = { ...agentInfo, id: agentId, ...differences };
    expect(validateReregistration({ ...reregister, agentInfo: info })).toContain(error);
  });

  test.for<[rule: string, differences: Partial<Reregistration>, error: string]>([
    ['version', { protocolVersion: 0 }, `'protocolVersion' must be ${AGENT_PROTOCOL_VERSION}, got 0`],
    ['an id', { agentInfo }, "'AgentInfo.id' must be set by an agent that comes back"],
    [
      'valid frameworks',
      { frameworks: [{ user: '', name: 'one', id: frameworkId, role: '-x' }] },
      "Framework 'one' is invalid: 'FrameworkInfo.role'",
    ],
    ['frameworks with an id', { frameworks: [{ user: '', name: 'one' }] }, "Framework 'one' must have an id"],
    [
      'frameworks once',
      { frameworks: [...reregister.frameworks, { user: '', name: 'three', id: frameworkId }] },
      'Framework F is reported twice',
    ],
    [
      'valid executors',
      { executors: [{ frameworkId, executor: { ...executor, executorId: badExecutorId } }] },
      "Executor 'a/b' of framework F is invalid: 'ExecutorInfo.executorId'",
    ],
    [
      'executors of listed frameworks',
      { executors: [{ frameworkId: FrameworkId('H'), executor }] },
      "Executor 'e' of framework H belongs to a framework that is not reported",
    ],
    [
      'executors once in their framework',
      { executors: [...reregister.executors, { frameworkId, executor }] },
      "Executor 'e' of framework F is reported twice",
    ],
    [
      'valid resources of executors',
      { executors: [{ frameworkId, executor: { ...executor, resources: Resources.parse('gpus:0.5') } }], tasks: [] },
      "Executor 'e' of framework F uses invalid resources",
    ],
    ['ids of tasks', { tasks: [{ ...task, taskId: badTaskId }] }, "Task '' is invalid: ID must not be empty"],
    [
      'tasks of the agent',
      { tasks: [{ ...task, agentId: AgentId('B') }] },
      "Task 't' is invalid: it names agent B, expected A",
    ],
    [
      'tasks of listed frameworks',
      { tasks: [task, { ...task, frameworkId: FrameworkId('H') }] },
      "Task 't' is invalid: its framework H is not reported",
    ],
    [
      'running tasks of listed executors',
      { executors: [{ frameworkId: other, executor }] },
      "Task 't' is invalid: it runs under executor 'e', which is not reported",
    ],
    [
      'valid resources of tasks',
      { tasks: [{ ...task, resources: Resources.parse('gpus:0.5') }] },
      "Task 't' is invalid: it uses invalid resources: The 'gpus'",
    ],
  ])('ignores an agent by rule: %s', ([, differences, error]) => {
    expect(validateReregistration({ ...reregister, ...differences })).toContain(error);
  });
});
