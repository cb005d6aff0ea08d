import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CallExpression, type Node, parse } from 'acorn';
import { ancestor } from 'acorn-walk';
import { transformSync } from 'esbuild';
import { repoRoot } from '../support/paths';

/** Names of products and of operations; English errors, which are for agents and are worded anew from their codes for people. */
const UNTRANSLATED = [
  'Agent Reservations',
  'Claude Code',
  'Codex',
  'Cursor',
  'agent guard',
  'agent send',
  'agent-reservations postgres migrate',
  'new agent',
  'section of drift',
  'The setting agentReservations.postgres.url holds a password, and is not used. Move it to the secret storage, or take it out.',
  'Nothing says whose reservations are meant: the first folder is of no repository with a remote. Set agentReservations.namespace.',
];

/** A tool's arguments as the model gave them, a cell of a table for machines, and the policy of a page. */
const JOINED_WITH_COMMAS = [
  'src/extension/languageModel/confirmation.ts',
  'src/extension/timeline/csv.ts',
  'src/extension/timeline/html.ts',
];

describe('the texts that people see', () => {
  it('come from the bundles alone: no literal of the extension bypasses them', () => {
    // What the agents of the demo write is English, like what agents write anywhere.
    const sources = sourcesOf('src/extension').filter((file) => !/\/demo\/(?:agentAtWork|scene)\.ts$/.test(file));
    const bypassing = sources.flatMap((file) =>
      visibleLiterals(readFileSync(join(repoRoot, file), 'utf8')).map((text) => `${file}: ${text}`),
    );
    const isKnown = (found: string) => UNTRANSLATED.some((text) => found.endsWith(`: ${text}`));
    assert.deepEqual(
      bypassing.filter((found) => !isKnown(found)),
      [],
    );
  });

  it('list names as the language does it, and not with a comma in the code', () => {
    const joining = sourcesOf('src/extension').filter((file) =>
      /\.join\('[,;] '\)/.test(readFileSync(join(repoRoot, file), 'utf8')),
    );
    assert.deepEqual(joining.sort(), JOINED_WITH_COMMAS);
  });

  it('would be found where they did bypass them', () => {
    const found = (source: string) => visibleLiterals(source);
    assert.deepEqual(found("vscode.window.showInformationMessage('It is done.');"), ['It is done.']);
    assert.deepEqual(found('item.tooltip = `Held by $' + '{who}`;'), ['Held by ']);
    assert.deepEqual(found("const a = { label: busy ? 'Busy' : vscode.l10n.t('Free') };"), ['Busy']);
    assert.deepEqual(found("vscode.l10n.t('All is well: {0}', name);"), []);
    assert.deepEqual(found('vscode.l10n.t(text);'), ['vscode.l10n.t of what is no literal']);
    assert.deepEqual(found("log.info('It was read again'); throw new Error('No such tool');"), []);
  });
});

function sourcesOf(folder: string): readonly string[] {
  const names = readdirSync(join(repoRoot, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

/** Literals that read like words for people, but for those in the log, in errors that say what a programmer did wrong, and in names. */
function visibleLiterals(source: string): readonly string[] {
  const { code } = transformSync(source, { loader: 'ts', format: 'esm' });
  const found: string[] = [];
  const look = (text: unknown, ancestors: readonly Node[]) => {
    if (typeof text === 'string' && isForPeople(text) && !isElsewhere(ancestors)) {
      found.push(text);
    }
  };
  ancestor(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), {
    Literal: ({ value }, _, ancestors) => look(value, ancestors),
    TemplateElement: ({ value }, _, ancestors) => look(value.cooked, ancestors),
    CallExpression: (call) => {
      const [text] = call.arguments;
      if (calleeOf(call) === 'vscode.l10n.t' && text?.type !== 'Literal') {
        found.push('vscode.l10n.t of what is no literal');
      }
    },
  });
  return found;
}

/** Two words, or one that begins as a sentence does. */
function isForPeople(text: string): boolean {
  return /\p{L}{2,}[,:]? \p{L}/u.test(text) || /^\p{Lu}\p{Ll}+\W*$/u.test(text) || /\p{L}{2,} $/u.test(text);
}

/** Not for people, whatever it reads like. */
function isElsewhere(ancestors: readonly Node[]): boolean {
  return ancestors.some((node) => {
    if (node.type === 'CallExpression') {
      return /^vscode\.l10n\.t$|\blog\.(trace|debug|info|warn|error)$|\.createRequire$/.test(
        calleeOf(node as CallExpression),
      );
    }
    return node.type === 'NewExpression' && /Error$/.test(calleeOf(node as CallExpression));
  });
}

function calleeOf({ callee }: Pick<CallExpression, 'callee'>): string {
  switch (callee.type) {
    case 'Identifier':
      return callee.name;
    case 'MemberExpression': {
      const { object, property } = callee;
      const of =
        object.type === 'ThisExpression' ? 'this' : object.type === 'Super' ? 'super' : calleeOf({ callee: object });
      return `${of}.${property.type === 'Identifier' ? property.name : ''}`;
    }
    default:
      return '';
  }
}
