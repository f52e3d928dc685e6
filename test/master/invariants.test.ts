import { describe, expect, test } from 'vitest';
import type { AllocatorEntry } from '../../src/allocator/index.ts';
import { AgentId, ExecutorId, FrameworkId, OfferId, TaskId } from '../../src/core/index.ts';
import {
  type AllocatorBooks,
  allocatorAgrees,
  apply,
  checkInvariants,
  InvariantWatch,
  type MasterEvent,
  type MasterTables,
  nothingHeldTwice,
  nothingOvercommitted,
  offersAreAnswerable,
  tasksHoldWhatTheyWereGiven,
} from '../../src/master/index.ts';
import { InvariantSweep } from '../../src/master/invariant-sweep.ts';
import { OfferTable } from '../../src/master/offer-table.ts';
import type { Offer } from '../../src/offers/index.ts';
import { Resources } from '../../src/resources/index.ts';
import type { Task, TaskState } from '../../src/tasks/index.ts';
import { bareState } from '../support/bare-state.ts';

const AGENT = AgentId('a');
const OTHER = AgentId('b');
const FRAMEWORK = FrameworkId('f');
const TOTAL = Resources.parse('cpus:4;ports:[1-4]');

/** A master with one connected agent and framework. */
function world(...events: readonly MasterEvent[]): MasterTables {
  const state = bareState();
  apply(state, {
    type: 'frameworkAdded',
    framework: {
      id: FRAMEWORK,
      info: { id: FRAMEWORK, user: 'u', name: 'f', capabilities: ['PARTITION_AWARE'] },
      suppressedRoles: [],
      offerConstraints: {},
      connection: 1,
      recovered: false,
      subscriptions: 1,
      registeredMs: 0,
      reregisteredMs: 0,
    },
  });
  apply(state, {
    type: 'agentAdded',
    agent: {
      id: AGENT,
      info: { id: AGENT, hostname: 'h', resources: TOTAL, attributes: [] },
      total: TOTAL,
      connection: 2,
      epoch: 0,
      unansweredPings: 0,
      killsWhenBack: [],
      inverseOfferStatuses: [],
      registeredMs: 0,
      reregisteredMs: undefined,
    },
  });
  for (const event of events) apply(state, event);
  return state;
}

function task(id: string, resources: string, state: TaskState = 'TASK_RUNNING'): Task {
  return {
    taskId: TaskId(id),
    name: id,
    frameworkId: FRAMEWORK,
    agentId: AGENT,
    resources: Resources.parse(resources).allocate('*'),
    state,
    statuses: [],
  };
}

function offer(id: string, resources: string): Offer {
  return {
    id: OfferId(id),
    frameworkId: FRAMEWORK,
    agentId: AGENT,
    role: '*',
    hostname: 'h',
    resources: Resources.parse(resources).allocate('*'),
    attributes: [],
    executorIds: [],
  };
}

function books(held: readonly string[], free = '', total = TOTAL): AllocatorBooks {
  const available = Resources.parse(free);
  const entries = held.map((text) => {
    const resources = Resources.parse(text).allocate('*');
    return { agentId: AGENT, frameworkId: FRAMEWORK, role: '*', resources };
  });
  return {
    agentIds: () => [AGENT],
    agent: () => ({ hostname: 'h', total, attributes: [], capabilities: [], active: true, available }),
    books: () => entries,
  };
}

const launched = (...args: Parameters<typeof task>): MasterEvent => ({ type: 'taskLaunched', task: task(...args) });
const offered = (id: string, resources: string): MasterEvent => ({
  type: 'offersMade',
  offers: [offer(id, resources)],
});

describe('A state in good order', () => {
  test('violates nothing', () => {
    const state = world(launched('t1', 'cpus:1;ports:[1-2]'), offered('o1', 'cpus:3;ports:[3-4]'));
    expect(checkInvariants(state, books(['cpus:4;ports:[1-4]']))).toEqual([]);
  });
});

describe('A1', () => {
  test('sees that more is offered and used than there is', () => {
    const state = world(launched('t1', 'cpus:2'), offered('o1', 'cpus:3'));
    expect(nothingOvercommitted(state)).toEqual([expect.stringMatching(/^A1: agent a has cpus:4.*cpus:5/)]);
  });
});

describe('A2', () => {
  test('sees a port in two hands', () => {
    const state = world(launched('t1', 'ports:[1-2]'), offered('o1', 'ports:[2-3]'));
    expect(nothingHeldTwice(state)).toEqual([expect.stringContaining('A2: task t1 of framework f holds ports:[1-2]')]);
  });
});

describe('A3', () => {
  test.for([
    [[], 'cpus:4;ports:[1-4]', /A3: framework f in role \* on agent a holds cpus.*in the allocator's books \{\}/],
    [['cpus:1', 'ports:[1-1]'], 'cpus:3;ports:[1-4]', /A3: framework f in role \* on agent a holds/],
    [['cpus:1'], 'cpus:2;ports:[1-4]', /A1: agent a has cpus:4.*cpus:2; ports:\[1-4\] are free/],
  ] as const)('sees that the books hold %j', ([entries, available, message]) => {
    const violations = allocatorAgrees(world(launched('t1', 'cpus:1')), books(entries, available));
    expect(violations.join('\n')).toMatch(message);
  });

  test('sees another total, and an agent that only one of them has', () => {
    const [total] = allocatorAgrees(world(), books([], 'cpus:4;ports:[1-4]', Resources.parse('cpus:1')));
    expect(total).toContain("A3: agent a has cpus:4; ports:[1-4], in the allocator's books cpus:1");
    const gone = world({ type: 'agentRemoved', agentId: AGENT });
    expect(allocatorAgrees(gone, books([]))).toEqual(['A3: the allocator has agent a, the master has not']);
    const nobody = { ...books([]), agentIds: () => [], agent: () => undefined };
    expect(allocatorAgrees(world(), nobody)).toEqual(['A3: the master has agent a, the allocator has not']);
  });
});

describe('A4', () => {
  test('sees offers of an agent or to a framework that is not connected', () => {
    const state = world(
      offered('o1', 'cpus:1'),
      { type: 'agentDisconnected', agentId: AGENT },
      { type: 'frameworkDisconnected', frameworkId: FRAMEWORK },
    );
    expect(offersAreAnswerable(state)).toEqual([
      'A4: offer o1 is outstanding, framework f is not connected',
      'A4: offer o1 is outstanding, agent a is not connected',
    ]);
  });

  test('sees an offer that ends twice, and an id that is used again', () => {
    const watch = new InvariantWatch();
    const state = world();
    const command = { type: 'heartbeatDue', connection: 1, wallMs: 0 } as const;
    const ended = { type: 'offerEnded', offerId: OfferId('o1'), end: 'declined' } as const;
    const observe = (event: MasterEvent) => watch.observe(state, command, { events: [event], effects: [] });
    expect(observe(offered('o1', 'cpus:1'))).toEqual([]);
    expect(observe(ended)).toEqual([]);
    expect(observe(ended)).toEqual(['A4: offer o1 is declined, and was not outstanding']);
    expect(observe(offered('o1', 'cpus:1'))).toEqual(['A4: the id of offer o1 is used again']);
  });
});

describe('A5', () => {
  test('sees that what is used is not what tasks and executors hold', () => {
    const state = world(launched('t1', 'cpus:1'));
    state.used.add(AGENT, FRAMEWORK, Resources.parse('cpus:1').allocate('*'));
    expect(tasksHoldWhatTheyWereGiven(state)).toEqual([
      expect.stringMatching(/^A5: framework f on agent a uses .*:2, its tasks and executors hold .*:1$/),
    ]);
  });

  test('sees tasks and executors of nobody', () => {
    const executor = {
      agentId: AGENT,
      frameworkId: FRAMEWORK,
      info: { type: 'IN_PROCESS', executorId: ExecutorId('e') },
    } as const;
    const state = world(launched('t1', 'cpus:1'), { type: 'executorAdded', executor });
    state.agents.clear();
    state.frameworks.clear();
    expect(tasksHoldWhatTheyWereGiven(state)).toHaveLength(5);
  });
});

describe('T1, T2, T3', () => {
  const status = {
    taskId: TaskId('t1'),
    state: 'TASK_RUNNING',
    source: 'SOURCE_EXECUTOR',
    timestampMs: 0,
    uuid: 'u',
  } as const;
  const update = {
    type: 'agentMessage',
    connection: 2,
    message: { type: 'statusUpdate', frameworkId: FRAMEWORK, status, latestState: 'TASK_RUNNING' },
    wallMs: 0,
  } as const;

  test('T1 sees a task that rises from the dead', () => {
    const state = world(launched('t1', 'cpus:1', 'TASK_FINISHED'));
    const event = {
      type: 'taskUpdated',
      frameworkId: FRAMEWORK,
      taskId: TaskId('t1'),
      status,
      latestState: 'TASK_RUNNING',
    } as const;
    expect(new InvariantWatch().observe(state, update, { events: [event], effects: [] })).toContain(
      'T1: task f t1 goes from TASK_FINISHED to TASK_RUNNING',
    );
  });

  test('T2 sees an update that is not passed on', () => {
    const state = world(launched('t1', 'cpus:1'));
    expect(new InvariantWatch().observe(state, update, { events: [], effects: [] })).toEqual([
      'T2: update u (TASK_RUNNING) of task f t1 was not forwarded',
    ]);
  });

  test('T3 sees a second end that is acknowledged, and a task that is forgotten before its end was', () => {
    const state = world(launched('t1', 'cpus:1'));
    const watch = new InvariantWatch();
    const report = (uuid: string, is: TaskState) =>
      watch.observe(
        state,
        { ...update, message: { ...update.message, status: { ...status, uuid, state: is } } },
        {
          events: [],
          effects: [{ type: 'sendToFramework', connection: 1, event: { type: 'update', status: { ...status, uuid } } }],
        },
      );
    const acknowledge = (uuid: string, events: readonly MasterEvent[] = []) =>
      watch.observe(
        state,
        {
          type: 'schedulerCall',
          connection: 1,
          call: { type: 'acknowledge', agentId: AGENT, taskId: TaskId('t1'), uuid },
          wallMs: 0,
        },
        {
          events,
          effects: [
            {
              type: 'sendToAgent',
              connection: 2,
              message: { type: 'acknowledgeUpdate', frameworkId: FRAMEWORK, taskId: TaskId('t1'), uuid },
            },
          ],
        },
      );
    report('u1', 'TASK_RUNNING');
    expect(acknowledge('u1', [{ type: 'taskCompleted', frameworkId: FRAMEWORK, taskId: TaskId('t1') }])).toEqual([
      'T3: task f t1 is forgotten when TASK_RUNNING is acknowledged',
    ]);
    report('u2', 'TASK_FINISHED');
    expect(acknowledge('u2')).toEqual([]);
    report('u3', 'TASK_FAILED');
    expect(acknowledge('u3')).toEqual(['T3: task f t1 was acknowledged as TASK_FINISHED, now as TASK_FAILED']);
  });
});

/** What has not changed is not checked again; so each of these changes after a check that found nothing. */
describe('A sweep after every turn', () => {
  const inOrder = (): MasterTables => world(launched('t1', 'cpus:1;ports:[1-2]'), offered('o1', 'cpus:3;ports:[3-4]'));
  const AGREED = books(['cpus:4;ports:[1-4]']);

  function swept(state: MasterTables): InvariantSweep {
    const sweep = new InvariantSweep();
    expect(sweep.check(state, AGREED)).toEqual([]);
    expect(sweep.check(state, AGREED)).toEqual([]);
    return sweep;
  }

  const used = Resources.parse('cpus:1').allocate('*');
  const executor = {
    agentId: AGENT,
    frameworkId: FRAMEWORK,
    info: { type: 'IN_PROCESS', executorId: ExecutorId('e'), resources: used },
  } as const;
  const changes: readonly (readonly [string, (state: MasterTables) => void])[] = [
    ['an offer', (state) => state.offers.add(offer('o2', 'cpus:1;ports:[4-4]'))],
    [
      'an offer of an agent that is not there',
      (state) => state.offers.add({ ...offer('o2', 'cpus:1'), agentId: OTHER }),
    ],
    ['a task', (state) => state.tasks.add(task('t2', 'cpus:1;ports:[1-1]'))],
    ['a task that is over', (state) => state.tasks.replace(task('t1', 'cpus:1;ports:[1-2]', 'TASK_FINISHED'))],
    ['a task on an agent that is not there', (state) => state.tasks.add({ ...task('t2', 'cpus:1'), agentId: OTHER })],
    [
      'a task that is unreachable, too',
      (state) => state.unreachableTasks.add(task('t1', 'cpus:1', 'TASK_UNREACHABLE')),
    ],
    ['an executor', (state) => state.executors.add(executor)],
    ['an executor on an agent that is not there', (state) => state.executors.add({ ...executor, agentId: OTHER })],
    ['what is used', (state) => state.used.add(AGENT, FRAMEWORK, used)],
    [
      'who uses it',
      (state) => {
        const all = state.used.ofAgent(AGENT).get(FRAMEWORK) ?? used;
        state.used.take(AGENT, FRAMEWORK, all);
        state.used.add(AGENT, FrameworkId('g'), all);
      },
    ],
    [
      'what there is',
      ({ agents }) => agents.forEach((agent) => agents.set(AGENT, { ...agent, total: used.unallocate() })),
    ],
    ['an agent that goes', (state) => state.agents.delete(AGENT)],
    ['an agent that disconnects', (state) => apply(state, { type: 'agentDisconnected', agentId: AGENT })],
    ['a framework that goes', (state) => state.frameworks.delete(FRAMEWORK)],
    [
      'a framework that disconnects',
      (state) => apply(state, { type: 'frameworkDisconnected', frameworkId: FRAMEWORK }),
    ],
  ];

  test.for(changes)('finds what is wrong with %s', ([, change]) => {
    const state = inOrder();
    const sweep = swept(state);
    change(state);
    const violations = checkInvariants(state, AGREED);
    expect(violations).not.toEqual([]);
    expect(sweep.check(state, AGREED)).toEqual(violations);
  });

  const shown = {
    hostname: 'h',
    total: TOTAL,
    attributes: [],
    capabilities: [],
    active: true,
    available: Resources.empty,
  };
  const [entry] = AGREED.books();
  const ofOthers = (other: Partial<AllocatorEntry>): AllocatorBooks => {
    return { ...AGREED, books: () => (entry === undefined ? [] : [{ ...entry, ...other }]) };
  };

  test.for([
    ['hold less', ofOthers({ resources: used })],
    ['hold it for another framework', ofOthers({ frameworkId: FrameworkId('g') })],
    ['hold it in another role', ofOthers({ role: 'r' })],
    ['have more free', { ...AGREED, agent: () => ({ ...shown, available: used.unallocate() }) }],
    ['say another total', { ...AGREED, agent: () => ({ ...shown, total: used.unallocate() }) }],
    ['lack the agent', { ...AGREED, agentIds: () => [], agent: () => undefined, books: () => [] }],
    ['have another agent', { ...AGREED, agentIds: () => [AGENT, OTHER] }],
  ] as const)("finds that the allocator's books %s", ([, wrong]) => {
    const state = inOrder();
    const violations = checkInvariants(state, wrong);
    expect(violations).not.toEqual([]);
    expect(swept(state).check(state, wrong)).toEqual(violations);
  });

  test('compares an agent that has changed while the allocator was ahead', () => {
    const state = inOrder();
    const sweep = swept(state);
    apply(state, { type: 'offerEnded', offerId: OfferId('o1'), end: 'declined' });
    expect(sweep.check(state, undefined)).toEqual([]);
    const violations = checkInvariants(state, AGREED);
    expect(violations).toEqual([expect.stringContaining('A1: agent a'), expect.stringContaining('A3: framework f')]);
    expect(sweep.check(state, AGREED)).toEqual(violations);
  });

  test('looks at every 256th state as a whole, for what is wrong with no record of it', () => {
    const state = inOrder();
    const sweep = swept(state);
    const offers = new OfferTable();
    for (const each of state.offers.all()) offers.add(each);
    const broken = { ...state, offers: Object.assign(offers, { ofFramework: () => [] }) };
    const found = Array.from({ length: 512 }, () => sweep.check(broken, AGREED).length);
    expect(found.filter((count) => count > 0)).toEqual([1, 1]);
  });
});
