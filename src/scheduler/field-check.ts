import { identifierError, InvalidArgument, type KnownKeys, refuseUnknownKeys, shown } from '../core/index.ts';
import type { Filters } from '../offers/index.ts';
import type { Label } from '../resources/index.ts';
import type { KillPolicy } from '../tasks/index.ts';

/*
 * What the compiler sees, for those who come without one: plain JavaScript, parsed JSON, casts. All of them throw
 * InvalidArgument naming `field`.
 */

export function checkText(value: string, field: string): void {
  if (typeof value !== 'string') throw new InvalidArgument(field, `expected a string, got ${shown(value)}`);
}

export function checkBoolean(value: boolean, field: string): void {
  if (typeof value !== 'boolean') throw new InvalidArgument(field, `expected true or false, got ${shown(value)}`);
}

export function checkList(value: readonly unknown[], field: string, of: string): void {
  if (!Array.isArray(value)) throw new InvalidArgument(field, `expected a list of ${of}, got ${shown(value)}`);
}

export function checkTexts(values: readonly string[], field: string, of: string): void {
  checkList(values, field, of);
  values.forEach((value, index) => checkText(value, `${field}[${index}]`));
}

/** The branded id that `brand` makes of a text. */
export function checkedId<Id>(brand: (value: string) => Id, value: string, field: string): Id {
  const fault = identifierError(value);
  if (fault === undefined) return brand(value);
  throw new InvalidArgument(field, `expected an identifier, got ${shown(value)}: ${fault}`);
}

/** Absent, or a finite number of milliseconds from 0 on. */
export function checkTime(field: string, timeMs: number | undefined): void {
  if (timeMs === undefined || (Number.isFinite(timeMs) && timeMs >= 0)) return;
  throw new InvalidArgument(field, `expected milliseconds, 0 or more, got ${shown(timeMs)}`);
}

const KILL_POLICY_KEYS: KnownKeys<KillPolicy> = { gracePeriodMs: true };

export function checkKillPolicy(killPolicy: KillPolicy | undefined, field: string = 'killPolicy'): void {
  if (killPolicy === undefined) return;
  refuseUnknownKeys(killPolicy, KILL_POLICY_KEYS, field);
  checkTime(`${field}.gracePeriodMs`, killPolicy.gracePeriodMs);
}

const FILTERS_KEYS: KnownKeys<Filters> = { refuseMs: true };

/** A number that is no time is allowed: {@link Filters} says what it means. */
export function checkFilters(filters: Filters | undefined): void {
  if (filters === undefined) return;
  refuseUnknownKeys(filters, FILTERS_KEYS, 'filters');
  const { refuseMs } = filters;
  if (refuseMs === undefined || typeof refuseMs === 'number') return;
  throw new InvalidArgument('filters.refuseMs', `expected milliseconds, got ${shown(refuseMs)}`);
}

const LABEL_KEYS: KnownKeys<Label> = { key: true, value: true };

export function checkLabels(labels: readonly Label[] | undefined, field: string): void {
  if (labels === undefined) return;
  checkList(labels, field, 'labels');
  labels.forEach((label, index) => {
    refuseUnknownKeys(label, LABEL_KEYS, `${field}[${index}]`);
    checkText(label.key, `${field}[${index}].key`);
    if (label.value !== undefined) checkText(label.value, `${field}[${index}].value`);
  });
}

export function checkData(data: Uint8Array, field: string): void {
  // Not `instanceof`: the bytes may come from another realm, such as a test runner's.
  if (Object.prototype.toString.call(data) === '[object Uint8Array]') return;
  throw new InvalidArgument(field, `expected a Uint8Array, got ${shown(data)}`);
}
