/*
 * The allocator's rules once more, over plain maps and without any regard for speed: for agents with scalars only.
 * Agents are visited in the order in which they were added. Amounts are in thousandths.
 */

export interface Amounts {
  readonly cpus: number;
  readonly mem: number;
}

export interface NaiveOffer extends Amounts {
  readonly framework: string;
  readonly role: string;
  readonly agent: string;
}

interface Framework {
  roles: ReadonlySet<string>;
  suppressed: ReadonlySet<string>;
  active: boolean;
  /** Agents that it is offered, by role; absent: all. */
  hosts: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Agent {
  total: Amounts;
  active: boolean;
  /** Runs that had it as a candidate. */
  runs: number;
}

interface Filter extends NaiveOffer {
  readonly expiresMs: number;
  readonly runs: number;
}

/** Nothing promised is 0, no limit is infinity. */
export interface NaiveQuota {
  readonly guarantees: Amounts;
  readonly limits: Amounts;
}

/** What all roles lack of their guarantees, and what is free beyond that; of the run that goes on. */
interface Headroom {
  required: Amounts;
  surplus: Amounts;
}

const NOTHING: Amounts = { cpus: 0, mem: 0 };
const least = (...all: readonly Amounts[]): Amounts => ({
  cpus: Math.min(...all.map(({ cpus }) => cpus)),
  mem: Math.min(...all.map(({ mem }) => mem)),
});
const plus = (a: Amounts, b: Amounts): Amounts => ({ cpus: a.cpus + b.cpus, mem: a.mem + b.mem });
const minus = (a: Amounts, b: Amounts): Amounts => ({
  cpus: Math.max(0, a.cpus - b.cpus),
  mem: Math.max(0, a.mem - b.mem),
});
const contains = (a: Amounts, b: Amounts): boolean => a.cpus >= b.cpus && a.mem >= b.mem;
const worthOffering = ({ cpus, mem }: Amounts): boolean => cpus >= 10 || mem >= 32_000;

export class NaiveAllocator {
  readonly agents: Map<string, Agent> = new Map();
  readonly frameworks: Map<string, Framework> = new Map();
  readonly weights: Map<string, number> = new Map();
  /** By top-level role. */
  readonly quotas: Map<string, NaiveQuota> = new Map();
  /** What is offered or used; one entry for each framework, role and agent. */
  held: readonly NaiveOffer[] = [];
  filters: readonly Filter[] = [];
  /** Agents that are offered; absent: all. */
  whitelist: ReadonlySet<string> | undefined;
  /** By agent that will not be available, the frameworks that have been asked to leave and have not answered. */
  readonly plans: Map<string, Set<string>> = new Map();
  inverseFilters: readonly { readonly framework: string; readonly agent: string; readonly expiresMs: number }[] = [];
  /** Who was asked, and about which agent, since somebody has looked. */
  asked: string[] = [];
  /** How often something was allocated: by `role>framework`, `role`, and `role/` for what is at and below a role. */
  readonly #counts = new Map<string, number>();
  #pending = new Set<string>();
  #nowMs = 0;
  readonly #intervalMs: number;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  ask(agents: Iterable<string> = this.agents.keys()): void {
    this.#pending = new Set([...this.#pending, ...agents]);
    // All means all: an agent added later, before the run, comes in by itself.
  }

  hold(offer: NaiveOffer): void {
    const same = (other: NaiveOffer): boolean => sameKey(other, offer);
    const sum = this.held.filter(same).reduce(plus, offer);
    this.held = [...this.held.filter((other) => !same(other)), { ...offer, cpus: sum.cpus, mem: sum.mem }];
    this.#sync();
    for (const key of this.#keysOf(offer)) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  recover(offer: NaiveOffer, refuseMs?: number): void {
    this.held = this.held
      .map((other) => (sameKey(other, offer) ? { ...other, ...minus(other, offer) } : other))
      .filter(({ cpus, mem }) => cpus + mem > 0);
    const runs = this.agents.get(offer.agent)?.runs ?? 0;
    const subscribed = this.frameworks.get(offer.framework)?.roles.has(offer.role) === true;
    if (refuseMs !== undefined && refuseMs > 0 && subscribed) {
      const expiresMs = this.#nowMs + Math.max(refuseMs, this.#intervalMs);
      this.filters = [...this.filters, { ...offer, expiresMs, runs }];
    }
    this.#sync();
  }

  plan(agent: string, isPlanned: boolean): void {
    this.inverseFilters = this.inverseFilters.filter((filter) => filter.agent !== agent);
    if (isPlanned) this.plans.set(agent, new Set());
    else this.plans.delete(agent);
  }

  answer(framework: string, agent: string, refuseMs: number | undefined): void {
    this.plans.get(agent)?.delete(framework);
    if (refuseMs === undefined || !this.frameworks.has(framework) || !this.agents.has(agent)) return;
    this.inverseFilters = [...this.inverseFilters, { framework, agent, expiresMs: this.#nowMs + refuseMs }];
  }

  /** It may be asked about any agent again, once it has answered. */
  liftInverse(framework: string): void {
    this.inverseFilters = this.inverseFilters.filter((filter) => filter.framework !== framework);
  }

  /** Removes what a predicate names, and all that follows from it. */
  forget(gone: (entry: NaiveOffer) => boolean, { holdings }: { readonly holdings: boolean }): void {
    this.filters = this.filters.filter((filter) => !gone(filter));
    if (holdings) this.held = this.held.filter((entry) => !gone(entry));
    this.#sync();
  }

  free(agent: string): Amounts {
    const used = this.held.filter((entry) => entry.agent === agent).reduce(plus, NOTHING);
    return minus(this.agents.get(agent)?.total ?? NOTHING, used);
  }

  /** Lets time pass: first what was asked for, then a batch run at each full interval. */
  advance(ms: number): readonly NaiveOffer[] {
    const offers: NaiveOffer[] = [];
    const untilMs = this.#nowMs + ms;
    if (this.#pending.size > 0) offers.push(...this.#run([...this.#pending]));
    for (;;) {
      const batchMs = (Math.floor(this.#nowMs / this.#intervalMs) + 1) * this.#intervalMs;
      if (batchMs > untilMs) break;
      this.#nowMs = batchMs;
      offers.push(...this.#run([...this.agents.keys()]));
    }
    this.#nowMs = untilMs;
    return offers;
  }

  #run(candidates: readonly string[]): readonly NaiveOffer[] {
    this.#pending.clear();
    this.filters = this.filters.filter(({ agent, expiresMs, runs }) => {
      return expiresMs > this.#nowMs || (this.agents.get(agent)?.runs ?? 0) <= runs;
    });
    const visited = [...this.agents].filter(([agent]) => candidates.includes(agent));
    for (const [, state] of visited) state.runs++;
    const isOffered = (agent: string): boolean => this.whitelist?.has(agent) ?? true;
    const active = visited.filter(([agent, state]) => state.active && isOffered(agent)).map(([agent]) => agent);
    const headroom = this.#headroom();
    const offers = [
      ...active.flatMap((agent) => this.#visitFirst(agent, headroom)),
      ...active.flatMap((agent) => this.#visitSecond(agent, headroom)),
    ];
    for (const [agent] of visited) this.#askBack(agent);
    // Something in each stage is one offer.
    return offers.flatMap((offer) => {
      const same = offers.filter((other) => sameKey(offer, other));
      return same[0] === offer ? [{ ...offer, ...same.reduce(plus, NOTHING) }] : [];
    });
  }

  #askBack(agent: string): void {
    const asked = this.plans.get(agent);
    if (asked === undefined) return;
    for (const framework of new Set(
      this.held.filter((entry) => entry.agent === agent).map((entry) => entry.framework),
    )) {
      const isFiltered = this.inverseFilters.some((filter) => {
        return filter.agent === agent && filter.framework === framework && filter.expiresMs > this.#nowMs;
      });
      if (isFiltered || asked.has(framework) || this.frameworks.get(framework)?.active !== true) continue;
      asked.add(framework);
      this.asked.push(`${framework} ${agent}`);
    }
  }

  /** What roles lack of their guarantees, and with it what may go to them anyway. */
  #visitFirst(agent: string, headroom: Headroom): readonly NaiveOffer[] {
    return this.#everybody().flatMap(({ role, framework }) => {
      const free = this.free(agent);
      const granted = least(free, minus(this.quotas.get(role)?.guarantees ?? NOTHING, this.consumed(role)));
      if (granted.cpus + granted.mem === 0) return [];
      const more = least(minus(free, granted), minus(this.#below(role), granted), spare(headroom));
      const offers = this.#offer({ framework, role, agent, ...plus(granted, more) });
      if (offers.length > 0) {
        headroom.required = minus(headroom.required, granted);
        headroom.surplus = difference(headroom.surplus, more);
      }
      return offers;
    });
  }

  #visitSecond(agent: string, headroom: Headroom): readonly NaiveOffer[] {
    return this.#everybody().flatMap(({ role, framework }) => {
      const amounts = least(this.free(agent), this.#below(role), spare(headroom));
      const offers = this.#offer({ framework, role, agent, ...amounts });
      if (offers.length > 0) headroom.surplus = difference(headroom.surplus, amounts);
      return offers;
    });
  }

  #offer(offer: NaiveOffer): readonly NaiveOffer[] {
    const { framework, role, agent } = offer;
    if (!worthOffering(offer) || this.frameworks.get(framework)?.hosts.get(role)?.has(agent) === false) return [];
    if (this.filters.some((filter) => sameKey(filter, offer) && contains(filter, offer))) return [];
    this.hold(offer);
    return [offer];
  }

  #everybody(): readonly { readonly role: string; readonly framework: string }[] {
    return this.#sortRoles('').flatMap((role) => {
      return this.#sortFrameworks(role).map((framework) => ({ role, framework }));
    });
  }

  #headroom(): Headroom {
    const lacks = [...this.quotas].map(([role, { guarantees }]) => minus(guarantees, this.consumed(role)));
    const required = lacks.reduce(plus, NOTHING);
    const total = [...this.agents.values()].map((agent) => agent.total).reduce(plus, NOTHING);
    return { required, surplus: difference(minus(total, this.held.reduce(plus, NOTHING)), required) };
  }

  /** By the role and those below it. */
  consumed(role: string): Amounts {
    return this.held.filter((entry) => `${entry.role}/`.startsWith(`${role}/`)).reduce(plus, NOTHING);
  }

  #below(role: string): Amounts {
    const { limits } = this.quotas.get(role) ?? { limits: { cpus: Infinity, mem: Infinity } };
    return minus(limits, this.consumed(role));
  }

  /** Those at and below a branch; the branch `a/` has `a` itself as `a/.`. */
  #sortRoles(branch: string): readonly string[] {
    const below = this.#roles().filter((role) => `${role}/`.startsWith(branch));
    const children = new Set(below.map((role) => `${role}/`.slice(branch.length).split('/')[0] ?? ''));
    const nodes = [...children].map((name) => {
      const itself = name === '';
      const path = itself ? branch.slice(0, -1) : branch + name;
      const inner = !itself && this.#isInner(path);
      const subtree = this.held.filter(({ role }) => role === path || (inner && role.startsWith(`${path}/`)));
      const share = this.#share(subtree) / (itself ? 1 : (this.weights.get(path) ?? 1));
      const count = this.#counts.get(inner ? `${path}/` : path) ?? 0;
      return { share, count, text: itself ? `${path}/.` : path, path, inner };
    });
    return nodes.sort(byShare).flatMap(({ path, inner }) => (inner ? this.#sortRoles(`${path}/`) : [path]));
  }

  #sortFrameworks(role: string): readonly string[] {
    const nodes = [...this.frameworks]
      .filter(([, { active, roles, suppressed }]) => active && roles.has(role) && !suppressed.has(role))
      .map(([text]) => {
        const share = this.#share(this.held.filter((entry) => entry.role === role && entry.framework === text));
        return { share, count: this.#counts.get(`${role}>${text}`) ?? 0, text };
      });
    return nodes.sort(byShare).map(({ text }) => text);
  }

  #share(entries: readonly NaiveOffer[]): number {
    const amounts = entries.reduce(plus, NOTHING);
    const total = [...this.agents.values()].map((agent) => agent.total).reduce(plus, NOTHING);
    const part = (amount: number, of: number): number => (of > 0 ? amount / of : 0);
    return Math.max(part(amounts.cpus, total.cpus), part(amounts.mem, total.mem));
  }

  #pairs(): ReadonlySet<string> {
    const subscribed = [...this.frameworks].flatMap(([id, { roles }]) => [...roles].map((role) => `${role}>${id}`));
    return new Set([...subscribed, ...this.held.map(({ role, framework }) => `${role}>${framework}`)]);
  }

  #roles(): readonly string[] {
    return [...new Set([...this.#pairs()].map((pair) => pair.split('>')[0] ?? ''))];
  }

  #isInner(path: string): boolean {
    return this.#roles().some((role) => role.startsWith(`${path}/`));
  }

  #keysOf({ role, framework }: NaiveOffer): readonly string[] {
    const branches = role.split('/').map((_, i, names) => names.slice(0, i + 1).join('/'));
    return [`${role}>${framework}`, role, ...branches.filter((path) => this.#isInner(path)).map((path) => `${path}/`)];
  }

  /** Counts begin with what is counted, and end with it. */
  #sync(): void {
    const roles = this.#roles();
    const inner = roles.flatMap((role) => {
      const names = role.split('/');
      return names.slice(1).map((_, i) => `${names.slice(0, i + 1).join('/')}/`);
    });
    const keys = new Set([...this.#pairs(), ...roles, ...inner]);
    for (const key of this.#counts.keys()) if (!keys.has(key)) this.#counts.delete(key);
    // A branch that appears above a role takes over the role's count.
    for (const key of keys)
      if (!this.#counts.has(key)) this.#counts.set(key, this.#counts.get(key.replace(/\/$/, '')) ?? 0);
  }

  changed(): void {
    this.#sync();
  }
}

function difference(a: Amounts, b: Amounts): Amounts {
  return { cpus: a.cpus - b.cpus, mem: a.mem - b.mem };
}

/** How much may go to somebody to whom it is not promised. */
function spare({ required, surplus }: Headroom): Amounts {
  return {
    cpus: required.cpus > 0 ? Math.max(0, surplus.cpus) : Infinity,
    mem: required.mem > 0 ? Math.max(0, surplus.mem) : Infinity,
  };
}

function sameKey(a: NaiveOffer, b: NaiveOffer): boolean {
  return a.framework === b.framework && a.role === b.role && a.agent === b.agent;
}

interface Sortable {
  readonly share: number;
  readonly count: number;
  readonly text: string;
}

function byShare(a: Sortable, b: Sortable): number {
  return a.share - b.share || a.count - b.count || (a.text < b.text ? -1 : 1);
}
