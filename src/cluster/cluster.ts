import type { Observable } from 'rxjs';
import { holdLifeline, type Lifeline } from '../agent/containerizers/index.ts';
import { ClosedError, type FrameworkId, InvalidArgument } from '../core/index.ts';
import {
  createMaster,
  type MaintenanceWindow,
  type Master,
  type MasterEvent,
  type MasterSnapshot,
  type QuotaConfig,
  type QuotaUpdateOptions,
} from '../master/index.ts';
import type { SchedulerEndpoint } from '../protocol/index.ts';
import { silentLog } from '../runtime/index.ts';
import {
  absolutePath,
  detectMachine,
  makeTemporaryFolder,
  nodeClock,
  nodeRandom,
  removeFolder,
} from '../runtime/node/index.ts';
import type { TaskStatus } from '../tasks/index.ts';
import { connect, type Driver, type DriverOptions, type FrameworkOptions } from '../scheduler/index.ts';
import type { ClusterAgent, Member } from './member.ts';
import {
  type AgentOptions,
  type AgentPlan,
  type ClusterOptions,
  checkClusterOptions,
  machineShare,
  planAgent,
  planAgents,
} from './options.ts';
import { startOwnProcessAgent } from './own-process-agent.ts';
import { findSandbox } from './sandbox.ts';
import { type AgentSurroundings, startSharedAgent } from './shared-agent.ts';

/** A master and its agents in this process: see {@link createCluster}. */
export interface Cluster extends AsyncDisposable {
  /**
   * Where frameworks connect; `connect(cluster, …)` of `altiplano/scheduler` takes the cluster itself.
   *
   * @throws ClosedError once it is closed
   */
  readonly schedulers: SchedulerEndpoint;
  readonly agents: readonly ClusterAgent[];
  /** Absolute path; each agent has a folder in it, named like the agent. */
  readonly workDir: string;
  /** Every change of the master's state, as it happens. Completes when the cluster is closed. */
  readonly events$: Observable<MasterEvent>;
  /** Agents, frameworks, tasks and offers as they stand. */
  state(): MasterSnapshot;
  /** Subscribes a framework; its driver is closed with the cluster. */
  connect(framework: FrameworkOptions, options?: DriverOptions): Driver;
  /** Resolves once the agent has registered. @throws InvalidArgument naming the field at fault */
  addAgent(options?: AgentOptions): Promise<ClusterAgent>;
  /**
   * Kills the agent's tasks and takes it out. If it cannot be told to (its process is down and does not start again) it
   * stays.
   *
   * @param agent its id or host name
   * @throws InvalidArgument if unknown
   */
  removeAgent(agent: string): Promise<void>;
  /**
   * The folder that a task of this framework ran in, with the files `stdout` and `stderr`; `undefined` if there is none
   * (any more), or if the status says neither agent nor container, as those that the master makes.
   *
   * @param framework its driver, or anything that has its id
   */
  sandboxOf(framework: { readonly frameworkId: FrameworkId | undefined }, status: TaskStatus): string | undefined;
  /** Ends a framework and its tasks for good, also one whose scheduler is gone. @throws InvalidArgument if unknown */
  teardown(frameworkId: FrameworkId): void;
  /** Sets the weights of roles. @throws InvalidArgument on a weight that is not above 0 */
  updateWeights(weights: Readonly<Record<string, number>>): void;
  /** Sets the quotas of top-level roles; as the method of the same name of a master. @throws InvalidArgument */
  updateQuota(configs: readonly QuotaConfig[], options?: QuotaUpdateOptions): void;
  /** Which hosts are offered from now on; `undefined`: all. @throws InvalidArgument on what is no host name */
  updateWhitelist(hostnames: readonly string[] | undefined): void;
  /** Replaces the maintenance schedule; as the methods of the same names of a master. @throws InvalidArgument */
  updateMaintenanceSchedule(windows: readonly MaintenanceWindow[]): void;
  startMaintenance(hostnames: readonly string[]): void;
  stopMaintenance(hostnames: readonly string[]): void;
  /**
   * Ends everything: frameworks, tasks, agents, master; agents that are being added or removed as well. With `keepTasks`,
   * tasks of checkpointing frameworks go on, and a cluster created on the same `workDir` takes them up; not in a
   * temporary folder, where no task outlives its cluster. Closing twice is fine. Rejects, with everything else closed,
   * if an agent could not be started to end its tasks.
   */
  close(options?: { readonly keepTasks?: boolean }): Promise<void>;
}

/**
 * Starts a master and its agents in this process. Resolves once all agents have registered. The process
 * lives until the cluster is closed, and `await using` does not close it on Ctrl-C: for an end in order, also
 * `process.once('SIGINT', () => void cluster.close())`.
 *
 * @throws InvalidArgument naming the option at fault
 * @example
 * await using cluster = await createCluster({ agents: 3 });
 * const driver = cluster.connect({ name: 'hello' });
 */
export async function createCluster(options: ClusterOptions = {}): Promise<Cluster> {
  checkClusterOptions(options);
  const machine = detectMachine();
  const plans = planAgents(options.agents, machine);
  const { clock = nodeClock, random = nodeRandom, log = silentLog, checkInvariants = false } = options;
  const master = createMaster({
    ...masterOptions(options),
    clock,
    random: random.stream('master'),
    log,
    checkInvariants,
  });
  const workDir = options.workDir === undefined ? makeTemporaryFolder('altiplano-') : absolutePath(options.workDir);
  const surroundings = (plan: AgentPlan): AgentSurroundings => ({
    endpoint: master.agents,
    workDir: `${workDir}/${plan.hostname}`,
    clock,
    random: random.stream(`agent ${plan.hostname}`),
    log,
    checkInvariants,
    ...(options.gcDelayMs === undefined ? {} : { gcDelayMs: options.gcDelayMs }),
  });
  const cluster = new EmbeddedCluster(master, workDir, {
    removeWorkDir: !(options.keepWorkDir ?? options.workDir !== undefined),
    // Tasks in a folder that nobody knows the name of are of no use to a later cluster.
    lifeline: options.workDir === undefined && options.keepWorkDir !== true ? holdLifeline(workDir) : undefined,
    start: (plan) => (plan.process === 'own' ? startOwnProcessAgent : startSharedAgent)(plan, surroundings(plan)),
    plan: (agent, others) =>
      planAgent(agent, { field: 'agent', others, defaultResources: machineShare(machine, { index: 0, of: 1 }) }),
    driverDefaults: { clock, random: random.stream('drivers'), log },
  });
  try {
    await Promise.all(plans.map((plan) => cluster.start(plan)));
  } catch (error) {
    // What an earlier cluster has left in a folder of its own is not this one's to end.
    await cluster.close({ keepTasks: options.workDir !== undefined });
    throw error;
  }
  return cluster;
}

function masterOptions(options: ClusterOptions): Partial<Parameters<typeof createMaster>[0]> {
  const { weights, allocationIntervalMs, offerTimeoutMs, agentPingTimeoutMs } = options;
  const { maxAgentPingTimeouts, agentReregisterTimeoutMs, minAllocatable } = options;
  const { maxOffersPerRound, agentOrder, sorter } = options;
  return {
    ...(weights === undefined ? {} : { weights }),
    ...(allocationIntervalMs === undefined ? {} : { allocationIntervalMs }),
    ...(offerTimeoutMs === undefined ? {} : { offerTimeoutMs }),
    ...(agentPingTimeoutMs === undefined ? {} : { agentPingTimeoutMs }),
    ...(maxAgentPingTimeouts === undefined ? {} : { maxAgentPingTimeouts }),
    ...(agentReregisterTimeoutMs === undefined ? {} : { agentReregisterTimeoutMs }),
    ...(minAllocatable === undefined ? {} : { minAllocatable }),
    ...(maxOffersPerRound === undefined ? {} : { maxOffersPerRound }),
    ...(agentOrder === undefined ? {} : { agentOrder }),
    ...(sorter === undefined ? {} : { sorter }),
  };
}

interface EmbeddedOptions {
  readonly removeWorkDir: boolean;
  readonly lifeline: Lifeline | undefined;
  readonly driverDefaults: DriverOptions;
  start(plan: AgentPlan): Promise<Member>;
  plan(options: AgentOptions, others: readonly { readonly hostname: string }[]): AgentPlan;
}

class EmbeddedCluster implements Cluster {
  readonly #master: Master;
  readonly #options: EmbeddedOptions;
  readonly #members: Member[] = [];
  /** Host names that are taken: of members, and of those about to be. */
  readonly #hostnames: { readonly hostname: string }[] = [];
  /** Those that have not ended. */
  readonly #drivers = new Set<Driver>();
  /** Agents on their way in or out: until that is over nobody else ends them. */
  readonly #moves = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;
  readonly workDir: string;

  constructor(master: Master, workDir: string, options: EmbeddedOptions) {
    this.#master = master;
    this.workDir = workDir;
    this.#options = options;
  }

  get schedulers(): SchedulerEndpoint {
    this.#assertOpen('schedulers');
    return this.#master.schedulers;
  }

  get agents(): readonly ClusterAgent[] {
    return [...this.#members];
  }

  get events$(): Observable<MasterEvent> {
    return this.#master.events$;
  }

  state(): MasterSnapshot {
    return this.#master.state();
  }

  connect(framework: FrameworkOptions, options?: DriverOptions): Driver {
    this.#assertOpen('connect');
    const driver = connect(this, framework, { ...this.#options.driverDefaults, ...options });
    this.#drivers.add(driver);
    const forget = (): void => void this.#drivers.delete(driver);
    driver.ended().then(forget, forget);
    return driver;
  }

  async addAgent(options: AgentOptions = {}): Promise<ClusterAgent> {
    this.#assertOpen('addAgent');
    return this.start(this.#options.plan(options, this.#hostnames));
  }

  start(plan: AgentPlan): Promise<Member> {
    this.#hostnames.push(plan);
    return this.#move(this.#start(plan));
  }

  async #start(plan: AgentPlan): Promise<Member> {
    try {
      const member = await this.#options.start(plan);
      this.#members.push(member);
      return member;
    } catch (error) {
      this.#forget(plan.hostname);
      throw error;
    }
  }

  async removeAgent(agent: string): Promise<void> {
    this.#assertOpen('removeAgent');
    const index = this.#members.findIndex((member) => member.id === agent || member.hostname === agent);
    const [member] = index < 0 ? [] : this.#members.splice(index, 1);
    if (member === undefined) {
      const known = this.#members.map((each) => `${each.hostname} (${each.id})`).join(', ');
      throw new InvalidArgument('agent', `expected one of ${known || 'no agents'}, got ${JSON.stringify(agent)}`);
    }
    await this.#move(this.#remove(member));
  }

  async #remove(member: Member): Promise<void> {
    try {
      await member.shutdown();
    } catch (error) {
      this.#members.push(member);
      throw error;
    }
    this.#forget(member.hostname);
  }

  #move<Result>(move: Promise<Result>): Promise<Result> {
    this.#moves.add(move);
    const over = (): void => void this.#moves.delete(move);
    move.then(over, over);
    return move;
  }

  sandboxOf(framework: { readonly frameworkId: FrameworkId | undefined }, status: TaskStatus): string | undefined {
    const { frameworkId } = framework;
    const member = this.#members.find(({ id }) => id === status.agentId);
    if (member === undefined || frameworkId === undefined) return undefined;
    return findSandbox(`${this.workDir}/${member.hostname}`, frameworkId, status);
  }

  teardown(frameworkId: FrameworkId): void {
    this.#assertOpen('teardown');
    this.#master.teardown(frameworkId);
  }

  updateWeights(weights: Readonly<Record<string, number>>): void {
    this.#assertOpen('updateWeights');
    this.#master.updateWeights(weights);
  }

  updateQuota(configs: readonly QuotaConfig[], options: QuotaUpdateOptions = {}): void {
    this.#assertOpen('updateQuota');
    this.#master.updateQuota(configs, options);
  }

  updateWhitelist(hostnames: readonly string[] | undefined): void {
    this.#assertOpen('updateWhitelist');
    this.#master.updateWhitelist(hostnames);
  }

  updateMaintenanceSchedule(windows: readonly MaintenanceWindow[]): void {
    this.#assertOpen('updateMaintenanceSchedule');
    this.#master.updateMaintenanceSchedule(windows);
  }

  startMaintenance(hostnames: readonly string[]): void {
    this.#assertOpen('startMaintenance');
    this.#master.startMaintenance(hostnames);
  }

  stopMaintenance(hostnames: readonly string[]): void {
    this.#assertOpen('stopMaintenance');
    this.#master.stopMaintenance(hostnames);
  }

  close(options: { readonly keepTasks?: boolean } = {}): Promise<void> {
    this.#closing ??= this.#close(options.keepTasks ?? false);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(keepTasks: boolean): Promise<void> {
    await Promise.all([...this.#drivers].map((driver) => driver.close()));
    await Promise.allSettled(this.#moves);
    const ends = await Promise.allSettled(
      this.#members.map((member) => (keepTasks ? member.detach() : member.shutdown())),
    );
    await this.#master.close();
    this.#options.lifeline?.release();
    const failed = ends.find((end) => end.status === 'rejected');
    // Without its records nobody would find what still runs.
    if (this.#options.removeWorkDir && !keepTasks && failed === undefined) await removeFolder(this.workDir);
    if (failed !== undefined) throw failed.reason;
  }

  #forget(hostname: string): void {
    const index = this.#hostnames.findIndex((each) => each.hostname === hostname);
    if (index >= 0) this.#hostnames.splice(index, 1);
  }

  #assertOpen(call: string): void {
    if (this.#closing !== undefined) throw new ClosedError(`Expected an open cluster for ${call}, got a closed one`);
  }
}
