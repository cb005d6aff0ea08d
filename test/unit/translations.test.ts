import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../support/paths';
import { importScript } from '../support/scripts';

type L10nScript = typeof import('../../scripts/l10n.mjs');

/** Each source is taken apart anew. */
const EXTRACTION_MS = 60_000;

describe('the translations', () => {
  let script: L10nScript;

  before(async () => {
    script = await importScript<L10nScript>('l10n.mjs');
  });

  it('have an English bundle of all texts, and no other (npm run l10n)', async function () {
    this.timeout(EXTRACTION_MS);
    const written = readFileSync(join(repoRoot, 'l10n', 'bundle.l10n.json'), 'utf8');
    assert.equal(written, await script.englishBundle());
  });

  it('are there for each language, with the same places, links, icons and code', () => {
    for (const { english, translated } of script.bundles) {
      const texts = script.textsOf(english);
      assert.ok(Object.keys(texts).length > 100);
      for (const language of script.languages) {
        const there = script.textsOf(translated(language));
        assert.deepEqual(script.compared(texts, there), { missing: [], obsolete: [] }, translated(language));
        for (const [key, text] of Object.entries(texts)) {
          assert.deepEqual(kept(there[key] ?? ''), kept(text), `${translated(language)}: ${key}`);
        }
      }
    }
  });
});

/** What a translation has to keep, in any order. */
function kept(text: string): readonly string[] {
  return (text.match(/\{\d\}|\$\([a-z-]+\)|\]\([^)]*\)|`[^`]*`|^✓ |…$/g) ?? []).sort();
}
