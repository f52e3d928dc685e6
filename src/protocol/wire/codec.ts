import { InvalidArgument, MesosError } from '../../core/index.ts';
import type { WireMessage, WireValue } from './message.ts';

type Written = WireValue | readonly WireValue[];

/** Both ways between a `T` of ours and what stands for it in a {@link WireMessage}, which has been read by its definition. */
export interface WireCodec<T> {
  write(value: T): Written;
  /**
   * @param path where in the message it stands, for messages
   * @throws InvalidArgument if it is no `T`: what was expected, and what came
   */
  read(wire: Written, path: string): T;
}

/** A codec for what is the same on the wire; the definition of the message has said that it is a `T`. */
function same<T extends WireValue>(): WireCodec<T> {
  return { write: (value) => value, read: (wire) => wire as T };
}

export const text: WireCodec<string> = same();
export const flag: WireCodec<boolean> = same();
export const data: WireCodec<Uint8Array> = same();
export const whole: WireCodec<number> = {
  write: (value) => value,
  read: (wire) => Number(wire),
};

/** A value of an enum; of those that Mesos has and we have not, reading says so. */
export function choice<Name extends string>(names: Readonly<Record<Name, true>>): WireCodec<Name> {
  return {
    write: (value) => value,
    read(wire, path) {
      // An enum is read as the name of its value.
      const name = wire as string;
      if (Object.hasOwn(names, name)) return name as Name;
      throw new InvalidArgument(path, `expected one of ${Object.keys(names).join(', ')}, got ${name}`);
    },
  };
}

/** An identifier, which on the wire is a message of one field; `brand` makes one of its kind. */
export function identifier<Id extends string>(brand: (value: string) => Id): WireCodec<Id> {
  return {
    write: (value) => ({ value }),
    read(wire, path) {
      const { value = '' } = wire as { readonly value?: string };
      try {
        return brand(value);
      } catch (error) {
        if (!(error instanceof MesosError)) throw error;
        throw new InvalidArgument(path, error.message, { cause: error });
      }
    },
  };
}

const NANOSECONDS = 1_000_000;

/** Milliseconds, which on the wire are a message of nanoseconds: `TimeInfo`, `DurationInfo`. */
export const nanoseconds: WireCodec<number> = {
  write(ms) {
    const exact = BigInt(Math.trunc(ms)) * BigInt(NANOSECONDS) + BigInt(Math.round((ms % 1) * NANOSECONDS));
    return { nanoseconds: Number.isSafeInteger(Number(exact)) ? Number(exact) : exact };
  },
  read: (wire) => Number((wire as { readonly nanoseconds: number | bigint }).nanoseconds) / NANOSECONDS,
};

/** Milliseconds, which on the wire are seconds; microseconds are kept. */
export const seconds: WireCodec<number> = {
  write: (ms) => ms / 1_000,
  read: (wire) => Math.round(Number(wire) * 1e6) / 1_000,
};

/** A UUID in its usual text form, which on the wire is its 16 bytes. */
export const uuid: WireCodec<string> = {
  write: (value) =>
    Uint8Array.from({ length: 16 }, (_, at) =>
      Number.parseInt(value.replaceAll('-', '').slice(2 * at, 2 * at + 2), 16),
    ),
  read(wire, path) {
    const bytes = wire as Uint8Array;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    // The version is one of those that there are.
    if (bytes.length !== 16 || !/^.{12}[1-8]/.test(hex)) throw new InvalidArgument(path, 'Not a valid UUID');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  },
};

export function list<T>(element: WireCodec<T>): WireCodec<readonly T[]> {
  return {
    // An element is one value, never a list.
    write: (values) => values.map((value) => element.write(value) as WireValue),
    read: (wire, path) => (wire as readonly WireValue[]).map((each, index) => element.read(each, `${path}[${index}]`)),
  };
}

/** A map from strings. */
export function map<T>(element: WireCodec<T>): WireCodec<Readonly<Record<string, T>>> {
  return {
    write: (values) =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, element.write(value) as WireValue])),
    read: (wire, path) =>
      Object.fromEntries(
        Object.entries(wire as WireMessage).map(([key, value]) => [
          key,
          element.read(value ?? [], `${path}["${key}"]`),
        ]),
      ),
  };
}

/** What stands in a message of one field: a list in `labels.labels`, a text in `allocation_info.role`. */
export function within<T>(field: string, codec: WireCodec<T>, absent: Written): WireCodec<T> {
  return {
    write: (value) => ({ [field]: codec.write(value) }),
    read: (wire, path) => codec.read((wire as WireMessage)[field] ?? absent, `${path}.${field}`),
  };
}

/** How a field of ours is called on the wire, and what stands for it there. */
export interface FieldCodec<T> {
  readonly wireName: string;
  readonly codec: WireCodec<T>;
  /** What is read where the wire has none. A list of nothing is not written either. */
  readonly absent: (() => T) | undefined;
}

/** A codec that may find nothing it knows in what is there. */
export type LenientCodec<T> = Pick<WireCodec<T>, 'write'> & {
  read(wire: Written, path: string): T | undefined;
};

export interface OptionalFieldCodec<T> {
  readonly wireName: string;
  readonly optional: LenientCodec<T>;
}

/** A field that is always there on our side; `absent` gives it where it is not on the wire. */
export function field<T>(wireName: string, codec: WireCodec<T>, absent?: () => T): FieldCodec<T> {
  return { wireName, codec, absent };
}

/** A list that is absent on the wire when it is of nothing. */
export function listed<T>(wireName: string, element: WireCodec<T>): FieldCodec<readonly T[]> {
  return field(wireName, list(element), () => []);
}

export function optional<T>(wireName: string, codec: LenientCodec<T>): OptionalFieldCodec<T> {
  return { wireName, optional: codec };
}

/** A codec for each field of `T`: one that is missing, or not marked as optional, does not compile. */
export type FieldCodecs<T> = {
  readonly [Name in keyof T]-?: object extends Pick<T, Name>
    ? OptionalFieldCodec<Exclude<T[Name], undefined>>
    : FieldCodec<T[Name]>;
};

/** A message of these fields. */
export function message<T extends object>(fields: FieldCodecs<T>): WireCodec<T> {
  // The names and codecs of `fields` are those of `T`, which `Object.entries` does not know.
  const entries = Object.entries(fields) as unknown as readonly (readonly [
    keyof T & string,
    FieldCodec<unknown> | OptionalFieldCodec<unknown>,
  ])[];
  return {
    write(value) {
      const wire: Record<string, Written> = {};
      for (const [name, { wireName, ...rest }] of entries) {
        if (value[name] === undefined) continue;
        const written = ('optional' in rest ? rest.optional : rest.codec).write(value[name]);
        const isNothing = 'codec' in rest && Array.isArray(written) && written.length === 0;
        if (!isNothing) wire[wireName] = written;
      }
      return wire;
    },
    read(wire, path) {
      const value: Partial<Record<keyof T, unknown>> = {};
      for (const [name, { wireName, ...rest }] of entries) {
        const part = (wire as WireMessage)[wireName];
        const fieldPath = path === '' ? wireName : `${path}.${wireName}`;
        if ('optional' in rest) {
          const known = part === undefined ? undefined : rest.optional.read(part, fieldPath);
          if (known !== undefined) value[name] = known;
        } else if (part !== undefined) value[name] = rest.codec.read(part, fieldPath);
        else if (rest.absent !== undefined) value[name] = rest.absent();
        else throw new InvalidArgument(fieldPath, `Expecting '${wireName}' to be present`);
      }
      // Every field of `T` that must be there is, each as its codec made it.
      return value as T;
    },
  };
}
