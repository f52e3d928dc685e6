export type { Attribute } from './attributes.ts';
export type { Quantities, ResourceLimits } from './quantities.ts';
export type { DiskInfo, DiskSource, Label, Reservation, Resource, ResourceValue } from './resource.ts';
export type {
  ResourceConversion,
  ResourceJson,
  ResourceOperation,
  Resources,
  ResourcesFactory,
} from './resources.ts';
