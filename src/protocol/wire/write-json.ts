import { bytes as base64 } from '../json-codec.ts';
import type { WireMessage, WireValue } from './message.ts';
import type { Field, FieldType, MessageType } from './schema.ts';

/**
 * A message as Mesos writes it in JSON: all in ASCII, 64-bit integers as numbers with all their digits, and fields that
 * are not set but have a default as that default, unless they are out of date.
 *
 * @see Mesos `3rdparty/stout/include/stout/protobuf.hpp`
 */
export function writeJson(type: MessageType, message: WireMessage): string {
  let json = '{';
  for (const field of type.fields) {
    const value = message[field.name] ?? (field.isDeprecated ? undefined : field.defaultValue);
    if (value === undefined) continue;
    json += `${json.length === 1 ? '' : ','}"${field.name}":${fieldText(field, value)}`;
  }
  return `${json}}`;
}

function fieldText({ label, type }: Field, value: WireValue | readonly WireValue[]): string {
  if (label === 'repeated') {
    // A field that may be repeated holds a list.
    return `[${(value as readonly WireValue[]).map((element) => valueText(type, element)).join(',')}]`;
  }
  if (label === 'map') {
    // A map is an object whose values are all of the one type.
    const entries = Object.entries(value as Readonly<Record<string, WireValue>>);
    return `{${entries.map(([key, each]) => `${stringText(key)}:${valueText(type, each)}`).join(',')}}`;
  }
  return valueText(type, value as WireValue);
}

function valueText(type: FieldType, value: WireValue): string {
  switch (typeof value) {
    case 'string':
      return stringText(value);
    case 'number':
      return numberText(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value instanceof Uint8Array) return JSON.stringify(base64.encode(value));
      // What is none of the others is a message, and its type says which.
      return writeJson(type as MessageType, value);
  }
}

/** What is infinite is a string, as JSON has no such number. */
function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

// Clients exist that compare a record's length in bytes with a number of characters.
const NOT_ASCII = /[\u007f-\uffff]/g;

function stringText(value: string): string {
  return JSON.stringify(value).replace(NOT_ASCII, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
