import { InvalidArgument } from './errors.ts';

/** @throws InvalidArgument naming `field` unless `value` is an object, and neither a list nor `null` */
export function requireObject(value: object, field: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new InvalidArgument(field, `expected an object, got ${shown(value)}`);
}

/** @throws InvalidArgument naming `field` unless `value` is an object, or a class, that has all of these methods */
export function requireMethods<T extends object>(
  value: T,
  methods: readonly (keyof T & string)[],
  field: string,
): void {
  if (typeof value !== 'function') requireObject(value, field);
  const missing = methods.find((method) => typeof value[method] !== 'function');
  if (missing === undefined) return;
  throw new InvalidArgument(field, `expected an object with the method ${missing}, got ${shown(value)}`);
}

/** A value that a caller gave, short enough for a message; never throws. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol' || typeof value === 'bigint' || typeof value === 'number') return String(value);
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Something with a cycle, or with a `toJSON` that throws.
  }
  text ??= value === undefined ? 'undefined' : 'an object';
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}

const SHOWN_MAX = 100;
