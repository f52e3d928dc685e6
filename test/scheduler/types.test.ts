import { Observable } from 'rxjs';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { FrameworkId, OfferId } from '../../src/core/index.ts';
import type { Offer } from '../../src/offers/index.ts';
import type { SchedulerEndpoint } from '../../src/protocol/index.ts';
import {
  connect,
  type Driver,
  type DriverEvent,
  type MatchResult,
  type RefusalRule,
  type SchedulerAction,
} from '../../src/scheduler/index.ts';
import type { TaskStatus } from '../../src/tasks/index.ts';
import { createFakeMaster } from '../support/fake-master.ts';
import { createManualClock } from '../support/manual-clock.ts';

describe('the types that an author sees', () => {
  test('streams are those of the author’s own rxjs', () => {
    expectTypeOf<Driver['offers$']>().toEqualTypeOf<Observable<readonly Offer[]>>();
    expectTypeOf<Driver['updates$']>().toEqualTypeOf<Observable<TaskStatus>>();
    expectTypeOf<Driver['rescinded$']>().toEqualTypeOf<Observable<OfferId>>();
    const driver = connect(createFakeMaster(), { name: 'test' }, { clock: createManualClock() });
    expect(driver.offers$).toBeInstanceOf(Observable);
  });

  test('a master is an endpoint, or has one', () => {
    type Master = Parameters<typeof connect>[0];
    expectTypeOf<SchedulerEndpoint>().toExtend<Master>();
    expectTypeOf<{ schedulers: SchedulerEndpoint }>().toExtend<Master>();
    expectTypeOf<{ agents: SchedulerEndpoint }>().not.toExtend<Master>();
    expectTypeOf<ReturnType<Driver['ready']>>().toEqualTypeOf<Promise<FrameworkId>>();
  });

  test('unions are closed', () => {
    expectTypeOf<Exclude<DriverEvent['type'], 'connecting' | 'disconnected'>>().toEqualTypeOf<
      | 'subscribed'
      | 'offers'
      | 'rescind'
      | 'inverseOffers'
      | 'rescindInverseOffer'
      | 'update'
      | 'message'
      | 'failure'
      | 'error'
      | 'heartbeat'
    >();
    expectTypeOf<Extract<SchedulerAction, { readonly type: 'subscribe' }>>().toEqualTypeOf<never>();
    expectTypeOf<RefusalRule>().toEqualTypeOf<'resources' | 'ports' | 'volumes' | 'role' | 'constraints'>();
    expectTypeOf<Extract<MatchResult, { readonly matched: false }>>().not.toHaveProperty('resources');
  });
});
