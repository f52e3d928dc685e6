import type { Label } from '../../resources/index.ts';
import type { Constraint } from './constraint.ts';

/**
 * One port of a task: this very one, any of these (inclusive), or any at all.
 */
export type PortRequest = number | { readonly begin: number; readonly end: number } | 'any';

/**
 * What a task needs of an offer. Whatever is absent is not needed, or not restricted; fields of other names are refused.
 * Treated as frozen.
 */
export interface Requirement {
  /** CPUs, in steps of 0.001. */
  readonly cpus?: number;
  /** Megabytes. */
  readonly memMb?: number;
  /** Megabytes of the agent's own disk; volumes are apart. */
  readonly diskMb?: number;
  /** Whole GPUs. */
  readonly gpus?: number;
  /** Other scalar resources by name, such as `{ licenses: 1 }`. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** One entry per port; the match names them in the same order. */
  readonly ports?: readonly PortRequest[];
  /** Which of the free ports `'any'` takes: the lowest, or one drawn from the context's `random`. Lowest if absent. */
  readonly portChoice?: 'lowest' | 'random';
  /** Ids of persistent volumes that must be in the offer, whole. */
  readonly volumes?: readonly string[];
  /** Roles whose offers will do. */
  readonly roles?: readonly string[];
  /**
   * Which resources will do: `first` (if absent) takes reserved ones before unreserved ones, `only` none but reserved
   * ones, `never` none but unreserved ones.
   */
  readonly reserved?: 'first' | 'only' | 'never';
  /** Of reserved resources, only those whose innermost reservation has all of these labels. */
  readonly reservationLabels?: readonly Label[];
  /** Whether resources that may be taken away at any time will do, as well as others; false if absent. */
  readonly revocable?: boolean;
  /** About the agent: its host name and attributes. All must hold. */
  readonly constraints?: readonly Constraint[];
}
