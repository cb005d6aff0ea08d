/** The Messages view: threads by what they wait for, below what cannot be read; and the badge of what waits for the person. */

import * as vscode from 'vscode';
import { changedThreads, NO_THREADS, THREAD_GROUPS, type Thread, type ThreadGroup } from '../../core/threads';
import type { StoreProblem } from '../../store/problem';
import { inBackground, type OnFailure } from '../../util/background';
import { MESSAGES_VIEW_ID } from '../contributions';
import { type LiveStore, outOfDateOf } from '../liveStore';
import { configuredAgent } from '../settings';
import { Elements } from '../view/elements';
import { asOld } from '../view/nodes';
import { Letters } from './letters';
import { type GroupNode, type LetterNode, type MessagesNode, messagesItem, type ThreadNode } from './messageItems';

/** So many recent threads are listed, and as many more each time that is asked for. */
const LISTED = 50;

type Element = GroupNode | ThreadNode | LetterNode;

export class MessagesView implements vscode.TreeDataProvider<MessagesNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<MessagesNode[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly tree: vscode.TreeView<MessagesNode>;
  readonly letters: Letters;
  private readonly elements = new Elements<Element>(keyOf);
  private readonly disposables: readonly vscode.Disposable[];
  private shown = { threads: NO_THREADS, problems: [] as readonly StoreProblem[], me: undefined as string | undefined };
  private isOld = false;
  private listed = LISTED;

  constructor(
    private readonly live: LiveStore,
    onFailure: OnFailure,
  ) {
    this.letters = new Letters(live, onFailure);
    this.tree = vscode.window.createTreeView(MESSAGES_VIEW_ID, { treeDataProvider: this, showCollapseAll: true });
    this.disposables = [
      this.changed,
      this.letters,
      this.tree,
      this.letters.onDidChange(() => this.update()),
      live.onDidChange(() => this.follow()),
      this.tree.onDidChangeVisibility(({ visible }) => inBackground(this.letters.want(visible), onFailure)),
    ];
    inBackground(this.letters.want(this.tree.visible), onFailure);
  }

  getChildren(node?: MessagesNode): MessagesNode[] {
    if (!node) {
      return this.groups().map((group) => this.elements.of(group));
    }
    if (node.kind === 'thread') {
      return node.thread.messages.map((message) => this.elements.of({ kind: 'letter', message }));
    }
    if (node.kind !== 'group') {
      return [];
    }
    if (node.group === 'unreadable') {
      return this.shown.problems.map((problem) => ({ kind: 'unreadable', problem }));
    }
    const threads = this.shown.threads[node.group];
    const count = node.group === 'recent' ? this.listed : threads.length;
    const more = threads.length - count;
    return [
      ...threads.slice(0, count).map((thread) => this.elements.of(threadNode(thread))),
      ...(more > 0 ? [{ kind: 'moreThreads' as const, count: more }] : []),
    ];
  }

  getTreeItem(node: MessagesNode): vscode.TreeItem {
    const item = messagesItem(node, this.shown.me);
    return this.isOld ? asOld(item) : item;
  }

  getParent(node: MessagesNode): MessagesNode | undefined {
    switch (node.kind) {
      case 'group':
        return undefined;
      case 'thread':
        return this.groupOf(node.thread.group);
      case 'letter': {
        const thread = this.threads().find(({ messages }) => messages.includes(node.message));
        return thread && this.elements.of(threadNode(thread));
      }
      case 'unreadable':
        return this.groupOf('unreadable');
      case 'moreThreads':
        return this.groupOf('recent');
    }
  }

  /** Lists more of the recent ones, and goes on with the first of these. */
  async listMore(): Promise<void> {
    const next = this.shown.threads.recent[this.listed];
    const group = this.groupOf('recent');
    if (next && group) {
      this.listed += LISTED;
      this.changed.fire([group]);
      await this.tree.reveal(this.elements.of(threadNode(next)), { select: true, focus: true });
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  /** The badge is of the overview, and right also while the view is closed. */
  private follow(): void {
    const forMe = this.live.overview.messages.filter(({ mine }) => mine).length;
    if (this.tree.badge?.value !== (forMe > 0 ? forMe : undefined)) {
      this.tree.badge =
        forMe > 0
          ? {
              value: forMe,
              tooltip:
                forMe === 1
                  ? vscode.l10n.t('1 message for you to acknowledge')
                  : vscode.l10n.t('{0} messages for you to acknowledge', forMe),
            }
          : undefined;
    }
    const isOld = outOfDateOf(this.live.state) !== undefined;
    if (isOld !== this.isOld) {
      this.isOld = isOld;
      this.changed.fire(undefined);
    }
  }

  private update(): void {
    const before = this.shown;
    const { threads, problems } = this.letters;
    this.shown = { threads, problems, me: configuredAgent() };
    const isOther =
      before.me !== this.shown.me ||
      before.problems !== problems ||
      THREAD_GROUPS.some((group) => (before.threads[group].length === 0) !== (threads[group].length === 0));
    if (isOther) {
      this.elements.keep([...this.groups(), ...this.threads().flatMap(elementsOf)]);
      this.changed.fire(undefined);
      return;
    }
    const changes = changedThreads(before.threads, threads);
    const nodes: MessagesNode[] = changes.groups
      .map((group) => this.groupOf(group))
      .filter((node) => node !== undefined);
    nodes.push(
      ...changes.threads.map((thread) => this.elements.given(threadNode(thread))).filter((node) => node !== undefined),
    );
    if (nodes.length > 0) {
      this.changed.fire(nodes);
    }
  }

  private groups(): readonly GroupNode[] {
    const { threads, problems } = this.shown;
    const all: readonly GroupNode[] = [
      { kind: 'group', group: 'unreadable', count: problems.length },
      ...THREAD_GROUPS.map((group) => ({ kind: 'group' as const, group, count: threads[group].length })),
    ];
    return all.filter(({ count }) => count > 0);
  }

  private groupOf(group: ThreadGroup | 'unreadable'): GroupNode | undefined {
    const node = this.groups().find((one) => one.group === group);
    return node && this.elements.of(node);
  }

  private threads(): readonly Thread[] {
    return THREAD_GROUPS.flatMap((group) => this.shown.threads[group]);
  }
}

function threadNode(thread: Thread): ThreadNode {
  return { kind: 'thread', thread, message: thread.foremost };
}

function elementsOf(thread: Thread): readonly Element[] {
  return [threadNode(thread), ...thread.messages.map((message) => ({ kind: 'letter' as const, message }))];
}

function keyOf(node: Element): string {
  switch (node.kind) {
    case 'group':
      return `group:${node.group}`;
    case 'thread':
      return `thread:${node.thread.key}`;
    case 'letter':
      return `letter:${node.message.message_id}`;
  }
}
