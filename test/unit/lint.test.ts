/** The linter finds every way to lose a promise, and so the failure that it may end with. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../support/paths';
import { useTempFolder } from '../support/tempFolder';

const FLOATING = 'typescript(no-floating-promises)';
const MISUSED = 'typescript(no-misused-promises)';
const BEGINNING = `import type { Event } from 'vscode';
import { inBackground } from './background';
declare const event: Event<string>;
declare function work(): Promise<string>;
declare function thenable(): PromiseLike<string>;
declare function report(error: unknown): void;
`;

const REFUSED: readonly (readonly [what: string, code: string, rule: string])[] = [
  ['a bare promise', 'work();', FLOATING],
  ['a promise after void', 'void work();', FLOATING],
  ['a thenable of VS Code', 'thenable();', FLOATING],
  ['a thenable after void', 'void thenable();', FLOATING],
  ['a promise that is gone on with', 'work().then((text) => text.length);', FLOATING],
  ['a promise in a list', '[1, 2].map(() => work());', FLOATING],
  ['a void as the body of a function', 'setTimeout(() => void work(), 1);', 'lint/complexity/noVoid'],
  ['a timer that returns a promise', 'setTimeout(() => work(), 1);', MISUSED],
  ['a timer of an async function', 'setTimeout(async () => { await work(); }, 1);', MISUSED],
  ['a listener of VS Code that returns a promise', 'event(() => work());', MISUSED],
  ['a listener of VS Code that is async', 'event(async (text) => { await work(); report(text); });', MISUSED],
  ['a promise that each of a list gives', '[1, 2].forEach(() => work());', MISUSED],
];

const ALLOWED: readonly string[] = [
  'inBackground(work(), report);',
  'work().catch(report);',
  'event(() => inBackground(work(), report));',
  'export const told = event((text) => report(text));',
  'export const waited = async () => await work();',
];

describe('the linter', function () {
  this.timeout(60_000);
  const temp = useTempFolder();

  /** What both linters say of files of our configuration, by the name of the file. */
  function lint(files: Readonly<Record<string, string>>): string {
    const folder = temp();
    const src = join(folder, 'src', 'extension');
    mkdirSync(src, { recursive: true });
    const modules = join(folder, 'node_modules');
    symlinkSync(join(repoRoot, 'node_modules'), modules, 'junction');
    for (const name of ['.oxlintrc.json', 'tsconfig.json', 'biome.json']) {
      // There is no git in this folder.
      writeFileSync(join(folder, name), readFileSync(join(repoRoot, name), 'utf8').replace(/"vcs": .*\n/, ''));
    }
    cpSync(join(repoRoot, 'src', 'util', 'background.ts'), join(src, 'background.ts'));
    cpSync(join(repoRoot, 'src', 'extension', 'vscodeEvents.d.ts'), join(src, 'vscodeEvents.d.ts'));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(src, name), text);
    }
    const run = (bin: string, args: readonly string[]) => {
      const { stdout, stderr, error } = spawnSync(process.execPath, [join(modules, bin), ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.ifError(error);
      return stdout + stderr;
    };
    const biome = run('@biomejs/biome/bin/biome', ['lint', '--only=complexity/noVoid', '--max-diagnostics=200', 'src']);
    return run('oxlint/bin/oxlint', ['--format=unix', 'src']) + biome;
  }

  it('refuses a promise that nobody waits for, in whatever form, and nothing else', () => {
    const files = Object.fromEntries([
      ...REFUSED.map(([, code], index) => [
        `refused${index}.ts`,
        `${BEGINNING}${code}\nreport([inBackground, work, thenable, event]);\n`,
      ]),
      ...ALLOWED.map((code, index) => [
        `allowed${index}.ts`,
        `${BEGINNING}${code}\nreport([inBackground, work, thenable, event]);\n`,
      ]),
    ]);
    const said = lint(files);
    const lines = said.split('\n');
    for (const [index, [what, code, rule]] of REFUSED.entries()) {
      const found = lines.some((line) => line.includes(`refused${index}.ts:`) && line.includes(rule));
      assert.ok(found, `${what} was not refused by ${rule}: ${code}\n${said}`);
    }
    for (const [index, code] of ALLOWED.entries()) {
      assert.ok(!said.includes(`allowed${index}.ts`), `${code} was refused:\n${said}`);
    }
  });
});
