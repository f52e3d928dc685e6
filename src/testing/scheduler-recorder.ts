import { type OfferId, type TaskId, unreachable } from '../core/index.ts';
import type { SchedulerCall } from '../protocol/index.ts';
import type { Scheduler, SchedulerAction, SchedulerInput } from '../scheduler/index.ts';
import type { TaskInfo } from '../tasks/index.ts';
import type { HeldOffer, HistoryEvent, LaunchedTask, OfferEnd, SchedulerHistory } from './scheduler-history.ts';

type Accept = Extract<SchedulerCall, { readonly type: 'accept' }>;

/** An event and when it was, in virtual milliseconds since the start of the simulation. */
export interface TimedEvent {
  readonly atMs: number;
  readonly event: HistoryEvent;
}

export interface SchedulerRecorderOptions<S> {
  readonly scheduler: Scheduler<S>;
  /** Virtual milliseconds since the start of the simulation. */
  readonly nowMs: () => number;
  /** Told of each event; `false`: nothing more needs to be seen, and the scheduler is left out from then on. */
  readonly onEvent: (event: HistoryEvent, history: SchedulerHistory<S>) => boolean;
}

/**
 * Stands between a scheduler and its driver, hands everything through, and keeps the books of what was said. One
 * recorder watches one run, over failovers of the framework: those are the same framework again.
 */
export class SchedulerRecorder<S> implements SchedulerHistory<S> {
  /** What is to be run in place of the scheduler that is watched. */
  readonly scheduler: Scheduler<S>;
  readonly events: TimedEvent[] = [];
  readonly offers: Map<OfferId, HeldOffer> = new Map();
  readonly tasks: Map<TaskId, LaunchedTask> = new Map();
  readonly #options: SchedulerRecorderOptions<S>;
  #state: S;
  /** The scheduler has finished or thrown, or nobody wants to see more. */
  isOver = false;

  constructor(options: SchedulerRecorderOptions<S>) {
    this.#options = options;
    const { initial } = options.scheduler;
    this.#state = initial;
    this.scheduler = {
      initial,
      handle: (state, input) => this.#handle(state, input),
      // One that never finishes is not through as soon as all is quiet: the simulation goes on to its end.
      finished: (state) => options.scheduler.finished?.(state) ?? false,
    };
  }

  get nowMs(): number {
    return this.#options.nowMs();
  }

  get state(): S {
    return this.#state;
  }

  get finished(): boolean | undefined {
    return this.#options.scheduler.finished?.(this.#state);
  }

  /** Nothing more will come: what the scheduler still holds is void. */
  end(): void {
    this.#releaseAll();
  }

  #handle(state: S, input: SchedulerInput): readonly [S, readonly SchedulerAction[]] {
    if (this.isOver) return [state, []];
    if (state !== this.#state) this.#forgotten();
    this.#note(input);
    const answer = this.#answer(state, input);
    if (answer === undefined) return [state, []];
    const [next, actions] = answer;
    this.#state = next;
    for (const action of actions) this.#noteAction(action);
    if (this.finished === true) {
      this.#releaseAll();
      this.#tell({ type: 'finished' });
      this.isOver = true;
    }
    return answer;
  }

  /** It has started anew: a new framework, to which the tasks of the old one are nothing. */
  #forgotten(): void {
    this.#releaseAll();
    this.tasks.clear();
    this.#tell({ type: 'forgotten' });
  }

  /** `undefined` if it throws: its driver would end, and with it all that we could see. */
  #answer(state: S, input: SchedulerInput): readonly [S, readonly SchedulerAction[]] | undefined {
    try {
      return this.#options.scheduler.handle(state, input);
    } catch (error) {
      this.#tell({ type: 'threw', message: String(error) });
      this.isOver = true;
      return undefined;
    }
  }

  #note(input: SchedulerInput): void {
    switch (input.type) {
      case 'subscribed':
      case 'disconnected':
        this.#releaseAll();
        return this.#tell({ type: input.type });
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
      case 'inverseOffers':
      case 'rescindInverseOffer':
      case 'message':
      case 'failure':
      case 'wakeUp':
      case 'command':
        return;
      default:
        unreachable(input, 'SchedulerInput');
    }
  }

  #noteAction(action: SchedulerAction): void {
    if (action.type === 'decline') {
      for (const offerId of action.offerIds) this.#release(offerId, 'declined');
    } else if (action.type === 'accept') {
      for (const offerId of action.offerIds) this.#release(offerId, 'accepted');
      for (const task of launchedBy(action)) this.#launched(task, action.offerIds);
    } else if (action.type === 'kill') {
      this.#tell({ type: 'killed', taskId: action.taskId });
    }
  }

  #launched(task: TaskInfo, offerIds: readonly OfferId[]): void {
    const { taskId, agentId } = task;
    const earlier = this.tasks.get(taskId);
    // Taken out first, so that the latest launch comes last.
    this.tasks.delete(taskId);
    const atMs = this.nowMs;
    this.tasks.set(taskId, { taskId, agentId, launchedMs: atMs, state: 'TASK_STAGING', stateMs: atMs });
    this.#tell({ type: 'launched', task, offerIds, earlier });
  }

  #release(offerId: OfferId, end: OfferEnd): void {
    const held = this.offers.get(offerId);
    if (held === undefined) return;
    this.offers.delete(offerId);
    this.#tell({ type: 'offerEnded', offer: held.offer, end, heldMs: this.nowMs - held.sinceMs });
  }

  #releaseAll(): void {
    for (const offerId of [...this.offers.keys()]) this.#release(offerId, 'void');
  }

  #tell(event: HistoryEvent): void {
    if (this.isOver) return;
    this.events.push({ atMs: this.nowMs, event });
    if (!this.#options.onEvent(event, this)) this.isOver = true;
  }
}

/** The tasks that an ACCEPT would launch, in order. */
function launchedBy(accept: Accept): readonly TaskInfo[] {
  return accept.operations.flatMap((operation) =>
    operation.type === 'LAUNCH' || operation.type === 'LAUNCH_GROUP' ? operation.taskInfos : [],
  );
}
