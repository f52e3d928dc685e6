import { describe, expect, test } from 'vitest';
import { TaskBook } from '../../src/scheduler/task-book.ts';
import { status } from '../support/fake-master.ts';

describe('TaskBook', () => {
  test('remembers the last update of 10,000 tasks that are over, and of all that are not', () => {
    const book = new TaskBook();
    const running = status('live', 'TASK_RUNNING');
    expect(book.received(running)).toBe(true);
    const ended = Array.from({ length: 10_001 }, (_, index) => status(`t${index}`, 'TASK_FINISHED'));
    for (const each of ended) book.received(each);
    expect(book.received(running)).toBe(false);
    expect(ended.slice(1).every((each) => !book.received(each))).toBe(true);
    const [oldest] = ended;
    expect(oldest !== undefined && book.received(oldest)).toBe(true);
    expect(book.live()).toEqual([{ taskId: 'live', agentId: 'A1' }]);
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
