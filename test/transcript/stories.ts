import type { SimulationOptions } from '../../src/testing/index.ts';
import { worker, type Work } from '../simulation/schedulers.ts';

/** A small cluster, a script of faults, and what is to be seen in the log of it. */
export interface Story {
  /** Name of the file, without `.txt`. */
  readonly file: string;
  readonly title: string;
  /** What happens, and why it is right, for whoever operates a cluster; at 100 columns. */
  readonly tells: string;
  readonly options: Omit<SimulationOptions, 'seed' | 'trace' | 'healMs'>;
}

const FOREVER = [{ key: 'sim.durationMs', value: 'forever' }];
const SECONDS = [{ key: 'sim.durationMs', value: '3000' }];
const task = { requirement: { cpus: 1, memMb: 64 }, refuseMs: 60_000 };

function service(more: Partial<Work> = {}) {
  return {
    name: 'web',
    scheduler: worker({ ...task, prefix: 'web', count: 1, finishes: false, labels: FOREVER, ...more }),
  };
}

const job = {
  name: 'job',
  scheduler: worker({ ...task, prefix: 'job', count: 1, finishes: true, labels: SECONDS }),
};

/** An agent is given up after 15 s of silence. */
const master = { agentPingTimeoutMs: 5_000, maxAgentPingTimeouts: 3 };

export const STORIES: readonly Story[] = [
  {
    file: 'two-frameworks',
    title: 'Two frameworks of equal weight want all of one agent: they are offered it in turn.',
    tells: `
Each wants two tasks of one CPU each; the agent has two CPUs. What is left after the first launch has no
CPU, and goes to and fro between them: whoever declines it is not offered it for a second. When blue is
through, red is the one that is furthest below its share, and is offered the whole agent.`,
    options: {
      agents: [{ resources: 'cpus:2;mem:1024' }],
      frameworks: ['red', 'blue'].map((name) => ({
        name,
        role: name,
        scheduler: worker({ ...task, refuseMs: 1_000, prefix: name, count: 2, finishes: true, labels: SECONDS }),
      })),
      durationMs: 15_000,
    },
  },
  {
    file: 'decline-filter',
    title: 'A framework declines what is too small for it, for 10 seconds; then it is offered again.',
    tells: `
A DECLINE with a filter keeps this agent from this framework while the filter lasts. The next offer comes
with the first round of the allocator after that, one a second.`,
    options: {
      agents: [{ resources: 'cpus:1;mem:128' }],
      frameworks: [
        {
          name: 'big',
          scheduler: worker({ prefix: 'big', requirement: { cpus: 8 }, count: 1, finishes: false, refuseMs: 10_000 }),
        },
      ],
      durationMs: 25_000,
    },
  },
  {
    file: 'suppress-and-revive',
    title: 'A framework that has all it needs asks for no more offers, until a task of it ends.',
    tells: `
After SUPPRESS nothing is offered, however much is free. When its task has ended, the framework says
REVIVE: that removes its filter on what was left of the agent, too, and it is offered the agent at once.`,
    options: {
      agents: 1,
      frameworks: [service({ suppresses: true, labels: [{ key: 'sim.durationMs', value: '4000' }] })],
      durationMs: 7_500,
    },
  },
  {
    file: 'offer-race',
    title: 'An offer is rescinded while the ACCEPT of it is on its way.',
    tells: `
The master takes offers back after two seconds here, and the ACCEPT takes a little longer than that. The
framework knows by the RESCIND that it has the offer no more, but not whether its task was launched. It was
not: the late ACCEPT is answered with TASK_DROPPED, so that nothing need be guessed, and the framework
launches another task. No process was ever started for the first one.`,
    options: {
      agents: 1,
      frameworks: [service()],
      master: { offerTimeoutMs: 2_000 },
      faults: { script: [{ atMs: 500, kind: 'delayMessage', target: 'web', durationMs: 2_100 }] },
      durationMs: 8_000,
    },
  },
  {
    file: 'duplicated-accept',
    title: 'The same ACCEPT arrives twice, as it may when a proxy tries again.',
    tells: `
The first one uses the offer up and launches the task. For the second one there is no offer any more, and
the master must not launch twice. It does not say TASK_DROPPED either, as it would of other launches on an
offer that is gone: the task is there already, and the framework would take a living task for lost. So
there is no more than a line in the master's log.`,
    options: {
      agents: 1,
      frameworks: [service()],
      faults: { script: [{ atMs: 500, kind: 'duplicateMessage', target: 'web' }] },
      durationMs: 20_000,
    },
  },
  {
    file: 'executor-crash',
    title: 'The system kills a task, as it does when memory is short; the framework launches another one.',
    tells: `
The agent learns the signal from the process and reports TASK_FAILED. What the task held is free with that
update, not with its acknowledgement, and is offered with the next round of the allocator. The filter of
10 s is on what was left over at the first launch; more than that is free now, so it does not hold.`,
    options: {
      agents: 1,
      frameworks: [service({ refuseMs: 10_000 })],
      faults: { script: [{ atMs: 4_000, kind: 'crashExecutor', target: 'a1' }] },
      durationMs: 15_000,
    },
  },
  {
    file: 'lost-update',
    title: 'An update gets lost on its way up: the agent sends it again until it is acknowledged.',
    tells: `
Between the end of the process and the second attempt lie 10 s, the first interval at which an agent
repeats what is not acknowledged. Only after the ACKNOWLEDGE does the agent forget the task.`,
    options: {
      agents: 1,
      frameworks: [job],
      faults: { script: [{ atMs: 3_000, kind: 'loseMessage', target: 'a1' }] },
      durationMs: 20_000,
    },
  },
  {
    file: 'scheduler-failover',
    title: 'A scheduler dies while its task runs; the next one takes over, asks about the task, and is told.',
    tells: `
The framework has a failover timeout of 10 minutes, so the master keeps its tasks. The next scheduler
subscribes with the framework's id. It asks twice: its driver about all tasks, and the scheduler about
those that it has stored: a task that nobody else remembers would else never be mentioned.`,
    options: {
      agents: 1,
      frameworks: [service()],
      faults: { script: [{ atMs: 5_000, kind: 'failoverFramework', target: 'web', durationMs: 3_000 }] },
      durationMs: 15_000,
    },
  },
  {
    file: 'framework-gone',
    title: 'A scheduler is away for longer than its failover timeout: its tasks are torn down.',
    tells: `
The timeout is 10 s here. When it is over, the framework is removed for good: its task is killed, and what
it held is free. A scheduler that comes back later with the same id is refused; it starts anew, under a
new id, with a task of its own.`,
    options: {
      agents: 1,
      frameworks: [{ ...service(), options: { failoverTimeoutMs: 10_000 } }],
      faults: { script: [{ atMs: 5_000, kind: 'failoverFramework', target: 'web', durationMs: 15_000 }] },
      durationMs: 30_000,
    },
  },
  {
    file: 'agent-restart',
    title: 'The process of an agent dies; its task goes on, and ends while nobody watches. The next process tells it.',
    tells: `
Tasks run under a supervisor that is not the agent. The next agent finds on its disk what it had launched,
and the exit status that was written meanwhile. The master has noticed no more than a broken connection:
the agent comes back under its old id before anybody gives it up.`,
    options: {
      agents: 1,
      frameworks: [job],
      faults: { script: [{ atMs: 2_000, kind: 'crashAgent', target: 'a1', durationMs: 10_000 }] },
      durationMs: 20_000,
    },
  },
  {
    file: 'torn-write',
    title: 'The disk fails in the middle of a write: the agent stops rather than say what it has not written.',
    tells: `
An agent writes before it acts. Here it cannot write that the task has ended, so it says nothing of it and
closes. The next one reads what is there: the half line at the end has no valid checksum and is dropped,
the rest holds. It asks the supervisor's files about the process, and reports the end that was not told.`,
    options: {
      agents: 1,
      frameworks: [job],
      faults: { script: [{ atMs: 2_000, kind: 'tornWrite', target: 'a1' }] },
      durationMs: 25_000,
    },
  },
  {
    file: 'agent-back-from-the-dead',
    title: 'An agent is cut off for so long that it is given up: its task is unreachable. Then both are back.',
    tells: `
After 15 s without an answer to its pings (75 s if nobody sets it) the master says TASK_UNREACHABLE: it
does not know whether the task runs, and does not claim that it has ended. It had never stopped; when the
agent is back, so is the task. A framework that has replaced it meanwhile has one too many, and may choose.`,
    options: {
      agents: 1,
      frameworks: [service()],
      master,
      faults: { script: [{ atMs: 5_000, kind: 'partitionAgent', target: 'a1', durationMs: 40_000 }] },
      durationMs: 60_000,
    },
  },
  {
    file: 'kill-in-a-partition',
    title: 'A task is to be killed while its agent is cut off: the kill waits.',
    tells: `
The framework kills its task at 20 s and again at 40 s, while nobody reaches the agent; 35 s of silence are
not enough to give it up. The master cannot know whether the task has ended, and does not say so. Both
KILLs arrive when the partition is over; the second finds the task being killed, and changes nothing. Only
the end of the process is a TASK_KILLED; then what it held is offered again.`,
    options: {
      agents: 1,
      frameworks: [service({ killEveryMs: 20_000 })],
      faults: { script: [{ atMs: 15_000, kind: 'partitionAgent', target: 'a1', durationMs: 35_000 }] },
      durationMs: 59_000,
    },
  },
  {
    file: 'master-failover',
    title: 'The master dies. The next one has the agent in its registry, and learns the rest from agent and framework.',
    tells: `
Running tasks do not notice. What the registry does not hold (tasks, frameworks, what is used) comes with
the agent's REREGISTER and the framework's SUBSCRIBE. Offers of the dead master are void; the new one
counts its own from O0 again (each master's ids begin with an id of its own, left out here).`,
    options: {
      agents: 1,
      frameworks: [service()],
      faults: { script: [{ atMs: 5_000, kind: 'failoverMaster', durationMs: 2_000 }] },
      durationMs: 25_000,
    },
  },
  {
    file: 'master-failover-without-an-agent',
    title: 'The master dies, and one of its two agents does not come back to the next one.',
    tells: `
The new master knows from its registry that there is an a2, and not what runs on it. Until a2 has had its
time to come back (20 s here, 10 minutes if nobody sets it) the master does not answer when the framework
asks about its task: it may be on a2, and may not. After that a2 is unreachable, and so are whatever tasks
it has: the next question is answered with that. The framework does not know either whether the task runs;
this one waits for it.`,
    options: {
      agents: 2,
      frameworks: [service()],
      master: { agentReregisterTimeoutMs: 20_000 },
      faults: {
        script: [
          { atMs: 4_900, kind: 'partitionAgent', target: 'a2', durationMs: 60_000 },
          { atMs: 5_000, kind: 'failoverMaster', durationMs: 2_000 },
        ],
      },
      durationMs: 40_000,
    },
  },
];
