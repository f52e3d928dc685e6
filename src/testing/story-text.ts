import { type OfferId, unreachable } from '../core/index.ts';
import type { Offer } from '../offers/index.ts';
import type { TaskStatus } from '../tasks/index.ts';
import type { FaultKind, ScriptedFault } from './fault-plan.ts';
import type { HistoryEvent } from './scheduler-history.ts';
import type { TimedEvent } from './scheduler-recorder.ts';
import type { SimulatedAgent } from './simulate-options.ts';

/** Ids of offers are long; in a story they are numbered, `offer 3`, in the order in which they came. */
export type OfferNames = ReadonlyMap<OfferId, string>;

/** Virtual milliseconds as people read them: `12.5 s`. */
export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** The cluster in a line for each agent. */
export function clusterLines(agents: readonly SimulatedAgent[]): readonly string[] {
  return agents.map(({ hostname = '', resources = 'the default resources', attributes }) =>
    [hostname, String(resources), attributes].filter((text) => text !== undefined).join('  '),
  );
}

export function offerNames(events: readonly TimedEvent[]): OfferNames {
  const names = new Map<OfferId, string>();
  for (const { event } of events) {
    if (event.type === 'offered') names.set(event.offer.id, `offer ${names.size + 1}`);
  }
  return names;
}

/** A sentence with the short names of offers in the place of their ids. */
export function withOfferNames(sentence: string, names: OfferNames): string {
  return [...names].reduce((text, [id, name]) => text.replaceAll(`offer ${id}`, name), sentence);
}

/** What happened, one line for each event and each fault, in order of time. */
export function storyLines(
  events: readonly TimedEvent[],
  { faults, names }: { readonly faults: readonly ScriptedFault[]; readonly names: OfferNames },
): readonly string[] {
  const lastMs = events.at(-1)?.atMs ?? 0;
  const lines: readonly Line[] = [
    ...faults.filter(({ atMs }) => atMs <= lastMs).map((fault) => ({ atMs: fault.atMs, text: faultText(fault) })),
    ...eventLines(events, names),
  ];
  return withoutRepetition(lines.toSorted((a, b) => a.atMs - b.atMs)).map(timed);
}

export function timed({ atMs, text }: Line): string {
  return `${formatSeconds(atMs).padStart(9)}  ${text}`;
}

interface Line {
  readonly atMs: number;
  readonly text: string;
  /** An offer that came and went at once: many of those say no more than one. */
  readonly isDeclined?: boolean;
}

function eventLines(events: readonly TimedEvent[], names: OfferNames): readonly Line[] {
  const declinedAtOnce = new Set<OfferId>();
  for (const { event } of events) {
    if (event.type === 'offerEnded' && event.end === 'declined' && event.heldMs === 0)
      declinedAtOnce.add(event.offer.id);
  }
  return events.flatMap(({ atMs, event }): readonly Line[] => {
    if (event.type === 'offerEnded' && (event.end === 'accepted' || declinedAtOnce.has(event.offer.id))) return [];
    const text = eventText(event, names);
    if (event.type !== 'offered' || !declinedAtOnce.has(event.offer.id)) return [{ atMs, text }];
    return [{ atMs, text: `${text}, and declines it`, isDeclined: true }];
  });
}

/** So many offers in a row that are declined at once are shown one by one. */
const DECLINED_MAX = 2;

function withoutRepetition(lines: readonly Line[]): readonly Line[] {
  const shown: Line[] = [];
  let row: Line[] = [];
  const endRow = (): void => {
    const [first] = row;
    const last = row.at(-1);
    if (row.length <= DECLINED_MAX || first === undefined || last === undefined) shown.push(...row);
    else {
      const text = `is offered, and declines, ${row.length} offers until ${formatSeconds(last.atMs)}`;
      shown.push({ atMs: first.atMs, text });
    }
    row = [];
  };
  for (const line of lines) {
    if (line.isDeclined === true) row.push(line);
    else {
      endRow();
      shown.push(line);
    }
  }
  endRow();
  return shown;
}

function eventText(event: HistoryEvent, names: OfferNames): string {
  const nameOf = (id: OfferId): string => names.get(id) ?? `an offer that it never had (${id})`;
  switch (event.type) {
    case 'subscribed':
      return 'is subscribed';
    case 'disconnected':
      return 'has lost the master';
    case 'offered':
      return `is offered ${describeOffer(event.offer, nameOf(event.offer.id))}`;
    case 'offerEnded':
      return offerEndText(event, nameOf(event.offer.id));
    case 'launched':
      return `launches task ${event.task.taskId} on ${event.offerIds.map(nameOf).join(', ')}`;
    case 'updated':
      return `is told ${updateText(event.status)}`;
    case 'killed':
      return `kills task ${event.taskId}`;
    case 'forgotten':
      return 'has lost its state, and starts anew';
    case 'finished':
      return 'has finished';
    case 'threw':
      return `throws ${event.message}`;
    default:
      return unreachable(event, 'HistoryEvent');
  }
}

function offerEndText({ end, heldMs }: Extract<HistoryEvent, { readonly type: 'offerEnded' }>, name: string): string {
  const held = `after ${formatSeconds(heldMs)}`;
  switch (end) {
    case 'accepted':
    case 'declined':
      return `has ${end} ${name} ${held}`;
    case 'rescinded':
      return `loses ${name}, rescinded by the master ${held}`;
    case 'void':
      return `holds ${name} no longer, void ${held}`;
    default:
      return unreachable(end, 'OfferEnd');
  }
}

function describeOffer({ hostname, resources }: Offer, name: string): string {
  return `${name}: ${hostname}, ${resources.unallocate().toString()}`;
}

function updateText({ taskId, state, reason }: TaskStatus): string {
  return `${taskId} ${state}${reason === undefined ? '' : ` (${reason})`}`;
}

/** `$` stands for the target. */
const FAULTS: Readonly<Record<FaultKind, string>> = {
  loseMessage: 'the next call of $ gets lost',
  delayMessage: 'the next call of $ takes its time',
  duplicateMessage: 'the next call of $ arrives twice',
  cutStream: 'the connection of $ breaks',
  halfOpenStream: 'the connection of $ breaks, and one side does not hear of it',
  partitionAgent: '$ and the master do not reach each other',
  partitionFramework: '$ and the master do not reach each other',
  partitionMaster: 'nobody and the master reach each other',
  oneWayPartition: 'nothing passes between $ and the master in one direction',
  crashAgent: 'the agent on $ dies, its tasks go on',
  crashAgentWithTasks: 'the machine $ is off, and its tasks are dead',
  loseMachine: 'the machine $ is gone for good; a new one comes later',
  crashExecutor: 'a task on $ is killed by the system',
  failoverFramework: 'the scheduler of $ dies, and another one takes over',
  forgetFramework: 'the scheduler of $ dies, and another one starts anew',
  failoverMaster: 'the master dies, and another one takes over',
  slowDisk: 'the disk of $ is slow',
  failWrite: 'the next write to the disk of $ fails',
  tornWrite: 'the next write to the disk of $ fails half-way',
  jumpWallClock: 'the wall clock of $ jumps',
  slowRegistry: 'the registry is slow',
  failRegistryWrite: 'the next write to the registry fails',
  unconfirmRegistryWrite: 'the next write to the registry is carried out, and is said to have failed',
  crashMasterAtWrite: 'the master dies with the next write to the registry, and another one takes over',
  splitMaster: 'another master takes over, and the old one does not know yet',
  markAgentGone: 'the operator declares the agent on $ gone',
  removeAgent: 'the operator has the agent on $ removed',
  teardownFramework: 'the operator ends $',
  updateWeights: 'the operator weighs a role anew',
};

function faultText({ kind, target = 'somebody', durationMs }: ScriptedFault): string {
  const what = FAULTS[kind].replace('$', target);
  return `!! ${kind}: ${what}${durationMs === undefined ? '' : ` (${formatSeconds(durationMs)})`}`;
}
