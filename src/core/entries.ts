/**
 * The entries of a record in the order of their names, by UTF-16 code units. An object's own order is the one in which it
 * was written, but with all names that look like whole numbers first: a role named `7` would have a place of its own.
 */
export function entriesByName<T>(record: Readonly<Record<string, T>>): readonly (readonly [name: string, value: T])[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
