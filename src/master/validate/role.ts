import { type FrameworkInfo, frameworkRoles } from '../../protocol/index.ts';
import { roleError } from '../../resources/index.ts';

/**
 * Why a REVIVE or SUPPRESS of these roles is not carried out, or `undefined`: each must be a role name, and one that
 * the framework is subscribed to. No roles at all means all of them.
 *
 * @see Mesos `src/master/master.cpp`, `Master::revive`
 */
export function validateRoles(roles: readonly string[], info: FrameworkInfo): string | undefined {
  const subscribed = frameworkRoles(info);
  for (const role of roles) {
    const error = roleError(role);
    if (error !== undefined) return `Role '${role}' is invalid: ${error}`;
    if (!subscribed.includes(role)) {
      return `Role '${role}' is not one of the framework's roles: ${listed(subscribed)}`;
    }
  }
  return undefined;
}

/** Roles as messages show them. */
export function listed(roles: Iterable<string>): string {
  return `{${[...roles].join(', ')}}`;
}
