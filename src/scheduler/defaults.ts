/** What `connect` uses where it is not told: the one place in this room that knows the real world. */
export { currentUser, nodeClock as DEFAULT_CLOCK, nodeRandom as DEFAULT_RANDOM } from '../runtime/node/index.ts';
