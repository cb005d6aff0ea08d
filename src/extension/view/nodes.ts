/** The items of the view: what each is, and how it looks and sounds. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Heading, itemKey, type OverviewItem, type Section } from '../../core/arrangement';
import { oneLine } from '../../core/display';
import type { StoreProblem } from '../../store/problem';
import { COMMANDS, CONTEXT_VALUES } from '../contributions';
import { isOfServer } from '../postgres/serverProblem';
import { explainProblem } from '../problemWording';
import { type DriftChild, type DriftSectionNode, driftItem, driftMoreItem, driftSectionItem } from './driftItems';
import { activeItem, expiredItem } from './reservationItems';

export type SectionNode = { readonly kind: 'section' } & Section;
export type ItemNode = OverviewItem;
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
export function asOld(item: vscode.TreeItem): vscode.TreeItem {
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

function stateName(state: 'active' | 'expired'): string {
  switch (state) {
    case 'active':
      return vscode.l10n.t('Active');
    case 'expired':
      return vscode.l10n.t('Expired');
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
