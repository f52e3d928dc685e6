import type { Resource, Resources } from '../../resources/index.ts';
import type { Refusal } from './refusal.ts';
import type { Requirement } from './requirement.ts';
import { usableEntries } from './usable.ts';

/** Picks an amount of one scalar, or says why it cannot. */
export function pickScalar(
  requirement: Requirement,
  resources: Resources,
  need: { readonly name: string; readonly milli: number },
): readonly Resource[] | Refusal {
  const { name, milli } = need;
  let mostMilli = 0;
  for (const entries of usableEntries(requirement, resources, name)) {
    const picked: Resource[] = [];
    let leftMilli = milli;
    for (const entry of entries) {
      if (entry.value.type !== 'SCALAR' || leftMilli === 0) continue;
      const takenMilli = Math.min(leftMilli, entry.value.milli);
      picked.push({ ...entry, value: { type: 'SCALAR', milli: takenMilli } });
      leftMilli -= takenMilli;
    }
    if (leftMilli === 0) return picked;
    mostMilli = Math.max(mostMilli, milli - leftMilli);
  }
  return {
    rule: 'resources',
    subject: name,
    reason: `needs ${amount(name, milli)}, offer has ${available(resources, name, mostMilli)}`,
    mayChange: true,
  };
}

/** What there is, and how much of it would do. */
function available(resources: Resources, name: string, usableMilli: number): string {
  const allMilli = resources.scalarMilli(name);
  if (allMilli === usableMilli) return amount(name, usableMilli);
  return `${amount(name, usableMilli)} that it may use, of ${amount(name, allMilli)}`;
}

function amount(name: string, milli: number): string {
  return `${name}:${milli / 1000}`;
}
