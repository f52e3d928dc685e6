import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, statfsSync, symlinkSync, unlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InvalidArgument } from '../../core/index.ts';
import { type Log, silentLog } from '../log.ts';

/** Folders below one folder; what an agent asks of the disk for its sandboxes. */
export interface NodeSandboxes {
  /** Makes the folder, and those above it, and answers its absolute path. @throws Error if the disk refuses */
  create(path: string): string;
  /**
   * Makes `path` a symbolic link to the folder `target`, with the folders above it; an existing link is replaced.
   * @throws Error if the disk refuses, or something else is there
   */
  link(path: string, target: string): void;
  /**
   * Removes the folder with all below it, in the background, and those above it that have nothing else in them; links
   * are removed, not followed; fine if there is none. Once this returns the path is free.
   */
  remove(path: string): void;
  /** Share of the disk that is free to this user, from 0 to 1. */
  freeShare(): number;
}

/** Below the work directory: what is being removed waits here, under a number. */
const TRASH = '.removed';

/**
 * Keeps sandboxes below `workDir`, which appears with the first. Paths are relative, with `/` between components.
 * What an earlier process did not come to remove is removed with the first removal of this one; what cannot be removed
 * is logged and stays.
 *
 * @throws InvalidArgument from its methods for a path that is empty, absolute or leads out of `workDir`
 */
export function nodeSandboxes(workDir: string, log: Log = silentLog): NodeSandboxes {
  const top = resolve(workDir);
  const trash = join(top, TRASH);
  let nextNumber: number | undefined;

  const locate = (path: string): string => {
    const names = path.split('/');
    if (names[0] === TRASH || names.some((name) => name === '' || name === '.' || name === '..')) {
      throw new InvalidArgument('path', `expected a path below the work directory, got ${JSON.stringify(path)}`);
    }
    return join(top, path);
  };
  const empty = (folder: string): void => {
    rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) =>
      log.log('warn', 'Cannot remove a sandbox', { folder, error }),
    );
  };
  /** Folders that have nothing in them any more, up to the first that has, or to the work directory. */
  const removeEmptyParents = (path: string): void => {
    for (let folder = dirname(path); folder !== top; folder = dirname(folder)) {
      try {
        rmdirSync(folder);
      } catch {
        return;
      }
    }
  };
  /** A place in the trash that is free. */
  const place = (): string => {
    mkdirSync(trash, { recursive: true });
    if (nextNumber === undefined) {
      const earlier = readdirSync(trash);
      nextNumber = Math.max(-1, ...earlier.map(Number).filter(Number.isInteger)) + 1;
      for (const name of earlier) empty(join(trash, name));
    }
    return join(trash, String(nextNumber++));
  };

  return {
    create(path) {
      const folder = locate(path);
      mkdirSync(folder, { recursive: true });
      return folder;
    },
    link(path, target) {
      const link = locate(path);
      mkdirSync(dirname(link), { recursive: true });
      if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true) unlinkSync(link);
      symlinkSync(target, link, 'dir');
    },
    remove(path) {
      const folder = locate(path);
      if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return;
      const removed = place();
      try {
        renameSync(folder, removed);
      } catch (error) {
        // Such as a file system of its own: it goes where it is, and the path is free only later.
        log.log('warn', 'Cannot move a sandbox out of the way', { folder, error });
        empty(folder);
        return;
      }
      empty(removed);
      removeEmptyParents(folder);
    },
    freeShare() {
      mkdirSync(top, { recursive: true });
      const disk = statfsSync(top);
      return disk.blocks === 0 ? 1 : disk.bavail / disk.blocks;
    },
  };
}
