import { basename } from 'node:path';
import * as vscode from 'vscode';
import { MINUTE_MS } from '../../core/time';
import { setContext } from '../contextKeys';
import { CONTEXT_KEYS, VIEW_ID } from '../contributions';
import type { LiveStore } from '../liveStore';
import { configuredAgent } from '../settings';
import { childrenOf, type Node, parentOf, sections, toTreeItem } from './nodes';

/** The Reservations view: the tree, its badge, its description, and the keys that choose a welcome text. */
export class ReservationsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly tree: vscode.TreeView<Node>;
  private readonly disposables: vscode.Disposable[] = [this.changed];
  private minute: NodeJS.Timeout | undefined;

  constructor(private readonly live: LiveStore) {
    this.tree = vscode.window.createTreeView(VIEW_ID, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.disposables.push(
      this.tree,
      live.onDidChange(() => this.update()),
      this.tree.onDidChangeVisibility(() => this.update()),
      vscode.window.onDidChangeWindowState(() => this.keepTime()),
    );
    this.update();
  }

  getChildren(node?: Node): Node[] {
    const { overview, state } = this.live;
    if (!node) {
      const problems = state.kind === 'readable' ? state.problems : [];
      return [
        ...problems.map((problem): Node => ({ kind: 'problem', problem })),
        ...(isFilled(this.live) ? sections(overview) : []),
      ];
    }
    return node.kind === 'section' ? [...childrenOf(node, overview)] : [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return toTreeItem(node, new Date());
  }

  getParent(node: Node): Node | undefined {
    return parentOf(node, this.live.overview);
  }

  /** Selects the item of a reservation, where it is shown. */
  async reveal(reservationId: string): Promise<void> {
    const { overview } = this.live;
    const node = sections(overview)
      .flatMap((section) => childrenOf(section, overview))
      .find((child) => 'reservation' in child && child.reservation.reservation_id === reservationId);
    await vscode.commands.executeCommand(`${VIEW_ID}.focus`);
    if (node) {
      await this.tree.reveal(node, { select: true, focus: true });
    }
  }

  dispose(): void {
    clearTimeout(this.minute);
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private update(): void {
    const { live } = this;
    const { messages, active } = live.overview;
    const forMe = messages.filter(({ mine }) => mine).length;
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
    this.tree.description = description(live);
    setContext(CONTEXT_KEYS.problem, live.state.kind === 'unreadable' ? live.state.problem.kind : '');
    setContext(CONTEXT_KEYS.state, stateKey(live));
    setContext(
      CONTEXT_KEYS.holds,
      active.some(({ mine }) => mine),
    );
    this.changed.fire(undefined);
    this.keepTime();
  }

  /** "12 min left" is written anew once a minute, while somebody can see it. */
  private keepTime(): void {
    clearTimeout(this.minute);
    const isSeen = this.tree.visible && vscode.window.state.focused;
    const { active, expired } = this.live.overview;
    if (isSeen && active.length + expired.length > 0) {
      this.minute = setTimeout(() => {
        this.changed.fire(undefined);
        this.keepTime();
      }, MINUTE_MS);
    }
  }
}

/** Which file is wrong, or whom the person acts as. */
function description(live: LiveStore): string {
  if (live.state.kind === 'unreadable') {
    return basename(live.state.problem.path);
  }
  const me = configuredAgent();
  return me ? vscode.l10n.t('as {0}', me) : '';
}

function isFilled(live: LiveStore): boolean {
  const { active, expired, messages } = live.overview;
  return live.state.kind === 'readable' && active.length + expired.length + messages.length > 0;
}

function stateKey(live: LiveStore): string {
  if (live.state.kind !== 'readable') {
    return live.state.kind;
  }
  return isFilled(live) ? 'filled' : 'empty';
}
