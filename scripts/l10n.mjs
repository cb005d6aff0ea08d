/**
 * `npm run l10n`: writes `l10n/bundle.l10n.json`, every text that the extension's code shows in its English, and says what the
 * translations lack. The texts of package.json stand in package.nls.json.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { isMain } from './lib/isMain.mjs';
import { repoRoot } from './lib/paths.mjs';

/** Into which the texts are translated, by the names that VS Code gives to display languages. */
export const languages = ['de', 'zh-cn'];

/** The English bundle, and by the same way those of the languages. */
export const bundles = [
  { english: 'package.nls.json', translated: (/** @type {string} */ language) => `package.nls.${language}.json` },
  {
    english: 'l10n/bundle.l10n.json',
    translated: (/** @type {string} */ language) => `l10n/bundle.l10n.${language}.json`,
  },
];

/** @returns {Promise<string>} what `l10n/bundle.l10n.json` has to be */
export async function englishBundle() {
  const { getL10nJson } = await import('@vscode/l10n-dev');
  const files = await readdir(join(repoRoot, 'src', 'extension'), { recursive: true });
  const sources = files.filter((file) => file.endsWith('.ts')).sort();
  const contents = sources.map(async (file) => ({
    extension: '.ts',
    contents: await readFile(join(repoRoot, 'src', 'extension', file), 'utf8'),
  }));
  const found = Object.entries(await getL10nJson(await Promise.all(contents)));
  return `${JSON.stringify(Object.fromEntries(found.sort(([left], [right]) => (left < right ? -1 : 1))), undefined, 2)}\n`;
}

/**
 * @param {string} file relative to the repository
 * @returns {Record<string, string>} its texts by their keys; none where there is no such file
 */
export function textsOf(file) {
  try {
    const read = JSON.parse(readFileSync(join(repoRoot, file), 'utf8'));
    return Object.fromEntries(
      Object.entries(read).map(([key, text]) => [key, typeof text === 'string' ? text : text.message]),
    );
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return {};
    }
    throw error;
  }
}

/**
 * @param {Record<string, string>} english
 * @param {Record<string, string>} translated
 * @returns {{ missing: string[], obsolete: string[] }} keys that the translation lacks, and those that nothing asks for
 */
export function compared(english, translated) {
  return {
    missing: Object.keys(english).filter((key) => !(key in translated)),
    obsolete: Object.keys(translated).filter((key) => !(key in english)),
  };
}

if (isMain(import.meta.url)) {
  await ensureInstalled();
  writeFileSync(join(repoRoot, 'l10n', 'bundle.l10n.json'), await englishBundle());
  for (const { english, translated } of bundles) {
    for (const language of languages) {
      const file = translated(language);
      const { missing, obsolete } = compared(textsOf(english), textsOf(file));
      console.log(`${file}: ${missing.length} missing, ${obsolete.length} obsolete`);
      for (const key of missing) {
        console.log(`  missing: ${JSON.stringify(key)}: ${JSON.stringify(textsOf(english)[key])}`);
      }
      for (const key of obsolete) {
        console.log(`  obsolete: ${JSON.stringify(key)}`);
      }
    }
  }
}
