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

/** What is wrong with the place of a volume in the sandbox, or `undefined`. */
export function containerPathError({ containerPath }: VolumeLink): string | undefined {
  const parts = containerPath.split('/');
  if (!parts.some((part) => part === '' || part === '.' || part === '..')) return undefined;
  return `Expected the container path of a volume to be relative and below the sandbox, got ${JSON.stringify(containerPath)}`;
}
