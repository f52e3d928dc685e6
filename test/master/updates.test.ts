import { describe, expect, test } from 'vitest';
import { AgentId, ExecutorId, FrameworkId, TaskId } from '../../src/core/index.ts';
import type { TaskStatus } from '../../src/tasks/index.ts';
import { createHarness, launch } from '../support/master-harness.ts';

function world() {
  const h = createHarness({ maxCompletedTasksPerFramework: 2 });
  const agent = h.agent();
  const scheduler = h.framework();
  const { taskId } = launch(h, scheduler, 't1');
  return { h, agent, scheduler, taskId };
}

function last(statuses: readonly TaskStatus[]): TaskStatus {
  const status = statuses.at(-1);
  if (status === undefined) throw new Error('expected an update');
  return status;
}

describe('A status update', () => {
  test('is forwarded as it is, with the agent it came from, and entered into the books without its data', () => {
    const { h, agent, scheduler, taskId } = world();
    const data = new Uint8Array([1]);
    const status: TaskStatus = {
      taskId,
      state: 'TASK_RUNNING',
      source: 'SOURCE_EXECUTOR',
      timestampMs: 1,
      uuid: 'u1',
      data,
    };
    agent.send({ type: 'statusUpdate', frameworkId: scheduler.id, status, latestState: 'TASK_RUNNING' });
    h.settle();
    expect(scheduler.updates()).toEqual([{ ...status, agentId: agent.id }]);
    const [task] = h.master.state().tasks;
    const { data: _, ...kept } = { ...status, agentId: agent.id };
    expect(task).toMatchObject({ state: 'TASK_RUNNING', statusUpdateState: 'TASK_RUNNING', statusUpdateUuid: 'u1' });
    expect(task?.statuses).toEqual([kept]);
  });

  test('of a state that is the last one s replaces it; a new state is added', () => {
    const { h, agent, scheduler, taskId } = world();
    const send = (state: TaskStatus['state'], message: string) =>
      agent.send({
        type: 'statusUpdate',
        frameworkId: scheduler.id,
        status: { taskId, state, message, source: 'SOURCE_EXECUTOR', timestampMs: 1, uuid: message },
        latestState: state,
      });
    send('TASK_STARTING', 'a');
    send('TASK_RUNNING', 'b');
    send('TASK_RUNNING', 'c');
    h.settle();
    expect(h.master.state().tasks[0]?.statuses.map(({ message }) => message)).toEqual(['a', 'c']);
  });

  test('frees the resources with the latest state, and the task stays until its end is acknowledged', () => {
    const { h, agent, scheduler, taskId } = world();
    agent.update(scheduler.id, taskId, 'TASK_RUNNING');
    agent.update(scheduler.id, taskId, 'TASK_FINISHED');
    agent.retry();
    h.settle();
    // What is forwarded is the older of the two: the newer waits for its acknowledgement.
    expect(scheduler.updates().map(({ state }) => state)).toEqual(['TASK_RUNNING', 'TASK_RUNNING']);
    expect(h.master.state().tasks).toMatchObject([{ state: 'TASK_FINISHED', statusUpdateState: 'TASK_RUNNING' }]);
    expect(h.master.state().agents[0]?.used.toString()).toBe('{}');
    scheduler.acknowledge(last(scheduler.updates()));
    h.settle();
    expect(last(scheduler.updates()).state).toBe('TASK_FINISHED');
    expect(h.master.state().tasks).toHaveLength(1);
    scheduler.acknowledge(last(scheduler.updates()));
    h.settle();
    expect(h.master.state().tasks).toEqual([]);
    expect(h.master.state().frameworks[0]?.completedTasks).toMatchObject([{ taskId: 't1', state: 'TASK_FINISHED' }]);
    expect(agent.messages.at(-1)).toMatchObject({ type: 'acknowledgeUpdate', taskId: 't1' });
  });

  test('is forwarded after the end, too, and changes nothing any more', () => {
    const { h, agent, scheduler, taskId } = world();
    const first = agent.update(scheduler.id, taskId, 'TASK_FAILED');
    h.settle();
    const status = { ...first, state: 'TASK_RUNNING', uuid: 'late' } as const;
    agent.send({ type: 'statusUpdate', frameworkId: scheduler.id, status, latestState: 'TASK_RUNNING' });
    h.settle();
    expect(last(scheduler.updates())).toMatchObject({ state: 'TASK_RUNNING', uuid: 'late' });
    expect(h.master.state().tasks).toMatchObject([
      { state: 'TASK_FAILED', statusUpdateState: 'TASK_FAILED', statusUpdateUuid: first.uuid },
    ]);
    // So the acknowledgement of the end is still known as such.
    scheduler.acknowledge(first);
    h.settle();
    expect(h.master.state().tasks).toEqual([]);
  });

  test('that leads where no task can go is dropped', () => {
    const { h, agent, scheduler, taskId } = world();
    agent.update(scheduler.id, taskId, 'TASK_RUNNING');
    h.settle();
    agent.update(scheduler.id, taskId, 'TASK_STAGING');
    agent.retry();
    h.settle();
    expect(h.master.state().tasks).toMatchObject([{ state: 'TASK_RUNNING' }]);
    expect(h.logged.at(-1)).toContain('reports TASK_STAGING after TASK_RUNNING');
    expect(scheduler.updates().map(({ state }) => state)).toEqual(['TASK_RUNNING']);
  });

  test('while the scheduler is away is entered, not forwarded, and comes again from the agent', () => {
    const { h, agent, scheduler, taskId } = world();
    scheduler.disconnect();
    agent.update(scheduler.id, taskId, 'TASK_RUNNING');
    h.settle();
    expect(scheduler.updates()).toEqual([]);
    expect(h.master.state().tasks).toMatchObject([{ state: 'TASK_RUNNING' }]);
    scheduler.connect();
    agent.retry();
    h.settle();
    expect(last(scheduler.updates()).state).toBe('TASK_RUNNING');
  });

  test('of a framework that nobody knows has the agent end that framework', () => {
    const { h, agent } = world();
    const frameworkId = FrameworkId('nobody');
    const status: TaskStatus = {
      taskId: TaskId('x'),
      state: 'TASK_RUNNING',
      source: 'SOURCE_EXECUTOR',
      timestampMs: 1,
      uuid: 'u',
    };
    agent.send({ type: 'statusUpdate', frameworkId, status, latestState: 'TASK_RUNNING' });
    h.settle();
    expect(agent.messages.at(-1)).toEqual({ type: 'shutdownFramework', frameworkId });
  });

  test('without a uuid that ends the task completes it at once', () => {
    const { h, agent, scheduler, taskId } = world();
    const status: TaskStatus = { taskId, state: 'TASK_FAILED', source: 'SOURCE_AGENT', timestampMs: 1 };
    agent.send({ type: 'statusUpdate', frameworkId: scheduler.id, status, latestState: 'TASK_FAILED' });
    h.settle();
    expect(h.master.state().tasks).toEqual([]);
    expect(last(scheduler.updates()).state).toBe('TASK_FAILED');
  });

  test('in a state of PARTITION_AWARE is TASK_LOST to a framework without', () => {
    const h = createHarness();
    const agent = h.agent();
    const scheduler = h.framework({ capabilities: ['MULTI_ROLE'] });
    const { taskId } = launch(h, scheduler, 't1');
    agent.update(scheduler.id, taskId, 'TASK_DROPPED');
    h.settle();
    expect(last(scheduler.updates()).state).toBe('TASK_LOST');
    expect(h.master.state().tasks).toMatchObject([{ state: 'TASK_LOST' }]);
  });
});

describe('acknowledge', () => {
  test('of an older update does not end the task', () => {
    const { h, agent, scheduler, taskId } = world();
    agent.update(scheduler.id, taskId, 'TASK_RUNNING');
    h.settle();
    const running = last(scheduler.updates());
    scheduler.acknowledge(running);
    agent.update(scheduler.id, taskId, 'TASK_FINISHED');
    h.settle();
    scheduler.acknowledge(running);
    h.settle();
    expect(h.master.state().tasks).toMatchObject([{ state: 'TASK_FINISHED' }]);
  });

  test('is dropped when nothing has been forwarded, or the agent is not there', () => {
    const { h, agent, scheduler, taskId } = world();
    scheduler.call({ type: 'acknowledge', agentId: agent.id, taskId, uuid: 'u' });
    h.settle();
    expect(h.logged.at(-1)).toContain('no update has been forwarded');
    scheduler.call({ type: 'acknowledge', agentId: AgentId('other'), taskId, uuid: 'u' });
    h.settle();
    expect(h.logged.at(-1)).toContain('agent other is not connected');
    expect(agent.messages.some(({ type }) => type === 'acknowledgeUpdate')).toBe(false);
  });

  test('of a task that the master does not know is passed on', () => {
    const { h, agent, scheduler } = world();
    scheduler.call({ type: 'acknowledge', agentId: agent.id, taskId: TaskId('older'), uuid: 'u' });
    h.settle();
    expect(agent.messages.at(-1)).toEqual({
      type: 'acknowledgeUpdate',
      frameworkId: scheduler.id,
      taskId: 'older',
      uuid: 'u',
    });
  });

  test('keeps so many completed tasks, the newest', () => {
    const { h, agent, scheduler } = world();
    for (const id of ['t2', 't3', 't4']) {
      h.clock.advance(1_000);
      launch(h, scheduler, id);
    }
    for (const id of ['t1', 't2', 't3', 't4']) {
      agent.update(scheduler.id, TaskId(id), 'TASK_FINISHED');
      h.settle();
      scheduler.acknowledge(last(scheduler.updates()));
      h.settle();
    }
    const [framework] = h.master.state().frameworks;
    expect(framework?.completedTasks.map(({ taskId }) => taskId)).toEqual(['t3', 't4']);
  });
});

describe('Messages', () => {
  test('go both ways between scheduler and executor, and are dropped when one of them is not there', () => {
    const { h, agent, scheduler } = world();
    const executorId = ExecutorId('e1');
    const data = new Uint8Array([7]);
    scheduler.call({ type: 'message', agentId: agent.id, executorId, data });
    scheduler.call({ type: 'shutdown', agentId: agent.id, executorId });
    h.settle();
    expect(agent.messages.slice(-2)).toEqual([
      { type: 'frameworkMessage', frameworkId: scheduler.id, executorId, data },
      { type: 'shutdownExecutor', frameworkId: scheduler.id, executorId },
    ]);
    agent.send({ type: 'executorMessage', frameworkId: scheduler.id, executorId, data });
    h.settle();
    expect(scheduler.events.at(-1)).toEqual({ type: 'message', agentId: agent.id, executorId, data });
    agent.disconnect();
    scheduler.call({ type: 'message', agentId: agent.id, executorId, data });
    scheduler.call({ type: 'shutdown', agentId: agent.id, executorId });
    h.settle();
    expect(h.logged.filter((line) => line.includes('is not connected'))).toHaveLength(2);
  });
});
