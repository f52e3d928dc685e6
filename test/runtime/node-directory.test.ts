import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeDirectory } from '../../src/runtime/node/directory.ts';
import { nodeSandboxes } from '../../src/runtime/node/sandboxes.ts';
import { until } from '../support/until.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let root: string;
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), 'directory-test-')), 'below');
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

describe('nodeDirectory', () => {
  const text = (path: string): string | undefined => {
    const data = nodeDirectory(root).read(path);
    return data === undefined ? undefined : new TextDecoder().decode(data);
  };

  test('is empty before the first file, and makes nothing by looking', () => {
    const directory = nodeDirectory(root);
    expect(directory.read('a/b')).toBeUndefined();
    expect(directory.list('')).toEqual([]);
    expect(directory.list('a')).toEqual([]);
    directory.remove('a/b');
    expect(existsSync(root)).toBe(false);
  });

  test('write() replaces the whole file, and makes the folders above it', () => {
    const directory = nodeDirectory(root);
    directory.write('frameworks/f1/info', bytes('a long first version'));
    directory.write('frameworks/f1/info', bytes('second'));
    expect(text('frameworks/f1/info')).toBe('second');
    directory.write('empty', new Uint8Array());
    expect(text('empty')).toBe('');
  });

  test('write() leaves the old content if it fails, and nothing that is listed', () => {
    const directory = nodeDirectory(root);
    directory.write('a', bytes('old'));
    // What a crash in the middle leaves behind.
    writeFileSync(join(root, 'a.~new'), 'ne');
    expect(text('a')).toBe('old');
    expect(directory.list('')).toEqual(['a']);
    directory.write('a', bytes('new'));
    expect(text('a')).toBe('new');
    expect(readdirSync(root)).toEqual(['a']);
  });

  test('append() adds to the end', () => {
    const directory = nodeDirectory(root);
    directory.append('updates/t1', bytes('one\n'));
    directory.append('updates/t1', bytes('two\n'));
    expect(text('updates/t1')).toBe('one\ntwo\n');
    directory.write('updates/t1', bytes('three\n'));
    directory.append('updates/t1', bytes('four\n'));
    expect(text('updates/t1')).toBe('three\nfour\n');
  });

  test('list() names files and folders directly below, sorted', () => {
    const directory = nodeDirectory(root);
    for (const path of ['b/c', 'a', 'b/a/x', 'b/B']) directory.write(path, bytes(path));
    expect(directory.list('')).toEqual(['a', 'b']);
    expect(directory.list('b')).toEqual(['B', 'a', 'c']);
    expect(directory.list('a')).toEqual([]);
    expect(directory.read('a/under-a-file')).toBeUndefined();
  });

  test('remove() takes a file, or a folder with all below it', () => {
    const directory = nodeDirectory(root);
    for (const path of ['a/b/c', 'a/d', 'e']) directory.write(path, bytes(path));
    directory.remove('a');
    directory.remove('a');
    expect(directory.list('')).toEqual(['e']);
    directory.remove('e');
    expect(directory.list('')).toEqual([]);
  });

  test.each(['', '/', '/etc/passwd', '..', '../x', 'a/../../x', 'a//b', 'a/', './a', 'a/.', 'a\0b'])(
    'refuses the path %j',
    (path) => {
      const directory = nodeDirectory(root);
      expect(() => directory.read(path)).toThrow('path: expected a relative path');
      expect(() => directory.write(path, bytes('x'))).toThrow('path: expected a relative path');
      expect(() => directory.append(path, bytes('x'))).toThrow('path: expected a relative path');
      expect(() => directory.remove(path)).toThrow('path: expected a relative path');
    },
  );

  test('refuses the names that it keeps for files being written', () => {
    expect(() => nodeDirectory(root).write('a.~new', bytes('x'))).toThrow('reserved');
  });

  test('passes on what the disk refuses', () => {
    const directory = nodeDirectory(root);
    directory.write('a', bytes('file'));
    expect(() => directory.write('a/b', bytes('x'))).toThrow(/EEXIST|ENOTDIR/);
  });
});

describe('nodeSandboxes', () => {
  test('create() makes the folders, and answers an absolute path', () => {
    const sandboxes = nodeSandboxes(root);
    const folder = sandboxes.create('agents/a1/runs/c1');
    expect(folder).toBe(join(root, 'agents/a1/runs/c1'));
    writeFileSync(join(folder, 'stdout'), 'x');
    expect(sandboxes.create('agents/a1/runs/c1')).toBe(folder);
    expect(existsSync(join(folder, 'stdout'))).toBe(true);
  });

  test('remove() frees the path at once, and the disk later', async () => {
    const sandboxes = nodeSandboxes(root);
    writeFileSync(join(sandboxes.create('runs/c1'), 'file'), 'old');
    sandboxes.remove('runs/c1');
    expect(readdirSync(sandboxes.create('runs/c1'))).toEqual([]);
    sandboxes.remove('runs/c1');
    sandboxes.remove('runs/none');
    await until('nothing is left', () => readdirSync(join(root, '.removed')).length === 0);
    expect(readdirSync(root)).toEqual(['.removed']);
  });

  test('remove() takes the folders above along when nothing else is in them', () => {
    const sandboxes = nodeSandboxes(root);
    for (const path of ['a/b/c/d', 'a/b/e']) sandboxes.create(path);
    sandboxes.remove('a/b/c/d');
    expect(readdirSync(join(root, 'a/b'))).toEqual(['e']);
    sandboxes.remove('a/b/e');
    expect(readdirSync(root)).toEqual(['.removed']);
  });

  test('remove() takes up what an earlier process has left to remove', async () => {
    const trash = join(root, '.removed');
    const sandboxes = nodeSandboxes(root);
    sandboxes.create('runs/c1');
    // As after a crash between moving and removing.
    mkdirSync(join(trash, '7/deep'), { recursive: true });
    sandboxes.remove('runs/c1');
    await until('nothing is left', () => readdirSync(trash).length === 0);
  });

  test('link() makes a folder appear in another place, and remove() does not follow it', async () => {
    const sandboxes = nodeSandboxes(root);
    const [old, volume] = [sandboxes.create('volumes/old'), sandboxes.create('volumes/v1')];
    writeFileSync(join(volume, 'data'), 'precious');
    sandboxes.link('runs/c1/data', old);
    sandboxes.link('runs/c1/data', volume);
    expect(readFileSync(join(root, 'runs/c1/data/data'), 'utf8')).toBe('precious');
    sandboxes.remove('runs/c1');
    await until('nothing is left', () => readdirSync(join(root, '.removed')).length === 0);
    expect(readFileSync(join(volume, 'data'), 'utf8')).toBe('precious');
    sandboxes.create('runs/c2/data');
    expect(() => sandboxes.link('runs/c2/data', volume)).toThrow('EEXIST');
  });

  test('remove() removes a link to nowhere', async () => {
    const sandboxes = nodeSandboxes(root);
    sandboxes.create('runs');
    symlinkSync('/no/such/folder', join(root, 'runs/broken'));
    sandboxes.remove('runs/broken');
    expect(readdirSync(root)).toEqual(['.removed']);
  });

  test.each(['', '..', '../x', '/etc', 'a/../../b', '.removed', '.removed/0'])('refuses the path %j', (path) => {
    const sandboxes = nodeSandboxes(root);
    expect(() => sandboxes.create(path)).toThrow('path: expected a path below the work directory');
    expect(() => sandboxes.remove(path)).toThrow('path: expected a path below the work directory');
    expect(() => sandboxes.link(path, root)).toThrow('path: expected a path below the work directory');
  });

  test('freeShare() is a share', () => {
    const share = nodeSandboxes(root).freeShare();
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThanOrEqual(1);
  });
});
