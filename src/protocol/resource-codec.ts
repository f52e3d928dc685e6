import { InvalidArgument } from '../core/index.ts';
import {
  type Attribute,
  attributesFromJSON,
  attributesToJSON,
  type Label,
  Quantities,
  Resources,
} from '../resources/index.ts';
import { type Codec, type JsonValue, list, map, number, optional, record, text } from './json-codec.ts';

const objects: Codec<readonly unknown[]> = list({
  // What resources write is JSON; what they read they check themselves.
  encode: (value) => value as JsonValue,
  decode: (json) => json,
});

/** As Mesos's JSON objects. */
export const resourcesCodec: Codec<Resources> = {
  encode: (value) => objects.encode(value.toJSON()),
  decode: (json, path) => Resources.fromJSON(objects.decode(json, path), path),
};

/** As Mesos's JSON objects. */
export const attributesCodec: Codec<readonly Attribute[]> = {
  encode: (value) => objects.encode(attributesToJSON(value)),
  decode: (json, path) => attributesFromJSON(objects.decode(json, path), path),
};

const amounts = map(number);

/** Plain numbers by name. */
export const quantitiesCodec: Codec<Quantities> = {
  encode: (value) => amounts.encode(value.toJSON()),
  decode(json, path) {
    const decoded = amounts.decode(json, path);
    try {
      return Quantities.of(decoded);
    } catch (error) {
      if (!(error instanceof InvalidArgument)) throw error;
      throw new InvalidArgument(path, error.message, { cause: error });
    }
  },
};

export const labelsCodec: Codec<readonly Label[]> = list(record<Label>({ key: text, value: optional(text) }));
