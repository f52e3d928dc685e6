import type { Resources } from '../resources/index.ts';

/** Beyond so many roles what was allocated to them is made anew. */
const ROLES_MAX = 4_096;

/** A kind of machine: all agents that have the same in total. */
export interface MachineKind {
  readonly text: string;
  readonly total: Resources;
  /** The whole of it, by the role it is allocated to. */
  readonly allocated: Map<string, Resources>;
  agents: number;
}

/**
 * A cluster has few kinds of machines. Agents of one kind share one value for their total, and offers of all of it in
 * one role share one value too: a round that offers every idle agent makes no new resources to speak of, and what it
 * saves is mostly the garbage collector's work of moving them.
 */
export class MachineKinds {
  readonly #kinds = new Map<string, MachineKind>();

  /** The kind of one more agent; of its own if it has reservations, say, which make it unlike others. */
  join(total: Resources, options: { readonly ownKind: boolean }): MachineKind {
    if (options.ownKind) return { text: '', total, allocated: new Map(), agents: 1 };
    const text = total.toString();
    const known = this.#kinds.get(text);
    if (known !== undefined && known.total.equals(total)) {
      known.agents++;
      return known;
    }
    const kind: MachineKind = { text, total, allocated: new Map(), agents: 1 };
    this.#kinds.set(text, kind);
    return kind;
  }

  /** Forgets the kind with its last agent. */
  leave(kind: MachineKind): void {
    kind.agents--;
    if (kind.agents === 0 && this.#kinds.get(kind.text) === kind) this.#kinds.delete(kind.text);
  }
}

/** All that a machine of the kind has, allocated to the role. */
export function allocateWhole(kind: MachineKind, role: string): Resources {
  const known = kind.allocated.get(role);
  if (known !== undefined) return known;
  if (kind.allocated.size >= ROLES_MAX) kind.allocated.clear();
  const resources = kind.total.allocate(role);
  kind.allocated.set(role, resources);
  return resources;
}
