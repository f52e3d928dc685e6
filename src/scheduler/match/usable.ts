import type { Label, Resource, Resources } from '../../resources/index.ts';
import type { Requirement } from './requirement.ts';

/**
 * The entries of one name that a task may take amounts of, in order of preference, in one or two groups: a task must
 * not mix revocable and other resources of one name.
 *
 * Volumes and disks of their own are no amounts: they are taken whole, by id.
 *
 * @see Mesos `src/master/validation.cpp`, `validateRevocableAndNonRevocableResources`
 */
export function usableEntries(
  requirement: Requirement,
  resources: Resources,
  name: string,
): readonly (readonly Resource[])[] {
  const usable = [...resources].filter((entry) => entry.name === name && isUsable(requirement, entry));
  const firm = usable.filter((entry) => entry.revocable !== true);
  const groups = requirement.revocable === true ? [firm, usable.filter((entry) => entry.revocable === true)] : [firm];
  return groups.map((group) => group.sort(byPreference));
}

function isUsable(requirement: Requirement, entry: Resource): boolean {
  if (entry.disk?.persistence !== undefined || entry.disk?.source !== undefined) return false;
  const { reserved = 'first', reservationLabels } = requirement;
  const innermost = entry.reservations.at(-1);
  if (innermost === undefined) return reserved !== 'only';
  if (reserved === 'never') return false;
  return hasLabels(innermost.labels ?? [], reservationLabels ?? []);
}

function hasLabels(labels: readonly Label[], wanted: readonly Label[]): boolean {
  return wanted.every(({ key, value }) => labels.some((label) => label.key === key && label.value === value));
}

/** The more narrowly reserved first: what only we can use is used up before what others could use, too. */
function byPreference(a: Resource, b: Resource): number {
  return b.reservations.length - a.reservations.length;
}
