import { InvalidArgument } from '../core/index.ts';

/** What a peer may send in one message: far more than any honest one, far less than what would hurt. */
export const JSON_LENGTH_MAX = 67_108_864;
export const JSON_DEPTH_MAX = 64;

/**
 * Reads JSON text of a limited length, in UTF-16 code units, and depth.
 *
 * @param field what the text is, for messages
 * @throws InvalidArgument if it is longer or deeper, or no JSON
 */
export function parseJson(text: string, field: string): unknown {
  if (text.length > JSON_LENGTH_MAX) {
    throw new InvalidArgument(field, `expected at most ${JSON_LENGTH_MAX} characters, got ${text.length}`);
  }
  if (isDeeperThan(text, JSON_DEPTH_MAX)) {
    throw new InvalidArgument(field, `expected at most ${JSON_DEPTH_MAX} levels of lists and objects, got more`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const start = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
    throw new InvalidArgument(field, `expected JSON, got ${start}`, { cause: error });
  }
}

/** Counts brackets outside of strings; what is no JSON at all is found out later. */
function isDeeperThan(text: string, depthMax: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (++depth > depthMax) return true;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--;
        break;
    }
  }
  return false;
}

/** The position of the closing quote of the string that opens at `start`; the end of the text if it is never closed. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === BACKSLASH) i++;
    else if (unit === QUOTE) return i;
  }
  return text.length;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
