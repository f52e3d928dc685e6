import { firstValueFrom, map, take, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { AgentId, FrameworkId, OfferId } from '../../src/core/index.ts';
import type { InverseOffer } from '../../src/offers/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { connect, type DriverOptions } from '../../src/scheduler/index.ts';
import type { TaskStatus } from '../../src/tasks/index.ts';
import { createFakeMaster, offer, status } from '../support/fake-master.ts';
import { createManualClock } from '../support/manual-clock.ts';

function setUp(options: DriverOptions = {}) {
  const clock = createManualClock();
  const master = createFakeMaster();
  const driver = connect(master, { name: 'test' }, { clock, random: seededRandom(1), ...options });
  master.connection.accept();
  const update = (update: TaskStatus) => master.connection.emit({ type: 'update', status: update });
  const offers = (...ids: string[]) => master.connection.emit({ type: 'offers', offers: ids.map((id) => offer(id)) });
  const acknowledged = () => master.connection.sent('acknowledge').map(({ uuid }) => uuid);
  return { clock, master, driver, update, offers, acknowledged };
}

const RUNNING = status('t1', 'TASK_RUNNING');
const FINISHED = status('t1', 'TASK_FINISHED');

describe('inverseOffers$', () => {
  const inverseOffer = (id: string): InverseOffer => ({
    id: OfferId(id),
    frameworkId: FrameworkId('F1'),
    agentId: AgentId('A1'),
    unavailability: { startMs: 60_000 },
  });

  test('delivers batches, and to a late subscriber those that are neither answered, rescinded nor of before', () => {
    const { clock, driver, master } = setUp();
    const emit = (...ids: string[]) => {
      master.connection.emit({ type: 'inverseOffers', inverseOffers: ids.map(inverseOffer) });
    };
    emit('O1');
    master.connection.drop();
    clock.advance(1_000);
    master.connection.accept();
    emit('O2', 'O3');
    emit('O4');
    emit('O5');
    driver.acceptInverseOffers(OfferId('O2'));
    driver.declineInverseOffers(OfferId('O5'));
    master.connection.emit({ type: 'rescindInverseOffer', inverseOfferId: OfferId('O4') });
    const seen: string[][] = [];
    driver.inverseOffers$.subscribe((batch) => seen.push(batch.map(({ id }) => id)));
    emit('O6');
    expect(seen).toEqual([['O3'], ['O6']]);
  });

  test('shows on events$ what is taken back', () => {
    const { driver, master } = setUp();
    const seen: unknown[] = [];
    driver.events$.subscribe((event) => seen.push(event));
    const event = { type: 'rescindInverseOffer', inverseOfferId: OfferId('O1') } as const;
    master.connection.emit(event);
    expect(seen).toEqual([event]);
  });
});

describe('updates$', () => {
  test('acknowledges an update after every subscriber has been given it', () => {
    const { driver, update, master } = setUp();
    const order: string[] = [];
    driver.updates$.subscribe(() => order.push(`first, ${master.connection.calls.length} calls`));
    driver.updates$.subscribe(() => order.push(`second, ${master.connection.calls.length} calls`));
    update(RUNNING);
    expect(order).toEqual(['first, 0 calls', 'second, 0 calls']);
    expect(master.connection.calls).toEqual([
      { type: 'acknowledge', agentId: 'A1', taskId: 't1', uuid: 't1-TASK_RUNNING' },
    ]);
  });

  test('never acknowledges an update without uuid', () => {
    const { driver, update, acknowledged } = setUp();
    driver.updates$.subscribe();
    update(status('t1', 'TASK_LOST', { uuid: undefined }));
    expect(acknowledged()).toEqual([]);
  });

  test('delivers a repeated update once, and acknowledges it again', () => {
    const { driver, update, acknowledged } = setUp();
    const seen: string[] = [];
    driver.updates$.subscribe(({ state }) => seen.push(state));
    for (const each of [RUNNING, RUNNING, FINISHED, FINISHED]) update(each);
    expect(seen).toEqual(['TASK_RUNNING', 'TASK_FINISHED']);
    expect(acknowledged()).toEqual([RUNNING.uuid, RUNNING.uuid, FINISHED.uuid, FINISHED.uuid]);
  });

  test('delivers every update of the master itself, equal or not', () => {
    const { driver, update } = setUp();
    let seen = 0;
    driver.updates$.subscribe(() => (seen += 1));
    update(status('t1', 'TASK_RUNNING', { uuid: undefined }));
    update(status('t1', 'TASK_RUNNING', { uuid: undefined }));
    expect(seen).toBe(2);
  });

  test('recognises a repeated update across connections', () => {
    const { clock, driver, master, update, acknowledged } = setUp();
    let seen = 0;
    driver.updates$.subscribe(() => (seen += 1));
    update(RUNNING);
    master.connection.drop();
    clock.advance(1_000);
    master.connection.accept();
    update(RUNNING);
    expect(seen).toBe(1);
    expect(acknowledged()).toEqual([RUNNING.uuid]);
  });

  test('keeps updates, unacknowledged, until somebody subscribes', () => {
    const { driver, update, acknowledged } = setUp();
    update(RUNNING);
    update(RUNNING);
    update(FINISHED);
    expect(acknowledged()).toEqual([]);
    const seen: string[] = [];
    driver.updates$.subscribe(({ state }) => seen.push(state));
    expect(seen).toEqual(['TASK_RUNNING', 'TASK_FINISHED']);
    expect(acknowledged()).toEqual([RUNNING.uuid, FINISHED.uuid]);
  });

  test('leaves updates to the agent that do not fit, so that they come again', () => {
    const { driver, update, acknowledged } = setUp({ keepMax: 1 });
    update(RUNNING);
    const other = status('t2', 'TASK_RUNNING');
    update(other);
    const seen: string[] = [];
    driver.updates$.subscribe(({ taskId }) => seen.push(taskId));
    expect(acknowledged()).toEqual([RUNNING.uuid]);
    update(other);
    expect(seen).toEqual(['t1', 't2']);
    expect(acknowledged()).toEqual([RUNNING.uuid, other.uuid]);
  });

  test('without autoAcknowledge the author acknowledges, and only then is a repetition acknowledged', () => {
    const { driver, update, acknowledged } = setUp({ autoAcknowledge: false });
    const seen: TaskStatus[] = [];
    driver.updates$.subscribe((each) => seen.push(each));
    update(RUNNING);
    update(RUNNING);
    expect(seen).toEqual([RUNNING]);
    expect(acknowledged()).toEqual([]);
    driver.acknowledge(RUNNING);
    update(RUNNING);
    expect(acknowledged()).toEqual([RUNNING.uuid, RUNNING.uuid]);
    update(FINISHED);
    update(FINISHED);
    expect(acknowledged()).toEqual([RUNNING.uuid, RUNNING.uuid]);
  });

  test('an update that closes the driver stays unacknowledged', () => {
    const { driver, update, master } = setUp();
    driver.updates$.subscribe(() => void driver.close());
    update(RUNNING);
    expect(master.connection.calls).toEqual([]);
  });
});

describe('offers$', () => {
  test('hands on the batches that the master sends', () => {
    const { driver, offers } = setUp();
    const seen: string[][] = [];
    driver.offers$.subscribe((batch) => seen.push(batch.map(({ id }) => id)));
    offers('O1', 'O2');
    offers('O3');
    expect(seen).toEqual([['O1', 'O2'], ['O3']]);
  });

  test('keeps offers until somebody subscribes, less those that are void by then', async () => {
    const { driver, offers, master } = setUp();
    offers('O1', 'O2');
    offers('O3');
    master.connection.emit({ type: 'rescind', offerId: OfferId('O1') });
    master.connection.emit({ type: 'rescind', offerId: OfferId('O3') });
    offers('O4');
    const batches = driver.offers$.pipe(
      map((batch) => batch.map(({ id }) => id)),
      take(2),
      toArray(),
    );
    expect(await firstValueFrom(batches)).toEqual([['O2'], ['O4']]);
  });

  test('keeps nothing that has been answered, known from events$ for instance', () => {
    const { driver, offers } = setUp();
    driver.events$.subscribe((event) => {
      if (event.type !== 'offers') return;
      driver.decline(event.offers.filter(({ id }) => id === 'O1'));
      driver.accept(event.offers.filter(({ id }) => id === 'O3').concat(offer('O4')), []);
    });
    offers('O1', 'O2', 'O3');
    const seen: string[] = [];
    driver.offers$.subscribe((batch) => seen.push(...batch.map(({ id }) => id)));
    expect(seen).toEqual(['O2']);
  });

  test('keeps nothing of a connection that is gone', () => {
    const { clock, driver, offers, master } = setUp();
    offers('O1');
    master.connection.drop();
    clock.advance(1_000);
    master.connection.accept();
    offers('O2');
    const seen: string[] = [];
    driver.offers$.subscribe((batch) => seen.push(...batch.map(({ id }) => id)));
    expect(seen).toEqual(['O2']);
  });

  test('declines what does not fit', () => {
    const { offers, master } = setUp({ keepMax: 1 });
    offers('O1');
    offers('O2', 'O3');
    expect(master.connection.calls).toEqual([{ type: 'decline', offerIds: ['O2', 'O3'] }]);
  });

  test('gives two takers in turn one batch each', async () => {
    const { driver, offers } = setUp();
    offers('O1');
    offers('O2');
    const next = async () => (await firstValueFrom(driver.offers$)).map(({ id }) => id);
    expect(await next()).toEqual(['O1']);
    expect(await next()).toEqual(['O2']);
  });
});

describe('the other streams', () => {
  test('keep rescissions, messages and failures, and pass them on', () => {
    const { driver, master } = setUp();
    const { agentId } = offer('O1');
    const message = { type: 'message', agentId, executorId: 'e' as never, data: new Uint8Array([1]) } as const;
    const failure = { type: 'failure', agentId } as const;
    master.connection.emit({ type: 'rescind', offerId: OfferId('O1') });
    master.connection.emit(message);
    master.connection.emit(failure);
    const seen: unknown[] = [];
    driver.rescinded$.subscribe((each) => seen.push(each));
    driver.messages$.subscribe((each) => seen.push(each));
    driver.failures$.subscribe((each) => seen.push(each));
    expect(seen).toEqual(['O1', message, failure]);
  });

  test('events$ shows each event before it is delivered elsewhere', () => {
    const { driver, offers, update } = setUp();
    const order: string[] = [];
    driver.offers$.subscribe(() => order.push('offers$'));
    driver.updates$.subscribe(() => order.push('updates$'));
    driver.events$.subscribe(({ type }) => order.push(type));
    offers('O1');
    update(RUNNING);
    expect(order).toEqual(['offers', 'offers$', 'update', 'updates$']);
  });
});
