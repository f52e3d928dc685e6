/**
 * A program: simulates the seeds that it is given, with every fault, and prints what came of them as JSON, with what its
 * process is like.
 */
import { createHash } from 'node:crypto';
import { argv, stdout } from 'node:process';
import type { Scheduler } from '../../src/scheduler/index.ts';
import { everyFault, type SimulatedAgent, simulate } from '../../src/testing/index.ts';
import { shapeOf } from './shapes.ts';

/** Machines by names that languages sort in different ways. */
const AGENTS: readonly SimulatedAgent[] = ['zebra', 'tapir', 'Yak', 'ibis', 'ångström'].map((hostname, index) => ({
  hostname,
  attributes: `rack:r${index % 2}`,
}));

const hashes = argv.slice(2).map((seed) => {
  const shape = shapeOf(Number(seed), { agentsMax: 5, frameworksMax: 3, durationMs: 300_000 });
  const heard = createHash('sha256');
  /** Ids, times and amounts, which the trace leaves out. */
  const overheard = (scheduler: Scheduler<unknown>): Scheduler<unknown> => ({
    ...scheduler,
    handle: (state, input) => {
      heard.update(JSON.stringify(input));
      return scheduler.handle(state, input);
    },
  });
  const frameworks = shape.frameworks.map((framework) => ({
    ...framework,
    scheduler: overheard(framework.scheduler),
  }));
  const { traceHash, steps, counts } = simulate({
    ...shape,
    agents: AGENTS,
    frameworks,
    faults: everyFault(30),
    healMs: 0,
  });
  return { seed, traceHash, heard: heard.digest('hex'), steps, counts };
});

const { locale, timeZone } = new Intl.DateTimeFormat().resolvedOptions();
const names = AGENTS.map(({ hostname = '' }) => hostname)
  .sort((a, b) => a.localeCompare(b))
  .join(' ');
const place = { locale, timeZone, names, number: (12).toLocaleString(), hour: new Date(0).getHours() };
stdout.write(JSON.stringify({ place, hashes }));
