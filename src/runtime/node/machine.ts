import { mkdtempSync, statfsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';

/** What this machine has. */
export interface Machine {
  /** Logical processors that this process may use. */
  readonly cpus: number;
  /** Megabytes of memory, used or not. */
  readonly memMb: number;
  /** Megabytes of the file system that holds the temporary folder, used or not. */
  readonly diskMb: number;
}

export function detectMachine(): Machine {
  const disk = statfsSync(tmpdir());
  return {
    cpus: availableParallelism(),
    memMb: Math.floor(totalmem() / 2 ** 20),
    diskMb: Math.floor((disk.blocks * disk.bsize) / 2 ** 20),
  };
}

/** Makes a fresh folder below the system's temporary folder and answers its absolute path. */
export function makeTemporaryFolder(prefix: string): string {
  return mkdtempSync(join(tmpdir(), prefix));
}

/** The path as it is wherever this process goes; a relative one begins where it is now. */
export function absolutePath(path: string): string {
  return resolve(path);
}

/** Removes a folder with all below it; fine if there is none. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}
