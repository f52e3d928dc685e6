import { execFileSync } from 'node:child_process';
import { platform } from 'node:os';
import type { ProcessRow, ProcessTable } from './process-table.ts';
import { CONTAINER_MARKER } from './supervisor.ts';

/**
 * The process table where there is no `/proc`, such as on macOS: what `ps` prints, its environments included. Best
 * effort: sessions stay unknown, and where the system hides environments, so do markers.
 */
export function psTable(): ProcessTable {
  const everything = platform() === 'darwin' ? '-axEww' : 'axeww';
  return {
    boot: '-',
    startOf(pid) {
      return parse(ps(['-o', `${COLUMNS}command=`, '-p', String(pid)]))[0]?.start;
    },
    read() {
      return parse(ps([everything, '-o', `${COLUMNS}command=`]));
    },
  };
}

const COLUMNS = 'pid=,ppid=,pgid=,stat=,lstart=,';

/** Columns, then a start such as `Tue Nov 24 21:34:42 2026`, then the command with its environment. */
const LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\S+\s+[\d:]+\s+\d+)(?:\s(.*))?$/;

function ps(args: readonly string[]): string {
  try {
    const env = { LC_ALL: 'C' };
    return execFileSync('/bin/ps', args, {
      encoding: 'utf8',
      env,
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    // Status 1: there is no such process.
    return '';
  }
}

function parse(text: string): readonly ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const line of text.split('\n')) {
    const [, pid, parent, group, state, start, command = ''] = LINE.exec(line) ?? [];
    if (state === undefined || start === undefined || state.startsWith('Z')) continue;
    const containerId = MARKED.exec(command)?.[1];
    rows.push({
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      session: 0,
      stopped: state.startsWith('T'),
      start: start.replace(/\s+/g, ' '),
      ...(containerId === undefined ? {} : { containerId }),
    });
  }
  return rows;
}

const MARKED = new RegExp(`(?:^|\\s)${CONTAINER_MARKER}=(\\S+)`);
