import { InvalidArgument } from '../core/index.ts';
import type { KillPolicy } from '../tasks/index.ts';

/** @throws InvalidArgument naming `field` unless `timeMs` is absent or a finite number of milliseconds from 0 on */
export function checkTime(field: string, timeMs: number | undefined): void {
  if (timeMs === undefined || (Number.isFinite(timeMs) && timeMs >= 0)) return;
  throw new InvalidArgument(field, `expected milliseconds, 0 or more, got ${timeMs}`);
}

/** @throws InvalidArgument naming the field at fault */
export function checkKillPolicy(killPolicy: KillPolicy | undefined): void {
  checkTime('killPolicy.gracePeriodMs', killPolicy?.gracePeriodMs);
}
