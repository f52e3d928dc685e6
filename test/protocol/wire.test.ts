import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidArgument } from '../../src/core/index.ts';
import { RecordReader } from '../../src/protocol/wire/record-io.ts';
import {
  enumType,
  MESSAGE_DEPTH_MAX,
  messageType,
  readJson,
  readProtobuf,
  writeJson,
  writeProtobuf,
} from '../../src/protocol/wire/index.ts';
import { wireMessages } from '../support/wire-arbitraries.ts';

const TYPES = [
  'scheduler.Call',
  'scheduler.Event',
  'executor.Call',
  'executor.Event',
  'master.Call',
  'master.Response',
  'master.Event',
  'agent.Call',
  'agent.Response',
];

const CAPTURES = new URL('../vectors/captures/', import.meta.url);

/** All that a real Mesos wrote in messages of the v1 API, by type of the message. */
const written: readonly (readonly [string, string, unknown])[] = [
  ...['running/capture.scheduler-subscribe.raw', 'finished/capture.scheduler-subscribe.raw'].flatMap((file) =>
    records(readFileSync(new URL(file, CAPTURES))).map((json) => [file, 'scheduler.Event', json] as const),
  ),
  ...['running/master.v1.SUBSCRIBE.http', 'finished/master.v1.SUBSCRIBE.http'].flatMap((file) => {
    const bytes = readFileSync(new URL(file, CAPTURES));
    const start = bytes.toString('latin1').search(/\n\d+\n\{/) + 1;
    return records(bytes.subarray(start)).map((json) => [file, 'master.Event', json] as const);
  }),
  ...readdirSync(new URL('running/', CAPTURES))
    .filter((file) => /^(master|agent)\.v1\.[A-Z_]+\.http$/.test(file) && !file.includes('SUBSCRIBE'))
    .flatMap((file) => {
      const text = readFileSync(new URL(`running/${file}`, CAPTURES), 'utf8');
      const start = text.search(/^\{/m);
      return start === -1 ? [] : [[file, `${file.split('.')[0]}.Response`, JSON.parse(text.slice(start))] as const];
    }),
];

function records(bytes: Uint8Array): readonly unknown[] {
  return new RecordReader().read(bytes).map((record): unknown => JSON.parse(new TextDecoder().decode(record)));
}

describe('what a real Mesos wrote', () => {
  test('is there in all kinds', () => {
    expect(written.length).toBeGreaterThan(50);
  });

  test.each(written)('%s, %s: is read and written again with the same fields, defaults and values', (_, type, json) => {
    const message = readJson(messageType(type), json);
    expect(JSON.parse(writeJson(messageType(type), message))).toEqual(json);
    expect(readProtobuf(messageType(type), writeProtobuf(messageType(type), message))).toEqual(
      withoutEmptyLists(message),
    );
  });
});

/** Protobuf knows no difference between no list and a list of nothing. */
function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => !(Array.isArray(member) && member.length === 0))
      .map(([name, member]) => [name, withoutEmptyLists(member)]),
  );
}

describe.each(TYPES)('a message of type %s', (name) => {
  const type = messageType(name);

  test('comes back from protobuf as it was', () => {
    fc.assert(
      fc.property(wireMessages(type), (message) => {
        expect(readProtobuf(type, writeProtobuf(type, message))).toEqual(message);
      }),
      { numRuns: 15 },
    );
  });

  test('comes back from JSON as it was, with what is set by default', () => {
    fc.assert(
      fc.property(wireMessages(type), (message) => {
        const text = writeJson(type, message);
        expect(text).toMatch(/^[\x20-\x7e]*$/);
        const again = readJson(type, JSON.parse(text));
        expect(again).toMatchObject(exactInJson(message));
        expect(writeJson(type, again)).toBe(writeJson(type, readJson(type, JSON.parse(writeJson(type, again)))));
      }),
      { numRuns: 15 },
    );
  });

  test('refuses other bytes and other JSON with an InvalidArgument, and nothing else', () => {
    const refusal = (read: () => unknown): void => {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidArgument);
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.json(), (bytes, json) => {
        refusal(() => readProtobuf(type, bytes));
        refusal(() => readJson(type, JSON.parse(json)));
      }),
      { numRuns: 150 },
    );
    fc.assert(
      fc.property(wireMessages(type), fc.nat(), fc.nat(255), fc.nat(), (message, at, byte, length) => {
        const bytes = writeProtobuf(type, message);
        refusal(() => readProtobuf(type, bytes.subarray(0, length % (bytes.length + 1))));
        if (bytes.length > 0) bytes[at % bytes.length] = byte;
        refusal(() => readProtobuf(type, bytes));
      }),
      { numRuns: 20 },
    );
  });
});

/** A number of 64 bits that `JSON.parse` cannot hold loses its last digits there. */
function exactInJson<T>(value: T): T;
function exactInJson(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const rounded = Number(value);
    return Number.isSafeInteger(rounded) ? rounded : BigInt(rounded);
  }
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map((each) => exactInJson<unknown>(each));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, exactInJson<unknown>(member)]));
}

describe('JSON is taken as Mesos takes it', () => {
  const call = messageType('scheduler.Call');
  const read = (json: unknown): unknown => readJson(call, json);

  test('fields that are not known, names in camelCase and null are as if they were not there', () => {
    expect(read({ type: 'REVIVE', frameworkId: { value: 'f' }, other: 1, revive: null })).toEqual({ type: 'REVIVE' });
  });

  test('one value does for a list', () => {
    const operation = { type: 'LAUNCH', launch: { task_infos: [] } };
    expect(read({ accept: { offer_ids: { value: 'o' }, operations: operation } })).toEqual({
      accept: { offer_ids: [{ value: 'o' }], operations: [operation] },
    });
  });

  test('an enum of a name that is not known is not set where it is optional, and missing where it is required', () => {
    expect(read({ type: 'DANCE' })).toEqual({});
    expect(() => readJson(messageType('Attribute'), { name: 'a', type: 'DANCE' })).toThrow(
      'Missing required fields: type',
    );
  });

  test('an enum as a number is refused', () => {
    expect(() => read({ type: 1 })).toThrow("Not expecting a JSON number for field 'type'");
  });

  const status = { task_id: { value: 't' }, state: 'TASK_RUNNING' };
  test.each([
    ['a number as a string', 'Filters', { refuse_seconds: '15' }, { refuse_seconds: 15 }],
    ['an infinite number', 'Filters', { refuse_seconds: '-Infinity' }, { refuse_seconds: Number.NEGATIVE_INFINITY }],
    ['a fraction for an integer', 'Port', { number: 3.9 }, { number: 3 }],
    ['a large integer', 'TimeInfo', { nanoseconds: '1700000000000000001' }, { nanoseconds: 1700000000000000001n }],
    ['a boolean as a string', 'TaskStatus', { ...status, healthy: 'true' }, { ...status, healthy: true }],
  ])('%s is taken', (_, type, json, message) => {
    expect(readJson(messageType(type), json)).toEqual(message);
  });

  test.each([
    ['a number for a string', { framework_id: { value: 3 } }, 'framework_id.value'],
    ['a list for one message', { framework_id: [{ value: 'f' }] }, 'framework_id'],
    ['bytes that are no base64', { message: { agent_id: { value: 'a' }, data: '?' } }, 'message.data'],
    ['a number that does not fit', { failure: {}, subscribe: { framework_info: { id: {}, user: 1 } } }, 'subscribe'],
  ])('%s is refused with the name of the field', (_, json, field) => {
    expect(() => read(json)).toThrow(field);
  });

  test('all that is missing is named at once', () => {
    expect(() => read({ subscribe: { framework_info: {} } })).toThrow(
      'Missing required fields: subscribe.framework_info.user, subscribe.framework_info.name',
    );
  });

  test('messages are nested so deep and no deeper, in both ways of writing', () => {
    const type = messageType('ContainerID');
    const nested = (depth: number): object => ({ value: 'c', ...(depth > 1 ? { parent: nested(depth - 1) } : {}) });
    const deepest = readJson(type, nested(MESSAGE_DEPTH_MAX));
    expect(readProtobuf(type, writeProtobuf(type, deepest))).toEqual(deepest);
    expect(() => readJson(type, nested(MESSAGE_DEPTH_MAX + 1))).toThrow(InvalidArgument);
    const deeper = writeProtobuf(type, { value: 'c', parent: deepest });
    expect(() => readProtobuf(type, deeper)).toThrow(InvalidArgument);
  });
});

describe('protobuf is read as proto2 says', () => {
  test('values of enums that are not known are left out', () => {
    const bytes = Uint8Array.from([0x08, 0x7f]);
    expect(readProtobuf(messageType('scheduler.Call'), bytes)).toEqual({});
  });

  test('of a field that comes twice the last counts, and messages are merged', () => {
    const type = messageType('scheduler.Call');
    const one = writeProtobuf(type, { type: 'REVIVE', revive: { roles: ['a'] } });
    const two = writeProtobuf(type, { type: 'SUPPRESS', revive: { roles: ['b'] } });
    expect(readProtobuf(type, Uint8Array.from([...one, ...two]))).toEqual({
      type: 'SUPPRESS',
      revive: { roles: ['a', 'b'] },
    });
  });

  test('numbers may be packed', () => {
    const type = messageType('HealthCheck.HTTPCheckInfo');
    const packed = Uint8Array.from([0x08, 0x50, 0x22, 0x03, 0x01, 0xc8, 0x01]);
    expect(readProtobuf(type, packed)).toEqual({ port: 80, statuses: [1, 200] });
  });
});

test('every type that a definition names is there', () => {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { type } of messageType(name).fields) {
      if (typeof type !== 'string' && type.kind === 'message') visit(type.name);
      else if (typeof type !== 'string') expect(enumType(type.name)).toBe(type);
    }
  };
  for (const name of TYPES) visit(name);
  expect(seen.size).toBeGreaterThan(200);
});
