export { createProcessContainerizer, type ProcessContainerizerOptions } from './process/process-containerizer.ts';
