import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { InvalidArgument } from '../../core/index.ts';
import { MESSAGE_DEPTH_MAX, type WireMessage, type WireValue } from './message.ts';
import { smallIfPossible } from './read-json.ts';
import type { EnumType, Field, FieldType, MessageType } from './schema.ts';

/**
 * A message from its bytes. Fields and values of enums that are not known are left out, as in proto2; of a field that
 * comes twice the last counts, messages are merged.
 *
 * @throws InvalidArgument if the bytes are no such message, are nested too deep, or lack required fields
 */
export function readProtobuf(type: MessageType, bytes: Uint8Array): WireMessage {
  const missing: string[] = [];
  let message: WireMessage;
  try {
    message = readFields(new BinaryReader(bytes, decodeUtf8), bytes.length, type, 1);
  } catch (error) {
    if (error instanceof InvalidArgument) throw error;
    throw new InvalidArgument('body', `expected a ${type.name} in protobuf`, { cause: error });
  }
  findMissing(type, message, '', missing);
  if (missing.length > 0) throw new InvalidArgument('body', `Missing required fields: ${missing.join(', ')}`);
  return message;
}

const decoder = new TextDecoder();

/** What is no UTF-8 is replaced, as strings in proto2 may be anything. */
function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

function readFields(reader: BinaryReader, end: number, type: MessageType, depth: number): WireMessage {
  if (depth > MESSAGE_DEPTH_MAX) throw new InvalidArgument('body', `expected at most ${MESSAGE_DEPTH_MAX} levels`);
  if (end > reader.len) throw new InvalidArgument('body', 'expected as many bytes as it says, got fewer');
  const message: Record<string, WireValue | readonly WireValue[]> = {};
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = type.numbered(number);
    if (field === undefined || !isWrittenAs(field, wireType)) reader.skip(wireType, number);
    else readField(reader, field, wireType, { message, depth });
  }
  if (reader.pos !== end) throw new InvalidArgument('body', 'expected a field to end with its message');
  return message;
}

interface Target {
  readonly message: Record<string, WireValue | readonly WireValue[]>;
  readonly depth: number;
}

function readField(reader: BinaryReader, field: Field, wireType: WireType, { message, depth }: Target): void {
  const { name, type, label } = field;
  if (label === 'map') {
    message[name] = { ...asMessage(message[name]), ...readEntry(reader, type, depth) };
    return;
  }
  const isPacked = wireType === WireType.LengthDelimited && wireTypeOf(type) !== WireType.LengthDelimited;
  const values = isPacked ? readPacked(reader, type, depth) : [readValue(reader, type, depth)].filter(isKnown);
  if (label === 'repeated') {
    // A field that may be repeated holds a list.
    message[name] = [...((message[name] ?? []) as readonly WireValue[]), ...values];
    return;
  }
  const value = values.at(-1);
  if (value === undefined) return;
  message[name] = isMessage(value) ? merged(asMessage(message[name]), value) : value;
}

function readPacked(reader: BinaryReader, type: FieldType, depth: number): readonly WireValue[] {
  const end = lengthDelimited(reader);
  const values: WireValue[] = [];
  while (reader.pos < end) {
    const value = readValue(reader, type, depth);
    if (value !== undefined) values.push(value);
  }
  return values;
}

function isKnown(value: WireValue | undefined): value is WireValue {
  return value !== undefined;
}

/** `undefined` for a value of an enum that is not known. */
function readValue(reader: BinaryReader, type: FieldType, depth: number): WireValue | undefined {
  switch (type) {
    case 'string':
      return reader.string();
    case 'bytes':
      return reader.bytes().slice();
    case 'bool':
      return reader.bool();
    case 'double':
      return reader.double();
    case 'int32':
      return reader.int32();
    case 'uint32':
      return reader.uint32();
    case 'int64':
      return smallIfPossible(BigInt(reader.int64()));
    case 'uint64':
      return smallIfPossible(BigInt(reader.uint64()));
    default:
      return type.kind === 'enum'
        ? readEnum(reader, type)
        : readFields(reader, lengthDelimited(reader), type, depth + 1);
  }
}

function readEnum(reader: BinaryReader, type: EnumType): string | undefined {
  return type.names.get(reader.int32());
}

/** One entry of a map: a message of a key, 1, and a value, 2. */
function readEntry(reader: BinaryReader, type: FieldType, depth: number): WireMessage {
  const end = lengthDelimited(reader);
  let key = '';
  let value: WireValue | undefined;
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    if (number === 1 && wireType === WireType.LengthDelimited) key = reader.string();
    else if (number === 2 && wireType === wireTypeOf(type)) value = readValue(reader, type, depth);
    else reader.skip(wireType, number);
  }
  const missing = typeof type === 'object' && type.kind === 'message' ? {} : type === 'string' ? '' : undefined;
  return Object.fromEntries([[key, value ?? missing]].filter(([, each]) => each !== undefined));
}

/** Where what begins here ends. */
function lengthDelimited(reader: BinaryReader): number {
  const length = reader.uint32();
  return reader.pos + length;
}

function isWrittenAs({ type, label }: Field, wireType: WireType): boolean {
  const own = wireTypeOf(type);
  return label === 'map'
    ? wireType === WireType.LengthDelimited
    : wireType === own || (label === 'repeated' && wireType === WireType.LengthDelimited);
}

function wireTypeOf(type: FieldType): WireType {
  if (type === 'double') return WireType.Bit64;
  if (type === 'string' || type === 'bytes') return WireType.LengthDelimited;
  return typeof type === 'object' && type.kind === 'message' ? WireType.LengthDelimited : WireType.Varint;
}

function isMessage(value: WireValue): value is WireMessage {
  return typeof value === 'object' && !(value instanceof Uint8Array);
}

function asMessage(value: WireValue | readonly WireValue[] | undefined): WireMessage {
  return value === undefined ? {} : (value as WireMessage);
}

/** Lists are joined, other fields of `later` count. */
function merged(earlier: WireMessage, later: WireMessage): WireMessage {
  const all: Record<string, WireValue | readonly WireValue[] | undefined> = { ...earlier };
  for (const [name, value] of Object.entries(later)) {
    const before = all[name];
    if (Array.isArray(before) && Array.isArray(value)) all[name] = [...before, ...value];
    else if (isPlain(before) && isPlain(value)) all[name] = merged(before, value);
    else all[name] = value;
  }
  return all;
}

function isPlain(value: WireValue | readonly WireValue[] | undefined): value is WireMessage {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Required fields are asked for at the end, as messages may come in parts. */
function findMissing(type: MessageType, message: WireMessage, path: string, missing: string[]): void {
  for (const { name, label, type: fieldType } of type.fields) {
    const value = message[name];
    if (value === undefined) {
      if (label === 'required') missing.push(`${path}${name}`);
      continue;
    }
    if (typeof fieldType === 'string' || fieldType.kind === 'enum') continue;
    // A list, a map or one message, all of messages.
    const parts =
      label === 'repeated' ? Object.entries(value) : label === 'map' ? Object.entries(value) : [['', value]];
    for (const [key, part] of parts as readonly (readonly [string, WireMessage])[]) {
      findMissing(fieldType, part, `${path}${name}${key === '' ? '' : `[${key}]`}.`, missing);
    }
  }
}
