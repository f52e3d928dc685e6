import type { Quota } from '../allocator/index.ts';
import {
  entriesByName,
  InvalidArgument,
  type KnownKeys,
  refuseUnknownKeys,
  requireObject,
  shown,
} from '../core/index.ts';
import { isStrictSubrole, Quantities, ResourceLimits, Resources, roleError } from '../resources/index.ts';
import type { Violations } from './invariants.ts';
import type { MasterCommand } from './protocol.ts';
import type { MasterState } from './state.ts';

/**
 * What a top-level role is promised and what it may consume at most, by name of scalar resources: `{ cpus: 4 }`; memory
 * and disk in megabytes. Without guarantees and limits the role has no quota.
 *
 * @see Mesos `quota::QuotaConfig`
 */
export interface QuotaConfig {
  readonly role: string;
  /** Nothing is promised of an absent name. */
  readonly guarantees?: Readonly<Record<string, number>>;
  /** An absent name is not limited; a zero is a limit. */
  readonly limits?: Readonly<Record<string, number>>;
}

/** How quota is to be updated. */
export interface QuotaUpdateOptions {
  /** Also if roles consume more than their limits already, or the cluster is too small for all guarantees; false if absent. */
  readonly force?: boolean;
}

/** The quota of one role. */
export interface RoleQuota extends Quota {
  readonly role: string;
}

type QuotaBooks = Pick<MasterState, 'agents' | 'offers' | 'quotas' | 'used'>;

const CONFIG_KEYS: KnownKeys<QuotaConfig> = { role: true, guarantees: true, limits: true };
const OPTION_KEYS: KnownKeys<QuotaUpdateOptions> = { force: true };

/** Of memory and disk, in megabytes: an exabyte. */
const MEGABYTES_MAX = 2 ** 40;
const AMOUNT_MAX = 10 ** 12;

/**
 * The quotas that an operator means.
 *
 * @throws InvalidArgument naming what is wrong. Unless forced, also if a role consumes more than its limits already, or
 *   if guarantees, with those that are there, go beyond what all agents have
 * @see Mesos `src/master/quota_handler.cpp`, `QuotaHandler::update`
 */
export function quotasOf(
  configs: readonly QuotaConfig[],
  options: QuotaUpdateOptions,
  state: QuotaBooks,
): readonly RoleQuota[] {
  refuseUnknownKeys(options, OPTION_KEYS, 'options', '');
  const { force = false } = options;
  if (typeof force !== 'boolean') throw new InvalidArgument('force', `expected true or false, got ${shown(force)}`);
  if (!Array.isArray(configs)) throw new InvalidArgument('configs', `expected a list of quotas, got ${shown(configs)}`);
  const quotas = new Map<string, RoleQuota>();
  configs.forEach((config: QuotaConfig, i) => {
    const field = `configs[${i}]`;
    const quota = quotaOf(config, field);
    if (quotas.has(quota.role)) {
      throw new InvalidArgument(`${field}.role`, `expected each role once, got ${shown(quota.role)} again`);
    }
    if (!force) checkConsumption(quota, field, state);
    quotas.set(quota.role, quota);
  });
  if (!force) checkCapacity([...quotas.values()], state);
  return [...quotas.values()];
}

function quotaOf(config: QuotaConfig, field: string): RoleQuota {
  refuseUnknownKeys(config, CONFIG_KEYS, field);
  const { role } = config;
  if (typeof role !== 'string') throw new InvalidArgument(`${field}.role`, `expected a role, got ${shown(role)}`);
  const error = roleError(role);
  if (error !== undefined) throw new InvalidArgument(`${field}.role`, error);
  if (role.includes('/')) throw new InvalidArgument(`${field}.role`, `expected a top-level role, got ${shown(role)}`);
  const guarantees = Quantities.of(amountsOf(config.guarantees, `${field}.guarantees`));
  const limits = ResourceLimits.of(amountsOf(config.limits, `${field}.limits`));
  if (!limits.contains(guarantees)) {
    throw new InvalidArgument(`${field}.guarantees`, `expected guarantees within ${limits}, got ${guarantees}`);
  }
  return Object.freeze({ role, guarantees, limits });
}

function amountsOf(
  amounts: Readonly<Record<string, number>> | undefined,
  field: string,
): Readonly<Record<string, number>> {
  if (amounts === undefined) return {};
  requireObject(amounts, field);
  // A map, a list or quantities have no names of their own, and would promise and limit nothing.
  if (typeof amounts['entries'] === 'function') {
    throw new InvalidArgument(field, `expected plain numbers by name such as { cpus: 4 }, got ${shown(amounts)}`);
  }
  for (const [name, amount] of entriesByName(amounts)) {
    if (name === '') throw new InvalidArgument(field, 'expected a name of a resource, got the empty string');
    const max = name === 'mem' || name === 'disk' ? MEGABYTES_MAX : AMOUNT_MAX;
    if (typeof amount !== 'number' || !(amount >= 0 && amount <= max)) {
      throw new InvalidArgument(`${field}.${name}`, `expected a number from 0 to ${max}, got ${shown(amount)}`);
    }
  }
  return amounts;
}

function checkConsumption({ role, limits }: RoleQuota, field: string, state: QuotaBooks): void {
  if (limits.isEmpty) return;
  const consumed = consumptionOf(state, role);
  if (limits.contains(consumed)) return;
  const expected = `expected at least ${consumed}, which the role consumes, or force`;
  throw new InvalidArgument(`${field}.limits`, `${expected}, got ${limits}`);
}

function checkCapacity(changed: readonly RoleQuota[], state: QuotaBooks): void {
  if (changed.every(({ guarantees }) => guarantees.isEmpty)) return;
  const quotas = new Map<string, Quota>(state.quotas);
  setQuotas(quotas, changed);
  let guaranteed = Quantities.empty;
  for (const { guarantees } of quotas.values()) guaranteed = guaranteed.plus(guarantees);
  let capacity = Quantities.empty;
  for (const { total } of state.agents.values()) capacity = capacity.plus(scalarsOf(total.nonRevocable()));
  if (capacity.contains(guaranteed)) return;
  const expected = `expected guarantees within ${capacity}, which all agents have, or force`;
  throw new InvalidArgument('configs', `${expected}, got ${guaranteed} in all`);
}

/** Enters quotas by role; none where nothing is promised or limited. */
export function setQuotas(quotas: Map<string, Quota>, changed: readonly RoleQuota[]): void {
  for (const { role, guarantees, limits } of changed) {
    if (guarantees.isEmpty && limits.isEmpty) quotas.delete(role);
    else quotas.set(role, Object.freeze({ guarantees, limits }));
  }
}

/** What is reserved to the role and below it, and what else frameworks use there; offers are not in it. */
export function consumptionOf(state: Pick<QuotaBooks, 'agents' | 'used'>, role: string): Quantities {
  let consumed = reservedTo(state, role);
  for (const agentId of state.agents.keys()) {
    for (const used of state.used.ofAgent(agentId).values()) {
      for (const [user, part] of used.allocations()) {
        if (isWithin(user, role)) consumed = consumed.plus(plainOf(part));
      }
    }
  }
  return consumed;
}

/**
 * **A6** No offer lets a role consume more than its limits: with it, what is reserved to the role and below it, and what
 * frameworks hold in the role itself, is within them, of each resource that the offer has more of. What was there before
 * the limits may stay beyond them, and roles below count for the role without being held to its limits.
 *
 * @param state after the command
 */
export function offersAreWithinLimits(state: QuotaBooks, command: MasterCommand): Violations {
  if (command.type !== 'allocated' || state.quotas.size === 0) return [];
  const violations: string[] = [];
  for (const [role, byAgent] of command.allocation) {
    const limits = state.quotas.get(role)?.limits;
    if (limits === undefined || limits.isEmpty) continue;
    const offered = plainOf(Resources.sum(byAgent.values()));
    if (offered.isEmpty) continue;
    const held = reservedTo(state, role).plus(plainHeldIn(state, role));
    for (const [name] of offered.entries()) {
      if (held.get(name) <= (limits.get(name) ?? Number.POSITIVE_INFINITY)) continue;
      violations.push(`A6: role ${role} was offered ${offered}, and holds ${held}: more than its limits ${limits}`);
      break;
    }
  }
  return violations;
}

function plainHeldIn(state: QuotaBooks, role: string): Quantities {
  let held = Quantities.empty;
  for (const agentId of state.agents.keys()) {
    const offered = state.offers.ofAgent(agentId).map(({ resources }) => resources);
    for (const resources of [...state.used.ofAgent(agentId).values(), ...offered]) {
      const part = resources.allocations().get(role);
      if (part !== undefined) held = held.plus(plainOf(part));
    }
  }
  return held;
}

function reservedTo(state: Pick<QuotaBooks, 'agents'>, role: string): Quantities {
  let reserved = Quantities.empty;
  for (const { total } of state.agents.values()) {
    for (const [owner, part] of total.reservations()) {
      if (isWithin(owner, role)) reserved = reserved.plus(scalarsOf(part));
    }
  }
  return reserved;
}

function isWithin(role: string, above: string): boolean {
  return role === above || isStrictSubrole(role, above);
}

function plainOf(resources: Resources): Quantities {
  return scalarsOf(resources.unreserved().nonRevocable().nonShared());
}

function scalarsOf(resources: Resources): Quantities {
  return resources.filter(({ value }) => value.type === 'SCALAR').quantities();
}
