import type { Entry } from './entry.ts';
import { formatRanges } from './ranges.ts';
import type { DiskInfo, DiskSource, Label, Reservation } from './resource.ts';
import { formatMilli } from './scalars.ts';
import { formatItems } from './sets.ts';

/** Such as `cpus:1.5; ports:[31000-32000]`; `{}` if there are none. @see Mesos `src/v1/resources.cpp`, `operator<<` */
export function formatEntries(entries: readonly Entry[]): string {
  return entries.length === 0 ? '{}' : entries.map(formatEntry).join('; ');
}

function formatEntry(entry: Entry): string {
  const { name, allocatedTo, reservations, disk, revocable, shared } = entry.metadata;
  const kind = [
    name,
    allocatedTo === undefined ? '' : `(allocated: ${allocatedTo})`,
    reservations.length === 0 ? '' : `(reservations: [${reservations.map(formatReservation).join(',')}])`,
    disk === undefined ? '' : `[${formatDisk(disk)}]`,
    revocable ? '{REV}' : '',
    shared ? '<SHARED>' : '',
  ];
  return `${kind.join('')}:${formatAmount(entry)}${shared ? `<${entry.count}>` : ''}`;
}

function formatAmount(entry: Entry): string {
  switch (entry.metadata.type) {
    case 'SCALAR':
      return formatMilli(entry.milli);
    case 'RANGES':
      return formatRanges(entry.bounds);
    default:
      return formatItems(entry.items);
  }
}

function formatReservation({ type, role, principal, labels }: Reservation): string {
  const parts = [type, role];
  if (principal !== undefined) parts.push(principal);
  if (labels !== undefined) parts.push(`{${labels.map(formatLabel).join(', ')}}`);
  return `(${parts.join(',')})`;
}

function formatLabel({ key, value }: Label): string {
  return value === undefined ? key : `${key}: ${value}`;
}

function formatDisk({ source, persistence, volume }: DiskInfo): string {
  const what = [];
  if (source !== undefined) what.push(formatSource(source));
  if (persistence !== undefined) what.push(persistence.id);
  if (volume === undefined) return what.join(',');
  const { hostPath, containerPath, mode } = volume;
  const where = hostPath === undefined ? containerPath : `${hostPath}:${containerPath}:${mode.toLowerCase()}`;
  return `${what.join(',')}:${where}`;
}

function formatSource({ type, root, id, profile, vendor }: DiskSource): string {
  if (id !== undefined || profile !== undefined) return `${type}(${vendor ?? ''},${id ?? ''},${profile ?? ''})`;
  return root === undefined ? type : `${type}:${root}`;
}
