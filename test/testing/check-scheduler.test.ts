import { describe, expect, test } from 'vitest';
import type { Scheduler } from '../../src/scheduler/index.ts';
import {
  checkScheduler,
  type CheckSchedulerOptions,
  finishes,
  losesNoTask,
  SchedulerFailure,
  type SchedulerProperty,
  schedulerProperties,
} from '../../src/testing/index.ts';
import { batchScheduler, type Bug, jobOf, type Jobs } from './batch-scheduler.ts';

const JOBS = ['red', 'green', 'blue'];
const PROPERTIES: readonly SchedulerProperty[] = schedulerProperties({ workOf: jobOf });
/** Enough to find each bug, and quick. */
const OPTIONS: CheckSchedulerOptions = { name: 'batch', numRuns: 300, maxFaults: 3 };

async function failureOf(
  scheduler: Scheduler<Jobs>,
  options: CheckSchedulerOptions = OPTIONS,
  properties: readonly SchedulerProperty<Jobs>[] = PROPERTIES,
): Promise<SchedulerFailure> {
  const error: unknown = await checkScheduler(scheduler, properties, options).catch((thrown: unknown) => thrown);
  if (error instanceof SchedulerFailure) return error;
  throw new Error(`Expected a SchedulerFailure, got ${error instanceof Error ? error.message : JSON.stringify(error)}`);
}

/** Found once, and looked at from several sides. */
let losingTasks: Promise<SchedulerFailure> | undefined;
function lossOfTasks(): Promise<SchedulerFailure> {
  losingTasks ??= failureOf(batchScheduler(JOBS, 'losesTasks'));
  return losingTasks;
}

describe('checkScheduler', () => {
  test('finds nothing in a scheduler that copes, and says what it has tried', async () => {
    const options = { ...OPTIONS, numRuns: 40 };
    const { runs, virtualMs, launches, faults } = await checkScheduler(batchScheduler(JOBS), PROPERTIES, options);
    expect(runs).toBe(40);
    expect(launches).toBeGreaterThanOrEqual(40 * JOBS.length);
    expect(virtualMs).toBeGreaterThan(40 * 30_000);
    expect(Object.keys(faults).length).toBeGreaterThan(5);
  });

  test.for([
    ['losesTasks', 'loses no task'],
    ['hoardsOffers', 'hoards no offers'],
    ['forgetsToDecline', 'declines what it leaves'],
    ['launchesTwice', 'launches nothing twice'],
    ['launchesBlindly', 'launches what fits'],
    ['neverFinishes', 'finishes'],
    ['throws', 'does not throw'],
    ['sendsNonsense', 'does not throw'],
  ] as const satisfies readonly (readonly [Bug, string])[])(
    'tells of a scheduler that %s the smallest story in which it does not keep: %s',
    async ([bug, property]) => {
      const failure = await failureOf(batchScheduler(JOBS, bug));
      expect(failure.message).toContain(failure.violation);
      expect(failure.property).toBe(property);
      // Each of these needs one fault at the most.
      expect(failure.world.faults.script?.length).toBeLessThanOrEqual(1);
      expect(failure.world.agents.length).toBeLessThanOrEqual(JOBS.length + 1);
    },
  );

  test('reports in readable text what happened, with the faults in their places, and how to replay it', async () => {
    const { message, world, seed, path } = await lossOfTasks();
    const [fault] = world.faults.script ?? [];
    expect(message).toMatch(/^The scheduler of batch does not keep this: loses no task\n/);
    expect(message).toMatch(/^ +\d+\.\d s {2}is subscribed$/m);
    expect(message).toMatch(/^ +\d+\.\d s {2}is offered offer 1: a1, cpus:\d/m);
    expect(message).toMatch(/^ +\d+\.\d s {2}launches task red\.0 on offer 1$/m);
    expect(message).toMatch(new RegExp(`^ +\\d+\\.\\d s  !! ${fault?.kind}: `, 'm'));
    expect(message).toMatch(/^ +\d+\.\d s {2}has finished$/m);
    expect(message).toContain(`checkScheduler(scheduler, properties, { seed: ${seed}, path: '${path}' })`);
  });

  test('replays the world of a report, and only that', async () => {
    const first = await lossOfTasks();
    const again = await failureOf(batchScheduler(JOBS, 'losesTasks'), {
      ...OPTIONS,
      seed: first.seed,
      path: first.path,
    });
    expect(again.world).toEqual(first.world);
    expect(storyOf(again.message)).toBe(storyOf(first.message));
  });

  test('looks elsewhere with another seed, and at the same worlds with the same', async () => {
    const scheduler = batchScheduler(JOBS, 'losesTasks');
    const one = await lossOfTasks();
    const same = await failureOf(scheduler);
    const other = await failureOf(scheduler, { ...OPTIONS, seed: 2 });
    expect(same.message).toBe(one.message);
    expect(other.path).not.toBe(one.path);
  });

  test('asks only for the properties that it is given', async () => {
    const scheduler = batchScheduler(JOBS, 'hoardsOffers');
    const { runs } = await checkScheduler(scheduler, [losesNoTask({ workOf: jobOf })], { ...OPTIONS, numRuns: 5 });
    expect(runs).toBe(5);
  });

  test('takes properties of an author’s own', async () => {
    const property: SchedulerProperty<Jobs> = {
      name: 'begins with blue',
      explanation: 'Blue is urgent.',
      watch: () => ({
        event: (event, { state }) =>
          event.type === 'launched' && jobOf(event.task.taskId) !== 'blue' && !state.done.includes('blue')
            ? `${event.task.taskId} came before blue`
            : undefined,
      }),
    };
    const failure = await failureOf(batchScheduler(JOBS), OPTIONS, [property]);
    expect(failure).toMatchObject({ property: 'begins with blue', violation: 'red.0 came before blue' });
    expect(failure.world.faults.script).toEqual([]);
    expect(failure.world.agents).toHaveLength(1);
  });

  test('tells a scheduler that remembers anything outside of its state so', async () => {
    await expect(
      checkScheduler(batchScheduler(JOBS, 'remembersOutside'), PROPERTIES, {
        ...OPTIONS,
        faults: [],
        agents: { max: 1 },
      }),
    ).rejects.toThrow('scheduler: expected the same answers to the same inputs');
  });

  test('refuses to ask whether a scheduler finishes that does not say so', async () => {
    const { initial, handle } = batchScheduler(JOBS);
    const endless: Scheduler<Jobs> = { initial, handle };
    await expect(checkScheduler(endless, [finishes()], OPTIONS)).rejects.toThrow('finishes: expected a scheduler with');
    const when = ({ done }: Jobs): boolean => done.length === JOBS.length;
    await checkScheduler(endless, [finishes({ when })], { ...OPTIONS, numRuns: 5 });
  });

  test('names the option that is wrong', async () => {
    await expect(checkScheduler(batchScheduler(JOBS), PROPERTIES, { numRuns: 0 })).rejects.toThrow(
      'options.numRuns: expected a whole number from 1 on, got 0',
    );
  });
});

/** What the report says of the world, without how it was found. */
function storyOf(message: string): string {
  return message.replace(/^The smallest story.*$/m, '').replace(/^To see it again.*$/m, '');
}
