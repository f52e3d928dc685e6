import type { DiskInfo, Label, Reservation, Resource, ResourceValue } from './resource.ts';

/**
 * How amounts of one kind combine.
 *
 * - `divisible`: they add up, and any part can be taken.
 * - `exclusive`: each stands for itself and is taken whole: persistent volumes, MOUNT and BLOCK disks, identified RAW.
 * - `shared`: the same thing held several times; the copies are counted.
 */
type Use = 'divisible' | 'exclusive' | 'shared';

interface Fields {
  readonly name: string;
  readonly type: ResourceValue['type'];
  readonly reservations: readonly Reservation[];
  readonly disk: DiskInfo | undefined;
  readonly revocable: boolean;
  readonly shared: boolean;
  readonly providerId: string | undefined;
  readonly allocatedTo: string | undefined;
}

/**
 * All of a resource but its amount, with a key that is equal for two resources exactly if they are of the same kind.
 *
 * Instances never change and are passed on from result to result, so that most comparisons end at `===`. Plain kinds
 * are shared through a table, and an instance remembers what {@link Metadata.allocated} and its like made of it.
 *
 * @see Mesos `src/v1/resources.cpp`, `addable` and `subtractable`
 */
export class Metadata {
  readonly name: string;
  readonly type: ResourceValue['type'];
  readonly reservations: readonly Reservation[];
  readonly disk: DiskInfo | undefined;
  readonly revocable: boolean;
  readonly shared: boolean;
  readonly providerId: string | undefined;
  readonly allocatedTo: string | undefined;
  readonly key: string;
  readonly use: Use;
  /** The role at the top of the stack of reservations; `undefined` if there is none. */
  readonly role: string | undefined;
  #unreserved: Metadata | undefined;
  #unallocated: Metadata | undefined;
  #allocated: Map<string, Metadata> | undefined;

  private constructor(fields: Fields, key: string) {
    this.name = fields.name;
    this.type = fields.type;
    this.reservations = fields.reservations;
    this.disk = fields.disk;
    this.revocable = fields.revocable;
    this.shared = fields.shared;
    this.providerId = fields.providerId;
    this.allocatedTo = fields.allocatedTo;
    this.key = key;
    this.use = useOf(fields);
    this.role = fields.reservations.at(-1)?.role;
  }

  static of(fields: Fields): Metadata {
    const { name, type, reservations, disk, revocable, shared, providerId, allocatedTo } = fields;
    if (reservations.length > 0 || disk !== undefined || revocable || shared || providerId !== undefined) {
      return Metadata.#made(fields);
    }
    // Most are of nothing but a name and a role that they are allocated to, and need no key to be found.
    let bare = BARE_KINDS[type].get(name);
    if (bare === undefined) {
      bare = Metadata.#made({ ...fields, allocatedTo: undefined });
      remember(BARE_KINDS[type], name, bare);
    }
    return allocatedTo === undefined ? bare : bare.allocated(allocatedTo);
  }

  static #made(fields: Fields): Metadata {
    const key = keyOf(fields);
    // A description of a disk and labels are kept as they were written, which the key does not tell.
    if (fields.disk !== undefined || fields.reservations.some((entry) => entry.labels !== undefined)) {
      return new Metadata(fields, key);
    }
    return PLAIN_KINDS.get(key) ?? remember(PLAIN_KINDS, key, new Metadata(fields, key));
  }

  /** The metadata of a valid resource. */
  static ofResource(resource: Resource): Metadata {
    return Metadata.of({
      name: resource.name,
      type: resource.value.type,
      reservations: frozenStack(resource.reservations),
      disk: resource.disk === undefined ? undefined : frozenDisk(resource.disk),
      revocable: resource.revocable === true,
      shared: resource.shared === true,
      providerId: resource.providerId,
      allocatedTo: resource.allocatedTo,
    });
  }

  sameKind(that: Metadata): boolean {
    return this === that || this.key === that.key;
  }

  get isReserved(): boolean {
    return this.role !== undefined;
  }

  get isPersistentVolume(): boolean {
    return this.disk?.persistence !== undefined;
  }

  withReservations(reservations: readonly Reservation[]): Metadata {
    return Metadata.of({ ...this.#fields(), reservations });
  }

  /** With this description of the disk, and not shared. */
  withDisk(disk: DiskInfo | undefined): Metadata {
    return Metadata.of({ ...this.#fields(), disk, shared: false });
  }

  unreserved(): Metadata {
    if (this.role === undefined) return this;
    this.#unreserved ??= this.withReservations(NO_RESERVATIONS);
    return this.#unreserved;
  }

  unallocated(): Metadata {
    if (this.allocatedTo === undefined) return this;
    this.#unallocated ??= Metadata.of({ ...this.#fields(), allocatedTo: undefined });
    return this.#unallocated;
  }

  allocated(role: string): Metadata {
    if (this.allocatedTo === role) return this;
    if (this.allocatedTo !== undefined) return this.unallocated().allocated(role);
    this.#allocated ??= new Map();
    const known = this.#allocated.get(role);
    if (known !== undefined) return known;
    const allocated = Metadata.#made({ ...this.#fields(), allocatedTo: role });
    allocated.#unallocated = this;
    return remember(this.#allocated, role, allocated);
  }

  #fields(): Fields {
    const { name, type, reservations, disk, revocable, shared, providerId, allocatedTo } = this;
    return { name, type, reservations, disk, revocable, shared, providerId, allocatedTo };
  }
}

const BARE_KINDS: Readonly<Record<ResourceValue['type'], Map<string, Metadata>>> = {
  SCALAR: new Map(),
  RANGES: new Map(),
  SET: new Map(),
};
const PLAIN_KINDS = new Map<string, Metadata>();

/** Tables save making the same kind again; they are emptied at this size, since nothing depends on what they hold. */
const TABLE_MAX = 4096;

function remember(table: Map<string, Metadata>, key: string, metadata: Metadata): Metadata {
  if (table.size >= TABLE_MAX) table.clear();
  table.set(key, metadata);
  return metadata;
}

const NO_RESERVATIONS: readonly Reservation[] = Object.freeze([]);

function useOf({ shared, disk }: Fields): Use {
  if (shared) return 'shared';
  if (disk === undefined) return 'divisible';
  if (disk.persistence !== undefined) return 'exclusive';
  const source = disk.source;
  if (source === undefined || source.type === 'PATH') return 'divisible';
  return source.type === 'RAW' && source.id === undefined ? 'divisible' : 'exclusive';
}

/** Without what is no part of a kind: how a task sees the disk, who created a volume, the order of labels. */
function keyOf(fields: Fields): string {
  const { name, type, reservations, disk, revocable, shared, providerId, allocatedTo } = fields;
  const parts: unknown[] = [name, type, allocatedTo, reservations.map(reservationKey)];
  if (disk !== undefined || revocable || shared || providerId !== undefined) {
    parts.push(disk === undefined ? undefined : diskKey(disk), revocable, shared, providerId);
  }
  // An absent text becomes null, which no text does.
  return JSON.stringify(parts);
}

function reservationKey({ type, role, principal, labels }: Reservation): unknown {
  return [type, role, principal, labels === undefined ? undefined : labelsKey(labels)];
}

function labelsKey(labels: readonly Label[]): unknown {
  return labels.map(({ key, value }) => JSON.stringify([key, value])).sort();
}

function diskKey({ source, persistence }: DiskInfo): unknown {
  if (source === undefined) return [undefined, persistence?.id];
  const { type, root, id, profile, vendor, metadata } = source;
  const labels = metadata === undefined ? undefined : labelsKey(metadata);
  return [[type, root, id, profile, vendor, labels], persistence?.id];
}

function frozenStack(reservations: readonly Reservation[]): readonly Reservation[] {
  return reservations.length === 0 ? NO_RESERVATIONS : Object.freeze(reservations.map(frozenReservation));
}

/** A reservation that cannot change any more, with known fields only. */
export function frozenReservation({ type, role, principal, labels }: Reservation): Reservation {
  return Object.freeze({
    type,
    role,
    ...(principal === undefined ? {} : { principal }),
    ...(labels === undefined ? {} : { labels: frozenLabels(labels) }),
  });
}

function frozenLabels(labels: readonly Label[]): readonly Label[] {
  const frozen = ({ key, value }: Label): Label => Object.freeze(value === undefined ? { key } : { key, value });
  return Object.freeze(labels.map(frozen));
}

function frozenDisk({ source, persistence, volume }: DiskInfo): DiskInfo {
  const { metadata, ...rest } = source ?? {};
  return Object.freeze({
    ...(source === undefined
      ? {}
      : {
          source: Object.freeze({ ...rest, type: source.type, ...(metadata && { metadata: frozenLabels(metadata) }) }),
        }),
    ...(persistence === undefined ? {} : { persistence: Object.freeze({ ...persistence }) }),
    ...(volume === undefined ? {} : { volume: Object.freeze({ ...volume }) }),
  });
}
