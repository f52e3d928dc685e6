/** Where containers live on disk. Paths are relative to the agent's work directory, with `/` between components. */
export interface Sandboxes {
  /** Makes the folder, and those above it, and answers its absolute path. @throws Error if the disk refuses */
  create(path: string): string;
  /**
   * Makes `path` a symbolic link to the folder `target`, with the folders above it; an existing link is replaced.
   * Persistent volumes come into a sandbox this way.
   *
   * @param target absolute, as {@link create} answers it
   * @throws Error if the disk refuses, or something else is there
   */
  link(path: string, target: string): void;
  /**
   * Removes the folder with all below it, in the background; links are removed, not followed; fine if there is none.
   * Folders above it that have nothing else in them go as well.
   * Once this returns the path is free: a folder created there now is a new one.
   */
  remove(path: string): void;
  /** Share of the disk that is free, from 0 to 1. */
  freeShare(): number;
}
