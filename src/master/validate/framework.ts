import { identifierError, InvalidArgument } from '../../core/index.ts';
import { compileConstraints, type OfferConstraints } from '../../offers/index.ts';
import { type FrameworkInfo, frameworkRoles, hasCapability } from '../../protocol/index.ts';
import { roleError } from '../../resources/index.ts';
import { listed } from './role.ts';

/** The longest time that fits 64 bits of nanoseconds, in milliseconds. */
const DURATION_MS_MAX = 2 ** 63 / 1e6;

/**
 * Why a framework may not be what it says it is, or `undefined`. Whether its id has been retired is for the caller to
 * know. Names, hostnames, labels and the `user` may be anything.
 *
 * @see Mesos `src/master/validation.cpp`, `framework::validate`
 */
export function validateFrameworkInfo(info: FrameworkInfo): string | undefined {
  return rolesError(info) ?? idError(info) ?? minAllocatableError(info) ?? failoverTimeoutError(info);
}

function rolesError(info: FrameworkInfo): string | undefined {
  if (hasCapability(info, 'MULTI_ROLE')) {
    if (info.role !== undefined) {
      return `'FrameworkInfo.role' must be absent for a MULTI_ROLE framework, got '${info.role}'`;
    }
  } else if (info.roles !== undefined && info.roles.length > 0) {
    return `'FrameworkInfo.roles' must be absent without the MULTI_ROLE capability, got ${listed(info.roles)}`;
  }
  const field = hasCapability(info, 'MULTI_ROLE') ? 'roles' : 'role';
  const seen = new Set<string>();
  for (const role of frameworkRoles(info)) {
    if (seen.has(role)) return `'FrameworkInfo.roles' must name each role once, got '${role}' again`;
    seen.add(role);
  }
  for (const role of seen) {
    const error = roleError(role);
    if (error !== undefined) return `'FrameworkInfo.${field}' holds an invalid role: ${error}`;
  }
  return undefined;
}

function idError(info: FrameworkInfo): string | undefined {
  const error = info.id === undefined ? undefined : identifierError(info.id);
  return error === undefined ? undefined : `'FrameworkInfo.id' is invalid: ${error}`;
}

function minAllocatableError(info: FrameworkInfo): string | undefined {
  for (const [role, alternatives] of Object.entries(info.minAllocatable ?? {})) {
    if (alternatives.some((quantities) => quantities.isEmpty)) {
      return `'FrameworkInfo.minAllocatable' of role '${role}' must hold at least one quantity in each alternative, got none`;
    }
  }
  return undefined;
}

function failoverTimeoutError(info: FrameworkInfo): string | undefined {
  const timeoutMs = info.failoverTimeoutMs;
  if (timeoutMs === undefined || (Number.isFinite(timeoutMs) && Math.abs(timeoutMs) < DURATION_MS_MAX))
    return undefined;
  return `'FrameworkInfo.failoverTimeoutMs' must be a finite time below ${DURATION_MS_MAX} ms, got ${timeoutMs}`;
}

/** Why roles may not be suppressed, or `undefined`: they must be among the framework's roles. */
export function validateSuppressedRoles(roles: readonly string[], suppressed: readonly string[]): string | undefined {
  const strange = suppressed.filter((role) => !roles.includes(role));
  if (strange.length === 0) return undefined;
  return `Suppressed roles ${listed(strange)} are not among the framework's roles ${listed(roles)}`;
}

/**
 * Why offer constraints are refused, or `undefined`: they must be of the framework's roles, and well-formed.
 *
 * @see Mesos `src/master/master.cpp`, `Master::validateFramework`; `offer_constraints_filter.cpp`
 */
export function validateOfferConstraints(roles: readonly string[], constraints: OfferConstraints): string | undefined {
  for (const [role, groups] of Object.entries(constraints)) {
    if (!roles.includes(role)) {
      return `Offer constraints are of role '${role}', which is not among the framework's roles ${listed(roles)}`;
    }
    try {
      compileConstraints(groups, role);
    } catch (error) {
      if (!(error instanceof InvalidArgument)) throw error;
      return `Offer constraints are not valid: ${error.message}`;
    }
  }
  return undefined;
}

/** A change that a framework may not make, and which field it is. */
export interface FrameworkUpdateError {
  readonly field: 'principal' | 'user' | 'checkpoint';
  readonly message: string;
}

/**
 * What of `now` may not differ from `before`, or `undefined`. A changed principal ends a subscription with an error; of a
 * SUBSCRIBE with another user or checkpoint flag the old values are kept, an UPDATE_FRAMEWORK is refused.
 *
 * @see Mesos `src/master/validation.cpp`, `framework::validateUpdate`
 */
export function validateFrameworkUpdate(before: FrameworkInfo, now: FrameworkInfo): FrameworkUpdateError | undefined {
  const changed = (field: FrameworkUpdateError['field'], from: unknown, to: unknown): FrameworkUpdateError => ({
    field,
    message: `'FrameworkInfo.${field}' cannot be changed: expected ${JSON.stringify(from) ?? 'none'}, got ${JSON.stringify(to) ?? 'none'}`,
  });
  if (before.principal !== now.principal) return changed('principal', before.principal, now.principal);
  if (before.user !== now.user) return changed('user', before.user, now.user);
  const [was, is] = [before.checkpoint ?? false, now.checkpoint ?? false];
  return was === is ? undefined : changed('checkpoint', was, is);
}
