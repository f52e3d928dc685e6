/**
 * A framework with a bug, the story that `checkScheduler` finds of it, and the fix: docs/testing-your-framework.md tells
 * how. Nothing runs for real, and hours pass in a moment. Run it with `npx tsx examples/testing-your-framework.ts`.
 */
import { commandTask, isTerminal, type Offer, Resources, TaskId, type TaskStatus } from 'altiplano';
import type { Scheduler, SchedulerAction, SchedulerInput } from 'altiplano/scheduler';
import { checkScheduler, SchedulerFailure, schedulerProperties } from 'altiplano/testing';

/** `running`: by job, the task that is meant to do it. */
type Jobs = { waiting: readonly string[]; running: Record<string, TaskId>; done: readonly string[]; launches: number };
type Answer = readonly [Readonly<Jobs>, readonly SchedulerAction[]];
type Told = (jobs: Readonly<Jobs>, status: TaskStatus) => Answer;

const JOBS = ['red', 'green', 'blue'];
const NEEDS = Resources.parse('cpus:1;mem:64');
const jobOf = (taskId: TaskId): string => taskId.split('.')[0] ?? '';

/** Runs each job once, one job per offer; `told` says what news of a task mean. */
function batch(told: Told): Scheduler<Readonly<Jobs>> {
  return {
    initial: { waiting: JOBS, running: {}, done: [], launches: 0 },
    finished: ({ done }) => done.length === JOBS.length,
    handle(jobs, input: SchedulerInput): Answer {
      if (input.type === 'offers') return input.offers.reduce<Answer>(offered, [jobs, []]);
      if (input.type === 'update') return told(jobs, input.status);
      const tasks = Object.values(jobs.running).map((taskId) => ({ taskId }));
      if (input.type === 'subscribed' && tasks.length > 0) return [jobs, [{ type: 'reconcile', tasks }]];
      return [jobs, []];
    },
  };
}

function offered([jobs, actions]: Answer, offer: Offer): Answer {
  const [job, ...waiting] = jobs.waiting;
  const answer = { offerIds: [offer.id], filters: { refuseMs: 60_000 } };
  if (job === undefined || !offer.resources.unallocate().contains(NEEDS)) {
    return [jobs, [...actions, { type: 'decline', ...answer }]];
  }
  const id = TaskId(`${job}.${jobs.launches}`);
  const taskInfos = [commandTask({ id, command: 'work', offer, resources: NEEDS })];
  const accept = { type: 'accept', ...answer, operations: [{ type: 'LAUNCH', taskInfos }] } as const;
  const running = { ...jobs.running, [job]: id };
  return [{ ...jobs, waiting, running, launches: jobs.launches + 1 }, [...actions, accept]];
}

/** The bug: a task that is over is not always a job that is done. */
const carelessly: Told = (jobs, { taskId, state }) => {
  const job = jobOf(taskId);
  if (jobs.running[job] !== taskId || !isTerminal(state)) return [jobs, []];
  const { [job]: _over, ...running } = jobs.running;
  return [{ ...jobs, running, done: [...jobs.done, job] }, []];
};

const LOST = ['TASK_LOST', 'TASK_DROPPED', 'TASK_UNREACHABLE', 'TASK_GONE', 'TASK_GONE_BY_OPERATOR', 'TASK_UNKNOWN'];

/** The fix: a job whose task is lost waits again, and a lost task may come back, alive or with the job done. */
const carefully: Told = (jobs, status) => {
  const { taskId, state } = status;
  const job = jobOf(taskId);
  const { [job]: current, ...running } = jobs.running;
  if (current === taskId && !LOST.includes(state)) return carelessly(jobs, status);
  if (current === taskId) return [{ ...jobs, running, waiting: [...jobs.waiting, job] }, [{ type: 'revive' }]];
  const waiting = jobs.waiting.filter((other) => other !== job);
  const kill = (one: TaskId): readonly SchedulerAction[] => [{ type: 'kill', taskId: one }];
  if (state === 'TASK_FINISHED' && !jobs.done.includes(job)) {
    return [{ ...jobs, waiting, running, done: [...jobs.done, job] }, current === undefined ? [] : kill(current)];
  }
  if (isTerminal(state) || LOST.includes(state)) return [jobs, []];
  if (!jobs.waiting.includes(job)) return [jobs, kill(taskId)];
  return [{ ...jobs, waiting, running: { ...running, [job]: taskId } }, []];
};

const properties = schedulerProperties({ workOf: jobOf });
const found = await checkScheduler(batch(carelessly), properties, { name: 'batch' }).catch((error: unknown) => error);
console.log(found instanceof SchedulerFailure ? found.message : found);
const { runs, launches } = await checkScheduler(batch(carefully), properties, { name: 'batch' });
console.log(`\nWith the fix, nothing was found in ${runs} worlds with ${launches} launches.`);
