import { dirname, posix, relative } from 'node:path';
import ts from 'typescript';

/** Where something may be used all the same, and why nowhere else. */
export interface Ban {
  /** The files that may, as seen from `src/`. */
  readonly places: RegExp;
  /** Half a sentence, for whoever meets the ban: what to do instead, or what is wrong with it. */
  readonly because: string;
}

/**
 * What the house forbids in `src/`, checked on the syntax tree rather than on text: which folder imports which; where
 * time, chance, Node and the two libraries may be touched; what runs in another order, or says something else, on
 * another machine; and a few words of the language that are not used here.
 */
export interface HouseRules {
  /** For each folder below `src/` (and the front door, `index`): what it may import besides itself. */
  readonly mayImport: Readonly<Record<string, readonly string[]>>;
  /** The files through which a room is entered from another. */
  readonly doors: RegExp;
  /** By package: the files that may import it. Packages that are not named may not be imported at all. */
  readonly packages: Readonly<Record<string, RegExp>>;
  /** By global name, such as `Date` or `Math.random`. */
  readonly globals: Readonly<Record<string, Ban>>;
  /** By the name of a method or field of whatever object, such as `localeCompare`. */
  readonly members: Readonly<Record<string, Ban>>;
  readonly statements: { readonly forIn: Ban; readonly await: Ban };
}

/** Paths relative to the root, such as `src/core/ids.ts`, with the text of each file. */
export type Sources = Readonly<Record<string, string>>;

/** Every breach, as `core/ids.ts -> master` or `core/ids.ts:3 says what is wrong`; none if all is well. */
export function checkSources(sources: Sources, rules: HouseRules): readonly string[] {
  const program = parse(sources);
  const checker = program.getTypeChecker();
  return Object.keys(sources).flatMap((path) => {
    const source = program.getSourceFile(`/${path}`);
    if (source === undefined) return [`${path} cannot be read`];
    const inside = relative('src', path);
    return [...checkImports(inside, source, rules), ...checkWords(inside, source, rules, checker)];
  });
}

/**
 * Without libraries and without following imports: a name that is declared nowhere in its file is then a global, and
 * the checker knows every shadowing there is.
 */
function parse(sources: Sources): ts.Program {
  const host: ts.CompilerHost = {
    getSourceFile(name, options) {
      const text = sources[name.slice(1)];
      return text === undefined ? undefined : ts.createSourceFile(name, text, options, true);
    },
    getDefaultLibFileName: () => '/lib.d.ts',
    writeFile: () => undefined,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => sources[name.slice(1)] !== undefined,
    readFile: (name) => sources[name.slice(1)],
  };
  const names = Object.keys(sources).map((path) => `/${path}`);
  return ts.createProgram(names, { noLib: true, noResolve: true, types: [], allowImportingTsExtensions: true }, host);
}

/** `core` for `core/ids.ts`, `index` for `index.ts`. */
function folderOf(inside: string): string {
  return inside.includes('/') ? inside.slice(0, inside.indexOf('/')) : inside.replace(/\.ts$/, '');
}

function checkImports(inside: string, source: ts.SourceFile, rules: HouseRules): readonly string[] {
  const folder = folderOf(inside);
  const allowed = rules.mayImport[folder];
  if (allowed === undefined) return [`${inside} lies in a folder that the map does not know`];
  return importedNames(source).flatMap((name) => {
    if (!name.startsWith('.')) {
      const place = rules.packages[packageOf(name)];
      return place?.test(inside) ? [] : [`${inside} -> ${name}`];
    }
    if (!/\.(ts|js)$/.test(name)) return [`${inside} imports ${name} without its extension`];
    const target = posix.join(dirname(inside), name);
    if (target.startsWith('..')) return [`${inside} -> ${name}, outside of src`];
    const room = folderOf(target);
    if (room === folder) return [];
    if (!allowed.includes(room)) return [`${inside} -> ${room}`];
    return rules.doors.test(target) ? [] : [`${inside} -> ${target}, past the index of that room`];
  });
}

/** `node:fs/promises` is `node`, `rxjs/operators` is `rxjs`, `@scope/name/sub` is `@scope/name`. */
function packageOf(name: string): string {
  if (name.startsWith('node:')) return 'node';
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Of import and export declarations, `import()` in code, and `import('…')` in types. */
function importedNames(source: ts.SourceFile): readonly string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = importedBy(node);
    if (name !== undefined) names.push(name);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

function importedBy(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return textOf(node.moduleReference.expression);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return textOf(node.arguments[0]) ?? 'a name that is computed';
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  return undefined;
}

function textOf(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function checkWords(
  inside: string,
  source: ts.SourceFile,
  rules: HouseRules,
  checker: ts.TypeChecker,
): readonly string[] {
  const breaches: string[] = [];
  const report = (node: ts.Node, what: string): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    breaches.push(`${inside}:${line + 1} ${what}`);
  };
  const refuse = (node: ts.Node, what: string, ban: Ban | undefined): void => {
    if (ban !== undefined && !ban.places.test(inside)) report(node, `uses ${what}: ${ban.because}`);
  };
  const globals = globalNames(rules, checker);
  const visit = (node: ts.Node): void => {
    const name = globals(node);
    if (name !== undefined && Object.hasOwn(rules.globals, name)) refuse(node, name, rules.globals[name]);
    const member = memberNamedBy(node);
    if (member !== undefined && Object.hasOwn(rules.members, member)) refuse(node, member, rules.members[member]);
    if (ts.isForInStatement(node)) refuse(node, 'for…in', rules.statements.forIn);
    if (waits(node)) refuse(node, 'await', rules.statements.await);
    if (node.kind === ts.SyntaxKind.AnyKeyword) report(node, 'says any');
    if (ts.isExportAssignment(node) || hasDefaultModifier(node)) report(node, 'has a default export');
    if (ts.isEnumDeclaration(node)) report(node, 'declares an enum');
    if (ts.isModuleDeclaration(node)) report(node, 'declares a namespace');
    ts.forEachChild(node, visit);
  };
  visit(source);
  return breaches;
}

function waits(node: ts.Node): boolean {
  return ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined);
}

function hasDefaultModifier(node: ts.Node): boolean {
  if (!ts.canHaveModifiers(node)) return false;
  return ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword) ?? false;
}

/**
 * What names globals: `Date`; `Math.random`, by whatever way of writing; and the same by way of `globalThis`. Nothing for
 * a name that the file declares itself.
 */
function globalNames({ globals }: HouseRules, checker: ts.TypeChecker): (node: ts.Node) => string | undefined {
  const names = Object.keys(globals);
  const owners = new Set(names.filter((name) => name.includes('.')).map((name) => name.slice(0, name.indexOf('.'))));
  // Looking a name up is slow, and most names are of no interest.
  const interesting = new Set(['globalThis', ...owners, ...names]);
  const memberOf = (owner: string | undefined, member: string | undefined): string | undefined => {
    if (owner === 'globalThis') return member;
    return owner !== undefined && member !== undefined && owners.has(owner) ? `${owner}.${member}` : undefined;
  };
  const nameOf = (node: ts.Node): string | undefined => {
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      return memberOf(nameOf(node.expression), memberNamedBy(node));
    }
    if (ts.isBindingElement(node) && ts.isVariableDeclaration(node.parent.parent)) {
      const from = node.parent.parent.initializer;
      return from === undefined ? undefined : memberOf(nameOf(from), memberNamedBy(node));
    }
    const isName = ts.isIdentifier(node) && !isMemberName(node) && interesting.has(node.text);
    return isName && isGlobal(node, checker) ? node.text : undefined;
  };
  return nameOf;
}

/** `b` for `a.b`, `a['b']` and `const { b } = a`. */
function memberNamedBy(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (ts.isElementAccessExpression(node)) return textOf(node.argumentExpression);
  if (!ts.isBindingElement(node) || !ts.isObjectBindingPattern(node.parent)) return undefined;
  const key = node.propertyName ?? node.name;
  return ts.isIdentifier(key) || ts.isStringLiteralLike(key) ? key.text : undefined;
}

function isGlobal(name: ts.Identifier, checker: ts.TypeChecker): boolean {
  const symbol = ts.isShorthandPropertyAssignment(name.parent)
    ? checker.getShorthandAssignmentValueSymbol(name.parent)
    : checker.getSymbolAtLocation(name);
  return symbol?.declarations === undefined || symbol.declarations.length === 0;
}

/** Whether the name is that of a property or the like: what it means depends on what stands before it. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  return ts.isBindingElement(parent) && parent.propertyName === node;
}
