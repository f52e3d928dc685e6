import { ExecutorId, OfferId, TaskId, unreachable } from '../../src/core/index.ts';
import { createMemoryRegistry, type QuotaConfig, type RegistryFault } from '../../src/master/index.ts';
import type { Offer, OfferOperation } from '../../src/offers/index.ts';
import { frameworkRoles, hasCapability } from '../../src/protocol/index.ts';
import { type Resource, Resources, reservationRole } from '../../src/resources/index.ts';
import { type ExecutorInfo, isTerminal, type Task, type TaskInfo, type TaskState } from '../../src/tasks/index.ts';
import type { FakeAgent } from '../support/fake-agent.ts';
import { FakeScheduler } from '../support/fake-scheduler.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { createHarness, type Harness } from '../support/master-harness.ts';

/** One thing that happens. Numbers pick, modulo what there is to pick from; when there is nothing, nothing happens. */
export type Step =
  | { readonly do: 'launch'; readonly at: number; readonly size: number; readonly count: number; readonly under: Under }
  | { readonly do: 'acceptStale'; readonly at: number }
  | { readonly do: 'decline'; readonly at: number; readonly refuseMs: number }
  | {
      readonly do: 'operate';
      readonly at: number;
      readonly operation: 'RESERVE' | 'UNRESERVE' | 'CREATE' | 'DESTROY';
      readonly company: Company;
    }
  | { readonly do: 'update'; readonly at: number; readonly state: TaskState }
  | { readonly do: 'misreport'; readonly at: number }
  | { readonly do: 'acknowledge'; readonly at: number }
  | { readonly do: 'acknowledgeAll'; readonly at: number }
  | { readonly do: 'kill'; readonly at: number }
  | { readonly do: 'reconcile'; readonly at: number }
  | { readonly do: 'suppress' | 'revive' | 'changeRoles' | 'teardown'; readonly at: number }
  | { readonly do: 'loseScheduler' | 'connectScheduler'; readonly at: number }
  | { readonly do: 'loseAgent' | 'connectAgent' | 'muteAgent' | 'retry'; readonly at: number }
  | { readonly do: 'forgetTask'; readonly at: number }
  | { readonly do: 'markGone' | 'removeAgent' | 'unregister'; readonly at: number }
  | { readonly do: 'weigh' | 'limit'; readonly at: number }
  | { readonly do: 'failover' | 'troubleRegistry'; readonly at: number }
  | { readonly do: 'advance'; readonly ms: number };

/** `none`: a command task. `shared`: an IN_PROCESS executor that others use too. */
export type Under = 'none' | 'shared' | 'group';

/**
 * What an operation shares its ACCEPT with: a launch before it, or one after it that uses what it makes, itself once
 * more, its opposite, or its opposite while what it makes is used.
 */
export type Company = 'nothing' | 'launchBefore' | 'launchAfter' | 'again' | 'undone' | 'undoneInUse';

const AGENTS = 3;
const ROLES = ['eng', 'ops', 'eng/web'];
const QUOTAS: readonly QuotaConfig[] = [
  { role: 'eng' },
  { role: 'eng', limits: { cpus: 3 } },
  { role: 'eng', guarantees: { cpus: 2, mem: 256 }, limits: { cpus: 5, mem: 1_024 } },
  { role: 'ops', limits: { cpus: 2, mem: 512 } },
  { role: 'ops', guarantees: { cpus: 1 } },
  { role: 'ops' },
];
const CAPABILITIES = ['MULTI_ROLE', 'PARTITION_AWARE', 'RESERVATION_REFINEMENT', 'SHARED_RESOURCES'] as const;

/** How often the world came to what is rare. */
export interface Tally {
  /** Tasks of one agent that use one shared volume, at most. */
  sharers: number;
  /** Checks that found a reservation of a reservation. */
  refined: number;
  /** Impossible states that agents reported. */
  impossible: number;
}

/**
 * A real master with fake agents and three fake frameworks: one is neither PARTITION_AWARE nor checkpointing, and takes
 * no shared volumes; one has a role below the role of another, for refined reservations.
 */
export class World {
  readonly harness: Harness;
  readonly agents: FakeAgent[] = [];
  readonly schedulers: FakeScheduler[] = [];
  readonly tally: Tally = { sharers: 0, refined: 0, impossible: 0 };
  readonly #staleOffers: Offer[] = [];
  /** Persistence ids of volumes that were created and destroyed in one ACCEPT. */
  readonly #undone = new Set<string>();
  #names = 0;
  #registryLatencyMs = 0;
  #registryFaults: RegistryFault[] = [];

  constructor() {
    const clock = createManualClock();
    this.harness = createHarness({
      clock,
      registry: createMemoryRegistry({
        clock,
        latencyMs: () => this.#registryLatencyMs,
        failure: () => this.#registryFaults.shift(),
      }),
      allocationIntervalMs: 2_000,
      offerTimeoutMs: 30_000,
      agentReregisterTimeoutMs: 40_000,
      maxCompletedTasksPerFramework: 5,
      maxUnreachableTasksPerFramework: 5,
    });
    for (let index = 0; index < AGENTS; index++) this.agents.push(this.#newAgent());
    for (let index = 0; index < 3; index++) this.schedulers.push(this.#newScheduler(index));
  }

  take(step: Step): void {
    switch (step.do) {
      case 'launch':
        return this.#launch(step);
      case 'acceptStale': {
        const offer = pick(this.#staleOffers, step.at);
        const scheduler = pick(this.schedulers, step.at);
        if (offer === undefined || scheduler === undefined) return;
        const taskInfos = [this.#task(offer, { size: 1, offered: offer.resources })];
        return scheduler.call({ type: 'accept', offerIds: [offer.id], operations: [{ type: 'LAUNCH', taskInfos }] });
      }
      case 'decline': {
        const [scheduler, offer] = this.#offer(step.at) ?? [];
        if (offer === undefined) return;
        return scheduler?.call({
          type: 'decline',
          offerIds: [offer.id, OfferId('nobody')],
          filters: { refuseMs: step.refuseMs },
        });
      }
      case 'operate':
        return this.#operate(step);
      case 'update': {
        const [agent, task] = this.#running(step.at) ?? [];
        const scheduler = this.schedulers.find(({ info }) => info.id === task?.frameworkId);
        if (agent === undefined || task === undefined || scheduler === undefined) return;
        const isStrange = step.state === 'TASK_DROPPED' && !hasCapability(scheduler.info, 'PARTITION_AWARE');
        agent.update(task.frameworkId, task.taskId, isStrange ? 'TASK_LOST' : step.state);
        return;
      }
      case 'misreport':
        return this.#misreport(step.at);
      case 'acknowledge': {
        const scheduler = pick(this.schedulers, step.at);
        const status = pick(scheduler?.updates().filter(({ uuid }) => uuid !== undefined) ?? [], step.at >> 1);
        if (status !== undefined) scheduler?.acknowledge(status);
        return;
      }
      case 'acknowledgeAll': {
        const scheduler = pick(this.schedulers, step.at);
        for (const status of scheduler?.updates() ?? []) if (status.uuid !== undefined) scheduler?.acknowledge(status);
        return;
      }
      case 'kill': {
        const scheduler = pick(this.schedulers, step.at);
        const task = pick(this.#launched(scheduler), step.at >> 1);
        if (task !== undefined) scheduler?.call({ type: 'kill', taskId: task });
        return;
      }
      case 'reconcile': {
        const scheduler = pick(this.schedulers, step.at);
        const agent = pick(this.agents, step.at);
        const agentId = agent?.hasRegistered === true ? agent.id : undefined;
        const tasks = this.#launched(scheduler).slice(0, step.at % 3);
        return scheduler?.call({
          type: 'reconcile',
          tasks: tasks.map((taskId) => ({ taskId, ...(agentId === undefined ? {} : { agentId }) })),
        });
      }
      case 'suppress':
        return pick(this.schedulers, step.at)?.call({ type: 'suppress' });
      case 'revive':
        return pick(this.schedulers, step.at)?.call({ type: 'revive' });
      case 'changeRoles':
        return this.#changeRoles(step.at);
      case 'teardown': {
        const index = step.at % this.schedulers.length;
        const scheduler = this.schedulers[index];
        if (scheduler === undefined) return;
        if (scheduler.isConnected) scheduler.call({ type: 'teardown' });
        else if (scheduler.info.id !== undefined) {
          const { id } = scheduler.info;
          this.#tryOperator(() => this.harness.master.teardown(id));
        }
        this.harness.settle();
        this.schedulers[index] = this.#newScheduler(index);
        return;
      }
      case 'loseScheduler':
        return pick(this.schedulers, step.at)?.disconnect();
      case 'connectScheduler':
        return pick(this.schedulers, step.at)?.connect();
      case 'loseAgent':
        return pick(this.agents, step.at)?.disconnect();
      case 'connectAgent':
        return pick(this.agents, step.at)?.connect();
      case 'muteAgent': {
        const agent = pick(this.agents, step.at);
        if (agent !== undefined) agent.isMute = !agent.isMute;
        return;
      }
      case 'retry':
        return pick(this.agents, step.at)?.retry();
      case 'forgetTask': {
        const [agent, task] = this.#running(step.at) ?? [];
        if (task !== undefined && agent?.isConnected === false) agent.forget(task.frameworkId, task.taskId);
        return;
      }
      case 'markGone':
        return this.#endAgent(step.at, (agent) => this.harness.master.markAgentGone(agent.id));
      case 'removeAgent':
        return this.#endAgent(step.at, (agent) => this.harness.master.removeAgent(agent.id));
      case 'unregister':
        return this.#endAgent(step.at, (agent) => agent.send({ type: 'unregisterAgent' }));
      case 'weigh':
        return this.harness.master.updateWeights({ eng: 1 + (step.at % 4) });
      case 'limit':
        return this.harness.master.updateQuota([QUOTAS[step.at % QUOTAS.length] ?? { role: 'eng' }], { force: true });
      case 'failover':
        return this.harness.failover();
      case 'troubleRegistry':
        this.#registryLatencyMs = [0, 1, 500, 30_000][step.at % 4] ?? 0;
        this.#registryFaults = (['lost', 'unconfirmed', 'lost'] as const).slice(0, step.at % 3);
        return;
      case 'advance':
        return this.harness.clock.advance(step.ms);
    }
  }

  /**
   * What must hold of the agents' totals between two steps, besides the master's own invariants.
   *
   * @throws Error if a volume is there twice, or is there though the call that created it destroyed it
   */
  check(): void {
    for (const { id, total, used } of this.harness.master.state().agents) {
      const names = new Set<string>();
      for (const volume of total.persistentVolumes()) {
        const persistenceId = volume.disk?.persistence?.id ?? '';
        const name = `${reservationRole(volume)} ${persistenceId}`;
        if (names.has(name) || total.count(volume) > 1) throw new Error(`Agent ${id} has volume ${name} twice`);
        if (this.#undone.has(persistenceId)) throw new Error(`Agent ${id} has volume ${name}, which was destroyed`);
        names.add(name);
      }
      const held = used.unallocate();
      for (const volume of held.shared()) this.tally.sharers = Math.max(this.tally.sharers, held.count(volume));
      if (!total.filter(({ reservations }) => reservations.length > 1).isEmpty) this.tally.refined += 1;
    }
  }

  /** Faults stop: everybody is there, kills what it has, acknowledges what it hears; then nothing may be left over. */
  heal(): void {
    this.#registryLatencyMs = 0;
    this.#registryFaults = [];
    const { clock, master } = this.harness;
    clock.advance(60_000);
    for (const [index, scheduler] of this.schedulers.entries()) {
      scheduler.connect();
      this.harness.settle();
      // It was away for too long, and has to start anew.
      if (!scheduler.isConnected) this.schedulers[index] = this.#newScheduler(index);
    }
    // Agents that are not heard of again are given up by then.
    clock.advance(90_000);
    for (let round = 0; round < 12; round++) {
      for (const agent of this.agents) {
        agent.isMute = false;
        if (!agent.isConnected) agent.connect();
      }
      clock.advance(10);
      // Torn down with an earlier master, of which this one knows nothing but what agents have brought along.
      for (const { id, recovered } of master.state().frameworks) if (recovered) master.teardown(id);
      clock.advance(10);
      for (const { frameworkId, taskId } of master.state().tasks) {
        this.schedulers.find(({ info }) => info.id === frameworkId)?.call({ type: 'kill', taskId });
      }
      for (const agent of this.agents) agent.retry();
      clock.advance(10);
      for (const scheduler of this.schedulers) {
        for (const status of scheduler.updates()) if (status.uuid !== undefined) scheduler.acknowledge(status);
      }
      clock.advance(10);
    }
  }

  #launch(step: Extract<Step, { readonly do: 'launch' }>): void {
    const [scheduler, offer] = this.#offer(step.at) ?? [];
    if (scheduler === undefined || offer === undefined) return;
    let offered = offer.resources;
    const taskInfos: TaskInfo[] = [];
    const executor = step.under === 'none' ? undefined : this.#executor(scheduler, step.under);
    for (let index = 0; index <= step.count; index++) {
      const task = this.#task(offer, { size: step.size + index, offered });
      offered = offered.minus(task.resources.allocate(offer.role).nonShared());
      if (step.under !== 'shared' || executor === undefined) taskInfos.push(task);
      else taskInfos.push({ ...withoutCommand(task), executor });
    }
    const operation: OfferOperation =
      step.under === 'group' && executor !== undefined
        ? { type: 'LAUNCH_GROUP', executor, taskInfos }
        : { type: 'LAUNCH', taskInfos };
    this.#staleOffers.push(offer);
    const filters = { refuseMs: step.size % 2 === 0 ? 0 : 2_000 };
    scheduler.call({ type: 'accept', offerIds: [offer.id], operations: [operation], filters });
  }

  #executor(scheduler: FakeScheduler, under: Exclude<Under, 'none'>): ExecutorInfo {
    const resources = Resources.parse('cpus:0.1;mem:32;disk:1');
    if (under === 'shared') return { type: 'IN_PROCESS', name: 'any', executorId: ExecutorId('shared'), resources };
    this.#names += 1;
    return { type: 'DEFAULT', executorId: ExecutorId(`e${this.#names}`), frameworkId: scheduler.id, resources };
  }

  /** Takes a port or a volume along if the offer has one. */
  #task(offer: Offer, want: { readonly size: number; readonly offered: Resources }): TaskInfo {
    this.#names += 1;
    const { size, offered } = want;
    const [port] = offered.ports;
    const amount = Resources.scalars({ cpus: (size % 4) * 0.5 + 0.5, mem: 32 });
    const reserved = offered.filter(({ reservations, disk }) => reservations.length > 0 && disk === undefined);
    const volumes = offered.persistentVolumes();
    let resources = reserved.isEmpty || size % 2 === 0 ? amount : reserved;
    if (port !== undefined && size % 3 === 0) resources = resources.plus(Resources.parse(`ports:[${port}-${port}]`));
    if (!volumes.isEmpty) resources = resources.plus(volumes);
    return {
      taskId: TaskId(`t${this.#names}`),
      name: 't',
      agentId: offer.agentId,
      resources: resources.unallocate(),
      command: { value: 'true' },
    };
  }

  #operate({ at, operation: type, company }: Extract<Step, { readonly do: 'operate' }>): void {
    const [scheduler, offer] = this.#offer(at) ?? [];
    if (scheduler === undefined || offer === undefined) return;
    const isShared = hasCapability(scheduler.info, 'SHARED_RESOURCES') && at % 3 > 0;
    const operation = this.#operation(offer, type, isShared);
    if (operation === undefined) return;
    this.#staleOffers.push(offer);
    const operations = this.#accompanied(offer, operation, company);
    scheduler.call({ type: 'accept', offerIds: [offer.id], operations, filters: { refuseMs: 0 } });
  }

  #accompanied(offer: Offer, operation: OfferOperation, company: Company): readonly OfferOperation[] {
    const task = this.#task(offer, { size: 1, offered: offer.resources });
    const opposite = oppositeOf(operation);
    switch (company) {
      case 'nothing':
        return [operation];
      case 'launchBefore':
        return [{ type: 'LAUNCH', taskInfos: [task] }, operation];
      case 'launchAfter':
        return [operation, { type: 'LAUNCH', taskInfos: [usingWhatIsMade(task, operation)] }];
      case 'again':
        return [operation, operation];
      case 'undone':
        if (opposite?.type === 'DESTROY') {
          for (const { disk } of opposite.volumes) this.#undone.add(disk?.persistence?.id ?? '');
        }
        return opposite === undefined ? [operation] : [operation, opposite];
      case 'undoneInUse': {
        const launch: OfferOperation = { type: 'LAUNCH', taskInfos: [usingWhatIsMade(task, operation)] };
        return opposite === undefined ? [operation, launch] : [operation, launch, opposite];
      }
      default:
        return unreachable(company, 'Company');
    }
  }

  #operation(
    offer: Offer,
    type: 'RESERVE' | 'UNRESERVE' | 'CREATE' | 'DESTROY',
    isShared: boolean,
  ): OfferOperation | undefined {
    const plain = offer.resources.unallocate();
    const reserved = plain.filter(({ reservations, disk }) => reservations.length > 0 && disk === undefined);
    if (type === 'RESERVE') {
      const above = reserved.filter((resource) => offer.role.startsWith(`${reservationRole(resource)}/`));
      const target = above.isEmpty ? Resources.parse('cpus:0.5;mem:32;disk:64') : above;
      if (!plain.contains(target)) return undefined;
      return { type, resources: target.pushReservation({ type: 'DYNAMIC', role: offer.role }) };
    }
    if (type === 'UNRESERVE') {
      const dynamic = reserved.filter(({ reservations }) => reservations.at(-1)?.type === 'DYNAMIC');
      return dynamic.isEmpty ? undefined : { type, resources: dynamic };
    }
    if (type === 'DESTROY') {
      const volumes = plain.persistentVolumes();
      return volumes.isEmpty ? undefined : { type, volumes };
    }
    const [disk] = reserved.named('disk');
    if (disk === undefined) return undefined;
    this.#names += 1;
    // Not all of the disk: there may be another one.
    const volume: Resource = {
      ...disk,
      value: { type: 'SCALAR', milli: 16_000 },
      ...(isShared ? { shared: true as const } : {}),
      disk: { persistence: { id: `v${this.#names}` }, volume: { containerPath: 'data', mode: 'RW' } },
    };
    return { type, volumes: Resources.of(volume) };
  }

  /**
   * The agent reports what it must not: a live task that is on its way or that nobody knows, or one that has ended and
   * runs. The books must stay as they are.
   */
  #misreport(at: number): void {
    const { master } = this.harness;
    this.harness.settle();
    const task = pick(master.state().tasks, at);
    const agent = this.agents.find((each) => each.isConnected && each.hasRegistered && each.id === task?.agentId);
    if (task === undefined || agent === undefined) return;
    const { taskId, frameworkId } = task;
    const isOver = isTerminal(task.state);
    const state = isOver
      ? 'TASK_RUNNING'
      : task.state === 'TASK_STAGING' || at % 2 === 0
        ? 'TASK_UNKNOWN'
        : 'TASK_STAGING';
    this.#names += 1;
    const uuid = `misreport-${this.#names}`;
    const status = { taskId, state, source: 'SOURCE_EXECUTOR', timestampMs: 0, uuid } as const;
    agent.send({ type: 'statusUpdate', frameworkId, status, latestState: state });
    this.harness.settle();
    const after = master.state().tasks.find((other) => other.taskId === taskId && other.frameworkId === frameworkId);
    if (after !== undefined && after.state !== task.state) {
      throw new Error(`Task ${taskId} was ${task.state}, and is ${after.state} by the word of ${state}`);
    }
    const heard = this.schedulers.flatMap((scheduler) => scheduler.updates(taskId));
    if (!isOver) this.tally.impossible += 1;
    if (!isOver && heard.some((update) => update.uuid === uuid)) {
      throw new Error(`The framework of task ${taskId}, which was ${task.state}, heard that it is ${state}`);
    }
    // Of a task that has ended the master must have heard the true end last, which is what is acknowledged.
    agent.retry();
    this.harness.settle();
  }

  #changeRoles(at: number): void {
    const scheduler = pick(this.schedulers, at);
    if (scheduler?.info.id === undefined || !hasCapability(scheduler.info, 'MULTI_ROLE')) return;
    const roles = frameworkRoles(scheduler.info).length > 1 ? [ROLES[at % 2] ?? 'eng'] : ROLES;
    scheduler.info = { ...scheduler.info, roles };
    scheduler.call({ type: 'updateFramework', frameworkInfo: scheduler.info });
  }

  #endAgent(at: number, end: (agent: FakeAgent) => void): void {
    const index = at % this.agents.length;
    const agent = this.agents[index];
    if (agent === undefined) return;
    if (agent.hasRegistered) this.#tryOperator(() => end(agent));
    this.harness.settle();
    // Told or not, it is not heard of again.
    agent.disconnect();
    this.agents[index] = this.#newAgent();
  }

  /** The master may have forgotten whom this is about. */
  #tryOperator(call: () => void): void {
    try {
      call();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'InvalidArgument') throw error;
    }
  }

  #newAgent(): FakeAgent {
    this.#names += 1;
    const resources = Resources.parse('cpus:4;mem:512;disk:512;ports:[1-8];cpus(eng):1;mem(eng):64;disk(eng):64');
    return this.harness.agent({ hostname: `a${this.#names}`, resources });
  }

  #newScheduler(index: number): FakeScheduler {
    this.#names += 1;
    const name = `f${this.#names}`;
    if (index === 1) return withoutRoles(this.harness, name);
    const roles = [index === 0 ? 'eng' : 'eng/web'];
    return this.harness.framework({ name, roles, failoverTimeoutMs: 20_000, capabilities: CAPABILITIES });
  }

  #offer(at: number): readonly [FakeScheduler, Offer] | undefined {
    const all = this.schedulers.flatMap((scheduler) =>
      [...scheduler.offers.values()].map((offer) => [scheduler, offer] as const),
    );
    return pick(all, at);
  }

  #running(at: number): readonly [FakeAgent, Task] | undefined {
    return pick(
      this.agents.flatMap((agent) => agent.running.map((task) => [agent, task] as const)),
      at,
    );
  }

  #launched(scheduler: FakeScheduler | undefined): readonly TaskId[] {
    return this.agents.flatMap((agent) =>
      agent.running.filter(({ frameworkId }) => frameworkId === scheduler?.info.id).map(({ taskId }) => taskId),
    );
  }
}

function withoutRoles(harness: Harness, name: string): FakeScheduler {
  const scheduler = new FakeScheduler(harness.master.schedulers, { name, failoverTimeoutMs: 5_000, checkpoint: false });
  const { roles: _, ...info } = scheduler.info;
  scheduler.info = { ...info, role: 'ops', capabilities: ['RESERVATION_REFINEMENT'] };
  scheduler.connect();
  harness.settle();
  return scheduler;
}

/** Of what makes something. */
function oppositeOf(operation: OfferOperation): Extract<OfferOperation, { type: 'UNRESERVE' | 'DESTROY' }> | undefined {
  if (operation.type === 'RESERVE') return { type: 'UNRESERVE', resources: operation.resources };
  if (operation.type === 'CREATE') return { type: 'DESTROY', volumes: operation.volumes };
  return undefined;
}

function usingWhatIsMade(task: TaskInfo, operation: OfferOperation): TaskInfo {
  if (operation.type === 'CREATE') {
    return { ...task, resources: Resources.parse('cpus:0.1;mem:32').plus(operation.volumes) };
  }
  if (operation.type !== 'RESERVE') return task;
  return { ...task, resources: operation.resources.filter(({ name }) => name !== 'disk') };
}

function withoutCommand(task: TaskInfo): TaskInfo {
  const { command: _, ...rest } = task;
  return rest;
}

function pick<T>(all: readonly T[], at: number): T | undefined {
  return all[at % all.length];
}
