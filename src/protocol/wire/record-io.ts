import { InvalidArgument } from '../../core/index.ts';

/** No honest record is larger. */
export const RECORD_BYTES_MAX = 67_108_864;

const LINE_FEED = 0x0a;
const ZERO = 0x30;
const LENGTH_DIGITS_MAX = 20;
const encoder = new TextEncoder();

/**
 * A record of a stream: its length in bytes in decimal digits, a line feed, and the payload. To be written at once, for
 * there are clients that take what they read at once for one record.
 *
 * @see Mesos `docs/recordio.md`
 */
export function encodeRecord(payload: Uint8Array): Uint8Array {
  const head = encoder.encode(`${payload.length}\n`);
  const record = new Uint8Array(head.length + payload.length);
  record.set(head);
  record.set(payload, head.length);
  return record;
}

/** Takes a stream of records apart, however it was cut on the way. */
export class RecordReader {
  readonly #bytesMax: number;
  /** Digits of a length that is not complete. */
  #digits = '';
  /** What there is of the record whose length is known. */
  #record: Uint8Array | undefined;
  #filled = 0;

  constructor({ bytesMax = RECORD_BYTES_MAX }: { readonly bytesMax?: number } = {}) {
    this.#bytesMax = bytesMax;
  }

  /** Whether the stream may end here: not in the middle of a record. */
  get isBetweenRecords(): boolean {
    return this.#record === undefined && this.#digits === '';
  }

  /**
   * @returns the payloads of the records that end in this piece
   * @throws InvalidArgument if a length is no number from 1 to the most that is allowed; the stream cannot be read on then
   */
  read(piece: Uint8Array): readonly Uint8Array[] {
    const payloads: Uint8Array[] = [];
    let at = 0;
    while (at < piece.length) {
      const record = this.#record;
      if (record === undefined) {
        at = this.#readLength(piece, at);
        continue;
      }
      const part = piece.subarray(at, at + record.length - this.#filled);
      record.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < record.length) continue;
      payloads.push(record);
      this.#record = undefined;
    }
    return payloads;
  }

  #readLength(piece: Uint8Array, start: number): number {
    for (let at = start; at < piece.length; at++) {
      const byte = piece[at] ?? ZERO;
      if (byte === LINE_FEED) {
        this.#begin();
        return at + 1;
      }
      if (byte < ZERO || byte > ZERO + 9 || this.#digits.length >= LENGTH_DIGITS_MAX) {
        const got = JSON.stringify(this.#digits + String.fromCharCode(byte));
        throw new InvalidArgument('record', `expected its length in decimal digits and a line feed, got ${got}`);
      }
      this.#digits += String.fromCharCode(byte);
    }
    return piece.length;
  }

  #begin(): void {
    const length = Number(this.#digits);
    if (this.#digits === '' || length === 0 || length > this.#bytesMax) {
      throw new InvalidArgument('record', `expected a length from 1 to ${this.#bytesMax}, got "${this.#digits}"`);
    }
    this.#digits = '';
    this.#record = new Uint8Array(length);
    this.#filled = 0;
  }
}
