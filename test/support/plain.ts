/**
 * A value with everything laid open that a comparison would not look into: collections of resources as their JSON,
 * bytes as numbers, objects as their fields in order of name. An absent field and an undefined one are the same.
 */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('toJSON' in value && typeof value.toJSON === 'function') return { written: plain(value.toJSON()) };
  const fields = Object.entries(value).filter(([, part]) => part !== undefined);
  return { fields: fields.map(([name, part]) => [name, plain(part)] as const).sort(([a], [b]) => (a < b ? -1 : 1)) };
}
