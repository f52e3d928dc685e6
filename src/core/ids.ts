import { MesosError } from './errors.ts';

declare const brand: unique symbol;
/** A `T` that only the function of the same name can make; at run time it is a plain `T`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

export type AgentId = Brand<string, 'AgentId'>;
export type ExecutorId = Brand<string, 'ExecutorId'>;
export type FrameworkId = Brand<string, 'FrameworkId'>;
export type MasterId = Brand<string, 'MasterId'>;
export type OfferId = Brand<string, 'OfferId'>;
export type TaskId = Brand<string, 'TaskId'>;
export type ContainerId = Brand<string, 'ContainerId'>;

/** Names one agent for as long as the cluster remembers it. @throws MesosError if the text is no identifier */
export function AgentId(value: string): AgentId {
  return identifier(value, 'agent id') as AgentId;
}

/** Names an executor within its framework on one agent. @throws MesosError if the text is no identifier */
export function ExecutorId(value: string): ExecutorId {
  return identifier(value, 'executor id') as ExecutorId;
}

/** Names a framework across its failovers. @throws MesosError if the text is no identifier */
export function FrameworkId(value: string): FrameworkId {
  return identifier(value, 'framework id') as FrameworkId;
}

/** Names one run of a master. @throws MesosError if the text is no identifier */
export function MasterId(value: string): MasterId {
  return identifier(value, 'master id') as MasterId;
}

/** Names an offer; used once, never again. @throws MesosError if the text is no identifier */
export function OfferId(value: string): OfferId {
  return identifier(value, 'offer id') as OfferId;
}

/** Names a task within its framework, chosen by the framework. @throws MesosError if the text is no identifier */
export function TaskId(value: string): TaskId {
  return identifier(value, 'task id') as TaskId;
}

/** Names one run of an executor on an agent. @throws MesosError if the text is no identifier */
export function ContainerId(value: string): ContainerId {
  return identifier(value, 'container id') as ContainerId;
}

function identifier(value: string, what: string): string {
  const error = identifierError(value);
  if (error !== undefined) {
    throw new MesosError('MESOS_ERR_INVALID_ID', `Invalid ${what} ${JSON.stringify(value)}: ${error}`);
  }
  return value;
}

// oxlint-disable-next-line no-control-regex -- These are what must be refused.
const INVALID_CHARACTERS = /[\u0000-\u001f\u007f/\\]/;

const MAX_BYTES = 255;

/**
 * Why `value` is no identifier, or `undefined` if it is one: 1 to 255 bytes, not `.` or `..`, no control characters,
 * no slashes of either kind (an id becomes the name of a directory).
 *
 * @see Mesos `src/common/validation.cpp`, `validateID`
 */
export function identifierError(value: string): string | undefined {
  if (typeof value !== 'string') return `expected a string, got ${typeof value}`;
  if (value === '') return 'ID must not be empty';
  if (value.length > MAX_BYTES / 3 && new TextEncoder().encode(value).length > MAX_BYTES) {
    return `ID must not be greater than ${MAX_BYTES} characters`;
  }
  if (value === '.' || value === '..') return `'${value}' is disallowed`;
  if (INVALID_CHARACTERS.test(value)) return `'${value}' contains invalid characters`;
  return undefined;
}
