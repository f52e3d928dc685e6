import { describe, expect, test } from 'vitest';
import {
  isAvailable,
  validateAllocatedToOneRole,
  validateNoOverlap,
  validateNoRevocableMix,
  validateOneProvider,
  validatePersistentVolumes,
  validateResources,
  validateUniquePersistenceIds,
} from '../../../src/master/validate/resources.ts';
import { type Resource, Resources } from '../../../src/resources/index.ts';
import { dynamic, scalar, volume } from '../../support/resource-examples.ts';

const of = (...all: readonly Resource[]) => Resources.of(...all);
const volumeInfo = { containerPath: 'data', mode: 'RW' as const };

describe('validateResources()', () => {
  test.for<[what: string, resources: Resources]>([
    ['nothing', Resources.empty],
    ['plain amounts', Resources.parse('cpus:0.5;mem:1;ports:[1-2];gpus:3')],
    ['GPUs that are whole in sum', of(scalar('gpus', 500), scalar('gpus', 1500, { reservations: [dynamic('a')] }))],
    ['a volume', of(volume('v'))],
    ['a volume on statically reserved disk', of(volume('v', { reservations: [{ type: 'STATIC', role: 'a' }] }))],
    ['a disk with a source', of(scalar('disk', 1, { disk: { source: { type: 'MOUNT', root: '/m' } } }))],
    ['revocable resources', of(scalar('cpus', 1, { revocable: true }))],
    [
      'revocable resources that are statically reserved',
      of(scalar('cpus', 1, { revocable: true, reservations: [{ type: 'STATIC', role: 'a' }] })),
    ],
  ])('lets through %s', ([, resources]) => {
    expect(validateResources(resources)).toBeUndefined();
  });

  test.for<[rule: string, resources: Resources, error: string]>([
    ['whole GPUs', Resources.parse('gpus:1.5'), "The 'gpus' resource must be a whole number, got 1.5"],
    [
      'volume not revocable',
      of(volume('v', { revocable: true })),
      "Persistent volume 'v' must not be made from revocable resources",
    ],
    ['volume not unreserved', of(volume('v', { reservations: [] })), 'must be made from reserved resources'],
    [
      "4: 'volume' of a volume",
      of(volume('v', { disk: { persistence: { id: 'v' } } })),
      "Persistent volume 'v' must have a 'volume'",
    ],
    [
      'no host path',
      of(volume('v', { disk: { persistence: { id: 'v' }, volume: { ...volumeInfo, hostPath: '/h' } } })),
      "must not have a 'volume.hostPath'",
    ],
    ['id of a volume', of(volume('a/b')), "The id of a persistent volume is invalid: 'a/b' contains"],
    [
      'no volume without persistence',
      of(scalar('disk', 1, { disk: { volume: volumeInfo } })),
      'A volume without persistence is not supported',
    ],
    ['disk not empty', of(scalar('disk', 1, { disk: {} })), "Resource 'disk' has an empty 'disk'"],
    [
      'dynamically reserved not revocable',
      of(scalar('cpus', 1, { revocable: true, reservations: [dynamic('a')] })),
      'is dynamically reserved and must not be revocable',
    ],
  ])('refuses by rule %s', ([, resources, error]) => {
    expect(validateResources(resources)).toContain(error);
  });

  test('refuses by the syntax of each resource first', () => {
    const broken = scalar('cpus', -1);
    // A collection leaves out what is invalid, so one that does not has to be made up.
    const resources: Resources = Object.assign(Object.create(Resources.parse('gpus:0.5')), {
      [Symbol.iterator]: () => [broken].values(),
    });
    expect(validateResources(resources)).toMatch(/^Resource 'cpus' is invalid: Invalid scalar resource/);
  });
});

describe('validateUniquePersistenceIds()', () => {
  test.for<[what: string, resources: Resources, error: string | undefined]>([
    ['different ids', of(volume('v'), volume('w')), undefined],
    ['one id in two roles', of(volume('v'), volume('v', { reservations: [dynamic('ops')] })), undefined],
    [
      'one id in a role and one below',
      of(volume('v'), volume('v', { reservations: [dynamic('eng'), dynamic('eng/web')] })),
      undefined,
    ],
    ['copies of a shared volume', of(volume('v', { shared: true }), volume('v', { shared: true })), undefined],
    ['one id twice', of(volume('v'), volume('v')), "Persistence id 'v' is not unique in role 'eng'"],
    ['one id shared and not', of(volume('v', { shared: true }), volume('v')), "Persistence id 'v' is not unique"],
    [
      'one id in two stacks',
      of(volume('v'), volume('v', { reservations: [{ type: 'STATIC', role: 'eng' }] })),
      'not unique',
    ],
  ])('of %s', ([, resources, error]) => {
    if (error === undefined) expect(validateUniquePersistenceIds(resources)).toBeUndefined();
    else expect(validateUniquePersistenceIds(resources)).toContain(error);
  });
});

describe('validateAllocatedToOneRole()', () => {
  test.for<[what: string, resources: Resources, error: string | undefined]>([
    ['nothing', Resources.empty, undefined],
    ['one role', Resources.parse('cpus:1;mem:1').allocate('a'), undefined],
    ['no role', Resources.parse('cpus:1'), "Resource 'cpus:1' is not allocated to a role"],
    [
      'a role and none',
      Resources.parse('cpus:1').allocate('a').plus(Resources.parse('mem:1')),
      "'mem:1' is not allocated",
    ],
    [
      'two roles',
      Resources.parse('cpus:1').allocate('a').plus(Resources.parse('mem:1').allocate('b')),
      "The resources must be allocated to one role, got 'a' and 'b'",
    ],
  ])('of resources allocated to %s', ([, resources, error]) => {
    if (error === undefined) expect(validateAllocatedToOneRole(resources)).toBeUndefined();
    else expect(validateAllocatedToOneRole(resources)).toContain(error);
  });
});

describe('validateNoRevocableMix()', () => {
  const revocable = (name: string) => scalar(name, 1000, { revocable: true });

  test.for<[what: string, resources: Resources, error: string | undefined]>([
    ['regular ones', Resources.parse('cpus:1;mem:1'), undefined],
    ['revocable ones', of(revocable('cpus'), revocable('mem')), undefined],
    ['some of each, of different names', of(revocable('cpus'), scalar('mem', 1000)), undefined],
    [
      'both of one name',
      of(scalar('mem', 1), revocable('cpus'), scalar('cpus', 1)),
      "Resource 'cpus' must not be both revocable and regular",
    ],
  ])('of %s', ([, resources, error]) => {
    expect(validateNoRevocableMix(resources)).toBe(error);
  });
});

describe('validateOneProvider()', () => {
  const from = (providerId: string) => scalar('cpus', 1000, { providerId });

  test.for<[what: string, resources: Resources, error: string | undefined]>([
    ['the agent', Resources.parse('cpus:1;mem:1'), undefined],
    ['one provider', of(from('p'), { ...from('p'), name: 'mem' }), undefined],
    ['nobody', Resources.empty, 'There must be at least one resource, got none'],
    [
      'the agent and a provider',
      of(scalar('cpus', 1), from('p')),
      "must come from one provider, got the agent itself and 'p'",
    ],
    ['two providers', of(from('p'), from('q')), "got 'p' and 'q'"],
  ])('of resources from %s', ([, resources, error]) => {
    if (error === undefined) expect(validateOneProvider(resources)).toBeUndefined();
    else expect(validateOneProvider(resources)).toContain(error);
  });
});

describe('validatePersistentVolumes()', () => {
  test.for<[what: string, resources: Resources, error: string | undefined]>([
    ['a volume', of(volume('v')), undefined],
    ['a volume and a disk', of(volume('v'), scalar('disk', 1)), "Resource 'disk:0.001' has no 'disk'"],
    ['a source alone', of(scalar('disk', 1, { disk: { source: { type: 'RAW' } } })), "has no 'disk.persistence'"],
    ['an id alone', of(volume('v', { disk: { persistence: { id: 'v' } } })), "has no 'disk.volume'"],
    [
      'a volume that cannot be written',
      of(volume('v', { disk: { persistence: { id: 'v' }, volume: { ...volumeInfo, mode: 'RO' } } })),
      'A read-only persistent volume is not supported',
    ],
  ])('of %s', ([, resources, error]) => {
    if (error === undefined) expect(validatePersistentVolumes(resources)).toBeUndefined();
    else expect(validatePersistentVolumes(resources)).toContain(error);
  });
});

describe('validateNoOverlap()', () => {
  const set = (name: string, ...items: readonly string[]): Resource => ({
    name,
    value: { type: 'SET', items: [...items].sort() },
    reservations: [],
  });

  test.for<[what: string, collections: readonly Resources[], overlap: boolean]>([
    ['nothing', [], false],
    ['scalars of one name', [Resources.parse('cpus:1'), Resources.parse('cpus:1')], false],
    ['ports side by side', [Resources.parse('ports:[1-2,5-6]'), Resources.parse('ports:[3-4,7-7]')], false],
    ['ranges of two names', [Resources.parse('ports:[1-2]'), Resources.parse('vlans:[1-2]')], false],
    ['ports that meet at an end', [Resources.parse('ports:[1-2,5-6]'), Resources.parse('ports:[6-9]')], true],
    ['ports that meet at a beginning', [Resources.parse('ports:[6-9]'), Resources.parse('ports:[1-2,5-6]')], true],
    ['ports within others', [Resources.parse('ports:[1-9]'), Resources.parse('ports:[4-5]')], true],
    ['ports around others', [Resources.parse('ports:[4-5]'), Resources.parse('ports:[1-9]')], true],
    [
      'ports of the first and the last',
      [Resources.parse('ports:[1-1]'), Resources.parse('ports:[2-2]'), Resources.parse('ports:[1-1]')],
      true,
    ],
    ['ports of two reservations', [Resources.parse('ports:[1-2]'), Resources.parse('ports(a):[2-3]')], true],
    ['sets apart', [of(set('zones', 'a')), of(set('zones', 'b', 'c'))], false],
    ['sets of two names', [of(set('zones', 'a')), of(set('racks', 'a'))], false],
    ['sets with an item in common', [of(set('zones', 'a', 'c')), of(set('zones', 'b', 'c'))], true],
    ['sets of the first and the last', [of(set('zones', 'a')), of(set('zones', 'b')), of(set('zones', 'a'))], true],
  ])('of %s', ([, collections, overlap]) => {
    if (overlap) expect(validateNoOverlap(collections)).toContain('is asked for twice in part or whole');
    else expect(validateNoOverlap(collections)).toBeUndefined();
  });
});

describe('isAvailable()', () => {
  const shared = volume('v', { shared: true });

  test.for<[what: string, offered: Resources, demands: readonly Resources[], available: boolean]>([
    ['nothing', Resources.empty, [], true],
    ['all there is', Resources.parse('cpus:2'), [Resources.parse('cpus:1'), Resources.parse('cpus:1')], true],
    ['more in sum', Resources.parse('cpus:2'), [Resources.parse('cpus:1'), Resources.parse('cpus:1.001')], false],
    ['reserved for unreserved', Resources.parse('cpus(a):2'), [Resources.parse('cpus:1')], false],
    ['a shared volume for each of two', of(shared), [of(shared), of(shared)], true],
    ['two copies of a shared volume of which there is one', of(shared), [of(shared, shared)], false],
    ['a shared volume that is not there', Resources.parse('disk:64'), [of(shared)], false],
    ['an exclusive volume for each of two', of(volume('v')), [of(volume('v')), of(volume('v'))], false],
  ])('of %s', ([, offered, demands, available]) => {
    expect(isAvailable(offered, demands)).toBe(available);
  });
});
