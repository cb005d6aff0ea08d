// Writes what package.json says of the language model tools, from the tools themselves.
// Usage: node scripts/languageModelTools.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { isMain } from './lib/isMain.mjs';
import { outDir, repoRoot } from './lib/paths.mjs';

/** @typedef {import('../src/tools/tool').Tool} Tool */

const prefix = 'agentReservations';

/**
 * @returns {Promise<readonly Record<string, unknown>[]>} `contributes.languageModelTools`, as it should be
 */
export async function languageModelTools() {
  const { build } = await import('esbuild');
  const outfile = join(outDir, 'tools.cjs');
  await build({
    absWorkingDir: repoRoot,
    stdin: {
      contents: "export { TOOLS } from './src/tools/tools'; export { toJSONSchema } from 'zod/mini';",
      resolveDir: repoRoot,
    },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
  });
  const require = createRequire(import.meta.url);
  delete require.cache[outfile];
  /** @type {{ TOOLS: readonly Tool[], toJSONSchema: typeof import('zod/mini').toJSONSchema }} */
  const { TOOLS, toJSONSchema } = require(outfile);
  return TOOLS.map(({ name, description, hints, input }) => {
    const { $schema, ...inputSchema } = toJSONSchema(input);
    return {
      // Shared with all other extensions, so it needs a name of ours in it.
      name: `${prefix}_${name}`,
      displayName: `%tool.${name}%`,
      userDescription: `%tool.${name}.description%`,
      modelDescription: description,
      toolReferenceName: name,
      canBeReferencedInPrompt: true,
      icon: hints.readOnly ? '$(search)' : '$(lock)',
      tags: ['agent-reservations'],
      when: `config.${prefix}.chatTools == tools`,
      inputSchema,
    };
  });
}

if (isMain(import.meta.url)) {
  await ensureInstalled();
  const file = join(repoRoot, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.contributes.languageModelTools = await languageModelTools();
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}
