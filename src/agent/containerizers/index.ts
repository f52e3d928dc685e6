export { holdLifeline, type Lifeline } from './process/lifeline.ts';
export { createProcessContainerizer, type ProcessContainerizerOptions } from './process/process-containerizer.ts';
