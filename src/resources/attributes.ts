import { InvalidArgument, ParseError } from '../core/index.ts';
import { rangesFromJson, scalarFromJson } from './from-json.ts';
import { JsonField } from './json-fields.ts';
import { coalesce, formatRanges, overlap } from './ranges.ts';
import type { ResourceValue } from './resource.ts';
import type { ResourceJson } from './resources.ts';
import { formatMilli } from './scalars.ts';
import { rangesToJson } from './to-json.ts';
import { readValue } from './value-text.ts';

/** What an agent says of itself besides its resources, such as `rack:r1`; never a set. @see Mesos `Attribute` */
export interface Attribute {
  readonly name: string;
  readonly value: Exclude<ResourceValue, { readonly type: 'SET' }> | { readonly type: 'TEXT'; readonly text: string };
}

/**
 * Reads attributes, `name:value` each, separated by semicolons or line ends. What comes after the first colon is the
 * value: a number, ranges, or text, of which blanks are no part. One name may come several times.
 *
 * @throws ParseError with the position of the fault, such as a set or an empty value
 * @see Mesos `src/common/attributes.cpp`
 */
export function parseAttributes(text: string): readonly Attribute[] {
  const attributes: Attribute[] = [];
  let start = 0;
  for (const line of text.split(/[;\n]/)) {
    if (line !== '') attributes.push(parseAttribute(text, start, start + line.length));
    start += line.length + 1;
  }
  return Object.freeze(attributes);
}

function parseAttribute(text: string, start: number, end: number): Attribute {
  const colon = text.indexOf(':', start);
  if (colon < 0 || colon >= end) throw new ParseError("Expected ':' between name and value", text, end);
  const name = text.slice(start, colon).trim();
  if (name === '') throw new ParseError('Expected the name of an attribute', text, start);
  const value = readValue(text, colon + 1, end);
  switch (value.type) {
    case 'SCALAR':
      return frozen({ name, value: { type: 'SCALAR', milli: value.milli } });
    case 'RANGES':
    case 'TEXT':
      return frozen({ name, value });
    default:
      throw new ParseError('Expected a number, ranges or text, got a set', text, colon + 1);
  }
}

function frozen({ name, value }: Attribute): Attribute {
  if (value.type === 'RANGES') Object.freeze(value.bounds);
  return Object.freeze({ name, value: Object.freeze(value) });
}

/** Whether both have the same attributes, in whatever order; one that comes twice must do so in both. */
export function equalAttributes(a: readonly Attribute[], b: readonly Attribute[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  const keys = (attributes: readonly Attribute[]) => attributes.map(attributeKey).sort();
  const theirs = keys(b);
  return keys(a).every((key, i) => key === theirs[i]);
}

function attributeKey({ name, value }: Attribute): string {
  return JSON.stringify([name, valueOf(value)]);
}

function valueOf(value: Attribute['value']): unknown {
  switch (value.type) {
    case 'SCALAR':
      return value.milli;
    case 'RANGES':
      return coalesce(value.bounds);
    default:
      return value.text;
  }
}

/** Such as `rack:r1;ports:[1-2, 5-5]`, which {@link parseAttributes} reads back; empty if there are none. */
export function formatAttributes(attributes: readonly Attribute[]): string {
  return attributes.map(({ name, value }) => `${name}:${formatValue(value)}`).join(';');
}

function formatValue(value: Attribute['value']): string {
  switch (value.type) {
    case 'SCALAR':
      return formatMilli(value.milli);
    case 'RANGES':
      return formatRanges(value.bounds);
    default:
      return value.text;
  }
}

/** In Mesos's JSON form: `{ name, type, scalar | ranges | text }`. */
export function attributesToJSON(attributes: readonly Attribute[]): readonly ResourceJson[] {
  return attributes.map(({ name, value }) => {
    switch (value.type) {
      case 'SCALAR':
        return { name, type: value.type, scalar: { value: value.milli / 1000 } };
      case 'RANGES':
        return { name, type: value.type, ranges: { range: rangesToJson(value.bounds) } };
      default:
        return { name, type: value.type, text: { value: value.text } };
    }
  });
}

/**
 * From Mesos's JSON form.
 *
 * @param field what the objects are called in messages
 * @throws InvalidArgument naming the field at fault, such as `attributes[1].scalar.value`
 */
export function attributesFromJSON(objects: readonly unknown[], field = 'attributes'): readonly Attribute[] {
  return Object.freeze(JsonField.root(field, objects).array().map(attributeFromJson));
}

function attributeFromJson(json: JsonField): Attribute {
  const name = json.get('name').string();
  if (name === '') json.get('name').fail('the name of an attribute');
  const type = json.get('type').oneOf(['SCALAR', 'RANGES', 'TEXT']);
  switch (type) {
    case 'SCALAR':
      return frozen({ name, value: { type, milli: scalarFromJson(json.get('scalar')) } });
    case 'RANGES': {
      const bounds = rangesFromJson(json.get('ranges'));
      if (overlap(bounds)) throw new InvalidArgument(`${json.path}.ranges`, 'expected ranges that do not overlap');
      return frozen({ name, value: { type, bounds: coalesce(bounds) } });
    }
    default:
      return frozen({ name, value: { type, text: json.get('text').get('value').string() } });
  }
}
