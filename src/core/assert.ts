import { InvariantViolation } from './errors.ts';

/** Throws an {@link InvariantViolation} if `condition` does not hold: a bug of ours, never of a caller's. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}

/** The `default` of every switch over a closed union: a new variant fails to compile here. */
export function unreachable(value: never, union: string): never {
  throw new InvariantViolation(`Unknown ${union}: ${JSON.stringify(value)}`);
}
