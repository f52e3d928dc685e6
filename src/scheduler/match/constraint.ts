import { InvalidArgument, requireObject, shown, unreachable } from '../../core/index.ts';
import type { Offer } from '../../offers/index.ts';
import type { Attribute } from '../../resources/index.ts';
import { checkText, checkTexts } from '../field-check.ts';
import type { Refusal } from './refusal.ts';

/**
 * A condition on one field of an agent: the attribute of that name (the first, if repeated), or its host name, which
 * is the field `hostname`.
 *
 * - `equals`, `in`: the field's text is this, or one of these. A scalar attribute equals any way to write its number:
 *   `1.50` is `1.5`.
 * - `like`, `unlike`: the whole text matches the regular expression, or does not.
 * - `maxPer`: fewer than `max` of the tasks in `context.placed` are where the field has the same text. With 1, each is
 *   somewhere else.
 *
 * An agent that does not have the field satisfies `unlike` and nothing else.
 *
 * @see Marathon `src/main/scala/mesosphere/mesos/Constraints.scala`
 */
export type Constraint =
  | { readonly type: 'equals'; readonly field: string; readonly value: string }
  | { readonly type: 'in'; readonly field: string; readonly values: readonly string[] }
  | { readonly type: 'like' | 'unlike'; readonly field: string; readonly pattern: string }
  | { readonly type: 'maxPer'; readonly field: string; readonly max: number };

/** Where a task is placed: what constraints can be about. */
export type Place = Pick<Offer, 'hostname' | 'attributes'>;

/** Bounds of regular expressions: the time of a match grows with both, in the worst case exponentially. */
const PATTERN_LENGTH_MAX = 256;
const TEXT_LENGTH_MAX = 256;

/** A constraint that has been checked, ready to be asked many times. */
export interface Condition {
  /** Why the place will not do, or `undefined` if it will. */
  refusal(place: Place, placed: readonly Place[]): Refusal | undefined;
}

/** @throws InvalidArgument naming the part of the constraint at fault, below `path` */
export function condition(constraint: Constraint, path: string): Condition {
  requireObject(constraint, path);
  const { field } = constraint;
  if (typeof field !== 'string' || field === '') {
    throw new InvalidArgument(`${path}.field`, `expected a host name or an attribute, got ${shown(field)}`);
  }
  switch (constraint.type) {
    case 'equals':
      checkText(constraint.value, `${path}.value`);
      return isOneOf(field, [constraint.value], JSON.stringify(constraint.value));
    case 'in':
      checkTexts(constraint.values, `${path}.values`, 'texts');
      return isOneOf(
        field,
        constraint.values,
        `one of ${constraint.values.map((each) => JSON.stringify(each)).join(', ')}`,
      );
    case 'like':
      return matches(field, compiled(constraint.pattern, `${path}.pattern`), true);
    case 'unlike':
      return matches(field, compiled(constraint.pattern, `${path}.pattern`), false);
    case 'maxPer':
      return maxPer(field, checkedMax(constraint.max, `${path}.max`));
    default:
      throw new InvalidArgument(
        `${path}.type`,
        `expected equals, in, like, unlike or maxPer, got ${shown(constraint)}`,
      );
  }
}

/** The text of a field of an agent, or `undefined` if it has none of that name. */
function fieldText(place: Place, field: string): string | undefined {
  if (field === 'hostname') return place.hostname;
  const attribute = place.attributes.find(({ name }) => name === field);
  return attribute === undefined ? undefined : attributeText(attribute);
}

/** As Marathon compares them: `r1`, `1.5`, `[5-7,10-12]`. */
function attributeText({ value }: Attribute): string {
  switch (value.type) {
    case 'TEXT':
      return value.text;
    case 'SCALAR':
      return String(value.milli / 1000);
    case 'RANGES': {
      const ranges: string[] = [];
      for (let i = 0; i < value.bounds.length; i += 2) ranges.push(`${value.bounds[i]}-${value.bounds[i + 1]}`);
      return `[${ranges.join(',')}]`;
    }
    default:
      return unreachable(value, 'attribute value');
  }
}

function isOneOf(field: string, values: readonly string[], needs: string): Condition {
  const wanted = new Set(values);
  const wantedNumbers = new Set(
    values.filter((value) => /^\d+(\.\d+)?$/.test(value)).map((value) => toMilli(Number(value))),
  );
  return {
    refusal(place) {
      const text = fieldText(place, field);
      if (text !== undefined && (wanted.has(text) || hasNumber(place, field, wantedNumbers))) return undefined;
      return fixed(field, `needs ${field} to be ${needs}, ${has(field, text)}`);
    },
  };
}

function hasNumber(place: Place, field: string, milli: ReadonlySet<number>): boolean {
  const attribute = field === 'hostname' ? undefined : place.attributes.find(({ name }) => name === field);
  return attribute?.value.type === 'SCALAR' && milli.has(attribute.value.milli);
}

function toMilli(value: number): number {
  return Math.round(value * 1000);
}

function matches(field: string, pattern: RegExp, wanted: boolean): Condition {
  return {
    refusal(place) {
      const text = fieldText(place, field);
      const like = wanted ? 'like' : 'unlike';
      const needs = `needs ${field} ${like} ${pattern.source.slice(4, -2)}`;
      if (text === undefined) return wanted ? fixed(field, `${needs}, ${has(field, text)}`) : undefined;
      if (text.length > TEXT_LENGTH_MAX) {
        return fixed(field, `${needs}, agent has one of ${text.length} characters, more than ${TEXT_LENGTH_MAX}`);
      }
      return pattern.test(text) === wanted ? undefined : fixed(field, `${needs}, ${has(field, text)}`);
    },
  };
}

/** Anchored at both ends: `^(?:` and `)$` around the pattern. */
function compiled(pattern: string, path: string): RegExp {
  if (typeof pattern !== 'string' || pattern.length > PATTERN_LENGTH_MAX) {
    throw new InvalidArgument(
      path,
      `expected a text of at most ${PATTERN_LENGTH_MAX} characters, got ${pattern?.length}`,
    );
  }
  try {
    // By itself first: what is none may be one with our brackets around it.
    const { source } = new RegExp(pattern, 'u');
    return new RegExp(`^(?:${source})$`, 'u');
  } catch (cause) {
    throw new InvalidArgument(path, `expected a regular expression, got ${JSON.stringify(pattern)}`, { cause });
  }
}

function maxPer(field: string, max: number): Condition {
  return {
    refusal(place, placed) {
      const text = fieldText(place, field);
      const needs = `needs fewer than ${max} on the same ${field}`;
      if (text === undefined) return fixed(field, `${needs}, ${has(field, text)}`);
      const there = placed.filter((other) => fieldText(other, field) === text).length;
      if (there < max) return undefined;
      return { rule: 'constraints', subject: field, reason: `${needs}, ${text} has ${there}`, mayChange: true };
    },
  };
}

function checkedMax(max: number, path: string): number {
  if (!Number.isInteger(max) || max < 1) throw new InvalidArgument(path, `expected an integer from 1 on, got ${max}`);
  return max;
}

/** What an agent is does not change while it is the same agent. */
function fixed(field: string, reason: string): Refusal {
  return { rule: 'constraints', subject: field, reason, mayChange: false };
}

function has(field: string, text: string | undefined): string {
  return text === undefined ? `agent has no ${field}` : `agent has ${JSON.stringify(text)}`;
}
