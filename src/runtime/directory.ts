/**
 * A tree of small files that survives a crash: where an agent keeps its checkpoints. Paths are relative, with `/`
 * between components; folders appear with the first file in them.
 *
 * Synchronous on purpose: a checkpoint must be on disk before the message that depends on it leaves, and nothing on
 * that path may await.
 */
export interface Directory {
  /** The whole file, or `undefined` if there is none. */
  read(path: string): Uint8Array | undefined;
  /** Replaces the whole file: after a crash there is either the old content or the new, never a mixture. */
  write(path: string, data: Uint8Array): void;
  /** Adds to the end of the file; after a crash the last piece may be cut short, earlier ones are whole. */
  append(path: string, data: Uint8Array): void;
  /** The names directly below `path`, sorted; none if there is no such folder. */
  list(path: string): readonly string[];
  /** Removes the file, or the folder with all below it; fine if there is none. */
  remove(path: string): void;
}
