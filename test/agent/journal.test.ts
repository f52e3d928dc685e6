import { describe, expect, test } from 'vitest';
import { Journal } from '../../src/agent/journal.ts';
import { createMemoryDirectory } from '../support/memory-directory.ts';

const PATH = 'j';

describe('Journal', () => {
  test('keeps the newest value of each key, and none of those that were taken away', () => {
    const directory = createMemoryDirectory();
    const journal = new Journal(directory, PATH);
    expect(journal.read()).toEqual(new Map());
    journal.rewrite([
      { key: 'a', value: 1 },
      { key: 'b', value: [2] },
    ]);
    journal.append([{ key: 'a', value: { x: 'ü\n' } }, { key: 'b' }, { key: 'c', value: null }]);
    expect(new Journal(directory, PATH).read()).toEqual(
      new Map<string, unknown>([
        ['a', { x: 'ü\n' }],
        ['c', null],
      ]),
    );
  });

  test('cut short anywhere in what was appended last, is as it was before that', () => {
    const directory = createMemoryDirectory();
    const journal = new Journal(directory, PATH);
    journal.rewrite([{ key: 'a', value: 1 }]);
    const before = directory.files.get(PATH)?.length ?? 0;
    journal.append([
      { key: 'a', value: 2 },
      { key: 'b', value: 3 },
    ]);
    const whole = directory.files.get(PATH) ?? new Uint8Array();
    for (let length = before; length < whole.length; length++) {
      directory.files.set(PATH, whole.slice(0, length));
      expect(new Journal(directory, PATH).read()).toEqual(new Map([['a', 1]]));
    }
  });

  test('names the file and the line that is damaged', () => {
    const directory = createMemoryDirectory();
    new Journal(directory, PATH).rewrite([{ key: 'a', value: 1 }]);
    const whole = directory.files.get(PATH) ?? new Uint8Array();
    for (let at = 0; at < whole.length - 1; at++) {
      const damaged = whole.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 2;
      directory.files.set(PATH, damaged);
      expect(() => new Journal(directory, PATH).read()).toThrow(/^j: line [12]: /);
    }
  });

  test('of another version is refused', () => {
    const directory = createMemoryDirectory();
    const other = new Journal(directory, PATH);
    other.append([{ key: 'version', value: 2 }]);
    expect(() => other.read()).toThrow('j: line 1: expected version 1, got 2');
  });

  test('is due to be written anew when it has doubled, at least by 256 KiB', () => {
    const directory = createMemoryDirectory();
    const journal = new Journal(directory, PATH);
    journal.rewrite([{ key: 'a', value: 'x' }]);
    let appended = 0;
    for (; !journal.isMostlyHistory; appended += 1_000) journal.append([{ key: 'a', value: 'x'.repeat(1_000) }]);
    expect(appended).toBeGreaterThan(200_000);
    expect(appended).toBeLessThan(300_000);
    journal.rewrite([{ key: 'a', value: 'x' }]);
    expect(directory.files.get(PATH)?.length).toBeLessThan(100);
    expect(journal.isMostlyHistory).toBe(false);
  });
});
