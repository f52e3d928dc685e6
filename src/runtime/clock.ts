/** The only source of time in `src/`; `Date`, `performance` and `setTimeout` are for adapters. */
export interface Clock {
  /** Milliseconds from an arbitrary start; never goes back. For timeouts, backoff and ages. */
  monotonicMs(): number;
  /** Milliseconds since the Unix epoch; may jump. For timestamps that people read, nothing else. */
  wallMs(): number;
  /**
   * Calls back once, not before `delayMs` (0 or more) and never within this call; callbacks of equal time run in the
   * order in which they were scheduled. Disposing the handle cancels the call; disposing twice is fine.
   */
  schedule(delayMs: number, callback: () => void): Disposable;
}
