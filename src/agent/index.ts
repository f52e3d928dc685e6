export { nodeClock, nodeDirectory, nodeRandom, nodeSandboxes } from '../runtime/node/index.ts';
export { createProcessContainerizer, type ProcessContainerizerOptions } from './containerizers/index.ts';
export type {
  ContainerConfig,
  ContainerExit,
  ContainerHandlers,
  Containerizer,
} from './containerizer.ts';
export type { CodeHandlers, CodeRunner } from './code-runner.ts';
export type { Executor, ExecutorContext } from './executor.ts';
export type { AgentOptions } from './options.ts';
export type { AgentEvent, CodePlan, VolumeLink } from './protocol.ts';
export type { Sandboxes } from './sandboxes.ts';
export { type Agent, createAgent } from './shell.ts';
export type { AgentExecutorSnapshot, AgentSnapshot, AgentTaskSnapshot } from './snapshot.ts';
