import { ParseError } from '../core/index.ts';
import { type Bounds, coalesce } from './ranges.ts';
import type { ResourceValue } from './resource.ts';
import { AMOUNT_MAX, isAmount, toMilli } from './scalars.ts';
import { normalItems } from './sets.ts';

/** One `key:value` of a text; positions are offsets in the text, `end` is exclusive. */
interface Piece {
  readonly key: string;
  readonly keyPosition: number;
  readonly valuePosition: number;
  readonly end: number;
}

/** The pieces of a text, which are separated by semicolons; empty ones are skipped. @throws ParseError */
export function* piecesOf(text: string): Iterable<Piece> {
  let start = 0;
  while (start < text.length) {
    const semicolon = text.indexOf(';', start);
    const end = semicolon < 0 ? text.length : semicolon;
    if (end > start) yield pieceOf(text, start, end);
    start = end + 1;
  }
}

function pieceOf(text: string, start: number, end: number): Piece {
  const colon = text.indexOf(':', start);
  if (colon < 0 || colon >= end) throw new ParseError("Expected ':' between name and value", text, end);
  const second = text.indexOf(':', colon + 1);
  if (second >= 0 && second < end) throw new ParseError("Expected ';' or the end, got ':'", text, second);
  return { key: text.slice(start, colon), keyPosition: start, valuePosition: colon + 1, end };
}

/** A value as read: `exact` is false where a number is not zero but less than half a thousandth. */
type ReadValue =
  | { readonly type: 'SCALAR'; readonly milli: number; readonly vanishes: boolean }
  | { readonly type: 'RANGES'; readonly bounds: Bounds }
  | { readonly type: 'SET'; readonly items: readonly string[]; readonly repeated: string | undefined }
  | { readonly type: 'TEXT'; readonly text: string };

/**
 * Reads a value: a number, ranges in `[]`, a set in `{}`, or else text. Blanks do not count.
 *
 * @throws ParseError with the position of the fault
 * @see Mesos `src/common/values.cpp`, `parse`
 */
export function parseValue(text: string): ResourceValue | { readonly type: 'TEXT'; readonly text: string } {
  const value = readValue(text, 0, text.length);
  switch (value.type) {
    case 'SCALAR':
      return { type: 'SCALAR', milli: value.milli };
    case 'SET':
      return { type: 'SET', items: value.items };
    default:
      return value;
  }
}

/** As {@link parseValue}, from `start` up to `end` of a text. */
export function readValue(text: string, start: number, end: number): ReadValue {
  const plain = text.slice(start, end).replaceAll(' ', '');
  if (plain === '') throw new ParseError('Expected a value', text, end);
  for (const pair of ['{}', '[]', '()']) checkBrackets(text, start, end, pair.charAt(0), pair.charAt(1));
  const ranges = plain.indexOf('[');
  if (ranges === 0) return { type: 'RANGES', bounds: readRanges(text, start, end) };
  if (ranges > 0) throw new ParseError("Expected '[' only at the beginning", text, text.indexOf('[', start));
  const set = plain.indexOf('{');
  if (set === 0) return readSet(text, start, end);
  if (set > 0) throw new ParseError("Expected '{' only at the beginning", text, text.indexOf('{', start));
  return readNumber(plain, text, start) ?? { type: 'TEXT', text: plain };
}

function checkBrackets(text: string, start: number, end: number, open: string, close: string): void {
  let depth = 0;
  for (let at = start; at < end; at++) {
    if (text[at] === open) depth += 1;
    if (text[at] === close) depth -= 1;
    if (depth < 0) throw new ParseError(`Expected '${open}' before '${close}'`, text, at);
  }
  if (depth > 0) throw new ParseError(`Expected '${close}'`, text, end);
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** The least number that is not subnormal. */
const NORMAL_MIN = 2 ** -1022;

/** `undefined` if it is no number; negative and infinite ones are none. */
function readNumber(plain: string, text: string, position: number): ReadValue | undefined {
  if (!NUMBER.test(plain)) return undefined;
  const value = Number(plain);
  if (value !== 0 && Math.abs(value) < NORMAL_MIN) {
    throw new ParseError('Expected a number that is zero or not subnormal', text, position);
  }
  if (value < 0 || value === Number.POSITIVE_INFINITY) return undefined;
  const milli = toMilli(value);
  if (!isAmount(milli)) throw new ParseError(`Expected a number up to ${AMOUNT_MAX}`, text, position);
  return { type: 'SCALAR', milli: Math.abs(milli), vanishes: milli === 0 && value !== 0 };
}

/** What stands between `separators`, without blanks, each with the position of its first character. */
function* tokensOf(text: string, start: number, end: number, separators: string): Iterable<[string, number]> {
  let token = '';
  let position = start;
  for (let at = start; at <= end; at++) {
    const character = text.charAt(at);
    if (at === end || separators.includes(character)) {
      if (token !== '') yield [token, position];
      token = '';
    } else if (character !== ' ') {
      if (token === '') position = at;
      token += character;
    }
  }
}

/** Of brackets, dashes, commas and line ends all do the same: they separate integers, which make pairs. */
function readRanges(text: string, start: number, end: number): Bounds {
  const ranges: number[] = [];
  for (const [token, position] of tokensOf(text, start, end, '[]-,\n')) {
    if (!/^\+?\d+$/.test(token)) throw new ParseError(`Expected an integer, got ${token}`, text, position);
    const bound = Number(token);
    if (!Number.isSafeInteger(bound)) {
      throw new ParseError(`Expected an integer up to ${Number.MAX_SAFE_INTEGER}, got ${token}`, text, position);
    }
    const begin = ranges.length % 2 === 1 ? (ranges.at(-1) ?? 0) : 0;
    if (bound < begin) throw new ParseError(`Expected an end of ${begin} or more, got ${token}`, text, position);
    ranges.push(bound);
  }
  if (ranges.length % 2 !== 0) throw new ParseError('Expected an end for each begin', text, end);
  return coalesce(ranges);
}

function readSet(text: string, start: number, end: number): ReadValue {
  const items = [...tokensOf(text, start, end, '{},\n')].map(([token]) => token);
  const distinct = normalItems(items);
  const repeated = distinct.length === items.length ? undefined : items.find((item, i) => items.indexOf(item) !== i);
  return { type: 'SET', items: distinct, repeated };
}
