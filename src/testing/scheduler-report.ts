import type { TimedEvent } from './scheduler-recorder.ts';
import type { Violation } from './scheduler-world.ts';
import type { World } from './simulated-world.ts';
import { clusterLines, offerNames, storyLines, timed } from './story-text.ts';

export interface SchedulerReport extends Violation {
  /** Of the framework. */
  readonly name: string;
  readonly world: World;
  readonly events: readonly TimedEvent[];
  readonly seed: number;
  readonly path: string;
  /** Worlds tried until this was found. */
  readonly runs: number;
  /** How often it was made smaller. */
  readonly shrinks: number;
}

/** The report for people: what does not hold, why that matters, the story, and how to see it again. */
export function formatReport(report: SchedulerReport): string {
  const { name, property, explanation, violation, atMs, world, events, seed, path, runs, shrinks } = report;
  const names = offerNames(events);
  const faults = world.faults.script ?? [];
  return [
    `The scheduler of ${name} does not keep this: ${property}`,
    '',
    `  ${violation}.`,
    '',
    ...wrapped(explanation).map((line) => `  ${line}`),
    '',
    `The smallest story found (in world ${runs}, made smaller ${shrinks} times), with ${plural(faults.length, 'fault')} and ${plural(world.agents.length, 'agent')}:`,
    '',
    ...clusterLines(world.agents).map((line) => `  ${line}`),
    '',
    ...[...storyLines(events, { faults, names }), timed({ atMs, text: `here it is plain: ${violation}` })].map(
      (line) => `  ${line}`,
    ),
    '',
    `To see it again: await checkScheduler(scheduler, properties, { seed: ${seed}, path: '${path}' });`,
    'with all other options as they were.',
  ].join('\n');
}

function plural(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`;
}

const WIDTH = 100;

function wrapped(text: string): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
