import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InvalidArgument } from '../../core/index.ts';
import type { Directory } from '../directory.ts';

/** The end of the name of a file that is being written; after a crash it may stay behind, and the next write takes it. */
const UNFINISHED = '.~new';

/**
 * A {@link Directory} below the folder `root`, which appears with the first file. Every call returns once the disk has
 * it: file and folder are synced. One process at a time may write.
 *
 * Its methods throw {@link InvalidArgument} for a path that is absolute, empty or has a component that is empty, `.` or
 * `..`, or ends in the reserved `.~new`; and Node's own error if the disk refuses. `list` takes `''` for the root.
 */
export function nodeDirectory(root: string): Directory {
  const top = resolve(root);
  const locate = (path: string): string => join(top, checkedPath(path));
  return {
    read(path) {
      const file = locate(path);
      return unlessMissing(() => readFileSync(file));
    },
    write(path, data) {
      const file = locate(path);
      makeFolder(dirname(file));
      writeWhole(file + UNFINISHED, data);
      renameSync(file + UNFINISHED, file);
      syncFolder(dirname(file));
    },
    append(path, data) {
      const file = locate(path);
      makeFolder(dirname(file));
      const fd = openSync(file, 'a');
      try {
        const empty = fstatSync(fd).size === 0;
        writeAll(fd, data);
        fdatasyncSync(fd);
        // It may be new in its folder.
        if (empty) syncFolder(dirname(file));
      } finally {
        closeSync(fd);
      }
    },
    list(path) {
      const folder = path === '' ? top : locate(path);
      const names = unlessMissing(() => readdirSync(folder)) ?? [];
      return names.filter((name) => !name.endsWith(UNFINISHED)).sort();
    },
    remove(path) {
      const target = locate(path);
      rmSync(target, { recursive: true, force: true });
      unlessMissing(() => syncFolder(dirname(target)));
    },
  };
}

function checkedPath(path: string): string {
  const components = path.split('/');
  const wrong = components.find((name) => name === '' || name === '.' || name === '..' || name.includes('\0'));
  if (wrong !== undefined) {
    const expected = 'expected a relative path without empty components, "." or ".."';
    throw new InvalidArgument('path', `${expected}, got ${JSON.stringify(path)}`);
  }
  if (components.some((name) => name.endsWith(UNFINISHED))) {
    throw new InvalidArgument('path', `names ending in ${UNFINISHED} are reserved, got ${JSON.stringify(path)}`);
  }
  return path;
}

/** Makes the folder and those above it, each of them on disk. */
function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) syncFolder(dirname(made));
}

function writeWhole(file: string, data: Uint8Array): void {
  const fd = openSync(file, 'w');
  try {
    writeAll(fd, data);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, data: Uint8Array): void {
  for (let written = 0; written < data.length; ) written += writeSync(fd, data, written);
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function unlessMissing<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined;
    }
    throw error;
  }
}
