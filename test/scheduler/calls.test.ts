import { describe, expect, test } from 'vitest';
import { AgentId, ExecutorId, FrameworkId, InvalidArgument, OfferId, TaskId } from '../../src/core/index.ts';
import type { ConstraintGroup, InverseOffer } from '../../src/offers/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { callsOf, commandTask, connect, type DriverOptions, type FrameworkOptions } from '../../src/scheduler/index.ts';
import type { TaskStatus } from '../../src/tasks/index.ts';
import { createFakeMaster, offer, status } from '../support/fake-master.ts';
import { createManualClock } from '../support/manual-clock.ts';

const inverseOffer = (id: string): InverseOffer => ({
  id: OfferId(id),
  frameworkId: FrameworkId('F1'),
  agentId: AgentId('A1'),
  unavailability: { startMs: 60_000 },
});

function setUp(framework: Partial<FrameworkOptions> = {}, options: DriverOptions = {}) {
  const clock = createManualClock();
  const master = createFakeMaster();
  const driver = connect(master, { name: 'test', ...framework }, { clock, random: seededRandom(1), ...options });
  master.connection.accept();
  const updates: TaskStatus[] = [];
  driver.updates$.subscribe((update) => updates.push(update));
  const update = (each: TaskStatus) => master.connection.emit({ type: 'update', status: each });
  /** Breaks the connection, lets `meanwhile` happen, and waits for the next one. */
  const resubscribe = (meanwhile: () => void = () => undefined) => {
    clock.advance(2_000);
    master.connection.drop();
    meanwhile();
    clock.advance(2_000);
    master.connection.accept();
  };
  return { clock, master, driver, updates, update, resubscribe };
}

const O1 = offer('O1');
const task = (id: string) => commandTask({ id, command: 'true', offer: O1, resources: 'cpus:1;mem:32' });

describe('a kill of a task on a lost agent', () => {
  test('names the agent, and is said again when the agent is back with the task', () => {
    const { driver, master, update } = setUp();
    driver.launch(O1, task('t1'));
    update({ ...status('t1', 'TASK_UNREACHABLE', { uuid: undefined }), reason: 'REASON_AGENT_REMOVED' });
    driver.kill('t1');
    driver.reconcile([{ taskId: TaskId('t1') }]);
    const kill = { type: 'kill', taskId: 't1', agentId: 'A1' };
    expect(master.connection.calls.slice(1)).toEqual([
      kill,
      { type: 'reconcile', tasks: [{ taskId: 't1', agentId: 'A1' }] },
    ]);
    update({ ...status('t1', 'TASK_RUNNING', { uuid: undefined }), reason: 'REASON_AGENT_REREGISTERED' });
    expect(master.connection.calls.slice(3)).toEqual([kill]);
  });
});

describe('calls of a connected driver', () => {
  test('are sent as Mesos has them, in order', () => {
    const { driver, master } = setUp();
    const agentId = AgentId('A1');
    const executorId = ExecutorId('e');
    const data = new Uint8Array([7]);
    driver.launch(O1, task('t1'), { refuseMs: 1_000 });
    driver.accept([O1, OfferId('O2')], [{ type: 'RESERVE', resources: O1.resources }]);
    driver.decline([]);
    driver.decline(OfferId('O3'));
    driver.decline([O1, OfferId('O4')], { refuseMs: 0 });
    driver.kill('t1');
    driver.kill({ taskId: 't2', agentId, killPolicy: { gracePeriodMs: 5 } });
    driver.revive();
    driver.suppress(['*']);
    driver.message(agentId, executorId, data);
    driver.shutdownExecutor(agentId, executorId);
    driver.reconcile();
    driver.acknowledge(status('t9', 'TASK_LOST', { uuid: undefined }));
    driver.call({ type: 'revive', roles: ['*'] });
    expect(master.connection.calls).toEqual([
      {
        type: 'accept',
        offerIds: ['O1'],
        operations: [{ type: 'LAUNCH', taskInfos: [task('t1')] }],
        filters: { refuseMs: 1_000 },
      },
      { type: 'accept', offerIds: ['O1', 'O2'], operations: [{ type: 'RESERVE', resources: O1.resources }] },
      { type: 'decline', offerIds: ['O3'] },
      { type: 'decline', offerIds: ['O1', 'O4'], filters: { refuseMs: 0 } },
      { type: 'kill', taskId: 't1', agentId: 'A1' },
      { type: 'kill', taskId: 't2', agentId: 'A1', killPolicy: { gracePeriodMs: 5 } },
      { type: 'revive' },
      { type: 'suppress', roles: ['*'] },
      { type: 'message', agentId: 'A1', executorId: 'e', data },
      { type: 'shutdown', agentId: 'A1', executorId: 'e' },
      { type: 'reconcile', tasks: [] },
      { type: 'revive', roles: ['*'] },
    ]);
  });

  test('refuse what the master would ignore, and say which field it is', () => {
    const { driver, master } = setUp({ roles: ['a', 'b'] });
    expect(() => driver.accept([], [])).toThrow(new InvalidArgument('offers', 'expected at least one offer, got none'));
    expect(() => driver.kill('')).toThrow('taskId: expected an identifier, got ""');
    expect(() => driver.revive(['a', 'c'])).toThrow('roles[1]: expected a role of the framework (a, b), got "c"');
    expect(() => driver.suppress(['d'])).toThrow('roles[0]: expected a role of the framework (a, b), got "d"');
    expect(master.connection.calls).toEqual([]);
  });

  // As from a program without types: JSON knows none.
  test.for<readonly [string, string]>([
    ['{"type":"LAUNCH","taskInfos":[{"id":"x"}]}', 'operations[0].taskInfos[0].taskId'],
    ['{"type":"LAUNCH","taskInfos":[{"taskId":"x"}]}', 'operations[0].taskInfos[0].name'],
    ['{"type":"LAUNCH","taskInfos":[{"taskId":"x","name":"x"}]}', 'operations[0].taskInfos[0].agentId'],
    [
      '{"type":"LAUNCH","taskInfos":[{"taskId":"x","name":"x","agentId":"A1","resources":"cpus:1"}]}',
      'operations[0].taskInfos[0].resources',
    ],
    ['{"type":"LAUNCH","taskInfos":[null]}', 'operations[0].taskInfos[0]'],
    ['{"type":"LAUNCH"}', 'operations[0].taskInfos'],
    ['{"type":"LAUNCH_GROUP","taskInfos":[]}', 'operations[0].executor'],
    ['{"type":"LAUNCH_GROUP","executor":{},"taskInfos":[]}', 'operations[0].executor.executorId'],
    ['{"type":"LAUNCH_GROUP","executor":{"executorId":"e","name":5},"taskInfos":[]}', 'operations[0].executor.name'],
    [
      '{"type":"LAUNCH_GROUP","executor":{"executorId":"e","resources":[]},"taskInfos":[]}',
      'operations[0].executor.resources',
    ],
    ['null', 'operations[0]'],
    ['{"type":"RESERVE","resources":1}', 'operations[0].resources'],
    ['{"type":"DESTROY","volumes":[]}', 'operations[0].volumes'],
    ['{"type":"GROW_VOLUME"}', 'operations[0].type'],
  ])('accept refuses %s, naming %s, and the offer is still there to be answered', ([operation, field]) => {
    const { driver, master } = setUp();
    expect(() => driver.accept(O1, [JSON.parse(operation)])).toThrow(`${field}: expected `);
    expect(master.connection.calls).toEqual([]);
  });

  test('launch refuses a command without a text, and an executor whose resources are none', () => {
    const { driver } = setUp();
    expect(() => driver.launch(O1, { ...task('t1'), command: JSON.parse('{}') })).toThrow(
      'operations[0].taskInfos[0].command.value: expected a string, got undefined',
    );
    const executor = JSON.parse('{"executorId":"e","resources":{"cpus":1}}');
    expect(() => driver.launch(O1, { ...task('t1'), executor })).toThrow(
      'operations[0].taskInfos[0].executor.resources: expected a collection made by Resources, got {"cpus":1}',
    );
  });

  test.for([Number.NaN, -1, Number.POSITIVE_INFINITY])(
    'a kill with %s milliseconds of grace is refused, and not remembered',
    (gracePeriodMs) => {
      const { driver, master, resubscribe } = setUp();
      const refused = new InvalidArgument(
        'killPolicy.gracePeriodMs',
        `expected milliseconds, 0 or more, got ${gracePeriodMs}`,
      );
      const killPolicy = { gracePeriodMs };
      expect(() => driver.kill({ taskId: 't1', killPolicy })).toThrow(refused);
      expect(() => driver.call({ type: 'kill', taskId: TaskId('t1'), killPolicy })).toThrow(refused);
      expect(() => callsOf((calls) => calls.kill({ taskId: 't1', killPolicy }))).toThrow(refused);
      resubscribe();
      expect(master.connection.calls).toEqual([]);
    },
  );

  test('updateFramework() changes what is given and keeps the rest', () => {
    const { driver, master } = setUp({ roles: ['a', 'b'], suppressedRoles: ['a', 'b'], user: 'worker' });
    driver.updateFramework({ roles: ['b', 'c'], webuiUrl: 'http://x' });
    expect(master.connection.sent('updateFramework')).toMatchObject([
      {
        frameworkInfo: { id: 'F1', name: 'test', user: 'worker', roles: ['b', 'c'], webuiUrl: 'http://x' },
        suppressedRoles: ['b'],
      },
    ]);
    driver.updateFramework({ suppressedRoles: ['c'] });
    expect(master.connection.sent('updateFramework')[1]).toMatchObject({
      frameworkInfo: { webuiUrl: 'http://x' },
      suppressedRoles: ['c'],
    });
    driver.revive(['c']);
    expect(() => driver.revive(['a'])).toThrow('expected a role of the framework (b, c)');
  });

  test('inverse offers are answered by themselves or their ids, with filters or without', () => {
    const { driver, master } = setUp();
    const [first, second] = [inverseOffer('O1'), inverseOffer('O2')];
    driver.acceptInverseOffers(first, { refuseMs: 60_000 });
    driver.declineInverseOffers([first, second.id]);
    driver.declineInverseOffers([]);
    expect(master.connection.calls).toEqual([
      { type: 'acceptInverseOffers', inverseOfferIds: ['O1'], filters: { refuseMs: 60_000 } },
      { type: 'declineInverseOffers', inverseOfferIds: ['O1', 'O2'] },
    ]);
    expect(() => driver.acceptInverseOffers([first, {} as never])).toThrow('inverseOffers[1]: expected an offer or');
    expect(() => driver.call({ type: 'acceptInverseOffers', inverseOfferIds: [5 as never] })).toThrow(
      'inverseOfferIds[0]',
    );
  });

  test('updateFramework() changes constraints, and keeps those of the roles that are left', () => {
    const groups = (name: string): readonly ConstraintGroup[] => [
      [{ selector: { type: 'attribute', name }, predicate: { type: 'exists' } }],
    ];
    const { driver, master, resubscribe } = setUp({ roles: ['a', 'b'], offerConstraints: { a: groups('x') } });
    expect(master.connection.subscribe.offerConstraints).toEqual({ a: groups('x') });
    driver.updateFramework({ webuiUrl: 'http://x' });
    driver.updateFramework({ offerConstraints: { a: groups('y'), b: groups('z') } });
    driver.updateFramework({ roles: ['b'] });
    driver.updateFramework({ offerConstraints: {} });
    const said = master.connection.sent('updateFramework').map(({ offerConstraints }) => offerConstraints);
    expect(said).toEqual([{ a: groups('x') }, { a: groups('y'), b: groups('z') }, { b: groups('z') }, undefined]);
    expect(() => driver.updateFramework({ offerConstraints: { a: groups('x') } })).toThrow(
      'framework.offerConstraints[0]: expected a role of the framework (b), got "a"',
    );
    driver.updateFramework({ offerConstraints: { b: groups('w') } });
    resubscribe();
    expect(master.connection.subscribe.offerConstraints).toEqual({ b: groups('w') });
  });

  test('updateFramework as data replaces everything but the id', () => {
    const { driver, master, resubscribe } = setUp({ roles: ['a', 'b'], suppressedRoles: ['a'] });
    const frameworkInfo = { user: 'worker', name: 'other', roles: ['b'], capabilities: ['MULTI_ROLE'] as const };
    driver.call({ type: 'updateFramework', frameworkInfo });
    expect(master.connection.calls).toEqual([
      { type: 'updateFramework', frameworkInfo: { ...frameworkInfo, id: 'F1' } },
    ]);
    expect(driver.frameworkId).toBe('F1');
    resubscribe();
    expect(master.connection.subscribe).toEqual({ type: 'subscribe', frameworkInfo: { ...frameworkInfo, id: 'F1' } });
  });

  test('updateFramework() changes what was replaced as data, and not what was there before', () => {
    const { driver, master } = setUp({ hostname: 'h' });
    const frameworkInfo = { user: 'worker', name: 'other', role: 'b' };
    driver.call({ type: 'updateFramework', frameworkInfo });
    driver.updateFramework({ webuiUrl: 'http://x' });
    expect(master.connection.sent('updateFramework')[1]?.frameworkInfo).toEqual({
      ...frameworkInfo,
      id: 'F1',
      checkpoint: false,
      capabilities: [],
      webuiUrl: 'http://x',
    });
  });

  test('updateFramework() lets roles take the place of a role, and a role that of roles', () => {
    const { driver, master } = setUp({ role: 'a' });
    driver.updateFramework({ roles: ['a', 'b'] });
    driver.updateFramework({ hostname: 'h' });
    driver.updateFramework({ role: 'c' });
    expect(master.connection.sent('updateFramework').map(({ frameworkInfo }) => frameworkInfo.roles)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['c'],
    ]);
    expect(() => driver.updateFramework({ role: 'd', roles: ['e'] })).toThrow('framework.roles: expected either');
  });

  test('updateFramework() refuses what cannot be changed, and then changes nothing', () => {
    const { driver, master } = setUp({ user: 'worker' });
    expect(() => driver.updateFramework({ user: 'root' })).toThrow(
      'framework.user: expected "worker", which cannot be changed, got "root"',
    );
    expect(() => driver.updateFramework({ principal: 'p' })).toThrow('framework.principal: expected none');
    expect(() => driver.updateFramework({ checkpoint: false })).toThrow('framework.checkpoint: expected true');
    expect(() => driver.updateFramework({ id: 'F2' })).toThrow('framework.id: expected "F1"');
    expect(() => driver.updateFramework({ role: 'a b' })).toThrow('framework.role');
    driver.updateFramework({ webuiUrl: 'http://x' });
    expect(master.connection.sent('updateFramework')).toHaveLength(1);
    expect(master.connection.sent('updateFramework')[0]?.frameworkInfo).toMatchObject({ user: 'worker', roles: ['*'] });
  });
});

describe('calls without a connection', () => {
  test('accept answers TASK_DROPPED for each task, not within the call', () => {
    const { clock, driver, master, updates } = setUp();
    master.connection.drop();
    driver.launch(O1, [task('t1'), task('t2')]);
    expect(updates).toEqual([]);
    clock.advance(0);
    expect(updates).toMatchObject([
      { taskId: 't1', state: 'TASK_DROPPED', source: 'SOURCE_MASTER', reason: 'REASON_INVALID_OFFERS', agentId: 'A1' },
      { taskId: 't2', state: 'TASK_DROPPED' },
    ]);
    expect(updates[0]).not.toHaveProperty('uuid');
    clock.advance(2_000);
    master.connection.accept();
    expect(master.connection.calls).toEqual([]);
  });

  test('accept answers for the tasks of a group as well', () => {
    const { clock, driver, master, updates } = setUp();
    master.connection.drop();
    const executor = { type: 'DEFAULT', executorId: ExecutorId('e') } as const;
    driver.accept(O1, [
      { type: 'LAUNCH_GROUP', executor, taskInfos: [task('t1'), task('t2')] },
      { type: 'RESERVE', resources: O1.resources },
    ]);
    clock.advance(0);
    expect(updates.map(({ taskId, state }) => `${taskId} ${state}`)).toEqual(['t1 TASK_DROPPED', 't2 TASK_DROPPED']);
  });

  test('accept answers TASK_LOST to a framework that is not partition aware', () => {
    const { clock, driver, master, updates } = setUp({ capabilities: [] });
    master.connection.drop();
    driver.launch(O1, task('t1'));
    clock.advance(0);
    expect(updates).toMatchObject([{ taskId: 't1', state: 'TASK_LOST' }]);
  });

  test('decline, acknowledge, message and shutdown are dropped', () => {
    const { driver, master, resubscribe } = setUp({}, { autoAcknowledge: false });
    resubscribe(() => {
      driver.decline(O1);
      driver.acknowledge(status('t1', 'TASK_RUNNING'));
      driver.message(AgentId('A1'), ExecutorId('e'), new Uint8Array());
      driver.shutdownExecutor(AgentId('A1'), ExecutorId('e'));
    });
    expect(master.connection.calls).toEqual([]);
  });

  test('an acknowledgement that was dropped is sent when the update comes again', () => {
    const { driver, master, update, resubscribe, updates } = setUp({}, { autoAcknowledge: false });
    const running = status('t1', 'TASK_RUNNING');
    update(running);
    resubscribe(() => driver.acknowledge(running));
    update(running);
    expect(master.connection.sent('acknowledge')).toHaveLength(1);
    expect(updates).toHaveLength(1);
  });

  test('a kill is sent with the next subscription, once per task, and with each until the task is over', () => {
    const { driver, master, update, resubscribe } = setUp();
    resubscribe(() => {
      driver.kill('t1');
      driver.kill({ taskId: 't1', killPolicy: { gracePeriodMs: 0 } });
      driver.kill('t2');
    });
    expect(master.connection.sent('kill')).toEqual([
      { type: 'kill', taskId: 't1', killPolicy: { gracePeriodMs: 0 } },
      { type: 'kill', taskId: 't2' },
    ]);
    update(status('t1', 'TASK_KILLING'));
    resubscribe();
    expect(master.connection.sent('kill').map(({ taskId }) => taskId)).toEqual(['t1', 't2']);
    update(status('t1', 'TASK_KILLED'));
    update(status('t2', 'TASK_UNKNOWN', { uuid: undefined }));
    resubscribe();
    expect(master.connection.sent('kill')).toEqual([]);
  });

  test('a kill is repeated with every periodic reconciliation until the task is over', () => {
    const { clock, driver, master, update } = setUp({}, { reconcileIntervalMs: 10_000 });
    driver.kill('t1');
    clock.advance(10_000);
    expect(master.connection.sent('kill')).toHaveLength(2);
    update(status('t1', 'TASK_KILLED'));
    clock.advance(10_000);
    expect(master.connection.sent('kill')).toHaveLength(2);
  });

  test('a kill of a task that is over is sent once', () => {
    const { clock, driver, master, update } = setUp({}, { autoAcknowledge: false, reconcileIntervalMs: 10_000 });
    update(status('t1', 'TASK_FINISHED'));
    driver.kill('t1');
    clock.advance(30_000);
    expect(master.connection.sent('kill')).toHaveLength(1);
  });

  test('reconcile is sent with the next subscription, for some tasks or for all', () => {
    const { driver, master, resubscribe } = setUp();
    resubscribe(() => {
      driver.reconcile([{ taskId: TaskId('t1') }]);
      driver.reconcile();
      driver.reconcile([{ taskId: TaskId('t2'), agentId: AgentId('A2') }]);
    });
    expect(master.connection.sent('reconcile').map(({ tasks }) => tasks)).toEqual([
      [{ taskId: 't1' }, { taskId: 't2', agentId: 'A2' }],
      [],
    ]);
  });
});

describe('reconciliation', () => {
  const asked = (calls: readonly { readonly tasks: readonly { readonly taskId: TaskId }[] }[]) =>
    calls.map(({ tasks }) => tasks.map(({ taskId }) => taskId));

  test('after a new subscription asks about all tasks that are not over', () => {
    const { driver, master, update, resubscribe } = setUp();
    driver.launch(O1, [task('t1'), task('t2'), task('t3')]);
    update(status('t1', 'TASK_RUNNING'));
    update(status('t2', 'TASK_FINISHED'));
    update(status('strange', 'TASK_RUNNING', { uuid: 'u', agentId: 'A5' }));
    expect(master.connection.sent('reconcile')).toEqual([]);
    resubscribe();
    expect(master.connection.sent('reconcile')).toEqual([
      {
        type: 'reconcile',
        tasks: [
          { taskId: 't1', agentId: 'A1' },
          { taskId: 't3', agentId: 'A1' },
          { taskId: 'strange', agentId: 'A5' },
        ],
      },
    ]);
  });

  test('does not ask about tasks that the master does not know', () => {
    const { driver, master, update, resubscribe } = setUp();
    driver.launch(O1, [task('t1'), task('t2')]);
    update(status('t1', 'TASK_UNKNOWN', { uuid: undefined }));
    resubscribe();
    expect(asked(master.connection.sent('reconcile'))).toEqual([['t2']]);
    update(status('t1', 'TASK_RUNNING'));
    resubscribe();
    expect(asked(master.connection.sent('reconcile'))).toEqual([['t2', 't1']]);
  });

  test('asks again, with growing delays, about those without an answer', () => {
    const { clock, driver, master, update, resubscribe } = setUp({}, { reconcileIntervalMs: 0 });
    driver.launch(O1, [task('t1'), task('t2')]);
    resubscribe();
    update(status('t1', 'TASK_RUNNING', { uuid: undefined }));
    const counts: number[] = [];
    for (let second = 0; second < 40; second++) {
      clock.advance(1_000);
      master.connection.emit({ type: 'heartbeat' });
      counts.push(master.connection.sent('reconcile').length);
    }
    expect(asked(master.connection.sent('reconcile')).slice(1)).toEqual(
      Array.from({ length: master.connection.sent('reconcile').length - 1 }, () => ['t2']),
    );
    expect(counts[0]).toBe(2);
    expect(counts[39]).toBeGreaterThanOrEqual(6);
    expect(counts[39]).toBeLessThanOrEqual(8);
    update(status('t2', 'TASK_GONE', { uuid: undefined }));
    const before = master.connection.sent('reconcile').length;
    for (let minute = 0; minute < 10; minute++) {
      clock.advance(30_000);
      master.connection.emit({ type: 'heartbeat' });
    }
    expect(master.connection.sent('reconcile')).toHaveLength(before);
  });

  test('a repeated update is an answer, too', () => {
    const { clock, driver, master, update, resubscribe } = setUp();
    driver.launch(O1, [task('t1')]);
    const running = status('t1', 'TASK_RUNNING');
    update(running);
    resubscribe();
    update(running);
    clock.advance(30_000);
    expect(asked(master.connection.sent('reconcile'))).toEqual([['t1']]);
  });

  test('of all tasks is asked for once by a framework that brings its id', () => {
    const { master, resubscribe } = setUp({ id: 'F1' });
    expect(master.connection.sent('reconcile')).toEqual([{ type: 'reconcile', tasks: [] }]);
    resubscribe();
    expect(master.connection.sent('reconcile')).toEqual([]);
  });

  test('is repeated every so often, for the known tasks and for all', () => {
    const { clock, driver, master, update } = setUp({}, { reconcileIntervalMs: 20_000 });
    driver.launch(O1, [task('t1')]);
    clock.advance(19_999);
    expect(master.connection.sent('reconcile')).toEqual([]);
    clock.advance(1);
    expect(asked(master.connection.sent('reconcile'))).toEqual([['t1'], []]);
    update(status('t1', 'TASK_FINISHED'));
    master.connection.emit({ type: 'heartbeat' });
    clock.advance(20_000);
    expect(asked(master.connection.sent('reconcile'))).toEqual([['t1'], [], []]);
  });
});
