import { describe, expect, test } from 'vitest';
import { fill, type User } from '../support/drf-filling.ts';

/*
 * Sentences of Ghodsi et al., Dominant Resource Fairness (NSDI 2011), on the sorter: whoever sorts first is given one
 * task after another (the paper's algorithm 1) until the next task of whoever is in front does not fit. What these
 * examples show for all users and machines: `test/property/drf-promises.test.ts`.
 */

describe('DRF, the paper', () => {
  test('section 4.1: of 9 CPUs and 18 GB user A gets three tasks and user B two, both with a dominant share of 2/3', () => {
    const { tasks, order, sorter } = fill('cpus:9;mem:18', [
      { name: 'A', task: 'cpus:1;mem:4' },
      { name: 'B', task: 'cpus:3;mem:1' },
    ]);
    expect(tasks).toEqual({ A: 3, B: 2 });
    expect(order.join('')).toBe('ABABA');
    expect(sorter.allocationQuantities('A').toJSON()).toEqual({ cpus: 3, mem: 12 });
    expect(sorter.allocationQuantities('B').toJSON()).toEqual({ cpus: 6, mem: 2 });
    expect(sorter.allocationQuantities().toJSON()).toEqual({ cpus: 9, mem: 14 });
  });

  test('section 4.3: weights divide dominant shares', () => {
    const users = (a: number, b: number): readonly User[] => [
      { name: 'A', task: 'cpus:1;mem:4', weight: a },
      { name: 'B', task: 'cpus:3;mem:1', weight: b },
    ];
    expect(fill('cpus:9;mem:18', users(4, 1)).tasks).toEqual({ A: 4, B: 1 });
    expect(fill('cpus:9;mem:18', users(1, 2)).tasks).toEqual({ A: 2, B: 2 });
  });

  test('dominant shares become equal when tasks are small: 20 and 10 tasks, 60 % each', () => {
    const { tasks } = fill('cpus:100;mem:10000', [
      { name: 'A', task: 'cpus:2;mem:300' },
      { name: 'B', task: 'cpus:6;mem:100' },
    ]);
    expect(tasks).toEqual({ A: 20, B: 10 });
  });

  test('with one resource it is max-min fairness: equal parts', () => {
    const users = ['A', 'B', 'C'].map((name) => ({ name, task: 'cpus:1' }));
    expect(fill('cpus:12', users).tasks).toEqual({ A: 4, B: 4, C: 4 });
  });

  test('sharing incentive: each of n equal users gets at least as many tasks as 1/n of the cluster would hold', () => {
    const { tasks } = fill('cpus:60;mem:60', [
      { name: 'A', task: 'cpus:1;mem:3' },
      { name: 'B', task: 'cpus:3;mem:1' },
      { name: 'C', task: 'cpus:1;mem:1' },
    ]);
    // A third of the cluster, 20 CPUs and 20 MB, holds 6, 6 and 20 such tasks.
    expect(tasks['A']).toBeGreaterThanOrEqual(6);
    expect(tasks['B']).toBeGreaterThanOrEqual(6);
    expect(tasks['C']).toBeGreaterThanOrEqual(20);
  });

  test('strategy-proofness: asking for more than it needs gets user A fewer tasks', () => {
    const b = { name: 'B', task: 'cpus:3;mem:1' };
    const honest = fill('cpus:90;mem:180', [{ name: 'A', task: 'cpus:1;mem:4' }, b]).tasks['A'] ?? 0;
    const greedy = fill('cpus:90;mem:180', [{ name: 'A', task: 'cpus:2;mem:8' }, b]).tasks['A'] ?? 0;
    expect(greedy).toBeLessThan(honest);
  });
});
