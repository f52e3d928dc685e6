import { readdirSync, readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, createCluster } from '../../src/cluster/index.ts';
import { type MasterServer, serveMaster } from '../../src/master/api/index.ts';
import {
  messageType,
  readJson,
  readProtobuf,
  RecordReader,
  type WireMessage,
  writeProtobuf,
} from '../../src/protocol/wire/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';

let cluster: Cluster;
let server: MasterServer;

beforeAll(async () => {
  cluster = await createCluster({ agents: [{ resources: 'cpus:2; mem:512; disk:100; ports:[31000-31009]' }] });
  server = await serveMaster({ master: cluster, random: seededRandom(1), port: 0 });
});

afterAll(async () => {
  await server.close();
  await cluster.close();
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json' };

async function ask(method: string, path: string, headers: Record<string, string>, body: string): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(server.url + path, { method, headers }, resolve)
      .once('error', reject)
      .end(body);
  });
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** What came and was not asked for yet; `undefined` is the end. */
class Chunks {
  readonly #waiting: (Uint8Array | undefined)[] = [];
  #wanted: ((chunk: Uint8Array | undefined) => void) | undefined;

  push(chunk: Uint8Array | undefined): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted === undefined) this.#waiting.push(chunk);
    else wanted(chunk);
  }

  next(): Promise<Uint8Array | undefined> {
    if (this.#waiting.length > 0) return Promise.resolve(this.#waiting.shift());
    return new Promise((resolve) => {
      this.#wanted = resolve;
    });
  }
}

/** A subscription over HTTP: each chunk as it came, and the events in it. */
async function subscribe(
  subscription: object | Uint8Array,
  headers: Record<string, string> = JSON_HEADERS,
): Promise<{ readonly streamId: string; next(): Promise<WireMessage>; end(): void }> {
  const body = subscription instanceof Uint8Array ? subscription : JSON.stringify(subscription);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${server.url}/master/api/v1/scheduler`, { method: 'POST', headers }, resolve)
      .once('error', reject)
      .end(body);
  });
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toBe(headers['Accept']);
  expect(response.headers['transfer-encoding']).toBe('chunked');
  // Each chunk is data of its own: an iterator would put those together that wait.
  const chunks = new Chunks();
  response.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  response.on('close', () => chunks.push(undefined));
  const type = messageType('scheduler.Event');
  return {
    streamId: String(response.headers['mesos-stream-id']),
    async next() {
      const chunk = await chunks.next();
      if (chunk === undefined) throw new Error('Expected an event, got the end');
      const [record, ...more] = new RecordReader().read(chunk);
      expect(more).toEqual([]);
      if (record === undefined) throw new Error('Expected a whole record in a chunk');
      if (headers['Accept'] === 'application/x-protobuf') return readProtobuf(type, record);
      return readJson(type, JSON.parse(new TextDecoder().decode(record)));
    },
    end: () => response.destroy(),
  };
}

const framework = { user: 'root', name: 'f', roles: ['eng'], capabilities: [{ type: 'MULTI_ROLE' }] };

describe('what a real Mesos answered to single requests', () => {
  const folder = new URL('../vectors/captures/calls/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.startsWith('sched.') && !file.includes('subscribe-protobuf'));
  /** Of JSON that is broken each parser says in its own words what is wrong. */
  const wordsDiffer = new Set(['sched.bad-json.http']);

  test('has been recorded', () => expect(files.length).toBeGreaterThan(9));

  test.each(files)('%s', async (file) => {
    const [head = '', ...answer] = readFileSync(new URL(file, folder), 'utf8').split('\n');
    const { method, path, headers, body } = requestOf(head);
    const stream = await subscribe({ type: 'SUBSCRIBE', subscribe: { framework_info: framework } });
    const { subscribed } = (await stream.next()) as { readonly subscribed: { framework_id: { value: string } } };
    const id = subscribed.framework_id.value;
    const got = await ask(method, path, headers, body.replace(/[0-9a-f-]{36}-0001/, id));
    stream.end();
    const blank = answer.findIndex((line) => line.trim() === '');
    expect(got.status).toBe(Number(answer[0]?.split(' ')[1]));
    const type = answer.slice(1, blank).find((line) => line.startsWith('Content-Type'));
    expect(got.headers['content-type']).toBe(type?.slice('Content-Type: '.length).trim());
    const expected = answer
      .slice(blank + 1)
      .join('\n')
      .replace(/[0-9a-f-]{36}-0001/, id);
    if (got.status === 200) expect(withoutIds(got.body)).toEqual(withoutIds(expected));
    else if (wordsDiffer.has(file)) expect(got.body).toMatch(/^Failed to parse body into JSON: /);
    else expect(got.body).toBe(expected);
  });
});

function requestOf(line: string): { method: string; path: string; headers: Record<string, string>; body: string } {
  const [, method = '', path = '', rest = ''] = /^> (\S+) (\S+)(.*)$/.exec(line) ?? [];
  const start = rest.search(/ \{/);
  const headers: Record<string, string> = {};
  for (const part of (start === -1 ? rest : rest.slice(0, start)).split(' -H ').slice(1)) {
    const [name = '', ...value] = part.split(':');
    if (value.join(':').trim() !== '') headers[name.trim()] = value.join(':').trim();
  }
  return { method, path, headers, body: start === -1 ? '' : rest.slice(start + 1) };
}

/** Events, less what differs from run to run: ids, and the words of the validation of ours. */
function withoutIds(body: string): unknown {
  return body.split(/(?<=\})(?=\d+\n)/).map((record) => {
    const { type } = JSON.parse(record.slice(record.indexOf('\n'))) as { readonly type: string };
    return type;
  });
}

describe('a framework over HTTP', () => {
  test.each(['application/json', 'application/x-protobuf'])('runs a task to its end, by %s', async (encoding) => {
    const wire = { type: 'SUBSCRIBE', subscribe: { framework_info: framework } };
    const headers = { 'Content-Type': encoding, Accept: encoding };
    const write = (call: WireMessage): Uint8Array => writeProtobuf(messageType('scheduler.Call'), call);
    const stream = await subscribe(encoding === 'application/json' ? wire : write(wire), headers);
    const { subscribed } = (await stream.next()) as { readonly subscribed: WireMessage };
    const frameworkId = subscribed['framework_id'] as WireMessage;
    expect(await stream.next()).toEqual({ type: 'HEARTBEAT' });
    const call = async (body: WireMessage): Promise<number | undefined> => {
      const message = { framework_id: frameworkId, ...body };
      const sent = encoding === 'application/json' ? JSON.stringify(message) : write(message);
      const response = await fetch(`${server.url}/api/v1/scheduler`, {
        method: 'POST',
        headers: { ...headers, 'Mesos-Stream-Id': stream.streamId },
        body: sent,
      });
      return response.status;
    };
    const event = await stream.next();
    expect(event['type']).toBe('OFFERS');
    const [offer] = (event['offers'] as { readonly offers: readonly WireMessage[] }).offers;
    expect(offer).toMatchObject({
      allocation_info: { role: 'eng' },
      url: { path: '/slave(1)', address: { ip: '127.0.0.1' } },
    });
    const task = {
      name: 't',
      task_id: { value: 't1' },
      agent_id: offer?.['agent_id'] as WireMessage,
      command: { value: 'true' },
      resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } }],
    };
    const operations = [{ type: 'LAUNCH', launch: { task_infos: [task] } }];
    expect(await call({ type: 'ACCEPT', accept: { offer_ids: [offer?.['id'] as WireMessage], operations } })).toBe(202);
    const states: unknown[] = [];
    while (states.at(-1) !== 'TASK_FINISHED') {
      const { update } = (await stream.next()) as { readonly update?: { readonly status: WireMessage } };
      if (update === undefined) continue;
      const { state, agent_id, task_id, uuid } = update.status;
      states.push(state);
      const bytes = uuid as Uint8Array;
      const said = encoding === 'application/json' ? Buffer.from(bytes).toString('base64') : bytes;
      expect(await call({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid: said } })).toBe(202);
    }
    expect(states).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
    expect(await call({ type: 'TEARDOWN' })).toBe(202);
    await expect(stream.next()).rejects.toThrow('the end');
  });

  test('is not subscribed any more when its stream has gone', async () => {
    const info = { ...framework, failover_timeout: 60 };
    const stream = await subscribe({ type: 'SUBSCRIBE', subscribe: { framework_info: info } });
    const { subscribed } = (await stream.next()) as { readonly subscribed: WireMessage };
    const body = JSON.stringify({ type: 'REVIVE', framework_id: subscribed['framework_id'] });
    const headers = { ...JSON_HEADERS, 'Mesos-Stream-Id': stream.streamId };
    expect((await ask('POST', '/api/v1/scheduler', headers, body)).status).toBe(202);
    stream.end();
    await expect
      .poll(() => ask('POST', '/api/v1/scheduler', headers, body))
      .toMatchObject({
        status: 403,
        body: 'Framework is not subscribed',
      });
  });

  test('that subscribes again fails over, and the stream before is told so and ends', async () => {
    const first = await subscribe({ type: 'SUBSCRIBE', subscribe: { framework_info: framework } });
    const { subscribed } = (await first.next()) as { readonly subscribed: { readonly framework_id: WireMessage } };
    const id = subscribed.framework_id;
    const again = { type: 'SUBSCRIBE', framework_id: id, subscribe: { framework_info: { ...framework, id } } };
    const second = await subscribe(again);
    expect(await second.next()).toMatchObject({ type: 'SUBSCRIBED', subscribed: { framework_id: id } });
    let event = await first.next();
    while (event['type'] !== 'ERROR') event = await first.next();
    expect(event).toEqual({ type: 'ERROR', error: { message: 'Framework failed over' } });
    await expect(first.next()).rejects.toThrow('the end');
    second.end();
  });
});

test('paths that there are none of, health and version', async () => {
  expect(await ask('GET', '/nothing', {}, '')).toMatchObject({ status: 404, body: '404 Not Found.' });
  expect(await ask('GET', '/health', {}, '')).toMatchObject({ status: 200, body: '' });
  expect(JSON.parse((await ask('GET', '/master/version', {}, '')).body)).toHaveProperty('version');
});

test('serveMaster: a port that is none is refused', async () => {
  await expect(serveMaster({ master: cluster, random: seededRandom(1), port: -1 })).rejects.toThrow(
    'port: expected a whole number from 0 to 65535, got -1',
  );
});
