import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readGuide } from '../support/guide.ts';
import { ROOT, readmeExample, runProgram } from '../support/run-program.ts';

/*
 * What a user gets: the package is packed, installed in an empty project, and the example of the README is compiled
 * there under `strict`, declarations of libraries included, and run. Works without a network: the two dependencies
 * are packed from this project's own. Needs the full build, with declarations, as `npm run verify` makes it.
 */

let project = '';

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Packs a folder and answers the name of the file, in `project`. */
function pack(folder: string): string {
  const answer = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', project, folder], ROOT);
  const [filename] = /[^"/]+\.tgz/.exec(answer) ?? [];
  if (filename === undefined) throw new Error(`Expected the name of a package file, got ${answer}`);
  return filename;
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'altiplano-package-'));
  writeFileSync(join(project, 'package.json'), '{ "name": "user", "private": true, "type": "module" }\n');
  const files = ['.', './node_modules/rxjs', './node_modules/immer', './node_modules/tslib'].map(pack);
  npm(['install', '--offline', '--ignore-scripts', ...files.map((file) => `./${file}`)], project);
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

test('the package holds the build, what a user reads and the licence, and nothing else', () => {
  const installed = join(project, 'node_modules', 'altiplano');
  const documents = ['ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE', 'README.md', 'docs', 'examples'];
  expect(readdirSync(installed).toSorted()).toEqual([...documents, 'dist', 'package.json'].toSorted());
});

/** Compiles the files under `strict`, where they are in the project, and answers what the compiler has to say. */
function compile(names: readonly string[]): readonly string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules', '@types')],
  };
  const program = ts.createProgram(
    names.map((name) => join(project, name)),
    options,
  );
  const messages = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  program.emit();
  return messages;
}

test('the README’s example and the guide compile under strict in an empty project; the example runs', async () => {
  writeFileSync(join(project, 'example.ts'), readmeExample());
  writeFileSync(join(project, 'guide.ts'), readGuide().program);
  expect(compile(['example.ts', 'guide.ts'])).toEqual([]);

  const { code, stdout, stderr } = await runProgram(join(project, 'example.js'), { cwd: project });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('TASK_FINISHED');
});

describe('declarations', () => {
  const dist = join(ROOT, 'dist');

  function anyIn(name: string, text: string): readonly string[] {
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2023, true);
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${name}: ${node.parent.getText(source)}`);
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  }

  test('the search for any finds one', () => {
    expect(anyIn('x.d.ts', 'export declare const x: readonly any[]; // not any')).toEqual(['x.d.ts: any[]']);
  });

  test('no any in the published types', () => {
    const names = readdirSync(dist).filter((name) => name.endsWith('.d.ts'));
    expect(names).toContain('index.d.ts');
    expect(names.flatMap((name) => anyIn(name, readFileSync(join(dist, name), 'utf8')))).toEqual([]);
  });
});
