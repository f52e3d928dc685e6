// What the master's decisions cost as the cluster grows, and how many tasks live through it in a second.
// Run: npm run bench -- master

import assert from 'node:assert/strict';
import { AgentId, FrameworkId, MasterId, TaskId } from '../src/core/index.ts';
import {
  apply,
  createMaster,
  decide,
  emptyState,
  type Master,
  type MasterCommand,
  type MasterEffect,
  type MasterTables,
} from '../src/master/index.ts';
import type { Offer } from '../src/offers/index.ts';
import { AGENT_PROTOCOL_VERSION, type AgentMessage, type Channel, type SchedulerCall } from '../src/protocol/index.ts';
import { Resources } from '../src/resources/index.ts';
import { nodeClock } from '../src/runtime/node/index.ts';
import { seededRandom } from '../src/runtime/index.ts';
import type { Task, TaskInfo, TaskStatus } from '../src/tasks/index.ts';
import { median } from './calibration.ts';

const TOTAL = Resources.parse('cpus:24;mem:4096;disk:4096;ports:[31000-32000]');
const NEEDS = Resources.parse('cpus:0.1;mem:32').allocate('*');
const TASKS_PER_AGENT = 10;
const FRAMEWORKS = 200;
const LIVES = 10_000;

/** A master's state with agents, frameworks and running tasks, without shell or allocator. */
class Books {
  readonly state: MasterTables;
  readonly agents: number;
  #tasks = 0;

  constructor(agents: number) {
    this.agents = agents;
    this.state = emptyState(
      { id: MasterId('m'), hostname: 'm', version: '0' },
      {
        heartbeatIntervalMs: 15_000,
        agentPingTimeoutMs: 15_000,
        maxAgentPingTimeouts: 5,
        agentReregisterTimeoutMs: 600_000,
        offerTimeoutMs: undefined,
        maxCompletedFrameworks: 50,
        maxCompletedTasksPerFramework: 100,
        maxUnreachableTasksPerFramework: 1_000,
        maxRemovedAgents: 1_000,
      },
    );
    for (let n = 0; n < FRAMEWORKS; n++) {
      const frameworkInfo = { user: 'u', name: `f${n}`, id: this.#framework(n) };
      this.run({ type: 'subscribe', connection: n, subscribe: { type: 'subscribe', frameworkInfo }, wallMs: 1 });
    }
    for (let n = 0; n < agents; n++) {
      const agentInfo = { hostname: `a${n}`, resources: TOTAL, attributes: [] };
      const message: AgentMessage = { type: 'registerAgent', protocolVersion: AGENT_PROTOCOL_VERSION, agentInfo };
      this.run({ type: 'agentMessage', connection: FRAMEWORKS + n, message, wallMs: 1 });
      for (let t = 0; t < TASKS_PER_AGENT; t++) apply(this.state, { type: 'taskLaunched', task: this.#task(n, t) });
    }
    assert.equal(this.state.agents.size, agents);
    assert.equal(this.state.tasks.size, agents * TASKS_PER_AGENT);
  }

  run(command: MasterCommand): readonly MasterEffect[] {
    const { events, effects } = decide(this.state, command);
    for (const event of events) apply(this.state, event);
    for (const effect of effects) {
      // The registry here is as fast as can be.
      if (effect.type === 'writeRegistry') this.run({ type: 'registryWritten', write: effect.write, wallMs: 1 });
    }
    return effects;
  }

  /** One life of a task on the `n`-th agent; CPU time of each kind of command is added to `spent`, in nanoseconds. */
  live(n: number, spent: Spent): void {
    const agent = (n * 7_919) % this.agents;
    const framework = n % FRAMEWORKS;
    const frameworkId = this.#framework(framework);
    const agentId = AgentId(`m-S${agent}`);
    const connection = FRAMEWORKS + agent;
    const allocation = new Map([['*', new Map([[agentId, NEEDS.plus(NEEDS)]])]]);
    const offered = this.#timed(spent, 'offer', { type: 'allocated', frameworkId, allocation, wallMs: 1 });
    const offer = offerIn(offered);
    this.#tasks += 1;
    const taskId = TaskId(`life-${this.#tasks}`);
    const task: TaskInfo = { taskId, name: 'life', agentId, resources: NEEDS, command: { value: 'true' } };
    const call: SchedulerCall = {
      type: 'accept',
      offerIds: [offer.id],
      operations: [{ type: 'LAUNCH', taskInfos: [task] }],
    };
    this.#timed(spent, 'accept', { type: 'schedulerCall', connection: framework, call, wallMs: 1 });
    for (const state of ['TASK_RUNNING', 'TASK_FINISHED'] as const) {
      const uuid = `${taskId} ${state}`;
      const status: TaskStatus = { taskId, state, source: 'SOURCE_EXECUTOR', timestampMs: 1, uuid };
      const message: AgentMessage = { type: 'statusUpdate', frameworkId, status, latestState: state };
      this.#timed(spent, 'update', { type: 'agentMessage', connection, message, wallMs: 1 });
      const acknowledge: SchedulerCall = { type: 'acknowledge', agentId, taskId, uuid };
      this.#timed(spent, 'acknowledge', { type: 'schedulerCall', connection: framework, call: acknowledge, wallMs: 1 });
    }
  }

  #timed(spent: Spent, kind: keyof Spent, command: MasterCommand): readonly MasterEffect[] {
    const start = process.hrtime.bigint();
    const effects = this.run(command);
    spent[kind].push(Number(process.hrtime.bigint() - start));
    return effects;
  }

  #framework(n: number): FrameworkId {
    return FrameworkId(`m-${String(n).padStart(4, '0')}`);
  }

  #task(agent: number, n: number): Task {
    const framework = (agent + n) % FRAMEWORKS;
    return {
      taskId: TaskId(`t-${agent}-${n}`),
      name: 't',
      frameworkId: this.#framework(framework),
      agentId: AgentId(`m-S${agent}`),
      resources: NEEDS,
      state: 'TASK_RUNNING',
      statuses: [],
    };
  }
}

/** Nanoseconds of every command, by kind. */
type Spent = Record<'offer' | 'accept' | 'update' | 'acknowledge', number[]>;

function offerIn(effects: readonly MasterEffect[]): Offer {
  for (const effect of effects) {
    if (effect.type !== 'sendToFramework' || effect.event.type !== 'offers') continue;
    const [offer] = effect.event.offers;
    if (offer !== undefined) return offer;
  }
  throw new Error('Expected an offer');
}

function measureBooks(agents: number): Readonly<Record<keyof Spent, number>> {
  const books = new Books(agents);
  const spent = (): Spent => ({ offer: [], accept: [], update: [], acknowledge: [] });
  const warmUp = spent();
  for (let n = 0; n < LIVES; n++) books.live(n, warmUp);
  const measured = spent();
  for (let n = 0; n < LIVES; n++) books.live(n, measured);
  assert.equal(measured.acknowledge.length, 2 * LIVES);
  assert.equal(books.state.tasks.size, agents * TASKS_PER_AGENT);
  assert.equal(books.state.offers.size, 0);
  return {
    offer: median(measured.offer) / 1_000,
    accept: median(measured.accept) / 1_000,
    update: median(measured.update) / 1_000,
    acknowledge: median(measured.acknowledge) / 1_000,
  };
}

function costs(): void {
  const sizes = [100, 1_000, 10_000];
  const rows = sizes.map((agents) => measureBooks(agents));
  console.log(`\nMedian cost of one command in µs, ${FRAMEWORKS} frameworks, ${TASKS_PER_AGENT} tasks per agent`);
  console.log('| agents | offer | accept | update | acknowledge |\n| --- | --- | --- | --- | --- |');
  const line = (name: string, row: Readonly<Record<keyof Spent, number>>): void =>
    console.log(
      `| ${name} | ${row.offer.toFixed(2)} | ${row.accept.toFixed(2)} | ${row.update.toFixed(2)} | ${row.acknowledge.toFixed(2)} |`,
    );
  for (const [index, row] of rows.entries()) line(`${sizes[index]}`, row);
  const [small] = rows;
  const large = rows.at(-1);
  if (small === undefined || large === undefined) return;
  line('largest / smallest', {
    offer: large.offer / small.offer,
    accept: large.accept / small.accept,
    update: large.update / small.update,
    acknowledge: large.acknowledge / small.acknowledge,
  });
}

/** An agent whose tasks run, and are over, as soon as they are launched and acknowledged. */
function quickAgent(master: Master, n: number): void {
  const agentInfo = { hostname: `a${n}`, resources: TOTAL, attributes: [] };
  const channel: Channel<AgentMessage> = master.agents.connect({
    onMessage(message) {
      if (message.type === 'runTask') {
        const { taskId } = message.task;
        const { id: frameworkId } = message.frameworkInfo;
        if (frameworkId !== undefined) report(frameworkId, taskId, 'TASK_RUNNING');
      } else if (message.type === 'acknowledgeUpdate' && message.uuid.endsWith('TASK_RUNNING')) {
        report(message.frameworkId, message.taskId, 'TASK_FINISHED');
      } else if (message.type === 'ping') {
        channel.send({ type: 'pong' });
      }
    },
    onClosed: () => undefined,
  });
  const report = (frameworkId: FrameworkId, taskId: TaskId, state: 'TASK_RUNNING' | 'TASK_FINISHED'): void => {
    const status: TaskStatus = { taskId, state, source: 'SOURCE_EXECUTOR', timestampMs: 1, uuid: `${taskId} ${state}` };
    channel.send({ type: 'statusUpdate', frameworkId, status, latestState: state });
  };
  channel.send({ type: 'registerAgent', protocolVersion: AGENT_PROTOCOL_VERSION, agentInfo });
}

const TASKS_PER_OFFER = 4;

/** Launches a few tasks on every offer until there were enough; acknowledges everything. */
function greedyFramework(
  master: Master,
  n: number,
  lives: { launched: number; ended: number; readonly goal: number },
): void {
  const channel: Channel<SchedulerCall> = master.schedulers.connect(
    { type: 'subscribe', frameworkInfo: { user: 'u', name: `f${n}`, role: `role-${n % 20}` } },
    {
      onMessage(event) {
        if (event.type === 'update') {
          const { agentId, taskId, uuid, state } = event.status;
          assert.ok(agentId !== undefined && uuid !== undefined, event.status.message);
          assert.ok(state === 'TASK_RUNNING' || state === 'TASK_FINISHED', state);
          channel.send({ type: 'acknowledge', agentId, taskId, uuid });
          if (state === 'TASK_FINISHED') lives.ended += 1;
        } else if (event.type === 'offers') {
          for (const offer of event.offers) channel.send(answer(offer, lives));
        }
      },
      onClosed: () => undefined,
    },
  );
}

function answer(offer: Offer, lives: { launched: number; readonly goal: number }): SchedulerCall {
  const taskInfos: TaskInfo[] = [];
  // What ended tasks gave back may be offered before more has come together.
  const { cpus, memMb } = offer.resources;
  const fits = Math.min(TASKS_PER_OFFER, Math.floor(cpus / 0.1 + 0.01), Math.floor(memMb / 32));
  while (taskInfos.length < fits && lives.launched < lives.goal) {
    lives.launched += 1;
    taskInfos.push({
      taskId: TaskId(`t${lives.launched}`),
      name: 't',
      agentId: offer.agentId,
      resources: NEEDS.unallocate().allocate(offer.role),
      command: { value: 'true' },
    });
  }
  if (taskInfos.length === 0) return { type: 'decline', offerIds: [offer.id], filters: { refuseMs: 3_600_000 } };
  return {
    type: 'accept',
    offerIds: [offer.id],
    operations: [{ type: 'LAUNCH', taskInfos }],
    filters: { refuseMs: 0 },
  };
}

async function lives(agents: number): Promise<void> {
  const master = createMaster({ clock: nodeClock, random: seededRandom(1), allocationIntervalMs: 50 });
  const count = { launched: 0, ended: 0, goal: 200_000 };
  for (let n = 0; n < agents; n++) quickAgent(master, n);
  for (let n = 0; n < FRAMEWORKS; n++) greedyFramework(master, n, count);
  const until = async (ended: number): Promise<void> => {
    while (count.ended < ended) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await until(count.goal / 4);
  const from = count.ended;
  const start = process.cpuUsage();
  const startMs = performance.now();
  await until(count.goal);
  const wallS = (performance.now() - startMs) / 1_000;
  const { user, system } = process.cpuUsage(start);
  const cpuS = (user + system) / 1_000_000;
  assert.equal(count.ended, count.goal);
  const perLife = count.ended - from;
  console.log(
    `\nWhole task lives in process, ${agents} agents, ${FRAMEWORKS} frameworks in 20 roles, ${TASKS_PER_OFFER} tasks per offer`,
  );
  console.log('| lives | seconds | CPU seconds | lives/s | lives per CPU second |\n| --- | --- | --- | --- | --- |');
  console.log(
    `| ${perLife} | ${wallS.toFixed(2)} | ${cpuS.toFixed(2)} | ${Math.round(perLife / wallS)} | ${Math.round(perLife / cpuS)} |`,
  );
  await master.close();
}

costs();
await lives(10_000);
