import { constants } from 'node:os';
import type { ContainerExit } from '../../containerizer.ts';
import { readCommand, readExitCode, readSupervisor } from './records.ts';

/** By number; of several names for one the usual, which comes first. */
const SIGNALS: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals)
    .map(([name, number]): [number, string] => [number, name])
    .toReversed(),
);

const HINTS: Readonly<Record<number, string>> = { 126: 'command cannot be executed', 127: 'command not found' };

/**
 * What a shell's status says. Above 128 it is the signal of that number less 128, if there is such a signal: a program
 * that itself exits with such a status, as Java does after SIGTERM, cannot be told from one that was killed.
 */
export function exitOf(code: number): ContainerExit {
  const signal = SIGNALS.get(code - 128);
  if (signal !== undefined) return { type: 'exited', exitCode: code, signal };
  const hint = HINTS[code];
  return hint === undefined ? { type: 'exited', exitCode: code } : { type: 'exited', exitCode: code, hint };
}

/** What the records in `folder` say of a container of which nothing is left. */
export function recordedExit(folder: string): ContainerExit {
  const code = readExitCode(folder);
  const started = readCommand(folder) !== undefined;
  // Without a record of the command the status is that of the attempt to record it, unless a signal came first.
  if (code !== undefined && (started || code > 128)) return exitOf(code);
  if (started) {
    return {
      type: 'lost',
      message: 'The supervisor ended without an exit status: it was killed, or the machine stopped',
    };
  }
  if (readSupervisor(folder) !== undefined) {
    return { type: 'launchFailed', message: `The supervisor ended before it could record the command in ${folder}` };
  }
  return { type: 'lost', message: `There is no record of it in ${folder}: it never started, or the machine stopped` };
}
