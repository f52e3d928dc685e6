import { InvalidArgument } from '../core/index.ts';
import type { AgentEndpoint } from '../protocol/index.ts';
import { type Attribute, type Resource, Resources } from '../resources/index.ts';
import type { Clock, Directory, Log, Random } from '../runtime/index.ts';
import type { CodeRunner } from './code-runner.ts';
import type { Containerizer } from './containerizer.ts';
import type { Executor } from './executor.ts';
import type { Sandboxes } from './sandboxes.ts';
import type { AgentSettings } from './state.ts';

/** What an agent is, and what it works with. */
export interface AgentOptions {
  /** The master. */
  readonly endpoint: AgentEndpoint;
  readonly hostname: string;
  /** What it has, without what operations make of it: nothing dynamically reserved, no volumes, nothing allocated. */
  readonly resources: Resources;
  readonly attributes?: readonly Attribute[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Log;
  readonly containerizer: Containerizer;
  readonly sandboxes: Sandboxes;
  /** For checkpoints; no two agents share one. */
  readonly directory: Directory;
  /** In-process executors, by the name that tasks ask for. */
  readonly executors?: Readonly<Record<string, Executor>>;
  /** What runs their tasks; for simulations, which have no use for promises. It calls {@link executors} if absent. */
  readonly codeRunner?: CodeRunner;
  /** Upper bound of the random delay before the first attempt to register, in milliseconds; 1,000 if absent. */
  readonly registrationBackoffMs?: number;
  /** For how many milliseconds the master may be silent, until it says so itself; 75,000 if absent. */
  readonly pingTimeoutMs?: number;
  /** Milliseconds that the sandbox of an ended executor is kept on an empty disk; one week if absent. */
  readonly gcDelayMs?: number;
  /** Share of the disk, 0 to 1, that shall stay free of sandboxes of ended executors; 0.1 if absent. */
  readonly gcDiskHeadroom?: number;
  /** Milliseconds until an update that is not acknowledged is sent again; doubles up to 600,000; 10,000 if absent. */
  readonly statusUpdateRetryMs?: number;
  /** Checks after every turn that the state makes sense, and throws InvariantViolation if not; default false. */
  readonly checkInvariants?: boolean;
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** @throws InvalidArgument naming the option at fault */
export function readSettings(options: AgentOptions): AgentSettings {
  const { hostname, resources, attributes = [], executors = {} } = options;
  if (typeof hostname !== 'string' || hostname.trim() === '') {
    throw new InvalidArgument('hostname', `expected a name, got ${JSON.stringify(hostname)}`);
  }
  if (resources.isEmpty) throw new InvalidArgument('resources', 'expected at least one resource, got none');
  for (const resource of resources) {
    const problem = problemOf(resource);
    if (problem !== undefined)
      throw new InvalidArgument('resources', `expected ${problem}, got ${Resources.of(resource)}`);
  }
  for (const [name, executor] of Object.entries(executors)) {
    if (typeof executor?.launch !== 'function') {
      throw new InvalidArgument(`executors.${name}`, `expected an object with a method launch, got ${typeof executor}`);
    }
  }
  const gcDiskHeadroom = notNegative('gcDiskHeadroom', options.gcDiskHeadroom ?? 0.1);
  if (gcDiskHeadroom > 1)
    throw new InvalidArgument('gcDiskHeadroom', `expected a share of 0 to 1, got ${gcDiskHeadroom}`);
  return {
    hostname,
    attributes,
    executorNames: Object.keys(executors).sort(),
    registrationBackoffMs: notNegative('registrationBackoffMs', options.registrationBackoffMs ?? 1_000),
    pingTimeoutMs: positive('pingTimeoutMs', options.pingTimeoutMs ?? 75_000),
    gcDelayMs: notNegative('gcDelayMs', options.gcDelayMs ?? WEEK_MS),
    gcDiskHeadroom,
    statusUpdateRetryMs: positive('statusUpdateRetryMs', options.statusUpdateRetryMs ?? 10_000),
  };
}

/** What operations make of resources cannot be there from the start: the master refuses such an agent. */
function problemOf(resource: Resource): string | undefined {
  if (resource.allocatedTo !== undefined) return 'nothing allocated';
  if (resource.disk?.persistence !== undefined) return 'no persistent volume';
  if (resource.reservations.some(({ type }) => type === 'DYNAMIC')) return 'nothing dynamically reserved';
  if (resource.revocable !== undefined && resource.reservations.length > 0) return 'nothing revocable to be reserved';
  return undefined;
}

function notNegative(field: string, value: number): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgument(field, `expected a number of 0 or more, got ${String(value)}`);
}

function positive(field: string, value: number): number {
  if (notNegative(field, value) > 0) return value;
  throw new InvalidArgument(field, `expected a number above 0, got ${value}`);
}
