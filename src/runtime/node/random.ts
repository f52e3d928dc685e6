import { randomInt } from 'node:crypto';
import type { Random } from '../random.ts';

/** Chance from the operating system; every stream of it is as independent as the next. */
export const nodeRandom: Random = {
  integer: (boundExclusive) => randomInt(boundExclusive),
  stream: () => nodeRandom,
};
