/** The items of the view: what each is, and how it looks and sounds. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { oneLine, plainLines } from '../../core/display';
import type { ActiveItem, ExpiredItem, MessageItem, Overview } from '../../core/overview';
import type { Reservation } from '../../core/reservation';
import type { StoreProblem } from '../../store/problem';
import { COMMANDS, CONTEXT_VALUES } from '../contributions';
import { categoryName, explainProblem, localTime, timeSince, timeUntil } from '../wording';

export type SectionKey = 'active' | 'expired' | 'messages';

export interface SectionNode {
  readonly kind: 'section';
  readonly key: SectionKey;
  readonly count: number;
}

export type ActiveNode = { readonly kind: 'active' } & ActiveItem;
export type ExpiredNode = { readonly kind: 'expired' } & ExpiredItem;
export type MessageNode = { readonly kind: 'message' } & MessageItem;
/** Something to mend in a store that can be read all the same. */
export interface ProblemNode {
  readonly kind: 'problem';
  readonly problem: StoreProblem;
}
export type Node = ProblemNode | SectionNode | ActiveNode | ExpiredNode | MessageNode;

const SECTION_OF = { active: 'active', expired: 'expired', message: 'messages' } as const;

export function sections(overview: Overview): readonly SectionNode[] {
  return [
    { kind: 'section', key: 'active', count: overview.active.length },
    { kind: 'section', key: 'expired', count: overview.expired.length },
    { kind: 'section', key: 'messages', count: overview.messages.length },
  ];
}

export function childrenOf(section: SectionNode, overview: Overview): readonly Node[] {
  switch (section.key) {
    case 'active':
      return overview.active.map((item) => ({ kind: 'active', ...item }));
    case 'expired':
      return overview.expired.map((item) => ({ kind: 'expired', ...item }));
    case 'messages':
      return overview.messages.map((item) => ({ kind: 'message', ...item }));
  }
}

export function parentOf(node: Node, overview: Overview): SectionNode | undefined {
  return node.kind === 'section' || node.kind === 'problem'
    ? undefined
    : sections(overview).find((section) => section.key === SECTION_OF[node.kind]);
}

export function toTreeItem(node: Node, now: Date): vscode.TreeItem {
  switch (node.kind) {
    case 'problem':
      return problemItem(node);
    case 'section':
      return sectionItem(node);
    case 'active':
      return activeItem(node, now);
    case 'expired':
      return expiredItem(node, now);
    case 'message':
      return messageItem(node);
  }
}

function problemItem({ problem }: ProblemNode): vscode.TreeItem {
  const text = explainProblem(problem);
  const isEntry = problem.kind === 'BAD_ENTRY';
  const item = new vscode.TreeItem(
    isEntry
      ? vscode.l10n.t('Entry {0} cannot be read', String(problem.facts['entry']))
      : vscode.l10n.t('{0} cannot be read', basename(problem.path)),
  );
  item.description = isEntry ? basename(problem.path) : vscode.l10n.t('last good copy shown');
  item.id = `problem:${problem.kind}:${problem.facts['entry'] ?? ''}`;
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = CONTEXT_VALUES.problem;
  item.tooltip = text;
  item.accessibilityInformation = { label: text };
  item.command = {
    command: 'vscode.open',
    title: vscode.l10n.t('Open the File'),
    arguments: [vscode.Uri.file(problem.path)],
  };
  return item;
}

function sectionItem({ key, count }: SectionNode): vscode.TreeItem {
  const label = sectionName(key);
  const item = new vscode.TreeItem(
    label,
    count > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
  );
  // An empty section is another item: VS Code keeps one that could not be opened closed when it is filled.
  item.id = count > 0 ? `section:${key}` : `section:${key}:empty`;
  item.description = String(count);
  item.contextValue = CONTEXT_VALUES.section;
  item.accessibilityInformation = { label: vscode.l10n.t('{0}: {1}', label, count) };
  return item;
}

function sectionName(key: SectionKey): string {
  switch (key) {
    case 'active':
      return vscode.l10n.t('Active');
    case 'expired':
      return vscode.l10n.t('Expired');
    case 'messages':
      return vscode.l10n.t('Messages to Acknowledge');
  }
}

function activeItem({ reservation, mine, endsSoon }: ActiveNode, now: Date): vscode.TreeItem {
  const scope = oneLine(reservation.scope);
  const holder = mine ? vscode.l10n.t('you') : oneLine(reservation.agent_id);
  const bead = oneLine(reservation.bead_id);
  const left = timeUntil(reservation.expires_at, now);
  const item = new vscode.TreeItem(scope);
  item.id = `active:${reservation.reservation_id}`;
  item.description = `${holder} · ${bead} · ${left}`;
  item.iconPath = activeIcon(mine, endsSoon);
  item.contextValue = mine ? CONTEXT_VALUES.mine : CONTEXT_VALUES.theirs;
  item.tooltip = reservationTooltip(reservation, vscode.l10n.t('{0} left', left));
  item.accessibilityInformation = {
    label: mine
      ? vscode.l10n.t('{0}, held by you for {1}, {2} left', scope, bead, left)
      : vscode.l10n.t('{0}, held by {1} for {2}, {3} left', scope, holder, bead, left),
  };
  return item;
}

/** Told apart by shape first; the colour only helps. */
function activeIcon(mine: boolean, endsSoon: boolean): vscode.ThemeIcon {
  if (endsSoon) {
    return new vscode.ThemeIcon('watch', new vscode.ThemeColor('list.warningForeground'));
  }
  return mine
    ? new vscode.ThemeIcon('key', new vscode.ThemeColor('charts.green'))
    : new vscode.ThemeIcon('lock', new vscode.ThemeColor('charts.blue'));
}

function expiredItem({ reservation, mine, canTakeOver }: ExpiredNode, now: Date): vscode.TreeItem {
  const scope = oneLine(reservation.scope);
  const holder = mine ? vscode.l10n.t('you') : oneLine(reservation.agent_id);
  const since = timeSince(reservation.expires_at, now);
  const item = new vscode.TreeItem(scope);
  item.id = `expired:${reservation.reservation_id}`;
  item.description = `${holder} · ${oneLine(reservation.bead_id)} · ${since}`;
  item.iconPath = new vscode.ThemeIcon('history', new vscode.ThemeColor('disabledForeground'));
  item.contextValue = canTakeOver ? CONTEXT_VALUES.expired : CONTEXT_VALUES.superseded;
  item.tooltip = reservationTooltip(reservation, since);
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0}, was held by {1}, ended {2}', scope, holder, since),
  };
  return item;
}

function messageItem({ message, mine }: MessageNode): vscode.TreeItem {
  const subject = oneLine(message.subject) || vscode.l10n.t('(no subject)');
  const category = categoryName(message.category);
  const from = oneLine(message.from_agent);
  const to = mine ? vscode.l10n.t('you') : oneLine(message.to_agent);
  const item = new vscode.TreeItem(subject);
  item.id = `message:${message.message_id}`;
  item.description = vscode.l10n.t('{0} · {1} to {2}', category, from, to);
  item.iconPath = new vscode.ThemeIcon(
    message.state === 'unread' ? 'mail' : 'mail-read',
    ...(mine ? [new vscode.ThemeColor('charts.yellow')] : []),
  );
  item.contextValue = mine ? CONTEXT_VALUES.messageToMe : CONTEXT_VALUES.messageToOther;
  item.tooltip = fields([
    [vscode.l10n.t('Subject'), subject],
    [vscode.l10n.t('Category'), category],
    [vscode.l10n.t('From'), from],
    [vscode.l10n.t('To'), oneLine(message.to_agent)],
    [vscode.l10n.t('Bead'), oneLine(message.bead_id)],
    [vscode.l10n.t('Thread'), oneLine(message.thread_id)],
    [vscode.l10n.t('Sent'), localTime(message.created_at)],
    [vscode.l10n.t('State'), message.state === 'unread' ? vscode.l10n.t('unread') : vscode.l10n.t('read')],
    [vscode.l10n.t('Id'), message.message_id],
  ]);
  item.command = { command: COMMANDS.openMessage, title: vscode.l10n.t('Open Message'), arguments: [node(message)] };
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0} from {1} to {2}, waits for an acknowledgement: {3}', category, from, to, subject),
  };
  return item;
}

/** Only the id: the message is read again when it is opened. */
function node(message: { readonly message_id: string }): { readonly message: string } {
  return { message: message.message_id };
}

function reservationTooltip(reservation: Reservation, time: string): string {
  return fields([
    [vscode.l10n.t('Scope'), oneLine(reservation.scope)],
    [vscode.l10n.t('Holder'), oneLine(reservation.agent_id)],
    [vscode.l10n.t('Bead'), oneLine(reservation.bead_id)],
    [vscode.l10n.t('Since'), localTime(reservation.created_at)],
    [vscode.l10n.t('Until'), `${localTime(reservation.expires_at)} (${time})`],
    [vscode.l10n.t('Id'), oneLine(reservation.reservation_id)],
  ]);
}

/** A plain string, never Markdown: agents wrote the values. */
function fields(rows: readonly (readonly [string, string])[]): string {
  return plainLines(rows.map(([name, value]) => `${name}: ${value}`).join('\n'));
}
