// Writes docs/reference.md: every setting, command and code, from package.json, its texts and the source.
// Usage: node scripts/referenceDoc.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { isMain } from './lib/isMain.mjs';
import { outDir, repoRoot } from './lib/paths.mjs';

/** @typedef {import('./reference/codes').Help} Help */
/**
 * @typedef {object} Codes
 * @property {Readonly<Record<string, Help>>} ERRORS
 * @property {Readonly<Record<string, Help>>} CAUSES
 * @property {Readonly<Record<string, string>>} EXITS
 * @property {Readonly<Record<string, number>>} EXIT
 * @property {readonly string[]} ERROR_CODES
 * @property {readonly string[]} COMMAND_NAMES
 * @property {(code: string) => number} exitCodeOfError
 */
/**
 * @typedef {object} Setting
 * @property {string} type
 * @property {unknown} default
 * @property {string} scope
 * @property {string} [description]
 * @property {string} [markdownDescription]
 * @property {readonly string[]} [enum]
 * @property {readonly string[]} [enumDescriptions]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [order]
 */
/** @typedef {{ command: string, title: string, category?: string }} Command */
/** @typedef {{ command: string, key: string, mac?: string, when?: string }} Key */
/** @typedef {{ command?: string, when?: string }} MenuItem */

export const referenceDoc = join(repoRoot, 'docs', 'reference.md');

/** Who may set it, by VS Code's name for that. @type {Readonly<Record<string, string>>} */
const scopes = {
  machine: 'user, per machine',
  'machine-overridable': 'user, per machine, or workspace',
  window: 'user or workspace',
  resource: 'user, workspace or folder',
  application: 'user',
};

/**
 * The page as it should be.
 * @returns {Promise<string>}
 */
export async function referencePage() {
  const { contributes } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8'));
  const texts = JSON.parse(readFileSync(join(repoRoot, 'package.nls.json'), 'utf8'));
  /** @param {string} [key] */
  const text = (key = '') => key.replace(/^%(.+)%$/, (whole, name) => texts[name] ?? whole);
  const codes = await loadCodes();
  return [
    '# Reference',
    '',
    '<!-- Written by "node scripts/referenceDoc.mjs"; a test compares. Change package.json, its texts or scripts/reference. -->',
    '',
    'Every setting, command and code. What a verb of the command takes stands in [For agents](agents.md).',
    '',
    ...settingsPart(contributes.configuration.properties, text),
    ...commandsPart(contributes, text),
    ...codesPart(codes),
  ].join('\n');
}

/**
 * @param {Readonly<Record<string, Setting>>} settings
 * @param {(key?: string) => string} text
 */
function settingsPart(settings, text) {
  const rows = Object.entries(settings)
    .toSorted(([, left], [, right]) => (left.order ?? 0) - (right.order ?? 0))
    .map(([name, setting]) => {
      const values = (setting.enum ?? []).map(
        (value, index) => `\`${value}\`: ${text(setting.enumDescriptions?.[index])}`,
      );
      const meaning = [text(setting.markdownDescription ?? setting.description), ...values].join(' ');
      return [`\`${name}\``, kindOf(setting), shown(setting.default), scopes[setting.scope] ?? setting.scope, meaning];
    });
  return [
    '## Settings',
    '',
    'In Restricted Mode, what says who you are or where the store is does not count from a workspace.',
    '',
    ...table(['setting', 'value', 'default', 'set by', 'meaning'], rows),
  ];
}

/** @param {Setting} setting */
function kindOf({ type, minimum, maximum, enum: values }) {
  if (values) {
    return values.map((value) => `\`${value}\``).join(', ');
  }
  return minimum === undefined ? type : `${type}, ${minimum} to ${maximum}`;
}

/** @param {unknown} value */
function shown(value) {
  return value === '' ? 'empty' : `\`${String(value)}\``;
}

/**
 * @param {{ commands: readonly Command[], keybindings?: readonly Key[], menus: Readonly<Record<string, readonly MenuItem[]>> }} contributes
 * @param {(key?: string) => string} text
 */
function commandsPart({ commands, keybindings = [], menus }, text) {
  const palette = new Map((menus['commandPalette'] ?? []).map(({ command, when }) => [command, when]));
  const rows = commands.map(({ command, title, category }) => {
    const keys = keybindings
      .filter((key) => key.command === command)
      .map(({ key, mac }) => (mac ? `\`${key}\` (macOS: \`${mac}\`)` : `\`${key}\``));
    const when = palette.get(command);
    const inPalette = when === undefined ? 'always' : when === 'false' ? 'no' : `when \`${when}\``;
    return [`\`${command}\``, [text(category), text(title)].filter(Boolean).join(': '), inPalette, keys.join(', ')];
  });
  return [
    '## Commands',
    '',
    'Each can be given keys of your own, also those that are only in menus of the view.',
    '',
    ...table(['command', 'title', 'in the palette', 'keys'], rows),
  ];
}

/** @param {Codes} codes */
function codesPart({ ERRORS, CAUSES, EXITS, EXIT, ERROR_CODES, exitCodeOfError }) {
  return [
    '## Error codes',
    '',
    'An operation that is refused answers `{ ok: false, error: { code, message, details } }`, on every surface. The last column',
    'is the exit code of the command.',
    '',
    ...table(
      ['code', 'meaning', 'next step', 'exit'],
      ERROR_CODES.map((code) => [
        `\`${code}\``,
        ERRORS[code]?.meaning ?? '',
        ERRORS[code]?.next ?? '',
        String(exitCodeOfError(code)),
      ]),
    ),
    '### Causes of `INTERNAL_ERROR`',
    '',
    'The same names stand in the view, the log and `doctor`; see [When something is wrong](doctor.md).',
    '',
    ...table(
      ['cause', 'meaning', 'next step'],
      Object.entries(CAUSES).map(([cause, { meaning, next }]) => [`\`${cause}\``, meaning, next]),
    ),
    '## Exit codes',
    '',
    ...table(
      ['exit code', 'meaning'],
      Object.entries(EXIT).map(([name, code]) => [String(code), EXITS[name] ?? '']),
    ).slice(0, -1),
    '',
  ];
}

/**
 * @param {readonly string[]} heads
 * @param {readonly (readonly string[])[]} rows
 */
function table(heads, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line), ''];
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** @returns {Promise<Codes>} */
async function loadCodes() {
  const { build } = await import('esbuild');
  const outfile = join(outDir, 'reference.cjs');
  const from = ['scripts/reference/codes', 'src/core/envelope', 'src/cli/exitCode'];
  await build({
    absWorkingDir: repoRoot,
    stdin: { contents: from.map((file) => `export * from './${file}';`).join('\n'), resolveDir: repoRoot },
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
  });
  const require = createRequire(import.meta.url);
  delete require.cache[outfile];
  return require(outfile);
}

if (isMain(import.meta.url)) {
  await ensureInstalled();
  writeFileSync(referenceDoc, await referencePage());
}
