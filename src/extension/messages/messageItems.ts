/** The items of the Messages view: what each is, and how it looks and sounds. Everything in them was written by agents. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { oneLine } from '../../core/display';
import { handedOver } from '../../core/handoff';
import { isUnackedRequired, type Message } from '../../core/message';
import type { Thread, ThreadGroup } from '../../core/threads';
import type { StoreProblem } from '../../store/problem';
import { COMMANDS, CONTEXT_VALUES } from '../contributions';
import { isOfServer } from '../postgres/serverProblem';
import { explainProblem } from '../problemWording';
import { fields } from '../view/reservationItems';
import { categoryName, inSentence, localTime } from '../wording';

export interface GroupNode {
  readonly kind: 'group';
  readonly group: ThreadGroup | 'unreadable';
  readonly count: number;
}
/** What is done with a thread is done with its foremost message. */
export interface ThreadNode {
  readonly kind: 'thread';
  readonly thread: Thread;
  readonly message: Message;
}
export interface LetterNode {
  readonly kind: 'letter';
  readonly message: Message;
}
export interface UnreadableNode {
  readonly kind: 'unreadable';
  readonly problem: StoreProblem;
}
export interface MoreThreadsNode {
  readonly kind: 'moreThreads';
  readonly count: number;
}
export type MessagesNode = GroupNode | ThreadNode | LetterNode | UnreadableNode | MoreThreadsNode;

export function messagesItem(node: MessagesNode, me: string | undefined): vscode.TreeItem {
  switch (node.kind) {
    case 'group':
      return groupItem(node);
    case 'thread':
      return node.thread.messages.length > 1 ? threadItem(node.thread, node.message, me) : soleItem(node, me);
    case 'letter':
      return letterItem(node.message, me);
    case 'unreadable':
      return unreadableItem(node);
    case 'moreThreads':
      return moreItem(node);
  }
}

function groupItem({ group, count }: GroupNode): vscode.TreeItem {
  const label = groupName(group);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `group:${group}`;
  item.description = String(count);
  item.contextValue = CONTEXT_VALUES.messageGroup;
  item.accessibilityInformation = { label: vscode.l10n.t('{0}: {1}', label, count) };
  return item;
}

function groupName(group: GroupNode['group']): string {
  switch (group) {
    case 'acknowledge':
      return vscode.l10n.t('To Acknowledge');
    case 'unread':
      return vscode.l10n.t('Unread');
    case 'recent':
      return vscode.l10n.t('Recent');
    case 'unreadable':
      return vscode.l10n.t('Cannot Be Read');
  }
}

function threadItem(thread: Thread, foremost: Message, me: string | undefined): vscode.TreeItem {
  const { latest, messages, unread, toAcknowledge, others } = thread;
  const subject = subjectOf(latest);
  const bead = oneLine(latest.bead_id);
  const who = oneLine(inSentence(others));
  const counts = inSentence([
    vscode.l10n.t('{0} messages', messages.length),
    ...(unread > 0 ? [vscode.l10n.t('{0} unread', unread)] : []),
    ...(toAcknowledge > 0 ? [vscode.l10n.t('{0} to acknowledge', toAcknowledge)] : []),
  ]);
  const item = new vscode.TreeItem(subject, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `thread:${thread.key}`;
  // In a narrow side bar only the beginning of it can be read.
  item.description = [unread > 0 ? vscode.l10n.t('{0} unread', unread) : '', who, bead].filter(Boolean).join(' · ');
  item.iconPath = icon('comment-discussion', toAcknowledge > 0);
  item.contextValue = contextOf(foremost, me);
  item.tooltip = fields([
    [vscode.l10n.t('Subject'), subject],
    [vscode.l10n.t('Thread'), oneLine(thread.key)],
    [vscode.l10n.t('Bead'), bead],
    [vscode.l10n.t('Participants'), who],
    [vscode.l10n.t('Messages'), counts],
    [vscode.l10n.t('Latest message'), localTime(latest.created_at)],
  ]);
  item.accessibilityInformation = {
    label: vscode.l10n.t('Thread about {0} with {1}, {2}, latest: {3}', bead, who, counts, subject),
  };
  return item;
}

/** A thread of one message is shown as that, under an id that it keeps when there are more. */
function soleItem({ thread, message }: ThreadNode, me: string | undefined): vscode.TreeItem {
  const item = letterItem(message, me);
  item.id = `thread:${thread.key}`;
  return item;
}

function letterItem(message: Message, me: string | undefined): vscode.TreeItem {
  const isMine = message.to_agent === me;
  const waits = isUnackedRequired(message);
  const subject = subjectOf(message);
  const category = categoryName(message.category);
  const from = message.from_agent === me ? vscode.l10n.t('you') : oneLine(message.from_agent);
  const to = isMine ? vscode.l10n.t('you') : oneLine(message.to_agent);
  const scopes = handedOver(message).map(({ scope }) => oneLine(scope));
  const item = new vscode.TreeItem(subject);
  item.id = `message:${message.message_id}`;
  item.description = vscode.l10n.t('{0} · {1} to {2}', category, from, to);
  item.iconPath = icon(message.state === 'unread' ? 'mail' : 'mail-read', isMine && waits);
  item.contextValue = contextOf(message, me);
  item.tooltip = fields([
    [vscode.l10n.t('Subject'), subject],
    [vscode.l10n.t('Category'), category],
    [vscode.l10n.t('From'), oneLine(message.from_agent)],
    [vscode.l10n.t('To'), oneLine(message.to_agent)],
    [vscode.l10n.t('Bead'), oneLine(message.bead_id)],
    [vscode.l10n.t('Thread'), oneLine(message.thread_id)],
    [vscode.l10n.t('Sent'), localTime(message.created_at)],
    [vscode.l10n.t('State'), stateName(message)],
    ...(scopes.length > 0 ? [[vscode.l10n.t('Hands over'), oneLine(inSentence(scopes))] as const] : []),
    [vscode.l10n.t('Id'), message.message_id],
  ]);
  // Only the id: the message is read again when it is opened.
  item.command = {
    command: COMMANDS.openMessage,
    title: vscode.l10n.t('Open Message'),
    arguments: [{ message: message.message_id }],
  };
  item.accessibilityInformation = {
    label: waits
      ? vscode.l10n.t('{0} from {1} to {2}, waits for an acknowledgement: {3}', category, from, to, subject)
      : vscode.l10n.t('{0} from {1} to {2}, {3}: {4}', category, from, to, stateName(message), subject),
  };
  return item;
}

function unreadableItem({ problem }: UnreadableNode): vscode.TreeItem {
  const { subject, entry } = problem.facts;
  const name = oneLine(basename(problem.path));
  const isMissing = problem.kind === 'MISSING_FILE';
  const item = new vscode.TreeItem(typeof subject === 'string' ? oneLine(subject) : name);
  item.id = `unreadable:${problem.path}:${entry ?? ''}`;
  item.description = isMissing
    ? vscode.l10n.t('{0} is missing', name)
    : entry === undefined || isOfServer(problem)
      ? vscode.l10n.t('{0} cannot be read', name)
      : vscode.l10n.t('line {0} of {1} cannot be read', String(entry), name);
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue =
    isMissing || isOfServer(problem) ? CONTEXT_VALUES.messageMissing : CONTEXT_VALUES.messageUnreadable;
  item.tooltip = explainProblem(problem);
  if (item.contextValue === CONTEXT_VALUES.messageUnreadable) {
    item.resourceUri = vscode.Uri.file(problem.path);
    item.command = {
      command: 'vscode.open',
      title: vscode.l10n.t('Open the File'),
      arguments: [vscode.Uri.file(problem.path)],
    };
  }
  item.accessibilityInformation = { label: `${String(item.label)}: ${item.tooltip}` };
  return item;
}

function moreItem({ count }: MoreThreadsNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('and {0} more', count.toLocaleString(vscode.env.language)));
  item.id = 'moreThreads';
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = CONTEXT_VALUES.more;
  item.tooltip = vscode.l10n.t('Click to list more of them.');
  item.command = { command: COMMANDS.showMoreMessages, title: vscode.l10n.t('Show More') };
  item.accessibilityInformation = { label: vscode.l10n.t('{0} more that are not listed; open to list more', count) };
  return item;
}

/** What can be done with it. */
function contextOf(message: Message, me: string | undefined): string {
  if (message.to_agent !== me) {
    return CONTEXT_VALUES.messageToOther;
  }
  return isUnackedRequired(message) ? CONTEXT_VALUES.messageToMe : CONTEXT_VALUES.messageReceived;
}

function stateName(message: Message): string {
  switch (message.state) {
    case 'unread':
      return vscode.l10n.t('unread');
    case 'read':
      return vscode.l10n.t('read');
    case 'acked':
      return vscode.l10n.t('acknowledged');
  }
}

function subjectOf({ subject }: Message): string {
  return oneLine(subject) || vscode.l10n.t('(no subject)');
}

function icon(id: string, waitsForMe: boolean): vscode.ThemeIcon {
  return new vscode.ThemeIcon(id, ...(waitsForMe ? [new vscode.ThemeColor('charts.yellow')] : []));
}
