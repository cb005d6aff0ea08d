import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from './paths.mjs';

/**
 * @typedef {object} Bundled
 * @property {string} name
 * @property {string} version that of the one that carries it, where it is carried by another
 * @property {string} license SPDX
 * @property {string} text of its licence
 * @property {string} folder from the root of the repository
 * @property {string} [within] the package in whose own files it is, in a version that nothing tells
 * @property {string} [repository]
 */

/**
 * The packages of which something is in the bundles, sorted by name. Throws for one without a licence text: it must not go
 * to users without it.
 * @param {readonly import('esbuild').Metafile[]} metafiles
 * @returns {readonly Bundled[]}
 */
export function bundledPackages(metafiles) {
  const inputs = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);
  /** @type {Map<string, Bundled>} */
  const found = new Map();
  for (const file of inputs) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
    if (folder === undefined) {
      continue;
    }
    const itself = found.get(folder) ?? packageIn(folder);
    found.set(folder, itself);
    for (const name of carried(file)) {
      found.set(`${folder}:${name}`, {
        ...packageIn(`node_modules/${name}`),
        version: itself.version,
        within: itself.name,
      });
    }
  }
  return [...found.values()].sort((one, other) => order(one).localeCompare(order(other), 'en'));
}

/** @param {Bundled} one */
function order({ name, version, within = '' }) {
  return [name, version, within].join(' ');
}

/**
 * The packages whose source is in the file of another, which its source map tells.
 * @param {string} file
 * @returns {readonly string[]}
 */
function carried(file) {
  const map = join(repoRoot, `${file}.map`);
  if (!existsSync(map)) {
    return [];
  }
  /** @type {{ sources?: readonly string[] }} */
  const { sources = [] } = JSON.parse(readFileSync(map, 'utf8'));
  const names = sources.map((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? '');
  return [...new Set(names)].filter((name) => name !== '');
}

/**
 * @param {string} folder
 * @returns {Bundled}
 */
function packageIn(folder) {
  const read = (/** @type {string} */ name) => readFileSync(join(repoRoot, folder, name), 'utf8');
  const { name, version, license, repository } = JSON.parse(read('package.json'));
  const names = readdirSync(join(repoRoot, folder));
  const file = names.find((one) => /^(licen[cs]e|copying)\b/i.test(one));
  // Some have it in their README only.
  const readme = names.find((one) => /^readme\b/i.test(one));
  const text = file ? read(file) : /^#+ licen[cs]e\s*\n(.+)/ims.exec(readme ? read(readme) : '')?.[1];
  if (typeof license !== 'string' || text === undefined) {
    throw new Error(`${folder} is bundled, and has no licence: nobody may be given it.`);
  }
  const url = typeof repository === 'string' ? repository : repository?.url;
  return {
    name,
    version,
    license,
    text: text.replaceAll('\r', '').trim(),
    folder,
    ...(url ? { repository: url } : {}),
  };
}

/**
 * What users are told of whose work they are given. Licences of one text are told once.
 * @param {readonly Bundled[]} packages
 * @returns {string}
 */
export function notices(packages) {
  /** @type {Map<string, string[]>} */
  const byText = new Map();
  for (const { name, version, license, text, within } of packages) {
    const title = within ? `${name} (${license}), carried in ${within} ${version}` : `${name} ${version} (${license})`;
    byText.set(text, [...(byText.get(text) ?? []), title]);
  }
  const parts = [...byText].map(([text, titles]) => [...titles, '', text].join('\n'));
  const line = `\n\n${'-'.repeat(80)}\n\n`;
  return `Agent Reservations contains parts of the following packages.${line}${parts.join(line)}\n`;
}
