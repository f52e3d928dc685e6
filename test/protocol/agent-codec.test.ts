import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AgentId, ExecutorId, FrameworkId, InvalidArgument, TaskId } from '../../src/core/index.ts';
import {
  type AgentMessage,
  decodeAgentMessage,
  decodeMasterMessage,
  encodeAgentMessage,
  encodeMasterMessage,
  JSON_DEPTH_MAX,
  JSON_LENGTH_MAX,
  type MasterMessage,
  parseJson,
} from '../../src/protocol/index.ts';
import { Resources } from '../../src/resources/index.ts';
import { agentMessages, masterMessages } from '../support/message-arbitraries.ts';
import { plain } from '../support/plain.ts';

/** What a call throws; fails if it throws nothing. */
function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('Expected an error, got none');
}

interface Messages {
  readonly type: string;
  readonly decode: (text: string) => unknown;
  readonly texts: fc.Arbitrary<string>;
}

/** Every type of message as text, and who reads it. */
const messages: readonly Messages[] = [
  ...Object.entries<fc.Arbitrary<AgentMessage>>(agentMessages).map(([type, all]) => ({
    type,
    decode: decodeAgentMessage,
    texts: all.map(encodeAgentMessage),
  })),
  ...Object.entries<fc.Arbitrary<MasterMessage>>(masterMessages).map(([type, all]) => ({
    type,
    decode: decodeMasterMessage,
    texts: all.map(encodeMasterMessage),
  })),
];

describe('messages', () => {
  test.for(Object.entries<fc.Arbitrary<AgentMessage>>(agentMessages))(
    'of type %s come back as they were sent',
    ([, messages]) => {
      fc.assert(
        fc.property(messages, (message) => {
          const text = encodeAgentMessage(message);
          expect(plain(decodeAgentMessage(text))).toStrictEqual(plain(message));
          expect(text).not.toContain('\n');
        }),
        { numRuns: 50 },
      );
    },
  );

  test.for(Object.entries<fc.Arbitrary<MasterMessage>>(masterMessages))(
    'of type %s come back as they were sent',
    ([, messages]) => {
      fc.assert(
        fc.property(messages, (message) => {
          const text = encodeMasterMessage(message);
          expect(plain(decodeMasterMessage(text))).toStrictEqual(plain(message));
          expect(text).not.toContain('\n');
        }),
        { numRuns: 50 },
      );
    },
  );

  test('are written as plain JSON: resources as Mesos writes them, bytes as base64', () => {
    const text = encodeMasterMessage({
      type: 'runTask',
      frameworkInfo: { user: 'root', name: 'fw', id: FrameworkId('M-0000') },
      task: {
        taskId: TaskId('t1'),
        name: 'first',
        agentId: AgentId('M-S0'),
        resources: Resources.parse('cpus:0.5;ports:[1-2]').allocate('eng'),
        executor: { type: 'IN_PROCESS', executorId: ExecutorId('e'), name: 'js' },
        data: Uint8Array.of(0, 255, 16, 1),
      },
      launchExecutor: false,
    });
    expect(JSON.parse(text)).toEqual({
      type: 'runTask',
      frameworkInfo: { user: 'root', name: 'fw', id: 'M-0000' },
      task: {
        taskId: 't1',
        name: 'first',
        agentId: 'M-S0',
        resources: [
          { name: 'cpus', type: 'SCALAR', scalar: { value: 0.5 }, allocation_info: { role: 'eng' } },
          {
            name: 'ports',
            type: 'RANGES',
            ranges: { range: [{ begin: 1, end: 2 }] },
            allocation_info: { role: 'eng' },
          },
        ],
        executor: { type: 'IN_PROCESS', executorId: 'e', name: 'js' },
        data: 'AP8QAQ==',
      },
      launchExecutor: false,
    });
  });

  test('carry bytes of any number', () => {
    const data = Uint8Array.from({ length: 10_001 }, (_, index) => (index * 7) % 256);
    const text = encodeMasterMessage({
      type: 'frameworkMessage',
      frameworkId: FrameworkId('f'),
      executorId: ExecutorId('e'),
      data,
    });
    expect(text).toContain(Buffer.from(data).toString('base64'));
    expect(decodeMasterMessage(text)).toMatchObject({ data });
  });

  test('may have fields that we do not know', () => {
    const text = '{"type":"ping","connected":true,"since":{"deep":[null]}}';
    expect(decodeMasterMessage(text)).toEqual({ type: 'ping', connected: true });
  });
});

const DIGITS = '0123456789'.repeat(4);

describe('what is no message', () => {
  test.for<[what: string, text: string, field: string, message: string]>([
    ['no JSON', 'hello', 'message', 'message: expected JSON, got "hello"'],
    ['nothing', '', 'message', 'message: expected JSON, got ""'],
    ['a list', '[]', 'message', 'message: expected an object, got a list of 0'],
    ['null', 'null', 'message', 'message: expected an object, got null'],
    ['a text', '"ping"', 'message', 'message: expected an object, got "ping"'],
    ['no type', '{}', 'message.type', 'got none'],
    [
      'an unknown type',
      '{"type":"pang"}',
      'message.type',
      'shutdownFramework, updateFramework, applyOperation, got "pang"',
    ],
    ['the name of something that objects have', '{"type":"constructor"}', 'message.type', 'got "constructor"'],
    ['a missing field', '{"type":"ping"}', 'message.connected', 'message.connected: expected a value, got none'],
    ['null for a field', '{"type":"ping","connected":null}', 'message.connected', 'expected true or false, got null'],
    ['a number for a truth', '{"type":"ping","connected":1}', 'message.connected', 'expected true or false, got 1'],
    [
      'a text of 40 characters for a truth',
      `{"type":"ping","connected":"${DIGITS}"}`,
      'message.connected',
      `expected true or false, got "${DIGITS}"`,
    ],
    [
      'a longer text for a truth',
      `{"type":"ping","connected":"${DIGITS}0"}`,
      'message.connected',
      `expected true or false, got "${DIGITS}…"`,
    ],
    ['a number for a text', '{"type":"shutdownAgent","message":7}', 'message.message', 'expected a string, got 7'],
    ['an object for a text', '{"type":"shutdownAgent","message":{}}', 'message.message', 'got an object'],
    [
      'a number too large for a number',
      '{"type":"agentRegistered","agentId":"a","pingTimeoutMs":1e999}',
      'message.pingTimeoutMs',
      'expected a number, got Infinity',
    ],
    [
      'a text for a number',
      '{"type":"agentRegistered","agentId":"a","pingTimeoutMs":"1"}',
      'message.pingTimeoutMs',
      'expected a number, got "1"',
    ],
    [
      'no identifier',
      '{"type":"shutdownFramework","frameworkId":"a/b"}',
      'message.frameworkId',
      `Invalid framework id "a/b": 'a/b' contains invalid characters`,
    ],
    [
      'an object for a list',
      '{"type":"agentReregistered","agentId":"a","pingTimeoutMs":1,"unknownTasks":{}}',
      'message.unknownTasks',
      'expected a list, got an object',
    ],
    [
      'an unknown choice',
      '{"type":"runTaskGroup","frameworkInfo":{"user":"","name":""},"executor":{"type":"CUSTOM","executorId":"e"},"tasks":[]}',
      'message.executor.type',
      'expected one of DEFAULT, IN_PROCESS, got "CUSTOM"',
    ],
    [
      'a fault in a list',
      '{"type":"updateFramework","frameworkInfo":{"user":"","name":"","roles":["a",{}]}}',
      'message.frameworkInfo.roles[1]',
      'expected a string, got an object',
    ],
    [
      'a fault under a name',
      '{"type":"updateFramework","frameworkInfo":{"user":"","name":"","minAllocatable":{"a b":[{"cpus":-1}]}}}',
      'message.frameworkInfo.minAllocatable["a b"][0]',
      'got -1',
    ],
    [
      'a fault in a resource',
      '{"type":"applyOperation","frameworkId":"f","operation":{"type":"RESERVE","resources":[{"name":"cpus","type":"SCALAR","scalar":{"value":"1"}}]}}',
      'message.operation.resources[0].scalar.value',
      'got "1"',
    ],
    [
      'resources that are no list',
      '{"type":"applyOperation","frameworkId":"f","operation":{"type":"RESERVE","resources":"cpus:1"}}',
      'message.operation.resources',
      'expected a list, got "cpus:1"',
    ],
    [
      'an operation that is never sent',
      '{"type":"applyOperation","frameworkId":"f","operation":{"type":"LAUNCH","taskInfos":[]}}',
      'message.operation.type',
      'expected one of RESERVE, UNRESERVE, CREATE, DESTROY, got "LAUNCH"',
    ],
  ])('%s', ([, text, field, message]) => {
    const error = thrown(() => decodeMasterMessage(text));
    expect(error).toBeInstanceOf(InvalidArgument);
    expect(error).toMatchObject({ field, message: expect.stringContaining(message) });
  });

  test.for(['A', 'AAA', 'AA=A', 'A===', '====', 'AA\n=', 'AAA!', 'AA==AA==', 'ÄAA='])('%j as bytes', (data) => {
    const text = JSON.stringify({ type: 'frameworkMessage', frameworkId: 'f', executorId: 'e', data });
    expect(thrown(() => decodeMasterMessage(text))).toMatchObject({
      field: 'message.data',
      message: expect.stringContaining('expected base64 text'),
    });
  });

  const optional = [
    'agentReregistered.resources',
    'runTask.launchExecutor',
    'runTaskGroup.launchExecutor',
    'killTask.killPolicy',
  ];

  test.for(messages)(
    '$type without one of its fields: it is missed, unless it may be absent',
    ({ type, texts, decode }) => {
      for (const text of fc.sample(texts, 20)) {
        const whole = fieldsOf(JSON.parse(text));
        for (const name of Object.keys(whole)) {
          const { [name]: left, ...rest } = whole;
          const read = () => decode(JSON.stringify(rest));
          if (optional.includes(`${type}.${name}`)) expect(read(), `without ${left}`).not.toHaveProperty(name);
          else expect(thrown(read)).toMatchObject({ code: 'MESOS_ERR_INVALID_ARGUMENT', field: `message.${name}` });
        }
      }
    },
  );

  test('nothing but InvalidArgument comes of any text, any JSON, and messages that are cut or have a wrong part', () => {
    const text = fc.oneof(...messages.map(({ texts }) => texts));
    const broken = fc.tuple(text, fc.nat(), fc.jsonValue({ maxDepth: 2 })).map(([text, choice, value]) => {
      const message: unknown = JSON.parse(text);
      const places = placesIn(message);
      const place = places[choice % places.length];
      if (place !== undefined) place.parent[place.name] = value;
      return JSON.stringify(message);
    });
    const cut = fc.tuple(text, fc.nat()).map(([text, length]) => text.slice(0, length % text.length));
    const outcomes = { refused: 0, read: 0 };
    const any = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), cut, { weight: 5, arbitrary: broken });
    fc.assert(
      fc.property(any, fc.constantFrom(decodeAgentMessage, decodeMasterMessage), (text, decode) => {
        try {
          decode(text);
          outcomes.read++;
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidArgument);
          outcomes.refused++;
        }
      }),
      { numRuns: 1_000 },
    );
    expect(outcomes.refused).toBeGreaterThan(500);
    expect(outcomes.read).toBeGreaterThan(0);
  });
});

function fieldsOf(json: unknown): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('Expected an object');
  return { ...json };
}

interface Place {
  readonly parent: Record<string, unknown>;
  readonly name: string;
}

/** Every field of every object in a message, to be changed in place. */
function placesIn(json: unknown): readonly Place[] {
  if (Array.isArray(json)) return json.flatMap(placesIn);
  if (typeof json !== 'object' || json === null) return [];
  // What JSON.parse gave: an object that nobody else holds.
  const parent = json as Record<string, unknown>;
  return Object.keys(parent).flatMap((name) => [{ parent, name }, ...placesIn(parent[name])]);
}

describe('parseJson()', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

  test('reads text of up to the greatest depth', () => {
    expect(JSON.stringify(parseJson(nested(JSON_DEPTH_MAX), 'text'))).toBe(nested(JSON_DEPTH_MAX));
  });

  test.for([nested(JSON_DEPTH_MAX + 1), '{"a":'.repeat(JSON_DEPTH_MAX + 1), nested(1_000_000)])(
    'refuses text that is deeper: $length characters',
    (text) => {
      expect(() => parseJson(text, 'text')).toThrow('text: expected at most 64 levels of lists and objects, got more');
    },
  );

  test('does not take brackets in strings, nor those that follow one another, for depth', () => {
    const brackets = JSON.stringify({ a: '['.repeat(100), b: `\\"${'{'.repeat(100)}`, '[[[\\': '"[['.repeat(50) });
    expect(parseJson(brackets, 'text')).toEqual(JSON.parse(brackets));
    const flat = `[${'[],'.repeat(100)}{}]`;
    expect(parseJson(flat, 'text')).toHaveLength(101);
  });

  test('refuses text that is too long, without reading it', () => {
    const text = ' '.repeat(JSON_LENGTH_MAX + 1);
    expect(() => parseJson(text, 'text')).toThrow(`text: expected at most ${JSON_LENGTH_MAX} characters, got 67108865`);
  });

  test('shows the beginning of what is no JSON, and keeps the cause', () => {
    const error = thrown(() => parseJson(`{${'x'.repeat(100)}`, 'text'));
    expect(error).toMatchObject({
      message: `text: expected JSON, got "{${'x'.repeat(39)}…"`,
      cause: expect.any(SyntaxError),
    });
  });
});
