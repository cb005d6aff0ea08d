/**
 * The demo store: a throw-away one that this window shows instead of the person's, with agents at work in it, in this process,
 * by the real operations. A bundle of its own, loaded when it is asked for. Nothing of the person's settings is changed, and
 * programs that are started from here (terminals, the MCP server, hooks) stay on the person's store.
 */

import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { MINUTE_MS } from '../../core/time';
import type { CommandContext } from '../commands/context';
import { setContext } from '../contextKeys';
import { COMMANDS, CONTEXT_KEYS, VIEW_ID } from '../contributions';
import { type Action, tell } from '../notify';
import { work } from './agentAtWork';
import { raise, type Scene, sceneOf, YOU } from './scene';
import { demo, setDemo } from './state';

/** As many files are looked at: a demo needs a dozen. */
const MOST_FILES = 300;
const NOT_THEIRS = '**/{node_modules,vendor,dist,out,build,target,.*}/**';
const NO_SCOPE = /[*?[\]{}\\]|(?:^|\/)\./;

/** What runs: to be ended, and waited for. */
let atWork: { readonly ending: AbortController; readonly over: Promise<unknown> } | undefined;

/** Answers whether the window shows the demo now. */
export async function tryDemo(context: CommandContext): Promise<boolean> {
  if (!demo()) {
    await start(context);
  }
  await vscode.commands.executeCommand(`${VIEW_ID}.focus`);
  return true;
}

export async function leaveDemo(context: CommandContext): Promise<boolean> {
  const current = demo();
  if (!current) {
    return false;
  }
  atWork?.ending.abort();
  await show(context, undefined);
  // What is under way would make the folder anew.
  await atWork?.over;
  atWork = undefined;
  await rm(current.store, { recursive: true, force: true, maxRetries: 5 });
  return true;
}

/** Removes the stores of windows that are no longer there. */
export async function removeLeft(storage: vscode.Uri): Promise<void> {
  const folder = folderIn(storage);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!isAlive(Number.parseInt(name, 10))) {
      await rm(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

async function start(context: CommandContext): Promise<void> {
  const store = join(folderIn(context.storageUri), `${process.pid}-${randomBytes(4).toString('hex')}`);
  const { openOperations } = await import('../operations');
  const open = (minutesAgo: number) =>
    openOperations(store, { clock: () => new Date(Date.now() - minutesAgo * MINUTE_MS) });
  const [place] = context.projects.places;
  const { root, ...at } = place ?? {};
  const scene = sceneOf(root ? await filesOf(root) : []);
  await mkdir(store, { recursive: true, mode: 0o700 });
  try {
    await raise(scene, at, open);
  } catch (error) {
    await rm(store, { recursive: true, force: true });
    throw error;
  }
  const ending = new AbortController();
  const operations = open(0);
  const agents = scene.roles.map((role) => work({ operations, role, place: at, signal: ending.signal }));
  atWork = { ending, over: Promise.allSettled(agents) };
  await show(context, store);
  welcome(scene, root);
}

async function show(context: CommandContext, store: string | undefined): Promise<void> {
  setDemo(store === undefined ? undefined : { store, agent: YOU });
  setContext(CONTEXT_KEYS.demo, store !== undefined);
  await context.live.reconfigure();
}

function welcome({ held }: Scene, root: vscode.Uri | undefined): void {
  const open: Action = {
    title: vscode.l10n.t('Open That File'),
    run: () => vscode.commands.executeCommand('vscode.open', vscode.Uri.joinPath(root ?? vscode.Uri.file('/'), held)),
  };
  tell(
    vscode.l10n.t(
      'This is the demo store: its agents are made up, and what you do in it touches no file and no setting of yours. {0} holds {1}: change that file to see what happens.',
      'claude-auth',
      held,
    ),
    [
      ...(root ? [open] : []),
      {
        title: vscode.l10n.t('Leave the Demo Store'),
        run: () => vscode.commands.executeCommand(COMMANDS.leaveDemo),
      },
    ],
  );
}

/** Some of what is in a folder, the one that the person looks at first: relative to it, as scopes are. */
async function filesOf(root: vscode.Uri): Promise<readonly string[]> {
  const found = await vscode.workspace.findFiles(new vscode.RelativePattern(root, '**/*'), NOT_THEIRS, MOST_FILES);
  const seen = vscode.window.activeTextEditor?.document.uri;
  const base = root.path.endsWith('/') ? root.path : `${root.path}/`;
  const paths = [...(seen ? [seen] : []), ...found]
    .filter(({ scheme, path }) => scheme === root.scheme && path.startsWith(base))
    .map(({ path }) => path.slice(base.length))
    .filter((path) => !NO_SCOPE.test(path));
  const [first, ...others] = new Set(paths);
  return first === undefined ? [] : [first, ...others.toSorted()];
}

function folderIn(storage: vscode.Uri): string {
  return join(storage.fsPath, 'demo');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
