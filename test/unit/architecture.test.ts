/** Dependencies point one way: surfaces, then coordination, then store, then core. Only the extension knows VS Code. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';

const src = join(findRepository(), 'src');

/** What each folder of src may import besides itself: other folders, Node's modules (`node:`), packages by name. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  util: [],
  core: [],
  store: ['core', 'util', 'node:', 'valibot', 'crc-32', 'proper-lockfile', 'pg', 'pgpass'],
  project: ['node:'],
  coordination: ['core', 'store', 'util'],
  tools: ['coordination', 'core', 'project', 'zod'],
  mcp: ['tools', 'coordination', 'core', 'project', 'util', 'node:', 'zod', '@modelcontextprotocol'],
  hooks: ['coordination', 'core', 'store', 'project', 'node:', 'jsonc-parser'],
  // Runs in a page of its own, in a browser.
  timelinePage: ['core', 'd3-axis', 'd3-scale', 'd3-selection'],
  // Of the MCP server the types only: it is loaded where it is asked for.
  cli: ['mcp', 'hooks', 'coordination', 'core', 'store', 'project', 'util', 'node:', 'diff'],
};

/** The module specifiers of all import and export … from statements, `import()`, `require()` and `import x = require()`. */
function specifiersOf(source: string): string[] {
  const code = withoutComments(source);
  const forms = [
    /(?:^|[;{}\s])(?:import|export)\s*(?:type\s+)?[\w$*{},\s]*?\sfrom\s*(['"])(?<name>.+?)\1/g,
    /(?:^|[;{}\s])(?:import|export)\s*(?:type\s*)?(?:[\w$*]|\{[^}]*\})[\w$*{},\s]*?\}?\s*from\s*(['"])(?<name>.+?)\1/g,
    /(?:^|[;{}\s])import\s*(['"])(?<name>.+?)\1/g,
    /\bimport\s*\(\s*(['"`])(?<name>.+?)\1/g,
    /\brequire\s*\(\s*(['"`])(?<name>.+?)\1/g,
  ];
  const found = forms.flatMap((form) => [...code.matchAll(form)].map((match) => match.groups?.['name'] ?? ''));
  return [...new Set(found)];
}

/** Comments are blanked, strings are kept: a path may hold `//`. */
function withoutComments(source: string): string {
  return source.replace(
    /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, text) => text ?? ' ',
  );
}

/** The folder of src that a specifier leads to, or `node:`, or the package's name. */
function targetOf(specifier: string, file: string): string {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(file), specifier);
    return path.startsWith('..') ? 'outside src' : (path.split('/')[0] ?? '');
  }
  if (specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0] ?? '')) {
    return 'node:';
  }
  return specifier.split('/')[0] ?? '';
}

function violations(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([file, source]) => {
    const folder = file.split('/')[0] ?? '';
    const allowed = ALLOWED[folder];
    return allowed === undefined
      ? []
      : specifiersOf(source)
          .filter((specifier) => ![folder, ...allowed].includes(targetOf(specifier, file)))
          .map((specifier) => `${file} imports ${specifier}`);
  });
}

function findRepository(): string {
  let folder = __dirname;
  while (!readdirSync(folder).includes('package.json')) {
    folder = dirname(folder);
  }
  return folder;
}

function sources(): Map<string, string> {
  const names = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[cm]?[jt]sx?$/.test(name));
  return new Map(names.map((name) => [name.split(sep).join('/'), readFileSync(join(src, name), 'utf8')]));
}

describe('the checker of imports', () => {
  it('finds every form of import', () => {
    const sample = [
      "import { a } from 'one';",
      'import type { b } from "two";',
      "import * as c from 'three';",
      "import d, { e } from 'four';",
      "import 'five';",
      "export { f } from 'six';",
      "export * from 'seven';",
      "const g = await import('eight');",
      "const h = require('nine');",
      "import i = require('ten');",
      "import {\n  j,\n  type k,\n} from 'eleven';",
      "import{l}from'twelve';",
      "type M = import('thirteen').M;",
      "export type { n } from 'fourteen';",
      "// import 'comment';",
      "/* import 'block'; */",
      "const s = '// no comment'; import 'fifteen';",
    ].join('\n');
    const names = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen';
    assert.deepEqual(specifiersOf(sample).toSorted(), names.split(' ').toSorted());
  });

  const forbidden: readonly (readonly [string, string, string])[] = [
    ['vscode in core', 'core/a.ts', "import * as vscode from 'vscode';"],
    ['vscode in store', 'store/files/a.ts', "const v = require('vscode');"],
    ['vscode in coordination', 'coordination/a.ts', "import type { Uri } from 'vscode';"],
    ['files in core', 'core/a.ts', "import { readFile } from 'node:fs/promises';"],
    ['files in core, by the old name', 'core/a.ts', "import fs from 'fs';"],
    ['the store in core', 'core/a.ts', "import { Store } from '../store/store';"],
    ['coordination in the store', 'store/a.ts', "import { x } from '../coordination/coordination';"],
    ['the extension in the store', 'store/files/a.ts', "export * from '../../extension/x';"],
    ['the extension in coordination', 'coordination/a.ts', "import('../extension/x');"],
    ['vscode in project', 'project/a.ts', "import { Uri } from 'vscode';"],
    ['vscode in the command', 'cli/verbs/a.ts', "import * as vscode from 'vscode';"],
    ['the command in the hooks', 'hooks/a.ts', "import { x } from '../cli/x';"],
    ['the extension in the command', 'cli/a.ts', "import { x } from '../extension/x';"],
    ['vscode in the tools', 'tools/a.ts', "import { lm } from 'vscode';"],
    ['the store in the tools', 'tools/a.ts', "import { FileStore } from '../store/files/fileStore';"],
    ['the command in the MCP server', 'mcp/a.ts', "import { run } from '../cli/run';"],
    ['the MCP library in the tools', 'tools/a.ts', "import { McpServer } from '@modelcontextprotocol/server';"],
    ['files in coordination', 'coordination/a.ts', "import fs from 'node:fs';"],
    ['a package nobody decided on', 'store/a.ts', "import x from 'left-pad';"],
    ['what is outside src', 'core/a.ts', "import x from '../../test/x';"],
  ];
  for (const [name, file, source] of forbidden) {
    it(`finds ${name}`, () => assert.equal(violations(new Map([[file, source]])).length, 1));
  }

  it('lets pass what is allowed', () => {
    const files = new Map([
      ['store/files/a.ts', "import { x } from '../../core/x';\nimport { y } from './y';\nimport 'node:fs';"],
      ['coordination/a.ts', "import { Store } from '../store/store';\nimport { x } from '../core/x';"],
      ['extension/a.ts', "import * as vscode from 'vscode';"],
    ]);
    assert.deepEqual(violations(files), []);
  });
});

describe('the source', () => {
  it('keeps to the layers', () => {
    const files = sources();
    for (const folder of Object.keys(ALLOWED)) {
      assert.ok(
        [...files.keys()].some((file) => file.startsWith(`${folder}/`)),
        `no files in ${relative(process.cwd(), join(src, folder))}: nothing was checked`,
      );
    }
    assert.deepEqual(violations(files), []);
  });

  it('knows PostgreSQL in one folder, so that nobody else loads it', () => {
    const knowing = [...sources()].filter(([, source]) =>
      specifiersOf(source).some((name) => /^pg($|-|\/)/.test(name)),
    );
    assert.ok(knowing.length > 0);
    assert.deepEqual(
      knowing.map(([file]) => file).filter((file) => !file.startsWith('store/postgres/')),
      [],
    );
  });

  it('makes nothing of Intl when it is loaded, which takes longer than all else at the start of a window', () => {
    const atLoad = /^(?:export )?(?:const|let) .*\bnew Intl\./m;
    assert.match("const characters = new Intl.Segmenter('en');", atLoad);
    assert.deepEqual(
      [...sources()].filter(([, source]) => atLoad.test(source)).map(([file]) => file),
      [],
    );
  });
});
