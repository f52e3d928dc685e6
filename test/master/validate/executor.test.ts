import { describe, expect, test } from 'vitest';
import { ExecutorId, FrameworkId } from '../../../src/core/index.ts';
import { sameExecutor } from '../../../src/master/validate/index.ts';
import { Resources } from '../../../src/resources/index.ts';
import type { ExecutorInfo } from '../../../src/tasks/index.ts';
import { allocated, group, inProcess } from '../../support/launch-examples.ts';

describe('sameExecutor()', () => {
  const full: ExecutorInfo = {
    ...group,
    name: 'n',
    labels: [{ key: 'a', value: '1' }, { key: 'b' }],
    data: Uint8Array.of(1, 2),
  };

  test.for<[what: string, other: ExecutorInfo]>([
    ['itself', full],
    ['labels in another order', { ...full, labels: [{ key: 'b' }, { key: 'a', value: '1' }] }],
    ['resources in another order', { ...full, resources: allocated('disk:1;mem:32;cpus:0.01') }],
    ['equal bytes', { ...full, data: Uint8Array.of(1, 2) }],
  ])('finds no difference to %s', ([, other]) => {
    expect(sameExecutor(full, other)).toBe(true);
  });

  test('takes absent resources, labels and data for none', () => {
    const empty = { ...inProcess, resources: Resources.empty, labels: [], data: new Uint8Array() };
    expect(sameExecutor(inProcess, empty)).toBe(true);
    expect(sameExecutor(empty, inProcess)).toBe(true);
  });

  test.for<[field: string, other: ExecutorInfo]>([
    ['type', { ...full, type: 'IN_PROCESS' }],
    ['executorId', { ...full, executorId: ExecutorId('f') }],
    ['frameworkId', { ...full, frameworkId: FrameworkId('G') }],
    ['name', { ...full, name: 'm' }],
    ['resources', { ...full, resources: allocated('cpus:0.011;mem:32;disk:1') }],
    [
      'resources by their allocation',
      { ...full, resources: Resources.parse('cpus:0.01;mem:32;disk:1').allocate('ops') },
    ],
    ['labels by value', { ...full, labels: [{ key: 'a', value: '2' }, { key: 'b' }] }],
    ['labels by number', { ...full, labels: [{ key: 'a', value: '1' }] }],
    [
      'labels by an empty value',
      {
        ...full,
        labels: [
          { key: 'a', value: '1' },
          { key: 'b', value: '' },
        ],
      },
    ],
    ['data', { ...full, data: Uint8Array.of(1, 3) }],
    ['data by length', { ...full, data: Uint8Array.of(1, 2, 3) }],
  ])('finds the difference in %s', ([, other]) => {
    expect(sameExecutor(full, other)).toBe(false);
    expect(sameExecutor(other, full)).toBe(false);
  });
});
