import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AgentModel, type Step } from './agent-model.ts';

/*
 * Random launches, kills, exits, acknowledgements, broken connections, restarts and crashes at any write to the disk,
 * against a master that keeps books of what it was told. After each step: a task's updates come one at a time and only
 * go forward, none is skipped, and what is on disk is what the agent knows. When the faults stop, each task that was
 * launched has had one terminal update, and nothing is left.
 */

/** Few tasks, so that steps meet the same ones. */
const task = fc.nat(3);
const kinds = {
  launch: fc.record({ type: fc.constant<'launch'>('launch'), task, checkpoint: fc.nat(3).map((chance) => chance > 0) }),
  group: fc.record({ type: fc.constant<'launchGroup'>('launchGroup'), task }),
  life: fc.record({
    type: fc.constantFrom<('kill' | 'exit' | 'fail' | 'lose' | 'start')[]>(
      'kill',
      'exit',
      'fail',
      'lose',
      'start',
      'start',
    ),
    task,
  }),
  answer: fc.record({ type: fc.constant<'acknowledge'>('acknowledge'), which: fc.nat(9) }),
  fault: fc.record({
    type: fc.constantFrom<('disconnect' | 'restart' | 'silence')[]>('disconnect', 'restart', 'silence'),
  }),
  crash: fc.record({
    type: fc.constant<'crash'>('crash'),
    write: fc.integer({ min: 1, max: 4 }),
    torn: fc.nat(1_500),
  }),
  wait: fc.record({ type: fc.constant<'wait'>('wait'), ms: fc.constantFrom(0, 1, 10_000, 100_000) }),
};
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: kinds.launch },
  { weight: 2, arbitrary: kinds.group },
  { weight: 8, arbitrary: kinds.life },
  { weight: 8, arbitrary: kinds.answer },
  { weight: 2, arbitrary: kinds.fault },
  { weight: 2, arbitrary: kinds.crash },
  { weight: 2, arbitrary: kinds.wait },
);

describe('an agent, whatever happens', () => {
  test('tells all there is to tell of each task, once and in order', () => {
    const totals = { crashes: 0, updates: 0, repeats: 0, terminal: 0, unknown: 0 };
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 50 }), (steps) => {
        const model = new AgentModel();
        for (const next of steps) model.run(next);
        model.finish();
        for (const [name, count] of Object.entries(model.counts)) totals[name as keyof typeof totals] += count;
      }),
      { numRuns: 150 },
    );
    // The property means little if these never happen. The rarest come to 25 on average, and seldom to fewer than 15.
    expect(totals.terminal).toBeGreaterThan(150);
    for (const count of Object.values(totals)) expect(count).toBeGreaterThan(4);
  });
});
