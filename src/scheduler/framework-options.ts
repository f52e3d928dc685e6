import { FrameworkId, InvalidArgument, shown } from '../core/index.ts';
import type { FrameworkCapability, FrameworkInfo } from '../protocol/index.ts';
import type { OfferConstraints } from '../offers/index.ts';
import { type Label, type Quantities, roleError } from '../resources/index.ts';
import { currentUser } from './defaults.ts';
import { checkedId } from './field-check.ts';
import { checkFrameworkShape } from './framework-check.ts';

/** Who a framework is, as its author says it; what is absent has the default named here. */
export interface FrameworkOptions {
  /** For people; need not be unique. */
  readonly name: string;
  /** The one role it wants offers for; `*` if neither this nor `roles` is there. */
  readonly role?: string;
  /** Several roles; needs MULTI_ROLE. An empty list means no offers. */
  readonly roles?: readonly string[];
  /** The system user its tasks run as; the user of this process if absent. Cannot be changed later. */
  readonly user?: string;
  /** Of an earlier run: the same framework again, with the tasks that it left. */
  readonly id?: string;
  /**
   * For how long its tasks survive without a connected scheduler, in milliseconds; 0 if absent, as in Mesos: then the
   * end of the connection ends the framework and its tasks. Whoever wants to survive a failover of the master, or a
   * restart of this process, says more: Marathon's default is a week.
   */
  readonly failoverTimeoutMs?: number;
  /** Whether tasks survive a restart of their agent; true if absent. Cannot be changed later. */
  readonly checkpoint?: boolean;
  /** {@link DEFAULT_CAPABILITIES} if absent. */
  readonly capabilities?: readonly FrameworkCapability[];
  /** Who pays, and who is asked for credentials. Cannot be changed later. */
  readonly principal?: string;
  readonly labels?: readonly Label[];
  /** By role: an offer must hold one of these quantities. */
  readonly minAllocatable?: Readonly<Record<string, readonly Quantities[]>>;
  /** Roles that want no offers for now; `revive` ends that. */
  readonly suppressedRoles?: readonly string[];
  /** By role: agents for which none of the groups of constraints holds are not offered. */
  readonly offerConstraints?: OfferConstraints;
  /** Where the framework runs, for people. */
  readonly hostname?: string;
  /** A page to look at, for people. */
  readonly webuiUrl?: string;
}

/** What a framework can do if its author does not say: all that the driver copes with. */
export const DEFAULT_CAPABILITIES: readonly FrameworkCapability[] = [
  'MULTI_ROLE',
  'PARTITION_AWARE',
  'TASK_KILLING_STATE',
  'RESERVATION_REFINEMENT',
];

/** What fits 64 bits of nanoseconds, some 292 years: a master takes no more. */
const FAILOVER_TIMEOUT_MS_MAX = 9_223_372_036_854;

/**
 * Checks what the author says and fills in the defaults.
 *
 * @throws InvalidArgument naming the field at fault, also one that there is not
 */
export function frameworkInfo(options: FrameworkOptions): FrameworkInfo {
  checkFrameworkShape(options);
  const { name, id, failoverTimeoutMs, principal, labels, minAllocatable, hostname, webuiUrl } = options;
  if (typeof name !== 'string' || name === '') {
    throw new InvalidArgument('framework.name', `expected a text that is not empty, got ${shown(name)}`);
  }
  if (failoverTimeoutMs !== undefined && !isFailoverTimeout(failoverTimeoutMs)) {
    throw new InvalidArgument(
      'framework.failoverTimeoutMs',
      `expected milliseconds from 0 to ${FAILOVER_TIMEOUT_MS_MAX}, got ${shown(failoverTimeoutMs)}`,
    );
  }
  const capabilities = options.capabilities ?? DEFAULT_CAPABILITIES;
  const roles = checkedRoles(options);
  return {
    user: options.user ?? currentUser(),
    name,
    checkpoint: options.checkpoint ?? true,
    capabilities,
    ...rolesField(roles, capabilities),
    ...(id === undefined ? {} : { id: checkedId(FrameworkId, id, 'framework.id') }),
    ...(failoverTimeoutMs === undefined ? {} : { failoverTimeoutMs }),
    ...(principal === undefined ? {} : { principal }),
    ...(labels === undefined ? {} : { labels }),
    ...(minAllocatable === undefined ? {} : { minAllocatable }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(webuiUrl === undefined ? {} : { webuiUrl }),
  };
}

/** What an author would have said to be this framework: {@link frameworkInfo} makes the same of it. */
export function optionsOf(info: FrameworkInfo): FrameworkOptions {
  const { role, roles, checkpoint = false, capabilities = [], ...rest } = info;
  const named = capabilities.includes('MULTI_ROLE') ? { roles: roles ?? [] } : { role: role ?? '*' };
  return { ...rest, ...named, checkpoint, capabilities };
}

/** `changes` over `options`; of `role` and `roles` the one that is changed replaces the other. */
export function changedOptions(options: FrameworkOptions, changes: Partial<FrameworkOptions>): FrameworkOptions {
  const { role: _role, roles: _roles, ...rest } = options;
  const keepsRoles = changes.role === undefined && changes.roles === undefined;
  return { ...(keepsRoles ? options : rest), ...changes };
}

/** What a framework cannot change after its first subscription. */
const FIXED = ['user', 'checkpoint', 'principal', 'id'] as const;

/**
 * The framework as `options` now say it is, under the id that it has.
 *
 * @throws InvalidArgument for a field that is invalid, or cannot be changed
 */
export function changedInfo(current: FrameworkInfo, options: FrameworkOptions): FrameworkInfo {
  const { id } = current;
  const info = frameworkInfo(options.id === undefined && id !== undefined ? { ...options, id } : options);
  const before: FrameworkInfo = { checkpoint: false, ...current };
  for (const field of FIXED) {
    if (info[field] === before[field]) continue;
    const expected = before[field] === undefined ? 'none' : JSON.stringify(before[field]);
    throw new InvalidArgument(
      `framework.${field}`,
      `expected ${expected}, which cannot be changed, got ${JSON.stringify(info[field])}`,
    );
  }
  return info;
}

/** @throws InvalidArgument naming the first of `roles` that is not among those subscribed to */
export function checkedSubset(
  roles: readonly string[],
  subscribed: readonly string[],
  field: string,
): readonly string[] {
  const stranger = roles.findIndex((role) => !subscribed.includes(role));
  if (stranger >= 0) {
    throw new InvalidArgument(
      `${field}[${stranger}]`,
      `expected a role of the framework (${subscribed.join(', ') || 'it has none'}), got ${JSON.stringify(roles[stranger])}`,
    );
  }
  return roles;
}

function checkedRoles(options: FrameworkOptions): readonly string[] {
  const { role, roles } = options;
  if (roles === undefined) return [checkedRole(role ?? '*', 'framework.role')];
  if (role !== undefined) {
    throw new InvalidArgument(
      'framework.roles',
      `expected either role or roles, got role ${JSON.stringify(role)} as well`,
    );
  }
  roles.forEach((each, index) => {
    checkedRole(each, `framework.roles[${index}]`);
    if (roles.indexOf(each) !== index) {
      throw new InvalidArgument(
        `framework.roles[${index}]`,
        `expected distinct roles, got ${JSON.stringify(each)} twice`,
      );
    }
  });
  return roles;
}

function checkedRole(role: string, field: string): string {
  const fault = roleError(role);
  if (fault !== undefined) throw new InvalidArgument(field, fault);
  return role;
}

function rolesField(
  roles: readonly string[],
  capabilities: readonly FrameworkCapability[],
): { readonly roles: readonly string[] } | { readonly role: string } {
  if (capabilities.includes('MULTI_ROLE')) return { roles };
  const [role] = roles;
  if (role === undefined || roles.length > 1) {
    throw new InvalidArgument('framework.roles', `expected one role without MULTI_ROLE, got ${roles.length}`);
  }
  return { role };
}

function isFailoverTimeout(timeMs: number): boolean {
  return typeof timeMs === 'number' && timeMs >= 0 && timeMs <= FAILOVER_TIMEOUT_MS_MAX;
}
