import * as fc from 'fast-check';
import type { Subscription } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { AgentId, FrameworkId, MasterId, TaskId } from '../../src/core/index.ts';
import type { ChannelHandlers, SchedulerCall, SchedulerEndpoint, SchedulerEvent } from '../../src/protocol/index.ts';
import { seededRandom } from '../../src/runtime/index.ts';
import { connect } from '../../src/scheduler/index.ts';
import type { TaskState, TaskStatus } from '../../src/tasks/index.ts';
import { createManualClock } from '../support/manual-clock.ts';

/*
 * A master with agents behind it that keep to Mesos's rules: one unacknowledged update per task, sent again until it
 * is acknowledged, the next one after that. Every message is delivered when fast-check's scheduler says so, in order
 * per direction of a connection; connections break in between, and the author subscribes and unsubscribes at will.
 */

const LIFE: readonly TaskState[] = ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'];
const TASKS = ['t1', 't2', 't3'] as const;
type TaskName = (typeof TASKS)[number];

type Step = 'drop' | 'resend' | 'subscribe' | 'unsubscribe' | 'wait';

/** The master's side of one connection. */
interface Line {
  open: boolean;
  readonly toDriver: (event: SchedulerEvent) => void;
}

class World implements SchedulerEndpoint {
  /** How many updates of each task have been acknowledged. */
  readonly acknowledged = new Map<TaskName, number>(TASKS.map((task) => [task, 0]));
  readonly wrongAcknowledgements: string[] = [];
  readonly #scheduler: fc.Scheduler;
  #line: Line | undefined;
  #handlers: ChannelHandlers<SchedulerEvent> | undefined;

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler;
  }

  connect(_: unknown, handlers: ChannelHandlers<SchedulerEvent>): { send(call: SchedulerCall): void; close(): void } {
    const line: Line = {
      open: true,
      toDriver: this.#queue((event) => line.open && handlers.onMessage(event), 'event'),
    };
    const toMaster = this.#queue<SchedulerCall>((call) => line.open && this.#receive(call), 'call');
    this.#line = line;
    this.#handlers = handlers;
    line.toDriver({
      type: 'subscribed',
      frameworkId: FrameworkId('F1'),
      heartbeatIntervalMs: 15_000,
      masterInfo: { id: MasterId('M1'), hostname: 'm', version: '1' },
    });
    this.resend();
    return {
      send: toMaster,
      close: () => {
        line.open = false;
      },
    };
  }

  /** Agents lose patience and send what is not acknowledged once more. */
  resend(): void {
    for (const task of TASKS) this.#send(task);
  }

  /** What is on its way is lost. */
  drop(): void {
    const line = this.#line;
    if (line === undefined || !line.open) return;
    line.open = false;
    this.#handlers?.onClosed('broken');
  }

  get done(): boolean {
    return [...this.acknowledged.values()].every((count) => count === LIFE.length);
  }

  #send(task: TaskName): void {
    const state = LIFE[this.acknowledged.get(task) ?? 0];
    if (state === undefined || this.#line?.open !== true) return;
    this.#line.toDriver({ type: 'update', status: statusOf(task, state) });
  }

  #receive(call: SchedulerCall): void {
    if (call.type !== 'acknowledge') return;
    const task = TASKS.find((each) => each === call.taskId);
    if (task === undefined) throw new Error(`acknowledgement of ${call.taskId}`);
    const count = this.acknowledged.get(task) ?? 0;
    const expected = LIFE[count];
    const index = LIFE.findIndex((state) => call.uuid === `${task} ${state}`);
    if (index > count || index < 0) this.wrongAcknowledgements.push(call.uuid);
    if (expected === undefined || index !== count) return;
    this.acknowledged.set(task, count + 1);
    this.#send(task);
  }

  /** Delivers one message per turn that the scheduler grants, in order. */
  #queue<T>(deliver: (message: T) => void, label: string): (message: T) => void {
    const waiting: T[] = [];
    return (message) => {
      waiting.push(message);
      void this.#scheduler.schedule(Promise.resolve(), label).then(() => {
        const next = waiting.shift();
        if (next !== undefined) deliver(next);
      });
    };
  }
}

function statusOf(task: TaskName, state: TaskState): TaskStatus {
  return {
    taskId: TaskId(task),
    state,
    source: 'SOURCE_EXECUTOR',
    agentId: AgentId('A1'),
    timestampMs: 0,
    uuid: `${task} ${state}`,
  };
}

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Step>('wait') },
    { weight: 2, arbitrary: fc.constantFrom<Step>('resend', 'drop') },
    { weight: 2, arbitrary: fc.constantFrom<Step>('subscribe', 'unsubscribe') },
  ),
  { maxLength: 25 },
);

describe('updates under races', () => {
  test('are delivered once each and in order, and all acknowledged, whatever is lost or repeated', async () => {
    let dropped = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), steps, async (scheduler, plan) => {
        const clock = createManualClock();
        const world = new World(scheduler);
        const driver = connect(world, { name: 'test' }, { clock, random: seededRandom(1), reconcileIntervalMs: 0 });
        const seen: string[] = [];
        let subscription: Subscription | undefined;
        const subscribe = () => {
          subscription ??= driver.updates$.subscribe(({ uuid }) => seen.push(uuid ?? ''));
        };
        for (const step of plan) {
          if (step === 'drop') {
            dropped += 1;
            world.drop();
          } else if (step === 'resend') world.resend();
          else if (step === 'subscribe') subscribe();
          else if (step === 'unsubscribe') {
            subscription?.unsubscribe();
            subscription = undefined;
          } else if (scheduler.count() > 0) await scheduler.waitNext(1);
          else clock.advance(5_000);
        }
        // The faults are over.
        subscribe();
        for (let round = 0; round < 20 && !world.done; round++) {
          await scheduler.waitIdle();
          clock.advance(31_000);
          world.resend();
        }
        await driver.close();

        expect(world.wrongAcknowledgements).toEqual([]);
        expect(world.done).toBe(true);
        for (const task of TASKS) {
          expect(seen.filter((uuid) => uuid.startsWith(task))).toEqual(LIFE.map((state) => `${task} ${state}`));
        }
      }),
      { numRuns: 150 },
    );
    expect(dropped).toBeGreaterThan(50);
  });
});
