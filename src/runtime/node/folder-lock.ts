import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The sole use of a folder by one owner in one process. */
export interface FolderLock {
  release(): void;
}

const NAME = 'lock';

/**
 * Takes a folder, which is made if there is none, for this process. What a process held that is no longer alive is free.
 *
 * @returns the lock, or the number of the process that holds the folder
 * @throws Error if the folder cannot be made or written to
 */
export function lockFolder(folder: string): FolderLock | number {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, NAME);
  for (;;) {
    if (create(file)) return { release: () => rmSync(file, { force: true }) };
    const holder = liveHolder(file);
    if (holder !== undefined) return holder;
    rmSync(file, { force: true });
  }
}

/** `false` if it is there already. */
function create(file: string): boolean {
  let fd: number;
  try {
    fd = openSync(file, 'wx');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  writeSync(fd, `${process.pid} ${startOf(process.pid)}\n`);
  closeSync(fd);
  return true;
}

function liveHolder(file: string): number | undefined {
  const [, pid, start] = /^(\d+) (\S+)\n$/.exec(readText(file) ?? '') ?? [];
  // Not written to its end: its process died on the way.
  if (pid === undefined) return undefined;
  return startOf(Number(pid)) === start ? Number(pid) : undefined;
}

/** When the process started, in the system's own unit; `alive` where it does not say; `undefined` if it is no more. */
function startOf(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat !== undefined) {
    // The name of the program, in parentheses, may hold anything. Behind it come field 3, the state, and what follows.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[22 - 3];
  }
  return existsSync('/proc/self/stat') ? undefined : startWithoutProc(pid);
}

function startWithoutProc(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No such file, or no such process any more.
    return undefined;
  }
}
