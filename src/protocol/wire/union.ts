import { InvalidArgument } from '../../core/index.ts';
import { type FieldCodecs, message, type WireCodec } from './codec.ts';
import type { WireMessage } from './message.ts';

/** A variant of a union: the name of its type on the wire, and its fields, all of which are in its body. */
interface Variant<T extends { readonly type: string }, Type extends T['type']> {
  readonly wireType: string;
  readonly fields: FieldCodecs<Omit<Extract<T, { readonly type: Type }>, 'type'>>;
  /** Whether the message makes sense without its body. */
  readonly isBodyOptional?: boolean;
}

export type Variants<T extends { readonly type: string }> = { readonly [Type in T['type']]: Variant<T, Type> };

/** A union of messages, each with its body in a field that is called as its type is, in lower case. */
export function union<T extends { readonly type: string }>(variants: Variants<T>): WireCodec<T> {
  const byType = new Map<string, Known>();
  const byWireType = new Map<string, Known>();
  for (const [type, { wireType, fields, isBodyOptional = false }] of Object.entries<AnyVariant>(variants)) {
    const known = { type, wireType, bodyName: wireType.toLowerCase(), body: message<object>(fields), isBodyOptional };
    byType.set(type, known);
    byWireType.set(wireType, known);
  }
  return {
    write(value) {
      const known = byType.get(value.type);
      if (known === undefined) throw new InvalidArgument('type', `expected one of ${list(byType)}, got ${value.type}`);
      // A message is written as a message.
      const body = known.body.write(value) as WireMessage;
      const isSpare = known.isBodyOptional && Object.keys(body).length === 0;
      return { type: known.wireType, ...(isSpare ? {} : { [known.bodyName]: body }) };
    },
    read(wire, path) {
      const prefix = path === '' ? '' : `${path}.`;
      const { type } = wire as { readonly type?: string };
      if (type === undefined) throw new InvalidArgument(`${prefix}type`, "Expecting 'type' to be present");
      const known = byWireType.get(type);
      if (known === undefined)
        throw new InvalidArgument(`${prefix}type`, `expected one of ${list(byWireType)}, got ${type}`);
      const body = (wire as WireMessage)[known.bodyName] ?? (known.isBodyOptional ? {} : undefined);
      if (body === undefined)
        throw new InvalidArgument(`${prefix}${known.bodyName}`, `Expecting '${known.bodyName}' to be present`);
      // The fields of the variant of this type, as its codec made them.
      return { type: known.type, ...known.body.read(body, `${prefix}${known.bodyName}`) } as T;
    },
  };
}

interface AnyVariant {
  readonly wireType: string;
  readonly fields: FieldCodecs<object>;
  readonly isBodyOptional?: boolean;
}

interface Known {
  readonly type: string;
  readonly wireType: string;
  readonly bodyName: string;
  readonly body: WireCodec<object>;
  readonly isBodyOptional: boolean;
}

function list(known: ReadonlyMap<string, Known>): string {
  return [...known.keys()].join(', ');
}
