/** Where containers live on disk. Paths are relative to the agent's work directory, with `/` between components. */
export interface Sandboxes {
  /** Makes the folder, and those above it, and answers its absolute path. @throws Error if the disk refuses */
  create(path: string): string;
  /** Removes the folder with all below it, in the background; fine if there is none. */
  remove(path: string): void;
  /** Share of the disk that is free, from 0 to 1. */
  freeShare(): number;
}
