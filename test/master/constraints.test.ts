import { describe, expect, test } from 'vitest';
import type { ConstraintGroup, OfferConstraints } from '../../src/offers/index.ts';
import { parseAttributes } from '../../src/resources/index.ts';
import { FakeScheduler } from '../support/fake-scheduler.ts';
import { createHarness, type Harness } from '../support/master-harness.ts';

const onRack = (value: string): readonly ConstraintGroup[] => [
  [{ selector: { type: 'attribute', name: 'rack' }, predicate: { type: 'textEquals', value } }],
];

function subscribe(h: Harness, constraints: OfferConstraints): FakeScheduler {
  const scheduler = new FakeScheduler(h.master.schedulers);
  scheduler.connect([], constraints);
  h.settle();
  return scheduler;
}

describe('offer constraints', () => {
  test('of a subscription keep offers away; the next subscription replaces them', () => {
    const h = createHarness();
    h.agent({ hostname: 'a1', attributes: parseAttributes('rack:r1') });
    h.agent({ hostname: 'a2', attributes: parseAttributes('rack:r2') });
    const scheduler = subscribe(h, { eng: onRack('r1') });
    h.clock.advance(2_000);
    expect([...scheduler.offers.values()].map(({ hostname }) => hostname)).toEqual(['a1']);
    expect(h.master.state().frameworks).toMatchObject([{ offerConstraints: { eng: onRack('r1') } }]);
    scheduler.connect();
    h.clock.advance(1_000);
    expect(scheduler.offers.size).toBe(2);
    expect(h.master.state().frameworks).toMatchObject([{ offerConstraints: {} }]);
  });

  test('are replaced by UPDATE_FRAMEWORK, and kept by SUPPRESS and REVIVE', () => {
    const h = createHarness();
    h.agent({ attributes: parseAttributes('rack:r2') });
    const scheduler = subscribe(h, { eng: onRack('r1') });
    scheduler.call({ type: 'suppress' });
    scheduler.call({ type: 'revive' });
    h.clock.advance(2_000);
    expect(scheduler.offers.size).toBe(0);
    const frameworkInfo = scheduler.info;
    scheduler.call({ type: 'updateFramework', frameworkInfo, offerConstraints: { eng: onRack('r2') } });
    h.clock.advance(1_000);
    expect(scheduler.offers.size).toBe(1);
    scheduler.call({ type: 'suppress' });
    h.settle();
    expect(h.master.state().frameworks).toMatchObject([{ offerConstraints: { eng: onRack('r2') } }]);
  });

  const invalid: OfferConstraints = {
    eng: [[{ selector: { type: 'zone' }, predicate: { type: 'textMatches', regex: '(' } }]],
  };
  test.for<readonly [OfferConstraints, string]>([
    [{ ops: onRack('r1') }, "Offer constraints are of role 'ops', which is not among the framework's roles {eng}"],
    [{ eng: [] }, 'Offer constraints are not valid: eng: expected a list with at least one group'],
    [{ eng: [[]] }, 'Offer constraints are not valid: eng[0]: expected a list with at least one constraint'],
    [invalid, 'Offer constraints are not valid: eng[0][0].predicate.regex: expected a regular expression'],
  ])('%j end a subscription with an error, and an update is dropped', ([constraints, message]) => {
    const h = createHarness();
    const refused = subscribe(h, constraints);
    expect(refused.events).toEqual([{ type: 'error', message: expect.stringContaining(message) }]);
    expect(refused.closed).toHaveLength(1);
    const scheduler = h.framework();
    const frameworkInfo = { ...scheduler.info, name: 'renamed' };
    scheduler.call({ type: 'updateFramework', frameworkInfo, offerConstraints: constraints });
    h.settle();
    expect(h.logged.at(-1)).toContain(message);
    expect(h.master.state().frameworks).toMatchObject([{ info: { name: 'test' }, offerConstraints: {} }]);
  });
});
