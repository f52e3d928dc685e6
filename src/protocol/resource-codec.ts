import { InvalidArgument } from '../core/index.ts';
import { type Attribute, type Label, Quantities, Resources } from '../resources/index.ts';
import { type Codec, type JsonValue, list, map, number, optional, record, text, variants } from './json-codec.ts';

const objects: Codec<readonly unknown[]> = list({
  // What `Resources` writes is JSON; what it reads it checks itself.
  encode: (value) => value as JsonValue,
  decode: (json) => json,
});

/** As Mesos's JSON objects. */
export const resourcesCodec: Codec<Resources> = {
  encode: (value) => objects.encode(value.toJSON()),
  decode: (json, path) => located(path, () => Resources.fromJSON(objects.decode(json, path))),
};

const amounts = map(number);

/** Plain numbers by name. */
export const quantitiesCodec: Codec<Quantities> = {
  encode: (value) => amounts.encode(value.toJSON()),
  decode: (json, path) => located(path, () => Quantities.of(amounts.decode(json, path))),
};

/** Says where in the whole message a fault lies that was found in a part. */
function located<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidArgument) || error.field.startsWith(path)) throw error;
    throw new InvalidArgument(path, error.message, { cause: error });
  }
}

export const labelsCodec: Codec<readonly Label[]> = list(record<Label>({ key: text, value: optional(text) }));

export const attributesCodec: Codec<readonly Attribute[]> = list(
  record<Attribute>({
    name: text,
    value: variants<Attribute['value']>({
      SCALAR: { milli: number },
      RANGES: { bounds: list(number) },
      TEXT: { text },
    }),
  }),
);
