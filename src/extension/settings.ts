import { homedir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import { isAgentId } from '../core/agent';
import { DEFAULT_TTL_MINUTES, isTtl } from '../core/reservation';
import { defaultRoot } from '../store/files/paths';
import { CONFIGURATION } from './contributions';
import { demo, setDemo } from './demo/state';

const DEFAULT_EXPIRED_HOURS = 24;

/** What they are, while it is followed how they change: VS Code puts them together anew each time that they are asked for. */
let followed: { settings?: vscode.WorkspaceConfiguration | undefined } | undefined;

/** From now on the settings are put together once for each change. To be called before anything else listens for changes. */
export function followSettings(): vscode.Disposable {
  followed = {};
  const listening = vscode.workspace.onDidChangeConfiguration(() => {
    followed = {};
  });
  return new vscode.Disposable(() => {
    listening.dispose();
    followed = undefined;
  });
}

function read<T>(name: string, fallback: T): T {
  const settings = followed?.settings ?? vscode.workspace.getConfiguration(CONFIGURATION);
  if (followed) {
    followed.settings = settings;
  }
  return settings.get<T>(name, fallback);
}

/** Trimmed; empty where it is no text, which VS Code passes on as it stands in a file of settings. */
function readText(name: string): string {
  const value = read<unknown>(name, '');
  return typeof value === 'string' ? value.trim() : '';
}

/** The folder of the store that this window shows: the demo's, the setting's, or beadboard's. */
export function storeRoot(): string {
  return demo()?.store ?? personsStoreRoot();
}

/** The same for programs that are started from here: the demo is of this window alone. */
export function personsStoreRoot(): string {
  return configuredStore() ?? defaultRoot();
}

/** The folder that the setting names, if it names one; `~` and relative paths start at the home folder. */
export function configuredStore(): string | undefined {
  const path = readText('storePath');
  // No path has a null character in it: the system takes none such, and there is nothing that it could mean.
  if (!path || path.includes('\0')) {
    return undefined;
  }
  return isAbsolute(path) ? path : resolve(homedir(), path.replace(/^~[\\/]?/, ''));
}

/** The URL of the server that this window's store is on; empty where it is in files. It may hold a password, not to be used. */
export function postgresUrl(): string {
  return demo() ? '' : personsPostgresUrl();
}

/** The same for programs that are started from here. */
export function personsPostgresUrl(): string {
  return readText('postgres.url');
}

/** Whose reservations on the server; empty where nobody says. */
export function configuredNamespace(): string {
  return readText('namespace');
}

/** The agent that the person acts as in this window: the demo's, the setting, else BB_AGENT, else not known yet. */
export function configuredAgent(): string | undefined {
  return demo()?.agent ?? personsAgent();
}

/** The same for programs that are started from here. */
export function personsAgent(): string | undefined {
  return [readText('agent'), (process.env['BB_AGENT'] ?? '').trim()].find(isAgentId);
}

export async function savePostgresUrl(url: string): Promise<void> {
  await vscode.workspace.getConfiguration(CONFIGURATION).update('postgres.url', url, vscode.ConfigurationTarget.Global);
}

export async function saveAgent(id: string): Promise<void> {
  const current = demo();
  if (current) {
    setDemo({ ...current, agent: id });
    return;
  }
  await save('agent', id, vscode.workspace.isTrusted);
}

/** For this person, wherever they work; but where this workspace has its own, which counts for more, there. */
async function save(name: string, value: unknown, heedsWorkspace = true): Promise<void> {
  const settings = vscode.workspace.getConfiguration(CONFIGURATION);
  const isOfWorkspace = heedsWorkspace && settings.inspect(name)?.workspaceValue !== undefined;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  await settings.update(name, value, isOfWorkspace ? Workspace : Global);
}

/** Minutes; what is no TTL counts as not set. */
export function defaultTtl(): number {
  const ttl = read<unknown>('defaultTtlMinutes', DEFAULT_TTL_MINUTES);
  return isTtl(ttl) ? ttl : DEFAULT_TTL_MINUTES;
}

export function expiredHours(): number {
  const hours = read<unknown>('expiredHours', DEFAULT_EXPIRED_HOURS);
  return typeof hours === 'number' && hours >= 0 ? hours : DEFAULT_EXPIRED_HOURS;
}

export function autoRenew(): boolean {
  return read<unknown>('autoRenew', true) !== false;
}

export function showsBadges(): boolean {
  return read<unknown>('badges', true) !== false;
}

export function notifiesOfMessages(): boolean {
  return read<unknown>('messageNotifications', true) !== false;
}

export function stopNotifyingOfMessages(): Promise<void> {
  return save('messageNotifications', false);
}

export function offersTerminalCommand(): boolean {
  return read<unknown>('terminalCommand', true) !== false;
}

/** Whether who is started in a terminal acts as the person. */
export function sharesIdentity(): boolean {
  return read<unknown>('terminalIdentity', false) === true;
}

export const CONFLICT_MODES = ['off', 'badge', 'warn', 'readonly'] as const;

/** What happens where the person is about to change what another holds. */
export type ConflictMode = (typeof CONFLICT_MODES)[number];

export function conflictMode(): ConflictMode {
  const mode = read<unknown>('onConflict', 'warn');
  return CONFLICT_MODES.find((one) => one === mode) ?? 'warn';
}

export const CHAT_TOOLS = ['tools', 'mcp', 'off'] as const;

/** By which way the language models of this window are offered the tools: never by two. */
export function chatTools(): (typeof CHAT_TOOLS)[number] {
  const way = read<unknown>('chatTools', 'tools');
  return CHAT_TOOLS.find((one) => one === way) ?? 'tools';
}
