import { InvalidArgument, requireMethods } from '../core/index.ts';
import type { Observable } from './observable.ts';
import { type Deferred, deferred } from './deferred.ts';
import { DEFAULT_CLOCK } from './defaults.ts';
import type { Driver, DriverEvent, MasterReference } from './driver.ts';
import type { DriverOptions } from './driver-options.ts';
import { DriverShell } from './driver-shell.ts';
import type { FrameworkOptions } from './framework-options.ts';
import { Outlet } from './outlet.ts';
import type { Scheduler, SchedulerAction, SchedulerInput, WakeUp } from './scheduler.ts';

/** A scheduler at work. The driver's streams are for watching here: nothing is kept for late subscribers. */
export interface SchedulerRun<S, C = never> extends Driver {
  /** What the last input left. */
  readonly state: S;
  /** The state by now, and then each new one; a state that is the same object is not repeated. */
  readonly state$: Observable<S>;
  /** Hands a command to the scheduler; it is dealt with at once, or after the input that is being dealt with; after the end it is ignored. */
  send(command: C): void;
  /**
   * Resolves with the last state when the scheduler has `finished`, or when the run was closed or torn down.
   *
   * Rejects with what `handle` threw, or with a {@link SubscriptionError} when the master ends the subscription.
   */
  result(): Promise<S>;
}

/**
 * Runs a scheduler that is a function: connects it to a master, hands it what happens, and does what it answers.
 *
 * @throws InvalidArgument naming the field of `framework`, or the option, at fault; `master` or `scheduler` if it is none
 */
export function run<S, C = never>(
  master: MasterReference,
  framework: FrameworkOptions,
  scheduler: Scheduler<S, C>,
  options: DriverOptions = {},
): SchedulerRun<S, C> {
  requireMethods(scheduler, ['handle'], 'scheduler');
  const shell = new SchedulerShell(master, framework, scheduler, options);
  shell.start();
  return shell;
}

class SchedulerShell<S, C> extends DriverShell implements SchedulerRun<S, C> {
  readonly #scheduler: Scheduler<S, C>;
  readonly #clock: NonNullable<DriverOptions['clock']>;
  readonly #wakeUps = new Map<string, Disposable>();
  readonly #mailbox: SchedulerInput<C>[] = [];
  readonly #states: Outlet<S>;
  readonly #result: Deferred<S> = deferred();
  #state: S;
  #running = false;
  /** Nothing is handed to the scheduler any more. */
  #over = false;

  constructor(
    master: MasterReference,
    framework: FrameworkOptions,
    scheduler: Scheduler<S, C>,
    options: DriverOptions,
  ) {
    super(master, framework, options, {
      onEvent: (event) => this.#receive(event),
      onEnd: (error) => this.#stop(error),
    });
    this.#scheduler = scheduler;
    this.#clock = options.clock ?? DEFAULT_CLOCK;
    this.#state = scheduler.initial;
    this.#states = new Outlet({ keepMax: 0, greeting: () => this.#state });
  }

  get state(): S {
    return this.#state;
  }

  get state$(): Observable<S> {
    return this.#states.stream$;
  }

  send(command: C): void {
    this.#post({ type: 'command', command, nowMs: this.#clock.wallMs() });
  }

  result(): Promise<S> {
    return this.#result.promise;
  }

  #receive(event: DriverEvent): void {
    if (event.type === 'heartbeat' || event.type === 'error' || event.type === 'connecting') return;
    this.#post({ ...event, nowMs: this.#clock.wallMs() });
  }

  /** What a call or a watcher posts meanwhile waits for its turn, so turns never nest. */
  #post(input: SchedulerInput<C>): void {
    this.#mailbox.push(input);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#mailbox.shift(); next !== undefined; next = this.#mailbox.shift()) this.#turn(next);
    } catch (error) {
      this.#over = true;
      this.fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#running = false;
    }
  }

  #turn(input: SchedulerInput<C>): void {
    if (this.#over) return;
    const before = this.#state;
    const [state, actions] = this.#scheduler.handle(before, input);
    // It has closed the run itself: nobody is left to act for.
    if (this.#over) return;
    this.#state = state;
    for (const action of actions) this.#perform(action);
    if (state !== before) this.#states.push(state);
    if (this.#scheduler.finished?.(state) === true) {
      this.#over = true;
      // After this turn: an update that it was about is acknowledged first.
      this.#clock.schedule(0, () => void this.teardown());
    }
  }

  #perform(action: SchedulerAction): void {
    if (action.type === 'wakeUp') this.#schedule(action);
    else this.call(action);
  }

  #schedule({ afterMs, name = '' }: WakeUp): void {
    if (!(afterMs < Number.POSITIVE_INFINITY)) {
      throw new InvalidArgument('wakeUp.afterMs', `expected a finite number of milliseconds, got ${afterMs}`);
    }
    this.#wakeUps.get(name)?.[Symbol.dispose]();
    const timer = this.#clock.schedule(Math.max(afterMs, 0), () => {
      this.#wakeUps.delete(name);
      this.#post({ type: 'wakeUp', name, nowMs: this.#clock.wallMs() });
    });
    this.#wakeUps.set(name, timer);
  }

  #stop(error: Error | undefined): void {
    this.#over = true;
    for (const timer of this.#wakeUps.values()) timer[Symbol.dispose]();
    this.#wakeUps.clear();
    if (error === undefined) this.#result.resolve(this.#state);
    else this.#result.reject(error);
    this.#states.end(error);
  }
}
