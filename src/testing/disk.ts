import type { Sandboxes } from '../agent/index.ts';
import type { Directory } from '../runtime/index.ts';

/** What a {@link SimulatedDisk} throws in place of a write. */
export class DiskError extends Error {}

/** What the next write comes to. */
export type DiskFault = 'failWrite' | 'tornWrite';

/** A machine's disk: it outlives agents and restarts, and fails when it is told to. */
export class SimulatedDisk implements Directory {
  /** By path: pieces, joined when they are read. */
  readonly #files = new Map<string, Uint8Array[]>();
  readonly #faults: DiskFault[] = [];
  readonly #onFault: (fault: DiskFault) => void;
  /** Called with every write: a slow disk stalls whoever writes. */
  readonly #onWrite: () => void;

  constructor(hooks: { readonly onFault: (fault: DiskFault) => void; readonly onWrite: () => void }) {
    this.#onFault = hooks.onFault;
    this.#onWrite = hooks.onWrite;
  }

  /** The next write that is not spoken for comes to this. */
  arm(fault: DiskFault): void {
    this.#faults.push(fault);
  }

  /** Faults that have not happened yet never will. */
  repair(): void {
    this.#faults.length = 0;
  }

  read(path: string): Uint8Array | undefined {
    const pieces = this.#files.get(path);
    if (pieces === undefined) return undefined;
    const whole = joined(pieces);
    this.#files.set(path, [whole]);
    return whole.slice();
  }

  write(path: string, data: Uint8Array): void {
    this.#onWrite();
    const fault = this.#fault();
    if (fault !== undefined) throw new DiskError(`The disk has refused to write ${path}`);
    this.#files.set(path, [data.slice()]);
  }

  append(path: string, data: Uint8Array): void {
    this.#onWrite();
    const fault = this.#fault();
    const pieces = this.#files.get(path) ?? [];
    this.#files.set(path, pieces);
    if (fault === 'tornWrite') pieces.push(data.slice(0, data.length >> 1));
    if (fault !== undefined) throw new DiskError(`The disk has refused to write ${path}`);
    pieces.push(data.slice());
  }

  list(path: string): readonly string[] {
    const prefix = path === '' ? '' : `${path}/`;
    const names = [...this.#files.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length).split('/')[0] ?? '');
    return [...new Set(names)].sort();
  }

  remove(path: string): void {
    for (const name of [...this.#files.keys()]) {
      if (name === path || name.startsWith(`${path}/`)) this.#files.delete(name);
    }
  }

  #fault(): DiskFault | undefined {
    const fault = this.#faults.shift();
    if (fault !== undefined) this.#onFault(fault);
    return fault;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/** Folders that nobody looks into, on a disk that is never full. */
export const NO_SANDBOXES: Sandboxes = {
  create: (path) => `/disk/${path}`,
  link: () => undefined,
  remove: () => undefined,
  freeShare: () => 1,
};
