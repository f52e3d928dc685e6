import { entriesByName, InvalidArgument } from '../core/index.ts';

/** Everything that can go wrong, in the order in which counts are listed. */
export const FAULT_KINDS = [
  /** A single call, of a framework or an agent to the master, does not arrive. */
  'loseMessage',
  /** A single call takes its time; those behind it wait. */
  'delayMessage',
  /** A single call arrives twice. */
  'duplicateMessage',
  /** A connection breaks; each side hears of it in its own time. */
  'cutStream',
  /** Nothing passes between an agent and the master. */
  'partitionAgent',
  /** Nothing passes between a framework and the master. */
  'partitionFramework',
  /** Nothing passes between the master and anybody. */
  'partitionMaster',
  /** Nothing passes in one direction between one peer and the master. */
  'oneWayPartition',
  /** An agent's process dies, its tasks go on; it is started again later. */
  'crashAgent',
  /** A machine restarts: agent and tasks die, the disk stays. */
  'crashAgentWithTasks',
  /** A machine is gone for good, with its disk; later a new one joins in its place. */
  'loseMachine',
  /** A task's process is killed by the system. */
  'crashExecutor',
  /** A framework's scheduler dies; another one, with the same id and state, takes over. */
  'failoverFramework',
  /** A framework's scheduler dies, and another one starts anew, knowing nothing. */
  'forgetFramework',
  /** The master dies; a new one starts with what is in the registry. */
  'failoverMaster',
  /** Each write to the disk of an agent takes a while, in which its process does nothing else. */
  'slowDisk',
  /** A write to the disk of an agent fails. */
  'failWrite',
  /** A write to the disk of an agent fails half-way. */
  'tornWrite',
  /** The wall clock of one machine jumps, back or forth. */
  'jumpWallClock',
  /** A connection breaks, and one side never hears of it. */
  'halfOpenStream',
  /** The registry takes seconds to write. */
  'slowRegistry',
  /** A write to the registry fails. */
  'failRegistryWrite',
  /** A write to the registry is carried out, and the master is told that it failed. */
  'unconfirmRegistryWrite',
  /** The master dies when something is in the registry, and before it acts upon it. */
  'crashMasterAtWrite',
  /** Another master is elected, and the old one does not know yet: it goes on with those that are connected to it. */
  'splitMaster',
  /** An operator declares an agent gone that is quite well. */
  'markAgentGone',
  /** An operator has an agent removed: it ends its tasks, and comes back as a new one. */
  'removeAgent',
  /** An operator ends a framework. */
  'teardownFramework',
  /** An operator weighs a role anew. */
  'updateWeights',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** One fault at one moment. */
export interface ScriptedFault {
  /** Virtual milliseconds since the start. */
  readonly atMs: number;
  readonly kind: FaultKind;
  /** Host name of an agent, or name of a framework; drawn from the seed if absent. Nothing happens if there is none of the name. */
  readonly target?: string;
  /** How long it lasts, how late a call is, or until what died is started again; drawn from the seed if absent. */
  readonly durationMs?: number;
  /**
   * What else was drawn for it, in order: in the record of a fault that has happened, so that it happens again in the same
   * way. Drawn from the seed if absent, or where it ends.
   */
  readonly chance?: readonly number[];
}

/** What goes wrong in a simulation. Both parts are optional, and add up. */
export interface FaultPlan {
  /** How often each kind happens on average, per virtual hour. */
  readonly rates?: Partial<Readonly<Record<FaultKind, number>>>;
  readonly script?: readonly ScriptedFault[];
}

/** @throws InvalidArgument naming the field at fault */
export function checkFaultPlan(plan: FaultPlan): void {
  const kinds: readonly string[] = FAULT_KINDS;
  for (const [kind, rate] of entriesByName(plan.rates ?? {})) {
    if (!kinds.includes(kind))
      throw new InvalidArgument('faults.rates', `expected one of ${kinds.join(', ')}, got ${kind}`);
    if (typeof rate !== 'number' || !Number.isFinite(rate) || rate < 0) {
      throw new InvalidArgument(`faults.rates.${kind}`, `expected a finite number of 0 or more, got ${rate}`);
    }
  }
  plan.script?.forEach(({ atMs, kind, durationMs = 0, chance = [] }, index) => {
    const field = `faults.script[${index}]`;
    if (!kinds.includes(kind))
      throw new InvalidArgument(`${field}.kind`, `expected one of ${kinds.join(', ')}, got ${kind}`);
    if (!(Number.isFinite(atMs) && atMs >= 0)) {
      throw new InvalidArgument(`${field}.atMs`, `expected milliseconds of 0 or more, got ${atMs}`);
    }
    if (!(Number.isFinite(durationMs) && durationMs >= 0)) {
      throw new InvalidArgument(`${field}.durationMs`, `expected milliseconds of 0 or more, got ${durationMs}`);
    }
    for (const drawn of chance) {
      if (!(Number.isSafeInteger(drawn) && drawn >= 0)) {
        throw new InvalidArgument(`${field}.chance`, `expected whole numbers of 0 or more, got ${drawn}`);
      }
    }
  });
}

/** Every kind at the same rate, per virtual hour; a few at rates of their own. */
export function everyFault(perHour: number, but: Partial<Readonly<Record<FaultKind, number>>> = {}): FaultPlan {
  return { rates: { ...Object.fromEntries(FAULT_KINDS.map((kind) => [kind, perHour])), ...but } };
}
