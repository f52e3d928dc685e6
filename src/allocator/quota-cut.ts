import { Quantities, type Resource, type Resources } from '../resources/index.ts';
import type { Columns } from './columns.ts';
import { plainOf } from './quota-ledger.ts';

/** Without what is plain beyond the bounds, in milli-units; `resources` itself if nothing is. */
export function cutPlain(columns: Columns, resources: Resources, bound: (column: number) => number): Resources {
  const plain = plainOf(resources).scalars();
  const kept = shrunkTo(columns, plain, bound);
  return kept === plain ? resources : resources.filter(isBeside).plus(kept);
}

/** Cut to the bounds, in milli-units; `plain` itself if it is within them. */
export function shrunkTo(columns: Columns, plain: Resources, bound: (column: number) => number): Resources {
  const amounts = columns.measure(plain);
  const { names } = columns;
  if (names.every((_, column) => (amounts[column] ?? 0) <= bound(column))) return plain;
  const bounds = names.map((name, column): [string, number] => {
    return [name, Math.min(amounts[column] ?? 0, bound(column))];
  });
  return plain.shrinkToQuantities(Quantities.fromMilli(bounds));
}

/** What no quota is about. */
export function isBeside({ value, reservations, revocable, shared }: Resource): boolean {
  return value.type !== 'SCALAR' || reservations.length > 0 || revocable === true || shared === true;
}
