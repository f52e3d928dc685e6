import { Draft } from './draft.ts';
import type { Entry } from './entry.ts';

/**
 * Entries that meet all targets in name and amount, whatever their reservation; `undefined` if there are not enough.
 * What was found for one target is not found for the next.
 */
export function findAll(entries: readonly Entry[], targets: readonly Entry[]): readonly Entry[] | undefined {
  const found: Entry[] = [];
  let pool = entries;
  for (const target of targets) {
    const taken = findOne(pool, target);
    if (taken === undefined) return undefined;
    const draft = new Draft(pool);
    for (const entry of taken) draft.subtract(entry);
    pool = draft.finish();
    found.push(...taken);
  }
  return found;
}

/** From what is reserved to the target's role, then from what is unreserved, then from the rest; each in order. */
function findOne(pool: readonly Entry[], target: Entry): readonly Entry[] | undefined {
  const wanted = target.of(target.metadata.unreserved());
  const candidates = pool.filter((entry) => entry.metadata.unreserved().sameKind(wanted.metadata));
  const rank = ({ metadata: { role } }: Entry): number => {
    if (role === target.metadata.role) return 0;
    return role === undefined ? 1 : 2;
  };
  const taken: Entry[] = [];
  let missing: Entry | undefined = wanted;
  for (const entry of candidates.toSorted((a, b) => rank(a) - rank(b))) {
    const part: Entry | undefined = entry.part(missing);
    if (part === undefined) continue;
    taken.push(part);
    missing = missing.minus(part);
    if (missing === undefined) return taken;
  }
  return undefined;
}
