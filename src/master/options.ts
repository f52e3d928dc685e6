import type { AgentOrder, AllocatorOptions, SorterName } from '../allocator/index.ts';
import { InvalidArgument, shown } from '../core/index.ts';
import { type Quantities, roleError } from '../resources/index.ts';
import type { Clock, Log, Random } from '../runtime/index.ts';
import type { Registry } from './registry.ts';
import type { MasterConfig } from './state.ts';

/** Times in milliseconds. */
export interface MasterOptions {
  readonly clock: Clock;
  /**
   * Source of the master's id and of the order in which agents are offered. Masters that follow one another on a
   * registry need different ones: the ids that they give out begin with their own.
   */
  readonly random: Random;
  /** What this master's successor will know, and what it knows of its predecessor. One of its own, in memory, if absent. */
  readonly registry?: Registry;
  /** Nothing is logged if absent. */
  readonly log?: Log;
  /** How it is shown to frameworks; `localhost` if absent. */
  readonly hostname?: string;
  /** Between two heartbeats on a scheduler's connection; 15,000 if absent. */
  readonly heartbeatIntervalMs?: number;
  /** Between two pings of an agent; 15,000 if absent. */
  readonly agentPingTimeoutMs?: number;
  /** How many pings in a row may go unanswered until an agent is unreachable; 5 if absent. */
  readonly maxAgentPingTimeouts?: number;
  /**
   * How long an agent may be disconnected until it is unreachable, pings or not, and how long the agents of an earlier
   * master have to come back; 600,000 if absent.
   */
  readonly agentReregisterTimeoutMs?: number;
  /** After how long an offer is rescinded; never if absent. */
  readonly offerTimeoutMs?: number;
  /** Between two allocations over all agents; 1,000 if absent. */
  readonly allocationIntervalMs?: number;
  /** One of these must be in an offer; `cpus:0.01` or `mem:32` if absent. */
  readonly minAllocatable?: readonly Quantities[];
  /** Beyond Mesos: how many offers one framework may get in one round; any number if absent. */
  readonly maxOffersPerRound?: number;
  /** Beyond Mesos: whether agents of which most is taken are offered first (`packing`) or last (`spreading`); `random` if absent. */
  readonly agentOrder?: AgentOrder;
  /** Whether the smallest share decides who is asked first (`drf`), or a draw by weight (`random`); `drf` if absent. */
  readonly sorter?: SorterName;
  /** By role, greater than 0; 1 for those not named. Ignored if there are weights in the registry. */
  readonly weights?: Readonly<Record<string, number>>;
  /** Names of hosts whose agents are offered; all if absent. `updateWhitelist` changes it. */
  readonly whitelist?: readonly string[];
  /** How many removed frameworks are remembered; 50 if absent. */
  readonly maxCompletedFrameworks?: number;
  /** 1,000 if absent. */
  readonly maxCompletedTasksPerFramework?: number;
  /** 1,000 if absent. */
  readonly maxUnreachableTasksPerFramework?: number;
  /** Checks everything after every turn, and throws an InvariantViolation; for tests. False if absent. */
  readonly checkInvariants?: boolean;
}

/** As many unreachable agents, and as many gone ones, are remembered. @see Mesos `--registry_max_agent_count` */
const REMOVED_AGENTS_MAX = 102_400;

/** Those options that are the allocator's own. */
export function allocatorOptions(options: MasterOptions): Partial<AllocatorOptions> {
  const { allocationIntervalMs, minAllocatable, maxOffersPerRound, agentOrder, sorter } = options;
  return {
    ...(allocationIntervalMs === undefined ? {} : { allocationIntervalMs }),
    ...(minAllocatable === undefined ? {} : { minAllocatable }),
    ...(maxOffersPerRound === undefined ? {} : { maxOffersPerRound }),
    ...(agentOrder === undefined ? {} : { agentOrder }),
    ...(sorter === undefined ? {} : { sorter }),
  };
}

/** Fills in what is absent. @throws InvalidArgument naming the option */
export function readConfig(options: MasterOptions): MasterConfig {
  return {
    heartbeatIntervalMs: duration(options, 'heartbeatIntervalMs', 15_000),
    agentPingTimeoutMs: duration(options, 'agentPingTimeoutMs', 15_000),
    maxAgentPingTimeouts: count(options, 'maxAgentPingTimeouts', { absent: 5, least: 1 }),
    agentReregisterTimeoutMs: duration(options, 'agentReregisterTimeoutMs', 600_000),
    offerTimeoutMs: options.offerTimeoutMs === undefined ? undefined : duration(options, 'offerTimeoutMs', 0),
    maxCompletedFrameworks: count(options, 'maxCompletedFrameworks', { absent: 50, least: 0 }),
    maxCompletedTasksPerFramework: count(options, 'maxCompletedTasksPerFramework', { absent: 1000, least: 0 }),
    maxUnreachableTasksPerFramework: count(options, 'maxUnreachableTasksPerFramework', { absent: 1000, least: 0 }),
    maxRemovedAgents: REMOVED_AGENTS_MAX,
  };
}

type NumberOption = {
  [Name in keyof MasterOptions]-?: MasterOptions[Name] extends number | undefined ? Name : never;
}[keyof MasterOptions];

function duration(options: MasterOptions, field: NumberOption, absent: number): number {
  const value = options[field] ?? absent;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgument(field, `expected milliseconds, finite and greater than 0, got ${value}`);
}

function count(
  options: MasterOptions,
  field: NumberOption,
  bounds: { readonly absent: number; readonly least: number },
): number {
  const value = options[field] ?? bounds.absent;
  if (Number.isInteger(value) && value >= bounds.least) return value;
  throw new InvalidArgument(field, `expected a whole number of ${bounds.least} or more, got ${value}`);
}

/** @throws InvalidArgument naming what is no host name */
export function checkWhitelist(hostnames: readonly string[] | undefined): void {
  if (hostnames === undefined) return;
  if (!Array.isArray(hostnames)) {
    throw new InvalidArgument('whitelist', `expected a list of host names, got ${shown(hostnames)}`);
  }
  const stranger = hostnames.findIndex((hostname) => typeof hostname !== 'string' || hostname === '');
  if (stranger < 0) return;
  throw new InvalidArgument(`whitelist[${stranger}]`, `expected a host name, got ${shown(hostnames[stranger])}`);
}

/** @throws InvalidArgument naming the role */
export function checkWeights(weights: Readonly<Record<string, number>>): void {
  for (const [role, weight] of Object.entries(weights)) {
    const error = roleError(role);
    if (error !== undefined) throw new InvalidArgument('weights', error);
    if (typeof weight !== 'number' || !Number.isFinite(weight) || weight <= 0) {
      throw new InvalidArgument(`weights.${role}`, `expected a finite number greater than 0, got ${weight}`);
    }
  }
}
