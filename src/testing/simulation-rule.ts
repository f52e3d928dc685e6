/** What was broken: an invariant by its number in docs/SPEC.md; by a `scheduler`, its contract; or by an `error`, nothing that has a number. */
export type SimulationRule =
  | 'A1'
  | 'A2'
  | 'A3'
  | 'A4'
  | 'A5'
  | 'A6'
  | 'T1'
  | 'T2'
  | 'T3'
  | 'R1'
  | 'R2'
  | 'L1'
  | 'scheduler'
  | 'error';

const NUMBERED: ReadonlySet<string> = new Set(['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'T1', 'T2', 'T3', 'R1', 'R2', 'L1']);

/** The number that a checker's sentence has before its first colon, or that an invariant's error has further on. */
export function ruleOf(violation: string): SimulationRule {
  const number = /(?:^|: |; )([ATRL]\d): /.exec(violation)?.[1];
  return isNumbered(number) ? number : 'error';
}

function isNumbered(text: string | undefined): text is Exclude<SimulationRule, 'scheduler' | 'error'> {
  return text !== undefined && NUMBERED.has(text);
}
