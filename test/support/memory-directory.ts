import type { Directory } from '../../src/runtime/index.ts';

/** What a {@link MemoryDirectory} throws in place of a write. */
export class CrashError extends Error {}

export interface MemoryDirectory extends Directory {
  readonly files: Map<string, Uint8Array>;
  /** How many writes and appends were made so far. */
  readonly writes: number;
  /**
   * The `count`th write from now fails with a {@link CrashError}, and all after it, until `heal`. An append leaves
   * `tornBytes` of its bytes behind, as a crash may; a write that replaces a file leaves nothing.
   */
  failAt(count: number, tornBytes?: number): void;
  heal(): void;
}

/** A directory that is gone with the test. */
export function createMemoryDirectory(): MemoryDirectory {
  const files = new Map<string, Uint8Array>();
  let writes = 0;
  let failAtWrite = Number.POSITIVE_INFINITY;
  let torn = 0;

  const isDown = (): boolean => {
    writes += 1;
    return writes >= failAtWrite;
  };
  const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => {
    const both = new Uint8Array(first.length + second.length);
    both.set(first);
    both.set(second, first.length);
    return both;
  };

  return {
    files,
    get writes() {
      return writes;
    },
    failAt(count, tornBytes = 0) {
      failAtWrite = writes + count;
      torn = tornBytes;
    },
    heal() {
      failAtWrite = Number.POSITIVE_INFINITY;
    },
    read: (path) => files.get(path),
    write(path, data) {
      if (isDown()) throw new CrashError('The disk is gone');
      files.set(path, data.slice());
    },
    append(path, data) {
      const before = files.get(path) ?? new Uint8Array();
      if (isDown()) {
        if (writes === failAtWrite) files.set(path, joined(before, data.subarray(0, torn)));
        throw new CrashError('The disk is gone');
      }
      files.set(path, joined(before, data));
    },
    list(path) {
      const prefix = path === '' ? '' : `${path}/`;
      const names = [...files.keys()]
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length).split('/')[0] ?? '');
      return [...new Set(names)].sort();
    },
    remove(path) {
      for (const name of [...files.keys()]) if (name === path || name.startsWith(`${path}/`)) files.delete(name);
    },
  };
}
