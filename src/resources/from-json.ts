import { InvalidArgument } from '../core/index.ts';
import type { JsonField } from './json-fields.ts';
import type { DiskInfo, DiskSource, Label, Reservation, Resource, ResourceValue } from './resource.ts';
import { AMOUNT_MAX, isAmount, toMilli } from './scalars.ts';
import { resourceError } from './validity.ts';

/**
 * One object of Mesos's JSON form, with reservations in the older form or the newer; fields that are not known are
 * ignored.
 *
 * @param defaultRole the role of an object that names none: `*` for unreserved
 * @throws InvalidArgument naming the field at fault
 */
export function resourceFromJson(json: JsonField, defaultRole: string): Resource {
  const disk = json.optional('disk');
  const provider = json.optional('provider_id');
  const allocation = json.optional('allocation_info');
  const resource: Resource = {
    name: json.get('name').string(),
    value: valueFromJson(json),
    reservations: reservationsFromJson(json, defaultRole),
    ...(disk !== undefined && { disk: diskFromJson(disk) }),
    ...(isSet(json, 'revocable') && { revocable: true }),
    ...(isSet(json, 'shared') && { shared: true }),
    ...(provider !== undefined && { providerId: provider.get('value').string() }),
    ...(allocation !== undefined && { allocatedTo: allocation.get('role').string() }),
  };
  const error = resourceError(resource);
  if (error !== undefined) throw new InvalidArgument(json.path, error);
  return resource;
}

/** Whether an object without fields of interest is there. */
function isSet(json: JsonField, name: string): boolean {
  const field = json.optional(name);
  field?.object();
  return field !== undefined;
}

const VALUE_TYPES = ['SCALAR', 'RANGES', 'SET'] as const;
const VALUE_FIELDS = { SCALAR: 'scalar', RANGES: 'ranges', SET: 'set' } as const;

function valueFromJson(json: JsonField): ResourceValue {
  const type = json.get('type').oneOf(VALUE_TYPES);
  for (const other of VALUE_TYPES) {
    if (other !== type) json.optional(VALUE_FIELDS[other])?.fail(`nothing in a resource of type ${type}`);
  }
  const value = json.get(VALUE_FIELDS[type]);
  switch (type) {
    case 'SCALAR':
      return { type, milli: scalarFromJson(value) };
    case 'RANGES':
      return { type, bounds: rangesFromJson(value) };
    default:
      return { type, items: (value.optional('item')?.array() ?? []).map((item) => item.string()) };
  }
}

/** Thousandths of `{ value }`. */
export function scalarFromJson(scalar: JsonField): number {
  const field = scalar.get('value');
  const value = field.number();
  const milli = toMilli(value);
  if (!isAmount(milli) || value < 0) return field.fail(`a number from 0 to ${AMOUNT_MAX}`);
  if (milli === 0 && value !== 0) return field.fail('0, or a number that is not less than 0.0005');
  return milli;
}

/** Begin and end in turn of `{ range: [{ begin, end }] }`, as they are. */
export function rangesFromJson(ranges: JsonField): readonly number[] {
  const bounds: number[] = [];
  for (const range of ranges.optional('range')?.array() ?? []) {
    const begin = range.get('begin').integer();
    const end = range.get('end').integer();
    if (end < begin) range.get('end').fail(`an end of ${begin} or more`);
    bounds.push(begin, end);
  }
  return bounds;
}

function reservationsFromJson(json: JsonField, defaultRole: string): readonly Reservation[] {
  const stack = (json.optional('reservations')?.array() ?? []).map(reservationFromJson);
  const role = json.optional('role');
  const dynamic = json.optional('reservation');
  if (stack.length === 0) return olderForm(role?.string() ?? defaultRole, dynamic);
  const [only] = stack;
  if (only === undefined || stack.length > 1) {
    role?.fail('nothing where there is more than one reservation');
    dynamic?.fail('nothing where there is more than one reservation');
  } else {
    checkBothForms(only, role, dynamic);
  }
  return stack;
}

function reservationFromJson(json: JsonField): Reservation {
  return {
    type: json.get('type').oneOf(['STATIC', 'DYNAMIC']),
    role: json.get('role').string(),
    ...principalAndLabels(json),
  };
}

function principalAndLabels(json: JsonField): Pick<Reservation, 'principal' | 'labels'> {
  const principal = json.optional('principal');
  const labels = json.optional('labels');
  return {
    ...(principal !== undefined && { principal: principal.string() }),
    ...(labels !== undefined && { labels: labelsFromJson(labels) }),
  };
}

/** A role, and with it what makes it dynamic. */
function olderForm(role: string, dynamic: JsonField | undefined): readonly Reservation[] {
  if (dynamic === undefined) return role === '*' ? [] : [{ type: 'STATIC', role }];
  dynamic.optional('type')?.fail('no type in the older form of a reservation');
  dynamic.optional('role')?.fail('no role in the older form of a reservation');
  if (role === '*') return dynamic.fail('nothing where the role is "*", which cannot be reserved');
  return [{ type: 'DYNAMIC', role, ...principalAndLabels(dynamic) }];
}

/** Where both forms are there, they must say the same. */
function checkBothForms(only: Reservation, role: JsonField | undefined, dynamic: JsonField | undefined): void {
  if (role !== undefined && role.string() !== only.role) role.fail(`the role of the reservation, ${only.role}`);
  if (only.type === 'STATIC') {
    dynamic?.fail('nothing beside a static reservation');
    return;
  }
  if (dynamic === undefined) {
    role?.fail('nothing without the older form of the reservation');
    return;
  }
  if (role === undefined) return dynamic.fail('nothing without a role');
  const older = olderForm(only.role, dynamic)[0];
  if (older?.principal !== only.principal || !sameLabels(older?.labels, only.labels)) {
    dynamic.fail('principal and labels of the reservation');
  }
}

function sameLabels(a: readonly Label[] | undefined, b: readonly Label[] | undefined): boolean {
  const sorted = (labels: readonly Label[]) => labels.map(({ key, value }) => JSON.stringify([key, value])).sort();
  return JSON.stringify(a && sorted(a)) === JSON.stringify(b && sorted(b));
}

function labelsFromJson(json: JsonField): readonly Label[] {
  return (json.optional('labels')?.array() ?? []).map((label) => {
    const value = label.optional('value');
    return { key: label.get('key').string(), ...(value !== undefined && { value: value.string() }) };
  });
}

function diskFromJson(json: JsonField): DiskInfo {
  const source = json.optional('source');
  const persistence = json.optional('persistence');
  const volume = json.optional('volume');
  return {
    ...(source !== undefined && { source: sourceFromJson(source) }),
    ...(persistence !== undefined && { persistence: persistenceFromJson(persistence) }),
    ...(volume !== undefined && { volume: volumeFromJson(volume) }),
  };
}

function persistenceFromJson(json: JsonField): NonNullable<DiskInfo['persistence']> {
  const principal = json.optional('principal');
  return { id: json.get('id').string(), ...(principal !== undefined && { principal: principal.string() }) };
}

function volumeFromJson(json: JsonField): NonNullable<DiskInfo['volume']> {
  const hostPath = json.optional('host_path');
  return {
    containerPath: json.get('container_path').string(),
    ...(hostPath !== undefined && { hostPath: hostPath.string() }),
    mode: json.get('mode').oneOf(['RW', 'RO']),
  };
}

const ROOT_FIELDS = { path: 'PATH', mount: 'MOUNT' } as const;

function sourceFromJson(json: JsonField): DiskSource {
  const type = json.get('type').oneOf(['PATH', 'MOUNT', 'BLOCK', 'RAW']);
  let root: JsonField | undefined;
  for (const [name, owner] of Object.entries(ROOT_FIELDS)) {
    const field = json.optional(name);
    if (field === undefined) continue;
    root = type === owner ? field.optional('root') : field.fail(`nothing in a disk source of type ${type}`);
  }
  const texts: Record<string, string> = {};
  for (const name of ['id', 'profile', 'vendor']) {
    const text = json.optional(name);
    if (text !== undefined) texts[name] = text.string();
  }
  const metadata = json.optional('metadata');
  return {
    type,
    ...(root !== undefined && { root: root.string() }),
    ...texts,
    ...(metadata !== undefined && { metadata: labelsFromJson(metadata) }),
  };
}
