import { InvalidArgument, ParseError } from '../core/index.ts';
import { Collection } from './collection.ts';
import { Entry } from './entry.ts';
import { resourceFromJson } from './from-json.ts';
import { JsonField } from './json-fields.ts';
import type { Reservation, Resource, ResourceValue } from './resource.ts';
import type { Resources } from './resources.ts';
import { roleError } from './roles.ts';
import { piecesOf, readValue } from './value-text.ts';

/** A resource as read, and where in the text it begins. */
interface ParsedResource {
  readonly resource: Resource;
  readonly position: number;
}

/**
 * Reads resources as they stand in configuration: a JSON array of objects, or else the short form.
 *
 * @see Mesos `src/v1/resources.cpp`, `Resources::parse`
 */
export function parseResources(text: string, defaultRole: string): Resources {
  const error = roleError(defaultRole);
  if (error !== undefined) throw new InvalidArgument('options.defaultRole', error);
  if (typeof text !== 'string') throw new InvalidArgument('text', `expected a string, got ${typeof text}`);
  const array = jsonArrayOf(text);
  const parsed = array === undefined ? shortForm(text, defaultRole) : jsonForm(text, array, defaultRole);
  checkTypes(text, parsed);
  return Collection.merge(parsed.map(({ resource }) => Entry.of(resource)).filter((entry) => entry !== undefined));
}

/** One name, one type of value. */
function checkTypes(text: string, parsed: readonly ParsedResource[]): void {
  const types = new Map<string, ResourceValue['type']>();
  for (const { resource, position } of parsed) {
    const { name, value } = resource;
    const type = types.get(name) ?? value.type;
    if (type !== value.type)
      throw new ParseError(`Expected ${name} to be ${type} again, got ${value.type}`, text, position);
    types.set(name, type);
  }
}

function jsonArrayOf(text: string): readonly unknown[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    // The short form may begin with a bracket, too.
    return undefined;
  }
}

function jsonForm(text: string, array: readonly unknown[], defaultRole: string): readonly ParsedResource[] {
  return array.map((object, i) => {
    const position = elementPosition(text, i);
    try {
      const resource = resourceFromJson(JsonField.root(`resources[${i}]`, object), defaultRole);
      const error = configurationError(resource);
      if (error !== undefined) throw new InvalidArgument(`resources[${i}]`, error);
      return { resource, position };
    } catch (error) {
      throw error instanceof InvalidArgument ? new ParseError(error.message, text, position) : error;
    }
  });
}

/** What cannot be configured, since only operations or the agent itself make it. */
function configurationError({ disk, revocable, reservations }: Resource): string | undefined {
  if (disk?.persistence !== undefined) return 'expected no persistent volume in configuration';
  if (revocable !== undefined) return 'expected no revocable resource in configuration';
  if (reservations.some(({ type }) => type === 'DYNAMIC')) return 'expected no dynamic reservation in configuration';
  return undefined;
}

/** Where the element of this index begins in the text of a JSON array. */
function elementPosition(text: string, index: number): number {
  let depth = 0;
  let commas = 0;
  for (const { 0: token, index: position } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]|[^\s"[\]{},]+/g)) {
    if (depth === 1 && commas === index) return position;
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    else if (token === ',' && depth === 1) commas += 1;
  }
  return 0;
}

function shortForm(text: string, defaultRole: string): readonly ParsedResource[] {
  return Array.from(piecesOf(text), (piece) => {
    const { name, role, rolePosition } = keyOf(text, piece.key, piece.keyPosition);
    if (name === '') throw new ParseError('Expected the name of a resource', text, piece.keyPosition);
    const error = role === undefined ? undefined : roleError(role);
    if (error !== undefined) throw new ParseError(`Expected a role: ${error}`, text, rolePosition);
    const value = resourceValue(text, piece.valuePosition, piece.end);
    const resource: Resource = { name, value, reservations: staticReservation(role ?? defaultRole) };
    return { resource, position: piece.keyPosition };
  });
}

function staticReservation(role: string): readonly Reservation[] {
  return role === '*' ? [] : [{ type: 'STATIC', role }];
}

interface Key {
  readonly name: string;
  readonly role: string | undefined;
  readonly rolePosition: number;
}

/** `name` or `name(role)`; blanks around both do not count. */
function keyOf(text: string, key: string, position: number): Key {
  const open = key.indexOf('(');
  const close = key.indexOf(')');
  if (open < 0 && close < 0) return { name: key.trim(), role: undefined, rolePosition: position };
  if (open < 0 || (close >= 0 && close < open)) throw new ParseError("Expected '(' before ')'", text, position + close);
  if (close < 0) throw new ParseError("Expected ')' after the role", text, position + key.length);
  const rest = key.slice(close + 1);
  if (rest.trim() !== '') throw new ParseError("Expected ':' after the role", text, position + close + 1);
  return {
    name: key.slice(0, open).trim(),
    role: key.slice(open + 1, close).trim(),
    rolePosition: position + open + 1,
  };
}

function resourceValue(text: string, start: number, end: number): ResourceValue {
  const value = readValue(text, start, end);
  switch (value.type) {
    case 'SCALAR':
      if (value.vanishes) throw new ParseError('Expected 0, or a number that is not less than 0.0005', text, start);
      return { type: 'SCALAR', milli: value.milli };
    case 'RANGES':
      return value;
    case 'SET':
      if (value.repeated !== undefined) {
        throw new ParseError(`Expected each item once, got ${value.repeated} again`, text, start);
      }
      return { type: 'SET', items: value.items };
    default:
      throw new ParseError(`Expected a number from 0, ranges or a set, got ${value.text}`, text, start);
  }
}
