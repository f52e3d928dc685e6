import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidArgument } from '../../src/core/index.ts';
import { encodeRecord, RecordReader } from '../../src/protocol/wire/record-io.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('RecordReader', () => {
  test('finds all records, however the stream was cut on the way', () => {
    const payloads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 });
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 17 }), { minLength: 1 }), (records, cuts) => {
        const stream = Uint8Array.from(records.flatMap((record) => [...encodeRecord(record)]));
        const reader = new RecordReader();
        const found: Uint8Array[] = [];
        for (let at = 0, cut = 0; at < stream.length; at += cuts[cut++ % cuts.length] ?? 1) {
          found.push(...reader.read(stream.subarray(at, at + (cuts[cut % cuts.length] ?? 1))));
        }
        expect(found).toEqual(records);
        expect(reader.isBetweenRecords).toBe(true);
      }),
    );
  });

  test.each(['x', '-1\n', '0\n{}', '\n', '12x', '123456789012345678901', '99999999999\n', '1.5\n'])(
    'refuses %j as the length of a record',
    (text) => {
      expect(() => new RecordReader().read(bytes(text))).toThrow(InvalidArgument);
    },
  );

  test('refuses a record that is larger than it may be, before it is there', () => {
    const reader = new RecordReader({ bytesMax: 10 });
    expect(reader.read(bytes('10\n'))).toEqual([]);
    expect(reader.isBetweenRecords).toBe(false);
    expect(reader.read(bytes('0123456789'))).toEqual([bytes('0123456789')]);
    expect(() => reader.read(bytes('11\n'))).toThrow('from 1 to 10, got "11"');
  });
});
