import { InvalidArgument } from '../core/index.ts';
import { type Clock, type Log, type Random, silentLog } from '../runtime/index.ts';
import type { Backoff } from './backoff.ts';
import { DEFAULT_CLOCK, DEFAULT_RANDOM } from './defaults.ts';

/** How the driver behaves; what is absent has the default named here. */
export interface DriverOptions {
  /** The real clock if absent. */
  readonly clock?: Clock;
  /** Chance from the operating system if absent. */
  readonly random?: Random;
  /** Nothing is logged if absent. */
  readonly log?: Log;
  /**
   * True, the default: an update is acknowledged as soon as all subscribers of `updates$` have been given it. False:
   * the author calls `acknowledge`, for instance after having stored it.
   */
  readonly autoAcknowledge?: boolean;
  /** Between attempts to subscribe; {@link DEFAULT_BACKOFF} for what is absent. */
  readonly backoff?: Partial<Backoff>;
  /** How long the master may take to answer SUBSCRIBE, in milliseconds; 30,000 if absent. */
  readonly subscribeTimeoutMs?: number;
  /**
   * How often all tasks are reconciled while the subscription lasts, in milliseconds; 900,000 (15 minutes, as Mesos
   * advises) if absent, 0 for never.
   */
  readonly reconcileIntervalMs?: number;
  /** How many items a stream keeps while nobody is subscribed to it; 10,000 if absent. See {@link Driver}. */
  readonly keepMax?: number;
}

/** Once soon, since most breaks are short; then patiently. */
export const DEFAULT_BACKOFF: Backoff = { firstMs: 100, minMs: 1_000, maxMs: 30_000 };

/** {@link DriverOptions} with the defaults filled in. */
export interface Behaviour {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly autoAcknowledge: boolean;
  readonly backoff: Backoff;
  readonly subscribeTimeoutMs: number;
  readonly reconcileIntervalMs: number;
  readonly keepMax: number;
}

/** @throws InvalidArgument naming the option at fault */
export function behaviour(options: DriverOptions): Behaviour {
  const { subscribeTimeoutMs = 30_000, reconcileIntervalMs = 900_000, keepMax = 10_000 } = options;
  const backoff = { ...DEFAULT_BACKOFF, ...options.backoff };
  if (!(subscribeTimeoutMs > 0)) refuse('subscribeTimeoutMs', 'milliseconds, more than 0', subscribeTimeoutMs);
  if (!(reconcileIntervalMs >= 0)) refuse('reconcileIntervalMs', 'milliseconds, 0 or more', reconcileIntervalMs);
  if (!(Number.isInteger(keepMax) && keepMax >= 0)) refuse('keepMax', 'an integer from 0 on', keepMax);
  for (const field of ['firstMs', 'minMs', 'maxMs'] as const) {
    const delayMs = backoff[field];
    if (!(Number.isFinite(delayMs) && delayMs >= 0)) refuse(`backoff.${field}`, 'milliseconds, 0 or more', delayMs);
  }
  return {
    clock: options.clock ?? DEFAULT_CLOCK,
    random: (options.random ?? DEFAULT_RANDOM).stream('driver'),
    log: options.log ?? silentLog,
    autoAcknowledge: options.autoAcknowledge ?? true,
    backoff,
    subscribeTimeoutMs,
    reconcileIntervalMs,
    keepMax,
  };
}

function refuse(field: string, expected: string, got: number): never {
  throw new InvalidArgument(`options.${field}`, `expected ${expected}, got ${got}`);
}
