import { readFileSync } from 'node:fs';
import { recordPath } from './supervisor.ts';

/** A process as distinct from any other that had, or will have, the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in words of the system's own; equal texts, equal times. */
  readonly start: string;
  /** Which run of the machine it belongs to; `-` where the system does not say. */
  readonly boot: string;
}

/** Who the supervisor is, or `undefined` if it has not come to recording it. */
export function readSupervisor(folder: string): ProcessIdentity | undefined {
  return parseIdentity(readLine(recordPath(folder, 'supervisor')));
}

/** Who the command is, or `undefined` if it has not been started. */
export function readCommand(folder: string): ProcessIdentity | undefined {
  return parseIdentity(readLine(recordPath(folder, 'command')));
}

/** The status that the shell gave the command, from 0 to 255, or `undefined` if there is none (yet). */
export function readExitCode(folder: string): number | undefined {
  const line = readLine(recordPath(folder, 'exit'));
  return line !== undefined && /^\d{1,3}$/.test(line) ? Number(line) : undefined;
}

/** A record is one short write; should a crash or a full disk have cut it, its newline is missing. */
function readLine(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    // Not written yet, or not to be read: either way nothing is known.
    return undefined;
  }
  return text.endsWith('\n') ? text.slice(0, -1) : undefined;
}

function parseIdentity(line: string | undefined): ProcessIdentity | undefined {
  const [, pid, boot, start] = /^(\d+) (\S+) (\S.*)$/.exec(line ?? '') ?? [];
  if (pid === undefined || boot === undefined || start === undefined) return undefined;
  return { pid: Number(pid), boot, start };
}
