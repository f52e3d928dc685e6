import { type FrameworkId, InvalidArgument } from '../../core/index.ts';
import type {
  Channel,
  FrameworkInfo,
  SchedulerCall,
  SchedulerEndpoint,
  SchedulerEvent,
  Subscribe,
} from '../../protocol/index.ts';
import {
  type Address,
  type EventContext,
  encodeRecord,
  readSchedulerCall,
  type SchedulerRequest,
  type WireMessage,
  writeSchedulerEvent,
} from '../../protocol/wire/index.ts';
import { type Random, uuid } from '../../runtime/index.ts';
import {
  acceptedEncoding,
  contentEncoding,
  type Encoding,
  isRefusal,
  type Refusal,
  readBody,
  refused,
  writeBody,
} from './negotiation.ts';

/** A request, less what it takes to receive it. */
export interface ApiRequest {
  readonly method: string;
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  readonly streamId: string | undefined;
  readonly body: Uint8Array;
}

/** Where a stream of events goes. */
export interface RecordSink {
  /** To be sent at once, on its own. */
  write(record: Uint8Array): void;
  /** Nothing follows. */
  end(): void;
}

/** A subscription: the answer's head is sent first, then what `open` writes. */
export interface EventStream {
  readonly encoding: Encoding;
  readonly streamId: string;
  /** @returns to be disposed of when the client has gone */
  open(sink: RecordSink): Disposable;
}

/** The call is on its way to the master; what comes of it arrives as events. */
export interface Accepted {
  readonly status: 200 | 202;
}

export interface SchedulerApiOptions {
  readonly endpoint: SchedulerEndpoint;
  readonly random: Random;
  /** Of the master, for clients. */
  readonly address: () => Address;
  readonly agentAddress: EventContext['agentAddress'];
  /** Whether the master knows such a framework, connected or not. */
  readonly isKnown: (frameworkId: FrameworkId) => boolean;
}

interface Subscription {
  readonly streamId: string;
  readonly channel: Channel<SchedulerCall>;
}

/**
 * Mesos's scheduler API in front of a master: calls in, a stream of events out, one for each framework.
 *
 * @see Mesos `src/master/http.cpp`, `Master::Http::scheduler`
 */
export class SchedulerApi {
  readonly #options: SchedulerApiOptions;
  readonly #subscriptions = new Map<FrameworkId, Subscription>();

  constructor(options: SchedulerApiOptions) {
    this.#options = options;
  }

  handle(request: ApiRequest): Accepted | EventStream | Refusal {
    const { method, contentType, accept, streamId } = request;
    if (method !== 'POST') {
      const text = `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${method}'.`;
      return refused(405, text, { Allow: 'POST' });
    }
    const encoding = contentEncoding(contentType);
    if (typeof encoding !== 'string') return encoding;
    const wire = readBody('scheduler.Call', encoding, request.body);
    // A field of a message is never called `text`, nor is any of a refusal's in a call.
    if (isRefusal(wire)) return wire;
    if (wire['type'] === 'REQUEST') return { status: 202 };
    if (wire['type'] === 'UNKNOWN') return refused(501, '501 Not Implemented.');
    const read = readCall(wire);
    if (isRefusal(read)) return read;
    const { call, frameworkId } = read;
    if (call.type === 'subscribe') return this.#subscribe(call, { accept, streamId, frameworkId });
    return this.#send(call, frameworkId, streamId);
  }

  #subscribe(
    call: Subscribe,
    {
      accept,
      streamId,
      frameworkId,
    }: Pick<ApiRequest, 'accept' | 'streamId'> & { readonly frameworkId: FrameworkId | undefined },
  ): EventStream | Refusal {
    if (frameworkId !== call.frameworkInfo.id) {
      return invalid("'framework_id' differs from 'subscribe.framework_info.id'");
    }
    const encoding = acceptedEncoding(accept);
    if (typeof encoding !== 'string') return encoding;
    if (streamId !== undefined) {
      return refused(400, "Subscribe calls should not include the 'Mesos-Stream-Id' header");
    }
    const id = uuid(this.#options.random);
    return { encoding, streamId: id, open: (sink) => this.#open(call, { encoding, streamId: id, sink }) };
  }

  #open(
    subscribe: Subscribe,
    { encoding, streamId, sink }: { readonly encoding: Encoding; readonly streamId: string; readonly sink: RecordSink },
  ): Disposable {
    const { endpoint } = this.#options;
    let framework: FrameworkInfo = subscribe.frameworkInfo;
    let frameworkId: FrameworkId | undefined;
    const forget = (): void => {
      if (frameworkId !== undefined && this.#subscriptions.get(frameworkId)?.streamId === streamId) {
        this.#subscriptions.delete(frameworkId);
      }
    };
    const channel = endpoint.connect(subscribe, {
      onMessage: (event: SchedulerEvent) => {
        if (event.type === 'subscribed') {
          frameworkId = event.frameworkId;
          framework = { ...framework, id: frameworkId };
          this.#subscriptions.set(frameworkId, { streamId, channel });
        }
        sink.write(encodeRecord(writeBody('scheduler.Event', encoding, this.#onWire(event, framework))));
      },
      onClosed: () => {
        forget();
        sink.end();
      },
    });
    return {
      [Symbol.dispose]: () => {
        forget();
        channel.close();
      },
    };
  }

  #onWire(event: SchedulerEvent, framework: FrameworkInfo): WireMessage {
    const { address, agentAddress } = this.#options;
    return writeSchedulerEvent(event, { framework, master: address(), agentAddress });
  }

  #send(call: SchedulerCall, frameworkId: FrameworkId | undefined, streamId: string | undefined): Accepted | Refusal {
    if (frameworkId === undefined) return invalid("Expecting 'framework_id' to be present");
    const subscription = this.#subscriptions.get(frameworkId);
    if (subscription === undefined) {
      return this.#options.isKnown(frameworkId)
        ? refused(403, 'Framework is not subscribed')
        : refused(400, 'Framework cannot be found');
    }
    if (streamId === undefined) {
      return refused(400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header");
    }
    if (streamId !== subscription.streamId) {
      const text = `The stream ID '${streamId}' included in this request didn't match the stream ID currently associated with framework ID ${frameworkId}`;
      return refused(400, text);
    }
    subscription.channel.send(call);
    return { status: call.type === 'updateFramework' ? 200 : 202 };
  }
}

function readCall(wire: WireMessage): SchedulerRequest | Refusal {
  try {
    return readSchedulerCall(wire);
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error;
    return invalid(reasonOf(error));
  }
}

/** Clients look for Mesos's own words, which name the field themselves. */
function reasonOf({ field, message }: InvalidArgument): string {
  const reason = message.slice(`${field}: `.length);
  return reason.startsWith('Expecting ') ? reason : message;
}

function invalid(reason: string): Refusal {
  return refused(400, `Failed to validate scheduler::Call: ${reason}`);
}
