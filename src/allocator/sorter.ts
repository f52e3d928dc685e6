import type { Quantities, Resources } from '../resources/index.ts';

/**
 * Says who is to be served next. Clients are paths such as `a/b`: roles, or the frameworks of one role. `a` and `a/b`
 * may both be clients; what is charged to `a/b` counts for the branch `a` too.
 *
 * @see Mesos `src/master/allocator/mesos/sorter/sorter.hpp`
 */
export interface Sorter {
  /** Adds a client, inactive and with nothing. @throws InvalidArgument if it is there already, or has an empty part */
  add(client: string): void;
  /** Removes a client and what is charged to it. @throws InvalidArgument if there is no such client; so do all below */
  remove(client: string): void;
  /** Lets it take part in {@link sort}; repeats are fine. */
  activate(client: string): void;
  /** Takes it out of {@link sort}; what is charged to it stays. */
  deactivate(client: string): void;
  /**
   * @param path of a client or branch; it need not exist (yet)
   * @param weight greater than 0: the share of the branch is divided by it. @throws InvalidArgument if it is not
   */
  updateWeight(path: string, weight: number): void;
  /** Adds to the total that shares are measured against. @throws InvalidArgument if the agent is there already */
  addAgent(agent: string, total: Quantities): void;
  /** Takes it from the total; what is charged on it stays. Unknown agents are ignored. */
  removeAgent(agent: string): void;
  /** Charges resources of an agent to a client. */
  allocated(client: string, agent: string, resources: Resources): void;
  /** Gives back. @throws InvalidArgument if the client does not hold as much there */
  unallocated(client: string, agent: string, resources: Resources): void;
  /** Replaces a part of what a client holds, as an operation does; not an allocation. @throws InvalidArgument */
  update(client: string, agent: string, from: Resources, to: Resources): void;
  /** The active clients, the one that is to be served next first. */
  sort(): readonly string[];
  contains(client: string): boolean;
  /** Number of clients, inactive ones included. */
  count(): number;
  /** What the client holds on the agent. */
  allocation(client: string, agent: string): Resources;
  /** Scalars held by the client alone, without those below it; by all clients if none is named. */
  allocationQuantities(client?: string): Quantities;
}
