import {
  messageType,
  readJson,
  readProtobuf,
  type WireMessage,
  writeJson,
  writeProtobuf,
} from '../../protocol/wire/index.ts';
import { InvalidArgument } from '../../core/index.ts';

/** How messages are written. Names are media types. */
export type Encoding = 'application/json' | 'application/x-protobuf';

/** A refusal: plain text for people, as Mesos words it. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function refused(status: number, text: string, headers?: Readonly<Record<string, string>>): Refusal {
  return { status, text, ...(headers === undefined ? {} : { headers }) };
}

export function isRefusal(value: object): value is Refusal {
  return 'text' in value;
}

/**
 * How a body is written, by its `Content-Type`. Parameters and upper case are fine, which Mesos refuses.
 *
 * @see Mesos `src/master/http.cpp`, `Master::Http::scheduler`
 */
export function contentEncoding(contentType: string | undefined): Encoding | Refusal {
  if (contentType === undefined || contentType === '') return refused(400, "Expecting 'Content-Type' to be present");
  const [type = ''] = contentType.split(';');
  const encoding = encodingOf(type);
  if (encoding !== undefined) return encoding;
  return refused(415, "Expecting 'Content-Type' of application/json or application/x-protobuf");
}

/** How an answer may be written, by `Accept`: JSON where it is allowed, for Mesos does not weigh. */
export function acceptedEncoding(accept: string | undefined): Encoding | Refusal {
  if (accept === undefined || accept.trim() === '') return 'application/json';
  const allowed = accept
    .split(',')
    .map((entry) => entry.split(';').map((part) => part.trim().toLowerCase()))
    .filter((parts) => !parts.some((part) => /^q=0(\.0*)?$/.test(part)))
    .map(([type = '']) => type);
  for (const encoding of ['application/json', 'application/x-protobuf'] as const) {
    if (allowed.some((type) => type === encoding || type === '*/*' || type === 'application/*')) return encoding;
  }
  return refused(406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'");
}

function encodingOf(type: string): Encoding | undefined {
  const name = type.trim().toLowerCase();
  return name === 'application/json' || name === 'application/x-protobuf' ? name : undefined;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A message of this type from a body, or why it is none. */
export function readBody(typeName: string, encoding: Encoding, body: Uint8Array): WireMessage | Refusal {
  const type = messageType(typeName);
  const shortName = typeName.slice(typeName.lastIndexOf('.') + 1);
  if (encoding === 'application/x-protobuf') {
    try {
      return readProtobuf(type, body);
    } catch (error) {
      if (!(error instanceof InvalidArgument)) throw error;
      return refused(400, `Failed to parse body into ${shortName} protobuf`);
    }
  }
  let json: unknown;
  try {
    json = JSON.parse(decoder.decode(body));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return refused(400, `Failed to parse body into JSON: ${error.message}`);
  }
  try {
    return readJson(type, json);
  } catch (error) {
    if (!(error instanceof InvalidArgument)) throw error;
    return refused(400, `Failed to convert JSON into ${shortName} protobuf: ${error.message}`);
  }
}

export function writeBody(typeName: string, encoding: Encoding, message: WireMessage): Uint8Array {
  const type = messageType(typeName);
  return encoding === 'application/json' ? encoder.encode(writeJson(type, message)) : writeProtobuf(type, message);
}
