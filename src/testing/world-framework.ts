import { type FrameworkId, SubscriptionError } from '../core/index.ts';
import type { Random } from '../runtime/index.ts';
import {
  type FrameworkOptions,
  run,
  type Scheduler,
  type SchedulerAction,
  type SchedulerRun,
} from '../scheduler/index.ts';
import { SimulatedProcess, type WallClock } from './machine-process.ts';
import type { Client } from './network.ts';
import type { SimulatedFramework } from './simulate-options.ts';
import { isTerminal, type TaskInfo, type TaskStatus } from '../tasks/index.ts';
import type { World } from './world.ts';

/** A framework: its scheduler's process, which may be replaced, and what outlives that. */
export class FrameworkHost {
  readonly name: string;
  readonly wall: WallClock = { offsetMs: 0 };
  readonly client: Client;
  readonly #world: World;
  readonly #plan: SimulatedFramework;
  readonly #random: Random;
  #run: SchedulerRun<unknown> | undefined;
  #state: unknown;
  #id: FrameworkId | undefined;
  /** How many processes it has had. */
  starts = 0;
  /** Counts how often its state was lost. */
  incarnation = 0;
  /** Its scheduler has finished and the master has let it go. */
  isDone = false;

  constructor(world: World, plan: SimulatedFramework, random: Random) {
    this.#world = world;
    this.#plan = plan;
    this.name = plan.name;
    this.#random = random;
    this.#state = plan.scheduler.initial;
    this.client = world.client(plan.name, new SimulatedProcess(world.clock, this.wall));
  }

  get id(): FrameworkId | undefined {
    return this.#run?.frameworkId ?? this.#id;
  }

  /** Those it subscribes in. */
  get roles(): readonly string[] {
    const { role = '*', options = {} } = this.#plan;
    return options.roles ?? [role];
  }

  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  get isConnected(): boolean {
    return this.#run?.connected ?? false;
  }

  /** Whether its scheduler says that it is through, if it ever says so. */
  get isFinished(): boolean | undefined {
    return this.#plan.scheduler.finished?.(this.#state);
  }

  start(): void {
    if (this.#run !== undefined || this.isDone) return;
    this.starts += 1;
    const process = new SimulatedProcess(this.#world.clock, this.wall);
    this.client.process = process;
    const { name, role, options = {}, driver = {} } = this.#plan;
    const framework: FrameworkOptions = {
      failoverTimeoutMs: 600_000,
      user: 'sim',
      ...options,
      name,
      ...(role === undefined ? {} : { role }),
      ...(this.#id === undefined ? {} : { id: this.#id }),
    };
    const random = this.#random.stream(`driver ${this.starts}`);
    const started = run(this.#world.endpointFor(this.client).schedulers, framework, this.#watched(), {
      ...driver,
      clock: process,
      random,
    });
    this.#run = started;
    started.events$.subscribe({
      next: (event) => {
        if (event.type === 'subscribed') this.#id = event.frameworkId;
      },
      error: (error: unknown) => this.#ended(started, error),
      complete: () => this.#ended(started, undefined),
    });
  }

  /** The process dies; what it has stored outlives it, unless that is lost, too. */
  crash(options: { readonly forgets: boolean }): void {
    if (this.isDone) return;
    this.#stop();
    if (options.forgets) this.#forget();
  }

  #stop(): void {
    this.#run = undefined;
    this.client.process.kill();
    this.#world.network.clientDied(this.client, false);
  }

  #forget(): void {
    this.incarnation += 1;
    this.#id = undefined;
    this.#state = this.#plan.scheduler.initial;
  }

  #ended(ended: SchedulerRun<unknown>, error: unknown): void {
    if (ended !== this.#run) return;
    if (error === undefined) {
      this.#run = undefined;
      this.isDone = true;
      this.#world.trace.add(this.name, 'is done');
      return;
    }
    if (!(error instanceof SubscriptionError)) {
      this.#world.fail(
        `The scheduler of framework ${this.name} has thrown: ${error instanceof Error ? `${error.name}: ${error.message}` : 'what is no error'}`,
        error,
        'scheduler',
      );
      return;
    }
    // The master has given it up: it was away for longer than its failover timeout.
    this.#world.trace.add(this.name, `starts anew: ${error.message}`);
    this.#stop();
    this.#forget();
    this.#world.clock.schedule(1_000, () => this.start());
  }

  /** The scheduler, with its state kept and what it does noted. */
  #watched(): Scheduler<unknown> {
    const { scheduler } = this.#plan;
    return {
      initial: this.#state,
      handle: (state, input) => {
        if (input.type === 'update') this.#told(input.status);
        const [next, actions] = scheduler.handle(state, input);
        this.#state = next;
        for (const action of actions) this.#note(action);
        return [next, actions];
      },
      ...(scheduler.finished === undefined
        ? {}
        : { finished: (state: unknown) => scheduler.finished?.(state) ?? false }),
    };
  }

  #note(action: SchedulerAction): void {
    if (action.type === 'kill') {
      const entry = this.#world.ledger.get(this.name, this.incarnation, action.taskId);
      const last = entry?.history.at(-1);
      // Of one that is over as far as it knows there may be no more news: its driver does not insist.
      const isOver = last !== undefined && (isTerminal(last) || last === 'TASK_UNKNOWN');
      if (entry !== undefined && !isOver) entry.killedBy = this.starts;
    }
    if (action.type !== 'accept') return;
    for (const operation of action.operations) {
      if (operation.type === 'LAUNCH' || operation.type === 'LAUNCH_GROUP')
        operation.taskInfos.forEach((task) => this.#launched(task));
    }
  }

  #launched(task: TaskInfo): void {
    const { options } = this.#plan;
    const partitionAware = options?.capabilities?.includes('PARTITION_AWARE') ?? true;
    this.#world.launched({
      framework: this.name,
      incarnation: this.incarnation,
      taskId: task.taskId,
      agent: this.#world.hostOf(task.agentId),
      partitionAware,
      checkpoint: options?.checkpoint ?? true,
    });
  }

  #told(status: TaskStatus): void {
    this.#world.told({ framework: this.name, incarnation: this.incarnation, status });
  }
}
