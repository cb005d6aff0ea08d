import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  COLORS,
  COMMANDS,
  CONFIGURATION,
  CONTEXT_KEYS,
  CONTEXT_VALUES,
  MCP_PROVIDER,
  MESSAGES_VIEW_ID,
  VIEW_ID,
  WALKTHROUGH,
} from '../../src/extension/contributions';
import { SERVER_TROUBLES } from '../../src/extension/postgres/serverProblem';
import { PROBLEM_KINDS, type ProblemKind } from '../../src/store/problem';
import { repoRoot } from '../support/paths';
import { extension } from './support';

type MenuItem = ({ readonly command: string } | { readonly submenu: string }) & { readonly when?: string };

interface Step {
  readonly id: string;
  readonly description: string;
  readonly media: { readonly svg: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}

interface Walkthrough {
  readonly id: string;
  readonly steps: readonly Step[];
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly contents: string; readonly when: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly walkthroughs: readonly Walkthrough[];
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
      [VIEW_ID, MESSAGES_VIEW_ID],
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
    const knownKeys: readonly string[] = [...Object.values(CONTEXT_KEYS), MESSAGES_VIEW_ID];
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
      'MISSING_FILE',
      'PUT_ASIDE',
      'FOREIGN_REWRITE',
    ];
    const unreadable = PROBLEM_KINDS.filter((kind) => !notOfReading.includes(kind));
    const troubles = SERVER_TROUBLES.map((trouble) => `SERVER_${trouble}`);
    assert.deepEqual(told.sort(), [...unreadable, ...troubles].sort());
  });

  it('name the same walkthrough, with steps that what there is can complete', () => {
    const { walkthroughs } = manifest.contributes;
    assert.deepEqual(
      walkthroughs.map(({ id }) => `agent-reservations.agent-reservations#${id}`),
      [WALKTHROUGH],
    );
    const steps = walkthroughs.flatMap((one) => one.steps);
    assert.equal(steps.length, 4);
    const known: readonly string[] = [
      ...Object.values(COMMANDS).map((command) => `onCommand:${command}`),
      ...Object.values(CONTEXT_KEYS).map((key) => `onContext:${key}`),
    ];
    for (const { id, description, media, completionEvents } of steps) {
      assert.ok(completionEvents.length > 0, id);
      assert.deepEqual(
        completionEvents.filter((event) => !known.includes(event)),
        [],
      );
      const links = [...description.matchAll(/\]\(([^)]*)\)/g)].map(([, link = '']) => link);
      const commands: readonly string[] = [...Object.values(COMMANDS), `${VIEW_ID}.focus`];
      assert.ok(links.length > 0, id);
      assert.deepEqual(
        links.filter((link) => !commands.includes(link.replace(/^command:/, ''))),
        [],
      );
      assert.ok(media.altText, id);
      const picture = readFileSync(join(repoRoot, media.svg), 'utf8');
      assert.match(picture, /var\(--vscode-/);
      // Nothing that runs, nothing from elsewhere, and no style sheet, which VS Code takes out.
      assert.doesNotMatch(
        picture,
        /<script|<style|\bstyle=|\bclass=|<foreignObject|\bon\w+=|href|url\(|https?:(?!\/\/www\.w3\.org)/,
      );
    }
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
      `${CONFIGURATION}.messageNotifications`,
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
