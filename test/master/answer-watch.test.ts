import { describe, expect, test } from 'vitest';
import { AgentId, FrameworkId, OfferId, TaskId } from '../../src/core/index.ts';
import {
  apply,
  type Decision,
  InvariantWatch,
  type MasterCommand,
  type MasterEvent,
  type MasterTables,
} from '../../src/master/index.ts';
import type { Offer } from '../../src/offers/index.ts';
import type { MasterMessage, SchedulerCall, SchedulerEvent } from '../../src/protocol/index.ts';
import { Resources } from '../../src/resources/index.ts';
import type { Task, TaskInfo, TaskState } from '../../src/tasks/index.ts';
import { bareState } from '../support/bare-state.ts';

const AGENT = AgentId('a');
const FRAMEWORK = FrameworkId('f');
const SCHEDULER = 1;
const CONNECTION = 2;
const TOTAL = Resources.parse('cpus:4');
const INFO = { id: AGENT, hostname: 'h', resources: TOTAL, attributes: [] };

/** A master with one connected agent and framework. */
function world(...events: readonly MasterEvent[]): MasterTables {
  const state = bareState();
  const framework = {
    id: FRAMEWORK,
    info: { id: FRAMEWORK, user: 'u', name: 'f', roles: ['r', 's'], capabilities: ['MULTI_ROLE', 'PARTITION_AWARE'] },
    suppressedRoles: ['s'],
    offerConstraints: {},
    connection: SCHEDULER,
    recovered: false,
    subscriptions: 1,
    registeredMs: 0,
    reregisteredMs: 0,
  } as const;
  const agent = {
    id: AGENT,
    info: INFO,
    total: TOTAL,
    connection: CONNECTION,
    epoch: 0,
    unansweredPings: 0,
    killsWhenBack: [],
    inverseOfferStatuses: [],
    registeredMs: 0,
    reregisteredMs: undefined,
  };
  for (const event of [
    { type: 'frameworkAdded', framework } as const,
    { type: 'agentAdded', agent } as const,
    ...events,
  ]) {
    apply(state, event);
  }
  return state;
}

function task(state: TaskState = 'TASK_STAGING', more: Partial<Task> = {}): Task {
  const ids = { taskId: TaskId('t'), frameworkId: FRAMEWORK, agentId: AGENT };
  return { ...ids, name: 't', resources: Resources.parse('cpus:1').allocate('r'), state, statuses: [], ...more };
}

function call(of: SchedulerCall): MasterCommand {
  return { type: 'schedulerCall', connection: SCHEDULER, call: of, wallMs: 0 };
}

const NOTHING: Decision = { events: [], effects: [] };

function decided(events: readonly MasterEvent[], ...effects: Decision['effects']): Decision {
  return { events, effects };
}

function tell(event: SchedulerEvent): Decision['effects'][number] {
  return { type: 'sendToFramework', connection: SCHEDULER, event };
}

function order(message: MasterMessage): Decision['effects'][number] {
  return { type: 'sendToAgent', connection: CONNECTION, message };
}

function update(state: TaskState): Decision['effects'][number] {
  return tell({ type: 'update', status: { taskId: TaskId('t'), state, source: 'SOURCE_MASTER', timestampMs: 0 } });
}

function watch(state: MasterTables, command: MasterCommand, decision: Decision): readonly string[] {
  return new InvariantWatch().observe(state, command, decision);
}

describe('C1', () => {
  const info: TaskInfo = { taskId: TaskId('t'), name: 't', agentId: AGENT, resources: Resources.parse('cpus:1') };
  const accept = call({
    type: 'accept',
    offerIds: [OfferId('o')],
    operations: [{ type: 'LAUNCH', taskInfos: [info] }],
  });

  test('each task of an ACCEPT is launched, answered for, or there already', () => {
    expect(watch(world(), accept, NOTHING)).toEqual(['C1: the launch of task f t is not answered']);
    expect(watch(world(), accept, decided([], update('TASK_DROPPED')))).toEqual([]);
    expect(watch(world(), accept, decided([{ type: 'taskLaunched', task: task() }]))).toEqual([]);
    expect(watch(world({ type: 'taskLaunched', task: task() }), accept, NOTHING)).toEqual([]);
  });
});

describe('C2', () => {
  const kill = call({ type: 'kill', taskId: TaskId('t') });
  const killTask = order({ type: 'killTask', frameworkId: FRAMEWORK, taskId: TaskId('t') });
  const launched: MasterEvent = { type: 'taskLaunched', task: task() };

  test('a KILL is passed on', () => {
    expect(watch(world(launched), kill, NOTHING)).toEqual(['C2: the kill of task f t is not passed on']);
    expect(watch(world(launched), kill, decided([], killTask))).toEqual([]);
    expect(watch(world(), kill, NOTHING)).toEqual([]);
  });

  test.for([
    ['alive', 'TASK_RUNNING', ['C2: the kill of task f t, whose agent is back, is not passed on']],
    ['over', 'TASK_FINISHED', []],
  ] as const)(
    'one that waits for an agent is passed on when that is back, and the task %s',
    ([, state, violations]) => {
      const tables = world(launched, { type: 'agentDisconnected', agentId: AGENT });
      const back = {
        type: 'agentReregistered',
        agentId: AGENT,
        info: INFO,
        total: TOTAL,
        connection: CONNECTION,
        wallMs: 0,
      } as const;
      const message = {
        type: 'reregisterAgent',
        protocolVersion: 1,
        agentInfo: INFO,
        frameworks: [],
        executors: [],
        tasks: [task(state)],
      } as const;
      const command = { type: 'agentMessage', connection: CONNECTION, message, wallMs: 0 } as const;
      const forgetful = new InvariantWatch();
      expect(forgetful.observe(tables, kill, NOTHING)).toEqual([]);
      expect(forgetful.observe(tables, command, decided([back]))).toEqual(violations);
      const mindful = new InvariantWatch();
      mindful.observe(tables, kill, NOTHING);
      expect(mindful.observe(tables, command, decided([back], killTask))).toEqual([]);
    },
  );
});

describe('C3', () => {
  const { taskId } = task();
  const lost = {
    type: 'taskUpdated',
    frameworkId: FRAMEWORK,
    taskId,
    status: { taskId, state: 'TASK_UNREACHABLE', source: 'SOURCE_MASTER', timestampMs: 0 },
    latestState: 'TASK_UNREACHABLE',
  } as const;
  const due: MasterCommand = { type: 'pingDue', agentId: AGENT, wallMs: 0 };

  test('what the master makes of a task it tells the framework', () => {
    const tables = world({ type: 'taskLaunched', task: task() });
    expect(watch(tables, due, decided([lost]))).toEqual([
      'C3: task f t is TASK_UNREACHABLE now, and its framework is not told',
    ]);
    expect(watch(tables, due, decided([lost], update('TASK_UNREACHABLE')))).toEqual([]);
    const removed: MasterEvent = { type: 'frameworkRemoved', frameworkId: FRAMEWORK, wallMs: 0 };
    expect(watch(tables, due, decided([lost, removed]))).toEqual([]);
  });

  test('a task that is back with its agent it tells, too', () => {
    const back: MasterEvent = { type: 'taskReturned', task: task('TASK_RUNNING') };
    expect(watch(world(), due, decided([back]))).toEqual([
      'C3: task f t is TASK_RUNNING now, and its framework is not told',
    ]);
    expect(watch(world(), due, decided([back], update('TASK_RUNNING')))).toEqual([]);
  });
});

describe('C4', () => {
  const reconcile = call({ type: 'reconcile', tasks: [{ taskId: TaskId('t') }] });

  test('RECONCILE tells what has been forwarded, not what is still to come', () => {
    const ahead = task('TASK_FINISHED', { statusUpdateState: 'TASK_RUNNING', statusUpdateUuid: 'u' });
    const tables = world({ type: 'taskReturned', task: ahead });
    expect(watch(tables, reconcile, decided([], update('TASK_RUNNING')))).toEqual([]);
    expect(watch(tables, reconcile, decided([], update('TASK_FINISHED')))).toEqual([
      'C4: task f t is said to be TASK_FINISHED, known to be TASK_RUNNING',
    ]);
    expect(watch(tables, reconcile, NOTHING)).toEqual(['C4: nothing is said of task f t, which is TASK_RUNNING']);
  });

  test('nothing is said while the agent may still come back', () => {
    const tables = world({ type: 'agentMissed', agentId: AgentId('b'), info: { ...INFO, id: AgentId('b') } });
    expect(watch(tables, reconcile, NOTHING)).toEqual([]);
    expect(watch(tables, reconcile, decided([], update('TASK_UNKNOWN')))).toEqual([
      'C4: something is said of task f t, of which its agent, if it comes back, may know better',
    ]);
  });
});

describe('C5', () => {
  const offer = (role: string): Offer => ({
    id: OfferId('o'),
    frameworkId: FRAMEWORK,
    agentId: AGENT,
    role,
    hostname: 'h',
    resources: Resources.parse('cpus:1').allocate(role),
    attributes: [],
    executorIds: [],
  });
  const due: MasterCommand = { type: 'allocated', frameworkId: FRAMEWORK, allocation: new Map(), wallMs: 0 };

  test.for([
    ['r', []],
    ['s', ['C5: offer o is made to framework f, which has suppressed role s']],
    ['x', ['C5: offer o is made to framework f, which is not in role x']],
  ] as const)('an offer in role %s', ([role, violations]) => {
    expect(watch(world(), due, decided([{ type: 'offersMade', offers: [offer(role)] }]))).toEqual(violations);
  });

  test('A4: an offer that is taken back is rescinded aloud', () => {
    const made: MasterEvent = { type: 'offersMade', offers: [offer('r')] };
    const tables = world(made);
    const observer = new InvariantWatch();
    observer.observe(world(), due, decided([made]));
    const ended: MasterEvent = { type: 'offerEnded', offerId: OfferId('o'), end: 'rescinded' };
    expect(observer.observe(tables, due, decided([ended]))).toEqual([
      'A4: offer o is rescinded, and framework f is not told',
    ]);
  });
});
