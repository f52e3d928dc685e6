import { type ChildProcess, fork } from 'node:child_process';

/** A Node process of our own that runs one module and talks in texts, in order. */
export interface NodeChild {
  readonly pid: number;
  /** What is sent to a process that has ended is lost without an error. */
  send(text: string): void;
  kill(signal: NodeJS.Signals): void;
  /** Resolves once it has ended and all that it sent has come, with `exit 0` or `SIGKILL` or the like. */
  readonly ended: Promise<string>;
}

/**
 * Starts `module` in a new process.
 *
 * @param onMessage called for every text the child sends, in order
 * @throws Error if the process cannot be started
 */
export async function forkModule(module: URL, onMessage: (text: string) => void): Promise<NodeChild> {
  const child = fork(module, {
    // Without our own flags (a debugger's port, a loader), which are meant for this process.
    execArgv: [],
    // In a session of its own: the Ctrl-C that this process deals with in its own way must not end it.
    detached: true,
    serialization: 'json',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('message', (message) => {
    if (typeof message === 'string') onMessage(message);
  });
  const ended = new Promise<string>((resolve) => {
    // Not `exit`, which may come before the last of what it sent.
    child.once('close', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
  await started(child);
  return {
    pid: child.pid ?? 0,
    send(text) {
      // The callback takes the error of a process that is just ending.
      if (child.connected) child.send(text, () => undefined);
    },
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

/** The other end: the process that started this one. */
export interface NodeParent {
  send(text: string): void;
  /** Resolves once all that was sent is on its way: what is not yet is lost with the end of this process. */
  flushed(): Promise<void>;
}

/**
 * Connects a module started by {@link forkModule} to its parent.
 *
 * @param onGone called once the parent has ended or let go of this process
 * @throws Error if this process was not started by another Node process
 */
export function connectParent(onMessage: (text: string) => void, onGone: () => void): NodeParent {
  const send = process.send?.bind(process);
  if (send === undefined) throw new Error('Expected to be started by another Node process, with a channel to it');
  process.on('message', (message) => {
    if (typeof message === 'string') onMessage(message);
  });
  process.once('disconnect', onGone);
  let last = Promise.resolve();
  return {
    send(text) {
      if (!process.connected) return;
      last = new Promise((resolve) => {
        send(text, undefined, undefined, () => resolve());
      });
    },
    flushed: () => last,
  };
}

/** Of this process. */
export function ownPid(): number {
  return process.pid;
}

/** Ends this process. */
export function exitProcess(code: number): void {
  process.exit(code);
}
