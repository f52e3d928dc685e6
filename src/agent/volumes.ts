import type { Resource, Resources } from '../resources/index.ts';
import type { VolumeLink } from './protocol.ts';

/**
 * The folder of a persistent volume, relative to the work directory. Slashes of a role become spaces, which roles
 * cannot have: so no volume's folder is inside another's. @see Mesos `src/slave/paths.cpp`
 */
export function volumePath(volume: Resource): string {
  const role = volume.reservations.at(-1)?.role ?? '*';
  return `volumes/roles/${role.replaceAll('/', ' ')}/${volume.disk?.persistence?.id ?? ''}`;
}

export function volumePaths(resources: Resources): readonly string[] {
  return [...resources.persistentVolumes()].map(volumePath);
}

/** Where the volumes among `resources` appear in a sandbox. */
export function volumeLinks(resources: Resources): readonly VolumeLink[] {
  return [...resources.persistentVolumes()].map((volume) => ({
    target: volumePath(volume),
    containerPath: volume.disk?.volume?.containerPath ?? '',
  }));
}

/** What is wrong with the places of a task's volumes in its sandbox, or `undefined`. */
export function volumeLinksError(links: readonly VolumeLink[]): string | undefined {
  for (const [index, { containerPath }] of links.entries()) {
    const parts = containerPath.split('/');
    if (parts.some((part) => part === '' || part === '.' || part === '..')) {
      return `Expected the container path of a volume to be relative and below the sandbox, got ${JSON.stringify(containerPath)}`;
    }
    // One would be hidden by the other, or a link be made inside of the other volume.
    const other = links.slice(0, index).find((earlier) => overlap(earlier.containerPath, containerPath));
    if (other === undefined) continue;
    return `Expected the container paths of volumes not to lie in one another, got ${JSON.stringify(other.containerPath)} and ${JSON.stringify(containerPath)}`;
  }
  return undefined;
}

function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
