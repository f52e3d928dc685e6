import type { Draft } from './decision.ts';
import type { AgentState } from './state.ts';

/** The disk is looked at so often while sandboxes wait to be removed, as Mesos's `--disk_watch_interval`. */
export const DISK_WATCH_INTERVAL_MS = 60_000;

/**
 * How long the sandbox of an ended executor is kept, in milliseconds: shorter as the disk fills up, not at all when no
 * more than the headroom is left. @see Mesos `src/slave/slave.cpp`, `Slave::age`
 */
export function sandboxAgeMaxMs(gc: { delayMs: number; diskHeadroom: number; freeShare: number }): number {
  const usedShare = 1 - gc.freeShare;
  return gc.delayMs * Math.max(0, 1 - gc.diskHeadroom - usedShare);
}

/** The executor of a sandbox has ended: from now on the sandbox ages. */
export function releaseSandbox(state: AgentState, draft: Draft, path: string): void {
  draft.event({ type: 'sandboxReleased', path, endedAtMs: draft.now.nowMs, endedWallMs: draft.now.wallMs });
  watchDisk(state, draft);
}

/** Looks at the disk some time from now. */
export function watchDisk(state: AgentState, draft: Draft): void {
  draft.effect({ type: 'measureDisk', delayMs: Math.min(DISK_WATCH_INTERVAL_MS, state.settings.gcDelayMs) });
}

/** Removes the sandboxes that are too old for the space that is left. */
export function decideCollection(state: AgentState, draft: Draft, freeShare: number): void {
  const { gcDelayMs: delayMs, gcDiskHeadroom: diskHeadroom } = state.settings;
  const endedUntilMs = draft.now.nowMs - sandboxAgeMaxMs({ delayMs, diskHeadroom, freeShare });
  const ended = [...state.sandboxes.values()].filter(({ endedAtMs }) => endedAtMs !== undefined);
  const old = ended.filter(({ endedAtMs = Number.POSITIVE_INFINITY }) => endedAtMs <= endedUntilMs);
  const removed = new Set(old.map(({ path }) => path));
  const used = new Set<string>();
  for (const path of state.sandboxes.keys()) if (!removed.has(path)) used.add(executorFolder(path));
  for (const path of removed) {
    draft.event({ type: 'sandboxRemoved', path });
    // With the last of its runs goes the executor's folder.
    const folder = executorFolder(path);
    draft.effect({ type: 'removeFolder', path: used.has(folder) ? path : folder });
  }
  if (ended.length > old.length) watchDisk(state, draft);
}

/** `…/executors/<id>` of `…/executors/<id>/runs/<container id>`. */
function executorFolder(sandbox: string): string {
  return sandbox.slice(0, sandbox.lastIndexOf('/runs/'));
}
