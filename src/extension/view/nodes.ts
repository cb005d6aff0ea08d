/** The items of the view: what each is, and how it looks and sounds. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Heading, itemKey, type OverviewItem, type Section } from '../../core/arrangement';
import { oneLine } from '../../core/display';
import type { StoreProblem } from '../../store/problem';
import { COMMANDS, CONTEXT_VALUES } from '../contributions';
import { isOfServer } from '../postgres/serverProblem';
import { categoryName, explainProblem, localTime } from '../wording';
import { type DriftChild, type DriftSectionNode, driftItem, driftMoreItem, driftSectionItem } from './driftItems';
import { activeItem, expiredItem, fields } from './reservationItems';

export type SectionNode = { readonly kind: 'section' } & Section;
export type ItemNode = OverviewItem;
export type MessageNode = Extract<OverviewItem, { kind: 'message' }>;
/** Something to mend in a store that can be read all the same. */
export interface ProblemNode {
  readonly kind: 'problem';
  readonly problem: StoreProblem;
}
/** Items of a section that are not listed. */
export interface MoreNode {
  readonly kind: 'more';
  /** The key of the section. */
  readonly section: string;
  readonly count: number;
}
export type Node = ProblemNode | SectionNode | ItemNode | MoreNode | DriftSectionNode | DriftChild;

/** The section that a node stands in. */
export function parentOf(
  node: Node,
  sections: readonly SectionNode[],
  drift: DriftSectionNode | undefined,
): SectionNode | DriftSectionNode | undefined {
  switch (node.kind) {
    case 'problem':
    case 'section':
    case 'driftSection':
      return undefined;
    case 'drift':
    case 'driftMore':
      return drift;
    case 'more':
      return sections.find(({ key }) => key === node.section);
    default: {
      const key = itemKey(node);
      return sections.find(({ items }) => items.some((item) => itemKey(item) === key));
    }
  }
}

/** `isOld`: it is what was read last, from a server that cannot be reached. */
export function toTreeItem(node: Node, now: Date, isOld = false): vscode.TreeItem {
  const item = itemOf(node, now);
  return isOld ? asOld(item) : item;
}

/** Grey, and in words for who does not see it. */
function asOld(item: vscode.TreeItem): vscode.TreeItem {
  if (item.iconPath instanceof vscode.ThemeIcon) {
    item.iconPath = new vscode.ThemeIcon(item.iconPath.id, new vscode.ThemeColor('disabledForeground'));
  }
  const label = item.accessibilityInformation?.label ?? String(item.label);
  item.accessibilityInformation = { label: vscode.l10n.t('{0}, last known state', label) };
  return item;
}

function itemOf(node: Node, now: Date): vscode.TreeItem {
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
    case 'more':
      return moreItem(node);
    case 'driftSection':
      return driftSectionItem(node);
    case 'drift':
      return driftItem(node, now);
    case 'driftMore':
      return driftMoreItem(node);
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
  const isFile = !isOfServer(problem);
  item.description = isEntry ? (isFile ? basename(problem.path) : '') : vscode.l10n.t('last good copy shown');
  item.id = `problem:${problem.kind}:${problem.facts['entry'] ?? ''}`;
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = CONTEXT_VALUES.problem;
  item.tooltip = text;
  item.accessibilityInformation = { label: text };
  if (isFile) {
    item.command = {
      command: 'vscode.open',
      title: vscode.l10n.t('Open the File'),
      arguments: [vscode.Uri.file(problem.path)],
    };
  }
  return item;
}

function moreItem({ section, count }: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('and {0} more', count.toLocaleString(vscode.env.language)));
  item.id = `more:${section}`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = CONTEXT_VALUES.more;
  item.tooltip = vscode.l10n.t('Click to list more of them.');
  item.command = { command: COMMANDS.showMore, title: vscode.l10n.t('Show More'), arguments: [{ section }] };
  item.accessibilityInformation = { label: vscode.l10n.t('{0} more that are not listed; open to list more', count) };
  return item;
}

function sectionItem({ key, heading, items: { length: count } }: SectionNode): vscode.TreeItem {
  const label = sectionName(heading);
  const item = new vscode.TreeItem(
    label,
    count > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
  );
  // An empty section is another item: VS Code keeps one that could not be opened closed when it is filled.
  item.id = count > 0 ? `section:${key}` : `section:${key}:empty`;
  item.description = String(count);
  item.contextValue = CONTEXT_VALUES.section;
  item.accessibilityInformation = { label: spokenSection(heading, label, count) };
  return item;
}

function sectionName(heading: Heading): string {
  switch (heading.by) {
    case 'holder':
      return heading.mine ? vscode.l10n.t('{0} (you)', oneLine(heading.agent)) : oneLine(heading.agent);
    case 'bead':
      return oneLine(heading.bead) || vscode.l10n.t('(no bead)');
    case 'state':
      return stateName(heading.state);
  }
}

function stateName(state: 'active' | 'expired' | 'messages'): string {
  switch (state) {
    case 'active':
      return vscode.l10n.t('Active');
    case 'expired':
      return vscode.l10n.t('Expired');
    case 'messages':
      return vscode.l10n.t('Messages to Acknowledge');
  }
}

/** A bare name says nothing to who does not see where it stands. */
function spokenSection({ by }: Heading, label: string, count: number): string {
  switch (by) {
    case 'holder':
      return vscode.l10n.t('Holder {0}: {1}', label, count);
    case 'bead':
      return vscode.l10n.t('Bead {0}: {1}', label, count);
    case 'state':
      return vscode.l10n.t('{0}: {1}', label, count);
  }
}

function messageItem(node: MessageNode): vscode.TreeItem {
  const { message, mine } = node;
  const subject = oneLine(message.subject) || vscode.l10n.t('(no subject)');
  const category = categoryName(message.category);
  const from = oneLine(message.from_agent);
  const to = mine ? vscode.l10n.t('you') : oneLine(message.to_agent);
  const item = new vscode.TreeItem(subject);
  item.id = itemKey(node);
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
  item.command = { command: COMMANDS.openMessage, title: vscode.l10n.t('Open Message'), arguments: [onlyId(message)] };
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0} from {1} to {2}, waits for an acknowledgement: {3}', category, from, to, subject),
  };
  return item;
}

/** Only the id: the message is read again when it is opened. */
function onlyId(message: { readonly message_id: string }): { readonly message: string } {
  return { message: message.message_id };
}
