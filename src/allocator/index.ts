export type {
  Allocation,
  Allocator,
  AllocatorAgent,
  AllocatorAgentView,
  AllocatorEntry,
  AllocatorFramework,
  AllocatorFrameworkView,
  AllocatorQuotaView,
  AllocatorSnapshot,
  Quota,
} from './allocator.ts';
export { createDrfSorter, createRandomSorter, type DrfSorterOptions } from './drf-sorter.ts';
export { type AllocatorOptions, createAllocator, type SorterName } from './hierarchical-allocator.ts';
export type { InverseAllocation } from './maintenance.ts';
export type { AgentOrder } from './run.ts';
export type { Sorter } from './sorter.ts';
