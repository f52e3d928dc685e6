import type { Sandboxes } from '../../src/agent/index.ts';

/** Folders and links that are only noted down. */
export interface FakeSandboxes extends Sandboxes {
  readonly folders: Set<string>;
  /** Target by path. */
  readonly links: Map<string, string>;
  free: number;
  /** Folders can no longer be made, with this message. */
  refuse: string | undefined;
}

export function createFakeSandboxes(): FakeSandboxes {
  const folders = new Set<string>();
  const links = new Map<string, string>();
  const sandboxes: FakeSandboxes = {
    folders,
    links,
    free: 1,
    refuse: undefined,
    create(path) {
      if (sandboxes.refuse !== undefined) throw new Error(sandboxes.refuse);
      folders.add(path);
      return `/disk/${path}`;
    },
    link: (path, target) => void links.set(path, target),
    remove(path) {
      for (const folder of [...folders]) if (folder === path || folder.startsWith(`${path}/`)) folders.delete(folder);
    },
    freeShare: () => sandboxes.free,
  };
  return sandboxes;
}
