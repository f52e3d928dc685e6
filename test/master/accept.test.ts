import { describe, expect, test } from 'vitest';
import { AgentId, ExecutorId, OfferId, TaskId } from '../../src/core/index.ts';
import type { OfferOperation } from '../../src/offers/index.ts';
import { Resources } from '../../src/resources/index.ts';
import type { ExecutorInfo } from '../../src/tasks/index.ts';
import { createHarness, launch, taskOf } from '../support/master-harness.ts';

const EXECUTOR: ExecutorInfo = {
  type: 'IN_PROCESS',
  name: 'worker',
  executorId: ExecutorId('e1'),
  resources: Resources.parse('cpus:0.5;mem:32'),
};

function withoutCommand(task: ReturnType<typeof taskOf>) {
  const { command: _, ...rest } = task;
  return rest;
}

describe('accept', () => {
  test('launches: the agent is told, the task is staging and holds its resources, the rest is offered again', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    launch(h, scheduler, 't1', 'cpus:1;mem:64');
    const run = agent.messages.at(-1);
    expect(run).toMatchObject({ type: 'runTask', task: { taskId: 't1' }, frameworkInfo: { id: scheduler.id } });
    expect(h.master.state().tasks).toMatchObject([{ taskId: 't1', state: 'TASK_STAGING', agentId: agent.id }]);
    expect(h.master.state().agents[0]?.used.toString()).toBe('cpus:1; mem:64');
    // No update is sent for TASK_STAGING.
    expect(scheduler.updates()).toEqual([]);
    h.clock.advance(1_000);
    expect(scheduler.offer().resources.unallocate().toString()).toBe('cpus:3; mem:960; disk:1024');
  });

  test('without operations is as good as declining', () => {
    const h = createHarness();
    h.agent();
    const scheduler = h.framework();
    scheduler.call({ type: 'accept', offerIds: [scheduler.offer().id], operations: [], filters: { refuseMs: 3_000 } });
    h.clock.advance(2_000);
    expect(h.master.state().offers).toEqual([]);
    h.clock.advance(2_000);
    expect(h.master.state().offers).toHaveLength(1);
  });

  test('judges tasks one by one: those that are not valid, or do not fit any more, are TASK_ERROR', () => {
    const h = createHarness();
    h.agent();
    const scheduler = h.framework();
    const offer = scheduler.offer();
    const taskInfos = [
      taskOf(offer, 'fits', 'cpus:3;mem:64'),
      taskOf(offer, 'too-big', 'cpus:2'),
      taskOf(offer, 'fits'),
      taskOf(offer, 'small', 'cpus:1'),
    ];
    scheduler.call({ type: 'accept', offerIds: [offer.id], operations: [{ type: 'LAUNCH', taskInfos }] });
    h.settle();
    expect(h.master.state().tasks.map(({ taskId }) => taskId)).toEqual(['fits', 'small']);
    const [tooBig, twice] = scheduler.updates();
    expect(tooBig).toMatchObject({
      taskId: 'too-big',
      state: 'TASK_ERROR',
      source: 'SOURCE_MASTER',
      reason: 'REASON_TASK_INVALID',
      message: expect.stringContaining('cpus'),
    });
    expect(tooBig).not.toHaveProperty('uuid');
    expect(twice).toMatchObject({
      taskId: 'fits',
      state: 'TASK_ERROR',
      message: expect.stringContaining('id of another'),
    });
  });

  test('of an offer that is not outstanding answers each task, and gives the good offers back', () => {
    const h = createHarness();
    h.agent();
    h.agent({ hostname: 'a2' });
    const scheduler = h.framework();
    const [first, second] = [...scheduler.offers.values()];
    if (first === undefined || second === undefined) throw new Error('expected two offers');
    const operations: OfferOperation[] = [{ type: 'LAUNCH', taskInfos: [taskOf(first, 't1'), taskOf(first, 't2')] }];
    scheduler.call({ type: 'accept', offerIds: [first.id, OfferId('nobody')], operations });
    h.settle();
    expect(scheduler.updates()).toMatchObject([
      {
        taskId: 't1',
        state: 'TASK_DROPPED',
        reason: 'REASON_INVALID_OFFERS',
        message: 'Task launched with invalid offers: Offer nobody is no longer valid',
      },
      { taskId: 't2', state: 'TASK_DROPPED' },
    ]);
    expect(h.master.state().offers.map(({ id }) => id)).toEqual([second.id]);
    // No filter: the resources are there again with the next round.
    h.clock.advance(1_000);
    expect(scheduler.offers.size).toBe(2);
  });

  test('that arrives twice says nothing of the tasks that it has launched, as long as they are in the books', () => {
    const h = createHarness({ maxAgentPingTimeouts: 1 });
    const agent = h.agent();
    const scheduler = h.framework();
    const offer = scheduler.offer();
    const taskInfos = [taskOf(offer, 't1')];
    const accept = { type: 'accept', offerIds: [offer.id], operations: [{ type: 'LAUNCH', taskInfos }] } as const;
    scheduler.call(accept);
    scheduler.call(accept);
    h.settle();
    expect(scheduler.updates()).toEqual([]);
    agent.isMute = true;
    h.clock.advance(40_000);
    scheduler.call(accept);
    h.settle();
    expect(scheduler.updates().map(({ state }) => state)).toEqual(['TASK_UNREACHABLE']);
    // A task of another id is answered for.
    const other = [taskOf(offer, 't2')];
    scheduler.call({ ...accept, operations: [{ type: 'LAUNCH', taskInfos: other }] });
    h.settle();
    expect(scheduler.updates().at(-1)).toMatchObject({ taskId: 't2', state: 'TASK_DROPPED' });
  });

  test('of offers of two agents is refused; without PARTITION_AWARE the word for it is TASK_LOST', () => {
    const h = createHarness();
    h.agent();
    h.agent({ hostname: 'a2' });
    const scheduler = h.framework({ capabilities: ['MULTI_ROLE'] });
    const offers = [...scheduler.offers.values()];
    const [first] = offers;
    if (first === undefined) throw new Error('expected an offer');
    scheduler.call({
      type: 'accept',
      offerIds: offers.map(({ id }) => id),
      operations: [{ type: 'LAUNCH', taskInfos: [taskOf(first, 't1')] }],
    });
    h.settle();
    expect(scheduler.updates()).toMatchObject([{ state: 'TASK_LOST', message: expect.stringContaining('one agent') }]);
  });

  test('of another framework s offer leaves that offer alone', () => {
    const h = createHarness();
    h.agent();
    const owner = h.framework();
    const thief = h.framework();
    const offer = owner.offer();
    const operations: OfferOperation[] = [{ type: 'LAUNCH', taskInfos: [taskOf(offer, 't1')] }];
    thief.call({ type: 'accept', offerIds: [offer.id], operations });
    h.settle();
    expect(thief.updates()).toMatchObject([{ state: 'TASK_DROPPED', reason: 'REASON_INVALID_OFFERS' }]);
    expect(h.master.state().offers.map(({ id }) => id)).toEqual([offer.id]);
  });

  test('counts an executor once, for as long as it lives', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    const offer = scheduler.offer();
    const taskInfos = ['t1', 't2'].map((id) => ({
      ...withoutCommand(taskOf(offer, id, 'cpus:1')),
      executor: EXECUTOR,
    }));
    scheduler.call({ type: 'accept', offerIds: [offer.id], operations: [{ type: 'LAUNCH', taskInfos }] });
    h.settle();
    expect(h.master.state().agents[0]?.used.toString()).toBe('cpus:2.5; mem:32');
    expect(agent.messages.flatMap((m) => (m.type === 'runTask' ? [m.launchExecutor] : []))).toEqual([true, false]);
    agent.update(scheduler.id, TaskId('t1'), 'TASK_FINISHED');
    h.settle();
    expect(h.master.state().agents[0]?.used.toString()).toBe('cpus:1.5; mem:32');
    agent.update(scheduler.id, TaskId('t2'), 'TASK_FINISHED');
    h.settle();
    expect(h.master.state().agents[0]?.used.toString()).toBe('{}');
    expect(scheduler.events.at(-1)).toEqual({ type: 'failure', agentId: agent.id, executorId: 'e1', status: 0 });
  });

  test('launches a group as a whole, or not at all', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework();
    const group = (executorId: string): ExecutorInfo => ({
      type: 'DEFAULT',
      executorId: ExecutorId(executorId),
      frameworkId: scheduler.id,
      resources: Resources.parse('cpus:0.1;mem:32;disk:1'),
    });
    const offer = scheduler.offer();
    scheduler.call({
      type: 'accept',
      offerIds: [offer.id],
      operations: [
        { type: 'LAUNCH_GROUP', executor: group('g1'), taskInfos: [taskOf(offer, 'a'), taskOf(offer, 'b', 'cpus:9')] },
        { type: 'LAUNCH_GROUP', executor: group('g2'), taskInfos: [taskOf(offer, 'c'), taskOf(offer, 'd')] },
      ],
    });
    h.settle();
    expect(scheduler.updates()).toMatchObject([
      { taskId: 'a', state: 'TASK_ERROR', reason: 'REASON_TASK_GROUP_INVALID' },
      { taskId: 'b', state: 'TASK_ERROR', reason: 'REASON_TASK_GROUP_INVALID' },
    ]);
    expect(h.master.state().tasks).toMatchObject([
      { taskId: 'c', executorId: 'g2' },
      { taskId: 'd', executorId: 'g2' },
    ]);
    expect(agent.messages.at(-1)).toMatchObject({ type: 'runTaskGroup', launchExecutor: true });
    expect(h.master.state().agents[0]?.used.toString()).toBe('cpus:2.1; mem:160; disk:1');
  });

  test('of a task that names another agent is TASK_ERROR', () => {
    const h = createHarness();
    h.agent();
    const scheduler = h.framework();
    const offer = scheduler.offer();
    const taskInfos = [taskOf({ agentId: AgentId('other') }, 't1')];
    scheduler.call({ type: 'accept', offerIds: [offer.id], operations: [{ type: 'LAUNCH', taskInfos }] });
    h.settle();
    expect(scheduler.updates()).toMatchObject([{ state: 'TASK_ERROR', agentId: offer.agentId }]);
  });
});
