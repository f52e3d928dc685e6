import type { Observable } from 'rxjs';
// As in scheduler/observable.ts: the same class, without loading every operator.
import { Subject } from 'rxjs/internal/Subject';
import { type Allocator, createAllocator } from '../allocator/index.ts';
import {
  type AgentId,
  ClosedError,
  type FrameworkId,
  InvalidArgument,
  InvariantViolation,
  MasterId,
  unreachable,
} from '../core/index.ts';
import type {
  AgentEndpoint,
  AgentMessage,
  Channel,
  ChannelHandlers,
  MasterMessage,
  SchedulerCall,
  SchedulerEndpoint,
  SchedulerEvent,
} from '../protocol/index.ts';
import { type Clock, type Log, silentLog, uuid } from '../runtime/index.ts';
import { callAllocator } from './allocator-call.ts';
import { figuresAgree, mayChangeFigures } from './allocator-figures.ts';
import { apply } from './apply.ts';
import { Connections } from './connections.ts';
import { decide } from './decide.ts';
import { InvariantSweep } from './invariant-sweep.ts';
import { inverseOffersAreAnswerable, registryAgrees } from './invariants.ts';
import { type MaintenanceWindow, machinesIn, planOf } from './maintenance.ts';
import { allocatorOptions, checkWeights, checkWhitelist, type MasterOptions, readConfig } from './options.ts';
import type { MasterCommand, MasterEffect, MasterEvent, MasterStimulus } from './protocol.ts';
import { applyToRegistry, copyRegistry, type RegistryState, type RegistryTables } from './registry.ts';
import { createMemoryRegistry } from './registry-memory.ts';
import { RegistryWriter } from './registry-writer.ts';
import { type QuotaConfig, type QuotaUpdateOptions, offersAreWithinLimits, quotasOf } from './quota.ts';
import { Ring } from './ring.ts';
import { type MasterSnapshot, takeSnapshot } from './snapshot.ts';
import { type ConnectionId, emptyState, type MasterTables } from './state.ts';
import { InvariantWatch } from './watch.ts';

/** Of the package. */
export const MASTER_VERSION = '0.1.0';

/** As many commands at most are gone through before others on the event loop have their turn. */
const TURNS_MAX = 1_000;

/**
 * A master in this process: it knows the agents, decides to whom to offer what they have, and keeps the books.
 *
 * All that reaches it waits in a mailbox and is gone through in order, soon, but never within a call. The mailbox is
 * not bounded: whoever fills it waits for answers, and nothing in it could be dropped but offers.
 */
export interface Master extends AsyncDisposable {
  /** Where frameworks connect. */
  readonly schedulers: SchedulerEndpoint;
  /** Where agents connect. */
  readonly agents: AgentEndpoint;
  /** Every change of state, after it happened, for watching. Completes when the master is closed. */
  readonly events$: Observable<MasterEvent>;
  /** What it knows now; what waits in the mailbox is not in it yet. */
  state(): MasterSnapshot;
  /** Ends a framework and its tasks. @throws InvalidArgument if it is not known */
  teardown(frameworkId: FrameworkId): void;
  /** Its tasks are over and it may never come back; about one that is gone already: fine. @throws InvalidArgument if it is not known */
  markAgentGone(agentId: AgentId): void;
  /** Ends its tasks; it may come back as a new one. @throws InvalidArgument if it is not registered */
  removeAgent(agentId: AgentId): void;
  /** Sets the weights of these roles; others stay. @throws InvalidArgument if one is not greater than 0 */
  updateWeights(weights: Readonly<Record<string, number>>): void;
  /**
   * Sets the quotas of these top-level roles, all of them or none; others stay. Nothing that is used is taken back.
   *
   * @throws InvalidArgument naming what is wrong. Unless forced, also if a role consumes more than its limits already, or
   *   if what is guaranteed goes beyond what all agents have
   */
  updateQuota(configs: readonly QuotaConfig[], options?: QuotaUpdateOptions): void;
  /**
   * From the next allocation on only agents on these hosts are offered; what is offered stays so. `undefined`: every
   * host, as in the beginning; an empty list: none.
   */
  updateWhitelist(hostnames: readonly string[] | undefined): void;
  /**
   * The whole maintenance schedule, in the place of the one before: agents on these machines are offered with the time
   * when they will not be there, and frameworks that hold something of them are asked to leave.
   *
   * @throws InvalidArgument naming what is wrong; also if a machine that is down is left out
   */
  updateMaintenanceSchedule(windows: readonly MaintenanceWindow[]): void;
  /**
   * Machines go down: agents on them are told to end, and not taken in again.
   *
   * @throws InvalidArgument naming a machine that is not in the schedule (`events$` shows when it is) or is down
   */
  startMaintenance(hostnames: readonly string[]): void;
  /** Machines are up again, and in no schedule. @throws InvalidArgument naming a machine that is not down */
  stopMaintenance(hostnames: readonly string[]): void;
  /** Breaks all connections and forgets everything. Closing twice is fine. */
  close(): Promise<void>;
}

/** Starts a master. @throws InvalidArgument naming the option at fault */
export function createMaster(options: MasterOptions): Master {
  return new MasterShell(options);
}

class MasterShell implements Master {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #state: MasterTables;
  readonly #allocator: Allocator;
  readonly #mailbox = new Ring<MasterCommand>();
  /** What the allocator has set aside; goes before the mailbox, so that both sets of books stay in step. */
  readonly #allocations = new Ring<MasterCommand>();
  readonly #schedulers: Connections<SchedulerCall, SchedulerEvent>;
  readonly #agents: Connections<AgentMessage, MasterMessage>;
  readonly #timers = new Map<string, Disposable>();
  readonly #events = new Subject<MasterEvent>();
  readonly #watch: InvariantWatch | undefined;
  readonly #sweep = new InvariantSweep();
  readonly #registry: RegistryWriter;
  /** What is written and has been acted upon; only kept while invariants are checked. */
  #written: RegistryTables | undefined;
  /** Until the registry is there, nothing is decided. */
  #isRecovered = false;
  #lastConnection: ConnectionId = 0;
  #round: Disposable | undefined;
  #closing: Promise<void> | undefined;

  readonly schedulers: SchedulerEndpoint;
  readonly agents: AgentEndpoint;
  readonly events$: Observable<MasterEvent> = this.#events.asObservable();

  constructor(options: MasterOptions) {
    const { clock, random, log = silentLog, hostname = 'localhost', weights = {} } = options;
    const config = readConfig(options);
    if (typeof hostname !== 'string' || hostname === '') {
      throw new InvalidArgument('hostname', `expected a name, got ${JSON.stringify(hostname)}`);
    }
    checkWeights(weights);
    checkWhitelist(options.whitelist);
    this.#clock = clock;
    this.#log = log;
    const id = MasterId(uuid(random.stream('master id')));
    this.#state = emptyState({ id, hostname, version: MASTER_VERSION }, config);
    this.#watch = options.checkInvariants === true ? new InvariantWatch() : undefined;
    this.#allocator = createAllocator({
      clock,
      random: random.stream('allocator'),
      onOffers: (frameworkId, allocation) => {
        this.#allocations.push({ type: 'allocated', frameworkId, allocation, wallMs: clock.wallMs() });
        this.#wake();
      },
      onInverseOffers: (frameworkId, allocation) => {
        this.#allocations.push({ type: 'inverseAllocated', frameworkId, allocation, wallMs: clock.wallMs() });
        this.#wake();
      },
      ...allocatorOptions(options),
    });
    if (options.whitelist !== undefined) this.#allocator.updateWhitelist(options.whitelist);
    this.#schedulers = new Connections({
      onMessage: (connection, call) =>
        this.#enqueue({ type: 'schedulerCall', connection, call, wallMs: clock.wallMs() }),
      onClosed: (connection) => this.#post({ type: 'schedulerDisconnected', connection }),
    });
    this.#agents = new Connections({
      onMessage: (connection, message) =>
        this.#enqueue({ type: 'agentMessage', connection, message, wallMs: clock.wallMs() }),
      onClosed: (connection) => this.#post({ type: 'agentDisconnected', connection }),
    });
    this.schedulers = {
      connect: (subscribe, handlers) => {
        const [connection, channel] = this.#connect(this.#schedulers, handlers);
        this.#post({ type: 'subscribe', connection, subscribe });
        return channel;
      },
    };
    this.agents = { connect: (handlers) => this.#connect(this.#agents, handlers)[1] };
    this.#registry = new RegistryWriter(
      { registry: options.registry ?? createMemoryRegistry({ clock }), clock },
      {
        onRecovered: (registry) => this.#recover(registry, weights),
        onWritten: (write) => this.#post({ type: 'registryWritten', write }),
        onFailed: (reason) => log.log('error', `The registry failed, and is tried again: ${reason}`),
        onSuperseded: () => {
          log.log('error', 'Another master has taken over the registry: this one closes');
          void this.close();
        },
      },
    );
    this.#registry.recover();
  }

  state(): MasterSnapshot {
    return takeSnapshot(this.#state);
  }

  teardown(frameworkId: FrameworkId): void {
    this.#assertOpen('teardown');
    if (!this.#state.frameworks.has(frameworkId)) {
      throw new InvalidArgument(
        'frameworkId',
        `expected a framework that is known, got ${JSON.stringify(frameworkId)}`,
      );
    }
    this.#post({ type: 'teardown', frameworkId });
  }

  markAgentGone(agentId: AgentId): void {
    this.#assertOpen('markAgentGone');
    const { agents, recoveredAgents, unreachableAgents, goneAgents } = this.#state;
    if (![agents, recoveredAgents, unreachableAgents, goneAgents].some((known) => known.has(agentId))) {
      throw new InvalidArgument('agentId', `expected an agent that is known, got ${JSON.stringify(agentId)}`);
    }
    this.#post({ type: 'markAgentGone', agentId });
  }

  removeAgent(agentId: AgentId): void {
    this.#assertOpen('removeAgent');
    if (!this.#state.agents.has(agentId)) {
      throw new InvalidArgument('agentId', `expected an agent that is registered, got ${JSON.stringify(agentId)}`);
    }
    this.#post({ type: 'removeAgent', agentId });
  }

  updateWeights(weights: Readonly<Record<string, number>>): void {
    this.#assertOpen('updateWeights');
    checkWeights(weights);
    this.#post({ type: 'updateWeights', weights: { ...weights } });
  }

  updateQuota(configs: readonly QuotaConfig[], options: QuotaUpdateOptions = {}): void {
    this.#assertOpen('updateQuota');
    this.#post({ type: 'updateQuota', quotas: quotasOf(configs, options, this.#state) });
  }

  updateWhitelist(hostnames: readonly string[] | undefined): void {
    this.#assertOpen('updateWhitelist');
    checkWhitelist(hostnames);
    this.#post({ type: 'updateWhitelist', hostnames: hostnames?.slice() });
  }

  updateMaintenanceSchedule(windows: readonly MaintenanceWindow[]): void {
    this.#assertOpen('updateMaintenanceSchedule');
    const plan = planOf(windows, this.#state.machines);
    this.#post({ type: 'maintain', operation: { type: 'updateMaintenanceSchedule', plan } });
  }

  startMaintenance(hostnames: readonly string[]): void {
    this.#assertOpen('startMaintenance');
    const machines = machinesIn('DRAINING', hostnames, this.#state.machines);
    this.#post({ type: 'maintain', operation: { type: 'startMaintenance', hostnames: machines } });
  }

  stopMaintenance(hostnames: readonly string[]): void {
    this.#assertOpen('stopMaintenance');
    const machines = machinesIn('DOWN', hostnames, this.#state.machines);
    this.#post({ type: 'maintain', operation: { type: 'stopMaintenance', hostnames: machines } });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#allocator.close();
    this.#registry.close();
    this.#round?.[Symbol.dispose]();
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
    this.#schedulers.closeAll('Master closed');
    this.#agents.closeAll('Master closed');
    // Nobody is called back within this call.
    await Promise.resolve();
    this.#flush();
    this.#events.complete();
  }

  #assertOpen(call: string): void {
    if (this.#closing !== undefined) throw new ClosedError(`Expected an open master for ${call}, got a closed one`);
  }

  /** A closed master can be connected to, and breaks the connection at once, as one that is not there would. */
  #connect<In, Out>(
    connections: Connections<In, Out>,
    handlers: ChannelHandlers<Out>,
  ): readonly [ConnectionId, Channel<In>] {
    this.#lastConnection += 1;
    const connection = this.#lastConnection;
    const channel = connections.open(connection, handlers);
    if (this.#closing !== undefined) {
      connections.close(connection, 'Master closed');
      this.#clock.schedule(0, () => this.#flush());
    }
    return [connection, channel];
  }

  #post(stimulus: MasterStimulus): void {
    this.#enqueue({ ...stimulus, wallMs: this.#clock.wallMs() });
  }

  #enqueue(command: MasterCommand): void {
    if (this.#closing !== undefined) return;
    this.#mailbox.push(command);
    this.#wake();
  }

  #wake(): void {
    if (this.#closing !== undefined || !this.#isRecovered) return;
    this.#round ??= this.#clock.schedule(0, () => {
      this.#round = undefined;
      this.#runRound();
    });
  }

  /** The first turn, before all that has been waiting for it. */
  #recover(registry: RegistryState, weights: Readonly<Record<string, number>>): void {
    this.#isRecovered = true;
    if (this.#watch !== undefined) this.#written = copyRegistry(registry);
    this.#turn({ type: 'registryRecovered', registry, weights, wallMs: this.#clock.wallMs() });
    this.#wake();
  }

  #runRound(): void {
    for (let turns = 0; turns < TURNS_MAX; turns++) {
      const command = this.#allocations.shift() ?? this.#mailbox.shift();
      if (command === undefined) break;
      this.#turn(command);
    }
    if (this.#allocations.length + this.#mailbox.length > 0) this.#wake();
    this.#flush();
  }

  /** One command: decide on what the commands before it left, apply, then do what is to be done about it. */
  #turn(command: MasterCommand): void {
    const decision = decide(this.#state, command);
    const broken = this.#watch?.observe(this.#state, command, decision) ?? [];
    for (const event of decision.events) apply(this.#state, event);
    for (const effect of decision.effects) this.#perform(effect);
    if (this.#written !== undefined && command.type === 'registryWritten') {
      applyToRegistry(this.#written, command.write.operation);
    }
    if (this.#watch !== undefined) this.#check(command, broken);
    if (this.#events.observed) for (const event of decision.events) this.#events.next(event);
  }

  #check(command: MasterCommand, broken: readonly string[]): void {
    // While allocations wait to become offers, the allocator is ahead.
    const allocator = this.#allocations.length === 0 ? this.#allocator : undefined;
    const registry = this.#written === undefined ? [] : registryAgrees(this.#state, this.#written);
    const figures = mayChangeFigures(command) ? figuresAgree(this.#state, this.#allocator) : [];
    const violations = [
      ...broken,
      ...this.#sweep.check(this.#state, allocator),
      ...inverseOffersAreAnswerable(this.#state),
      ...offersAreWithinLimits(this.#state, command),
      ...figures,
      ...registry,
    ];
    if (violations.length > 0) throw new InvariantViolation(`After ${command.type}: ${violations.join('; ')}`);
  }

  #perform(effect: MasterEffect): void {
    switch (effect.type) {
      case 'sendToFramework':
        return this.#schedulers.send(effect.connection, effect.event);
      case 'closeFramework':
        return this.#schedulers.close(effect.connection, effect.reason);
      case 'sendToAgent':
        return this.#agents.send(effect.connection, effect.message);
      case 'closeAgent':
        return this.#agents.close(effect.connection, effect.reason);
      case 'callAllocator':
        return callAllocator(this.#allocator, effect.call);
      case 'startTimer':
        return this.#startTimer(effect.key, effect.delayMs, effect.stimulus);
      case 'writeRegistry':
        return this.#registry.write(effect.write);
      case 'cancelTimer':
        return this.#cancelTimer(effect.key);
      case 'log':
        return this.#log.log(effect.level, effect.message, effect.fields);
      default:
        return unreachable(effect, 'MasterEffect');
    }
  }

  #startTimer(key: string, delayMs: number, stimulus: MasterStimulus): void {
    this.#cancelTimer(key);
    const timer = this.#clock.schedule(delayMs, () => {
      this.#timers.delete(key);
      this.#post(stimulus);
    });
    this.#timers.set(key, timer);
  }

  #cancelTimer(key: string): void {
    this.#timers.get(key)?.[Symbol.dispose]();
    this.#timers.delete(key);
  }

  #flush(): void {
    // A peer's error is not the master's: it surfaces where nobody but the peer is in the way.
    const surface = (error: unknown): void => {
      this.#clock.schedule(0, () => {
        throw error;
      });
    };
    this.#schedulers.flush(surface);
    this.#agents.flush(surface);
  }
}
