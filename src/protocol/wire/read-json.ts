import { InvalidArgument } from '../../core/index.ts';
import { bytes as base64 } from '../json-codec.ts';
import { MESSAGE_DEPTH_MAX, type WireMessage, type WireValue } from './message.ts';
import type { EnumType, Field, FieldType, MessageType, ScalarType } from './schema.ts';

/**
 * A message from JSON, as leniently as Mesos takes it: fields that are not known, and `null`, are as if they were not
 * there; one value does for a list of it; numbers and booleans may be written as strings; enums of an unknown name are
 * dropped where the field is optional.
 *
 * @param json what `JSON.parse` gives
 * @throws InvalidArgument what was expected and what came, with the field; or all required fields that are missing
 */
export function readJson(type: MessageType, json: unknown): WireMessage {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new InvalidArgument('body', `expected a JSON object, got ${kindOf(json)}`);
  }
  const missing: string[] = [];
  const message = readMessage({ type, json, path: '', depth: 1, missing });
  if (missing.length > 0) throw new InvalidArgument('body', `Missing required fields: ${missing.join(', ')}`);
  return message;
}

interface Reading {
  readonly type: MessageType;
  readonly json: object;
  /** With a dot at its end; empty at the top. */
  readonly path: string;
  readonly depth: number;
  /** Paths of what is required and not there: they are told of all at once. */
  readonly missing: string[];
}

function readMessage(reading: Reading): WireMessage {
  const { type, json, path, depth, missing } = reading;
  if (depth > MESSAGE_DEPTH_MAX) throw new InvalidArgument(path, `expected at most ${MESSAGE_DEPTH_MAX} levels`);
  const message: Record<string, WireValue | readonly WireValue[]> = {};
  // What is in an object that `JSON.parse` made can be asked for by any name.
  const members = json as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(json)) {
    const field = type.field(name);
    const member = members[name];
    if (field === undefined || member === null) continue;
    const value = readField(field, member, reading);
    if (value !== undefined) message[name] = value;
  }
  for (const { name, label } of type.fields) {
    if (label === 'required' && message[name] === undefined) missing.push(`${path}${name}`);
  }
  return message;
}

function readField(field: Field, json: unknown, within: Reading): WireValue | readonly WireValue[] | undefined {
  switch (field.label) {
    case 'repeated': {
      const elements: readonly unknown[] = Array.isArray(json) ? json : [json];
      return elements
        .map((element, index) => readValue(field, element, within, `[${index}]`))
        .filter((value) => value !== undefined);
    }
    case 'map': {
      if (typeof json !== 'object' || json === null || Array.isArray(json)) throw unexpected(field, json, within);
      const map: Record<string, WireValue> = {};
      for (const [key, member] of Object.entries(json)) {
        const value = readValue(field, member, within, `["${key}"]`);
        if (value !== undefined) Object.defineProperty(map, key, { value, enumerable: true });
      }
      return map;
    }
    default:
      return readValue(field, json, within, '');
  }
}

/** `undefined` for an enum of a name that is not known. */
function readValue(field: Field, json: unknown, within: Reading, suffix: string): WireValue | undefined {
  const { type } = field;
  if (typeof type === 'string') return readScalar(type, field, json, within);
  if (type.kind === 'enum') return readEnum(type, field, json, within);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw unexpected(field, json, within);
  const path = `${within.path}${field.name}${suffix}.`;
  return readMessage({ ...within, type, json, path, depth: within.depth + 1 });
}

function readEnum(type: EnumType, field: Field, json: unknown, within: Reading): string | undefined {
  if (typeof json !== 'string') throw unexpected(field, json, within);
  return type.numbers.has(json) ? json : undefined;
}

function readScalar(type: ScalarType, field: Field, json: unknown, within: Reading): WireValue {
  switch (type) {
    case 'string':
      if (typeof json !== 'string') throw unexpected(field, json, within);
      return json;
    case 'bytes':
      if (typeof json !== 'string') throw unexpected(field, json, within);
      return base64.decode(json, `${within.path}${field.name}`);
    case 'bool':
      if (json === true || json === 'true') return true;
      if (json === false || json === 'false') return false;
      throw unexpected(field, json, within);
    default:
      return readNumber(type, field, json, within);
  }
}

const NUMBER_TEXT = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const INTEGER_RANGES = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

function readNumber(
  type: Exclude<ScalarType, 'string' | 'bytes' | 'bool'>,
  field: Field,
  json: unknown,
  within: Reading,
): number | bigint {
  if (type === 'double') {
    if (typeof json === 'number') return json;
    if (json === 'Infinity' || json === '-Infinity') return Number(json);
    if (typeof json === 'string' && NUMBER_TEXT.test(json)) return Number(json);
    throw unexpected(field, json, within);
  }
  const integer = integerOf(json);
  const [min, max] = INTEGER_RANGES[type];
  if (integer === undefined) throw unexpected(field, json, within);
  if (integer < min || integer > max) {
    throw new InvalidArgument(`${within.path}${field.name}`, `expected a number that fits ${type}, got ${integer}`);
  }
  return smallIfPossible(integer);
}

/** What follows the decimal point is cut off. */
function integerOf(json: unknown): bigint | undefined {
  if (typeof json === 'number') return Number.isFinite(json) ? BigInt(Math.trunc(json)) : undefined;
  if (typeof json !== 'string') return undefined;
  if (/^[+-]?\d{1,20}$/.test(json)) return BigInt(json.replace('+', ''));
  return NUMBER_TEXT.test(json) && Number.isFinite(Number(json)) ? BigInt(Math.trunc(Number(json))) : undefined;
}

/** A number where that is exact. */
export function smallIfPossible(integer: bigint): number | bigint {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}

function unexpected({ name, type }: Field, json: unknown, { path }: Reading): InvalidArgument {
  return new InvalidArgument(
    `${path}${name}`,
    `Not expecting a JSON ${kindOf(json)} for field '${name}', expected ${typeWords(type)}`,
  );
}

function kindOf(json: unknown): string {
  if (json === null) return 'null';
  return Array.isArray(json) ? 'array' : typeof json;
}

function typeWords(type: FieldType): string {
  if (typeof type === 'string') return type;
  return type.kind === 'enum' ? `one of ${[...type.numbers.keys()].join(', ')}` : 'an object';
}
