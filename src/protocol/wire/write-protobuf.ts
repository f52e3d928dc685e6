import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { InvariantViolation } from '../../core/index.ts';
import type { WireMessage, WireValue } from './message.ts';
import type { Field, FieldType, MessageType } from './schema.ts';

/** A message as proto2 writes it: what is not set is not sent, not even its default. */
export function writeProtobuf(type: MessageType, message: WireMessage): Uint8Array {
  const writer = new BinaryWriter();
  writeFields(writer, type, message);
  return writer.finish();
}

function writeFields(writer: BinaryWriter, type: MessageType, message: WireMessage): void {
  for (const field of type.fields) {
    const value = message[field.name];
    if (value === undefined) continue;
    if (field.label === 'map') writeMap(writer, field, value);
    // A field that may be repeated holds a list, any other one value.
    else if (field.label === 'repeated') {
      for (const element of value as readonly WireValue[]) writeValue(writer, field.number, field.type, element);
    } else writeValue(writer, field.number, field.type, value as WireValue);
  }
}

/** Each entry is a message of a key, 1, and a value, 2. */
function writeMap(writer: BinaryWriter, { number, type }: Field, map: WireValue | readonly WireValue[]): void {
  for (const [key, value] of Object.entries(map)) {
    writer.tag(number, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(key);
    writeValue(writer, 2, type, value);
    writer.join();
  }
}

function writeValue(writer: BinaryWriter, number: number, type: FieldType, value: WireValue): void {
  switch (type) {
    case 'string':
      return void writer.tag(number, WireType.LengthDelimited).string(value as string);
    case 'bytes':
      return void writer.tag(number, WireType.LengthDelimited).bytes(value as Uint8Array);
    case 'bool':
      return void writer.tag(number, WireType.Varint).bool(value as boolean);
    case 'double':
      return void writer.tag(number, WireType.Bit64).double(value as number);
    case 'int32':
      return void writer.tag(number, WireType.Varint).int32(value as number);
    case 'uint32':
      return void writer.tag(number, WireType.Varint).uint32(value as number);
    case 'int64':
      return void writer.tag(number, WireType.Varint).int64(value as number | bigint);
    case 'uint64':
      return void writer.tag(number, WireType.Varint).uint64(value as number | bigint);
    default:
  }
  if (type.kind === 'enum') {
    const numberOf = type.numbers.get(value as string);
    if (numberOf === undefined) throw new InvariantViolation(`${type.name} has no value ${value as string}`);
    writer.tag(number, WireType.Varint).int32(numberOf);
  } else {
    writer.tag(number, WireType.LengthDelimited).fork();
    writeFields(writer, type, value as WireMessage);
    writer.join();
  }
}
