import * as fc from 'fast-check';
import type { Quantities, ResourceLimits } from '../../src/resources/index.ts';
import { type ResourceArbitraries, resourceArbitraries } from '../../src/testing/resource-arbitraries.ts';

/* Those of the public kit, made with this project's fast-check. */
const made: ResourceArbitraries = resourceArbitraries(fc);

export const resource: ResourceArbitraries['resource'] = made.resource;
export const resourceList: ResourceArbitraries['resourceList'] = made.resourceList;
export const resources: ResourceArbitraries['resources'] = made.resources;
export const textPieces: fc.Arbitrary<string[]> = made.textPieces;
export const quantities: fc.Arbitrary<Quantities> = made.quantities;
export const limits: fc.Arbitrary<ResourceLimits> = made.limits;
