import type { Resource } from './resource.ts';

/**
 * Why `role` is no valid role name, or `undefined` if it is one: `*`, or components separated by single slashes.
 *
 * @see Mesos `src/common/roles.cpp`
 */
export function roleError(role: string): string | undefined {
  if (typeof role !== 'string') return `Expected a role name, got ${typeof role}`;
  if (role === '*') return undefined;
  if (role === '') return 'Role names cannot be the empty string';
  if (role.startsWith('/')) return `Role '${role}' cannot start with a slash`;
  if (role.endsWith('/')) return `Role '${role}' cannot end with a slash`;
  if (role.includes('//')) return `Role '${role}' cannot contain two adjacent slashes`;
  for (const component of role.split('/')) {
    const error = componentError(role, component);
    if (error !== undefined) return error;
  }
  return undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be refused.
const BLANK = /[\t\n\v\f\r \u007f]/;

function componentError(role: string, component: string): string | undefined {
  if (component === '.' || component === '..' || component === '*') {
    return `Role '${role}' cannot include '${component}' as a component`;
  }
  if (component.startsWith('-')) return `Role component '${component}' is invalid because it starts with a dash`;
  if (BLANK.test(component)) {
    return `Role component '${component}' is invalid because it contains backspace or whitespace`;
  }
  return undefined;
}

/** The roles above `role`, nearest first: of `a/b/c` they are `a/b` and `a`. */
export function roleAncestors(role: string): readonly string[] {
  const ancestors: string[] = [];
  for (let end = role.lastIndexOf('/'); end > 0; end = role.lastIndexOf('/', end - 1))
    ancestors.push(role.slice(0, end));
  return ancestors;
}

/** Whether `role` is below `ancestor` in the tree of roles; no role is below itself, and `ab` is not below `a`. */
export function isStrictSubrole(role: string, ancestor: string): boolean {
  return role.length > ancestor.length && role.charCodeAt(ancestor.length) === SLASH && role.startsWith(ancestor);
}

const SLASH = 0x2f;

/** The role that a resource is reserved to: the innermost one of its stack; `undefined` if it is unreserved. */
export function reservationRole(resource: Resource): string | undefined {
  return resource.reservations.at(-1)?.role;
}
