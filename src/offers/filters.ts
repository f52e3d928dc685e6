/** With an answer to an offer: for how long what was not used shall not be offered again. @see Mesos `Filters` */
export interface Filters {
  /**
   * Milliseconds. Absent, negative or not finite: 5,000. 0: no filter. More than 365 days: 365 days. The agent's
   * resources are offered again sooner if there are more of them than were refused.
   */
  readonly refuseMs?: number;
}

export const REFUSE_MS_DEFAULT = 5_000;
export const REFUSE_MS_MAX: number = 365 * 24 * 3_600_000;

/** The time that {@link Filters} really means, in milliseconds; 0 means no filter. */
export function effectiveRefuseMs(filters: Filters | undefined): number {
  const refuseMs = filters?.refuseMs;
  if (refuseMs === undefined || !Number.isFinite(refuseMs) || refuseMs < 0) return REFUSE_MS_DEFAULT;
  return Math.min(refuseMs, REFUSE_MS_MAX);
}
