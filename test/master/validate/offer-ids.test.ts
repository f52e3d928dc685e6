import { describe, expect, test } from 'vitest';
import { AgentId, FrameworkId, OfferId } from '../../../src/core/index.ts';
import { validateOfferIds } from '../../../src/master/validate/index.ts';
import type { Offer } from '../../../src/offers/index.ts';
import { Resources } from '../../../src/resources/index.ts';

const framework = FrameworkId('F1');

function offer(id: string, differences: Partial<Offer> = {}): Offer {
  return {
    id: OfferId(id),
    frameworkId: framework,
    agentId: AgentId('A1'),
    role: 'eng',
    hostname: 'host',
    resources: Resources.parse('cpus:1').allocate('eng'),
    attributes: [],
    executorIds: [],
    ...differences,
  };
}

const outstanding = new Map(
  [
    offer('O1'),
    offer('O2'),
    offer('foreign', { frameworkId: FrameworkId('F2') }),
    offer('role', { role: 'ops' }),
    offer('agent', { agentId: AgentId('A2') }),
    offer('both', { role: 'ops', agentId: AgentId('A2') }),
    offer('all', { frameworkId: FrameworkId('F2'), role: 'ops', agentId: AgentId('A2') }),
  ].map((each) => [each.id, each]),
);

const validate = (ids: readonly string[]) => validateOfferIds(ids.map(OfferId), (id) => outstanding.get(id), framework);

describe('validateOfferIds()', () => {
  test.for([[['O1']], [['O1', 'O2']], [['role']]])('lets offers of one role and agent through: %j', ([ids = []]) => {
    expect(validate(ids)).toBeUndefined();
  });

  test.for<[rule: string, ids: readonly string[], error: string]>([
    ['at least one', [], 'No offers specified'],
    ['none twice', ['O1', 'O2', 'O1'], 'Offer O1 is listed twice'],
    ['outstanding', ['O1', 'gone'], 'Offer gone is no longer valid'],
    ['this framework', ['O1', 'foreign'], 'Offer foreign belongs to framework F2, expected framework F1'],
    [
      'one role',
      ['O1', 'role'],
      "Offers that are accepted together must be of one role: offer O1 is of role 'eng', offer role of role 'ops'",
    ],
    [
      'one agent',
      ['O1', 'O2', 'agent'],
      "Offers that are accepted together must be of one agent: offer O1 is of agent 'A1', offer agent of agent 'A2'",
    ],
    ['none twice, before outstanding', ['gone', 'O1', 'O1'], 'Offer O1 is listed twice'],
    ['outstanding, before this framework', ['foreign', 'gone'], 'Offer gone is no longer valid'],
    ['this framework, before one role', ['O1', 'role', 'all'], 'Offer all belongs to framework F2'],
    ['one role, before one agent', ['O1', 'agent', 'both'], 'must be of one role: offer O1'],
  ])('refuses all for rule %s', ([, ids, error]) => {
    expect(validate(ids)).toContain(error);
  });
});
