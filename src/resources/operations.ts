import { OperationError, unreachable } from '../core/index.ts';
import type { Entry } from './entry.ts';
import { formatEntries } from './format.ts';
import type { ResourceOperation } from './resources.ts';

/** What one entry of an operation takes, and what it puts in its place. */
interface Conversion {
  readonly consumed: Entry;
  readonly converted: Entry;
}

/** @throws OperationError if the operation makes no sense of such an entry @see Mesos `getResourceConversions` */
export function conversionOf(type: ResourceOperation['type'], entry: Entry): Conversion {
  switch (type) {
    case 'RESERVE':
      return { consumed: popped(type, entry), converted: entry };
    case 'UNRESERVE':
      return { consumed: entry, converted: popped(type, entry) };
    case 'CREATE':
      return { consumed: stripped(type, entry), converted: entry };
    case 'DESTROY':
      return { consumed: entry, converted: stripped(type, entry) };
    default:
      return unreachable(type, 'ResourceOperation');
  }
}

function popped(type: string, entry: Entry): Entry {
  const { isReserved, reservations } = entry.metadata;
  if (!isReserved) throw new OperationError(`${type}: expected reserved resources, got ${formatEntries([entry])}`);
  return entry.of(entry.metadata.withReservations(Object.freeze(reservations.slice(0, -1))));
}

/** The disk under a volume: not persistent, not shared, once; what it is a part of stays. */
function stripped(type: string, entry: Entry): Entry {
  const { disk, isPersistentVolume } = entry.metadata;
  if (!isPersistentVolume) {
    throw new OperationError(`${type}: expected persistent volumes, got ${formatEntries([entry])}`);
  }
  const under = disk?.source === undefined ? undefined : Object.freeze({ source: disk.source });
  return entry.copies(1).of(entry.metadata.withDisk(under));
}
