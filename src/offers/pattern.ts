import { ParseError } from '../core/index.ts';
import { type CharacterSet, wordCharacter } from './pattern-classes.ts';
import { parsePattern, type PatternNode, type Place } from './pattern-syntax.ts';

/** A regular expression that whole texts are matched against. */
export interface Pattern {
  /** How many instructions it takes: matching a text takes at most its length times as many steps. */
  readonly size: number;
  matches(text: string): boolean;
}

/** Numbered by their place in the program; after each but `jump`, `split` and `match` the next one follows. */
type Instruction =
  | { readonly type: 'character'; readonly set: CharacterSet }
  | { readonly type: 'place'; readonly place: Place }
  | { readonly type: 'nothing' }
  | { readonly type: 'jump'; to: number }
  /** Both ways. */
  | { readonly type: 'split'; one: number; other: number }
  | { readonly type: 'match' };

/** No expression is longer: a set of characters is one instruction, however many it lists. */
const LENGTH_MAX = 4_096;

/**
 * Compiles a regular expression in the syntax of RE2. The text is read once, with all ways through the expression
 * followed at a time, so no expression takes long, however it is made; that is why there are no references back and no
 * looking ahead.
 *
 * @param sizeMax how many instructions it may have
 * @throws ParseError if it is no such expression, or too large
 * @see https://swtch.com/~rsc/regexp/regexp2.html
 */
export function compilePattern(text: string, sizeMax: number): Pattern {
  if (text.length > LENGTH_MAX) {
    throw new ParseError(`pattern too large, has more than ${LENGTH_MAX} characters`, text.slice(0, 40), 0);
  }
  const program = new Compiler(text, sizeMax).compile(parsePattern(text));
  return { size: program.length, matches: (subject) => run(program, subject) };
}

class Compiler {
  readonly #text: string;
  readonly #sizeMax: number;
  readonly #program: Instruction[] = [];

  constructor(text: string, sizeMax: number) {
    this.#text = text;
    this.#sizeMax = sizeMax;
  }

  compile(node: PatternNode): readonly Instruction[] {
    this.#emit(node);
    this.#push({ type: 'match' });
    return this.#program;
  }

  #emit(node: PatternNode): void {
    switch (node.type) {
      case 'character':
      case 'place':
        this.#push(node);
        return;
      case 'sequence':
        for (const part of node.parts) this.#emit(part);
        return;
      case 'choice':
        this.#emitChoice(node.parts);
        return;
      case 'group':
        // As in RE2, which notes where it begins and ends.
        this.#push({ type: 'nothing' });
        this.#emit(node.part);
        this.#push({ type: 'nothing' });
        return;
      default:
        this.#emitRepeat(node);
    }
  }

  #emitChoice(parts: readonly PatternNode[]): void {
    const jumps: { to: number }[] = [];
    for (const [i, part] of parts.entries()) {
      if (i === parts.length - 1) {
        this.#emit(part);
        break;
      }
      const split = this.#push({ type: 'split', one: this.#program.length + 1, other: 0 });
      this.#emit(part);
      jumps.push(this.#push({ type: 'jump', to: 0 }));
      split.other = this.#program.length;
    }
    for (const jump of jumps) jump.to = this.#program.length;
  }

  #emitRepeat(node: Extract<PatternNode, { readonly type: 'repeat' }>): void {
    const { part, min, max } = node;
    for (let i = 0; i < min; i++) this.#emitCopy(part);
    if (max === Number.POSITIVE_INFINITY) {
      const split = this.#push({ type: 'split', one: this.#program.length + 1, other: 0 });
      const start = this.#program.length - 1;
      this.#emit(part);
      this.#push({ type: 'jump', to: start });
      split.other = this.#program.length;
      return;
    }
    const splits: { other: number }[] = [];
    for (let i = min; i < max; i++) {
      splits.push(this.#push({ type: 'split', one: this.#program.length + 1, other: 0 }));
      this.#emit(part);
    }
    for (const split of splits) split.other = this.#program.length;
  }

  /** Also of nothing: many copies of it would take their time. */
  #emitCopy(part: PatternNode): void {
    const before = this.#program.length;
    this.#emit(part);
    if (this.#program.length === before) this.#push({ type: 'nothing' });
  }

  #push<T extends Instruction>(instruction: T): T {
    this.#program.push(instruction);
    if (this.#program.length > this.#sizeMax) {
      throw new ParseError(`pattern too large, takes more than ${this.#sizeMax} instructions`, this.#text, 0);
    }
    return instruction;
  }
}

function run(program: readonly Instruction[], text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  let threads = new Set<number>();
  follow(program, 0, { codes, at: 0, threads });
  for (let at = 0; at < codes.length; at++) {
    const next = new Set<number>();
    const code = codes[at] ?? 0;
    for (const place of threads) {
      const instruction = program[place];
      if (instruction?.type === 'character' && instruction.set(code)) {
        follow(program, place + 1, { codes, at: at + 1, threads: next });
      }
    }
    if (next.size === 0) return false;
    threads = next;
  }
  return threads.has(program.length - 1);
}

/** Adds all places that can be reached from `start` without taking a character. */
function follow(
  program: readonly Instruction[],
  start: number,
  where: { readonly codes: readonly number[]; readonly at: number; readonly threads: Set<number> },
): void {
  const waiting = [start];
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (where.threads.has(place)) continue;
    where.threads.add(place);
    const instruction = program[place];
    switch (instruction?.type) {
      case 'jump':
        waiting.push(instruction.to);
        break;
      case 'split':
        waiting.push(instruction.one, instruction.other);
        break;
      case 'nothing':
        waiting.push(place + 1);
        break;
      case 'place':
        if (isAt(instruction.place, where.codes, where.at)) waiting.push(place + 1);
        break;
      default:
    }
  }
}

function isAt(place: Place, codes: readonly number[], at: number): boolean {
  const isWord = (code: number | undefined): boolean => code !== undefined && wordCharacter(code);
  switch (place) {
    case 'textBegin':
      return at === 0;
    case 'textEnd':
      return at === codes.length;
    case 'lineBegin':
      return at === 0 || codes[at - 1] === 0x0a;
    case 'lineEnd':
      return at === codes.length || codes[at] === 0x0a;
    case 'wordBoundary':
      return isWord(codes[at - 1]) !== isWord(codes[at]);
    default:
      return isWord(codes[at - 1]) === isWord(codes[at]);
  }
}
