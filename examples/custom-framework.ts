/**
 * A framework of one's own as a function: a queue of jobs, each tried up to three times with a pause in between. State
 * and input in, state and calls out; `run` connects it to a cluster. Run it with `npx tsx examples/custom-framework.ts`.
 */
import { commandTask, createCluster, isTerminal, type Offer, type TaskStatus } from 'altiplano';
import { matchOffer, run, type Scheduler, type SchedulerAction, type SchedulerInput } from 'altiplano/scheduler';

type Job = { readonly name: string; readonly command: string; readonly attempt: number };

interface Jobs {
  readonly queue: readonly Job[];
  /** By the name of the wake-up that ends the pause. */
  readonly resting: ReadonlyMap<string, Job>;
  /** By task id. */
  readonly running: ReadonlyMap<string, Job>;
  readonly results: readonly string[];
}

type Answer = readonly [Jobs, readonly SchedulerAction[]];

const MAX_ATTEMPTS = 3;
const NEEDS = { cpus: 0.5, memMb: 32 };

function handle(jobs: Jobs, input: SchedulerInput): Answer {
  if (input.type === 'offers') return launch(jobs, input.offers);
  if (input.type === 'update' && isTerminal(input.status.state)) return settle(jobs, input.status);
  if (input.type === 'wakeUp') return retry(jobs, input.name);
  return [jobs, []];
}

/** One job per offer; an offer that is too small, or not needed, goes back for a minute. */
function launch({ queue, running, ...rest }: Jobs, offers: readonly Offer[]): Answer {
  const [started, waiting] = [new Map(running), [...queue]];
  const actions = offers.map((offer): SchedulerAction => {
    const offerIds = [offer.id];
    const match = matchOffer(NEEDS, offer);
    const job = match.matched ? waiting.shift() : undefined;
    if (!match.matched || job === undefined) return { type: 'decline', offerIds, filters: { refuseMs: 60_000 } };
    const id = `${job.name}-${job.attempt}`;
    started.set(id, job);
    const environment = { ATTEMPT: String(job.attempt) };
    const task = commandTask({ id, command: job.command, environment, offer, resources: match.resources });
    return { type: 'accept', offerIds, operations: [{ type: 'LAUNCH', taskInfos: [task] }], filters: { refuseMs: 0 } };
  });
  return [{ ...rest, queue: waiting, running: started }, actions];
}

function settle(jobs: Jobs, { taskId, state, message = '' }: TaskStatus): Answer {
  const running = new Map(jobs.running);
  const job = running.get(taskId);
  if (job === undefined || !running.delete(taskId)) return [jobs, []];
  console.log(`${taskId}: ${state} ${message}`);
  const { name, attempt } = job;
  if (state === 'TASK_FINISHED' || attempt === MAX_ATTEMPTS) {
    const result = state === 'TASK_FINISHED' ? `${name} done, attempt ${attempt}` : `${name} given up`;
    return [{ ...jobs, running, results: [...jobs.results, result] }, []];
  }
  const resting = new Map(jobs.resting).set(name, { ...job, attempt: attempt + 1 });
  return [{ ...jobs, running, resting }, [{ type: 'wakeUp', afterMs: 100 * 2 ** attempt, name }]];
}

function retry(jobs: Jobs, name: string): Answer {
  const resting = new Map(jobs.resting);
  const job = resting.get(name);
  if (job === undefined || !resting.delete(name)) return [jobs, []];
  return [{ ...jobs, resting, queue: [...jobs.queue, job] }, [{ type: 'revive' }]];
}

const commands = { steady: 'sleep 0.2', flaky: 'test "$ATTEMPT" -ge 2', hopeless: 'exit 7', quick: 'true' };
const queue = Object.entries(commands).map(([name, command]): Job => ({ name, command, attempt: 1 }));
const scheduler: Scheduler<Jobs> = {
  initial: { queue, resting: new Map(), running: new Map(), results: [] },
  handle,
  finished: ({ results }) => results.length === queue.length,
};

await using cluster = await createCluster({ agents: 2 });
const { results } = await run(cluster, { name: 'batch' }, scheduler).result();
for (const line of results) console.log(line);
