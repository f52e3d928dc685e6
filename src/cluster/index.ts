export { type Cluster, createCluster } from './cluster.ts';
export type { ClusterAgent } from './member.ts';
export type { AgentOptions, ClusterOptions } from './options.ts';
