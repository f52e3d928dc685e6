import * as fc from 'fast-check';
import type { Field, FieldType, MessageType, WireMessage, WireValue } from '../../src/protocol/wire/index.ts';

const NAMES = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 4 }));

/** Any message of a type, as its definition has it: nested so deep at most, required fields always there. */
export function wireMessages(type: MessageType, depth = 3): fc.Arbitrary<WireMessage> {
  const fields: Record<string, fc.Arbitrary<WireValue | readonly WireValue[]>> = {};
  const required: string[] = [];
  for (const field of type.fields) {
    if (field.label === 'required') required.push(field.name);
    else if (depth <= 0) continue;
    fields[field.name] = fieldValues(field, depth);
  }
  return fc.record(fields, { requiredKeys: required });
}

function fieldValues({ label, type }: Field, depth: number): fc.Arbitrary<WireValue | readonly WireValue[]> {
  const one = values(type, depth);
  // A list of nothing and no list are one and the same in protobuf.
  if (label === 'repeated') return fc.array(one, { minLength: 1, maxLength: 2 });
  if (label === 'map') return fc.dictionary(NAMES, one, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
  return one;
}

function values(type: FieldType, depth: number): fc.Arbitrary<WireValue> {
  switch (type) {
    case 'string':
      return NAMES;
    case 'bytes':
      return fc.uint8Array({ maxLength: 6 });
    case 'bool':
      return fc.boolean();
    case 'double':
      return fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(Number.POSITIVE_INFINITY, 0.001, 15));
    case 'int32':
      return fc.integer();
    case 'uint32':
      return fc.integer({ min: 0, max: 0xffffffff });
    case 'int64':
      return fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map(small);
    case 'uint64':
      return fc.bigInt({ min: 0n, max: 2n ** 63n }).map(small);
    default:
      return type.kind === 'enum'
        ? fc.constantFrom(...type.numbers.keys())
        : fc.constant(depth).chain(() => wireMessages(type, depth - 1));
  }
}

function small(integer: bigint): number | bigint {
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
}
