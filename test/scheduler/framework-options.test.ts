import { describe, expect, test } from 'vitest';
import { InvalidArgument } from '../../src/core/index.ts';
import { Quantities } from '../../src/resources/index.ts';
import { connect, type DriverOptions, type FrameworkOptions, frameworkInfo } from '../../src/scheduler/index.ts';
import { createFakeMaster } from '../support/fake-master.ts';
import { createManualClock } from '../support/manual-clock.ts';

describe('frameworkInfo()', () => {
  test('fills in what a framework can do, and leaves out what is not said', () => {
    expect(frameworkInfo({ name: 'web', user: 'worker' })).toEqual({
      name: 'web',
      user: 'worker',
      roles: ['*'],
      checkpoint: true,
      capabilities: ['MULTI_ROLE', 'PARTITION_AWARE', 'TASK_KILLING_STATE', 'RESERVATION_REFINEMENT'],
    });
  });

  test('names the user of this process where no other is named', () => {
    expect(frameworkInfo({ name: 'web' }).user).toBe(process.env['USER'] ?? process.env['LOGNAME'] ?? 'root');
  });

  test('passes on everything that is said', () => {
    const options: FrameworkOptions = {
      name: 'web',
      user: 'worker',
      roles: ['a', 'b/c'],
      id: 'F1',
      failoverTimeoutMs: 1_000,
      checkpoint: false,
      capabilities: ['MULTI_ROLE', 'GPU_RESOURCES'],
      principal: 'p',
      labels: [{ key: 'k' }],
      minAllocatable: { a: [Quantities.parse('cpus:1')] },
      hostname: 'h',
      webuiUrl: 'http://h',
    };
    expect(frameworkInfo(options)).toEqual(options);
  });

  test('says `role` without MULTI_ROLE, and `roles` with it', () => {
    expect(frameworkInfo({ name: 'web', role: 'a', capabilities: [] })).toMatchObject({ role: 'a' });
    expect(frameworkInfo({ name: 'web', role: 'a', capabilities: [] })).not.toHaveProperty('roles');
    expect(frameworkInfo({ name: 'web', role: 'a' })).toMatchObject({ roles: ['a'] });
    expect(frameworkInfo({ name: 'web', role: 'a' })).not.toHaveProperty('role');
  });

  test.for<readonly [Partial<FrameworkOptions>, string]>([
    [{ name: '' }, 'framework.name'],
    [{ failoverTimeoutMs: -1 }, 'framework.failoverTimeoutMs'],
    [{ failoverTimeoutMs: Number.NaN }, 'framework.failoverTimeoutMs'],
    [{ failoverTimeoutMs: Number.POSITIVE_INFINITY }, 'framework.failoverTimeoutMs'],
    [{ failoverTimeoutMs: 9_223_372_036_855 }, 'framework.failoverTimeoutMs'],
    [{ role: '' }, 'framework.role'],
    [{ roles: ['a', 'b//c'] }, 'framework.roles[1]'],
    [{ roles: ['a', 'b', 'a'] }, 'framework.roles[2]'],
    [{ role: 'a', roles: ['b'] }, 'framework.roles'],
    [{ roles: ['a', 'b'], capabilities: [] }, 'framework.roles'],
    [{ roles: [], capabilities: [] }, 'framework.roles'],
    [{ id: 'a/b' }, 'framework.id'],
    [{ id: '' }, 'framework.id'],
  ])('refuses %o and names %s', ([options, field]) => {
    let caught: unknown;
    try {
      frameworkInfo({ name: 'web', ...options });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(InvalidArgument);
    expect(caught).toMatchObject({ field });
  });

  test('connect() throws at once, before it connects', () => {
    const master = createFakeMaster();
    const connecting = () => connect(master, { name: 'web', suppressedRoles: ['a'] }, { clock: createManualClock() });
    expect(connecting).toThrow('framework.suppressedRoles[0]: expected a role of the framework (*), got "a"');
    expect(master.connections).toHaveLength(0);
  });

  test('connect() takes what has an endpoint as well as an endpoint', () => {
    const master = createFakeMaster();
    connect({ schedulers: master }, { name: 'web' }, { clock: createManualClock() });
    expect(master.connection.subscribe.frameworkInfo.name).toBe('web');
  });
});

describe('DriverOptions', () => {
  test.for<readonly [DriverOptions, string]>([
    [{ keepMax: -1 }, 'options.keepMax: expected an integer from 0 on, got -1'],
    [{ keepMax: 0.5 }, 'options.keepMax'],
    [{ subscribeTimeoutMs: 0 }, 'options.subscribeTimeoutMs'],
    [{ reconcileIntervalMs: -1 }, 'options.reconcileIntervalMs'],
    [{ reconcileIntervalMs: Number.NaN }, 'options.reconcileIntervalMs'],
    [{ backoff: { firstMs: -1 } }, 'options.backoff.firstMs'],
    [{ backoff: { minMs: Number.NaN } }, 'options.backoff.minMs'],
    [{ backoff: { maxMs: Number.POSITIVE_INFINITY } }, 'options.backoff.maxMs'],
  ])('%o is refused with: %s', ([options, message]) => {
    expect(() => connect(createFakeMaster(), { name: 'web' }, options)).toThrow(message);
  });
});
