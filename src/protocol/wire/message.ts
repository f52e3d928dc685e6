/**
 * A message of the v1 API, whichever way it is written: fields by their names on the wire, those that are not set are not
 * there. Enums are the names of their values, bytes are bytes, maps are objects. 64-bit integers that are too large for
 * a number are a bigint.
 */
export interface WireMessage {
  readonly [field: string]: WireValue | readonly WireValue[] | undefined;
}

export type WireValue = string | number | bigint | boolean | Uint8Array | WireMessage;

/** How deep messages may be nested: `ContainerID` alone can be as deep as somebody likes. */
export const MESSAGE_DEPTH_MAX = 64;
