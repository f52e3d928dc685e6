import type { Entry } from './entry.ts';
import { lowest } from './ranges.ts';

/**
 * The entries cut so that no name exceeds its bound in thousandths; `undefined` is no bound.
 *
 * Entries are visited in the order in which they were added, and each takes as much as is left of the bound. What
 * cannot be divided and does not fit is left out. Of ranges the lowest integers stay, of sets the first items in order;
 * a shared volume that fits stays with all its copies.
 */
export function cutTo(entries: readonly Entry[], boundOf: (name: string) => number | undefined): readonly Entry[] {
  const left = new Map<string, number>();
  const kept: Entry[] = [];
  for (const entry of entries) {
    const name = entry.metadata.name;
    const bound = left.get(name) ?? boundOf(name);
    const part = bound === undefined ? entry : cut(entry, bound);
    if (part === undefined) continue;
    kept.push(part);
    if (bound !== undefined) left.set(name, bound - part.quantity);
  }
  return kept;
}

function cut(entry: Entry, bound: number): Entry | undefined {
  if (entry.quantity <= bound) return entry;
  if (entry.metadata.use !== 'divisible') return undefined;
  const whole = Math.floor(bound / 1000);
  switch (entry.metadata.type) {
    case 'SCALAR':
      return entry.withMilli(bound);
    case 'RANGES':
      return entry.withBounds(lowest(entry.bounds, whole));
    default:
      return entry.withItems(entry.items.slice(0, whole));
  }
}
