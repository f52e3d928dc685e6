import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerConfig } from '../../containerizer.ts';
import { programProblem } from './program.ts';
import { CONTAINER_MARKER, DEFAULT_PATH, supervisorCommand } from './supervisor.ts';

/** Called later, at most one of `onEnded` and `onFailed`. */
export interface SupervisorEvents {
  /** The command has been recorded and is about to run. */
  onReady(): void;
  onEnded(): void;
  /** There was no process to be had; nothing is left of the attempt. */
  onFailed(problem: string): void;
}

/** Starts a supervisor with its command, or answers why it cannot; then nothing is left of the attempt. */
export function spawnSupervisor(
  config: ContainerConfig,
  folder: string,
  events: SupervisorEvents,
): ChildProcess | string {
  const environment = { PATH: DEFAULT_PATH, ...config.environment, [CONTAINER_MARKER]: config.containerId };
  const problem = configProblem(config, environment.PATH);
  if (problem !== undefined) return problem;
  const { containerId, sandbox } = config;
  const refusal = (error: unknown): string => `Cannot start container ${containerId}: ${messageOf(error)}`;
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    return refusal(error);
  }
  const opened: number[] = [];
  try {
    for (const name of ['stdout', 'stderr']) opened.push(openSync(join(sandbox, name), 'a'));
    const [program, args] = supervisorCommand(folder, commandLine(config));
    const [stdout, stderr] = opened;
    // A session of its own: no terminal's or process group's signal for this process reaches it.
    const child = spawn(program, args, {
      cwd: sandbox,
      env: environment,
      detached: true,
      stdio: ['ignore', stdout, stderr, 'pipe'],
    });
    child.once('error', (error) => {
      rmSync(folder, { recursive: true, force: true });
      events.onFailed(refusal(error));
    });
    listen(child, events);
    return child;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return refusal(error);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

function listen(child: ChildProcess, events: SupervisorEvents): void {
  child.once('exit', () => events.onEnded());
  const pipe = child.stdio[3];
  pipe?.once('error', () => pipe.destroy());
  pipe?.once('data', () => {
    pipe.destroy();
    events.onReady();
  });
}

function commandLine({ command }: ContainerConfig): readonly string[] {
  if (command.shell !== false) return ['/bin/sh', '-c', command.value];
  return [command.value, ...(command.arguments ?? []).slice(1)];
}

function configProblem({ command, sandbox }: ContainerConfig, path: string): string | undefined {
  try {
    if (!statSync(sandbox).isDirectory()) return `The sandbox is no folder: ${sandbox}`;
  } catch (error) {
    return `Cannot enter the sandbox: ${messageOf(error)}`;
  }
  return command.shell === false ? programProblem(command.value, path, sandbox) : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
