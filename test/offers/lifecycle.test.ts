import { describe, expect, test } from 'vitest';
import { AgentId, FrameworkId, OfferId } from '../../src/core/index.ts';
import {
  effectiveRefuseMs,
  OFFER_TRANSITIONS,
  type Offer,
  type OfferOutcome,
  type OfferStatus,
  type OfferStimulus,
  offerOutcome,
  REFUSE_MS_DEFAULT,
  REFUSE_MS_MAX,
} from '../../src/offers/index.ts';
import { Resources } from '../../src/resources/index.ts';

const offer: Offer = {
  id: OfferId('M-O1'),
  frameworkId: FrameworkId('M-0000'),
  agentId: AgentId('M-S0'),
  role: '*',
  hostname: 'host',
  resources: Resources.parse('cpus:1').allocate('*'),
  attributes: [],
  executorIds: [],
};

const STATUSES: readonly OfferStatus[] = ['outstanding', 'accepted', 'declined', 'rescinded'];
const STIMULI: readonly OfferStimulus[] = ['accept', 'acceptInvalid', 'decline', 'rescind', 'timeout'];

describe('the table of offers', () => {
  test.for<[OfferStatus, OfferStimulus, OfferOutcome]>([
    ['outstanding', 'accept', 'accepted'],
    ['outstanding', 'acceptInvalid', 'declined'],
    ['outstanding', 'decline', 'declined'],
    ['outstanding', 'rescind', 'rescinded'],
    ['outstanding', 'timeout', 'rescinded'],
    ['accepted', 'accept', 'rejected'],
    ['accepted', 'acceptInvalid', 'rejected'],
    ['accepted', 'decline', 'ignored'],
    ['accepted', 'rescind', 'ignored'],
    ['accepted', 'timeout', 'ignored'],
    ['declined', 'accept', 'rejected'],
    ['declined', 'acceptInvalid', 'rejected'],
    ['declined', 'decline', 'ignored'],
    ['declined', 'rescind', 'ignored'],
    ['declined', 'timeout', 'ignored'],
    ['rescinded', 'accept', 'rejected'],
    ['rescinded', 'acceptInvalid', 'rejected'],
    ['rescinded', 'decline', 'ignored'],
    ['rescinded', 'rescind', 'ignored'],
    ['rescinded', 'timeout', 'ignored'],
  ])('%s meets %s: %s', ([status, stimulus, outcome]) => {
    expect(OFFER_TRANSITIONS[status][stimulus]).toBe(outcome);
  });

  test('has a cell for every status and stimulus, and no other', () => {
    expect(Object.keys(OFFER_TRANSITIONS)).toEqual(STATUSES);
    for (const row of Object.values(OFFER_TRANSITIONS)) expect(Object.keys(row)).toEqual(STIMULI);
  });

  test('lets an offer end exactly once: whatever comes first ends it, nothing that comes later changes that', () => {
    for (const stimulus of STIMULI) {
      const end = OFFER_TRANSITIONS.outstanding[stimulus];
      if (end === 'rejected' || end === 'ignored') throw new Error(`${stimulus} leaves the offer outstanding`);
      for (const later of STIMULI) expect(['rejected', 'ignored']).toContain(OFFER_TRANSITIONS[end][later]);
    }
  });
});

describe('offerOutcome()', () => {
  test.for(STIMULI)('answers for an outstanding offer as the table does: %s', (stimulus) => {
    expect(offerOutcome(offer, stimulus)).toBe(OFFER_TRANSITIONS.outstanding[stimulus]);
  });

  test.for(STIMULI)('answers for an offer that is gone as the table does for each way to end: %s', (stimulus) => {
    for (const status of ['accepted', 'declined', 'rescinded'] as const) {
      expect(offerOutcome(undefined, stimulus)).toBe(OFFER_TRANSITIONS[status][stimulus]);
    }
  });
});

describe('effectiveRefuseMs()', () => {
  test.for<[string, number | undefined, number]>([
    ['absent', undefined, REFUSE_MS_DEFAULT],
    ['negative', -1, REFUSE_MS_DEFAULT],
    ['not a number', Number.NaN, REFUSE_MS_DEFAULT],
    ['infinite', Number.POSITIVE_INFINITY, REFUSE_MS_DEFAULT],
    ['zero', 0, 0],
    ['a minute', 60_000, 60_000],
    ['a year', REFUSE_MS_MAX, REFUSE_MS_MAX],
    ['longer than a year', REFUSE_MS_MAX + 1, REFUSE_MS_MAX],
  ])('of a time that is %s', ([, refuseMs, effective]) => {
    expect(effectiveRefuseMs(refuseMs === undefined ? {} : { refuseMs })).toBe(effective);
  });

  test('is 5 seconds without filters', () => {
    expect(effectiveRefuseMs(undefined)).toBe(5_000);
  });
});
