import type { Executor } from '../agent/index.ts';
import type { AgentOrder, SorterName } from '../allocator/index.ts';
import {
  identifierError,
  InvalidArgument,
  ParseError,
  type KnownKeys,
  refuseUnknownKeys,
  shown,
} from '../core/index.ts';
import { type Attribute, parseAttributes, type Quantities, Resources } from '../resources/index.ts';
import type { Clock, Log, Random } from '../runtime/index.ts';
import type { Machine } from '../runtime/node/index.ts';

/** One agent of an embedded cluster. */
export interface AgentOptions {
  /** Its name, unique in the cluster, and that of its folder; `agent-1`, `agent-2`, … if absent. */
  readonly hostname?: string;
  /**
   * What it advertises: Mesos's text form (`cpus:4;mem:2048;ports:[31000-32000]`) or a collection. If absent, what
   * this machine has, divided by the number of agents that the cluster is created with.
   */
  readonly resources?: string | Resources;
  /** Text form, such as `rack:r1;zone:a`. */
  readonly attributes?: string;
  /** Executors for tasks that are TypeScript code, by the name that tasks ask for. Not with `process: 'own'`. */
  readonly executors?: Readonly<Record<string, Executor>>;
  /**
   * `shared` (the default): the agent is part of this process. `own`: it runs in a Node process of its own, which may
   * crash and be restarted while its tasks go on.
   */
  readonly process?: 'shared' | 'own';
}

export interface ClusterOptions {
  /** How many agents, or which; 1 if absent. */
  readonly agents?: number | readonly AgentOptions[];
  /** Weights of roles, greater than 0; 1 for those not named. */
  readonly weights?: Readonly<Record<string, number>>;
  /**
   * Folder for sandboxes and checkpoints. If absent, one below the system's temporary folder. A cluster that is
   * created on the work folder of an earlier one takes up the tasks that still run there: those that `close` was told to
   * keep, and those of a process that died or was interrupted. Their framework goes on if it connects with its id;
   * {@link Cluster.teardown} ends one that will not. One cluster at a time may use a folder.
   */
  readonly workDir?: string;
  /** Whether `close` leaves the work folder; default: only if `workDir` names it. */
  readonly keepWorkDir?: boolean;
  /** Milliseconds between two rounds over all agents; 1,000 if absent. */
  readonly allocationIntervalMs?: number;
  /** Milliseconds after which an unanswered offer is rescinded; never if absent. */
  readonly offerTimeoutMs?: number;
  /** Milliseconds between two pings of an agent, and the time it has to answer; 15,000 if absent. */
  readonly agentPingTimeoutMs?: number;
  /** How many unanswered pings in a row make an agent unreachable; 5 if absent. */
  readonly maxAgentPingTimeouts?: number;
  /** Milliseconds that a disconnected agent has to come back before it is unreachable; 600,000 if absent. */
  readonly agentReregisterTimeoutMs?: number;
  /** An offer holds at least one of these; `cpus:0.01` or `mem:32` if absent. */
  readonly minAllocatable?: readonly Quantities[];
  /** How many offers one framework may get in one round over all agents; any number if absent. */
  readonly maxOffersPerRound?: number;
  /**
   * Which agents are offered first: those of which most is taken (`packing`), so that whole agents stay free, or least
   * (`spreading`); `random` if absent.
   */
  readonly agentOrder?: AgentOrder;
  /**
   * Who is asked first about an agent: whoever has the smallest share (`drf`), or whoever is drawn, with weights as
   * chances (`random`); `drf` if absent.
   */
  readonly sorter?: SorterName;
  /** Milliseconds that the sandbox of an ended task is kept, less when the disk fills up; one week if absent. */
  readonly gcDelayMs?: number;
  /** Where master and agents say what they do; nowhere if absent. */
  readonly log?: Log;
  /** Checks the invariants of master and agents after every turn, and throws when one is broken; default false. */
  readonly checkInvariants?: boolean;
  /** For tests: other sources of time and chance than the machine's. */
  readonly clock?: Clock;
  readonly random?: Random;
}

/** @throws InvalidArgument naming the option that is of the wrong kind, or that there is none of */
export function checkClusterOptions(options: ClusterOptions): void {
  refuseUnknownKeys(options, CLUSTER_OPTIONS, 'options', '');
  const { workDir, log, minAllocatable } = options;
  if (workDir !== undefined && (typeof workDir !== 'string' || workDir.trim() === '')) {
    throw new InvalidArgument('workDir', `expected the path of a folder, got ${JSON.stringify(workDir)}`);
  }
  if (log !== undefined && typeof log?.log !== 'function') {
    throw new InvalidArgument('log', `expected an object with a method log, such as consoleLog(), got ${shown(log)}`);
  }
  if (minAllocatable === undefined) return;
  if (!Array.isArray(minAllocatable) || !minAllocatable.every((each) => typeof each?.entries === 'function')) {
    const expected = "expected a list such as [Quantities.parse('cpus:1')]";
    throw new InvalidArgument('minAllocatable', `${expected}, got ${shown(minAllocatable)}`);
  }
}

const CLUSTER_OPTIONS: KnownKeys<ClusterOptions> = {
  agents: true,
  weights: true,
  workDir: true,
  keepWorkDir: true,
  allocationIntervalMs: true,
  offerTimeoutMs: true,
  agentPingTimeoutMs: true,
  maxAgentPingTimeouts: true,
  agentReregisterTimeoutMs: true,
  minAllocatable: true,
  maxOffersPerRound: true,
  agentOrder: true,
  sorter: true,
  gcDelayMs: true,
  log: true,
  checkInvariants: true,
  clock: true,
  random: true,
};

const AGENT_OPTIONS: KnownKeys<AgentOptions> = {
  hostname: true,
  resources: true,
  attributes: true,
  executors: true,
  process: true,
};

/** An {@link AgentOptions} with everything decided. */
export interface AgentPlan {
  readonly hostname: string;
  readonly resources: Resources;
  readonly attributes: readonly Attribute[];
  readonly executors: Readonly<Record<string, Executor>>;
  readonly process: 'shared' | 'own';
}

/** @throws InvalidArgument naming the field */
export function planAgents(agents: ClusterOptions['agents'], machine: Machine): readonly AgentPlan[] {
  if (typeof agents === 'number' && (!Number.isInteger(agents) || agents < 0)) {
    throw new InvalidArgument('agents', `expected a whole number of 0 or more, or a list, got ${agents}`);
  }
  if (agents !== undefined && typeof agents !== 'number' && !Array.isArray(agents)) {
    throw new InvalidArgument('agents', `expected a whole number or a list of agents, got ${typeof agents}`);
  }
  const listed: readonly AgentOptions[] =
    agents === undefined ? [{}] : typeof agents === 'number' ? Array.from({ length: agents }, () => ({})) : agents;
  const plans: AgentPlan[] = [];
  for (const [index, options] of listed.entries()) {
    const share = machineShare(machine, { index, of: listed.length });
    plans.push(planAgent(options, { field: `agents[${index}]`, others: plans, defaultResources: share }));
  }
  return plans;
}

/** @throws InvalidArgument naming the field below `context.field` */
export function planAgent(
  options: AgentOptions,
  context: {
    readonly field: string;
    readonly others: readonly { readonly hostname: string }[];
    readonly defaultResources: Resources;
  },
): AgentPlan {
  const { field, others } = context;
  refuseUnknownKeys(options, AGENT_OPTIONS, field);
  const hostname = options.hostname ?? freeHostname(others);
  if (typeof hostname !== 'string' || hostname.trim() === '') {
    throw new InvalidArgument(`${field}.hostname`, `expected a name, got ${JSON.stringify(hostname)}`);
  }
  // It names a folder, which must be one of the work folder's own, and seen by a shell's `*`.
  const wrong = identifierError(hostname) ?? (hostname.startsWith('.') ? 'it starts with a dot' : undefined);
  if (wrong !== undefined) {
    const expected = 'expected a name that a folder can have';
    throw new InvalidArgument(`${field}.hostname`, `${expected}, got ${JSON.stringify(hostname)}: ${wrong}`);
  }
  if (others.some((other) => other.hostname === hostname)) {
    throw new InvalidArgument(`${field}.hostname`, `expected a name of its own, got ${JSON.stringify(hostname)} again`);
  }
  const process = options.process ?? 'shared';
  if (process !== 'shared' && process !== 'own') {
    throw new InvalidArgument(`${field}.process`, `expected 'shared' or 'own', got ${JSON.stringify(process)}`);
  }
  const executors = options.executors ?? {};
  if (process === 'own' && Object.keys(executors).length > 0) {
    throw new InvalidArgument(
      `${field}.executors`,
      `expected none for an agent in a process of its own, got ${Object.keys(executors).join(', ')}`,
    );
  }
  return {
    hostname,
    process,
    executors,
    resources: readResources(options.resources ?? context.defaultResources, `${field}.resources`),
    attributes: readAttributes(options.attributes ?? '', `${field}.attributes`),
  };
}

function readResources(given: string | Resources, field: string): Resources {
  const resources = typeof given === 'string' ? parsed(field, () => Resources.parse(given)) : given;
  if (typeof resources?.names !== 'function') {
    throw new InvalidArgument(field, `expected a text such as "cpus:4;mem:2048", or Resources, got ${shown(given)}`);
  }
  if (resources.isEmpty) throw new InvalidArgument(field, 'expected at least one resource, got none');
  return resources;
}

function readAttributes(text: string, field: string): readonly Attribute[] {
  if (typeof text !== 'string') {
    throw new InvalidArgument(field, `expected a text such as "rack:r1;zone:a", got ${JSON.stringify(text)}`);
  }
  return parsed(field, () => parseAttributes(text));
}

function parsed<T>(field: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ParseError) throw new InvalidArgument(field, error.message, { cause: error });
    throw error;
  }
}

function freeHostname(others: readonly { readonly hostname: string }[]): string {
  for (let number = others.length + 1; ; number++) {
    const hostname = `agent-${number}`;
    if (!others.some((other) => other.hostname === hostname)) return hostname;
  }
}

const FIRST_PORT = 31_000;
const PORT_COUNT = 1_001;

/** An even part of the machine: at least one CPU, and ports that no other part has. */
export function machineShare(machine: Machine, part: { readonly index: number; readonly of: number }): Resources {
  const ports = Math.floor(PORT_COUNT / part.of);
  const begin = FIRST_PORT + part.index * ports;
  const amounts = Resources.scalars({
    cpus: Math.max(1, Math.floor((machine.cpus / part.of) * 1000) / 1000),
    mem: Math.floor(machine.memMb / part.of),
    disk: Math.floor(machine.diskMb / part.of),
  });
  return ports < 1 ? amounts : amounts.plus(Resources.parse(`ports:[${begin}-${begin + ports - 1}]`));
}
