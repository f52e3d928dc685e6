import * as fc from 'fast-check';
import { describe, test } from 'vitest';
import { fill, type User } from '../support/drf-filling.ts';

/*
 * What dominant resource fairness promises (Ghodsi et al., NSDI 2011, section 3), on the model of the paper: one machine,
 * users who want as many tasks as they can get, all alike. The paper proves it for tasks that can be divided; ours are
 * whole, so each promise holds up to a task, and each test says up to which. The weighted forms are the paper's section 4.3.
 *
 * Below, a task's share is the largest part that it takes of any resource, and a user's is that of its tasks together.
 */

const NAMES = ['cpus', 'mem', 'disk'] as const;

/** Amounts by resource, whole units, one for each resource that the machine has. */
type Amounts = readonly number[];

interface Wish {
  readonly task: Amounts;
  readonly weight: number;
}

interface Model {
  readonly total: Amounts;
  readonly wishes: readonly Wish[];
  /** What the first one says that its task takes, when it lies. */
  readonly lie: Amounts;
}

/** Tasks of all sizes, some larger than the machine; each needs at least one resource, not always all. */
const model: fc.Arbitrary<Model> = fc.integer({ min: 1, max: NAMES.length }).chain((kinds) => {
  const amounts = (min: number, max: number) =>
    fc.array(fc.integer({ min, max }), { minLength: kinds, maxLength: kinds });
  const task = amounts(0, 6).filter((each) => each.some((amount) => amount > 0));
  const weighted = fc.record({ task, weight: fc.integer({ min: 1, max: 4 }) });
  const equal = fc.record({ task, weight: fc.constant(1) });
  return fc.record({
    total: fc.oneof(amounts(5, 60), amounts(100, 500)),
    wishes: fc.oneof(
      fc.array(equal, { minLength: 2, maxLength: 4 }),
      fc.array(weighted, { minLength: 2, maxLength: 4 }),
    ),
    lie: task,
  });
});

const text = (amounts: Amounts): string =>
  amounts.flatMap((amount, kind) => (amount > 0 ? [`${NAMES[kind]}:${amount}`] : [])).join(';');

/** How many tasks each has in the end. */
function tasksOf({ total, wishes }: Pick<Model, 'total' | 'wishes'>, options: { readonly goOn: boolean }): number[] {
  const users = wishes.map(({ task, weight }, index): User => ({ name: `u${index}`, task: text(task), weight }));
  const { tasks } = fill(text(total), users, options);
  return users.map(({ name }) => tasks[name] ?? 0);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const shareOf = (total: Amounts, task: Amounts): number =>
  Math.max(...total.map((all, kind) => (task[kind] ?? 0) / all));

/** How many tasks of `task` run on `count` times `held`; `count` may be a fraction, given as two whole numbers. */
function worth(task: Amounts, held: Amounts, count: number, dividedBy = 1): number {
  const each = task.map((amount, kind) => (count * (held[kind] ?? 0)) / (amount * dividedBy));
  return Math.floor(Math.min(...each.filter((_, kind) => (task[kind] ?? 0) > 0)));
}

/** Algorithm 1 of the paper stops at the first task that does not fit; with `goOn` others take what is left. */
const WAYS = [{ goOn: false }, { goOn: true }];
const RUNS = { numRuns: 1_500 };

describe('DRF on one machine of whole tasks', () => {
  test.for(WAYS)(
    'sharing incentive, goOn $goOn: of its part a user misses less than that part of one task of everybody',
    (way) => {
      fc.assert(
        fc.property(model, ({ total, wishes }) => {
          const weights = sum(wishes.map(({ weight }) => weight));
          const shares = wishes.map(({ task }) => shareOf(total, task));
          return tasksOf({ total, wishes }, way).every((count, index) => {
            const part = (wishes[index]?.weight ?? 0) / weights;
            return count * (shares[index] ?? 0) > part * (1 - sum(shares));
          });
        }),
        RUNS,
      );
    },
  );

  test('envy-freeness: nobody could run more tasks on what another has, by weight, less one task', () => {
    fc.assert(
      fc.property(model, ({ total, wishes }) => {
        const counts = tasksOf({ total, wishes }, { goOn: false });
        return wishes.every((own, i) =>
          wishes.every(({ task, weight }, j) => {
            const kept = Math.max(0, (counts[j] ?? 0) - 1);
            return worth(own.task, task, kept * own.weight, weight) <= (counts[i] ?? 0);
          }),
        );
      }),
      RUNS,
    );
  });

  test('envy-freeness, goOn true: the same, or by fewer tasks than the weights are to each other', () => {
    fc.assert(
      fc.property(model, ({ total, wishes }) => {
        const counts = tasksOf({ total, wishes }, { goOn: true });
        return wishes.every((own, i) =>
          wishes.every(({ task, weight }, j) => {
            const kept = Math.max(0, (counts[j] ?? 0) - 1);
            const envied = worth(own.task, task, kept * own.weight, weight) - (counts[i] ?? 0);
            return envied < Math.max(1, own.weight / weight);
          }),
        );
      }),
      RUNS,
    );
  });

  test('strategy-proofness: a lie brings more tasks only with the last of those it claims, if at all', () => {
    fc.assert(
      fc.property(model, ({ total, wishes, lie }) => {
        const [truth, lied] = [
          tasksOf({ total, wishes }, { goOn: false }),
          lyingTasksOf({ total, wishes, lie }, false),
        ];
        const task = wishes[0]?.task ?? [];
        const [honest = 0, claimed = 0] = [truth[0], lied[0]];
        return worth(task, lie, claimed) <= honest || worth(task, lie, claimed - 1) <= honest;
      }),
      RUNS,
    );
  });

  test('strategy-proofness, goOn true: of what the others leave, a lie brings less than one task of everybody', () => {
    fc.assert(
      fc.property(model, ({ total, wishes, lie }) => {
        const [truth, lied] = [tasksOf({ total, wishes }, { goOn: true }), lyingTasksOf({ total, wishes, lie }, true)];
        const task = wishes[0]?.task ?? [];
        const gained = worth(task, lie, lied[0] ?? 0) - (truth[0] ?? 0);
        const everybody = sum([lie, ...wishes.map((wish) => wish.task)].map((each) => shareOf(total, each)));
        return gained * shareOf(total, task) < everybody;
      }),
      RUNS,
    );
  });

  /** If a task more of somebody fitted, it could be had at nobody's cost; and if some other outcome were better, one would. */
  test('Pareto efficiency, goOn true: exactly, as nobody’s task fits into what is left', () => {
    fc.assert(
      fc.property(model, ({ total, wishes }) => {
        const counts = tasksOf({ total, wishes }, { goOn: true });
        const left = total.map(
          (all, kind) => all - sum(wishes.map(({ task }, i) => (task[kind] ?? 0) * (counts[i] ?? 0))),
        );
        return left.every((amount) => amount >= 0) && wishes.every(({ task }) => worth(task, left, 1) === 0);
      }),
      RUNS,
    );
  });
});

function lyingTasksOf({ total, wishes, lie }: Model, goOn: boolean): number[] {
  const told = wishes.map((wish, index) => (index === 0 ? { ...wish, task: lie } : wish));
  return tasksOf({ total, wishes: told }, { goOn });
}
