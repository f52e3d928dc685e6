import { InvalidArgument, ParseError } from '../core/index.ts';
import { AMOUNT_MAX, formatMilli, isAmount, toMilli } from './scalars.ts';
import { piecesOf, readValue } from './value-text.ts';

/** Integers in thousandths by name: sorted by name, each name once. */
export type Amounts = readonly (readonly [name: string, milli: number])[];

export const NO_AMOUNTS: Amounts = Object.freeze([]);

/** In order of names. */
export function amountsOf(byName: ReadonlyMap<string, number>): Amounts {
  return Object.freeze([...byName].sort(byFirst));
}

function byFirst([a]: readonly [string, number], [b]: readonly [string, number]): number {
  return a < b ? -1 : 1;
}

export function lookUp(amounts: Amounts, name: string): number | undefined {
  for (const [known, milli] of amounts) if (known === name) return milli;
  return undefined;
}

/** Such as `cpus:1; mem:1024`, or `{}`. */
export function formatAmounts(amounts: Amounts): string {
  if (amounts.length === 0) return '{}';
  return amounts.map(([name, milli]) => `${name}:${formatMilli(milli)}`).join('; ');
}

/** Plain numbers by name. */
export function plainAmounts(amounts: Amounts): Readonly<Record<string, number>> {
  return Object.fromEntries(amounts.map(([name, milli]) => [name, milli / 1000]));
}

/** Thousandths of plain numbers, in the same order. @throws InvalidArgument naming `field` and the name at fault */
export function checkedAmounts(byName: Readonly<Record<string, number>>, field: string): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>();
  for (const [name, amount] of Object.entries(byName)) {
    const milli = typeof amount === 'number' ? toMilli(amount) : Number.NaN;
    if (name === '') throw new InvalidArgument(field, 'expected a name of a resource, got the empty string');
    if (!isAmount(milli)) {
      throw new InvalidArgument(`${field}.${name}`, `expected a number from 0 to ${AMOUNT_MAX}, got ${String(amount)}`);
    }
    amounts.set(name, milli);
  }
  return amounts;
}

/**
 * Reads `name:number` pieces separated by semicolons, in the order in which they are there; empty pieces are skipped.
 *
 * @throws ParseError with the position of the fault
 */
export function* readAmounts(text: string): Iterable<{ name: string; milli: number; position: number }> {
  for (const piece of piecesOf(text)) {
    const name = piece.key.trim();
    if (name === '') throw new ParseError('Expected a name', text, piece.keyPosition);
    const value = readValue(text, piece.valuePosition, piece.end);
    if (value.type !== 'SCALAR') {
      throw new ParseError('Expected a number that is not negative', text, piece.valuePosition);
    }
    yield { name, milli: value.milli, position: piece.keyPosition };
  }
}
