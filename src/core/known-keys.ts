import { requireObject } from './arguments.ts';
import { InvalidArgument } from './errors.ts';

/** Every field of `T`, optional ones too: a field that is added to `T` fails to compile until it is listed. */
export type KnownKeys<T extends object> = Readonly<Record<keyof T, true>>;

/**
 * Refuses what the compiler cannot see in plain JavaScript, in parsed JSON or behind a spread: a field that nobody
 * reads, most often a misspelt one.
 *
 * @param field What `object` is called in errors, such as `options`.
 * @param prefix What comes before the name of a key there; `options.` for the field `options` if absent.
 * @throws InvalidArgument naming the key, the ones that there are, and the one that may be meant; or naming `field` if
 * `object` is no object
 */
export function refuseUnknownKeys<T extends object>(
  object: T,
  known: KnownKeys<T>,
  field: string,
  prefix: string = `${field}.`,
): void {
  requireObject(object, field);
  const stranger = Object.keys(object).find((key) => !Object.hasOwn(known, key));
  if (stranger === undefined) return;
  const names = Object.keys(known);
  const meant = names.find((name) => isLike(stranger, name));
  const hint = meant === undefined ? '' : ` (is ${meant} meant?)`;
  throw new InvalidArgument(prefix + stranger, `expected one of ${names.join(', ')}, got ${stranger}${hint}`);
}

/** One begins with the other, whatever their case; or they differ by at most two letters, and by no more than half. */
function isLike(a: string, b: string): boolean {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  if (left === '') return false;
  if (left.startsWith(right) || right.startsWith(left)) return true;
  return editDistance(left, right) <= Math.min(2, right.length / 2);
}

/** How many letters must be inserted, removed or replaced to get from one to the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
