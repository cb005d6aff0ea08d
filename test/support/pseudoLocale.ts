/** The extension in a language that nobody speaks: each text a third longer and in brackets, so that what is cut or bypasses the bundles is seen. */

import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getL10nPseudoLocalized } from '@vscode/l10n-dev';
import { repoRoot } from './paths';
import { importScript } from './scripts';

type L10nScript = typeof import('../../scripts/l10n.mjs');

/** VS Code's own name of it. */
export const PSEUDO_LOCALE = 'qps-ploc';

/** Makes the folder of an extension that has it, beside the built one. */
export async function makePseudoExtension(folder: string): Promise<void> {
  const { bundles } = await importScript<L10nScript>('l10n.mjs');
  await mkdir(join(folder, 'l10n'), { recursive: true });
  for (const name of ['dist', 'bin', 'media', 'package.json', 'package.nls.json', 'README.md']) {
    await cp(join(repoRoot, name), join(folder, name), { recursive: true });
  }
  for (const { english, translated } of bundles) {
    await writeFile(join(folder, translated(PSEUDO_LOCALE)), JSON.stringify(await pseudoTexts(english)));
  }
}

/** The texts of an English bundle, by their keys. */
export async function pseudoTexts(english: string): Promise<Readonly<Record<string, string>>> {
  const { textsOf } = await importScript<L10nScript>('l10n.mjs');
  return getL10nPseudoLocalized(textsOf(english)) as Record<string, string>;
}
