import type { Offer } from '../../src/offers/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import type { Scheduler, SchedulerAction, SchedulerInput } from '../../src/scheduler/index.ts';
import type { SimulationOptions } from '../../src/testing/index.ts';

/**
 * The same cluster with some of its frameworks set up otherwise: some are given up soon after their scheduler is gone, some do
 * not checkpoint, some think before they answer an offer. Drawn from the seed, and from nothing else that is drawn from it.
 */
export function varied(options: SimulationOptions): SimulationOptions {
  const random = seededRandom(options.seed).stream('variety');
  const frameworks = options.frameworks.map((framework) => {
    const isGivenUpSoon = random.integer(3) === 0;
    const checkpoints = random.integer(4) > 0;
    const thinksMs = random.integer(3) === 0 ? 1_000 + random.integer(90_000) : 0;
    return {
      ...framework,
      scheduler: thinksMs === 0 ? framework.scheduler : thinking(framework.scheduler, thinksMs),
      options: {
        ...framework.options,
        ...(isGivenUpSoon ? { failoverTimeoutMs: 5_000 + random.integer(60_000) } : {}),
        ...(checkpoints ? {} : { checkpoint: false }),
      },
    };
  });
  return { ...options, frameworks, replay: `${options.replay} --varied` };
}

interface Thoughts {
  readonly inner: unknown;
  readonly offers: readonly Offer[];
}

const THOUGHT = 'thought about offers';

/** A scheduler that lets every offer lie for a while. Those that are taken back meanwhile it forgets. */
function thinking(scheduler: Scheduler<unknown>, thinksMs: number): Scheduler<unknown> {
  const { finished } = scheduler;
  const handed = (
    inner: unknown,
    offers: readonly Offer[],
    input: SchedulerInput,
  ): readonly [Thoughts, readonly SchedulerAction[]] => {
    const [next, actions] = scheduler.handle(inner, input);
    return [{ inner: next, offers }, actions];
  };
  const handle = (state: Thoughts, input: SchedulerInput): readonly [Thoughts, readonly SchedulerAction[]] => {
    const { inner, offers } = state;
    switch (input.type) {
      case 'offers': {
        const later: SchedulerAction = { type: 'wakeUp', name: THOUGHT, afterMs: thinksMs };
        return [{ inner, offers: [...offers, ...input.offers] }, offers.length === 0 ? [later] : []];
      }
      case 'rescind':
        return handed(
          inner,
          offers.filter(({ id }) => id !== input.offerId),
          input,
        );
      case 'disconnected':
      case 'subscribed':
        return handed(inner, [], input);
      case 'wakeUp':
        if (input.name !== THOUGHT) return handed(inner, offers, input);
        return offers.length === 0 ? [state, []] : handed(inner, [], { type: 'offers', offers, nowMs: input.nowMs });
      default:
        return handed(inner, offers, input);
    }
  };
  const initial: Thoughts = { inner: scheduler.initial, offers: [] };
  // What it is given back is what it has answered.
  const own = (state: unknown): Thoughts => state as Thoughts;
  return {
    initial,
    handle: (state, input) => handle(own(state), input),
    ...(finished === undefined ? {} : { finished: (state: unknown) => finished(own(state).inner) }),
  };
}
