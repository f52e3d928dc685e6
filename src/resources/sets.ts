/** Distinct strings, sorted by code units. */
export type Items = readonly string[];

export const NO_ITEMS: Items = Object.freeze([]);

/** The normal form of items in any order; repeats are dropped. */
export function normalItems(items: readonly string[]): Items {
  return [...new Set(items)].sort();
}

/** What is in `a` or in `b`. */
export function unionItems(a: Items, b: Items): Items {
  return includesItems(a, b) ? a : normalItems([...a, ...b]);
}

/** What is in `a` and not in `b`. */
export function differenceItems(a: Items, b: Items): Items {
  const taken = new Set(b);
  return a.filter((item) => !taken.has(item));
}

/** What is in both. */
export function intersectionItems(a: Items, b: Items): Items {
  const wanted = new Set(b);
  return a.filter((item) => wanted.has(item));
}

/** Whether every item of `b` is in `a`. */
export function includesItems(a: Items, b: Items): boolean {
  if (a === b) return true;
  let i = 0;
  for (const item of b) {
    while (i < a.length && a[i] !== item) i += 1;
    if (i === a.length) return false;
  }
  return true;
}

export function sameItems(a: Items, b: Items): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => item === b[i]));
}

/** Such as `{sda1, sda2}`. */
export function formatItems(items: Items): string {
  return `{${items.join(', ')}}`;
}
