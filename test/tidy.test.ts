import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Ban, checkSources, type HouseRules, type Sources } from './support/house-rules.ts';

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
const NOWHERE = /^$/;

/** What no simulation runs, or what ends a component, and what runs an author's code: the world may be waited for. */
const WAITING = new RegExp(
  `${NODE_PLACES.source}|^cluster/|^testing/check-scheduler|(^agent|^master)/(shell|in-process)`,
);

/**
 * What checks or translates, field by field, what somebody else wrote: its order is kept, or changes nothing but which
 * fault is named first.
 */
const BORDERS = new RegExp(
  [
    NODE_PLACES.source,
    /^(cluster|master\/validate|protocol\/wire)\//.source,
    /^(core\/(entries|known-keys)|resources\/(amounts|from-json))/.source,
    /(codec|json-fields|options|-check)\.ts$/.source,
  ].join('|'),
);

function banned(names: string, places: RegExp, because: string): Readonly<Record<string, Ban>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, { places, because }]));
}

const BY_NAME = 'its order depends on how names look; take entriesByName of core';
const LANGUAGE = 'it says something else where another language is spoken';

const RULES: HouseRules = {
  mayImport: MAY_IMPORT,
  // The adapters one by one, too: whoever needs a clock shall not load `node:child_process`.
  doors: /(\/index|^runtime\/node\/[\w-]+)\.ts$/,
  packages: {
    node: NODE_PLACES,
    rxjs: /^((scheduler|cluster)\/|.*\bshell\.ts$)/,
    immer: /(^|\/)apply\.ts$/,
    'fast-check': /^testing\//,
    '@bufbuild/protobuf': /^protocol\/wire\//,
    hono: /^\w+\/api\//,
    '@hono/node-server': /^\w+\/api\//,
  },
  globals: {
    ...banned('Date performance AbortSignal.timeout Temporal', ADAPTERS, 'time comes from a Clock'),
    ...banned('setTimeout setInterval setImmediate', ADAPTERS, 'time comes from a Clock'),
    ...banned('Math.random crypto', ADAPTERS, 'chance comes from a Random'),
    ...banned('console fetch', ADAPTERS, 'the world is behind ports'),
    ...banned('process', NODE_PLACES, 'the world is behind ports'),
    ...banned('navigator', ADAPTERS, 'it differs from machine to machine'),
    ...banned('require global', NOWHERE, 'there are import and globalThis'),
    ...banned('Intl', ADAPTERS, LANGUAGE),
    ...banned('WeakRef FinalizationRegistry', NOWHERE, 'when memory is freed is nobody’s business'),
    ...banned('Promise.race Promise.any queueMicrotask', WAITING, 'nothing that is simulated waits for the engine'),
    ...banned('Object.keys Object.values Object.entries Reflect.ownKeys', BORDERS, BY_NAME),
    // For the gaps between faults, in whole milliseconds: the last digit of a logarithm never comes to that.
    ...banned('Math.log', /^testing\/world-faults\.ts$/, 'engines may differ in its last digit'),
    ...banned(
      'Math.log2 Math.log10 Math.log1p Math.exp Math.expm1 Math.pow Math.cbrt Math.hypot Math.sin Math.cos Math.tan Math.asin Math.acos Math.atan Math.atan2 Math.sinh Math.cosh Math.tanh Math.asinh Math.acosh Math.atanh',
      NOWHERE,
      'engines may differ in its last digit',
    ),
  },
  members: {
    ...banned('localeCompare toLocaleString toLocaleUpperCase toLocaleLowerCase', ADAPTERS, LANGUAGE),
    ...banned('toLocaleDateString toLocaleTimeString', ADAPTERS, LANGUAGE),
    ...banned('stack captureStackTrace', ADAPTERS, 'it holds the paths of this machine'),
  },
  statements: {
    forIn: { places: NOWHERE, because: BY_NAME },
    await: { places: WAITING, because: 'nothing that is simulated waits for the engine' },
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
    ['src/core/ids.ts', "const late = import('../master/index.ts');", 'core/ids.ts -> master'],
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
    ['src/core/ids.ts', 'export const now: number = Date.now();', 'core/ids.ts:1 uses Date: time comes from a Clock'],
    [
      'src/core/ids.ts',
      'export const now: number = performance.now();',
      'core/ids.ts:1 uses performance: time comes from a Clock',
    ],
    ['src/core/ids.ts', '\nsetTimeout(() => {}, 1);', 'core/ids.ts:2 uses setTimeout: time comes from a Clock'],
    [
      'src/core/ids.ts',
      'globalThis.setInterval(() => {}, 1);',
      'core/ids.ts:1 uses setInterval: time comes from a Clock',
    ],
    [
      'src/core/ids.ts',
      'const { setImmediate: later } = globalThis; later();',
      'core/ids.ts:1 uses setImmediate: time comes from a Clock',
    ],
    [
      'src/core/ids.ts',
      'export const one: number = Math.random();',
      'core/ids.ts:1 uses Math.random: chance comes from a Random',
    ],
    [
      'src/core/ids.ts',
      'const { random } = Math; random();',
      'core/ids.ts:1 uses Math.random: chance comes from a Random',
    ],
    [
      'src/core/ids.ts',
      'export const id: string = crypto.randomUUID();',
      'core/ids.ts:1 uses crypto: chance comes from a Random',
    ],
    ['src/core/ids.ts', 'export const tools = { process };', 'core/ids.ts:1 uses process: the world is behind ports'],
    ['src/core/ids.ts', "console.log('here');", 'core/ids.ts:1 uses console: the world is behind ports'],
    ['src/core/ids.ts', 'export const x: any = 1;', 'core/ids.ts:1 says any'],
    ['src/core/ids.ts', 'export default 1;', 'core/ids.ts:1 has a default export'],
    ['src/core/ids.ts', 'export default function f(): void {}', 'core/ids.ts:1 has a default export'],
    ['src/core/ids.ts', 'enum Colour { Red }', 'core/ids.ts:1 declares an enum'],
    ['src/core/ids.ts', 'namespace Colours {}', 'core/ids.ts:1 declares a namespace'],
    ['src/core/ids.ts', "const now = globalThis['Date'].now();", 'core/ids.ts:1 uses Date: time comes from a Clock'],
    ['src/core/ids.ts', "const x = Math['random']();", 'core/ids.ts:1 uses Math.random: chance comes from a Random'],
    [
      'src/agent/decide.ts',
      'const late = AbortSignal.timeout(5);',
      'agent/decide.ts:1 uses AbortSignal.timeout: time comes from a Clock',
    ],
    ['src/core/ids.ts', 'navigator.language;', 'core/ids.ts:1 uses navigator: it differs from machine to machine'],
    ['src/core/ids.ts', 'global.gc();', 'core/ids.ts:1 uses global: there are import and globalThis'],
    ['src/master/state.ts', 'new Intl.NumberFormat();', `master/state.ts:1 uses Intl: ${LANGUAGE}`],
    [
      'src/master/state.ts',
      'a.sort((x, y) => x.localeCompare(y));',
      `master/state.ts:1 uses localeCompare: ${LANGUAGE}`,
    ],
    ['src/master/state.ts', 'const { toLocaleString } = 5;', `master/state.ts:1 uses toLocaleString: ${LANGUAGE}`],
    ['src/testing/trace.ts', "name['toLocaleUpperCase']();", `testing/trace.ts:1 uses toLocaleUpperCase: ${LANGUAGE}`],
    ['src/master/apply.ts', 'log(error.stack);', 'master/apply.ts:1 uses stack: it holds the paths of this machine'],
    [
      'src/allocator/cache.ts',
      'const cache = new WeakRef({});',
      'allocator/cache.ts:1 uses WeakRef: when memory is freed is nobody’s business',
    ],
    [
      'src/master/decide.ts',
      'export const f = async (): Promise<void> => await g();',
      'master/decide.ts:1 uses await: nothing that is simulated waits for the engine',
    ],
    [
      'src/scheduler/run.ts',
      'export async function f(): Promise<void> { for await (const x of y) z(x); }',
      'scheduler/run.ts:1 uses await: nothing that is simulated waits for the engine',
    ],
    [
      'src/scheduler/run.ts',
      'queueMicrotask(f);',
      'scheduler/run.ts:1 uses queueMicrotask: nothing that is simulated waits for the engine',
    ],
    ['src/master/apply.ts', 'for (const role in weights) set(role);', `master/apply.ts:1 uses for…in: ${BY_NAME}`],
    ['src/master/apply.ts', 'Object.keys(weights).forEach(set);', `master/apply.ts:1 uses Object.keys: ${BY_NAME}`],
    ['src/testing/world.ts', 'const { entries } = Object;', `testing/world.ts:1 uses Object.entries: ${BY_NAME}`],
    [
      'src/allocator/drf.ts',
      'Math.pow(x, y);',
      'allocator/drf.ts:1 uses Math.pow: engines may differ in its last digit',
    ],
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
    ['src/agent/shell.ts', 'export async function close(): Promise<void> { await Promise.race([a, b]); }'],
    ['src/protocol/json-codec.ts', 'export const names = (o: object): string[] => Object.keys(o);'],
    ['src/master/apply.ts', 'const Object = { keys: (): string[] => [] }; Object.keys();'],
    ['src/core/ids.ts', 'export const x: number = Math.max(1, Math.floor(2)); names.sort(); entries(); o.keys();'],
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
    // What somebody else wrote is kept as it came.
    const ours = TEXTS.filter((path) => !path.startsWith('test/vectors/captures/'));
    const wrong = ours.filter((path) => !/[^\n]\n$/.test(read(path)) && read(path) !== '');
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
