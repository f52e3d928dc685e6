import { InvalidArgument, type KnownKeys, refuseUnknownKeys, requireMethods, shown } from '../core/index.ts';
import { type Clock, type Log, type Random, silentLog } from '../runtime/index.ts';
import type { Backoff } from './backoff.ts';
import { DEFAULT_CLOCK, DEFAULT_RANDOM } from './defaults.ts';
import { checkBoolean } from './field-check.ts';

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

const OPTIONS_KEYS: KnownKeys<DriverOptions> = {
  clock: true,
  random: true,
  log: true,
  autoAcknowledge: true,
  backoff: true,
  subscribeTimeoutMs: true,
  reconcileIntervalMs: true,
  keepMax: true,
};

const BACKOFF_KEYS: KnownKeys<Backoff> = { firstMs: true, minMs: true, maxMs: true };

/** @throws InvalidArgument naming the option at fault, also one that there is not */
export function behaviour(options: DriverOptions): Behaviour {
  checkShapes(options);
  const { subscribeTimeoutMs = 30_000, reconcileIntervalMs = 900_000, keepMax = 10_000 } = options;
  const backoff = withDefaults(options.backoff);
  if (!(typeof subscribeTimeoutMs === 'number' && subscribeTimeoutMs > 0))
    refuse('subscribeTimeoutMs', 'milliseconds, more than 0', subscribeTimeoutMs);
  if (!(typeof reconcileIntervalMs === 'number' && reconcileIntervalMs >= 0))
    refuse('reconcileIntervalMs', 'milliseconds, 0 or more', reconcileIntervalMs);
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

function checkShapes(options: DriverOptions): void {
  refuseUnknownKeys(options, OPTIONS_KEYS, 'options');
  const { clock, random, log, autoAcknowledge, backoff } = options;
  if (clock !== undefined) requireMethods(clock, ['monotonicMs', 'wallMs', 'schedule'], 'options.clock');
  if (random !== undefined) requireMethods(random, ['integer', 'stream'], 'options.random');
  if (log !== undefined) requireMethods(log, ['log'], 'options.log');
  if (autoAcknowledge !== undefined) checkBoolean(autoAcknowledge, 'options.autoAcknowledge');
  if (backoff !== undefined) refuseUnknownKeys(backoff, BACKOFF_KEYS, 'options.backoff');
}

function withDefaults(backoff: Partial<Backoff> = {}): Backoff {
  const { firstMs = DEFAULT_BACKOFF.firstMs, minMs = DEFAULT_BACKOFF.minMs, maxMs = DEFAULT_BACKOFF.maxMs } = backoff;
  return { firstMs, minMs, maxMs };
}

function refuse(field: string, expected: string, got: number): never {
  throw new InvalidArgument(`options.${field}`, `expected ${expected}, got ${shown(got)}`);
}
