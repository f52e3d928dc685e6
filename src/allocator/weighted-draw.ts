import type { Random } from '../runtime/index.ts';
import type { ClientOrder } from './client-order.ts';
import type { Branch, ShareForest } from './share-forest.ts';

/**
 * An order by chance: clients are drawn one after another, without regard for what they hold. The chance of a branch is
 * that of the one above it, times its weight as a part of the weights of all its active siblings and itself; the clients
 * are then drawn from all of the tree at once.
 *
 * @see Mesos `src/master/allocator/mesos/sorter/random/sorter.cpp`
 */
export class WeightedDraw implements ClientOrder {
  readonly #forest: ShareForest;
  readonly #random: Random;
  readonly #drawn = new Map<number, Branch>();

  constructor(forest: ShareForest, random: Random) {
    this.#forest = forest;
    this.#random = random;
  }

  /** From now on another order. */
  renew(): void {
    this.#drawn.clear();
  }

  sorted(node: number): Branch | undefined {
    const known = this.#drawn.get(node);
    if (known !== undefined) return known;
    const children = this.#forest.sorted(node);
    if (children === undefined) return undefined;
    const tickets: Ticket[] = [];
    this.#issue(children, 1, tickets);
    tickets.sort((a, b) => a.time - b.time);
    const drawn: Branch = { ids: Int32Array.from(tickets, ({ client }) => client), length: tickets.length };
    this.#drawn.set(node, drawn);
    return drawn;
  }

  compareClients(a: number, b: number, root: number): number {
    const ids = this.sorted(root)?.ids;
    return ids === undefined ? 0 : ids.indexOf(a) - ids.indexOf(b);
  }

  /**
   * Whoever waits a random time that is `chance` times shorter on the average is the first to come with that chance,
   * and the next of the others with theirs.
   */
  #issue({ ids, length }: Branch, chance: number, tickets: Ticket[]): void {
    const nodes = ids.subarray(0, length);
    const sum = nodes.reduce((weights, node) => weights + this.#forest.weight(node), 0);
    for (const node of nodes) {
      const own = (chance * this.#forest.weight(node)) / sum;
      const below = this.#forest.sorted(node);
      if (below === undefined) tickets.push({ client: node, time: waitingTime(this.#random) / own });
      else this.#issue(below, own, tickets);
    }
  }
}

interface Ticket {
  readonly client: number;
  readonly time: number;
}

const BOUND = 2 ** 32;

/**
 * Exponentially distributed with mean 1, by comparison alone, so that no machine's logarithm matters.
 *
 * @see von Neumann, Various techniques used in connection with random digits, 1951
 */
function waitingTime(random: Random): number {
  for (let whole = 0; ; whole++) {
    const first = random.integer(BOUND);
    let last = first;
    let descending = 1;
    for (let next = random.integer(BOUND); next < last; next = random.integer(BOUND)) {
      last = next;
      descending++;
    }
    if (descending % 2 === 1) return whole + first / BOUND;
  }
}
