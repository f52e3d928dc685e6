import type { OfferId, TaskId } from '../core/index.ts';
import { launchedTasks } from './launched-tasks.ts';
import type { Scheduler, SchedulerAction, SchedulerInput } from '../scheduler/index.ts';
import { SteadyTime, TICK_MS, TICK_NAME } from './steady-time.ts';
import type { HeldOffer, HistoryEvent, LaunchedTask, OfferEnd, SchedulerHistory } from './scheduler-history.ts';

/** An event and when it was, in virtual milliseconds since the scheduler's first turn. */
export interface TimedEvent {
  readonly atMs: number;
  readonly event: HistoryEvent;
}

/**
 * Stands between a scheduler and its driver, hands everything through, and keeps the books of what was said. One
 * recorder watches one run, over failovers of the framework: those are the same framework again.
 */
export class SchedulerRecorder<S> implements SchedulerHistory<S> {
  /** What is to be run instead of the scheduler that is watched. */
  readonly scheduler: Scheduler<S>;
  readonly events: TimedEvent[] = [];
  readonly offers: Map<OfferId, HeldOffer> = new Map();
  readonly tasks: Map<TaskId, LaunchedTask> = new Map();
  readonly #watched: Scheduler<S>;
  readonly #onEvent: (event: HistoryEvent, history: SchedulerHistory<S>) => void;
  readonly #time = new SteadyTime();
  #state: S;
  /** It has thrown: its driver has ended, and so has all that it held. */
  #over = false;

  constructor(watched: Scheduler<S>, onEvent: (event: HistoryEvent, history: SchedulerHistory<S>) => void) {
    this.#watched = watched;
    this.#onEvent = onEvent;
    this.#state = watched.initial;
    const { finished } = watched;
    this.scheduler = {
      initial: watched.initial,
      handle: (state, input) => this.#handle(state, input),
      ...(finished === undefined ? {} : { finished: (state) => finished.call(watched, state) }),
    };
  }

  get nowMs(): number {
    return this.#time.nowMs;
  }

  get state(): S {
    return this.#state;
  }

  get finished(): boolean | undefined {
    return this.#watched.finished?.(this.#state);
  }

  /** The run is over: what the scheduler still holds is void. */
  end(): void {
    this.#releaseAll('void');
  }

  #handle(state: S, input: SchedulerInput): readonly [S, readonly SchedulerAction[]] {
    this.#time.observe(input);
    const tick: readonly SchedulerAction[] =
      input.type === 'subscribed' || isTick(input) ? [{ type: 'wakeUp', name: TICK_NAME, afterMs: TICK_MS }] : [];
    if (isTick(input)) return [state, tick];
    this.#note(input);
    const [next, actions] = this.#turn(state, input);
    this.#state = next;
    for (const action of actions) this.#act(action);
    if (this.#watched.finished?.(next) === true) this.#releaseAll('void');
    return [next, [...actions, ...tick]];
  }

  #turn(state: S, input: SchedulerInput): readonly [S, readonly SchedulerAction[]] {
    try {
      return this.#watched.handle(state, input);
    } catch (error) {
      this.#tell({
        type: 'threw',
        message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      });
      throw error;
    }
  }

  #note(input: SchedulerInput): void {
    switch (input.type) {
      case 'subscribed':
        this.#releaseAll('void');
        return this.#tell({ type: 'subscribed' });
      case 'disconnected':
        this.#releaseAll('void');
        return this.#tell({ type: 'disconnected' });
      case 'offers':
        for (const offer of input.offers) {
          this.offers.set(offer.id, { offer, sinceMs: this.nowMs });
          this.#tell({ type: 'offered', offer });
        }
        return;
      case 'rescind':
        return this.#release(input.offerId, 'rescinded');
      case 'update': {
        const { status } = input;
        const before = this.tasks.get(status.taskId);
        const task = before === undefined ? undefined : { ...before, state: status.state, stateMs: this.nowMs };
        if (task !== undefined) this.tasks.set(status.taskId, task);
        return this.#tell({ type: 'updated', status, task });
      }
      case 'message':
      case 'failure':
      case 'wakeUp':
      case 'command':
        return;
    }
  }

  #act(action: SchedulerAction): void {
    if (action.type === 'decline') {
      for (const offerId of action.offerIds) this.#release(offerId, 'declined');
    } else if (action.type === 'accept') {
      for (const offerId of action.offerIds) this.#release(offerId, 'accepted');
      for (const task of launchedTasks(action)) {
        const { taskId, agentId } = task;
        const earlier = this.tasks.get(taskId);
        // Anew, so that the latest launch comes last.
        this.tasks.delete(taskId);
        const atMs = this.nowMs;
        this.tasks.set(taskId, { taskId, agentId, launchedMs: atMs, state: 'TASK_STAGING', stateMs: atMs });
        this.#tell({ type: 'launched', task, offerIds: action.offerIds, earlier });
      }
    } else if (action.type === 'kill') {
      this.#tell({ type: 'killed', taskId: action.taskId });
    }
  }

  #release(offerId: OfferId, end: OfferEnd): void {
    const held = this.offers.get(offerId);
    if (held === undefined) return;
    this.offers.delete(offerId);
    this.#tell({ type: 'offerEnded', offer: held.offer, end, heldMs: this.nowMs - held.sinceMs });
  }

  #releaseAll(end: OfferEnd): void {
    for (const offerId of [...this.offers.keys()]) this.#release(offerId, end);
  }

  #tell(event: HistoryEvent): void {
    this.events.push({ atMs: this.nowMs, event });
    this.#onEvent(event, this);
  }
}

function isTick(input: SchedulerInput): boolean {
  return input.type === 'wakeUp' && input.name === TICK_NAME;
}
