export type { Clock } from './clock.ts';
export type { Directory } from './directory.ts';
export { type Log, type LogLevel, silentLog } from './log.ts';
export { type Random, uuid } from './random.ts';
export { seededRandom } from './seeded-random.ts';
