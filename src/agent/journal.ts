import { RecoveryError } from '../core/index.ts';
import type { JsonValue } from '../protocol/index.ts';
import type { Directory } from '../runtime/index.ts';

/** The version of the format below; another version's journal is refused. */
const VERSION = 1;
/** A journal is written anew when it has grown by its former size, and by no less than this many bytes. */
const GROWTH_BYTES_MIN = 262_144;

/** One record of the agent's state, put in place of its older version, or taken away. */
export interface JournalChange {
  /** Names the record for ever, such as `task F1/t1`. */
  readonly key: string;
  /** Absent: the record is gone. */
  readonly value?: JsonValue;
}

/**
 * A file of records by key. What is appended at once is one line, `<checksum> <JSON>`, so after a crash it is there
 * as a whole or not at all; what follows the last line break was cut short, and is nothing. When most of the file has
 * become history, the records as they stand are written to a new one in its place.
 *
 * - **Line** `[[key, value], [key], …]`; a key alone takes its record away.
 * - **First line** `[["version", 1]]`.
 */
export class Journal {
  readonly #directory: Directory;
  readonly #path: string;
  #sizeBytes = 0;
  #rewriteAtBytes = 0;

  constructor(directory: Directory, path: string) {
    this.#directory = directory;
    this.#path = path;
  }

  /**
   * The records as they stand; none if there is no journal. Call it first.
   *
   * @throws RecoveryError if anything but the end is damaged
   */
  read(): ReadonlyMap<string, unknown> {
    const bytes = this.#directory.read(this.#path);
    const records = new Map<string, unknown>();
    if (bytes === undefined) return records;
    const lines = new TextDecoder().decode(bytes).split('\n');
    // What follows the last line break; empty if the last line is whole.
    lines.pop();
    for (const [index, line] of lines.entries()) this.#readLine(line, index, records);
    return records;
  }

  #readLine(line: string, index: number, records: Map<string, unknown>): void {
    const damaged = (what: string): RecoveryError => new RecoveryError(this.#path, `line ${index + 1}: ${what}`);
    const text = line.slice(9);
    const expected = `${checksum(text)} `;
    if (line.slice(0, 9) !== expected) {
      throw damaged(`expected the checksum ${expected.trim()}, got ${JSON.stringify(line.slice(0, 9))}`);
    }
    for (const change of parseList(text, damaged)) {
      if (!Array.isArray(change)) throw damaged('expected a key, and a value or none');
      const [key, value]: readonly unknown[] = change;
      if (typeof key !== 'string') throw damaged('expected a key, and a value or none');
      if (change.length === 1) records.delete(key);
      else records.set(key, value);
    }
    if (index === 0) {
      const version = records.get('version');
      if (version !== VERSION) throw damaged(`expected version ${VERSION}, got ${JSON.stringify(version)}`);
      records.delete('version');
    }
  }

  /** Whether it is time to {@link rewrite} it. */
  get isMostlyHistory(): boolean {
    return this.#sizeBytes >= this.#rewriteAtBytes;
  }

  /** On disk, as a whole, when it returns. */
  append(changes: readonly JournalChange[]): void {
    const line = encodeLine(changes);
    this.#directory.append(this.#path, line);
    this.#sizeBytes += line.length;
  }

  /** Puts a file with exactly these records in place of the old one. */
  rewrite(records: Iterable<JournalChange>): void {
    const lines = [encodeLine([{ key: 'version', value: VERSION }])];
    for (const record of records) lines.push(encodeLine([record]));
    const sizeBytes = lines.reduce((sum, line) => sum + line.length, 0);
    const bytes = new Uint8Array(sizeBytes);
    let offset = 0;
    for (const line of lines) {
      bytes.set(line, offset);
      offset += line.length;
    }
    this.#directory.write(this.#path, bytes);
    this.#sizeBytes = sizeBytes;
    this.#rewriteAtBytes = sizeBytes + Math.max(sizeBytes, GROWTH_BYTES_MIN);
  }
}

function parseList(text: string, damaged: (what: string) => RecoveryError): readonly unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw damaged('expected JSON');
  }
  if (!Array.isArray(list)) throw damaged('expected a list of changes');
  return list;
}

const ENCODER = new TextEncoder();

function encodeLine(changes: readonly JournalChange[]): Uint8Array {
  const text = JSON.stringify(changes.map(({ key, value }) => (value === undefined ? [key] : [key, value])));
  return ENCODER.encode(`${checksum(text)} ${text}\n`);
}

/** FNV-1a over the code units, as eight hexadecimal digits: finds damage, keeps nobody out. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
