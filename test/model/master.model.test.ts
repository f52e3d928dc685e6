import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Step, type Tally, World } from './master-world.ts';

const at = fc.nat(1_000);

/** Weighted so that tasks get launched, live for a while and are fought over; each of the rest often enough to meet. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('launch' as const),
      at,
      size: fc.nat(7),
      count: fc.nat(2),
      under: fc.constantFrom('none' as const, 'none' as const, 'shared' as const, 'group' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('acceptStale' as const), at }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('decline' as const), at, refuseMs: fc.constantFrom(0, 500, 10_000) }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('operate' as const),
      at,
      operation: fc.constantFrom(
        'RESERVE' as const,
        'CREATE' as const,
        'CREATE' as const,
        'DESTROY' as const,
        'UNRESERVE' as const,
      ),
      company: fc.constantFrom(
        'nothing' as const,
        'launchAfter' as const,
        'launchBefore' as const,
        'again' as const,
        'undone' as const,
        'undoneInUse' as const,
      ),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('update' as const),
      at,
      state: fc.constantFrom(
        'TASK_STARTING' as const,
        'TASK_RUNNING' as const,
        'TASK_KILLING' as const,
        'TASK_FINISHED' as const,
        'TASK_FAILED' as const,
        'TASK_DROPPED' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('misreport' as const), at }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('acknowledge' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('acknowledgeAll' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('kill' as const), at }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('suppress' as const, 'revive' as const, 'changeRoles' as const), at }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('teardown' as const), at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('loseScheduler' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('connectScheduler' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('loseAgent' as const), at }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('connectAgent' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('muteAgent' as const), at }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('retry' as const, 'reconcile' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forgetTask' as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('markGone' as const, 'removeAgent' as const, 'unregister' as const),
      at,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('weigh' as const, 'limit' as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('failover' as const, 'troubleRegistry' as const), at }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      ms: fc.constantFrom(0, 1, 1, 1_000, 1_000, 17_000, 80_000),
    }),
  },
);

/**
 * A real master on a clock that is moved by hand, three agents and three frameworks, through anything that can happen to
 * them, in any order. The master checks all its invariants after every turn; a violation is thrown out of `advance`,
 * and shrinks to the shortest list of steps that leads there.
 */
describe('Master', () => {
  test('keeps its books through whatever happens, and nothing is left over when all is well again', () => {
    const rare: Tally = { sharers: 0, refined: 0, impossible: 0 };
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 80, size: 'max' }), (steps) => {
        const world = new World();
        for (const each of steps) {
          world.take(each);
          if (each.do === 'advance') world.check();
        }
        world.harness.clock.advance(1);
        world.check();
        rare.sharers = Math.max(rare.sharers, world.tally.sharers);
        rare.refined += world.tally.refined;
        rare.impossible += world.tally.impossible;
        world.heal();
        const state = world.harness.master.state();
        expect(state.tasks.map(({ taskId, state: at, agentId }) => `${taskId} ${at} on ${agentId}`)).toEqual([]);
        expect(state.used.toString()).toBe('{}');
      }),
      { numRuns: 80 },
    );
    for (const [what, times] of Object.entries(rare)) expect([what, times > 0]).toEqual([what, true]);
  });
});
