// The resources part of the adapter (see README.md), on the public entry point alone.
import {
  equalAttributes as equal,
  isStrictSubrole as isBelow,
  parseAttributes as readAttributes,
  parseValue as readValue,
  Quantities,
  ResourceLimits,
  Resources,
  roleAncestors as ancestorsOf,
  roleError,
} from 'altiplano/resources';

// ------------------------------------------------------------- the core

export const parseResources = (text, options = {}) => Resources.parse(text, options);

/** Of objects that may be invalid: those are left out. */
export function makeResources(objects) {
  return Resources.sum(objects.map((object) => collectionOf(object) ?? Resources.empty));
}

function collectionOf(object) {
  const copies = object.sharedCount ?? 1;
  try {
    return Resources.fromJSON(Array.from({ length: copies }, () => object));
  } catch {
    return undefined;
  }
}

export function listResources(resources) {
  return Array.from(resources, (resource) => {
    const [object] = Resources.of(resource).toJSON();
    return resource.shared ? { ...object, sharedCount: resources.count(resource) } : object;
  });
}

export const addResources = (a, b) => a.plus(b);
export const subtractResources = (a, b) => a.minus(b);
export const containsResources = (a, b) => a.contains(b);
export const equalResources = (a, b) => a.equals(b);
export const formatResources = (resources) => resources.toString();

// ---------------------------------------------------- further functions

const FILTERS = {
  reserved: (resources, role) => resources.reserved(role),
  unreserved: (resources) => resources.unreserved(),
  revocable: (resources) => resources.revocable(),
  nonRevocable: (resources) => resources.nonRevocable(),
  shared: (resources) => resources.shared(),
  nonShared: (resources) => resources.nonShared(),
  persistentVolumes: (resources) => resources.persistentVolumes(),
  scalars: (resources) => resources.scalars(),
  allocatableTo: (resources, role) => resources.allocatableTo(role),
  allocatedTo: (resources, role) => resources.allocatedTo(role),
  named: (resources, role) => resources.named(role),
};

export const filterResources = (resources, { kind, role }) => FILTERS[kind](resources, role);

/** Labels are nested in the JSON form, and plain in the package. */
export function pushReservation(resources, { labels, ...reservation }) {
  return resources.pushReservation(labels === undefined ? reservation : { ...reservation, labels: labels.labels });
}

export const toUnreserved = (resources) => resources.toUnreserved();
export const allocateResources = (resources, role) => resources.allocate(role);
export const unallocateResources = (resources) => resources.unallocate();
export const applyOperation = (resources, operation) => resources.apply(operation);
export const findResources = (resources, targets) => resources.find(targets) ?? null;

export function shrinkResources(resources, { quantities, limits }) {
  if (quantities !== undefined) return resources.shrinkToQuantities(Quantities.parse(quantities));
  return resources.shrinkToLimits(ResourceLimits.parse(limits));
}

export function validateResource(object) {
  try {
    Resources.fromJSON([object]);
    return null;
  } catch (error) {
    return error.message;
  }
}

const plainValue = (value) => {
  switch (value.type) {
    case 'SCALAR':
      return { type: 'SCALAR', value: value.milli / 1000 };
    case 'RANGES': {
      const ranges = [];
      for (let i = 0; i < value.bounds.length; i += 2) ranges.push([value.bounds[i], value.bounds[i + 1]]);
      return { type: 'RANGES', ranges };
    }
    case 'SET':
      return { type: 'SET', items: value.items };
    default:
      return { type: 'TEXT', value: value.text };
  }
};

/** What {@link parseAttributes} made, back to the attributes of the package. */
const READ = new WeakMap();

export const parseValue = (text) => plainValue(readValue(text));

export function parseAttributes(text) {
  const attributes = readAttributes(text);
  const plain = attributes.map(({ name, value }) => ({ name, ...plainValue(value) }));
  READ.set(plain, attributes);
  return plain;
}

export const equalAttributes = (a, b) => equal(READ.get(a), READ.get(b));

const limitsOf = (plain) => ResourceLimits.of(plain);
const quantitiesFrom = (plain) => Quantities.of(plain);

export const parseQuantities = (text) => Quantities.parse(text).toJSON();
export const parseLimits = (text) => ResourceLimits.parse(text).toJSON();
export const addQuantities = (a, b) => quantitiesFrom(a).plus(quantitiesFrom(b)).toJSON();
export const subtractQuantities = (a, b) => quantitiesFrom(a).minus(quantitiesFrom(b)).toJSON();
export const containsQuantities = (a, b) => quantitiesFrom(a).contains(quantitiesFrom(b));
export const formatQuantities = (quantities) => quantitiesFrom(quantities).toString();
export const quantitiesOf = (resources) => resources.quantities().toJSON();
export const resourcesContainQuantities = (resources, plain) => resources.containsQuantities(quantitiesFrom(plain));
export const subtractLimits = (limits, plain) => limitsOf(limits).minus(quantitiesFrom(plain)).toJSON();

export function limitsContain(limits, { limits: other, quantities }) {
  return limitsOf(limits).contains(other === undefined ? quantitiesFrom(quantities) : limitsOf(other));
}

export const validRole = (name) => roleError(name) === undefined;
export const roleAncestors = (name) => ancestorsOf(name);
export const isStrictSubrole = (role, ancestor) => isBelow(role, ancestor);
