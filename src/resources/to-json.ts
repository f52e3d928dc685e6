import type { Entry } from './entry.ts';
import type { DiskInfo, DiskSource, Label, Reservation } from './resource.ts';
import type { ResourceJson } from './resources.ts';

/** One copy of an entry in Mesos's JSON form, reservations in the newer form. */
export function toJson(entry: Entry): ResourceJson {
  const { name, reservations, disk, revocable, shared, providerId, allocatedTo } = entry.metadata;
  const json: Record<string, unknown> = { name, ...amountToJson(entry) };
  if (reservations.length > 0) json['reservations'] = reservations.map(reservationToJson);
  if (disk !== undefined) json['disk'] = diskToJson(disk);
  if (revocable) json['revocable'] = {};
  if (shared) json['shared'] = {};
  if (providerId !== undefined) json['provider_id'] = { value: providerId };
  if (allocatedTo !== undefined) json['allocation_info'] = { role: allocatedTo };
  return json;
}

function amountToJson(entry: Entry): ResourceJson {
  const { type } = entry.metadata;
  switch (type) {
    case 'SCALAR':
      return { type, scalar: { value: entry.milli / 1000 } };
    case 'RANGES':
      return { type, ranges: { range: rangesToJson(entry.bounds) } };
    default:
      return { type, set: { item: [...entry.items] } };
  }
}

/** Objects with begin and end. */
export function rangesToJson(bounds: readonly number[]): readonly ResourceJson[] {
  const ranges: ResourceJson[] = [];
  for (let i = 0; i < bounds.length; i += 2) ranges.push({ begin: bounds[i], end: bounds[i + 1] });
  return ranges;
}

function reservationToJson({ type, role, principal, labels }: Reservation): ResourceJson {
  return {
    type,
    role,
    ...(principal !== undefined && { principal }),
    ...(labels !== undefined && { labels: labelsToJson(labels) }),
  };
}

function labelsToJson(labels: readonly Label[]): ResourceJson {
  return { labels: labels.map((label) => ({ ...label })) };
}

function diskToJson({ source, persistence, volume }: DiskInfo): ResourceJson {
  return {
    ...(source !== undefined && { source: sourceToJson(source) }),
    ...(persistence !== undefined && { persistence: { ...persistence } }),
    ...(volume !== undefined && {
      volume: {
        container_path: volume.containerPath,
        ...(volume.hostPath !== undefined && { host_path: volume.hostPath }),
        mode: volume.mode,
      },
    }),
  };
}

function sourceToJson({ type, root, id, profile, vendor, metadata }: DiskSource): ResourceJson {
  return {
    type,
    ...(root !== undefined && { [type === 'MOUNT' ? 'mount' : 'path']: { root } }),
    ...(vendor !== undefined && { vendor }),
    ...(id !== undefined && { id }),
    ...(profile !== undefined && { profile }),
    ...(metadata !== undefined && { metadata: labelsToJson(metadata) }),
  };
}
