import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkSources, type HouseRules, type Sources } from './support/house-rules.ts';

/*
 * The rules of the house that no compiler knows. Each is data or a small check below; the checks are first shown
 * sources that break them, so that a check which has gone blind fails as well.
 */

const ROOT = join(import.meta.dirname, '..');

type Folder =
  | 'core'
  | 'runtime'
  | 'resources'
  | 'tasks'
  | 'offers'
  | 'allocator'
  | 'protocol'
  | 'master'
  | 'agent'
  | 'scheduler'
  | 'frameworks'
  | 'cluster'
  | 'testing'
  | 'cli'
  | 'index';

const DOMAIN: readonly Folder[] = ['core', 'resources', 'tasks', 'offers', 'protocol'];
const ALL: readonly Folder[] = [...DOMAIN, 'runtime', 'allocator', 'master', 'agent', 'scheduler', 'frameworks'];

/** The map of the house: what each folder may import besides itself. */
const MAY_IMPORT: Readonly<Record<Folder, readonly Folder[]>> = {
  core: [],
  runtime: ['core'],
  resources: ['core'],
  tasks: ['core', 'resources'],
  offers: ['core', 'resources', 'tasks'],
  allocator: ['core', 'runtime', 'resources', 'offers'],
  protocol: ['core', 'resources', 'tasks', 'offers'],
  master: [...DOMAIN, 'runtime', 'allocator'],
  agent: [...DOMAIN, 'runtime'],
  scheduler: [...DOMAIN, 'runtime'],
  frameworks: ['core', 'runtime', 'resources', 'tasks', 'offers', 'scheduler'],
  cluster: ALL,
  testing: [...ALL, 'cluster'],
  cli: [...ALL, 'cluster', 'testing'],
  index: [...ALL, 'cluster'],
};

/** Where Node's modules and `process` may be touched: adapters, and what runs containers. */
const NODE_PLACES = /^(runtime\/node|agent\/(containerizers|isolators)|(master|agent)\/api|cli)\//;
const ADAPTERS = /^(runtime\/node|cli)\//;

const RULES: HouseRules = {
  mayImport: MAY_IMPORT,
  // The adapters one by one, too: whoever needs a clock shall not load `node:child_process`.
  doors: /(\/index|^runtime\/node\/[\w-]+)\.ts$/,
  packages: {
    node: NODE_PLACES,
    rxjs: /^((scheduler|cluster)\/|.*\bshell\.ts$)/,
    immer: /(^|\/)apply\.ts$/,
    'fast-check': /^testing\//,
  },
  globals: {
    Date: ADAPTERS,
    performance: ADAPTERS,
    setTimeout: ADAPTERS,
    setInterval: ADAPTERS,
    setImmediate: ADAPTERS,
    crypto: ADAPTERS,
    'Math.random': ADAPTERS,
    console: ADAPTERS,
    fetch: ADAPTERS,
    process: NODE_PLACES,
    require: /^$/,
  },
};

/** Every file of the project that a person wrote, relative to the root. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (['node_modules', 'dist', '.git', 'coverage', 'package-lock.json'].includes(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const FILES = filesBelow('');
const TEXTS = FILES.filter((path) => /(\.(ts|mjs|js|json|md|txt|yml)|\/run|LICENSE|ignore)$/.test(path));
const CODE = TEXTS.filter((path) => /\.(ts|mjs|js)$/.test(path));

describe('the checker of imports and globals', () => {
  const check = (path: string, text: string): readonly string[] => checkSources({ [path]: text }, RULES);

  test.for([
    ['src/core/ids.ts', "import { Master } from '../master/index.ts';", 'core/ids.ts -> master'],
    ['src/core/ids.ts', "import type { Master } from '../master/index.ts';", 'core/ids.ts -> master'],
    ['src/core/ids.ts', "export * from '../master/index.ts';", 'core/ids.ts -> master'],
    ['src/core/ids.ts', "const late = await import('../master/index.ts');", 'core/ids.ts -> master'],
    ['src/core/ids.ts', "type M = import('../master/index.ts').Master;", 'core/ids.ts -> master'],
    ['src/agent/state.ts', "import { x } from '../master/index.ts';", 'agent/state.ts -> master'],
    ['src/master/state.ts', "import { x } from '../agent/index.ts';", 'master/state.ts -> agent'],
    ['src/frameworks/hello.ts', "import { x } from '../protocol/index.ts';", 'frameworks/hello.ts -> protocol'],
    ['src/index.ts', "export * from './testing/index.ts';", 'index.ts -> testing'],
    [
      'src/master/state.ts',
      "import { AgentId } from '../core/ids.ts';",
      'master/state.ts -> core/ids.ts, past the index of that room',
    ],
    ['src/core/ids.ts', "import { x } from './assert';", 'core/ids.ts imports ./assert without its extension'],
    ['src/core/ids.ts', "import { x } from '../../test/x.ts';", 'core/ids.ts -> ../../test/x.ts, outside of src'],
    ['src/core/ids.ts', "import { x } from 'lodash';", 'core/ids.ts -> lodash'],
    ['src/core/ids.ts', "import { x } from 'node:fs';", 'core/ids.ts -> node:fs'],
    ['src/master/decide.ts', "import { Subject } from 'rxjs';", 'master/decide.ts -> rxjs'],
    ['src/master/decide.ts', "import { map } from 'rxjs/operators';", 'master/decide.ts -> rxjs/operators'],
    ['src/master/decide.ts', "import { produce } from 'immer';", 'master/decide.ts -> immer'],
    ['src/attic/old.ts', 'export {};', 'attic/old.ts lies in a folder that the map does not know'],
    ['src/core/ids.ts', 'export const now: number = Date.now();', 'core/ids.ts:1 uses Date'],
    ['src/core/ids.ts', 'export const now: number = performance.now();', 'core/ids.ts:1 uses performance'],
    ['src/core/ids.ts', '\nsetTimeout(() => {}, 1);', 'core/ids.ts:2 uses setTimeout'],
    ['src/core/ids.ts', 'globalThis.setInterval(() => {}, 1);', 'core/ids.ts:1 uses setInterval'],
    ['src/core/ids.ts', 'const { setImmediate: later } = globalThis; later();', 'core/ids.ts:1 uses setImmediate'],
    ['src/core/ids.ts', 'export const one: number = Math.random();', 'core/ids.ts:1 uses Math.random'],
    ['src/core/ids.ts', 'const { random } = Math; random();', 'core/ids.ts:1 uses Math.random'],
    ['src/core/ids.ts', 'export const id: string = crypto.randomUUID();', 'core/ids.ts:1 uses crypto'],
    ['src/core/ids.ts', 'export const tools = { process };', 'core/ids.ts:1 uses process'],
    ['src/core/ids.ts', "console.log('here');", 'core/ids.ts:1 uses console'],
    ['src/core/ids.ts', 'export const x: any = 1;', 'core/ids.ts:1 says any'],
    ['src/core/ids.ts', 'export default 1;', 'core/ids.ts:1 has a default export'],
    ['src/core/ids.ts', 'export default function f(): void {}', 'core/ids.ts:1 has a default export'],
    ['src/core/ids.ts', 'enum Colour { Red }', 'core/ids.ts:1 declares an enum'],
    ['src/core/ids.ts', 'namespace Colours {}', 'core/ids.ts:1 declares a namespace'],
  ] as const)('in %s refuses %s', ([path, text, breach]) => {
    expect(check(path, text)).toEqual([breach]);
  });

  test.for([
    ['src/master/decide.ts', "import { AgentId } from '../core/index.ts'; import { apply } from './apply.ts';"],
    ['src/master/shell.ts', "import { Subject } from 'rxjs';"],
    ['src/scheduler/driver.ts', "import { Observable } from 'rxjs';"],
    ['src/scheduler/defaults.ts', "import { nodeClock } from '../runtime/node/clock.ts';"],
    ['src/agent/apply.ts', "import { produce } from 'immer';"],
    ['src/runtime/node/clock.ts', "import { x } from 'node:fs'; export const now = (): number => Date.now();"],
    ['src/agent/containerizers/process.ts', "import { spawn } from 'node:child_process'; process.kill(1, 0);"],
    [
      'src/core/ids.ts',
      'export function f(process: string, o: { Date: number }): number { return o.Date + +process; }',
    ],
    [
      'src/core/ids.ts',
      'export const x = { process: 1, Date: 2 }; export const y: number = x.process + Math.floor(1);',
    ],
    ['src/core/ids.ts', '/** Any sentence may say Date and any. */ export const text = "Date.now() any";'],
  ] as const)('in %s allows %s', ([path, text]) => {
    expect(check(path, text)).toEqual([]);
  });
});

test('src/ keeps to the map, touches the world only in adapters, and says no any', () => {
  const sources: Sources = Object.fromEntries(
    FILES.filter((path) => path.startsWith('src/') && path.endsWith('.ts')).map((path) => [path, read(path)]),
  );
  expect(Object.keys(sources).length).toBeGreaterThan(40);
  expect(checkSources(sources, RULES)).toEqual([]);
});

/** What a line of a file must not hold, with the files it is asked of. */
interface LineRule {
  readonly what: string;
  readonly files: (path: string) => boolean;
  readonly pattern: RegExp;
  /** A line that breaks the rule, so that a pattern which matches nothing is found out; in pieces where it must be. */
  readonly breach: string;
}

const everywhere = (): boolean => true;
const code = (path: string): boolean => CODE.includes(path);
const tests = (path: string): boolean => code(path) && path.startsWith('test/');
const marker = ['TO', 'DO'].join('');

const LINE_RULES: readonly LineRule[] = [
  {
    what: 'a mark of unfinished work',
    files: everywhere,
    pattern: new RegExp(`\\b(${marker}|${['FIX', 'ME'].join('')}|${['X', 'XX'].join('')})\\b`),
    breach: `// ${marker}: later`,
  },
  {
    what: 'a path of somebody’s machine',
    files: everywhere,
    pattern: /(^|[\s'"`(=])\/(work|home|root|Users)\/[\w.]/,
    breach: `see ${['', 'home', 'me', 'x'].join('/')}`,
  },
  {
    what: 'the host of a package registry',
    files: everywhere,
    pattern: new RegExp(`(registry|npm)\\.${['npm', 'js'].join('')}|registry\\.(yarn|org)`),
    breach: `https://registry.${['npm', 'js'].join('')}.org/`,
  },
  {
    what: 'code that was commented out',
    files: code,
    pattern: /^\s*\/\/\s*(import |export |const |let |return |await |if \(|for \().*[;{]\s*$/,
    breach: ['//', 'const x = 1;'].join(' '),
  },
  {
    what: 'a test that is skipped or runs alone',
    files: tests,
    pattern: new RegExp(`\\b(test|it|describe)\\.(${['skip', 'only', 'todo', 'skipIf', 'runIf'].join('|')})\\b`),
    breach: ['test', 'only("x")'].join('.'),
  },
  {
    what: 'chance that no seed repeats',
    files: tests,
    pattern: /\bMath\.random\(/,
    breach: ['Math', 'random()'].join('.'),
  },
  {
    what: 'a check of types switched off',
    files: code,
    pattern: new RegExp(`@ts-(${['ignore', 'nocheck'].join('|')})`),
    breach: ['// @ts', 'ignore'].join('-'),
  },
];

describe('lines', () => {
  test.for(LINE_RULES)('no file holds $what', ({ files, pattern, breach }) => {
    expect(breach).toMatch(pattern);
    // This file shows every breach on purpose.
    const breaches = TEXTS.filter((path) => files(path) && path !== 'test/tidy.test.ts').flatMap((path) =>
      read(path)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
    );
    expect(breaches).toEqual([]);
  });
});

describe('files', () => {
  test('each ends with exactly one newline', () => {
    const wrong = TEXTS.filter((path) => !/[^\n]\n$/.test(read(path)) && read(path) !== '');
    expect(wrong).toEqual([]);
  });

  test('none is named for what it is not about', () => {
    expect(FILES.filter((path) => /(^|[/.-])(utils?|helpers?|misc|common)\b/i.test(path))).toEqual([]);
  });

  test('every folder of src/ has a paragraph in the code map', () => {
    const map = read('ARCHITECTURE.md');
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.filter(({ name }) => !map.includes(`\`src/${name}/\``))).toEqual([]);
  });
});

describe('documents', () => {
  const documents = FILES.filter((path) => path.endsWith('.md'));

  test('the README shows how to start and how to test', () => {
    const readme = read('README.md');
    expect(readme).toContain('npm ci && npm start');
    expect(readme).toContain('npm ci && npm test');
  });

  test('every link to a file of the project leads somewhere', () => {
    const broken = documents.flatMap((path) =>
      [...read(path).matchAll(/\]\((?!\w+:|#)([^)#\s]+)(#[^)]*)?\)/g)]
        .map(([, target]) => join(dirname(path), target ?? ''))
        .filter((target) => !existsSync(join(ROOT, target)))
        .map((target) => `${path} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('every file of the project that a document names exists', () => {
    const named = /`((?:src|test|examples|bench|docs|\.ci)\/[\w./-]*\w)`/g;
    const missing = documents.flatMap((path) =>
      [...read(path).matchAll(named)]
        .map(([, target]) => target ?? '')
        // Mesos has a `src/` too.
        .filter((target) => !/\.(cpp|hpp|proto)$/.test(target) && !existsSync(join(ROOT, target)))
        .map((target) => `${path} -> ${target}`),
    );
    expect(missing).toEqual([]);
  });
});
