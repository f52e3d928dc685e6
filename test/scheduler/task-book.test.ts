import { describe, expect, test } from 'vitest';
import { AgentId } from '../../src/core/index.ts';
import { TaskBook } from '../../src/scheduler/task-book.ts';
import type { TaskStatus } from '../../src/tasks/index.ts';
import { status } from '../support/fake-master.ts';

describe('TaskBook', () => {
  test('remembers the last update of at least 10,000 tasks that are over, and of all that are not', () => {
    const book = new TaskBook();
    const running = status('live', 'TASK_RUNNING');
    expect(book.received(running)).toBe(true);
    const ended = Array.from({ length: 20_000 }, (_, index) => status(`t${index}`, 'TASK_FINISHED'));
    for (const each of ended) book.received(each);
    expect(book.received(running)).toBe(false);
    expect(ended.slice(-10_000).every((each) => !book.received(each))).toBe(true);
    const [oldest] = ended;
    expect(oldest !== undefined && book.received(oldest)).toBe(true);
    expect(book.live()).toEqual([{ taskId: 'live', agentId: 'A1' }]);
  });

  test('knows which tasks are over, also those of the generation before', () => {
    const book = new TaskBook();
    const early = status('early', 'TASK_UNKNOWN', { uuid: undefined });
    book.received(early);
    expect(book.isOver(early.taskId)).toBe(true);
    for (let index = 0; index < 10_000; index++) book.received(status(`t${index}`, 'TASK_FINISHED'));
    expect(book.isOver(early.taskId)).toBe(true);
    book.received(status('early', 'TASK_RUNNING'));
    expect(book.isOver(early.taskId)).toBe(false);
  });

  test('a launch under the id of a task that is not over changes nothing', () => {
    const book = new TaskBook();
    const running = status('t1', 'TASK_RUNNING');
    book.received(running);
    book.launched(running.taskId, AgentId('A2'));
    expect(book.received(running)).toBe(false);
    expect(book.live()).toEqual([{ taskId: 't1', agentId: 'A1' }]);
  });

  test('that a launch was void is no news of a task that has ended, but of one that is launched again', () => {
    const book = new TaskBook();
    const ended = status('t1', 'TASK_FINISHED');
    const dropped: TaskStatus = {
      ...status('t1', 'TASK_DROPPED', { uuid: undefined }),
      source: 'SOURCE_MASTER',
      reason: 'REASON_INVALID_OFFERS',
    };
    expect(book.received(ended)).toBe(true);
    expect(book.received(dropped)).toBe(false);
    expect(book.received({ ...dropped, reason: 'REASON_RECONCILIATION' })).toBe(true);
    book.launched(ended.taskId, AgentId('A1'));
    expect(book.received(dropped)).toBe(true);
    expect(book.isOver(ended.taskId)).toBe(true);
    const forgotten = status('t2', 'TASK_UNKNOWN', { uuid: undefined });
    book.received(forgotten);
    expect(book.received({ ...dropped, taskId: forgotten.taskId })).toBe(true);
  });

  test('a task whose id is used again starts anew', () => {
    const book = new TaskBook();
    const finished = status('t1', 'TASK_FINISHED');
    book.received(finished);
    expect(book.live()).toEqual([]);
    const { taskId, agentId } = finished;
    if (agentId !== undefined) book.launched(taskId, agentId);
    expect(book.live()).toEqual([{ taskId, agentId }]);
    expect(book.received(finished)).toBe(true);
  });
});
