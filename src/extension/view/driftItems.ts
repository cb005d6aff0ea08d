/** The section of drift: how it and what is in it looks and sounds. */

import { posix } from 'node:path';
import * as vscode from 'vscode';
import { oneLine } from '../../core/display';
import { COMMANDS, CONTEXT_VALUES } from '../contributions';
import type { Drift, DriftFile } from '../drift';
import { holdingLine, inSentence } from '../wording';

export interface DriftNode extends DriftFile {
  readonly kind: 'drift';
  /** Of its worktree, where there are several. */
  readonly worktree: string;
}
/** There are more than are listed. */
export interface DriftMoreNode {
  readonly kind: 'driftMore';
  readonly count: number;
}
export interface DriftSectionNode {
  readonly kind: 'driftSection';
  readonly files: readonly DriftNode[];
  readonly total: number;
  readonly free: number;
}
export type DriftChild = DriftNode | DriftMoreNode;

/** Undefined where there is no drift. */
export function driftSection(drift: Drift): DriftSectionNode | undefined {
  const { listed, total, free } = drift.found;
  const files = listed.map((one) => ({ kind: 'drift' as const, ...one, worktree: drift.nameOf(one.file.place) }));
  return total > 0 ? { kind: 'driftSection', files, total, free: free.length } : undefined;
}

export function driftChildren({ files, total }: DriftSectionNode): readonly DriftChild[] {
  const more = total - files.length;
  return [...files, ...(more > 0 ? [{ kind: 'driftMore' as const, count: more }] : [])];
}

export function driftSectionItem({ total, free }: DriftSectionNode): vscode.TreeItem {
  const label = vscode.l10n.t('Changed but Not Yours');
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = 'section:drift';
  item.description = String(total);
  item.contextValue = free > 0 ? CONTEXT_VALUES.driftSectionFree : CONTEXT_VALUES.driftSection;
  item.tooltip = vscode.l10n.t(
    'Files with uncommitted changes that another holds, or that nobody holds while you hold others of the project. Git does not say who changed them.',
  );
  item.accessibilityInformation = { label: vscode.l10n.t('{0}: {1}', label, total) };
  return item;
}

export function driftItem({ file, held, worktree }: DriftNode, now: Date): vscode.TreeItem {
  const name = oneLine(posix.basename(file.path));
  const folder = oneLine(posix.join(worktree, posix.dirname(file.path)));
  const holders = inSentence([...new Set(held.map(({ reservation: { agent_id } }) => oneLine(agent_id)))]);
  const item = new vscode.TreeItem(name);
  item.id = `drift:${file.uri}`;
  item.description = [folder === '.' ? '' : folder, holders || vscode.l10n.t('nobody')].filter(Boolean).join(' · ');
  item.resourceUri = file.uri;
  item.iconPath = vscode.ThemeIcon.File;
  item.contextValue = held.length > 0 ? CONTEXT_VALUES.driftHeld : CONTEXT_VALUES.driftFree;
  // VS Code goes on with what badges say in words.
  item.tooltip = [
    oneLine(file.uri.fsPath),
    ...(holders
      ? held.map((one) => holdingLine(one, now))
      : [vscode.l10n.t('Held by nobody, while you hold others of this project')]),
  ].join('\n');
  item.command = { command: COMMANDS.openDrift, title: vscode.l10n.t('Open Changes'), arguments: [{ file }] };
  const path = oneLine(posix.join(worktree, file.path));
  item.accessibilityInformation = {
    label: holders
      ? vscode.l10n.t('{0}, changed, held by {1}', path, holders)
      : vscode.l10n.t('{0}, changed, held by nobody', path),
  };
  return item;
}

export function driftMoreItem({ count }: DriftMoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('and {0} more', count.toLocaleString(vscode.env.language)));
  item.id = 'drift:more';
  item.contextValue = CONTEXT_VALUES.more;
  item.tooltip = vscode.l10n.t('Source Control lists all that is changed.');
  item.command = { command: 'workbench.view.scm', title: vscode.l10n.t('Open Source Control') };
  item.accessibilityInformation = { label: vscode.l10n.t('{0} more changed files that are not listed', count) };
  return item;
}
