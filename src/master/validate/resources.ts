import { identifierError } from '../../core/index.ts';
import { type Resource, Resources, reservationRole } from '../../resources/index.ts';

/** One resource as messages show it. */
export function described(resource: Resource): string {
  return `'${Resources.of(resource)}'`;
}

/** Whether the last reservation was made by an operation. */
export function isDynamicallyReserved(resource: Resource): boolean {
  return resource.reservations.at(-1)?.type === 'DYNAMIC';
}

/**
 * Why a collection is no valid description of resources, or `undefined`: syntax first, then what Mesos demands of
 * GPUs, volumes and reservations.
 *
 * @see Mesos `src/master/validation.cpp`, `resource::validate`
 */
export function validateResources(resources: Resources): string | undefined {
  for (const resource of resources) {
    const error = Resources.validate(resource);
    if (error !== undefined) return `Resource '${resource.name}' is invalid: ${error}`;
  }
  if (resources.scalarMilli('gpus') % 1000 !== 0) {
    return `The 'gpus' resource must be a whole number, got ${resources.gpus}`;
  }
  for (const resource of resources) {
    const error = diskError(resource);
    if (error !== undefined) return error;
  }
  for (const resource of resources) {
    if (isDynamicallyReserved(resource) && resource.revocable === true) {
      return `Resource ${described(resource)} is dynamically reserved and must not be revocable`;
    }
  }
  return undefined;
}

function diskError(resource: Resource): string | undefined {
  const { disk } = resource;
  if (disk === undefined) return undefined;
  if (disk.persistence === undefined) {
    if (disk.volume !== undefined) return `A volume without persistence is not supported: ${described(resource)}`;
    return disk.source === undefined ? `Resource '${resource.name}' has an empty 'disk'` : undefined;
  }
  const { id } = disk.persistence;
  if (resource.revocable === true) return `Persistent volume '${id}' must not be made from revocable resources`;
  if (resource.reservations.length === 0) return `Persistent volume '${id}' must be made from reserved resources`;
  if (disk.volume === undefined) return `Persistent volume '${id}' must have a 'volume'`;
  if (disk.volume.hostPath !== undefined) return `Persistent volume '${id}' must not have a 'volume.hostPath'`;
  const error = identifierError(id);
  return error === undefined ? undefined : `The id of a persistent volume is invalid: ${error}`;
}

/** Whether some volume id occurs twice under one reservation role; which, or `undefined`. */
export function validateUniquePersistenceIds(resources: Resources): string | undefined {
  const seen = new Map<string, Set<string>>();
  for (const resource of resources.persistentVolumes()) {
    const role = reservationRole(resource) ?? '*';
    const id = resource.disk?.persistence?.id ?? '';
    const ids = seen.get(role) ?? new Set();
    if (ids.has(id)) return `Persistence id '${id}' is not unique in role '${role}'`;
    seen.set(role, ids.add(id));
  }
  return undefined;
}

/** Whether all are allocated, and to one role; if not, why. */
export function validateAllocatedToOneRole(resources: Resources): string | undefined {
  const roles = new Set<string>();
  for (const resource of resources) {
    if (resource.allocatedTo === undefined) return `Resource ${described(resource)} is not allocated to a role`;
    roles.add(resource.allocatedTo);
  }
  if (roles.size <= 1) return undefined;
  return `The resources must be allocated to one role, got ${[...roles].map((role) => `'${role}'`).join(' and ')}`;
}

/** Whether some name is there both as revocable and as regular resource; which, or `undefined`. */
export function validateNoRevocableMix(resources: Resources): string | undefined {
  for (const name of resources.names()) {
    const named = resources.named(name);
    if (!named.revocable().isEmpty && !named.nonRevocable().isEmpty) {
      return `Resource '${name}' must not be both revocable and regular`;
    }
  }
  return undefined;
}

/** Whether there is anything, and all from the agent itself or all from one provider; if not, why. */
export function validateOneProvider(resources: Resources): string | undefined {
  const providers = new Set<string | undefined>();
  for (const resource of resources) providers.add(resource.providerId);
  if (providers.size === 1) return undefined;
  if (providers.size === 0) return 'There must be at least one resource, got none';
  const names = [...providers].map((provider) => (provider === undefined ? 'the agent itself' : `'${provider}'`));
  return `The resources must come from one provider, got ${names.join(' and ')}`;
}

/** Whether every resource is a persistent volume that can be written; if not, why. */
export function validatePersistentVolumes(volumes: Resources): string | undefined {
  for (const volume of volumes) {
    const { disk } = volume;
    if (disk === undefined) return `Resource ${described(volume)} has no 'disk'`;
    if (disk.persistence === undefined) return `Resource ${described(volume)} has no 'disk.persistence'`;
    if (disk.volume === undefined) return `Resource ${described(volume)} has no 'disk.volume'`;
    if (disk.volume.mode === 'RO') return `A read-only persistent volume is not supported: ${described(volume)}`;
  }
  return undefined;
}

/** Whether a port, or another item of ranges or sets, is in two entries of these collections; which name, or `undefined`. */
export function validateNoOverlap(collections: readonly Resources[]): string | undefined {
  const bounds = new Map<string, (readonly number[])[]>();
  const items = new Map<string, Set<string>>();
  for (const resource of collections.flatMap((collection) => [...collection])) {
    const { name, value } = resource;
    if (value.type === 'RANGES') {
      const earlier = bounds.get(name) ?? [];
      if (earlier.some((other) => rangesMeet(other, value.bounds))) return overlap(resource);
      bounds.set(name, [...earlier, value.bounds]);
    } else if (value.type === 'SET') {
      const earlier = items.get(name) ?? new Set();
      if (value.items.some((item) => earlier.has(item))) return overlap(resource);
      items.set(name, new Set([...earlier, ...value.items]));
    }
  }
  return undefined;
}

function overlap(resource: Resource): string {
  return `Resource ${described(resource)} is asked for twice in part or whole`;
}

/** Both flat lists of inclusive begins and ends, in order. */
function rangesMeet(a: readonly number[], b: readonly number[]): boolean {
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [beginA = 0, endA = 0, beginB = 0, endB = 0] = [a[i], a[i + 1], b[j], b[j + 1]];
    if (endA < beginB) i += 2;
    else if (endB < beginA) j += 2;
    else return true;
  }
  return false;
}

/**
 * Whether what is asked for is there: regular resources in sum, and of each shared volume the most copies that one of
 * the askers wants, for a shared volume can be held by several at once.
 */
export function isAvailable(offered: Resources, demands: readonly Resources[]): boolean {
  return (
    offered.contains(Resources.sum(demands.map((demand) => demand.nonShared()))) &&
    demands.every((demand) => offered.contains(demand.shared()))
  );
}

/**
 * What is short of what {@link isAvailable} misses, by name: what is asked for, and what there is of it. The role of the
 * allocation is left out where it is the same for all.
 */
export function shortage(offered: Resources, demands: readonly Resources[]): string {
  const needed = Resources.sum(demands);
  const isShort = (name: string) =>
    !isAvailable(
      offered.named(name),
      demands.map((demand) => demand.named(name)),
    );
  const names = needed.names().filter(isShort);
  const sameRole = new Set([...needed, ...offered].map(({ allocatedTo }) => allocatedTo)).size <= 1;
  const amounts = (resources: Resources) =>
    names
      .map((name) => resources.named(name))
      .map((named, index) => (named.isEmpty ? `${names[index]}:0` : String(sameRole ? named.unallocate() : named)))
      .join('; ');
  return `${amounts(needed)}, the offers have ${amounts(offered)}`;
}
