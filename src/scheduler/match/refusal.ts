/** What kind of reason it is. `resources` are scalars; a refused task may break several rules at once. */
export type RefusalRule = 'resources' | 'ports' | 'volumes' | 'role' | 'constraints';

/** One reason why a task does not fit an offer. */
export interface Refusal {
  readonly rule: RefusalRule;
  /** What it is about: the name of a resource, a port, a volume's id, a role, or the field of a constraint. */
  readonly subject: string;
  /** For people: what was needed, and what there was. */
  readonly reason: string;
  /** Whether a later offer of the same agent to the same role may do: amounts change, attributes do not. */
  readonly mayChange: boolean;
}

/** How often a task, or many, were refused for one reason. */
export interface RefusalCount {
  readonly rule: RefusalRule;
  readonly subject: string;
  readonly count: number;
  /** Whether waiting may help, by at least one of them. */
  readonly mayChange: boolean;
  /** The reason of the last of them. */
  readonly example: string;
}

/** Answers "why is it waiting": refusals by rule and subject, the most frequent first, else in order of appearance. */
export function countRefusals(refusals: Iterable<Refusal>): readonly RefusalCount[] {
  const counts = new Map<string, RefusalCount>();
  for (const { rule, subject, reason, mayChange } of refusals) {
    const key = `${rule} ${subject}`;
    const before = counts.get(key);
    counts.set(key, {
      rule,
      subject,
      count: (before?.count ?? 0) + 1,
      mayChange: mayChange || (before?.mayChange ?? false),
      example: reason,
    });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}
