import { InvalidArgument, ParseError, requireObject, shown } from '../core/index.ts';
import type { Attribute } from '../resources/index.ts';
import { compilePattern } from './pattern.ts';

/** What of an agent a constraint is about. @see Mesos `AttributeConstraint.Selector` */
export type ConstraintSelector =
  /** The first attribute of that name. */
  | { readonly type: 'attribute'; readonly name: string }
  | { readonly type: 'hostname' }
  /** Both of the agent's fault domain, if it has one. */
  | { readonly type: 'region' }
  | { readonly type: 'zone' };

/**
 * What it must be. Of an attribute that is a number or ranges the four that compare text hold, whatever they say.
 *
 * @see Mesos `AttributeConstraint.Predicate`
 */
export type ConstraintPredicate =
  | { readonly type: 'exists' }
  | { readonly type: 'notExists' }
  /** There, and this text. */
  | { readonly type: 'textEquals'; readonly value: string }
  /** Not there, or another text. */
  | { readonly type: 'textNotEquals'; readonly value: string }
  /** There, and matched as a whole by the regular expression, which is in the syntax of RE2. */
  | { readonly type: 'textMatches'; readonly regex: string }
  /** Not there, or not matched as a whole. */
  | { readonly type: 'textNotMatches'; readonly regex: string };

/** @see Mesos `AttributeConstraint` */
export interface AttributeConstraint {
  readonly selector: ConstraintSelector;
  readonly predicate: ConstraintPredicate;
}

/** Constraints that must hold together; at least one. @see Mesos `OfferConstraints.RoleConstraints.Group` */
export type ConstraintGroup = readonly AttributeConstraint[];

/**
 * By role: agents for which none of the groups holds are not offered. At least one group; a role that is not named is
 * offered every agent.
 *
 * @see Mesos `OfferConstraints`
 */
export type OfferConstraints = Readonly<Record<string, readonly ConstraintGroup[]>>;

/** Where an agent stands: what is in one zone fails together, what is in one region is near. @see Mesos `DomainInfo` */
export interface FaultDomain {
  readonly region: string;
  readonly zone: string;
}

/** What constraints see of an agent. */
export interface ConstrainedAgent {
  readonly hostname: string;
  readonly attributes: readonly Attribute[];
  readonly domain?: FaultDomain;
}

/** Constraints of one role, ready to be asked; `true` if the agent may be offered. */
export type ConstraintFilter = (agent: ConstrainedAgent) => boolean;

/** How many instructions a regular expression may have. @see Mesos `--offer_constraints_re2_max_program_size` */
const REGEX_SIZE_MAX = 100;

/** What an attribute may be: not there, text, or something that is not compared. */
type Seen = { readonly text: string } | 'other' | undefined;

/**
 * Makes a filter of the constraints of one role.
 *
 * @param field what they are called in errors
 * @throws InvalidArgument naming the field at fault, such as `groups[0][1].predicate.regex`
 */
export function compileConstraints(groups: readonly ConstraintGroup[], field = 'groups'): ConstraintFilter {
  requireList(groups, field, 'at least one group');
  const compiled = groups.map((group, i) => {
    requireList(group, `${field}[${i}]`, 'at least one constraint');
    return group.map((constraint, j) => compileConstraint(constraint, `${field}[${i}][${j}]`));
  });
  return (agent) => compiled.some((group) => group.every((holds) => holds(agent)));
}

function requireList(list: readonly unknown[], field: string, expected: string): void {
  if (!Array.isArray(list) || list.length === 0) {
    throw new InvalidArgument(field, `expected a list with ${expected}, got ${shown(list)}`);
  }
}

function compileConstraint(constraint: AttributeConstraint, field: string): ConstraintFilter {
  requireObject(constraint, field);
  const see = compileSelector(constraint.selector, `${field}.selector`);
  const holds = compilePredicate(constraint.predicate, `${field}.predicate`);
  return (agent) => holds(see(agent));
}

function compileSelector(selector: ConstraintSelector, field: string): (agent: ConstrainedAgent) => Seen {
  requireObject(selector, field);
  switch (selector.type) {
    case 'attribute': {
      const { name } = selector;
      requireText(name, `${field}.name`);
      return ({ attributes }) => {
        const value = attributes.find((attribute) => attribute.name === name)?.value;
        if (value === undefined) return undefined;
        return value.type === 'TEXT' ? value : 'other';
      };
    }
    case 'hostname':
      return ({ hostname }) => ({ text: hostname });
    case 'region':
      return ({ domain }) => (domain === undefined ? undefined : { text: domain.region });
    case 'zone':
      return ({ domain }) => (domain === undefined ? undefined : { text: domain.zone });
    default:
      return refuse(selector, `${field}.type`, 'attribute, hostname, region or zone');
  }
}

function compilePredicate(predicate: ConstraintPredicate, field: string): (seen: Seen) => boolean {
  requireObject(predicate, field);
  switch (predicate.type) {
    case 'exists':
      return (seen) => seen !== undefined;
    case 'notExists':
      return (seen) => seen === undefined;
    case 'textEquals':
    case 'textNotEquals': {
      const { value } = predicate;
      requireText(value, `${field}.value`);
      return comparison(predicate.type === 'textEquals', (text) => text === value);
    }
    case 'textMatches':
    case 'textNotMatches': {
      const matches = compileRegex(predicate.regex, `${field}.regex`);
      return comparison(predicate.type === 'textMatches', matches);
    }
    default:
      return refuse(
        predicate,
        `${field}.type`,
        'exists, notExists, textEquals, textNotEquals, textMatches or textNotMatches',
      );
  }
}

function comparison(wanted: boolean, compare: (text: string) => boolean): (seen: Seen) => boolean {
  return (seen) => {
    if (seen === undefined) return !wanted;
    return seen === 'other' || compare(seen.text) === wanted;
  };
}

function compileRegex(regex: string, field: string): (text: string) => boolean {
  requireText(regex, field);
  try {
    const pattern = compilePattern(regex, REGEX_SIZE_MAX);
    return (text) => pattern.matches(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new InvalidArgument(field, `expected a regular expression in the syntax of RE2: ${error.message}`, {
      cause: error,
    });
  }
}

function requireText(text: string, field: string): void {
  if (typeof text !== 'string') throw new InvalidArgument(field, `expected a text, got ${shown(text)}`);
}

/** For what the compiler knows to be impossible and plain JavaScript may still say. */
function refuse(value: never, field: string, expected: string): never {
  const { type }: { readonly type?: unknown } = value;
  throw new InvalidArgument(field, `expected ${expected}, got ${shown(type)}`);
}
