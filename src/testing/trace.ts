/** As wide as `master -> web1`, so that what is said stands below each other. */
const WHO_WIDTH = 14;

/** The last lines that are always kept. */
const LAST_LINES_MAX = 60;

/** What happened, one line for each event, and a hash of all lines, kept or not. */
export class Trace {
  readonly #kept: 'all' | 'last' | 'none';
  readonly #nowMs: () => number;
  readonly #onLine: ((line: string) => void) | undefined;
  #lines: string[] = [];
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;

  constructor(options: {
    /** `none`: not even the hash. */
    readonly kept: 'all' | 'last' | 'none';
    readonly nowMs: () => number;
    readonly onLine: ((line: string) => void) | undefined;
  }) {
    this.#onLine = options.onLine;
    this.#kept = options.kept;
    this.#nowMs = options.nowMs;
  }

  /** Whether anything comes of a line. */
  get isKept(): boolean {
    return this.#kept !== 'none';
  }

  add(who: string, text: string): void {
    if (!this.isKept) return;
    const line = `${clockText(this.#nowMs())}  ${who.padEnd(WHO_WIDTH)}  ${text}`;
    this.#mix(line);
    this.#onLine?.(line);
    this.#lines.push(line);
    if (this.#kept === 'last' && this.#lines.length > 4 * LAST_LINES_MAX)
      this.#lines = this.#lines.slice(-LAST_LINES_MAX);
  }

  /** All of them, if they were kept. */
  get lines(): readonly string[] {
    return this.#kept === 'all' ? this.#lines : [];
  }

  get lastLines(): readonly string[] {
    return this.#lines.slice(-LAST_LINES_MAX);
  }

  /** Sixteen hexadecimal digits; empty if there are no lines to be hashed. */
  get hash(): string {
    if (!this.isKept) return '';
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #mix(line: string): void {
    let low = this.#low;
    let high = this.#high;
    for (let index = 0; index < line.length; index++) {
      const code = line.charCodeAt(index);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 15);
    }
    this.#low = low;
    this.#high = high;
  }
}

/** `01:02:03.456` for hours, minutes, seconds and milliseconds. */
export function clockText(ms: number): string {
  const whole = Math.floor(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const seconds = Math.floor(whole / 1_000);
  const time = `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${time}.${String(whole % 1_000).padStart(3, '0')}`;
}
