import { InvalidArgument, MesosError } from '../core/index.ts';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Both ways between a `T` and its JSON. */
export interface Codec<T> {
  encode(value: T): JsonValue;
  /**
   * @param path where in the whole `json` stands, for messages: `message.tasks[3].name`
   * @throws InvalidArgument with that path: what was expected and what came
   */
  decode(json: unknown, path: string): T;
}

/** What came, in few words, whatever it is. */
function described(json: unknown): string {
  if (json === null) return 'null';
  if (Array.isArray(json)) return `a list of ${json.length}`;
  if (typeof json === 'string') return JSON.stringify(json.length > 40 ? `${json.slice(0, 40)}…` : json);
  if (typeof json === 'number' || typeof json === 'boolean') return String(json);
  return json === undefined ? 'none' : `${typeof json === 'object' ? 'an' : 'a'} ${typeof json}`;
}

function expected(what: string, json: unknown, path: string): InvalidArgument {
  return new InvalidArgument(path, `expected ${what}, got ${described(json)}`);
}

export const text: Codec<string> = {
  encode: (value) => value,
  decode(json, path) {
    if (typeof json !== 'string') throw expected('a string', json, path);
    return json;
  },
};

/** Finite numbers; JSON has no others. */
export const number: Codec<number> = {
  encode: (value) => value,
  decode(json, path) {
    if (typeof json !== 'number' || !Number.isFinite(json)) throw expected('a number', json, path);
    return json;
  },
};

export const boolean: Codec<boolean> = {
  encode: (value) => value,
  decode(json, path) {
    if (typeof json !== 'boolean') throw expected('true or false', json, path);
    return json;
  },
};

/** Bytes, as base64 with padding. */
export const bytes: Codec<Uint8Array> = {
  encode(value) {
    let binary = '';
    // In pieces, for a call takes only so many arguments.
    for (let start = 0; start < value.length; start += 4096) {
      binary += String.fromCharCode(...value.subarray(start, start + 4096));
    }
    return btoa(binary);
  },
  decode(json, path) {
    if (typeof json !== 'string' || !isBase64(json)) throw expected('base64 text', json, path);
    const binary = atob(json);
    return Uint8Array.from({ length: binary.length }, (_, index) => binary.charCodeAt(index));
  },
};

function isBase64(json: string): boolean {
  const padding = json.indexOf('=');
  if (json.length % 4 !== 0 || /[^A-Za-z0-9+/=]/.test(json)) return false;
  return padding === -1 || padding === json.length - 1 || (padding === json.length - 2 && json.endsWith('=='));
}

/** An identifier; `brand` is the function that makes one of its kind. */
export function identifier<Id extends string>(brand: (value: string) => Id): Codec<Id> {
  return {
    encode: (value) => value,
    decode(json, path) {
      const value = text.decode(json, path);
      try {
        return brand(value);
      } catch (error) {
        if (!(error instanceof MesosError)) throw error;
        throw new InvalidArgument(path, error.message, { cause: error });
      }
    },
  };
}

/** One of these names; all of `Name` must be listed. */
export function choice<Name extends string>(names: Readonly<Record<Name, true>>): Codec<Name> {
  const known = new Map<unknown, Name>();
  // The keys of a Record over `Name` are the names.
  for (const name of Object.keys(names) as Name[]) known.set(name, name);
  return {
    encode: (value) => value,
    decode(json, path) {
      const name = known.get(json);
      if (name === undefined) throw expected(`one of ${[...known.keys()].join(', ')}`, json, path);
      return name;
    },
  };
}

export function list<T>(element: Codec<T>): Codec<readonly T[]> {
  return {
    encode: (values) => values.map((value) => element.encode(value)),
    decode(json, path) {
      if (!Array.isArray(json)) throw expected('a list', json, path);
      return json.map((value, index) => element.decode(value, `${path}[${index}]`));
    },
  };
}

/** An object that may have any names. */
export function map<T>(element: Codec<T>): Codec<Readonly<Record<string, T>>> {
  return {
    encode: (values) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, element.encode(value)])),
    decode: (json, path) =>
      Object.fromEntries(
        Object.entries(objectOf(json, path)).map(([name, value]) => [
          name,
          element.decode(value, `${path}[${JSON.stringify(name)}]`),
        ]),
      ),
  };
}

/** A field that may be absent. */
export interface Optional<T> {
  readonly optional: Codec<T>;
}

export function optional<T>(codec: Codec<T>): Optional<T> {
  return { optional: codec };
}

/** A codec for each field of `T`: one that is missing, or not marked as optional, does not compile. */
export type Fields<T> = {
  readonly [Name in keyof T]-?: object extends Pick<T, Name> ? Optional<Exclude<T[Name], undefined>> : Codec<T[Name]>;
};

/** An object of these fields. Others are ignored when it is read, absent ones are not written. */
export function record<T extends object>(fields: Fields<T>): Codec<T> {
  // The names and codecs of `fields` are those of `T`, which `Object.entries` does not know.
  const entries = (Object.entries(fields) as [keyof T & string, Codec<unknown> | Optional<unknown>][]).map(
    ([name, field]) =>
      'optional' in field
        ? { name, codec: field.optional, isOptional: true }
        : { name, codec: field, isOptional: false },
  );
  return {
    encode(value) {
      const json: Record<string, JsonValue> = {};
      for (const { name, codec } of entries) {
        if (value[name] !== undefined) json[name] = codec.encode(value[name]);
      }
      return json;
    },
    decode(json, path) {
      const object = objectOf(json, path);
      const value: Partial<Record<keyof T, unknown>> = {};
      for (const { name, codec, isOptional } of entries) {
        const part = Object.hasOwn(object, name) ? object[name] : undefined;
        if (part !== undefined) value[name] = codec.decode(part, `${path}.${name}`);
        else if (!isOptional) throw new InvalidArgument(`${path}.${name}`, 'expected a value, got none');
      }
      // Every field of `T` that must be there is, each as its codec made it.
      return value as T;
    },
  };
}

/** A union that is told apart by `type`; all its types must be listed, each with its other fields. */
export function variants<T extends { readonly type: string }>(
  types: {
    readonly [Type in T['type']]: Fields<Omit<Extract<T, { readonly type: Type }>, 'type'>>;
  },
): Codec<T> {
  const codecs = new Map<string, Codec<object>>();
  for (const [type, fields] of Object.entries<Fields<object>>(types)) codecs.set(type, record(fields));
  const codecOf = (type: unknown, path: string): Codec<object> => {
    const codec = typeof type === 'string' ? codecs.get(type) : undefined;
    if (codec === undefined) throw expected(`one of ${[...codecs.keys()].join(', ')}`, type, `${path}.type`);
    return codec;
  };
  return {
    encode: (value) => ({ type: value.type, ...objectOf(codecOf(value.type, 'value').encode(value), 'value') }),
    decode(json, path) {
      const { type } = objectOf(json, path);
      // The fields of the variant of this type, by its own codec.
      return { type, ...codecOf(type, path).decode(json, path) } as T;
    },
  };
}

function objectOf(json: unknown, path: string): Readonly<Record<string, JsonValue>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw expected('an object', json, path);
  // What `JSON.parse` gives, or a codec made, holds JSON values only; each is checked when it is read.
  return json as Readonly<Record<string, JsonValue>>;
}
