import { execPath } from 'node:process';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Bug, withBug } from './bug.ts';
import type { Report } from './report.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** A seed takes a second or so; a run that says nothing for so long is taken to go on for ever. */
const SILENCE_MS_MAX = 180_000;

/** What came of trying seeds on sources: a report for each, in order; `hangs` if the next one did not end. */
export interface Trial {
  readonly reports: readonly Report[];
  readonly hangs: boolean;
  /** What the process said on its way out, if it did not get to its end. */
  readonly died?: string;
}

/** A copy of the sources in a temporary folder, in which bugs are made one at a time. */
export class Mutant implements Disposable {
  readonly #folder: string;
  #child: ChildProcess | undefined;

  constructor() {
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), 'altiplano-mutations-')));
    for (const path of ['src', 'test/simulation', 'package.json']) {
      cpSync(join(ROOT, path), join(this.#folder, path), { recursive: true });
    }
    mkdirSync(join(this.#folder, 'test/mutations'));
    for (const name of ['try-seeds.ts', 'report.ts']) {
      const path = join('test/mutations', name);
      cpSync(join(ROOT, path), join(this.#folder, path));
    }
    symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(this.#folder, 'node_modules'));
  }

  /** Tries seeds from 1 on, with the bug if one is given: until one fails, or all of them. */
  async try(bug: Bug | undefined, options: { readonly seeds: number; readonly all: boolean }): Promise<Trial> {
    if (bug === undefined) return this.#run(options);
    const path = join(this.#folder, 'src', bug.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, withBug(bug, text));
    try {
      return await this.#run(options);
    } finally {
      writeFileSync(path, text);
    }
  }

  async #run({ seeds, all }: { readonly seeds: number; readonly all: boolean }): Promise<Trial> {
    const args = ['--import', 'tsx', 'test/mutations/try-seeds.ts', `${seeds}`, ...(all ? ['all'] : [])];
    const child = spawn(execPath, args, { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const reports: Report[] = [];
    let hangs = false;
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2_000);
    });
    const giveUp = (): void => {
      hangs = true;
      child.kill('SIGKILL');
    };
    let silence = setTimeout(giveUp, SILENCE_MS_MAX);
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code));
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const report: Report = JSON.parse(line);
      reports.push(report);
      clearTimeout(silence);
      silence = setTimeout(giveUp, SILENCE_MS_MAX);
    }
    const code = await ended;
    clearTimeout(silence);
    this.#child = undefined;
    return { reports, hangs, ...(code === 0 || hangs ? {} : { died: complaint }) };
  }

  /** Ends what runs, and leaves nothing behind. */
  [Symbol.dispose](): void {
    this.#child?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
