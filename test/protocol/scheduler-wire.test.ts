import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AgentId, ExecutorId, FrameworkId, InvalidArgument, MasterId, OfferId, TaskId } from '../../src/core/index.ts';
import type { SchedulerCall, SchedulerEvent, Subscribe } from '../../src/protocol/index.ts';
import { RecordReader } from '../../src/protocol/wire/record-io.ts';
import {
  type EventContext,
  messageType,
  readJson,
  readProtobuf,
  readSchedulerCall,
  readSchedulerEvent,
  type WireMessage,
  writeJson,
  writeProtobuf,
  writeSchedulerCall,
  writeSchedulerEvent,
} from '../../src/protocol/wire/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { frameworkInfo, taskInfo, taskStatus } from '../support/message-arbitraries.ts';
import { plain } from '../support/plain.ts';

const CALL = messageType('scheduler.Call');
const EVENT = messageType('scheduler.Event');
const UUID = '0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9';
const agentId = AgentId('m-S0');
const taskId = TaskId('t');
const executorId = ExecutorId('e');
const offerIds = [OfferId('m-O1')];
const data = Uint8Array.from([0, 255]);
const cpus = Resources.parse('cpus:1.5; ports:[31000-31001]').allocate('eng');

const calls: readonly (Subscribe | SchedulerCall)[] = [
  { type: 'subscribe', frameworkInfo: { user: 'root', name: 'f', roles: ['eng'], capabilities: ['MULTI_ROLE'] } },
  { type: 'subscribe', frameworkInfo: { user: '', name: 'f', failoverTimeoutMs: 500 }, suppressedRoles: ['*'] },
  { type: 'teardown' },
  { type: 'decline', offerIds, filters: { refuseMs: 1_500 } },
  { type: 'accept', offerIds, operations: [] },
  {
    type: 'accept',
    offerIds,
    operations: [
      { type: 'RESERVE', resources: cpus },
      { type: 'UNRESERVE', resources: cpus },
      { type: 'CREATE', volumes: cpus },
      { type: 'DESTROY', volumes: cpus },
      { type: 'LAUNCH', taskInfos: [{ taskId, name: 't', agentId, resources: cpus, command: { value: 'true' } }] },
      {
        type: 'LAUNCH_GROUP',
        executor: { type: 'DEFAULT', executorId, frameworkId: FrameworkId('f') },
        taskInfos: [{ taskId, name: 't', agentId, resources: cpus, data }],
      },
    ],
    filters: {},
  },
  { type: 'revive' },
  { type: 'revive', roles: ['a'] },
  { type: 'suppress', roles: ['a', 'b'] },
  { type: 'acceptInverseOffers', inverseOfferIds: offerIds, filters: { refuseMs: 60_000 } },
  { type: 'declineInverseOffers', inverseOfferIds: offerIds },
  { type: 'kill', taskId, agentId, killPolicy: { gracePeriodMs: 2_500 } },
  { type: 'shutdown', executorId, agentId },
  { type: 'acknowledge', agentId, taskId, uuid: UUID },
  { type: 'reconcile', tasks: [] },
  { type: 'reconcile', tasks: [{ taskId }, { taskId, agentId }] },
  { type: 'message', agentId, executorId, data },
  { type: 'updateFramework', frameworkInfo: { user: 'root', name: 'f', id: FrameworkId('f') } },
  {
    type: 'subscribe',
    frameworkInfo: { user: 'root', name: 'f' },
    offerConstraints: {
      '*': [
        [
          { selector: { type: 'attribute', name: 'rack' }, predicate: { type: 'textMatches', regex: 'r[0-9]+' } },
          { selector: { type: 'hostname' }, predicate: { type: 'textNotEquals', value: 'a1' } },
        ],
        [{ selector: { type: 'zone' }, predicate: { type: 'notExists' } }],
      ],
    },
  },
];

const context: EventContext = {
  framework: { user: 'root', name: 'f', capabilities: ['MULTI_ROLE', 'RESERVATION_REFINEMENT'] },
  master: { hostname: 'm.example', ip: '10.1.2.3', port: 5050 },
  agentAddress: () => ({ hostname: 'a.example', ip: '10.1.2.4', port: 5051 }),
};

const events: readonly SchedulerEvent[] = [
  {
    type: 'subscribed',
    frameworkId: FrameworkId('f'),
    heartbeatIntervalMs: 15_000,
    masterInfo: { id: MasterId('m'), hostname: 'm.example', version: '1.12.0' },
  },
  {
    type: 'offers',
    offers: [
      {
        id: OfferId('m-O1'),
        frameworkId: FrameworkId('f'),
        agentId,
        role: 'eng',
        hostname: 'a.example',
        resources: cpus,
        attributes: [{ name: 'rack', value: { type: 'TEXT', text: 'r1' } }],
        executorIds: [executorId],
        unavailability: { startMs: 1_900_000_000_000, durationMs: 3_600_000 },
      },
    ],
  },
  { type: 'rescind', offerId: OfferId('m-O1') },
  {
    type: 'inverseOffers',
    inverseOffers: [
      { id: OfferId('m-O2'), frameworkId: FrameworkId('f'), agentId, unavailability: { startMs: 1_900_000_000_000 } },
    ],
  },
  { type: 'rescindInverseOffer', inverseOfferId: OfferId('m-O2') },
  {
    type: 'update',
    status: { taskId, state: 'TASK_RUNNING', source: 'SOURCE_EXECUTOR', timestampMs: 1.5, uuid: UUID },
  },
  { type: 'message', agentId, executorId, data },
  { type: 'failure', agentId },
  { type: 'failure', agentId, executorId, status: 256 },
  { type: 'error', message: 'Framework failed over' },
  { type: 'heartbeat' },
];

/** Both ways of writing, there and back. */
const encodings: readonly (readonly [string, (type: typeof CALL, wire: WireMessage) => WireMessage])[] = [
  ['JSON', (type, wire) => readJson(type, JSON.parse(writeJson(type, wire)))],
  ['protobuf', (type, wire) => readProtobuf(type, writeProtobuf(type, wire))],
];

describe.each(encodings)('by %s', (_, sent) => {
  test.each(calls.map((call) => [call.type, call] as const))('a call %s arrives as it was made', (type, call) => {
    const frameworkId = type === 'subscribe' ? {} : { frameworkId: FrameworkId('f') };
    const arrived = readSchedulerCall(sent(CALL, writeSchedulerCall({ ...frameworkId, call })));
    expect(plain(withoutDefaults(arrived))).toEqual(plain({ ...frameworkId, call }));
  });

  test.each(events.map((event) => [event.type, event] as const))(
    'an event %s arrives as it happened',
    (_type, event) => {
      expect(plain(readSchedulerEvent(sent(EVENT, writeSchedulerEvent(event, context))))).toEqual(plain(event));
    },
  );
});

/** JSON says what is meant where nothing was said. */
function withoutDefaults({ call, ...rest }: ReturnType<typeof readSchedulerCall>): unknown {
  if (call.type === 'subscribe' || call.type === 'updateFramework') {
    const { checkpoint, failoverTimeoutMs, ...info } = call.frameworkInfo;
    const said = { ...(checkpoint === true && { checkpoint }), ...(failoverTimeoutMs ? { failoverTimeoutMs } : {}) };
    return { ...rest, call: { ...call, frameworkInfo: { ...info, ...said } } };
  }
  if (call.type !== 'accept') return { ...rest, call };
  const operations = call.operations.map((operation) =>
    operation.type !== 'LAUNCH'
      ? operation
      : {
          ...operation,
          taskInfos: operation.taskInfos.map((task) => ({ ...task, command: { value: task.command?.value ?? '' } })),
        },
  );
  const filters = call.filters?.refuseMs === 5_000 ? { filters: {} } : {};
  return { ...rest, call: { ...call, operations, ...filters } };
}

describe('whatever is said', () => {
  const onWire = (call: Subscribe | SchedulerCall): unknown => readSchedulerCall(writeSchedulerCall({ call })).call;
  const exact = (ms: number | undefined): boolean => ms === undefined || Number.isInteger(ms * 1_000);

  test('a framework is described as it describes itself', () => {
    fc.assert(
      fc.property(
        frameworkInfo.filter(({ failoverTimeoutMs }) => exact(failoverTimeoutMs) && (failoverTimeoutMs ?? 0) < 1e9),
        (info) => {
          expect(plain(onWire({ type: 'subscribe', frameworkInfo: info }))).toEqual(
            plain({ type: 'subscribe', frameworkInfo: info }),
          );
        },
      ),
    );
  });

  test('a task is launched as it was asked for', () => {
    const tasks = taskInfo.filter(
      ({ executor, unsupported }) => executor?.type !== 'IN_PROCESS' && unsupported === undefined,
    );
    fc.assert(
      fc.property(tasks, (task) => {
        const call: SchedulerCall = { type: 'accept', offerIds, operations: [{ type: 'LAUNCH', taskInfos: [task] }] };
        expect(plain(onWire(call))).toEqual(plain(call));
      }),
    );
  });

  test('an update says what it said', () => {
    const updates = taskStatus.map((status) => ({
      ...status,
      timestampMs: Math.round(status.timestampMs % 1e12),
      ...(status.uuid === undefined ? {} : { uuid: UUID }),
    }));
    fc.assert(
      fc.property(updates, (status) => {
        const event: SchedulerEvent = { type: 'update', status };
        expect(plain(readSchedulerEvent(writeSchedulerEvent(event, context)))).toEqual(plain(event));
      }),
    );
  });
});

describe('what real clients and a real Mesos wrote', () => {
  const captured = (file: string): URL => new URL(`../vectors/captures/${file}`, import.meta.url);

  test('all calls of a client are read', () => {
    const lines = readFileSync(captured('running/capture.scheduler-calls.jsonl'), 'utf8').trim().split('\n');
    const types = lines.map((line) => {
      const { request } = JSON.parse(line) as { readonly request: unknown };
      return readSchedulerCall(readJson(CALL, request)).call.type;
    });
    expect([...new Set(types)].toSorted()).toEqual([
      'accept',
      'acknowledge',
      'decline',
      'kill',
      'reconcile',
      'teardown',
    ]);
  });

  test('all events of a master are read, and offers are written with the same fields', () => {
    for (const record of new RecordReader().read(readFileSync(captured('running/capture.scheduler-subscribe.raw')))) {
      const json: unknown = JSON.parse(new TextDecoder().decode(record));
      const event = readSchedulerEvent(readJson(EVENT, json));
      const [hostname, ip] = ['localhost', '127.0.0.1'];
      const again = writeSchedulerEvent(event, {
        framework: { user: '', name: '', capabilities: ['MULTI_ROLE'] },
        master: { hostname, ip, port: 5050 },
        agentAddress: () => ({ hostname, ip, port: 5051 }),
      });
      if (event.type === 'offers' || event.type === 'heartbeat') {
        expect(JSON.parse(writeJson(EVENT, again))).toEqual(json);
      }
    }
    expect.hasAssertions();
  });

  test.each([
    [{ type: 'ACCEPT' }, "Expecting 'accept' to be present"],
    [{}, "Expecting 'type' to be present"],
    [{ type: 'ACKNOWLEDGE', acknowledge: { agent_id: { value: 'a' }, task_id: { value: 't' }, uuid: 'AA==' } }, 'UUID'],
    [subscribeFor({ selector: {}, predicate: { exists: {} } }), 'got neither'],
    [subscribeFor({ selector: { pseudoattribute_type: 'UNKNOWN' }, predicate: { exists: {} } }), 'got UNKNOWN'],
    [subscribeFor({ selector: { attribute_name: 'a' }, predicate: {} }), 'got 0'],
    [{ type: 'KILL', kill: { task_id: { value: 'a/b' } } }, 'kill.task_id'],
  ])('%j is refused', (json, message) => {
    expect(() => readSchedulerCall(readJson(CALL, json))).toThrow(message);
    expect(() => readSchedulerCall(readJson(CALL, json))).toThrow(InvalidArgument);
  });

  test('a reason that only Mesos has is not read', () => {
    const status = { task_id: { value: 't' }, state: 'TASK_FAILED', source: 'SOURCE_AGENT', reason: 'REASON_GC_ERROR' };
    const event = readSchedulerEvent(readJson(EVENT, { type: 'UPDATE', update: { status } }));
    expect(event).toMatchObject({ type: 'update', status: { state: 'TASK_FAILED' } });
    expect(event).not.toHaveProperty('status.reason');
  });

  test('what a task asks for and is not built is kept by its name', () => {
    const task = {
      name: 't',
      task_id: { value: 't' },
      agent_id: { value: 'a' },
      command: { uris: [{ value: 'file:///x' }] },
      container: { type: 'MESOS' },
      executor: { executor_id: { value: 'e' }, command: {} },
    };
    const json = { type: 'ACCEPT', accept: { operations: { type: 'LAUNCH', launch: { task_infos: task } } } };
    const { call } = readSchedulerCall(readJson(CALL, json));
    const [launch] = call.type === 'accept' ? call.operations : [];
    const [info] = launch?.type === 'LAUNCH' ? launch.taskInfos : [];
    expect(info?.unsupported).toEqual(['container', 'command.uris', 'executor']);
  });
});

function subscribeFor(constraint: object): object {
  const groups = { groups: { attribute_constraints: constraint } };
  const constraints = { role_constraints: { '*': groups } };
  return { type: 'SUBSCRIBE', subscribe: { framework_info: { user: '', name: '' }, offer_constraints: constraints } };
}

describe('offers to frameworks of older days', () => {
  test('carry no allocation, and reservations in the older form', () => {
    const reserved = Resources.parse('cpus(eng):1').allocate('eng');
    const [offer] = events.flatMap((event) => (event.type === 'offers' ? event.offers : []));
    const wire = writeSchedulerEvent(
      { type: 'offers', offers: offer === undefined ? [] : [{ ...offer, resources: reserved }] },
      { ...context, framework: { user: '', name: '' } },
    );
    const { offers } = wire as { readonly offers: { readonly offers: readonly WireMessage[] } };
    expect(offers.offers[0]).toMatchObject({ resources: [{ name: 'cpus', role: 'eng' }] });
    expect(writeJson(EVENT, wire)).not.toMatch(/allocation_info|reservations/);
  });
});
