import { AgentId, ContainerId, ExecutorId, FrameworkId, InvalidArgument, OfferId, TaskId } from '../../core/index.ts';
import type { Filters, Unavailability } from '../../offers/index.ts';
import { type Label, Quantities, Resources } from '../../resources/index.ts';
import type {
  CommandInfo,
  ContainerStatus,
  ExecutorInfo,
  KillPolicy,
  StatusReason,
  StatusSource,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../tasks/index.ts';
import type { FrameworkCapability, FrameworkInfo } from '../framework-info.ts';
import {
  choice,
  data,
  field,
  flag,
  identifier,
  list,
  map,
  message,
  nanoseconds,
  optional,
  seconds,
  text,
  uuid,
  type LenientCodec,
  type WireCodec,
  whole,
  within,
} from './codec.ts';
import { CAPABILITY_NAMES, REASON_NAMES, SOURCE_NAMES, TASK_STATE_NAMES } from '../names.ts';
import type { WireMessage, WireValue } from './message.ts';

export const agentId: WireCodec<AgentId> = identifier(AgentId);
export const containerId: WireCodec<ContainerId> = identifier(ContainerId);
export const executorId: WireCodec<ExecutorId> = identifier(ExecutorId);
export const frameworkId: WireCodec<FrameworkId> = identifier(FrameworkId);
export const offerId: WireCodec<OfferId> = identifier(OfferId);
export const taskId: WireCodec<TaskId> = identifier(TaskId);

/** A list of `Resource`, in either form of reservations when it is read, in the newer one when it is written. */
export const resources: WireCodec<Resources> = {
  // What resources write is what the definition of `Resource` says, and what they read they check themselves.
  write: (value) => value.toJSON() as readonly WireMessage[],
  read: (wire, path) => Resources.fromJSON(wire as readonly unknown[], path),
};

const label: WireCodec<Label> = message<Label>({ key: field('key', text), value: optional('value', text) });
export const labels: WireCodec<readonly Label[]> = within('labels', list(label), []);

const scalar = within('value', whole, 0);

/** A map from names of resources to scalars. */
export const quantities: WireCodec<Quantities> = {
  write: (value) => map(scalar).write(value.toJSON()),
  read(wire, path) {
    const amounts = map(scalar).read(wire, path);
    try {
      return Quantities.of(amounts);
    } catch (error) {
      if (!(error instanceof InvalidArgument)) throw error;
      throw new InvalidArgument(path, error.message, { cause: error });
    }
  },
};

const minAllocatable = map(
  within('min_allocatable_resources', within('quantities', list(within('quantities', quantities, {})), []), {}),
);

/** Of capabilities that are not known nothing is read. */
const capabilities: WireCodec<readonly FrameworkCapability[]> = {
  write: (value) => value.map((type) => ({ type })),
  read: (wire) =>
    (wire as readonly WireMessage[])
      .map(({ type }) => type)
      .filter((type): type is FrameworkCapability => isCapability(type)),
};

function isCapability(name: unknown): name is FrameworkCapability {
  return typeof name === 'string' && Object.hasOwn(CAPABILITY_NAMES, name);
}

export const frameworkInfo: WireCodec<FrameworkInfo> = message<FrameworkInfo>({
  user: field('user', text),
  name: field('name', text),
  id: optional('id', frameworkId),
  failoverTimeoutMs: optional('failover_timeout', seconds),
  checkpoint: optional('checkpoint', flag),
  role: optional('role', text),
  roles: optional('roles', list(text)),
  capabilities: optional('capabilities', capabilities),
  principal: optional('principal', text),
  hostname: optional('hostname', text),
  webuiUrl: optional('webui_url', text),
  labels: optional('labels', labels),
  minAllocatable: optional('offer_filters', minAllocatable),
});

/** Names and their values; a secret, which is not known here, is refused. */
const environment: WireCodec<Readonly<Record<string, string>>> = {
  write: (value) => ({
    variables: Object.entries(value).map(([name, each]) => ({ name, type: 'VALUE', value: each })),
  }),
  read(wire, path) {
    const variables = ((wire as WireMessage)['variables'] ?? []) as readonly WireMessage[];
    return Object.fromEntries(
      variables.map(
        ({ name, type = 'VALUE', value = '' }, index): readonly [string, WireValue | readonly WireValue[]] => {
          if (type === 'VALUE') return [name as string, value];
          throw new InvalidArgument(`${path}.variables[${index}].type`, `expected VALUE, got ${type as string}`);
        },
      ),
    ) as Readonly<Record<string, string>>;
  },
};

const commandInfo: WireCodec<CommandInfo> = message<CommandInfo>({
  shell: optional('shell', flag),
  value: field('value', text, () => ''),
  arguments: optional('arguments', list(text)),
  environment: optional('environment', environment),
});

export const killPolicy: WireCodec<KillPolicy> = message<KillPolicy>({
  gracePeriodMs: optional('grace_period', nanoseconds),
});

const executorType: WireCodec<ExecutorInfo['type']> = {
  write(type) {
    if (type === 'DEFAULT') return type;
    throw new InvalidArgument('executor.type', `expected DEFAULT for a master in another process, got ${type}`);
  },
  read: (wire, path) => choice<'DEFAULT'>({ DEFAULT: true }).read(wire, path),
};

export const executorInfo: WireCodec<ExecutorInfo> = message<ExecutorInfo>({
  type: field('type', executorType),
  executorId: field('executor_id', executorId),
  frameworkId: optional('framework_id', frameworkId),
  name: optional('name', text),
  resources: optional('resources', resources),
  labels: optional('labels', labels),
  data: optional('data', data),
});

const NOT_BUILT: readonly (readonly [string, ...string[]])[] = [
  ['container'],
  ['health_check'],
  ['check'],
  ['limits'],
  ['command', 'uris'],
  ['command', 'user'],
];

const plainTaskInfo = message<Omit<TaskInfo, 'unsupported'>>({
  taskId: field('task_id', taskId),
  name: field('name', text),
  agentId: field('agent_id', agentId),
  resources: field('resources', resources, () => Resources.of()),
  command: optional('command', commandInfo),
  executor: optional('executor', executorInfo),
  killPolicy: optional('kill_policy', killPolicy),
  maxCompletionTimeMs: optional('max_completion_time', nanoseconds),
  labels: optional('labels', labels),
  data: optional('data', data),
});

/** What a task asks for and cannot get here is kept by its name, for validation to refuse that task alone. */
export const taskInfo: WireCodec<TaskInfo> = {
  write: (value) => plainTaskInfo.write(value),
  read(wire, path) {
    const { executor, ...rest } = wire as WireMessage;
    const unsupported = NOT_BUILT.filter((names) => isSet(rest, names)).map((names) => names.join('.'));
    const isKnown = executor !== undefined && (executor as WireMessage)['type'] === 'DEFAULT';
    if (executor !== undefined && !isKnown) unsupported.push('executor');
    const task = plainTaskInfo.read(isKnown ? { ...rest, executor } : rest, path);
    return unsupported.length === 0 ? task : { ...task, unsupported };
  },
};

function isSet(wire: WireMessage, [name, ...deeper]: readonly [string, ...string[]]): boolean {
  const value = wire[name];
  const [next, ...rest] = deeper;
  if (value === undefined || next === undefined) return value !== undefined;
  return isSet(value as WireMessage, [next, ...rest]);
}

export const taskState: WireCodec<TaskState> = choice<TaskState>(TASK_STATE_NAMES);

/** Of reasons that are not known nothing is read. */
const reason: LenientCodec<StatusReason> = {
  write: (value) => value,
  read: (wire) => (isReason(wire) ? wire : undefined),
};

function isReason(name: unknown): name is StatusReason {
  return typeof name === 'string' && Object.hasOwn(REASON_NAMES, name);
}

export const taskStatus: WireCodec<TaskStatus> = message<TaskStatus>({
  taskId: field('task_id', taskId),
  state: field('state', taskState),
  message: optional('message', text),
  source: field('source', choice<StatusSource>(SOURCE_NAMES)),
  reason: optional('reason', reason),
  data: optional('data', data),
  agentId: optional('agent_id', agentId),
  executorId: optional('executor_id', executorId),
  timestampMs: field('timestamp', seconds, () => 0),
  uuid: optional('uuid', uuid),
  labels: optional('labels', labels),
  containerStatus: optional(
    'container_status',
    message<ContainerStatus>({
      containerId: field('container_id', containerId),
      executorPid: optional('executor_pid', whole),
    }),
  ),
  unreachableTimeMs: optional('unreachable_time', nanoseconds),
});

/** When an agent will not be there. */
export const unavailability: WireCodec<Unavailability> = message<Unavailability>({
  startMs: field('start', nanoseconds),
  durationMs: optional('duration', nanoseconds),
});

export const filters: WireCodec<Filters> = message<Filters>({ refuseMs: optional('refuse_seconds', seconds) });
