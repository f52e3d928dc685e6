import type { Branch } from './share-forest.ts';

/** Says of the active clients of a tree who comes first. */
export interface ClientOrder {
  /** Nodes below `node`, first things first; `undefined` for a client. Holds until the next change. */
  sorted(node: number): Branch | undefined;
  /** Negative if client `a` comes before client `b` of the tree below `root`; as {@link sorted} has it. */
  compareClients(a: number, b: number, root: number): number;
}

/** Appends the active clients at and below `node`. */
export function collect(
  order: ClientOrder,
  node: number,
  clients: number[],
  isActive: (node: number) => boolean,
): void {
  const branch = order.sorted(node);
  if (branch === undefined) {
    if (isActive(node)) clients.push(node);
    return;
  }
  for (let i = 0; i < branch.length; i++) collect(order, branch.ids[i] ?? 0, clients, isActive);
}
