export {
  type Attribute,
  attributesFromJSON,
  attributesToJSON,
  equalAttributes,
  formatAttributes,
  parseAttributes,
} from './attributes.ts';
export { downgradeResources } from './downgrade.ts';
export { ResourceLimits, type ResourceLimitsFactory } from './limits.ts';
export { Quantities, type QuantitiesFactory } from './quantities.ts';
export type { DiskInfo, DiskSource, Label, Reservation, Resource, ResourceValue } from './resource.ts';
export {
  type ResourceConversion,
  type ResourceJson,
  type ResourceOperation,
  Resources,
  type ResourcesFactory,
} from './resources.ts';
export { isStrictSubrole, reservationRole, roleAncestors, roleError } from './roles.ts';
export { parseValue } from './value-text.ts';
