import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Resources } from '../../src/resources/index.ts';
import { arbitraries, DEFAULT_FAULTS, type FaultKind } from '../../src/testing/index.ts';
import { checkFaultPlan, FAULT_KINDS } from '../../src/testing/fault-plan.ts';

const { agent, agents, offer, offers, task, faultPlan, resources } = arbitraries(fc);

describe('arbitraries', () => {
  test('agents have names of their own and resources that can be read', () => {
    fc.assert(
      fc.property(agents({ min: 2, max: 4, cpus: { min: 3, max: 5 } }), (drawn) => {
        expect(drawn.length).toBeGreaterThanOrEqual(2);
        expect(drawn.length).toBeLessThanOrEqual(4);
        expect(drawn.map(({ hostname }) => hostname)).toEqual(drawn.map((_, index) => `a${index + 1}`));
        for (const { resources: text = '' } of drawn) {
          const { cpus, ports } = Resources.parse(String(text));
          expect(cpus).toBeGreaterThanOrEqual(3);
          expect(cpus).toBeLessThanOrEqual(5);
          expect(ports).toHaveLength(2);
        }
      }),
    );
  });

  test('agents without racks have no attributes', () => {
    fc.assert(fc.property(agent({ racks: false }), (drawn) => drawn.attributes === undefined));
    expect(fc.sample(agent(), 50).some(({ attributes }) => attributes !== undefined)).toBe(true);
  });

  test('offers hold what is allocated to their role, each of another agent', () => {
    fc.assert(
      fc.property(offers(), (batch) => {
        expect(new Set(batch.map(({ agentId }) => agentId)).size).toBe(batch.length);
        expect(new Set(batch.map(({ id }) => id)).size).toBe(batch.length);
        for (const { resources: held, role } of batch) expect(held.equals(held.allocatedTo(role))).toBe(true);
      }),
    );
  });

  test('a task fits its offer, and has a life', () => {
    fc.assert(
      fc.property(
        offer().chain((on) => fc.tuple(fc.constant(on), task(on))),
        ([on, drawn]) => {
          expect(on.resources.unallocate().contains(drawn.resources)).toBe(true);
          expect(drawn.agentId).toBe(on.agentId);
          expect(drawn.labels?.map(({ key }) => key)).toEqual(['sim.durationMs', 'sim.exit']);
        },
      ),
    );
  });

  test('a fault plan is one that the simulator takes, in order of time, about those it was told of', () => {
    const options = { agents: ['a1', 'a2'], frameworks: ['f'], durationMs: 60_000, maxFaults: 8 };
    const kinds = new Set<FaultKind>();
    fc.assert(
      fc.property(faultPlan(options), (plan) => {
        checkFaultPlan(plan);
        const { script = [] } = plan;
        const times = script.map(({ atMs }) => atMs);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        for (const { atMs, kind, target } of script) {
          kinds.add(kind);
          expect(atMs).toBeLessThan(60_000);
          expect(['a1', 'a2', 'f', undefined]).toContain(target);
        }
      }),
      { numRuns: 200 },
    );
    expect([...kinds].toSorted()).toEqual(DEFAULT_FAULTS.toSorted());
  });

  test('a fault plan keeps to the kinds that it was told, and leaves out what has no one to happen to', () => {
    const kinds = fc.sample(faultPlan({ agents: ['a1'], frameworks: [], kinds: FAULT_KINDS }), 300);
    const seen = new Set(kinds.flatMap(({ script = [] }) => script.map(({ kind }) => kind)));
    expect([...seen].filter((kind) => kind.endsWith('Framework'))).toEqual([]);
    const cuts = fc.sample(faultPlan({ agents: ['a1'], frameworks: ['f'], kinds: ['cutStream'] }), 20);
    expect(new Set(cuts.flatMap(({ script = [] }) => script.map(({ kind }) => kind)))).toEqual(new Set(['cutStream']));
  });

  test('the kit’s resources are those that the laws of this project are tried on', () => {
    fc.assert(fc.property(resources(), resources(), (a, b) => a.plus(b).contains(a)));
  });
});
