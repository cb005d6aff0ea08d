/** What the tests inside VS Code have in common: the extension, its store, and waiting for what it shows. */

import { strict as assert } from 'node:assert';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { Envelope } from '../../src/core/envelope';
import type { Internals, TestedApi } from '../../src/extension/extension';
import { findGit } from '../../src/extension/git';
import type { GroupNode, MessagesNode } from '../../src/extension/messages/messageItems';
import type { Node } from '../../src/extension/view/nodes';
import { eventually, PATIENCE_MS } from '../support/patience';

export { eventually } from '../support/patience';

export const STORE = join(homedir(), '.beadboard', 'agent');
export const ACTIVE = join(STORE, 'reservations', 'active.json');

export interface Tested {
  readonly api: TestedApi;
  readonly internals: Internals;
}

export async function extension(): Promise<Tested> {
  const found = vscode.extensions.getExtension<TestedApi>('agent-reservations.agent-reservations');
  assert.ok(found, 'the extension is installed');
  const api = await found.activate();
  assert.ok(api.internals, 'the extension knows that it is under test');
  return { api, internals: api.internals };
}

/**
 * Starts a test from nothing: no store, no agent but those, nothing of the last test on the screen.
 *
 * @param agents are registered, and the person acts as the first of them
 */
export async function startAnew(tested: Tested, ...agents: readonly string[]): Promise<void> {
  const { internals } = tested;
  if (agents.length === 0) {
    await setting('agent', undefined);
  }
  await setting('storePath', undefined);
  await setting('postgres.url', undefined);
  await setting('namespace', undefined);
  await setting('expiredHours', undefined);
  await run('filterAll');
  await run('groupByState');
  await rm(STORE, { recursive: true, force: true });
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await internals.live.refresh();
  if (agents.length > 0) {
    await actAs(tested, ...agents);
  }
}

export async function setting(name: string, value: unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('agentReservations');
  // VS Code saves its settings file even if nothing in it changes, which takes a tenth of a second.
  if (!isDeepStrictEqual(configuration.inspect(name)?.globalValue, value)) {
    await configuration.update(name, value, vscode.ConfigurationTarget.Global);
  }
}

/** Registers the agents and lets the person act as the first of them. */
export async function actAs({ api, internals }: Tested, ...agents: readonly string[]): Promise<void> {
  for (const name of agents) {
    succeeded(await api.register({ name, role: 'test' }));
  }
  await setting('agent', agents[0]);
  await until(internals, 'the agent is chosen', () => internals.view.tree.description?.includes(agents[0] ?? ''));
}

export function succeeded<T>(envelope: Envelope<T>): T {
  assert.ok(envelope.ok, envelope.error?.message);
  return envelope.data;
}

export function run<T>(command: string, ...args: readonly unknown[]): Thenable<T> {
  return vscode.commands.executeCommand<T>(`agentReservations.${command}`, ...args);
}

/** Waits for what the extension shows by itself: nothing here asks it to look. */
export async function until(
  { live }: Internals,
  what: string,
  isSo: () => boolean | undefined,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  if (isSo()) {
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const disposables: vscode.Disposable[] = [];
    const finish = (settle: () => void) => {
      vscode.Disposable.from(...disposables).dispose();
      clearTimeout(timer);
      settle();
    };
    const timer = setTimeout(() => finish(() => reject(new Error(`Waited in vain until ${what}.`))), timeoutMs);
    disposables.push(
      live.onDidChange(() => {
        // The view and the status bar listen too, and may be told after us.
        setImmediate(() => isSo() && finish(resolve));
      }),
    );
  });
}

export interface Shown {
  readonly label: string;
  readonly description: string;
  readonly context: string;
  readonly node: Node;
  readonly item: vscode.TreeItem;
}

/** One section of the tree, read through the provider as VS Code reads it. */
export function shown({ view }: Internals, section: 'active' | 'expired'): readonly Shown[] {
  const root = view.getChildren().find((node) => node.kind === 'section' && node.key === section);
  return root ? view.getChildren(root).map((node) => look(view, node)) : [];
}

/** One group of the Messages view, with the threads that are open in it. */
export function threads({ messages }: Internals, group: GroupNode['group']): readonly ShownMessage[] {
  const root = messages.getChildren().find((node) => node.kind === 'group' && node.group === group);
  return root ? messages.getChildren(root).map((node) => lookAt(messages, node)) : [];
}

export interface ShownMessage extends Omit<Shown, 'node'> {
  readonly node: MessagesNode;
}

function lookAt(messages: Internals['messages'], node: MessagesNode): ShownMessage {
  const item = messages.getTreeItem(node);
  const [label, description, context] = [item.label, item.description, item.contextValue].map(String) as [
    string,
    string,
    string,
  ];
  return { label, description, context, node, item };
}

/** The subjects of what waits for an acknowledgement, whoever's. */
export function waiting({ live }: Internals): readonly string[] {
  return live.overview.messages.map(({ message }) => message.subject);
}

/** Waits for what the Messages view shows by itself, as if somebody saw it. */
export async function untilThreads({ messages }: Internals, what: string, isSo: () => boolean): Promise<void> {
  await messages.letters.want(true);
  await eventually(what, isSo);
}

export function labels(internals: Internals, section: 'active' | 'expired'): readonly string[] {
  return shown(internals, section).map(({ label }) => label);
}

function look(view: Internals['view'], node: Node): Shown {
  const item = view.getTreeItem(node);
  return {
    label: String(item.label),
    description: String(item.description),
    context: String(item.contextValue),
    node,
    item,
  };
}

/** Writes a file of the store in place, as an editor or another program would. */
export async function writeInStore(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** An entry of active.json, as another agent would have made it. */
export function entry(scope: string, agent: string, endsInMs: number): Record<string, unknown> {
  const now = Date.now();
  return {
    reservation_id: `res_20260101_000000_${Math.abs(hash(scope + agent))}`,
    scope,
    agent_id: agent,
    bead_id: 'bd-1',
    state: 'active',
    created_at: new Date(now - 3_600_000).toISOString(),
    expires_at: new Date(now + endsInMs).toISOString(),
    released_at: null,
  };
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) | 0, 7);
}

const SHOW = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;

export interface Notification {
  readonly text: string;
  readonly actions: readonly string[];
  readonly modal: boolean;
  readonly detail: string;
}

/**
 * Takes the place of VS Code's notifications while `work` runs: each is kept, and answered with the action that `choose`
 * names, or not at all.
 */
export async function withNotifications<T>(
  work: (seen: readonly Notification[]) => Thenable<T>,
  choose: (notification: Notification) => string | undefined = () => undefined,
): Promise<T> {
  const seen: Notification[] = [];
  const window = vscode.window as unknown as Record<(typeof SHOW)[number], unknown>;
  const real = SHOW.map((name) => window[name]);
  const show = (text: string, ...rest: readonly (string | vscode.MessageOptions)[]) => {
    const options = rest.find((one) => typeof one === 'object');
    const actions = rest.filter((one) => typeof one === 'string');
    const notification = { text, actions, modal: options?.modal ?? false, detail: options?.detail ?? '' };
    seen.push(notification);
    return Promise.resolve(choose(notification));
  };
  for (const name of SHOW) {
    window[name] = show;
  }
  try {
    return await work(seen);
  } finally {
    for (const [index, name] of SHOW.entries()) {
      window[name] = real[index];
    }
  }
}

/** Takes the place of VS Code's input box while `work` runs: each question is kept, and answered in turn, or given up. */
export async function withInputs<T>(
  answers: readonly string[],
  work: (asked: readonly vscode.InputBoxOptions[]) => Promise<T>,
): Promise<T> {
  const asked: vscode.InputBoxOptions[] = [];
  const window = vscode.window as unknown as { showInputBox: unknown };
  const real = window.showInputBox;
  window.showInputBox = (options: vscode.InputBoxOptions) => {
    asked.push(options);
    return Promise.resolve(answers[asked.length - 1]);
  };
  try {
    return await work(asked);
  } finally {
    window.showInputBox = real;
  }
}

/** Presses Enter in every question that comes up, until the work that asks them is over. */
export async function pressingEnter<T>(work: Thenable<T>): Promise<T> {
  let isOver = false;
  const over = Promise.resolve(work).finally(() => {
    isOver = true;
  });
  over.catch(() => undefined);
  while (!isOver) {
    await sleep(50);
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  }
  return await over;
}

/** The folder of the workspace that is open. */
export function theFolder(): vscode.WorkspaceFolder {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  return folder;
}

/** A file or folder of it. */
export function inWorkspace(path: string): vscode.Uri {
  return vscode.Uri.joinPath(theFolder().uri, path);
}

/** Turns VS Code's Git extension off, or back to how it was. */
export async function enableGit(value: false | undefined): Promise<void> {
  await vscode.workspace.getConfiguration('git').update('enabled', value, vscode.ConfigurationTarget.Global);
}

/** Makes the workspace no repository any more, while Git is off: it may not bear that in the middle of something. */
export async function removeRepository(): Promise<void> {
  const git = await findGit();
  await enableGit(false);
  try {
    await eventually('no repository is open', () => git?.repositories.length === 0);
    await rm(inWorkspace('.git').fsPath, { recursive: true, force: true, maxRetries: 3 });
  } finally {
    await enableGit(undefined);
  }
}
