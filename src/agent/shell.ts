import type { Observable } from 'rxjs';
// As in scheduler/observable.ts: the same class, without loading every operator.
import { Subject } from 'rxjs/internal/Subject';
import { type AgentId, ClosedError, type ContainerId, unreachable } from '../core/index.ts';
import type { AgentMessage, Channel } from '../protocol/index.ts';
import { type Clock, type Log, type Random, silentLog, uuid } from '../runtime/index.ts';
import { apply } from './apply.ts';
import { Checkpoints } from './checkpoint.ts';
import type { CodeRunner } from './code-runner.ts';
import type { ContainerHandlers } from './containerizer.ts';
import { decide } from './decide.ts';
import { containerEnvironment } from './environment.ts';
import { errorText, InProcessRunner } from './in-process.ts';
import { checkInvariants } from './invariants.ts';
import { GRACE_PERIOD_MS_DEFAULT } from './kill.ts';
import { type AgentOptions, readSettings } from './options.ts';
import type { AgentCommand, AgentEffect, AgentEvent, CodePlan, ContainerPlan, Moment, VolumeLink } from './protocol.ts';
import { recoverState } from './recovery.ts';
import { type AgentSnapshot, snapshot } from './snapshot.ts';
import type { AgentState } from './state.ts';

/** Commands of one turn at most; more wait for the next, so that others get their turn in between. */
const TURN_COMMANDS_MAX = 1_000;

/**
 * An agent: advertises what it has to a master, runs tasks, and tells what becomes of them until that is acknowledged.
 *
 * - **Crash** it may be gone at any moment: another one, made with the same directory and a containerizer on the same
 *   folder, takes up the tasks of checkpointing frameworks.
 * - **Failure** if a checkpoint cannot be written the agent closes, as if it had crashed: {@link registered} rejects
 *   and {@link events$} ends with the error. Tasks go on.
 */
export interface Agent extends AsyncDisposable {
  /** Every change of its state, after it is on disk. Completes when the agent is closed. */
  readonly events$: Observable<AgentEvent>;
  /** As it stands. */
  state(): AgentSnapshot;
  /** Resolves with its id as soon as the master has registered it. @throws ClosedError if the agent is closed before */
  registered(): Promise<AgentId>;
  /**
   * Stops this agent, not its tasks: processes go on, and are taken up by an agent that is created on the same
   * directory. In-process tasks are told to end, and given {@link GRACE_PERIOD_MS_DEFAULT}. Closing twice is fine.
   */
  close(): Promise<void>;
  /** Kills all tasks with their grace periods, takes leave of the master, and resolves when that is done. */
  shutdown(): Promise<void>;
}

/**
 * Makes an agent, which recovers what an earlier one has left and starts to register.
 *
 * @throws InvalidArgument naming the option at fault
 * @throws RecoveryError if what is in the directory is damaged, or does not fit the options
 */
export function createAgent(options: AgentOptions): Agent {
  return new AgentShell(options);
}

interface Waiting {
  readonly resolve: (agentId: AgentId) => void;
  readonly reject: (error: Error) => void;
}

class AgentShell implements Agent {
  readonly #options: AgentOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  readonly #state: AgentState;
  readonly #checkpoints: Checkpoints;
  readonly #runner: CodeRunner;
  readonly #events = new Subject<AgentEvent>();
  readonly #timers = new Map<string, Disposable>();
  /** Unbounded: nothing in it may be dropped, and the master sends no more than it has offered. */
  readonly #mailbox: AgentCommand[] = [];
  #turn: Disposable | undefined;
  #channel: Channel<AgentMessage> | undefined;
  #waiting: Waiting[] = [];
  #closing: Promise<void> | undefined;
  #onStopped: (() => void)[] = [];

  constructor(options: AgentOptions) {
    const settings = readSettings(options);
    this.#options = options;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#log = options.log ?? silentLog;
    this.#runner = options.codeRunner ?? new InProcessRunner(options.executors ?? {}, this.#log);
    this.#checkpoints = new Checkpoints(options.directory);
    const initial = { settings, idBase: uuid(options.random), resources: options.resources };
    this.#state = recoverState(initial, this.#checkpoints.read(this.#now()));
    this.#checkpoints.rewrite(this.#state);
    this.#send({ type: 'start', containers: options.containerizer.containers() });
  }

  get events$(): Observable<AgentEvent> {
    return this.#events.asObservable();
  }

  state(): AgentSnapshot {
    return snapshot(this.#state);
  }

  registered(): Promise<AgentId> {
    const { agentId, link } = this.#state;
    if (link.status === 'registered' && agentId !== undefined) return Promise.resolve(agentId);
    if (this.#closing !== undefined) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  shutdown(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    this.#send({ type: 'shutdown' });
    return new Promise((resolve) => {
      this.#onStopped.push(resolve);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close(undefined);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #now(): Moment {
    return { nowMs: this.#clock.monotonicMs(), wallMs: this.#clock.wallMs() };
  }

  /** Queues: a turn never begins within another, nor within a call from outside. */
  #send(command: AgentCommand): void {
    if (this.#closing !== undefined) return;
    this.#mailbox.push(command);
    this.#scheduleTurn();
  }

  #scheduleTurn(): void {
    this.#turn ??= this.#clock.schedule(0, () => {
      this.#turn = undefined;
      this.#runTurn();
    });
  }

  /** Decides on all that has come, writes it down once, then tells the world. */
  #runTurn(): void {
    const events: AgentEvent[] = [];
    const effects: AgentEffect[] = [];
    const now = this.#now();
    for (const command of this.#mailbox.splice(0, TURN_COMMANDS_MAX)) {
      const decision = decide(this.#state, command, now);
      for (const event of decision.events) {
        apply(this.#state, event);
        events.push(event);
      }
      for (const effect of decision.effects) effects.push(effect);
    }
    if (this.#options.checkInvariants === true) checkInvariants(this.#state);
    try {
      this.#checkpoints.save(this.#state, events);
    } catch (error) {
      this.#fail(error);
      return;
    }
    for (const event of events) this.#events.next(event);
    for (const effect of effects) this.#perform(effect);
    this.#tellRegistered();
    if (this.#mailbox.length > 0) this.#scheduleTurn();
  }

  #tellRegistered(): void {
    const { link, agentId } = this.#state;
    if (link.status !== 'registered' || agentId === undefined) return;
    for (const { resolve } of this.#waiting.splice(0)) resolve(agentId);
  }

  /** The disk has refused a checkpoint: going on would make promises that a restart breaks. */
  #fail(cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.#log.log('error', 'Cannot write a checkpoint; the agent closes, its tasks go on', { error: error.message });
    this.#closing ??= this.#close(error);
  }

  async #close(error: Error | undefined): Promise<void> {
    this.#turn?.[Symbol.dispose]();
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
    this.#mailbox.length = 0;
    this.#channel?.close();
    this.#options.containerizer.close();
    for (const { reject } of this.#waiting.splice(0)) reject(error ?? closedError());
    if (error === undefined) this.#events.complete();
    else this.#events.error(error);
    await this.#settleCode();
    for (const resolve of this.#onStopped.splice(0)) resolve();
  }

  /** In-process tasks cannot outlive this process: they are asked to end, and waited for, but not for ever. */
  async #settleCode(): Promise<void> {
    let stopWaiting: Disposable | undefined;
    const patience = new Promise<void>((resolve) => {
      stopWaiting = this.#clock.schedule(GRACE_PERIOD_MS_DEFAULT, resolve);
    });
    await Promise.race([this.#runner.close('The agent is closed'), patience]);
    stopWaiting?.[Symbol.dispose]();
  }

  #perform(effect: AgentEffect): void {
    if (this.#closing !== undefined) return;
    const { containerizer } = this.#options;
    switch (effect.type) {
      case 'openChannel':
        this.#open(effect.connection);
        return;
      case 'closeChannel':
        this.#channel?.close();
        this.#channel = undefined;
        return;
      case 'send':
        this.#channel?.send(effect.message);
        return;
      case 'startTimer':
        this.#startTimer(effect.timer, effect.delayMs, effect.command);
        return;
      case 'startRandomTimer':
        this.#startTimer(effect.timer, this.#random.integer(Math.floor(effect.withinMs) + 1), effect.command);
        return;
      case 'stopTimer':
        this.#timers.get(effect.timer)?.[Symbol.dispose]();
        this.#timers.delete(effect.timer);
        return;
      case 'launchContainers':
        this.#launch(effect.plans);
        return;
      case 'recoverContainer':
        containerizer.recover(effect.containerId, this.#containerHandlers(effect.containerId));
        return;
      case 'killContainer':
        containerizer.kill(effect.containerId, effect.gracePeriodMs);
        return;
      case 'forgetContainer':
        containerizer.forget(effect.containerId);
        return;
      case 'launchCode':
        this.#launchCode(effect.plan);
        return;
      case 'abortCode':
        this.#runner.abort(effect.containerId, effect.reason);
        return;
      case 'abandonCode':
        this.#runner.abandon(effect.containerId);
        return;
      case 'messageCode':
        this.#runner.message(effect.name, effect.data);
        return;
      case 'createVolume':
        this.#createVolume(effect);
        return;
      case 'removeFolder':
        this.#options.sandboxes.remove(effect.path);
        return;
      case 'measureDisk':
        this.#measureDisk(effect.delayMs);
        return;
      case 'log':
        this.#log.log(effect.level, effect.message, effect.fields);
        return;
      case 'stop':
        void this.close();
        return;
      default:
        unreachable(effect, 'AgentEffect');
    }
  }

  #open(connection: number): void {
    this.#channel = this.#options.endpoint.connect({
      onMessage: (message) => this.#send({ type: 'receive', connection, message }),
      onClosed: (reason) => this.#send({ type: 'channelClosed', connection, reason }),
    });
  }

  #startTimer(timer: string, delayMs: number, command: AgentCommand): void {
    this.#timers.get(timer)?.[Symbol.dispose]();
    const scheduled = this.#clock.schedule(delayMs, () => {
      this.#timers.delete(timer);
      this.#send(command);
    });
    this.#timers.set(timer, scheduled);
  }

  /** The first look counts: sandboxes that are released meanwhile do not put it off. */
  #measureDisk(delayMs: number): void {
    if (this.#timers.has('disk')) return;
    const scheduled = this.#clock.schedule(delayMs, () => {
      this.#timers.delete('disk');
      this.#send({ type: 'collectSandboxes', freeShare: this.#options.sandboxes.freeShare() });
    });
    this.#timers.set('disk', scheduled);
  }

  #launch(plans: readonly ContainerPlan[]): void {
    let prepared: readonly { readonly plan: ContainerPlan; readonly sandbox: string }[];
    try {
      prepared = plans.map((plan) => ({ plan, sandbox: this.#prepare(plan) }));
    } catch (error) {
      const exit = { type: 'launchFailed', message: errorText(error) } as const;
      for (const { containerId } of plans) this.#send({ type: 'containerExited', containerId, exit });
      return;
    }
    for (const { plan, sandbox } of prepared) {
      const { containerId, command } = plan;
      const environment = containerEnvironment(plan, sandbox);
      const config = { containerId, command, sandbox, environment };
      this.#options.containerizer.launch(config, this.#containerHandlers(containerId));
    }
  }

  /** Makes the sandbox, with its volumes, and answers its absolute path. */
  #prepare({ sandbox, volumes }: { readonly sandbox: string; readonly volumes: readonly VolumeLink[] }): string {
    const { sandboxes } = this.#options;
    const path = sandboxes.create(sandbox);
    for (const { target, containerPath } of volumes) {
      sandboxes.link(`${sandbox}/${containerPath}`, sandboxes.create(target));
    }
    return path;
  }

  #launchCode(plan: CodePlan): void {
    const { containerId } = plan;
    let sandbox: string;
    try {
      sandbox = this.#prepare(plan);
    } catch (error) {
      const exit = { type: 'launchFailed', message: errorText(error) } as const;
      this.#send({ type: 'containerExited', containerId, exit });
      return;
    }
    this.#send({ type: 'codeStarted', containerId });
    this.#runner.launch(plan, sandbox, {
      onSettled: (error) => this.#send({ type: 'codeSettled', containerId, ...(error === undefined ? {} : { error }) }),
      onReport: (news) => this.#send({ type: 'codeReported', containerId, news }),
      onMessage: (data) => this.#send({ type: 'codeSentMessage', containerId, data }),
    });
  }

  #containerHandlers(containerId: ContainerId): ContainerHandlers {
    return {
      onStarted: ({ pid }) => this.#send({ type: 'containerStarted', containerId, pid }),
      onExited: (exit) => this.#send({ type: 'containerExited', containerId, exit }),
    };
  }

  #createVolume({ path, fresh }: { readonly path: string; readonly fresh: boolean }): void {
    const { sandboxes } = this.#options;
    try {
      // An earlier volume of the same name may have been destroyed just before a crash.
      if (fresh) sandboxes.remove(path);
      sandboxes.create(path);
    } catch (error) {
      this.#log.log('error', `Cannot create the volume ${path}`, { error: errorText(error) });
    }
  }
}

function closedError(): ClosedError {
  return new ClosedError('Expected an agent that is open, got one that is closed');
}
