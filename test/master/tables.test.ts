import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AgentId, FrameworkId, TaskId } from '../../src/core/index.ts';
import { Ring } from '../../src/master/ring.ts';
import { TaskTable } from '../../src/master/task-table.ts';
import { UsedTable } from '../../src/master/used-table.ts';
import { Resources } from '../../src/resources/index.ts';
import type { Task } from '../../src/tasks/index.ts';

describe('Ring', () => {
  test('is a queue, as an array would be', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat()), { maxLength: 200 }), (steps) => {
        const ring = new Ring<number>();
        const array: number[] = [];
        for (const step of steps) {
          if (step === null) expect(ring.shift()).toBe(array.shift());
          else {
            ring.push(step);
            array.push(step);
          }
          expect(ring.length).toBe(array.length);
          expect([...ring]).toEqual(array);
        }
      }),
    );
  });
});

describe('TaskTable', () => {
  const task = (n: number): Task => ({
    taskId: TaskId(`t${n % 5}`),
    name: `${n}`,
    frameworkId: FrameworkId(`f${n % 2}`),
    agentId: AgentId(`a${n % 3}`),
    resources: Resources.empty,
    state: 'TASK_RUNNING',
    statuses: [],
  });

  test('answers by framework and by agent what a plain list would', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(60)), { maxLength: 60 }), (steps) => {
        const table = new TaskTable();
        const list = new Map<string, Task>();
        for (const [add, n] of steps) {
          const each = task(n);
          const key = `${each.frameworkId} ${each.taskId}`;
          if (add) {
            table.add(each);
            list.delete(key);
            list.set(key, each);
          } else {
            expect(table.remove(each.frameworkId, each.taskId)).toBe(list.get(key));
            list.delete(key);
          }
          const all = [...list.values()];
          expect(table.size).toBe(all.length);
          for (const { agentId, frameworkId } of [each]) {
            expect(new Set(table.ofAgent(agentId))).toEqual(new Set(all.filter((other) => other.agentId === agentId)));
            const own = all.filter((other) => other.frameworkId === frameworkId);
            expect([...table.ofFramework(frameworkId)]).toEqual(own);
            expect(table.oldestOf(frameworkId)).toBe(own[0]);
            expect(table.countOfFramework(frameworkId)).toBe(own.length);
          }
        }
      }),
    );
  });
});

describe('UsedTable', () => {
  test('refuses to take what is not there: the books would be wrong ever after', () => {
    const used = new UsedTable();
    const agentId = AgentId('a');
    const frameworkId = FrameworkId('f');
    used.add(agentId, frameworkId, Resources.parse('cpus:1'));
    expect(() => used.take(agentId, frameworkId, Resources.parse('cpus:2'))).toThrow(
      'Expected framework f to hold cpus:2 on agent a, it holds cpus:1',
    );
    used.take(agentId, frameworkId, Resources.parse('cpus:1'));
    expect(used.ofAgent(agentId).size).toBe(0);
  });
});
