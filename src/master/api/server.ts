import type { IncomingMessage, ServerResponse } from 'node:http';
import { serve, type ServerType } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { RECORD_BYTES_MAX } from '../../protocol/wire/index.ts';
import { type FrameworkId, InvalidArgument } from '../../core/index.ts';
import type { Random } from '../../runtime/index.ts';
import { MASTER_VERSION, type Master } from '../shell.ts';
import { type ApiRequest, type EventStream, type RecordSink, SchedulerApi } from './scheduler-api.ts';
import { isRefusal, type Refusal } from './negotiation.ts';

type Environment = { readonly Bindings: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse } };

export interface ServeMasterOptions {
  /** A master, or a cluster. */
  readonly master: Pick<Master, 'schedulers' | 'state'>;
  /** Where stream ids come from. */
  readonly random: Random;
  /** Default 5050; 0 takes one that is free. */
  readonly port?: number;
  /** The address to listen on; default `127.0.0.1`. */
  readonly ip?: string;
  /** The name that clients are told; default `localhost`. */
  readonly hostname?: string;
  /** Bytes that wait for a client which does not read; one that lets more wait is cut off. Default 16 Mi. */
  readonly backlogBytesMax?: number;
}

/** A master that listens. */
export interface MasterServer extends AsyncDisposable {
  /** `http://<ip>:<port>`. */
  readonly url: string;
  /** Ends all streams and listens no more; the master goes on. */
  close(): Promise<void>;
}

const BACKLOG_BYTES = 16_777_216;
/** No call that anybody honest makes is larger. */
const BODY_BYTES_MAX = RECORD_BYTES_MAX;

/**
 * Lets a master listen for the clients that Mesos has: its scheduler API, with and without `/master` in front, `/health`
 * and `/version`.
 *
 * @throws InvalidArgument naming the option at fault; the promise rejects with the system's error if it cannot listen
 */
export async function serveMaster(options: ServeMasterOptions): Promise<MasterServer> {
  const { master, random, port = 5050, ip = '127.0.0.1', hostname = 'localhost' } = options;
  const { backlogBytesMax = BACKLOG_BYTES } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgument('port', `expected a whole number from 0 to 65535, got ${port}`);
  }
  const streams = new Set<ServerResponse>();
  const address = { hostname, ip, port };
  const app = masterApp({
    api: new SchedulerApi({
      endpoint: master.schedulers,
      random: random.stream('streams'),
      address: () => address,
      // Agents of this process have no port of their own: clients are told Mesos's default.
      agentAddress: (offer) => ({ hostname: offer.hostname, ip, port: 5051 }),
      isKnown: (id: FrameworkId) => master.state().frameworks.some((framework) => framework.id === id),
    }),
    streams,
    backlogBytesMax,
  });
  const server = await new Promise<ServerType>((resolve, reject) => {
    const listening = serve({ fetch: app.fetch, port, hostname: ip, overrideGlobalObjects: false }, (info) => {
      address.port = info.port;
      resolve(listening);
    });
    listening.once('error', reject);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const stream of streams) stream.end();
      if ('closeIdleConnections' in server) server.closeIdleConnections();
    });
  return { url: `http://${ip}:${address.port}`, close, [Symbol.asyncDispose]: close };
}

interface AppParts {
  readonly api: SchedulerApi;
  readonly streams: Set<ServerResponse>;
  readonly backlogBytesMax: number;
}

function masterApp({ api, streams, backlogBytesMax }: AppParts): Hono<Environment> {
  const app = new Hono<Environment>();
  for (const prefix of ['', '/master']) {
    app.all(`${prefix}/api/v1/scheduler`, async (context) => {
      const body = await bodyOf(context.env.incoming);
      if (body === undefined) return context.text(`Expected a body of at most ${BODY_BYTES_MAX} bytes`, 413);
      const answer = api.handle(requestOf(context, body));
      if (isRefusal(answer)) return refusal(answer);
      if (!('open' in answer)) return new Response(null, { status: answer.status, headers: { 'Content-Length': '0' } });
      return stream(context.env, answer, { streams, backlogBytesMax });
    });
    app.get(`${prefix}/health`, () => new Response(null, { status: 200, headers: { 'Content-Length': '0' } }));
    app.get(`${prefix}/version`, (context) => context.json({ version: MASTER_VERSION }));
  }
  app.notFound((context) => context.text('404 Not Found.', 404));
  return app;
}

function requestOf({ req }: Context<Environment>, body: Uint8Array): ApiRequest {
  return {
    method: req.method,
    contentType: req.header('Content-Type'),
    accept: req.header('Accept'),
    streamId: req.header('Mesos-Stream-Id'),
    body,
  };
}

/** From the socket itself, as it may come in chunks of any number; `undefined` if it is too large. */
async function bodyOf(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refusal({ status, text, headers }: Refusal): Response {
  return new Response(text, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers } });
}

/** Written to the socket itself: a record is a chunk, for there are clients that take a chunk for a record. */
function stream(
  { outgoing }: Environment['Bindings'],
  events: EventStream,
  { streams, backlogBytesMax }: Pick<AppParts, 'streams' | 'backlogBytesMax'>,
): Response {
  outgoing.writeHead(200, { 'Content-Type': events.encoding, 'Mesos-Stream-Id': events.streamId });
  outgoing.flushHeaders();
  outgoing.socket?.setNoDelay(true);
  const sink: RecordSink = {
    write(record) {
      if (outgoing.writableEnded || outgoing.destroyed) return;
      outgoing.write(record);
      // A client that does not read has its stream broken, and what it holds is its agents' to tell again.
      if (outgoing.writableLength > backlogBytesMax) outgoing.destroy();
    },
    end: () => void outgoing.end(),
  };
  const subscription = events.open(sink);
  streams.add(outgoing);
  outgoing.once('close', () => {
    streams.delete(outgoing);
    subscription[Symbol.dispose]();
  });
  return RESPONSE_ALREADY_SENT;
}
