/** What kind of reason it is. `resources` are scalars; a refused task may break several rules at once. */
export type RefusalRule = 'resources' | 'ports' | 'volumes' | 'role' | 'constraints';

/** One reason why a task does not fit an offer. */
export interface Refusal {
  readonly rule: RefusalRule;
  /** What it is about: the name of a resource, a port, a volume's id, a role, or the field of a constraint. */
  readonly subject: string;
  /** For people: what was needed, and what there was. */
  readonly reason: string;
  /**
   * What it is about: something that may be different in a later offer of the same agent to the same role (true), or
   * something that is the same for as long as the agent is registered (false).
   *
   * - true: an amount, a port, a volume, or how many tasks are somewhere; they come and go.
   * - false: the role, the host name, an attribute.
   *
   * True is no promise. One offer does not tell what the agent has in all, so it is also true of what no offer of this
   * agent will ever hold, such as 16 CPUs of an agent that has 2.
   */
  readonly mayChange: boolean;
}

/** How often a task, or many, were refused for one reason. */
export interface RefusalCount {
  readonly rule: RefusalRule;
  readonly subject: string;
  readonly count: number;
  /** Whether {@link Refusal.mayChange} is true of at least one of them: waiting may help, and may not. */
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
