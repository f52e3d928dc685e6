/** What came of one seed. */
export interface Report {
  readonly seed: number;
  /** Absent: all was well. */
  readonly failure?: Failure;
}

export interface Failure {
  /** One sentence or more, the rule first. */
  readonly violation: string;
  /** The name of the error that ended it, if one did. */
  readonly error?: string;
  /** The violation, the last events, and how to replay it. */
  readonly story: string;
}

/** Which invariant found it: `A3`; or what else ended the run. */
export function finder({ violation, error }: Failure): string {
  const rule = /^(?:After \w+: )?([A-Z]{1,2}\d+)\b/.exec(violation)?.[1];
  if (rule !== undefined) return rule;
  if (error === 'InvariantViolation') return 'assertion';
  return error === undefined ? 'other' : `crash (${error})`;
}
