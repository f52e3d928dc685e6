/** Key and optional value, uninterpreted; two sets of labels are equal regardless of order. */
export interface Label {
  readonly key: string;
  readonly value?: string;
}

/**
 * - **SCALAR** `milli`: thousandths, an integer, so that sums are exact: `cpus:1.5` is 1500. `mem` and `disk` are
 *   megabytes before scaling, as in Mesos.
 * - **RANGES** `bounds`: begin and end of each range, inclusive, flat and in order, coalesced: `[1-2,5-5]` is
 *   `[1, 2, 5, 5]`.
 * - **SET** `items`: distinct strings, sorted.
 */
export type ResourceValue =
  | { readonly type: 'SCALAR'; readonly milli: number }
  | { readonly type: 'RANGES'; readonly bounds: readonly number[] }
  | { readonly type: 'SET'; readonly items: readonly string[] };

/** One entry of a stack of reservations; each narrows the role of the one before it. */
export interface Reservation {
  /** STATIC: by the agent's configuration, only at the bottom of a stack. DYNAMIC: by an operation. */
  readonly type: 'STATIC' | 'DYNAMIC';
  readonly role: string;
  readonly principal?: string;
  readonly labels?: readonly Label[];
}

export interface DiskSource {
  readonly type: 'PATH' | 'MOUNT' | 'BLOCK' | 'RAW';
  /** The root folder of a PATH or MOUNT disk. */
  readonly root?: string;
  readonly id?: string;
  readonly profile?: string;
  readonly vendor?: string;
  readonly metadata?: readonly Label[];
}

export interface DiskInfo {
  readonly source?: DiskSource;
  /** Present: this is a persistent volume. `principal` is who created it, and is not part of its identity. */
  readonly persistence?: { readonly id: string; readonly principal?: string };
  /** How a task sees the disk; not part of its identity. */
  readonly volume?: { readonly containerPath: string; readonly hostPath?: string; readonly mode: 'RW' | 'RO' };
}

/**
 * One entry of a collection: an amount, and what kind of resource it is an amount of (its metadata). Frozen.
 *
 * @see Mesos `include/mesos/v1/mesos.proto`, `Resource`
 */
export interface Resource {
  readonly name: string;
  readonly value: ResourceValue;
  /** From the outermost role to the innermost; empty means unreserved. */
  readonly reservations: readonly Reservation[];
  readonly disk?: DiskInfo;
  /** May be taken away at any time. */
  readonly revocable?: true;
  /** May be held by several tasks at once; only persistent volumes. */
  readonly shared?: true;
  readonly providerId?: string;
  /** The role that an offered or used resource is allocated to. */
  readonly allocatedTo?: string;
}
