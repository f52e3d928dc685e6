import { Collection } from './collection.ts';
import type { Entry } from './entry.ts';
import type { ResourceJson, Resources } from './resources.ts';
import { toJson } from './to-json.ts';

/**
 * Mesos's JSON objects with reservations in the older form, for peers that know no other: `role`, and `reservation` if
 * it is dynamic. A refined stack cannot be said so: such objects keep the newer form, and `complete` is false.
 *
 * @see Mesos `src/common/resources_utils.cpp`, `downgradeResources`
 */
export function downgradeResources(resources: Resources): {
  readonly objects: readonly ResourceJson[];
  readonly complete: boolean;
} {
  const entries = Collection.entriesOf(resources);
  return {
    objects: entries.flatMap((entry) => Array.from({ length: entry.count }, () => downgraded(entry))),
    complete: entries.every((entry) => entry.metadata.reservations.length < 2),
  };
}

function downgraded(entry: Entry): ResourceJson {
  const json = toJson(entry);
  const [only, refined] = entry.metadata.reservations;
  if (only === undefined) return { ...json, role: '*' };
  if (refined !== undefined) return json;
  const { reservations: _newer, ...rest } = json;
  if (only.type === 'STATIC') return { ...rest, role: only.role };
  const reservation = {
    ...(only.principal !== undefined && { principal: only.principal }),
    ...(only.labels !== undefined && { labels: { labels: only.labels } }),
  };
  return { ...rest, role: only.role, reservation };
}
