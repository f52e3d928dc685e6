import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Bug, withBug } from './bug.ts';
import { BUGS } from './bugs.ts';

const SRC = join(import.meta.dirname, '..', '..', 'src');

test.for(BUGS)('$name can still be made', (bug) => {
  const text = readFileSync(join(SRC, bug.file), 'utf8');
  expect(withBug(bug, text)).not.toBe(text);
});

test('bugs have names of their own', () => {
  const names = BUGS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('withBug() refuses a bug whose text is not there, is there twice, or stays', () => {
  const bug: Bug = { name: 'b', file: 'f.ts', find: 'one', replace: 'two', says: 'one is two' };
  expect(withBug(bug, 'a one b')).toBe('a two b');
  expect(() => withBug(bug, 'a b')).toThrow('b: expected its text once in f.ts, found it 0 times');
  expect(() => withBug(bug, 'one one')).toThrow('found it 2 times');
  expect(() => withBug({ ...bug, replace: 'one' }, 'one')).toThrow('expected a change');
});
