/** The pages are true: what is generated is as the source has it, and links lead somewhere. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ERROR_CODES } from '../../src/core/envelope';
import { COMMANDS } from '../../src/extension/contributions';
import { repoRoot } from '../support/paths';
import { importScript } from '../support/scripts';

type ReferenceDoc = typeof import('../../scripts/referenceDoc.mjs');

const read = (path: string) => readFileSync(join(repoRoot, path), 'utf8');
const pages = [
  ...readdirSync(repoRoot).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(repoRoot, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('docs/reference.md', () => {
  it('is as package.json and the source have it: "node scripts/referenceDoc.mjs" writes it anew', async () => {
    const { referencePage } = await importScript<ReferenceDoc>('referenceDoc.mjs');
    assert.equal(read('docs/reference.md'), await referencePage());
  });

  it('has every command, setting and code, with words and not with keys of texts', () => {
    const page = read('docs/reference.md');
    const { contributes } = JSON.parse(read('package.json'));
    const all = [...Object.values(COMMANDS), ...Object.keys(contributes.configuration.properties), ...ERROR_CODES];
    assert.deepEqual(
      all.filter((name) => !page.includes(`\n| \`${name}\` |`)),
      [],
    );
    assert.doesNotMatch(page, /%[\w.]+%|undefined/);
    // Every cell but those of keys is filled.
    const empty = page.split('\n').filter((line) => /^\| .*\|\s*\|.*\|$/.test(line));
    assert.deepEqual(empty, []);
  });
});

describe('the pages', () => {
  it('are all in the index', () => {
    const index = read('docs/README.md');
    const missing = pages.filter((page) => {
      const link = page.startsWith('docs/') ? page.slice('docs/'.length) : `../${page}`;
      return page !== 'docs/README.md' && !index.includes(`](${link})`);
    });
    assert.deepEqual(missing, []);
  });

  it('link to files and headings that are there', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target) && !leads(page, target))
        .map((target) => `${page}: ${target}`),
    );
    assert.deepEqual(broken, []);
  });
});

function leads(page: string, target: string): boolean {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(repoRoot, file))) {
    return false;
  }
  return heading === undefined || headings(read(file)).includes(heading);
}

/** By the names that GitHub gives them. */
function headings(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}
