/**
 * Stories: a small cluster, a script of faults, and the log of what was said. The recorded files are meant to be read; a
 * change in them is a change in what a cluster does, to be looked at as such. `npx vitest run -u test/transcript` records
 * them anew.
 */
import { expect, test } from 'vitest';
import { type SimulationOptions, simulate } from '../../src/testing/index.ts';
import { worker } from '../simulation/schedulers.ts';

interface Story {
  readonly file: string;
  readonly tells: string;
  readonly options: Omit<SimulationOptions, 'seed' | 'trace' | 'healMs'>;
}

const FOREVER = [{ key: 'sim.durationMs', value: 'forever' }];
const SECONDS = [{ key: 'sim.durationMs', value: '3000' }];
const task = { requirement: { cpus: 1, memMb: 64 }, refuseMs: 60_000 };
const service = {
  name: 'web',
  scheduler: worker({ ...task, prefix: 'web', count: 1, finishes: false, labels: FOREVER }),
};
const master = { agentPingTimeoutMs: 5_000, maxAgentPingTimeouts: 3 };

const STORIES: readonly Story[] = [
  {
    file: 'two-frameworks',
    tells: 'Two frameworks of equal weight want all of one agent: they are offered it in turn.',
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
    tells: 'A framework declines what is too small for it, for 10 seconds; then it is offered again.',
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
    file: 'scheduler-failover',
    tells: 'A scheduler dies while its task runs; the next one takes over, asks about the task, and is told.',
    options: {
      agents: 1,
      frameworks: [service],
      faults: { script: [{ atMs: 5_000, kind: 'failoverFramework', target: 'web', durationMs: 3_000 }] },
      durationMs: 15_000,
    },
  },
  {
    file: 'agent-back-from-the-dead',
    tells: 'An agent is cut off for so long that it is given up: its task is unreachable. Then both are back.',
    options: {
      agents: 1,
      frameworks: [service],
      master,
      faults: { script: [{ atMs: 5_000, kind: 'partitionAgent', target: 'a1', durationMs: 40_000 }] },
      durationMs: 60_000,
    },
  },
  {
    file: 'agent-restart',
    tells: 'The process of an agent dies; its task goes on, and ends while nobody watches. The next process tells it.',
    options: {
      agents: 1,
      frameworks: [
        { name: 'job', scheduler: worker({ ...task, prefix: 'job', count: 1, finishes: true, labels: SECONDS }) },
      ],
      faults: { script: [{ atMs: 2_000, kind: 'crashAgent', target: 'a1', durationMs: 10_000 }] },
      durationMs: 20_000,
    },
  },
  {
    file: 'master-failover',
    tells: 'The master dies. The next one has the agent in its registry, and learns the rest from agent and framework.',
    options: {
      agents: 1,
      frameworks: [service],
      faults: { script: [{ atMs: 5_000, kind: 'failoverMaster', durationMs: 2_000 }] },
      durationMs: 25_000,
    },
  },
  {
    file: 'lost-update',
    tells: 'An update gets lost on its way up: the agent sends it again until it is acknowledged.',
    options: {
      agents: 1,
      frameworks: [
        { name: 'job', scheduler: worker({ ...task, prefix: 'job', count: 1, finishes: true, labels: SECONDS }) },
      ],
      faults: { script: [{ atMs: 3_000, kind: 'loseMessage', target: 'a1' }] },
      durationMs: 20_000,
    },
  },
];

test.for(STORIES)('$file: $tells', async ({ file, tells, options }) => {
  const { trace } = simulate({ ...options, seed: 1, trace: true, healMs: 0 });
  await expect(`# ${tells}\n\n${trace.join('\n')}\n`).toMatchFileSnapshot(`${file}.txt`);
});
