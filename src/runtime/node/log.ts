import type { Log, LogLevel } from '../log.ts';

/** How a {@link consoleLog} writes. */
export interface ConsoleLogOptions {
  /** The least level that is written; `info` if absent. */
  readonly level?: LogLevel;
  /** Takes whole lines; the standard error stream of this process if absent. */
  readonly stream?: { write(text: string): unknown };
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A log of one line an entry: time in UTC, level, message, then the fields as `name=value`. */
export function consoleLog(options: ConsoleLogOptions = {}): Log {
  const least = RANK[options.level ?? 'info'];
  const stream = options.stream ?? process.stderr;
  return {
    log(level, message, fields = {}) {
      if (RANK[level] < least) return;
      const parts = [new Date().toISOString(), level.toUpperCase().padEnd(5), onOneLine(message)];
      for (const [name, value] of Object.entries(fields)) {
        if (value !== undefined) parts.push(`${name}=${fieldText(value)}`);
      }
      try {
        stream.write(`${parts.join(' ')}\n`);
      } catch {
        // Logging decides nothing: a stream that refuses loses the line, and no more than that.
      }
    },
  };
}

/** Bare if it reads as one word, else as JSON. */
function fieldText(value: unknown): string {
  const text = value instanceof Error ? value.message : value;
  if (typeof text === 'string') return /^[^\s"=\\]+$/.test(text) ? onOneLine(text) : JSON.stringify(text);
  try {
    return JSON.stringify(text) ?? String(text);
  } catch {
    // A cycle or a bigint.
    return String(text);
  }
}

/** What must not reach a terminal. */
const CONTROL_CHARACTERS = /\p{Cc}/gu;

function onOneLine(text: string): string {
  return text.replace(CONTROL_CHARACTERS, (character) => JSON.stringify(character).slice(1, -1));
}
