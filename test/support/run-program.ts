import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of the project. */
export const ROOT: string = join(import.meta.dirname, '..', '..');

export interface Ended {
  /** Absent if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly args?: readonly string[];
  /** Options of Node itself. */
  readonly node?: readonly string[];
  /** Working folder; the root of the project if absent. */
  readonly cwd?: string;
  /** Added to this process' environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told of all standard output so far, each time there is more; may send a signal to the program. */
  readonly onOutput?: (stdout: string, signal: (name: NodeJS.Signals) => void) => void;
}

/** Runs a TypeScript or JavaScript program in a Node process of its own, without a terminal, and waits for its end. */
export function runProgram(path: string, options: RunOptions = {}): Promise<Ended> {
  const typescript = path.endsWith('.ts') ? ['--import', 'tsx'] : [];
  const { node = [], args = [] } = options;
  const child = spawn(process.execPath, [...node, ...typescript, path, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    options.onOutput?.(stdout, (name) => void child.kill(name));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The first TypeScript example of the README, as it stands there. */
export function readmeExample(): string {
  const [, example] = /^```ts\n(.*?)^```$/ms.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  if (example === undefined) throw new Error('Expected a block of TypeScript in README.md, got none');
  return example;
}
