import {
  compileConstraints,
  type ConstrainedAgent,
  type ConstraintFilter,
  type ConstraintGroup,
} from '../offers/index.ts';

const UNKNOWN = 0;
const KEPT = 1;
const EXCLUDED = 2;

/** Constraints that some frameworks have in some roles, with what they said of agents when they were last asked. */
export interface ConstraintRecord {
  readonly text: string;
  readonly filter: ConstraintFilter;
  /** By row of the agent. */
  verdicts: Uint8Array;
  /** How many pairs have it. */
  pairs: number;
}

/**
 * Offer constraints in force. Frameworks that say the same share one record; an agent is judged once by each, until it
 * describes itself otherwise. So a round costs one look into a table for each pair and agent, and nothing for pairs
 * without constraints.
 */
export class ConstraintTable {
  readonly #records = new Map<string, ConstraintRecord>();

  /** @throws InvalidArgument if they are not valid */
  join(groups: readonly ConstraintGroup[]): ConstraintRecord {
    const text = JSON.stringify(groups);
    const known = this.#records.get(text);
    if (known !== undefined) {
      known.pairs++;
      return known;
    }
    const record = { text, filter: compileConstraints(groups), verdicts: new Uint8Array(64), pairs: 1 };
    this.#records.set(text, record);
    return record;
  }

  /** Forgets the record with its last pair. */
  leave(record: ConstraintRecord): void {
    record.pairs--;
    if (record.pairs === 0) this.#records.delete(record.text);
  }

  /** The agent in that row is another one, or another than it was. */
  forget(row: number): void {
    for (const { verdicts } of this.#records.values()) if (row < verdicts.length) verdicts[row] = UNKNOWN;
  }
}

/** Whether the constraints keep the agent out of offers. */
export function excludes(record: ConstraintRecord, row: number, agent: ConstrainedAgent): boolean {
  if (row >= record.verdicts.length) {
    const longer = new Uint8Array(Math.max(row + 1, record.verdicts.length * 2));
    longer.set(record.verdicts);
    record.verdicts = longer;
  }
  const known = record.verdicts[row] ?? UNKNOWN;
  if (known !== UNKNOWN) return known === EXCLUDED;
  const kept = record.filter(agent);
  record.verdicts[row] = kept ? KEPT : EXCLUDED;
  return !kept;
}
