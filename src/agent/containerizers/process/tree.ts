import type { ProcessIdentity } from './records.ts';
import type { ProcessRow } from './process-table.ts';

/** What is known of a container's processes. */
export interface ProcessTree {
  readonly containerId: string;
  /** Leads a session and a process group of its own number. `undefined`: not known yet, it is found by the marker. */
  readonly supervisor: ProcessIdentity | undefined;
  /**
   * True if this process of ours has seen the supervisor alive. Else its number may be another's by now, and so may the
   * session and the group of that number.
   */
  readonly supervisorSeen: boolean;
}

/** The processes of one container. */
export interface TreeMembers {
  readonly supervisor: ProcessRow | undefined;
  /** All others, in the order of `rows`. */
  readonly others: readonly ProcessRow[];
}

/**
 * Sorts out who belongs to which tree. A process belongs to
 *
 * 1. the container whose marker is in its environment,
 * 2. else the one whose supervisor's session or process group it is in,
 * 3. else the one that its parent belongs to.
 *
 * One that has left all three (no marker left, a session of its own, its parents gone) is not found.
 */
export function treesAmong(
  rows: readonly ProcessRow[],
  trees: readonly ProcessTree[],
): ReadonlyMap<string, TreeMembers> {
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const members = new Map<string, { supervisor: ProcessRow | undefined; readonly others: ProcessRow[] }>();
  const bySession = new Map<number, string>();
  for (const { containerId, supervisor, supervisorSeen } of trees) {
    members.set(containerId, { supervisor: undefined, others: [] });
    const holder = supervisor === undefined ? undefined : byPid.get(supervisor.pid);
    const reused = holder !== undefined && holder.start !== supervisor?.start;
    if (supervisor !== undefined && supervisorSeen && !reused) bySession.set(supervisor.pid, containerId);
  }

  const owners = new Map<number, string | undefined>();
  const ownerOf = (row: ProcessRow): string | undefined => {
    if (owners.has(row.pid)) return owners.get(row.pid);
    // Ends a circle, which numbers that were reused between two reads might form.
    owners.set(row.pid, undefined);
    const marked = row.containerId !== undefined && members.has(row.containerId) ? row.containerId : undefined;
    const parent = byPid.get(row.parent);
    const owner =
      marked ??
      bySession.get(row.session) ??
      bySession.get(row.group) ??
      (parent === undefined ? undefined : ownerOf(parent));
    owners.set(row.pid, owner);
    return owner;
  };

  const supervisors = new Map(trees.map(({ containerId, supervisor }) => [containerId, supervisor]));
  for (const row of rows) {
    const owner = ownerOf(row);
    const found = owner === undefined ? undefined : members.get(owner);
    if (owner === undefined || found === undefined) continue;
    const supervisor = supervisors.get(owner);
    if (row.pid === supervisor?.pid && row.start === supervisor.start) found.supervisor = row;
    else found.others.push(row);
  }
  return members;
}
