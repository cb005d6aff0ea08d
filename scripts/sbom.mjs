// Writes a bill of materials (CycloneDX 1.6, JSON) of what is in the package: what is bundled, not what builds it.
// Usage: node scripts/sbom.mjs [--out FILE]
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension } from './build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { isMain } from './lib/isMain.mjs';
import { repoRoot } from './lib/paths.mjs';

/** @typedef {import('./lib/bundled.mjs').Bundled} Bundled */

/**
 * The same for the same packages, whenever and wherever it is made.
 * @param {readonly Bundled[]} packages
 * @returns {Promise<string>} JSON
 */
export async function billOfMaterials(packages) {
  const { Enums, Models, Serialize, Spec } = await import('@cyclonedx/cyclonedx-library');
  /** @param {{ name: string, version?: string | undefined, license: string }} of */
  const component = ({ name, version, license }, type = Enums.ComponentType.Library) => {
    const [, group, plain = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
    return new Models.Component(type, plain, {
      ...(group ? { group } : {}),
      ...(version ? { version } : {}),
      bomRef: version ? `${name}@${version}` : name,
      ...(version
        ? { purl: `pkg:npm/${name.replace('@', '%40')}@${version}` }
        : { purl: `pkg:npm/${name.replace('@', '%40')}` }),
      licenses: new Models.LicenseRepository([new Models.SpdxLicense(license)]),
    });
  };
  const own = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8'));
  const lock = JSON.parse(readFileSync(join(repoRoot, 'package-lock.json'), 'utf8'));
  const bom = new Models.Bom();
  bom.metadata.component = component(own, Enums.ComponentType.Application);
  for (const { within, folder, repository, ...one } of packages) {
    const made = component(within ? { ...one, version: undefined } : one);
    if (within) {
      made.description = `Carried in ${within} ${one.version}; of which version it is, nothing tells.`;
    } else {
      const integrity = /^sha512-(.+)$/.exec(lock.packages[folder]?.integrity ?? '')?.[1];
      if (integrity) {
        made.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(integrity, 'base64').toString('hex'));
      }
      if (repository) {
        made.externalReferences.add(new Models.ExternalReference(repository, Enums.ExternalReferenceType.VCS));
      }
    }
    bom.components.add(made);
    bom.metadata.component.dependencies.add(made.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  await ensureInstalled();
  const { name, version } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8'));
  const file = resolve(values.out ?? `${name}-${version}.cdx.json`);
  const packages = await buildExtension({ production: true });
  writeFileSync(file, await billOfMaterials(packages));
  console.log(`${relative(process.cwd(), file)}: ${packages.length} packages are in the bundles`);
}
