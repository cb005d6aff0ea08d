import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import {
  COLORS,
  COMMANDS,
  CONFIGURATION,
  CONTEXT_KEYS,
  CONTEXT_VALUES,
  MCP_PROVIDER,
  VIEW_ID,
} from '../../src/extension/contributions';
import { SERVER_TROUBLES } from '../../src/extension/postgres/serverProblem';
import { PROBLEM_KINDS, type ProblemKind } from '../../src/store/problem';
import { extension } from './support';

type MenuItem = ({ readonly command: string } | { readonly submenu: string }) & { readonly when?: string };

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly contents: string; readonly when: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly colors: readonly { readonly id: string }[];
    readonly submenus: readonly { readonly id: string }[];
    readonly mcpServerDefinitionProviders: readonly { readonly id: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

describe('package.json and the code', () => {
  let manifest: Manifest;

  before(async () => {
    await extension();
    manifest = vscode.extensions.getExtension('agent-reservations.agent-reservations')?.packageJSON;
  });

  it('name the same commands, and VS Code knows each of them', async () => {
    const declared = manifest.contributes.commands.map(({ command }) => command).sort();
    assert.deepEqual(declared, Object.values(COMMANDS).sort());
    const registered = await vscode.commands.getCommands(true);
    assert.deepEqual(
      declared.filter((command) => !registered.includes(command)),
      [],
    );
  });

  it('use in menus only commands and submenus that are declared', () => {
    const known = new Set<string>([...Object.values(COMMANDS), ...manifest.contributes.submenus.map(({ id }) => id)]);
    const used = Object.values(manifest.contributes.menus).flatMap((items) =>
      items.map((item) => ('command' in item ? item.command : item.submenu)),
    );
    assert.ok(used.length > 0);
    assert.deepEqual(
      used.filter((id) => !known.has(id)),
      [],
    );
  });

  it('name the same view, context values and context keys', () => {
    assert.deepEqual(
      Object.values(manifest.contributes.views)
        .flat()
        .map(({ id }) => id),
      [VIEW_ID],
    );
    const whens = Object.values(manifest.contributes.menus)
      .flat()
      .map(({ when }) => when ?? '')
      .join(' ');
    const values = [...whens.matchAll(/viewItem == ([\w.]+)/g)].map(([, value]) => value);
    assert.ok(values.length > 0);
    const known: readonly string[] = Object.values(CONTEXT_VALUES);
    assert.deepEqual(
      values.filter((value) => !known.includes(value ?? '')),
      [],
    );
    const welcome = manifest.contributes.viewsWelcome.map(({ when }) => when).join(' ');
    const keys = [...`${whens} ${welcome}`.matchAll(/agentReservations\.\w+/g)].map(([key]) => key);
    const knownKeys: readonly string[] = Object.values(CONTEXT_KEYS);
    assert.deepEqual(
      keys.filter((key) => !knownKeys.includes(key)),
      [],
    );
  });

  it('have a welcome text for every problem that makes a store unreadable', () => {
    const told = manifest.contributes.viewsWelcome.flatMap(({ when }) =>
      [...when.matchAll(/problem == (\w+)/g)].map(([, kind]) => kind),
    );
    const notOfReading: readonly ProblemKind[] = [
      'STORE_LOCKED',
      'LOCK_LOST',
      'SYMBOLIC_LINK',
      'BAD_ENTRY',
      'PUT_ASIDE',
      'FOREIGN_REWRITE',
    ];
    const unreadable = PROBLEM_KINDS.filter((kind) => !notOfReading.includes(kind));
    const troubles = SERVER_TROUBLES.map((trouble) => `SERVER_${trouble}`);
    assert.deepEqual(told.sort(), [...unreadable, ...troubles].sort());
  });

  it('name the same colours', () => {
    assert.deepEqual(manifest.contributes.colors.map(({ id }) => id).sort(), Object.values(COLORS).sort());
  });

  it('have the settings that the code reads', () => {
    assert.deepEqual(Object.keys(manifest.contributes.configuration.properties).sort(), [
      `${CONFIGURATION}.agent`,
      `${CONFIGURATION}.autoRenew`,
      `${CONFIGURATION}.badges`,
      `${CONFIGURATION}.chatTools`,
      `${CONFIGURATION}.defaultTtlMinutes`,
      `${CONFIGURATION}.expiredHours`,
      `${CONFIGURATION}.namespace`,
      `${CONFIGURATION}.onConflict`,
      `${CONFIGURATION}.postgres.url`,
      `${CONFIGURATION}.storePath`,
      `${CONFIGURATION}.terminalCommand`,
      `${CONFIGURATION}.terminalIdentity`,
    ]);
  });

  it('name the same provider of MCP servers', () => {
    assert.deepEqual(
      manifest.contributes.mcpServerDefinitionProviders.map(({ id }) => id),
      [MCP_PROVIDER],
    );
  });

  it('have an English text for every %key%', () => {
    assert.doesNotMatch(JSON.stringify(manifest), /"%[\w.]+%"/);
  });
});
