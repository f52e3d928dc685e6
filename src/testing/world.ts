import { type AgentId, entriesByName, FrameworkId, type TaskId } from '../core/index.ts';
import { createMaster, type Master, type MasterOptions } from '../master/index.ts';
import type { AgentEndpoint, SchedulerCall, SchedulerEndpoint, SchedulerEvent } from '../protocol/index.ts';
import { type Log, type Random, seededRandom } from '../runtime/index.ts';
import type { TaskInfo, TaskStatus } from '../tasks/index.ts';
import { TaskLedger } from './checkers-ledger.ts';
import { misreported, overcommitted } from './checkers-machine.ts';
import type { FaultKind } from './fault-plan.ts';
import type { SimulatedContainer } from './machine.ts';
import { SimulatedProcess, type WallClock } from './machine-process.ts';
import { type CallFault, Client, type Direction, type Message, Network } from './network.ts';
import type { SimulatedAgent, SimulationOptions } from './simulate-options.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { ruleOf, type SimulationRule } from './simulation-rule.ts';
import { Trace } from './trace.ts';
import { messageText, UUID_PREFIX } from './trace-text.ts';
import { AgentHost } from './world-agent.ts';
import { FrameworkHost } from './world-framework.ts';
import { type RegistryWriteFault, SimulatedRegistry } from './world-registry.ts';

const WRITE_FAULTS: Readonly<Record<RegistryWriteFault, string>> = {
  failRegistryWrite: 'a write fails',
  unconfirmRegistryWrite: 'a write is carried out, and is said to have failed',
  crashMasterAtWrite: 'the master dies as soon as a write is carried out; another one starts in 5 s',
};

/** A task ends within its grace period, if its agent is told so and nothing is in the way. */
const KILL_MS_MAX = 60_000;

/** What broke a run. */
export interface Breach {
  readonly violation: string;
  readonly cause: unknown;
  readonly rule: SimulationRule;
}

/** All that is simulated, and what is known of it from outside. */
export class World {
  readonly clock: SimulatedClock;
  readonly trace: Trace;
  readonly network: Network;
  readonly ledger: TaskLedger = new TaskLedger();
  readonly random: Random;
  readonly checks: boolean;
  readonly frameworks: FrameworkHost[] = [];
  readonly agents: AgentHost[] = [];
  readonly masterWall: WallClock = { offsetMs: 0 };
  readonly faults: Partial<Record<FaultKind, number>> = {};
  readonly #options: SimulationOptions;
  readonly #clients: Client[] = [];
  readonly #hosts = new Map<AgentId, string>();
  /** By host name. */
  readonly #agentHosts = new Map<string, AgentHost>();
  /** By name. */
  readonly #frameworkHosts = new Map<string, FrameworkHost>();
  readonly #taskInfos = new Map<string, TaskInfo>();
  /** By framework id: whose it is. */
  readonly #owners = new Map<FrameworkId, { readonly name: string; readonly incarnation: number }>();
  /** What is still to be repaired, in order. */
  readonly #repairs = new Map<() => void, Disposable>();
  readonly registry: SimulatedRegistry;
  #master: Master | undefined;
  #masterProcess: SimulatedProcess | undefined;
  #masters = 0;
  #messages = 0;
  #launches = 0;
  breach: Breach | undefined;
  /** Nothing is broken, everybody is connected: there is no reason to connect anew. */
  isAtPeace = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.clock = options.clock ?? new SimulatedClock();
    this.checks = options.check ?? true;
    this.random = seededRandom(options.seed);
    this.trace = new Trace({
      kept: options.trace === true ? 'all' : options.trace === 'none' ? 'none' : 'last',
      nowMs: () => this.clock.monotonicMs(),
      onLine: options.onTrace,
    });
    this.network = new Network({
      clock: this.clock,
      random: this.random.stream('network'),
      hooks: {
        onSent: (client, message) => this.#sent(client, message),
        onDelivered: (client, direction, message) => {
          this.#messages += 1;
          this.#delivered(client, message);
          this.#traceMessage(client, direction, message);
        },
        onFault: (client, fault, message) =>
          this.faultHappened(fault, client.name, `${CALL_FAULTS[fault]}: ${this.#textOf(message)}`),
        onLost: (client, message) =>
          this.trace.add(client.name, `does not get through the partition: ${this.#textOf(message)}`),
        onEvent: (client, text) => this.trace.add(client.name, text),
      },
    });
    this.registry = new SimulatedRegistry({
      clock: this.clock,
      random: this.random.stream('registry'),
      onFault: (fault) => this.faultHappened(fault, 'registry', WRITE_FAULTS[fault]),
    });
    this.startMaster();
    for (const plan of agentPlans(options.agents)) this.addAgent(plan);
    for (const plan of options.frameworks) {
      const host = new FrameworkHost(this, plan, this.random.stream(`framework ${plan.name}`));
      this.frameworks.push(host);
      this.#frameworkHosts.set(host.name, host);
    }
    for (const host of [...this.agents, ...this.frameworks]) host.start();
  }

  get master(): Master | undefined {
    return this.#master;
  }

  get counts(): { readonly messages: number; readonly launches: number } {
    return { messages: this.#messages, launches: this.#launches };
  }

  /** Something that must never be: the run stops after this step. */
  fail(violation: string, cause?: unknown, rule: SimulationRule = ruleOf(violation)): void {
    this.breach ??= { violation, cause, rule };
  }

  startMaster(): void {
    if (this.#master !== undefined) return;
    this.#masters += 1;
    const process = new SimulatedProcess(this.clock, this.masterWall);
    const weights: Record<string, number> = {};
    for (const { role = '*', weight } of this.#options.frameworks) if (weight !== undefined) weights[role] = weight;
    const options: MasterOptions = {
      offerTimeoutMs: 120_000,
      weights,
      ...this.#options.master,
      clock: process,
      random: this.random.stream(`master ${this.#masters}`),
      log: this.logOf('master'),
      registry: this.registry.heardBy(process, () => this.#crashAtWrite(process)),
      checkInvariants: this.checks,
    };
    this.#masterProcess = process;
    this.#master = createMaster(options);
    this.network.server = { process };
    this.trace.add('master', 'starts');
  }

  crashMaster(): void {
    this.#masterProcess?.kill();
    this.#master = undefined;
    if (this.network.server !== undefined) this.network.serverDied(this.network.server, this.#clients);
  }

  /** A master that is not the current one any more may be meant: that dies when its time is over. */
  #crashAtWrite(process: SimulatedProcess): void {
    if (process !== this.#masterProcess) return;
    this.crashMaster();
    this.later(5_000, () => this.startMaster());
  }

  /** Another master takes over, while the one that was it lives on for a while, with those that are connected to it. */
  splitMaster(forMs: number): void {
    const { server } = this.network;
    if (server === undefined) return;
    this.#master = undefined;
    this.startMaster();
    this.later(forMs, () => {
      this.trace.add('master', 'the old one dies');
      server.process.kill();
      this.network.serverDied(server, this.#clients);
    });
  }

  /** An operator tells the master of all machines that will never be seen again, as far as it knows them and is not told yet. */
  giveUpLost(): void {
    const state = this.#master?.state();
    if (state === undefined) return;
    const known = new Set([...state.agents, ...state.recoveredAgents, ...state.unreachableAgents].map(({ id }) => id));
    for (const { isLost, agentId } of this.agents) {
      if (isLost && agentId !== undefined && known.has(agentId)) this.#master?.markAgentGone(agentId);
    }
  }

  addAgent(plan: SimulatedAgent & { readonly hostname: string }): AgentHost {
    const host = new AgentHost(this, plan, this.random.stream(`agent ${plan.hostname}`));
    this.agents.push(host);
    this.#agentHosts.set(host.hostname, host);
    return host;
  }

  client(name: string, process: SimulatedProcess): Client {
    const client = new Client(name, process);
    this.#clients.push(client);
    return client;
  }

  get clients(): readonly Client[] {
    return this.#clients;
  }

  /** The master, as a client reaches it. */
  endpointFor(client: Client): { readonly agents: AgentEndpoint; readonly schedulers: SchedulerEndpoint } {
    return {
      agents: {
        connect: (handlers) => {
          this.#dialled(client);
          return this.network.dial(client, handlers, (inner) => this.#reached().agents.connect(inner));
        },
      },
      schedulers: {
        connect: (subscribe, handlers) => {
          this.#dialled(client);
          return this.network.dial<SchedulerCall, SchedulerEvent>(client, handlers, (inner) => {
            this.trace.add(
              `${client.name} -> master`,
              subscribe.frameworkInfo.id === undefined ? 'SUBSCRIBE' : 'SUBSCRIBE again',
            );
            return this.#reached().schedulers.connect(subscribe, inner);
          });
        },
      },
    };
  }

  #dialled(client: Client): void {
    if (this.isAtPeace) this.fail(`L1: ${client.name} connects anew, and nothing is wrong`);
  }

  #reached(): Master {
    const master = this.#master;
    if (master === undefined) throw new TypeError('Expected a master that lives, got none');
    return master;
  }

  /** What somebody logs that may have to do with trouble is part of the story. */
  logOf(name: string): Log {
    return {
      log: (level, message, fields = {}) => {
        if (level !== 'warn' && level !== 'error') return;
        const details = entriesByName(fields).map(([key, value]) => `${key}: ${String(value)}`);
        this.trace.add(name, [message, ...details].join('; ').replace(UUID_PREFIX, ''));
      },
    };
  }

  hostOf(agentId: AgentId): string {
    return this.#hosts.get(agentId) ?? agentId;
  }

  taskInfo(key: string): TaskInfo | undefined {
    return this.#taskInfos.get(key);
  }

  owner(frameworkId: FrameworkId): { readonly name: string; readonly incarnation: number } | undefined {
    return this.#owners.get(frameworkId);
  }

  faultHappened(kind: FaultKind, target: string, text: string): void {
    this.faults[kind] = (this.faults[kind] ?? 0) + 1;
    this.trace.add(target, `!! ${kind}: ${text}`);
  }

  launched(launch: Parameters<TaskLedger['launched']>[0]): void {
    this.#launches += 1;
    for (const violation of this.ledger.launched(launch)) this.fail(violation, undefined, 'scheduler');
  }

  told(news: { readonly framework: string; readonly incarnation: number; readonly status: TaskStatus }): void {
    const { framework, incarnation, status } = news;
    const entry = this.ledger.get(framework, incarnation, status.taskId);
    if (entry === undefined) {
      this.fail(
        `T2: framework ${framework} is told ${status.state} of task ${status.taskId}, which it has not launched`,
      );
      return;
    }
    for (const violation of this.ledger.told(entry, status)) this.fail(violation);
  }

  containerLaunched(host: AgentHost, container: SimulatedContainer): void {
    const violation = overcommitted(host, container, (key) => this.#liveTask(key));
    if (violation !== undefined) this.fail(violation);
  }

  /** An agent keeps nothing of a task any more. */
  taskForgotten(taskKey: string): void {
    const owner = this.#owners.get(frameworkOf(taskKey));
    const taskId = this.#liveTask(taskKey)?.taskId;
    if (owner === undefined || taskId === undefined) return;
    const entry = this.ledger.get(owner.name, owner.incarnation, taskId);
    if (entry !== undefined) for (const violation of this.ledger.forgotten(entry)) this.fail(violation);
  }

  /** A task of a framework that the master has not let go: what is to be killed may still hold what is given to others. */
  #liveTask(key: string): TaskInfo | undefined {
    const owner = this.#owners.get(frameworkOf(key));
    const host = owner === undefined ? undefined : this.#frameworkHosts.get(owner.name);
    const isCurrent =
      host !== undefined && !host.isDone && host.isFinished !== true && host.incarnation === owner?.incarnation;
    return isCurrent ? this.#taskInfos.get(key) : undefined;
  }

  /** Does something later, or at once when everything is repaired. */
  later(delayMs: number, action: () => void): void {
    const repair = (): void => {
      this.#repairs.delete(repair);
      action();
    };
    this.#repairs.set(repair, this.clock.schedule(delayMs, repair));
  }

  /** Everything that is broken is repaired, now. */
  repairAll(): void {
    while (this.#repairs.size > 0) {
      for (const [repair, timer] of [...this.#repairs]) {
        timer[Symbol.dispose]();
        repair();
      }
    }
    for (const host of this.agents) {
      host.disk.repair();
      host.writeMs = 0;
      host.client.armed.length = 0;
    }
    for (const { client } of this.frameworks) client.armed.length = 0;
    this.registry.repair();
  }

  #sent(client: Client, message: Message): void {
    if (message.type === 'acknowledge') {
      const host = this.frameworks.find(({ name }) => name === client.name);
      if (host !== undefined)
        this.ledger.get(host.name, host.incarnation, message.taskId)?.acknowledged.add(message.uuid);
    }
    if (message.type !== 'statusUpdate') return;
    const owner = this.#owners.get(message.frameworkId);
    if (owner === undefined) return;
    const entry = this.ledger.get(owner.name, owner.incarnation, message.status.taskId);
    const host = this.#agentHosts.get(client.name);
    const taskKey = `${message.frameworkId}/${message.status.taskId}`;
    const misreport = host === undefined ? undefined : misreported(host, { taskKey, status: message.status });
    if (misreport !== undefined) this.fail(misreport);
    if (entry !== undefined)
      for (const violation of this.ledger.made(entry, message.status, client.process)) this.fail(violation);
    else this.fail(`T2: ${client.name} reports task ${message.status.taskId}, which nobody has launched`);
  }

  #delivered(client: Client, message: Message): void {
    switch (message.type) {
      case 'agentRegistered':
      case 'agentReregistered': {
        this.#hosts.set(message.agentId, client.name);
        const host = this.#agentHosts.get(client.name);
        if (host !== undefined) host.agentId = message.agentId;
        if (this.checks && !this.registry.knows(message.agentId)) {
          this.fail(`R2: agent ${client.name} is told that it is registered, and the registry does not have it`);
        }
        return;
      }
      case 'subscribed': {
        const host = this.#frameworkHosts.get(client.name);
        if (host !== undefined)
          this.#owners.set(message.frameworkId, { name: host.name, incarnation: host.incarnation });
        return;
      }
      case 'killTask':
        this.#mustEnd(client, `${message.frameworkId}/${message.taskId}`);
        return;
      case 'runTask':
        this.#taskInfos.set(`${message.frameworkInfo.id}/${message.task.taskId}`, message.task);
        return;
      case 'runTaskGroup':
        for (const task of message.tasks) this.#taskInfos.set(`${message.frameworkInfo.id}/${task.taskId}`, task);
        return;
      default:
    }
  }

  #textOf(message: Message): string {
    return messageText(message, (agentId) => this.hostOf(agentId)) ?? message.type.toUpperCase();
  }

  /** An agent that lives on, and is not held up, has ended by then what it was told to end. */
  #mustEnd(client: Client, taskKey: string): void {
    const { process } = client;
    this.clock.schedule(KILL_MS_MAX, () => {
      const host = this.#agentHosts.get(client.name);
      if (host === undefined || host.client.process !== process || !process.isAlive || host.writeMs > 0) return;
      if (process.readyAtMs > this.clock.monotonicMs()) return;
      const isThere = host.machine.running().some((container) => container.taskKey === taskKey);
      const taskId = taskKey.slice(taskKey.indexOf('/') + 1);
      if (isThere) this.fail(`L1: task ${taskId} on ${host.hostname} was told to end long ago, and runs`);
    });
  }

  #traceMessage(client: Client, direction: Direction, message: Message): void {
    if (!this.trace.isKept) return;
    const text = messageText(message, (agentId) => this.hostOf(agentId));
    if (text === undefined) return;
    this.trace.add(direction === 'up' ? `${client.name} -> master` : `master -> ${client.name}`, text);
  }

  /** A task of the ledger, by what a machine knows of it. */
  taskOf(
    container: SimulatedContainer,
  ): { readonly name: string; readonly incarnation: number; readonly taskId: TaskId } | undefined {
    const owner = this.#owners.get(frameworkOf(container.taskKey));
    const task = this.#taskInfos.get(container.taskKey);
    return owner === undefined || task === undefined ? undefined : { ...owner, taskId: task.taskId };
  }
}

const CALL_FAULTS: Readonly<Record<CallFault, string>> = {
  loseMessage: 'gets lost',
  delayMessage: 'takes its time',
  duplicateMessage: 'arrives twice',
};

function agentPlans(agents: SimulationOptions['agents']): readonly (SimulatedAgent & { readonly hostname: string })[] {
  const plans: readonly SimulatedAgent[] =
    typeof agents === 'number' ? Array.from({ length: agents }, () => ({})) : agents;
  return plans.map((plan, index) => ({ ...plan, hostname: plan.hostname ?? `a${index + 1}` }));
}

function frameworkOf(taskKey: string): FrameworkId {
  return FrameworkId(taskKey.slice(0, taskKey.indexOf('/')));
}
