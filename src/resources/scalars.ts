/**
 * Thousandths of `value`, halves away from zero; the unit of everything that is added up. May be beyond the exact
 * integers: check with {@link isAmount}.
 *
 * @see Mesos `src/common/values.cpp`, fixed-point scalars with three decimals
 */
export function toMilli(value: number): number {
  return value < 0 ? -Math.round(-value * 1000) : Math.round(value * 1000);
}

/** Whether `milli` is what a scalar may hold: an integer from 0 to 2^53 - 1 thousandths. */
export function isAmount(milli: number): boolean {
  return Number.isSafeInteger(milli) && milli >= 0;
}

/** The most that one scalar may hold, for messages. */
export const AMOUNT_MAX: string = formatMilli(Number.MAX_SAFE_INTEGER);

/** With at most three decimals and never an exponent: 1500 is `1.5`. */
export function formatMilli(milli: number): string {
  const whole = Math.floor(milli / 1000);
  const rest = milli - whole * 1000;
  if (rest === 0) return String(whole);
  return `${whole}.${String(rest).padStart(3, '0').replace(/0+$/, '')}`;
}
