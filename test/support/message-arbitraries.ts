import * as fc from 'fast-check';
import { AgentId, ContainerId, ExecutorId, FrameworkId, TaskId } from '../../src/core/index.ts';
import type { AgentInfo, AgentMessage, FrameworkInfo, MasterMessage } from '../../src/protocol/index.ts';
import { type Attribute, type Label, Quantities, type Resource, Resources } from '../../src/resources/index.ts';
import {
  type CommandInfo,
  type ContainerStatus,
  type ExecutorInfo,
  type KillPolicy,
  TASK_STATES,
  type Task,
  type TaskInfo,
  type TaskStatus,
} from '../../src/tasks/index.ts';

/*
 * Messages of the agent protocol, of every type and with every field present or absent. Texts and names are drawn to be
 * awkward: empty, with quotes and line ends, outside of ASCII, half a surrogate pair, and names that every object has.
 */

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', '"', '\\', '\n', '\u2028', '\ud800', '🏔', '__proto__', 'constructor', 'type'),
);
const identifierText = fc.oneof(
  fc.constantFrom('a', 'Ω', '__proto__', 'constructor', '...', '-', 'a b'),
  fc
    .string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'b', '.', ':', '"', '{') })
    .filter((id) => id !== '.' && id !== '..'),
);
const time = fc.oneof(fc.nat(), fc.constantFrom(0, 0.5, -1, Number.MAX_SAFE_INTEGER));
const bytes = fc.uint8Array({ maxLength: 8 });

const agentId = identifierText.map(AgentId);
const executorId = identifierText.map(ExecutorId);
const frameworkId = identifierText.map(FrameworkId);
const taskId = identifierText.map(TaskId);

/** Any of the fields marked as optional may be absent. */
function fields<T extends object>(
  model: { [Name in keyof T]-?: fc.Arbitrary<Exclude<T[Name], undefined>> },
  requiredKeys: readonly (keyof T)[],
): fc.Arbitrary<T> {
  const mutable: (keyof T)[] = [...requiredKeys];
  // Keys that are not required are drawn as absent or present, never as `undefined`: a `T` indeed.
  return fc.record(model, { requiredKeys: mutable, noNullPrototype: true }) as fc.Arbitrary<unknown> as fc.Arbitrary<T>;
}

const label = fields<Label>({ key: text, value: text }, ['key']);
const labels = fc.array(label, { maxLength: 2 });

const role = fc.constantFrom('eng', 'eng/web', 'ops');
const resource: fc.Arbitrary<Resource> = fc
  .record({
    value: fc.oneof(
      fc.nat(10_000_000).map((milli) => ({ name: 'cpus', value: { type: 'SCALAR' as const, milli } })),
      fc.nat(1_000).map((begin) => ({ name: 'ports', value: { type: 'RANGES' as const, bounds: [begin, begin + 9] } })),
      fc.constant({ name: 'zones', value: { type: 'SET' as const, items: ['a', 'b'] } }),
    ),
    reservation: fc.option(
      fields<Resource['reservations'][number]>(
        { type: fc.constantFrom('STATIC', 'DYNAMIC'), role, principal: text, labels },
        ['type', 'role'],
      ),
    ),
    allocatedTo: fc.option(role),
    isRevocable: fc.boolean(),
  })
  .map(({ value, reservation, allocatedTo, isRevocable }) => ({
    ...value,
    reservations: reservation === null ? [] : [reservation],
    ...(allocatedTo !== null && { allocatedTo }),
    ...(isRevocable && { revocable: true as const }),
  }));

const volume: fc.Arbitrary<Resource> = fc
  .record({ milli: fc.integer({ min: 1, max: 1_000_000 }), id: identifierText, role, isShared: fc.boolean() })
  .map(({ milli, id, role, isShared }) => ({
    name: 'disk',
    value: { type: 'SCALAR', milli },
    reservations: [{ type: 'DYNAMIC', role, principal: 'p' }],
    disk: { persistence: { id, principal: 'p' }, volume: { containerPath: 'data', mode: 'RW' } },
    ...(isShared && { shared: true as const }),
  }));

export const resources: fc.Arbitrary<Resources> = fc
  .array(fc.oneof({ weight: 3, arbitrary: resource }, { weight: 1, arbitrary: volume }), { maxLength: 3 })
  .map((all) => Resources.of(...all));

const quantities = fc
  .dictionary(
    fc.constantFrom('cpus', 'mem', 'gpus'),
    fc.nat(1_000_000).map((milli) => milli / 1000),
  )
  .map((amounts) => Quantities.of(amounts));

const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  fc.nat(10_000).map((milli) => ({ name: 'cores', value: { type: 'SCALAR' as const, milli } })),
  fc.nat(100).map((begin) => ({ name: 'span', value: { type: 'RANGES' as const, bounds: [begin, begin + 1] } })),
  text.map((value) => ({ name: 'rack', value: { type: 'TEXT' as const, text: value } })),
);

export const agentInfo: fc.Arbitrary<AgentInfo> = fields<AgentInfo>(
  { id: agentId, hostname: text, resources, attributes: fc.array(attribute, { maxLength: 2 }) },
  ['hostname', 'resources', 'attributes'],
);

export const frameworkInfo: fc.Arbitrary<FrameworkInfo> = fields<FrameworkInfo>(
  {
    user: text,
    name: text,
    id: frameworkId,
    failoverTimeoutMs: time,
    checkpoint: fc.boolean(),
    role: text,
    roles: fc.array(text, { maxLength: 2 }),
    capabilities: fc.subarray([
      'REVOCABLE_RESOURCES',
      'TASK_KILLING_STATE',
      'GPU_RESOURCES',
      'SHARED_RESOURCES',
      'PARTITION_AWARE',
      'MULTI_ROLE',
      'RESERVATION_REFINEMENT',
      'REGION_AWARE',
    ]),
    principal: text,
    hostname: text,
    webuiUrl: text,
    labels,
    minAllocatable: fc.dictionary(text, fc.array(quantities, { maxLength: 2 }), { maxKeys: 2 }),
  },
  ['user', 'name'],
);

const killPolicy = fields<KillPolicy>({ gracePeriodMs: time }, []);

const commandInfo = fields<CommandInfo>(
  {
    shell: fc.boolean(),
    value: text,
    arguments: fc.array(text, { maxLength: 2 }),
    environment: fc.dictionary(text, text, { maxKeys: 2, noNullPrototype: true }),
  },
  ['value'],
);

export const executorInfo: fc.Arbitrary<ExecutorInfo> = fields<ExecutorInfo>(
  {
    type: fc.constantFrom('DEFAULT', 'IN_PROCESS'),
    executorId,
    frameworkId,
    name: text,
    resources,
    labels,
    data: bytes,
  },
  ['type', 'executorId'],
);

export const taskInfo: fc.Arbitrary<TaskInfo> = fields<TaskInfo>(
  {
    taskId,
    name: text,
    agentId,
    resources,
    command: commandInfo,
    executor: executorInfo,
    killPolicy,
    maxCompletionTimeMs: time,
    labels,
    data: bytes,
    unsupported: fc.array(text, { maxLength: 2 }),
  },
  ['taskId', 'name', 'agentId', 'resources'],
);

const taskState = fc.constantFrom(...TASK_STATES);

const containerStatus = fields<ContainerStatus>(
  { containerId: identifierText.map(ContainerId), executorPid: fc.nat() },
  ['containerId'],
);

export const taskStatus: fc.Arbitrary<TaskStatus> = fields<TaskStatus>(
  {
    taskId,
    state: taskState,
    message: text,
    source: fc.constantFrom('SOURCE_MASTER', 'SOURCE_AGENT', 'SOURCE_EXECUTOR'),
    reason: fc.constantFrom('REASON_RECONCILIATION', 'REASON_TASK_INVALID', 'REASON_AGENT_RESTARTED'),
    data: bytes,
    agentId,
    executorId,
    timestampMs: time,
    uuid: text,
    labels,
    containerStatus,
    unreachableTimeMs: time,
  },
  ['taskId', 'state', 'source', 'timestampMs'],
);

export const task: fc.Arbitrary<Task> = fields<Task>(
  {
    taskId,
    name: text,
    frameworkId,
    agentId,
    executorId,
    resources,
    state: taskState,
    statuses: fc.array(taskStatus, { maxLength: 2 }),
    statusUpdateState: taskState,
    statusUpdateUuid: text,
    labels,
    killPolicy,
  },
  ['taskId', 'name', 'frameworkId', 'agentId', 'resources', 'state', 'statuses'],
);

type OfType<Message extends { readonly type: string }, Type extends Message['type']> = Extract<
  Message,
  { readonly type: Type }
>;

/** One arbitrary for each type of message: a type without one does not compile. */
export const agentMessages: { readonly [Type in AgentMessage['type']]: fc.Arbitrary<OfType<AgentMessage, Type>> } = {
  registerAgent: fc.record({ type: fc.constant('registerAgent'), protocolVersion: fc.nat(9), agentInfo }),
  reregisterAgent: fc.record({
    type: fc.constant('reregisterAgent'),
    protocolVersion: fc.nat(9),
    agentInfo,
    frameworks: fc.array(frameworkInfo, { maxLength: 2 }),
    executors: fc.array(fc.record({ frameworkId, executor: executorInfo }), { maxLength: 2 }),
    tasks: fc.array(task, { maxLength: 2 }),
  }),
  unregisterAgent: fc.constant({ type: 'unregisterAgent' }),
  pong: fc.constant({ type: 'pong' }),
  statusUpdate: fc.record({
    type: fc.constant('statusUpdate'),
    frameworkId,
    status: taskStatus,
    latestState: taskState,
  }),
  executorExited: fc.record({ type: fc.constant('executorExited'), frameworkId, executorId, status: fc.integer() }),
  executorMessage: fc.record({ type: fc.constant('executorMessage'), frameworkId, executorId, data: bytes }),
};

const operation: fc.Arbitrary<OfType<MasterMessage, 'applyOperation'>['operation']> = fc.oneof(
  fc.record({ type: fc.constantFrom('RESERVE', 'UNRESERVE'), resources }),
  fc.record({ type: fc.constantFrom('CREATE', 'DESTROY'), volumes: resources }),
);

/** One arbitrary for each type of message: a type without one does not compile. */
export const masterMessages: { readonly [Type in MasterMessage['type']]: fc.Arbitrary<OfType<MasterMessage, Type>> } = {
  agentRegistered: fc.record({ type: fc.constant('agentRegistered'), agentId, pingTimeoutMs: time }),
  agentReregistered: fields<OfType<MasterMessage, 'agentReregistered'>>(
    {
      type: fc.constant('agentReregistered'),
      agentId,
      pingTimeoutMs: time,
      unknownTasks: fc.array(fc.record({ frameworkInfo, task }), { maxLength: 2 }),
      resources,
    },
    ['type', 'agentId', 'pingTimeoutMs', 'unknownTasks'],
  ),
  shutdownAgent: fc.record({ type: fc.constant('shutdownAgent'), message: text }),
  ping: fc.record({ type: fc.constant('ping'), connected: fc.boolean() }),
  runTask: fields<OfType<MasterMessage, 'runTask'>>(
    { type: fc.constant('runTask'), frameworkInfo, task: taskInfo, launchExecutor: fc.boolean() },
    ['type', 'frameworkInfo', 'task'],
  ),
  runTaskGroup: fields<OfType<MasterMessage, 'runTaskGroup'>>(
    {
      type: fc.constant('runTaskGroup'),
      frameworkInfo,
      executor: executorInfo,
      tasks: fc.array(taskInfo, { maxLength: 2 }),
      launchExecutor: fc.boolean(),
    },
    ['type', 'frameworkInfo', 'executor', 'tasks'],
  ),
  killTask: fields<OfType<MasterMessage, 'killTask'>>(
    { type: fc.constant('killTask'), frameworkId, taskId, killPolicy },
    ['type', 'frameworkId', 'taskId'],
  ),
  acknowledgeUpdate: fc.record({ type: fc.constant('acknowledgeUpdate'), frameworkId, taskId, uuid: text }),
  frameworkMessage: fc.record({ type: fc.constant('frameworkMessage'), frameworkId, executorId, data: bytes }),
  shutdownExecutor: fc.record({ type: fc.constant('shutdownExecutor'), frameworkId, executorId }),
  shutdownFramework: fc.record({ type: fc.constant('shutdownFramework'), frameworkId }),
  updateFramework: fc.record({ type: fc.constant('updateFramework'), frameworkInfo }),
  applyOperation: fc.record({ type: fc.constant('applyOperation'), frameworkId, operation }),
};
