import type { Clock } from '../runtime/index.ts';
import {
  applyToRegistry,
  copyRegistry,
  type Registry,
  type RegistryOperation,
  type RegistryState,
} from './registry.ts';

/** How a write goes wrong. `lost`: nothing is written. `unconfirmed`: it is written, and the writer hears that it failed. */
export type RegistryFault = 'lost' | 'unconfirmed';

export interface MemoryRegistryOptions {
  readonly clock: Clock;
  /** How long the next read or write takes, in milliseconds, 0 or more; 0 if absent. */
  readonly latencyMs?: () => number;
  /** Asked when a write ends; `undefined`, and if absent: all goes well. */
  readonly failure?: (operations: readonly RegistryOperation[]) => RegistryFault | undefined;
}

/** A registry that outlives its masters, but not the process. */
export interface MemoryRegistry extends Registry {
  /** What is written now: a copy. */
  state(): RegistryState;
}

export function createMemoryRegistry(options: MemoryRegistryOptions): MemoryRegistry {
  const { clock, latencyMs = () => 0, failure = () => undefined } = options;
  const tables = copyRegistry();
  let latestEpoch = 0;
  return {
    state: () => copyRegistry(tables),
    recover(done) {
      latestEpoch += 1;
      const epoch = latestEpoch;
      clock.schedule(latencyMs(), () => done({ type: 'recovered', registry: copyRegistry(tables), epoch }));
    },
    write({ epoch, operations }, done) {
      clock.schedule(latencyMs(), () => {
        if (epoch !== latestEpoch) return done({ type: 'superseded' });
        const fault = failure(operations);
        if (fault !== 'lost') for (const operation of operations) applyToRegistry(tables, operation);
        return done(fault === undefined ? { type: 'written' } : { type: 'failed', reason: `The write was ${fault}` });
      });
    },
  };
}
