import type { Clock, Log } from '../../../runtime/index.ts';
import type { ProcessRow, ProcessTable } from './process-table.ts';
import { type ProcessTree, type TreeMembers, treesAmong } from './tree.ts';

/** Between two looks at all processes, and so many times what the last look took: at most a tenth of a processor. */
const LEAST_PAUSE_MS = 20;
const PAUSE_PER_COST = 9;
/** The pause doubles up to this while nothing changes, such as with a process that waits for a disk. */
const LONGEST_PAUSE_MS = 200;
/** A supervisor whose command is gone has nothing to do but to write one line: then it is stuck, and killed too. */
const SUPERVISOR_PATIENCE_MS = 5_000;
/** So often in a row processes are looked for and stopped, until no new one has come; then all are killed. */
const STOP_ROUNDS = 8;

interface Work {
  readonly tree: ProcessTree;
  /** Send SIGTERM to all that there are at the next look. */
  terminate: boolean;
  /** `kill`: SIGKILL until none is left. `watch`: wait until none is left. */
  mode: 'kill' | 'watch' | 'none';
  onGone: () => void;
  /** Since when there has been nothing left but the supervisor. */
  aloneSinceMs: number | undefined;
  warned: boolean;
}

/** Ends process trees. One look at all processes serves all of them, and looks are rare enough to cost little. */
export class Sweeper {
  readonly #table: ProcessTable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #work = new Map<string, Work>();
  #timer: Disposable | undefined;
  #earliestMs = 0;
  #pauseMs = LEAST_PAUSE_MS;
  #leftBefore = -1;

  constructor(table: ProcessTable, clock: Clock, log: Log) {
    this.#table = table;
    this.#clock = clock;
    this.#log = log;
  }

  /** Sends SIGTERM, once, to every process of the tree but the supervisor. */
  terminate(tree: ProcessTree): void {
    this.#workOn(tree).terminate = true;
    this.#soon();
  }

  /** Calls back once nothing of the tree is left, the supervisor included. */
  watch(tree: ProcessTree, onGone: () => void): void {
    const work = this.#workOn(tree);
    if (work.mode !== 'kill') work.mode = 'watch';
    work.onGone = onGone;
    this.#soon();
  }

  /** Kills the tree, and calls back once nothing of it is left; the supervisor ends by itself, after its command. */
  kill(tree: ProcessTree, onGone: () => void): void {
    const work = this.#workOn(tree);
    work.mode = 'kill';
    work.onGone = onGone;
    this.#soon();
  }

  /** Lets go of a tree, whatever is left of it. */
  drop(containerId: string): void {
    this.#work.delete(containerId);
  }

  close(): void {
    this.#work.clear();
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #workOn(tree: ProcessTree): Work {
    const { containerId } = tree;
    let work = this.#work.get(containerId);
    if (work === undefined) {
      work = { tree, terminate: false, mode: 'none', onGone: () => {}, aloneSinceMs: undefined, warned: false };
      this.#work.set(containerId, work);
    }
    return work;
  }

  /** New work is not made to wait for a pause that old work has lengthened. */
  #soon(): void {
    this.#pauseMs = LEAST_PAUSE_MS;
    this.#again(0);
  }

  #again(pauseMs: number): void {
    this.#timer?.[Symbol.dispose]();
    const delayMs = Math.max(this.#earliestMs - this.#clock.monotonicMs(), pauseMs);
    this.#timer = this.#clock.schedule(delayMs, () => this.#round());
  }

  #round(): void {
    this.#timer = undefined;
    if (this.#work.size === 0) return;
    const startMs = this.#clock.monotonicMs();
    const all = this.#look();
    const frozen = this.#freeze(all);
    let left = 0;
    const gone: Work[] = [];
    for (const [containerId, work] of this.#work) {
      const members = frozen.get(containerId) ?? { supervisor: undefined, others: [] };
      left += members.others.length;
      this.#signal(work, members);
      if (members.supervisor === undefined && members.others.length === 0) gone.push(work);
      else if (work.mode === 'none') this.#work.delete(containerId);
    }
    this.#pace(startMs, left);
    for (const { tree, onGone } of gone) {
      this.#work.delete(tree.containerId);
      onGone();
    }
    if (this.#work.size > 0 && this.#timer === undefined) this.#again(this.#pauseMs);
  }

  #look(): ReadonlyMap<string, TreeMembers> {
    const trees = [...this.#work.values()].map((work) => work.tree);
    // A task may have started this very process, to replace the agent before it: it is no part of the task.
    const rows = this.#table.read().filter((row) => row.pid !== process.pid);
    return treesAmong(rows, trees);
  }

  /**
   * Stops what is to be killed: while some are killed, others must not make more of their kind. Looks again until there
   * is no new one, and answers what there is then.
   */
  #freeze(first: ReadonlyMap<string, TreeMembers>): ReadonlyMap<string, TreeMembers> {
    let now = first;
    const stopped = new Set<string>();
    for (let round = 0; round < STOP_ROUNDS; round++) {
      let fresh = 0;
      for (const work of this.#work.values()) {
        if (work.mode !== 'kill') continue;
        for (const row of now.get(work.tree.containerId)?.others ?? []) {
          const name = `${row.pid} ${row.start}`;
          if (stopped.has(name)) continue;
          stopped.add(name);
          fresh++;
          this.#send(work, row, 'SIGSTOP');
        }
      }
      if (fresh === 0) return now;
      now = this.#look();
    }
    return now;
  }

  #signal(work: Work, { supervisor, others }: TreeMembers): void {
    if (work.mode === 'kill') {
      for (const row of others) this.#send(work, row, 'SIGKILL');
      this.#hurry(work, supervisor, others.length);
    } else if (work.terminate) {
      for (const row of others) this.#send(work, row, 'SIGTERM');
      // A stopped process takes the signal only once it goes on.
      for (const row of others) if (row.stopped) this.#send(work, row, 'SIGCONT');
    }
    work.terminate = false;
  }

  /** The supervisor may have been stopped together with its command, or be stuck. */
  #hurry(work: Work, supervisor: ProcessRow | undefined, others: number): void {
    if (supervisor === undefined || others > 0) {
      work.aloneSinceMs = undefined;
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    work.aloneSinceMs ??= nowMs;
    if (supervisor.stopped) this.#send(work, supervisor, 'SIGCONT');
    if (nowMs - work.aloneSinceMs > SUPERVISOR_PATIENCE_MS) this.#send(work, supervisor, 'SIGKILL');
  }

  #send(work: Work, row: ProcessRow, signal: NodeJS.Signals): void {
    try {
      process.kill(row.pid, signal);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // It has just ended.
      if (code === 'ESRCH' || work.warned) return;
      work.warned = true;
      const { containerId } = work.tree;
      this.#log.log('warn', 'Cannot signal a process of a container', { containerId, pid: row.pid, signal, error });
    }
  }

  #pace(startMs: number, left: number): void {
    const nowMs = this.#clock.monotonicMs();
    this.#earliestMs = nowMs + Math.max(LEAST_PAUSE_MS, PAUSE_PER_COST * (nowMs - startMs));
    this.#pauseMs = left === this.#leftBefore ? Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS) : LEAST_PAUSE_MS;
    this.#leftBefore = left;
  }
}
