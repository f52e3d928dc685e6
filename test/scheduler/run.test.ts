import { describe, expect, expectTypeOf, test } from 'vitest';
import { ClosedError, SubscriptionError, TaskId } from '../../src/core/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import {
  callsOf,
  commandTask,
  type DriverOptions,
  fromCallbacks,
  matchOffer,
  run,
  type Scheduler,
  type SchedulerAction,
  type SchedulerInput,
} from '../../src/scheduler/index.ts';
import { createFakeMaster, offer, status } from '../support/fake-master.ts';
import { createManualClock } from '../support/manual-clock.ts';

interface Launched {
  readonly launched: number;
  readonly finished: number;
}

/** Runs `count` tasks, one per offer. */
function counting(count: number): Scheduler<Launched> {
  return {
    initial: { launched: 0, finished: 0 },
    handle(state, input) {
      if (input.type === 'update' && input.status.state === 'TASK_FINISHED') {
        return [{ ...state, finished: state.finished + 1 }, []];
      }
      if (input.type !== 'offers') return [state, []];
      let { launched } = state;
      const actions = input.offers.map((each): SchedulerAction => {
        const match = matchOffer({ cpus: 1 }, each);
        if (launched === count || !match.matched) return { type: 'decline', offerIds: [each.id] };
        launched += 1;
        const info = commandTask({ id: `t${launched}`, command: 'true', offer: each, resources: match.resources });
        return { type: 'accept', offerIds: [each.id], operations: [{ type: 'LAUNCH', taskInfos: [info] }] };
      });
      return [{ ...state, launched }, actions];
    },
    finished: ({ finished }) => finished === count,
  };
}

function setUp<S, C = never>(scheduler: Scheduler<S, C>, options: DriverOptions = {}) {
  const clock = createManualClock(1_000_000);
  const master = createFakeMaster();
  const running = run(master, { name: 'test' }, scheduler, { clock, random: seededRandom(1), ...options });
  master.connection.accept();
  return { clock, master, running };
}

/** Keeps every input, and answers each as `answer` says. */
function recording<C = never>(answer: (input: SchedulerInput<C>) => readonly SchedulerAction[] = () => []) {
  const inputs: SchedulerInput<C>[] = [];
  const scheduler: Scheduler<number, C> = {
    initial: 0,
    handle(state, input) {
      inputs.push(input);
      return [state + 1, answer(input)];
    },
  };
  return { inputs, scheduler };
}

describe('run()', () => {
  test('hands events to the scheduler, does what it answers, and tears down when it has finished', async () => {
    const { clock, master, running } = setUp(counting(2));
    master.connection.emit({ type: 'offers', offers: [offer('O1'), offer('O2'), offer('O3')] });
    expect(master.connection.calls.map(({ type }) => type)).toEqual(['accept', 'accept', 'decline']);
    expect(running.state).toEqual({ launched: 2, finished: 0 });
    master.connection.emit({ type: 'update', status: status('t1', 'TASK_FINISHED') });
    master.connection.emit({ type: 'update', status: status('t2', 'TASK_FINISHED') });
    master.connection.emit({ type: 'offers', offers: [offer('O4')] });
    clock.advance(0);
    expect(master.connection.calls.slice(3).map(({ type }) => type)).toEqual([
      'acknowledge',
      'acknowledge',
      'teardown',
    ]);
    master.connection.drop();
    await expect(running.result()).resolves.toEqual({ launched: 2, finished: 2 });
    await running.ended();
  });

  test('hands over everything but heartbeats, with the time of day', () => {
    const { inputs, scheduler } = recording();
    const { clock, master } = setUp(scheduler);
    clock.advance(5);
    master.connection.emit({ type: 'heartbeat' });
    master.connection.emit({ type: 'offers', offers: [offer('O1')] });
    master.connection.drop();
    expect(inputs.map(({ type, nowMs }) => [type, nowMs])).toEqual([
      ['subscribed', 1_000_000],
      ['offers', 1_000_005],
      ['disconnected', 1_000_005],
    ]);
  });

  test('acknowledges an update after the scheduler has dealt with it, and hands a repeated one over once', () => {
    const { inputs, scheduler } = recording((input) =>
      input.type === 'update' ? [{ type: 'kill', taskId: input.status.taskId }] : [],
    );
    const { master } = setUp(scheduler);
    master.connection.emit({ type: 'update', status: status('t1', 'TASK_RUNNING') });
    master.connection.emit({ type: 'update', status: status('t1', 'TASK_RUNNING') });
    expect(master.connection.calls.map(({ type }) => type)).toEqual(['kill', 'acknowledge', 'acknowledge']);
    expect(inputs.map(({ type }) => type)).toEqual(['subscribed', 'update']);
  });

  test('keeps nothing for watchers, who see what comes while they watch', () => {
    const { master, running } = setUp(recording().scheduler, { keepMax: 1 });
    for (const id of ['O1', 'O2', 'O3']) master.connection.emit({ type: 'offers', offers: [offer(id)] });
    const seen: string[] = [];
    running.offers$.subscribe((batch) => seen.push(...batch.map(({ id }) => id)));
    master.connection.emit({ type: 'offers', offers: [offer('O4')] });
    expect(seen).toEqual(['O4']);
    expect(master.connection.calls).toEqual([]);
  });

  test('state$ begins with the state by now, and does not repeat one that is the same', () => {
    const { master, running } = setUp(counting(3));
    const early: number[] = [];
    running.state$.subscribe(({ launched }) => early.push(launched));
    master.connection.emit({ type: 'offers', offers: [offer('O1')] });
    master.connection.emit({ type: 'rescind', offerId: offer('O1').id });
    const late: number[] = [];
    running.state$.subscribe(({ launched }) => late.push(launched));
    expect(early).toEqual([0, 1]);
    expect(late).toEqual([1]);
  });

  test('wakes the scheduler up, one timer per name', () => {
    const { inputs, scheduler } = recording((input) => {
      if (input.type === 'subscribed') {
        return [
          { type: 'wakeUp', afterMs: 10 },
          { type: 'wakeUp', afterMs: 30, name: 'b' },
          { type: 'wakeUp', afterMs: 20, name: 'b' },
        ];
      }
      return input.type === 'wakeUp' && input.name === 'b' ? [{ type: 'wakeUp', afterMs: 5 }] : [];
    });
    const { clock } = setUp(scheduler);
    clock.advance(100);
    expect(inputs.slice(1).map((input) => [input.type, input.nowMs, input.type === 'wakeUp' && input.name])).toEqual([
      ['wakeUp', 1_000_010, ''],
      ['wakeUp', 1_000_020, 'b'],
      ['wakeUp', 1_000_025, ''],
    ]);
  });

  test('send() hands commands over, after the input that is being dealt with', () => {
    const order: string[] = [];
    const { inputs, scheduler } = recording<string>((input) => {
      order.push(`begin ${input.type}`);
      if (input.type === 'offers') running.send('from inside');
      order.push(`end ${input.type}`);
      return input.type === 'command' ? [{ type: 'kill', taskId: TaskId('t1') }] : [];
    });
    const { master, running } = setUp(scheduler);
    running.send('hello');
    expect(inputs.at(-1)).toEqual({ type: 'command', command: 'hello', nowMs: 1_000_000 });
    expect(master.connection.calls).toEqual([{ type: 'kill', taskId: 't1' }]);
    master.connection.emit({ type: 'offers', offers: [offer('O1')] });
    expect(order.slice(-4)).toEqual(['begin offers', 'end offers', 'begin command', 'end command']);
  });

  test('ends with what handle threw; the update stays unacknowledged and the framework lives', async () => {
    const failure = new Error('no such task');
    const { scheduler } = recording((input) => {
      if (input.type === 'update') throw failure;
      return [{ type: 'wakeUp', afterMs: 10 }];
    });
    const { clock, master, running } = setUp(scheduler);
    let seen: unknown;
    running.state$.subscribe({ error: (error: unknown) => (seen = error) });
    master.connection.emit({ type: 'update', status: status('t1', 'TASK_RUNNING') });
    await expect(running.result()).rejects.toBe(failure);
    await expect(running.ended()).rejects.toBe(failure);
    expect(seen).toBe(failure);
    expect(master.connection.calls).toEqual([]);
    expect(master.connection.closed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('says in the log what handle threw, for those who do not wait for the result', () => {
    const logged: unknown[] = [];
    const failing: Scheduler<number> = {
      initial: 0,
      handle: () => {
        throw new Error('no such task');
      },
    };
    setUp(failing, { log: { log: (...entry) => logged.push(entry) } });
    expect(logged.at(-1)).toEqual(['error', 'The scheduler cannot go on', { error: 'no such task' }]);
  });

  test('a scheduler that closes its own run is not acted for any more, and leaves no timer', async () => {
    const runs: { close(): Promise<void> }[] = [];
    const { scheduler } = recording((input) => {
      if (input.type !== 'offers') return [];
      for (const each of runs) void each.close();
      return [
        { type: 'wakeUp', afterMs: 10 },
        { type: 'decline', offerIds: [offer('O1').id] },
      ];
    });
    const { clock, master, running } = setUp(scheduler);
    runs.push(running);
    master.connection.emit({ type: 'offers', offers: [offer('O1')] });
    expect(clock.pending).toBe(0);
    expect(master.connection.calls).toEqual([]);
    await expect(running.result()).resolves.toBe(1);
  });

  test.for([Number.NaN, Number.POSITIVE_INFINITY])('a wake-up in %s milliseconds ends it', async (afterMs) => {
    const { clock, running } = setUp(recording(() => [{ type: 'wakeUp', afterMs }]).scheduler);
    await expect(running.result()).rejects.toThrow('wakeUp.afterMs: expected a finite number of milliseconds, got');
    expect(clock.pending).toBe(0);
  });

  test('a call that is refused ends it, too', async () => {
    const { scheduler } = recording(() => [{ type: 'revive', roles: ['nobody'] }]);
    const { running } = setUp(scheduler);
    await expect(running.result()).rejects.toThrow('roles[0]: expected a role of the framework');
  });

  test('result() resolves with the last state after close(), and nothing wakes the scheduler any more', async () => {
    const { inputs, scheduler } = recording(() => [{ type: 'wakeUp', afterMs: 10 }]);
    const { clock, running } = setUp(scheduler);
    await running.close();
    clock.advance(1_000);
    running.send('late' as never);
    expect(inputs).toHaveLength(1);
    await expect(running.result()).resolves.toBe(1);
    expect(() => running.kill('t1')).toThrow(ClosedError);
  });

  test('an update that makes a watcher close the run is neither dealt with nor acknowledged', () => {
    const { inputs, scheduler } = recording();
    const { master, running } = setUp(scheduler);
    running.events$.subscribe(() => void running.close());
    master.connection.emit({ type: 'update', status: status('t1', 'TASK_RUNNING') });
    expect(inputs.map(({ type }) => type)).toEqual(['subscribed']);
    expect(master.connection.calls).toEqual([]);
  });

  test('result() rejects when the master ends the subscription', async () => {
    const { master, running } = setUp(recording().scheduler);
    master.connection.emit({ type: 'error', message: 'Framework failed over' });
    await expect(running.result()).rejects.toThrow(SubscriptionError);
  });

  test('a scheduler may tear its framework down', async () => {
    const { scheduler } = recording((input) => (input.type === 'subscribed' ? [{ type: 'teardown' }] : []));
    const { master, running } = setUp(scheduler);
    expect(master.connection.calls).toEqual([{ type: 'teardown' }]);
    master.connection.drop();
    await expect(running.result()).resolves.toBe(1);
  });

  test('types: a scheduler says what its state and its commands are', () => {
    const { running } = setUp(recording<'go' | 'stop'>().scheduler);
    expectTypeOf(running.state).toEqualTypeOf<number>();
    expectTypeOf<Parameters<typeof running.send>>().toEqualTypeOf<[command: 'go' | 'stop']>();
    const { running: without } = setUp(counting(1));
    expectTypeOf<Parameters<typeof without.send>>().toEqualTypeOf<[command: never]>();
    expectTypeOf<Extract<SchedulerInput, { type: 'heartbeat' | 'error' | 'connecting' }>>().toEqualTypeOf<never>();
  });
});

describe('callsOf()', () => {
  test('collects calls as data', () => {
    const calls = callsOf((driver) => {
      driver.decline([]);
      driver.kill('t1');
      driver.decline(offer('O1'));
    });
    expect(calls).toEqual([
      { type: 'kill', taskId: 't1' },
      { type: 'decline', offerIds: ['O1'] },
    ]);
  });
});

describe('fromCallbacks()', () => {
  test('calls each callback with a driver whose calls are made afterwards', () => {
    const log: string[] = [];
    const scheduler = fromCallbacks({
      registered: (_driver, frameworkId, { id }) => log.push(`registered ${frameworkId} with ${id}`),
      disconnected: () => log.push('disconnected'),
      resourceOffers: (driver, offers) => driver.decline(offers, { refuseMs: 1 }),
      offerRescinded: (_driver, offerId) => log.push(`rescinded ${offerId}`),
      statusUpdate: (driver, { taskId }) => driver.kill(taskId),
      frameworkMessage: (_driver, executorId, agentId, data) => log.push(`message ${executorId} ${agentId} ${data}`),
      agentLost: (_driver, agentId) => log.push(`agent ${agentId} lost`),
      executorLost: (_driver, executorId, agentId, code) => log.push(`executor ${executorId} on ${agentId}: ${code}`),
    });
    const { master } = setUp(scheduler);
    const { agentId } = offer('O1');
    const executorId = 'e' as never;
    const { connection } = master;
    connection.emit({ type: 'offers', offers: [offer('O1'), offer('O2')] });
    connection.emit({ type: 'rescind', offerId: offer('O1').id });
    connection.emit({ type: 'update', status: status('t1', 'TASK_RUNNING') });
    connection.emit({ type: 'message', agentId, executorId, data: new Uint8Array([1, 2]) });
    connection.emit({ type: 'failure', agentId });
    connection.emit({ type: 'failure', agentId, executorId, status: 256 });
    connection.drop();
    expect(log).toEqual([
      'registered F1 with M1',
      'rescinded O1',
      'message e A1 1,2',
      'agent A1 lost',
      'executor e on A1: 256',
      'disconnected',
    ]);
    expect(connection.calls.map(({ type }) => type)).toEqual(['decline', 'kill', 'acknowledge']);
  });

  test('does nothing where there is no callback', () => {
    const { master, running } = setUp(fromCallbacks({}));
    master.connection.emit({ type: 'offers', offers: [offer('O1')] });
    master.connection.emit({ type: 'failure', agentId: offer('O1').agentId });
    expect(master.connection.calls).toEqual([]);
    expect(running.connected).toBe(true);
  });
});
