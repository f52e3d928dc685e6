import { describe, expect, test } from 'vitest';
import {
  type OperationContext,
  validateCreate,
  validateDestroy,
  validateReserve,
  validateUnreserve,
} from '../../../src/master/validate/index.ts';
import { type Resource, Resources } from '../../../src/resources/index.ts';
import { dynamic, scalar, volume } from '../../support/resource-examples.ts';

const context: OperationContext = {
  frameworkInfo: { user: 'root', name: 'fw', role: 'eng', principal: 'p' },
  agentTotal: Resources.parse('cpus:4;disk:1024'),
  used: Resources.empty,
};
const anonymous: OperationContext = { ...context, frameworkInfo: { user: 'root', name: 'fw', role: 'eng' } };
const of = (...all: readonly Resource[]) => Resources.of(...all).allocate('eng');

const reserved = scalar('cpus', 1000, { reservations: [dynamic('eng')] });
const mount = { source: { type: 'MOUNT' as const, root: '/m' } };

/** Either no error, or one that holds this text. */
function check(error: string | undefined, core: string | undefined): void {
  if (core === undefined) expect(error).toBeUndefined();
  else expect(error).toContain(core);
}

describe('validateReserve()', () => {
  const reserve = (resources: Resources, known: OperationContext) =>
    validateReserve({ type: 'RESERVE', resources }, known);

  test.for<[rule: string, resources: Resources, context: OperationContext, error: string | undefined]>([
    ['lets through one reservation', of(reserved), context, undefined],
    ['lets through several resources', of(reserved, { ...reserved, name: 'mem' }), context, undefined],
    ['lets through any principal for a framework without one', of(reserved), anonymous, undefined],
    [
      'lets through no principal for a framework without one',
      of({ ...reserved, reservations: [{ type: 'DYNAMIC', role: 'eng' }] }),
      anonymous,
      undefined,
    ],
    [
      'lets through a refined reservation, of which the last counts',
      of({ ...reserved, reservations: [dynamic('a', 'q'), dynamic('a/b')] })
        .unallocate()
        .allocate('a/b'),
      { ...context, frameworkInfo: { ...context.frameworkInfo, role: 'a/b' } },
      undefined,
    ],
    [
      'valid',
      of({ ...reserved, name: 'gpus', value: { type: 'SCALAR', milli: 500 } }),
      context,
      'Invalid resources: The',
    ],
    ['not empty', Resources.empty, context, 'Invalid resources: There must be at least one'],
    [
      'one provider',
      of(reserved, { ...reserved, name: 'mem', providerId: 'x' }),
      context,
      'must come from one provider',
    ],
    ['reserved', of(scalar('cpus', 1000)), context, 'is not dynamically reserved'],
    [
      'dynamically',
      of({ ...reserved, reservations: [{ type: 'STATIC', role: 'eng' }] }),
      context,
      'is not dynamically reserved',
    ],
    [
      'a principal',
      of({ ...reserved, reservations: [{ type: 'DYNAMIC', role: 'eng' }] }),
      context,
      "must be 'p', got none",
    ],
    ['the principal', of({ ...reserved, reservations: [dynamic('eng', 'q')] }), context, "must be 'p', got 'q'"],
    ['allocated', Resources.of(reserved), context, 'is not allocated to a role'],
    [
      'the role of the allocation',
      Resources.of(reserved).allocate('ops'),
      context,
      "must be reserved to 'ops', the role that it is allocated to, got 'eng'",
    ],
    [
      'a role of the framework',
      of(reserved),
      { ...context, frameworkInfo: { ...context.frameworkInfo, role: 'ops' } },
      "Role 'eng' is not one of the framework's roles: {ops}",
    ],
    [
      'a role of the framework, not one below',
      Resources.of({ ...reserved, reservations: [dynamic('eng/web')] }).allocate('eng/web'),
      context,
      "Role 'eng/web' is not one of the framework's roles: {eng}",
    ],
    [
      'one role',
      of(reserved).plus(Resources.of({ ...reserved, name: 'mem', reservations: [dynamic('ops')] }).allocate('ops')),
      {
        ...context,
        frameworkInfo: { user: '', name: '', roles: ['eng', 'ops'], capabilities: ['MULTI_ROLE'], principal: 'p' },
      },
      'Invalid reservation: The resources must be allocated to one role',
    ],
  ])('%s', ([, resources, known, error]) => check(reserve(resources, known), error));
});

describe('validateUnreserve()', () => {
  test.for<[rule: string, resources: Resources, error: string | undefined]>([
    ['lets through one reservation', of(reserved), undefined],
    [
      'lets through the reservation of another principal',
      of({ ...reserved, reservations: [dynamic('eng', 'q')] }),
      undefined,
    ],
    ['lets through reserved disk', of(scalar('disk', 1, { reservations: [dynamic('eng')], disk: mount })), undefined],
    ['valid', of({ ...reserved, revocable: true }), 'Invalid resources: Resource'],
    ['not empty', Resources.empty, 'There must be at least one resource'],
    ['reserved', of(reserved, scalar('mem', 1000)), 'is not dynamically reserved'],
    ['dynamically', of({ ...reserved, reservations: [{ type: 'STATIC', role: 'a' }] }), 'is not dynamically reserved'],
    ['no volume', of(reserved, volume('v')), 'must be destroyed before it is unreserved'],
  ])('%s', ([, resources, error]) => check(validateUnreserve({ type: 'UNRESERVE', resources }), error));
});

describe('validateCreate()', () => {
  const sharing: OperationContext = {
    ...context,
    frameworkInfo: { ...context.frameworkInfo, capabilities: ['SHARED_RESOURCES'] },
  };
  const madeBy = (principal: string | undefined): Resource =>
    volume('v', {
      disk: {
        persistence: principal === undefined ? { id: 'v' } : { id: 'v', principal },
        volume: { containerPath: 'data', mode: 'RW' },
      },
    });
  const has = (...all: readonly Resource[]): OperationContext => ({ ...context, agentTotal: Resources.of(...all) });

  test.for<[rule: string, volumes: Resources, context: OperationContext, error: string | undefined]>([
    ['lets through a volume', of(volume('v')), context, undefined],
    ['lets through two volumes', of(volume('v'), volume('w')), context, undefined],
    ['lets through a shared volume with SHARED_RESOURCES', of(volume('v', { shared: true })), sharing, undefined],
    ['lets through any principal for a framework without one', of(madeBy('q')), anonymous, undefined],
    ['lets through no principal for a framework without one', of(madeBy(undefined)), anonymous, undefined],
    [
      'lets through an id that another role has',
      of(volume('v')),
      has(volume('v', { reservations: [dynamic('ops')] })),
      undefined,
    ],
    ['lets through another id than there is', of(volume('v')), has(volume('w')), undefined],
    ['valid', of(volume('v', { reservations: [] })), context, 'Invalid resources: Persistent volume'],
    ['not empty', Resources.empty, context, 'There must be at least one resource'],
    [
      'volumes',
      of(volume('v'), scalar('cpus', 1, { reservations: [dynamic('eng')] })),
      context,
      'Not a persistent volume: Resource',
    ],
    ['one id twice', of(volume('v'), volume('v')), context, "Persistence id 'v' is not unique in role 'eng'"],
    [
      'an id that the agent has',
      of(volume('w'), volume('v')),
      has(volume('v')),
      "Persistence id 'v' is not unique in role 'eng': the agent has",
    ],
    [
      'shared without SHARED_RESOURCES',
      of(volume('v', { shared: true })),
      context,
      'lacks the SHARED_RESOURCES capability',
    ],
    ['a principal', of(madeBy(undefined)), context, "must be 'p', got none"],
    ['the principal', of(madeBy('q')), context, "must be 'p', got 'q'"],
    ['allocated', Resources.of(volume('v')), context, 'Invalid volumes: Resource'],
    [
      'one role',
      of(volume('v')).plus(Resources.of(volume('w')).allocate('ops')),
      context,
      'Invalid volumes: The resources must be allocated to one role',
    ],
  ])('%s', ([, volumes, known, error]) => check(validateCreate({ type: 'CREATE', volumes }, known), error));
});

describe('validateDestroy()', () => {
  const shared = volume('s', { shared: true });
  const known: OperationContext = { ...context, agentTotal: Resources.of(volume('v'), shared, scalar('cpus', 4000)) };
  const using = (resource: Resource): OperationContext => ({
    ...known,
    used: Resources.of(scalar('cpus', 1000)).plus(Resources.of(resource)).allocate('ops'),
  });

  test.for<[rule: string, volumes: Resources, context: OperationContext, error: string | undefined]>([
    ['lets through a volume of the agent', of(volume('v')), known, undefined],
    ['lets through a shared volume that nobody uses', of(shared), known, undefined],
    ['lets through a volume while another is used', of(volume('v')), using(shared), undefined],
    ['valid', of(volume('v', { revocable: true })), known, 'Invalid resources: Persistent volume'],
    ['not empty', Resources.empty, known, 'There must be at least one resource'],
    ['volumes', of(scalar('cpus', 1000)), known, 'Not a persistent volume: Resource'],
    ['on the agent', of(volume('v'), volume('x')), known, 'Persistent volumes not found on the agent'],
    ['on the agent in that size', of(volume('v', { value: { type: 'SCALAR', milli: 1 } })), known, 'not found'],
    ['not in use', of(shared), using(shared), 'Persistent volume is in use'],
    ['not in use, whatever role uses it', of(volume('v')), using(volume('v')), 'Persistent volume is in use'],
  ])('%s', ([, volumes, at, error]) => check(validateDestroy({ type: 'DESTROY', volumes }, at), error));
});
