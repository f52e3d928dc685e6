import { ParseError } from '../core/index.ts';
import {
  anyCase,
  type CharacterSet,
  except,
  fromRanges,
  namedClass,
  shorthandClass,
  unicodeClass,
} from './pattern-classes.ts';

/** Where in a text something may be found. */
export type Place = 'textBegin' | 'textEnd' | 'lineBegin' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary';

/** A regular expression, read. */
export type PatternNode =
  | { readonly type: 'character'; readonly set: CharacterSet }
  | { readonly type: 'place'; readonly place: Place }
  | { readonly type: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly type: 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly type: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number }
  | { readonly type: 'group'; readonly part: PatternNode };

/** As in RE2. */
const REPETITIONS_MAX = 1_000;
const DEPTH_MAX = 200;

const ESCAPED: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
]);

const PLACES: ReadonlyMap<string, Place> = new Map<string, Place>([
  ['A', 'textBegin'],
  ['z', 'textEnd'],
  ['b', 'wordBoundary'],
  ['B', 'noWordBoundary'],
]);

interface Flags {
  /** `i`: either case. */
  readonly anyCase: boolean;
  /** `m`: `^` and `$` match at line ends, too. */
  readonly lines: boolean;
  /** `s`: `.` matches a line end, too. */
  readonly dotAll: boolean;
}

/**
 * Reads a regular expression in the syntax of RE2: without references back, without looking ahead or behind.
 *
 * @throws ParseError with what is wrong, in RE2's words where it has some, and where
 */
export function parsePattern(text: string): PatternNode {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #flags: Flags = { anyCase: false, lines: false, dotAll: false };

  constructor(text: string) {
    this.#text = text;
  }

  parse(): PatternNode {
    const node = this.#choice();
    if (this.#at < this.#text.length) this.#fail('unexpected )');
    return node;
  }

  #choice(): PatternNode {
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { type: 'choice', parts };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#text.length && !this.#sees('|') && !this.#sees(')')) {
      if (this.#take('\\Q')) {
        this.#quoted(parts);
        continue;
      }
      const part = this.#atom();
      // Flags for what follows stand for nothing.
      if (part !== undefined) parts.push(this.#repeated(part));
    }
    return { type: 'sequence', parts };
  }

  /** `\Q…\E`, or up to the end; what is repeated is its last character. */
  #quoted(parts: PatternNode[]): void {
    while (this.#at < this.#text.length && !this.#take('\\E')) parts.push(this.#literal(this.#next()));
    const last = parts.pop();
    if (last !== undefined) parts.push(this.#repeated(last));
  }

  #repeated(part: PatternNode): PatternNode {
    const start = this.#at;
    const range = this.#repetition();
    if (range === undefined) return part;
    // Preferring fewer changes nothing about whether the whole text matches.
    this.#take('?');
    const end = this.#at;
    if (this.#repetition() !== undefined) {
      this.#fail(`bad repetition operator: ${this.#text.slice(start, this.#at)}`, start);
    }
    this.#at = end;
    return { type: 'repeat', part, ...range };
  }

  #repetition(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { min: 0, max: 1 };
    const counted = /^\{(\d+)(,(\d*))?\}/.exec(this.#text.slice(this.#at, this.#at + 24));
    if (counted === null) return undefined;
    const [whole, least = '', more, most] = counted;
    const min = Number(least);
    const max = more === undefined ? min : most === '' ? Number.POSITIVE_INFINITY : Number(most);
    const isTooLarge = min > REPETITIONS_MAX || (Number.isFinite(max) && max > REPETITIONS_MAX);
    if (isTooLarge || min > max) this.#fail(`invalid repetition size: ${whole}`);
    this.#at += whole.length;
    return { min, max };
  }

  #atom(): PatternNode | undefined {
    const start = this.#at;
    const operator = this.#repetition();
    if (operator !== undefined) {
      this.#fail(`no argument for repetition operator: ${this.#text.slice(start, this.#at)}`, start);
    }
    if (this.#take('(')) return this.#group(start);
    if (this.#take('[')) return this.#characters(this.#class(start));
    if (this.#take('.')) return { type: 'character', set: this.#flags.dotAll ? () => true : (code) => code !== 0x0a };
    if (this.#take('^')) return { type: 'place', place: this.#flags.lines ? 'lineBegin' : 'textBegin' };
    if (this.#take('$')) return { type: 'place', place: this.#flags.lines ? 'lineEnd' : 'textEnd' };
    if (!this.#take('\\')) return this.#literal(this.#next());
    const place = PLACES.get(this.#text[this.#at] ?? '');
    if (place !== undefined) {
      this.#at++;
      return { type: 'place', place };
    }
    const set = this.#escapedClass(start);
    return set === undefined ? this.#literal(this.#escapedCharacter(start)) : this.#characters(set);
  }

  #literal(code: number): PatternNode {
    return this.#characters((other) => other === code);
  }

  #characters(set: CharacterSet): PatternNode {
    return { type: 'character', set: this.#flags.anyCase ? anyCase(set) : set };
  }

  /** After the bracket; answers nothing for flags that hold from here on. */
  #group(start: number): PatternNode | undefined {
    const before = this.#flags;
    let captures = true;
    if (this.#take('?')) {
      const name = /^P?<(\w+)>/.exec(this.#text.slice(this.#at));
      if (name !== null) this.#at += name[0].length;
      else {
        captures = false;
        if (this.#setFlags(start) === ')') return undefined;
      }
    }
    this.#depth++;
    if (this.#depth > DEPTH_MAX) this.#fail('expression nests too deeply', start);
    const part = this.#choice();
    this.#depth--;
    if (!this.#take(')')) this.#fail(`missing ): ${this.#text}`, start);
    this.#flags = before;
    return captures ? { type: 'group', part } : part;
  }

  /** Such as `i-s:`, for the group, or `i)`, for what follows; answers the last character. */
  #setFlags(start: number): ':' | ')' {
    const match = /^([imsU]*)(-[imsU]+)?([:)])/.exec(this.#text.slice(this.#at, this.#at + 24));
    const [whole, on = '', off = '', end] = match ?? [];
    if (whole === undefined) this.#fail(`invalid perl operator: ${this.#text.slice(start, this.#at + 1)}`, start);
    this.#at += whole.length;
    const flag = (letter: string, now: boolean): boolean => (on.includes(letter) || now) && !off.includes(letter);
    const { anyCase: either, lines, dotAll } = this.#flags;
    this.#flags = { anyCase: flag('i', either), lines: flag('m', lines), dotAll: flag('s', dotAll) };
    return end === ':' ? ':' : ')';
  }

  /** After the bracket that opens it. */
  #class(start: number): CharacterSet {
    const sets: CharacterSet[] = [];
    const negated = this.#take('^');
    const first = this.#at;
    while (this.#at === first || !this.#sees(']')) {
      if (this.#at >= this.#text.length) this.#fail(`missing ]: ${this.#text.slice(start)}`, start);
      sets.push(this.#classItem(start));
    }
    this.#at++;
    const together: CharacterSet = (code) => sets.some((set) => set(code));
    // Of [^a] in either case neither is a part, so cases are folded before the set is turned round.
    return negated ? except(this.#flags.anyCase ? anyCase(together) : together) : together;
  }

  #classItem(start: number): CharacterSet {
    const named = /^\[:(\^?\w+):\]/.exec(this.#text.slice(this.#at, this.#at + 16));
    if (named !== null) {
      const set = namedClass(named[1] ?? '');
      if (set === undefined) this.#fail(`invalid character class range: ${named[0]}`);
      this.#at += named[0].length;
      return set;
    }
    const itemStart = this.#at;
    if (this.#take('\\')) {
      const set = this.#escapedClass(itemStart);
      if (set !== undefined) return set;
      this.#at = itemStart;
    }
    const from = this.#classCharacter(start);
    if (!this.#sees('-') || this.#text[this.#at + 1] === ']' || this.#at + 1 >= this.#text.length) {
      return fromRanges([[from, from]]);
    }
    this.#at++;
    const to = this.#classCharacter(start);
    if (to < from) this.#fail(`invalid character class range: ${this.#text.slice(itemStart, this.#at)}`, itemStart);
    return fromRanges([[from, to]]);
  }

  #classCharacter(start: number): number {
    if (this.#at >= this.#text.length) this.#fail(`missing ]: ${this.#text.slice(start)}`, start);
    const at = this.#at;
    return this.#take('\\') ? this.#escapedCharacter(at) : this.#next();
  }

  /** After the backslash; `undefined`, with nothing taken, if it is no class. */
  #escapedClass(start: number): CharacterSet | undefined {
    const letter = this.#text[this.#at] ?? '';
    const shorthand = shorthandClass(letter);
    if (shorthand !== undefined) {
      this.#at++;
      return shorthand;
    }
    if (letter !== 'p' && letter !== 'P') return undefined;
    const match = /^[pP](?:\{(\^?\w+)\}|(\w))/.exec(this.#text.slice(this.#at));
    const set = match === null ? undefined : unicodeClass(match[1] ?? match[2] ?? '');
    if (match === null || set === undefined) {
      this.#fail(`invalid character class range: \\${match?.[0] ?? letter}`, start);
    }
    this.#at += match[0].length;
    return letter === 'p' ? set : except(set);
  }

  /** After the backslash. */
  #escapedCharacter(start: number): number {
    const rest = this.#text.slice(this.#at, this.#at + 12);
    if (rest === '') this.#fail('trailing \\', start);
    const coded = /^(?:x([\da-fA-F]{2})|x\{([\da-fA-F]{1,8})\}|(0[0-7]{0,2}|[1-7][0-7]{1,2}))/.exec(rest);
    if (coded !== null) {
      const [whole, two, braced, octal] = coded;
      const code = octal === undefined ? Number.parseInt(two ?? braced ?? '', 16) : Number.parseInt(octal, 8);
      if (code <= 0x10ffff) {
        this.#at += whole.length;
        return code;
      }
    }
    const code = this.#next();
    const character = String.fromCodePoint(code);
    const known = ESCAPED.get(character);
    if (known !== undefined) return known;
    if (code < 0x80 && !/[a-zA-Z\d]/.test(character)) return code;
    return this.#fail(`invalid escape sequence: ${this.#text.slice(start, this.#at)}`, start);
  }

  /** Takes one character; there must be one. */
  #next(): number {
    const code = this.#text.codePointAt(this.#at) ?? this.#fail('unexpected end');
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #sees(what: string): boolean {
    return this.#text.startsWith(what, this.#at);
  }

  #take(what: string): boolean {
    const isThere = this.#sees(what);
    if (isThere) this.#at += what.length;
    return isThere;
  }

  #fail(message: string, at: number = this.#at): never {
    throw new ParseError(message, this.#text, at);
  }
}
