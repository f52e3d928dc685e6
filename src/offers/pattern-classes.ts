/** A set of characters, by code point. */
export type CharacterSet = (code: number) => boolean;

/** From and to, both included. */
export type CodeRange = readonly [number, number];

export function fromRanges(ranges: readonly CodeRange[]): CharacterSet {
  return (code) => ranges.some(([from, to]) => code >= from && code <= to);
}

export function except(set: CharacterSet): CharacterSet {
  return (code) => !set(code);
}

/** Either case of a character will do. */
export function anyCase(set: CharacterSet): CharacterSet {
  return (code) => {
    if (set(code)) return true;
    const text = String.fromCodePoint(code);
    return [text.toLowerCase(), text.toUpperCase()].some((other) => {
      const folded = other.codePointAt(0) ?? code;
      return String.fromCodePoint(folded) === other && set(folded);
    });
  };
}

const DIGIT: CodeRange = [0x30, 0x39];
const UPPER: CodeRange = [0x41, 0x5a];
const LOWER: CodeRange = [0x61, 0x7a];
const UNDERSCORE: CodeRange = [0x5f, 0x5f];

const WORD: readonly CodeRange[] = [DIGIT, UPPER, UNDERSCORE, LOWER];

/** What `\w` matches and `\b` stands beside: ASCII only. */
export const wordCharacter: CharacterSet = fromRanges(WORD);

/** `\d`, `\s`, `\w`, by letter. */
const SHORTHANDS: ReadonlyMap<string, readonly CodeRange[]> = new Map([
  ['d', [DIGIT]],
  // No vertical tab.
  ['s', [[0x09, 0x0a] as const, [0x0c, 0x0d] as const, [0x20, 0x20] as const]],
  ['w', WORD],
]);

/** Of a letter after a backslash, such as `d` or `D`; `undefined` if it means no class. */
export function shorthandClass(letter: string): CharacterSet | undefined {
  const ranges = SHORTHANDS.get(letter.toLowerCase());
  if (ranges === undefined) return undefined;
  const set = fromRanges(ranges);
  return letter === letter.toLowerCase() ? set : except(set);
}

const ASCII_CLASSES: ReadonlyMap<string, readonly CodeRange[]> = new Map<string, readonly CodeRange[]>([
  ['alnum', [DIGIT, UPPER, LOWER]],
  ['alpha', [UPPER, LOWER]],
  ['ascii', [[0x00, 0x7f]]],
  [
    'blank',
    [
      [0x09, 0x09],
      [0x20, 0x20],
    ],
  ],
  [
    'cntrl',
    [
      [0x00, 0x1f],
      [0x7f, 0x7f],
    ],
  ],
  ['digit', [DIGIT]],
  ['graph', [[0x21, 0x7e]]],
  ['lower', [LOWER]],
  ['print', [[0x20, 0x7e]]],
  [
    'punct',
    [
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
    ],
  ],
  [
    'space',
    [
      [0x09, 0x0d],
      [0x20, 0x20],
    ],
  ],
  ['upper', [UPPER]],
  ['word', WORD],
  ['xdigit', [DIGIT, [0x41, 0x46], [0x61, 0x66]]],
]);

/** Of a name as in `[:alpha:]` or `[:^alpha:]`, without the brackets and colons. */
export function namedClass(name: string): CharacterSet | undefined {
  const negated = name.startsWith('^');
  const ranges = ASCII_CLASSES.get(negated ? name.slice(1) : name);
  if (ranges === undefined) return undefined;
  const set = fromRanges(ranges);
  return negated ? except(set) : set;
}

/** A general category or a script of Unicode, such as `Lu` or `Greek`, or `^Lu` for all others. */
export function unicodeClass(name: string): CharacterSet | undefined {
  if (name.startsWith('^')) {
    const set = unicodeClass(name.slice(1));
    return set === undefined ? undefined : except(set);
  }
  if (name === 'Any') return () => true;
  // Categories have at most two letters: the longer names for them are not known to RE2.
  const property = name.length <= 2 ? name : `Script=${name}`;
  if (!/^\w+(=\w+)?$/.test(property)) return undefined;
  try {
    const one = new RegExp(`^\\p{${property}}$`, 'u');
    return (code) => one.test(String.fromCodePoint(code));
  } catch {
    return undefined;
  }
}
