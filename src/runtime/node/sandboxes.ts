import { mkdirSync, statfsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidArgument } from '../../core/index.ts';
import { type Log, silentLog } from '../log.ts';

/** Folders below one folder; what an agent asks of the disk for its sandboxes. */
export interface NodeSandboxes {
  /** Makes the folder, and those above it, and answers its absolute path. @throws Error if the disk refuses */
  create(path: string): string;
  /** Removes the folder with all below it, in the background; fine if there is none. */
  remove(path: string): void;
  /** Share of the disk that is free to this user, from 0 to 1. */
  freeShare(): number;
}

/**
 * Keeps sandboxes below `workDir`, which appears with the first. Paths are relative, with `/` between components.
 * A folder that cannot be removed is logged and stays.
 *
 * @throws InvalidArgument from `create` and `remove` for a path that is empty, absolute or leads out of `workDir`
 */
export function nodeSandboxes(workDir: string, log: Log = silentLog): NodeSandboxes {
  const top = resolve(workDir);
  const locate = (path: string): string => {
    if (path.split('/').some((name) => name === '' || name === '.' || name === '..')) {
      throw new InvalidArgument('path', `expected a path below the work directory, got ${JSON.stringify(path)}`);
    }
    return join(top, path);
  };
  return {
    create(path) {
      const folder = locate(path);
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    remove(path) {
      const folder = locate(path);
      rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) =>
        log.log('warn', 'Cannot remove a sandbox', { folder, error }),
      );
    },
    freeShare() {
      mkdirSync(top, { recursive: true });
      const disk = statfsSync(top);
      return disk.blocks === 0 ? 1 : disk.bavail / disk.blocks;
    },
  };
}
