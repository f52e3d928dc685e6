import { describe, expect, test } from 'vitest';
import { InvalidArgument } from '../../src/core/index.ts';
import type { SchedulerCall } from '../../src/protocol/index.ts';
import { callsOf, commandTask, connect, type Driver, run, type SchedulerCalls } from '../../src/scheduler/index.ts';
import { createFakeMaster, offer } from '../support/fake-master.ts';
import { createManualClock } from '../support/manual-clock.ts';

/*
 * What the compiler refuses, for those who come without one. `never` stands for what it would refuse.
 */

const O1 = offer('O1');
const task = commandTask({ id: 't1', command: 'true', offer: O1, resources: 'cpus:1' });

function connected() {
  const master = createFakeMaster();
  const driver = connect(master, { name: 'test' }, { clock: createManualClock() });
  master.connection.accept();
  return { driver, master };
}

function fieldOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error instanceof InvalidArgument ? error.field : error;
  }
  return undefined;
}

describe('a call of a program without types', () => {
  const calls: readonly (readonly [text: string, make: (driver: SchedulerCalls) => void, field: string])[] = [
    ['decline()', (driver) => driver.decline(undefined as never), 'offers'],
    ['decline(null)', (driver) => driver.decline(null as never), 'offers'],
    ['decline({})', (driver) => driver.decline({} as never), 'offers'],
    ['decline([offer, 5])', (driver) => driver.decline([O1, 5 as never]), 'offers[1]'],
    ["decline('')", (driver) => driver.decline('' as never), 'offers'],
    ['decline(offer, 5000)', (driver) => driver.decline(O1, 5000 as never), 'filters'],
    [
      'decline with refuseSeconds',
      (driver) => driver.decline(O1, { refuseSeconds: 5 } as never),
      'filters.refuseSeconds',
    ],
    ['decline with a text', (driver) => driver.decline(O1, { refuseMs: '5' } as never), 'filters.refuseMs'],
    [
      'launch with refuseSeconds',
      (driver) => driver.launch(O1, task, { refuseSeconds: 5 } as never),
      'filters.refuseSeconds',
    ],
    ['launch of nothing', (driver) => driver.launch(O1, undefined as never), 'operations[0].taskInfos[0]'],
    ['launch of an id', (driver) => driver.launch(O1, { id: 'x' } as never), 'operations[0].taskInfos[0].taskId'],
    [
      'launch with a number in the environment',
      (driver) => driver.launch(O1, { ...task, command: { value: 'true', environment: { Q: 5 as never } } }),
      'operations[0].taskInfos[0].command.environment.Q',
    ],
    [
      'launch with no grace period',
      (driver) => driver.launch(O1, { ...task, killPolicy: { gracePeriodMs: Number.NaN } }),
      'operations[0].taskInfos[0].killPolicy.gracePeriodMs',
    ],
    [
      'launch with data that is text',
      (driver) => driver.launch(O1, { ...task, data: 'x' as never }),
      'operations[0].taskInfos[0].data',
    ],
    [
      'launch with labels that are none',
      (driver) => driver.launch(O1, { ...task, labels: {} as never }),
      'operations[0].taskInfos[0].labels',
    ],
    ['accept without operations', (driver) => driver.accept(O1, undefined as never), 'operations'],
    ['kill(undefined)', (driver) => driver.kill(undefined as never), 'task'],
    ['kill({})', (driver) => driver.kill({} as never), 'taskId'],
    ['kill({ agentId: 5 })', (driver) => driver.kill({ taskId: 't', agentId: 5 as never }), 'agentId'],
    [
      'kill with gracePeriod',
      (driver) => driver.kill({ taskId: 't', killPolicy: { gracePeriod: 5 } as never }),
      'killPolicy.gracePeriod',
    ],
    ["revive('x')", (driver) => driver.revive('x' as never), 'roles'],
    ['suppress([5])', (driver) => driver.suppress([5 as never]), 'roles[0]'],
    ["reconcile('x')", (driver) => driver.reconcile('x' as never), 'tasks'],
    ["reconcile(['x'])", (driver) => driver.reconcile(['x' as never]), 'tasks[0]'],
    ['reconcile([{}])', (driver) => driver.reconcile([{} as never]), 'tasks[0].taskId'],
    ['acknowledge()', (driver) => driver.acknowledge(undefined as never), 'status'],
    [
      'acknowledge with a number',
      (driver) => driver.acknowledge({ agentId: 'A', taskId: 't', uuid: 5 } as never),
      'uuid',
    ],
    ['message of a text', (driver) => driver.message('A' as never, 'e' as never, 'text' as never), 'data'],
    ['message to nobody', (driver) => driver.message(undefined as never, 'e' as never, new Uint8Array()), 'agentId'],
    ['acknowledge of no task', (driver) => driver.acknowledge({ agentId: 'A', uuid: 'u' } as never), 'taskId'],
    ['acknowledge at 5', (driver) => driver.acknowledge({ agentId: 5, taskId: 't', uuid: 'u' } as never), 'agentId'],
    ['message to an agent', (driver) => driver.message('A' as never, 5 as never, new Uint8Array()), 'executorId'],
    ['shutdownExecutor at 5', (driver) => driver.shutdownExecutor(5 as never, 'e' as never), 'agentId'],
    [
      'call of an update without user',
      (driver) => driver.call({ type: 'updateFramework', frameworkInfo: { name: 'n' } as never }),
      'frameworkInfo.user',
    ],
    [
      'call of an update with a text for suppressed roles',
      (driver) =>
        driver.call({
          type: 'updateFramework',
          frameworkInfo: { name: 'n', user: 'u' },
          suppressedRoles: 'r' as never,
        }),
      'suppressedRoles',
    ],
    [
      'call of an update with constraints that say nothing',
      (driver) =>
        driver.call({ type: 'updateFramework', frameworkInfo: { name: 'n', user: 'u' }, offerConstraints: { r: [] } }),
      'offerConstraints.r',
    ],
    [
      'launch of a task without end',
      (driver) => driver.launch(O1, { ...task, maxCompletionTimeMs: Number.NaN }),
      'operations[0].taskInfos[0].maxCompletionTimeMs',
    ],
    [
      'launch with an executor with labels that are none',
      (driver) => driver.launch(O1, { ...task, executor: { executorId: 'e', labels: 'a' } as never }),
      'operations[0].taskInfos[0].executor.labels',
    ],
    [
      'launch with an executor with data that is text',
      (driver) => driver.launch(O1, { ...task, executor: { executorId: 'e', data: 'a' } as never }),
      'operations[0].taskInfos[0].executor.data',
    ],
    ['shutdownExecutor()', (driver) => driver.shutdownExecutor('A' as never, undefined as never), 'executorId'],
    ["call({ type: 'foo' })", (driver) => driver.call({ type: 'foo' } as never), 'call.type'],
    ["call({ type: 'subscribe' })", (driver) => driver.call({ type: 'subscribe' } as never), 'call.type'],
    ['call()', (driver) => driver.call(undefined as never), 'call'],
    [
      'call of an accept without offers',
      (driver) => driver.call({ type: 'accept', operations: [] } as never),
      'offerIds',
    ],
    ['call of a decline without offers', (driver) => driver.call({ type: 'decline' } as never), 'offerIds'],
    [
      'call of an update without framework',
      (driver) => driver.call({ type: 'updateFramework' } as never),
      'frameworkInfo',
    ],
    [
      'call of an update with an unknown capability',
      (driver) =>
        driver.call({
          type: 'updateFramework',
          frameworkInfo: { name: 'n', user: 'u', capabilities: ['FOO' as never] },
        }),
      'framework.capabilities[0]',
    ],
  ];

  test.for(calls)('%s is refused by a driver, and nothing is sent: the field is %3$s', ([, make, field]) => {
    const { driver, master } = connected();
    expect(fieldOf(() => make(driver))).toBe(field);
    expect(master.connection.calls).toEqual([]);
  });

  test.for(calls)('%s is refused as data, too', ([, make, field]) => {
    expect(fieldOf(() => callsOf(make))).toBe(field);
  });

  test('a call of no known type names those that there are', () => {
    const { driver } = connected();
    expect(() => driver.call({ type: 'foo' } as never)).toThrow(
      /^call\.type: expected one of accept, decline, .*, kill, .*, teardown, got {"type":"foo"}$/,
    );
  });

  test('filters in milliseconds that are no time stay what Mesos makes of them', () => {
    const { driver, master } = connected();
    driver.decline(O1, { refuseMs: Number.NaN });
    expect(master.connection.calls).toEqual([{ type: 'decline', offerIds: ['O1'], filters: { refuseMs: Number.NaN } }]);
  });

  test.for<readonly [object | null, string]>([
    [null, 'changes'],
    [{ failoverTimeout: 5 }, 'framework.failoverTimeout'],
    [{ roles: 'a' }, 'framework.roles'],
    [{ suppressedRoles: 'a' }, 'framework.suppressedRoles'],
    [{ offerConstraints: { '*': [[]] } }, 'framework.offerConstraints.*[0]'],
  ])('updateFramework(%o) is refused, naming %s', ([changes, field]) => {
    const { driver, master } = connected();
    expect(fieldOf(() => driver.updateFramework(changes as never))).toBe(field);
    expect(master.connection.calls).toEqual([]);
  });

  test('a scheduler that answers with no known call ends its run with the error', async () => {
    const master = createFakeMaster();
    const handle = (): [number, SchedulerCall[]] => [0, [{ type: 'foo' } as never]];
    const started = run(master, { name: 'test' }, { initial: 0, handle }, { clock: createManualClock() });
    master.connection.accept();
    await expect(started.result()).rejects.toMatchObject({ name: 'InvalidArgument', field: 'call.type' });
  });
});

describe('connect() and run() of a program without types', () => {
  test.for<readonly [unknown, string]>([
    [undefined, 'master'],
    [null, 'master'],
    ['localhost:5050', 'master'],
    [{}, 'master'],
    [{ schedulers: undefined }, 'master.schedulers'],
    [{ schedulers: {} }, 'master.schedulers'],
  ])('%o is no master: %s', ([master, field]) => {
    const scheduler = { initial: 0, handle: (state: number): [number, []] => [state, []] };
    expect(fieldOf(() => connect(master as never, { name: 'test' }))).toBe(field);
    expect(fieldOf(() => run(master as never, { name: 'test' }, scheduler))).toBe(field);
  });

  test.for([undefined, null, {}, { initial: 0 }, { initial: 0, handle: 5 }])('%o is no scheduler', (scheduler) => {
    const master = createFakeMaster();
    expect(fieldOf(() => run(master, { name: 'test' }, scheduler as never))).toBe('scheduler');
    expect(master.connections).toHaveLength(0);
  });

  test.for<readonly [object | null, string]>([
    [null, 'framework'],
    [{ name: 'test', failoverTimeout: 5 }, 'framework.failoverTimeout'],
    [{ name: 'test', failoverTimeoutMs: '5' }, 'framework.failoverTimeoutMs'],
    [{ name: 5 }, 'framework.name'],
    [{ name: 'test', roles: 'a' }, 'framework.roles'],
    [{ name: 'test', role: 5 }, 'framework.role'],
    [{ name: 'test', suppressedRoles: 'a' }, 'framework.suppressedRoles'],
    [{ name: 'test', offerConstraints: [] }, 'framework.offerConstraints'],
    [{ name: 'test', offerConstraints: { '*': [] } }, 'framework.offerConstraints.*'],
    [{ name: 'test', capabilities: ['MULTI_ROLE', 'FOO'] }, 'framework.capabilities[1]'],
    [{ name: 'test', capabilities: 'MULTI_ROLE' }, 'framework.capabilities'],
    [{ name: 'test', checkpoint: 'no' }, 'framework.checkpoint'],
    [{ name: 'test', user: 0 }, 'framework.user'],
    [{ name: 'test', labels: { a: 'b' } }, 'framework.labels'],
    [{ name: 'test', minAllocatable: { a: { cpus: 1 } } }, 'framework.minAllocatable.a'],
    [{ name: 'test', minAllocatable: { a: [{ cpus: 1 }] } }, 'framework.minAllocatable.a[0]'],
  ])('the framework %o is refused, naming %s', ([framework, field]) => {
    const master = createFakeMaster();
    expect(fieldOf(() => connect(master, framework as never))).toBe(field);
    expect(master.connections).toHaveLength(0);
  });

  test.for<readonly [object | null, string]>([
    [null, 'options'],
    [{ keepmax: 5 }, 'options.keepmax'],
    [{ log: true }, 'options.log'],
    [{ clock: Date }, 'options.clock'],
    [{ random: Math }, 'options.random'],
    [{ autoAcknowledge: 'no' }, 'options.autoAcknowledge'],
    [{ backoff: 5 }, 'options.backoff'],
    [{ backoff: { first: 5 } }, 'options.backoff.first'],
    [{ subscribeTimeoutMs: '5' }, 'options.subscribeTimeoutMs'],
    [{ reconcileIntervalMs: '5' }, 'options.reconcileIntervalMs'],
  ])('the options %o are refused, naming %s', ([options, field]) => {
    expect(fieldOf((): Driver => connect(createFakeMaster(), { name: 'test' }, options as never))).toBe(field);
  });

  test('options that are there and undefined have their defaults', async () => {
    const options = { backoff: { firstMs: undefined }, log: undefined, keepMax: undefined };
    await connect(createFakeMaster(), { name: 'test' }, options as never).close();
  });
});
