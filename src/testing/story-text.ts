import { type OfferId, unreachable } from '../core/index.ts';
import type { Offer } from '../offers/index.ts';
import type { TaskStatus } from '../tasks/index.ts';
import type { ScriptedFault } from './fault-plan.ts';
import type { HistoryEvent, OfferEnd } from './scheduler-history.ts';
import type { TimedEvent } from './scheduler-recorder.ts';
import type { SimulatedAgent } from './simulate-options.ts';

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

/** What happened, one line for each event and each fault, in order of time. */
export function storyLines(events: readonly TimedEvent[], faults: readonly ScriptedFault[]): readonly string[] {
  const names = offerNames(events);
  const lastMs = events.at(-1)?.atMs ?? 0;
  const lines = [
    ...faults
      .filter(({ atMs }) => atMs <= lastMs)
      .map((fault) => ({ atMs: fault.atMs, text: `** ${faultText(fault)}` })),
    ...events.map(({ atMs, event }) => ({ atMs, text: eventText(event, names) })),
  ];
  return merged(lines.toSorted((a, b) => a.atMs - b.atMs).filter(({ text }) => text !== ''));
}

interface Line {
  readonly atMs: number;
  readonly text: string;
}

/** Lines that differ in their time only become one, with their number: a story shows what repeats, not how often. */
function merged(lines: readonly Line[]): readonly string[] {
  const shown: { atMs: number; text: string; count: number }[] = [];
  for (const { atMs, text } of lines) {
    const last = shown.at(-1);
    if (last !== undefined && last.text === text) last.count += 1;
    else shown.push({ atMs, text, count: 1 });
  }
  return shown.map(
    ({ atMs, text, count }) => `${formatSeconds(atMs).padStart(9)}  ${text}${count === 1 ? '' : ` (${count} times)`}`,
  );
}

/** `cuts the connection of batch`, and for how long. */
function faultText({ kind, target, durationMs }: ScriptedFault): string {
  const what = `fault: ${kind}${target === undefined ? '' : ` ${target}`}`;
  return durationMs === undefined ? what : `${what}, for ${formatSeconds(durationMs)}`;
}

/** Ids of offers are long; in a story they are numbered in the order in which they came. */
function offerNames(events: readonly TimedEvent[]): ReadonlyMap<OfferId, string> {
  const names = new Map<OfferId, string>();
  for (const { event } of events) {
    if (event.type === 'offered') names.set(event.offer.id, `offer ${names.size + 1}`);
  }
  return names;
}

const ENDS: Readonly<Record<OfferEnd, string>> = {
  accepted: '',
  declined: 'declines',
  rescinded: 'loses, rescinded by the master,',
  void: 'holds no longer: void is',
};

function eventText(event: HistoryEvent, names: ReadonlyMap<OfferId, string>): string {
  const nameOf = (id: OfferId): string => names.get(id) ?? `an offer it never had (${id})`;
  switch (event.type) {
    case 'subscribed':
      return 'is subscribed';
    case 'disconnected':
      return 'has lost the master';
    case 'offered':
      return `is offered ${describeOffer(event.offer, nameOf(event.offer.id))}`;
    case 'offerEnded':
      return event.end === 'accepted' ? '' : `${ENDS[event.end]} ${nameOf(event.offer.id)}`;
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

function describeOffer({ hostname, resources }: Offer, name: string): string {
  return `${name}: ${hostname}, ${resources.unallocate().toString()}`;
}

function updateText({ taskId, state, reason }: TaskStatus): string {
  return `${taskId} ${state}${reason === undefined ? '' : ` (${reason})`}`;
}
