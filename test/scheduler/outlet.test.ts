import { take } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { Outlet } from '../../src/scheduler/outlet.ts';

function setUp(keepMax = 10) {
  const delivered: number[] = [];
  const overflowed: number[] = [];
  const outlet = new Outlet<number>({
    keepMax,
    onDelivered: (item) => delivered.push(item),
    onOverflow: (item) => overflowed.push(item),
  });
  return { outlet, delivered, overflowed };
}

describe('Outlet', () => {
  test('keeps items in order for the first subscriber, and gives them to no other', () => {
    const { outlet, delivered } = setUp();
    outlet.push(1);
    outlet.push(2);
    expect(delivered).toEqual([]);
    const first: number[] = [];
    const second: number[] = [];
    outlet.stream$.subscribe((item) => first.push(item));
    outlet.stream$.subscribe((item) => second.push(item));
    outlet.push(3);
    expect(first).toEqual([1, 2, 3]);
    expect(second).toEqual([3]);
    expect(delivered).toEqual([1, 2, 3]);
  });

  test('stops handing out when the subscriber has had enough, and keeps the rest', () => {
    const { outlet, delivered } = setUp();
    for (const item of [1, 2, 3]) outlet.push(item);
    const seen: number[] = [];
    outlet.stream$.pipe(take(2)).subscribe((item) => seen.push(item));
    expect(seen).toEqual([1, 2]);
    expect(delivered).toEqual([1, 2]);
    outlet.push(4);
    outlet.stream$.subscribe((item) => seen.push(item));
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  test('keeps again when the last subscriber has gone', () => {
    const { outlet } = setUp();
    const seen: number[] = [];
    outlet.stream$.subscribe((item) => seen.push(item)).unsubscribe();
    outlet.push(1);
    outlet.stream$.subscribe((item) => seen.push(item));
    expect(seen).toEqual([1]);
  });

  test('hands out in order even if more comes while it does', () => {
    const { outlet } = setUp();
    outlet.push(1);
    outlet.push(2);
    const seen: number[] = [];
    outlet.stream$.subscribe((item) => {
      if (item === 1) outlet.push(3);
      seen.push(item);
    });
    expect(seen).toEqual([1, 2, 3]);
  });

  test('one who subscribes on account of an item gets the next one first', () => {
    const { outlet } = setUp();
    const late: number[] = [];
    outlet.stream$.pipe(take(1)).subscribe(() => outlet.stream$.subscribe((item) => late.push(item)));
    outlet.push(1);
    outlet.push(2);
    expect(late).toEqual([2]);
  });

  test('says what does not fit', () => {
    const { outlet, overflowed } = setUp(2);
    for (const item of [1, 2, 3]) outlet.push(item);
    expect(overflowed).toEqual([3]);
  });

  test('hands out what is left of a kept item, or nothing', () => {
    const outlet = new Outlet<number>({ keepMax: 3, refresh: (item) => (item === 2 ? undefined : item * 10) });
    for (const item of [1, 2, 3]) outlet.push(item);
    const seen: number[] = [];
    outlet.stream$.subscribe((item) => seen.push(item));
    outlet.push(4);
    expect(seen).toEqual([10, 30, 4]);
  });

  test('an item that is falsy is an item', () => {
    const { outlet } = setUp();
    outlet.push(0);
    const seen: number[] = [];
    outlet.stream$.subscribe((item) => seen.push(item));
    expect(seen).toEqual([0]);
  });

  test('drops what was kept when it ends, within a delivery too', () => {
    const { outlet, delivered } = setUp();
    outlet.push(1);
    outlet.push(2);
    const seen: unknown[] = [];
    outlet.stream$.subscribe({ next: () => outlet.end(undefined), complete: () => seen.push('complete') });
    expect(seen).toEqual(['complete']);
    expect(delivered).toEqual([1]);
    outlet.push(3);
    outlet.end(new Error('too late'));
    outlet.stream$.subscribe({ next: (item) => seen.push(item), complete: () => seen.push('complete again') });
    expect(seen).toEqual(['complete', 'complete again']);
  });

  test('fails those who are there, and those who come later, with the error that it ended with', () => {
    const { outlet } = setUp();
    const error = new Error('over');
    const seen: unknown[] = [];
    outlet.stream$.subscribe({ error: (each: unknown) => seen.push(each) });
    outlet.end(error);
    outlet.stream$.subscribe({ error: (each: unknown) => seen.push(each) });
    expect(seen).toEqual([error, error]);
  });
});
