import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessRow, ProcessTable } from './process-table.ts';
import { CONTAINER_MARKER } from './supervisor.ts';

/** Kernel threads are children of this process: they have no environment, and cannot be killed. */
const KTHREADD = 2;

interface Marked {
  readonly start: string;
  readonly containerId: string | undefined;
}

/**
 * The process table of Linux.
 *
 * A process's environment is read once: it only changes when another program takes the process over, and whoever has
 * carried a container's marker belongs to the container for good.
 *
 * @see the manual page proc(5), `/proc/[pid]/stat` and `/proc/[pid]/environ`
 */
export function procTable(): ProcessTable {
  let known = new Map<number, Marked>();
  return {
    boot: readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '-',
    startOf(pid) {
      return readStat(pid)?.start;
    },
    read() {
      const rows: ProcessRow[] = [];
      const seen = new Map<number, Marked>();
      for (const name of readdirSync('/proc')) {
        const pid = Number(name);
        if (!Number.isInteger(pid)) continue;
        const stat = readStat(pid);
        if (stat === undefined || stat.parent === KTHREADD) continue;
        const before = known.get(pid);
        const marked = before?.start === stat.start ? before : readMarker(pid, stat.start);
        if (marked !== undefined) seen.set(pid, marked);
        rows.push(marked?.containerId === undefined ? stat : { ...stat, containerId: marked.containerId });
      }
      known = seen;
      return rows;
    },
  };
}

/** `pid (name) state ppid pgrp session …`: the name may hold anything, so what counts is the last parenthesis. */
function readStat(pid: number): ProcessRow | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The first of these is field 3 of the manual page.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  const start = fields[22 - 3];
  if (start === undefined || state === 'Z' || state === 'X') return undefined;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    stopped: state === 'T',
    start,
  };
}

/** Nothing to remember for a process whose environment is empty: it may be about to be taken over by a program. */
function readMarker(pid: number, start: string): Marked | undefined {
  const environment = readText(`/proc/${pid}/environ`);
  if (environment === undefined || environment === '') return undefined;
  const marker = `${CONTAINER_MARKER}=`;
  const entry = environment.split('\0').find((variable) => variable.startsWith(marker));
  return { start, containerId: entry?.slice(marker.length) };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended, or is another user's: then it is known by its parent, group and session alone.
    return undefined;
  }
}
