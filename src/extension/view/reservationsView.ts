import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Filter, filtered, grouped, isEmpty, type Section } from '../../core/arrangement';
import type { Overview } from '../../core/overview';
import { MINUTE_MS } from '../../core/time';
import { setContext } from '../contextKeys';
import { CONTEXT_KEYS, VIEW_ID } from '../contributions';
import type { Drift } from '../drift';
import type { LiveStore } from '../liveStore';
import type { Projects } from '../projects';
import { configuredAgent } from '../settings';
import type { Arrangement } from './arrangement';
import { type DriftSectionNode, driftChildren, driftSection } from './driftItems';
import { DropTarget } from './drop';
import { type Node, parentOf, type SectionNode, toTreeItem } from './nodes';

/** The Reservations view: the tree, its badge, its description, and the keys that choose a welcome text. */
export class ReservationsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly tree: vscode.TreeView<Node>;
  readonly drop = new DropTarget();
  private readonly disposables: vscode.Disposable[] = [this.changed, this.drop];
  private minute: NodeJS.Timeout | undefined;

  constructor(
    private readonly live: LiveStore,
    private readonly arrangement: Arrangement,
    private readonly projects: Projects,
    private readonly drift: Drift,
  ) {
    this.tree = vscode.window.createTreeView(VIEW_ID, {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
      dragAndDropController: this.drop,
    });
    this.disposables.push(
      this.tree,
      live.onDidChange(() => this.update()),
      arrangement.onDidChange(() => this.update()),
      projects.onDidChange(() => this.update()),
      drift.onDidChange(() => this.update()),
      this.tree.onDidChangeVisibility(() => this.update()),
      vscode.window.onDidChangeWindowState(() => this.keepTime()),
    );
    this.update();
  }

  getChildren(node?: Node): Node[] {
    if (node) {
      return childrenOf(node);
    }
    const { state } = this.live;
    const problems = state.kind === 'readable' ? state.problems : [];
    return [
      ...problems.map((problem): Node => ({ kind: 'problem', problem })),
      ...this.sections(),
      ...[this.driftSection()].filter((section) => section !== undefined),
    ];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return toTreeItem(node, new Date());
  }

  getParent(node: Node): Node | undefined {
    return parentOf(node, this.sections(), this.driftSection());
  }

  /** Selects the item of a reservation, where there is one; a filter that hides it is taken away. */
  async reveal(reservationId: string): Promise<void> {
    const isIt = (node: Node) => 'reservation' in node && node.reservation.reservation_id === reservationId;
    const find = (sections: readonly Section[]) => sections.flatMap(({ items }) => items).find(isIt);
    await vscode.commands.executeCommand(`${VIEW_ID}.focus`);
    const node = find(grouped(this.live.overview, 'state'));
    if (node && !find(this.sections())) {
      await this.arrangement.setFilter('all');
    }
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
    this.tree.description = description(live, this.arrangement.filter);
    // Where a view is alone in its container, VS Code does not draw its description.
    this.tree.message = this.stateKey() === 'filled' ? filterMessage(this.arrangement.filter) : '';
    setContext(CONTEXT_KEYS.problem, live.state.kind === 'unreadable' ? live.state.problem.kind : '');
    setContext(CONTEXT_KEYS.state, this.stateKey());
    setContext(
      CONTEXT_KEYS.holds,
      active.some(({ mine }) => mine),
    );
    this.changed.fire(undefined);
    this.keepTime();
  }

  /** What passes the filter. */
  private shown(): Overview {
    return filtered(this.live.overview, this.arrangement.filter, this.projects.known);
  }

  /** None where nothing is to be listed: then a welcome text says why. */
  private sections(): readonly SectionNode[] {
    const shown = this.shown();
    return this.live.state.kind === 'readable' && !isEmpty(shown)
      ? grouped(shown, this.arrangement.grouping).map((section) => ({ kind: 'section', ...section }))
      : [];
  }

  /** Last, so that nothing moves when it comes and goes. No filter touches it: it is about the person's own changes. */
  private driftSection(): DriftSectionNode | undefined {
    return this.live.state.kind === 'readable' ? driftSection(this.drift) : undefined;
  }

  private stateKey(): string {
    const { state, overview } = this.live;
    if (state.kind !== 'readable') {
      return state.kind;
    }
    if (isEmpty(overview)) {
      return 'empty';
    }
    return isEmpty(this.shown()) && !this.driftSection() ? 'filtered' : 'filled';
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

function childrenOf(node: Node): Node[] {
  switch (node.kind) {
    case 'section':
      return [...node.items];
    case 'driftSection':
      return [...driftChildren(node)];
    default:
      return [];
  }
}

/** Which file is wrong, or whom the person acts as and what is left out. */
function description(live: LiveStore, filter: Filter): string {
  if (live.state.kind === 'unreadable') {
    return basename(live.state.problem.path);
  }
  const me = configuredAgent();
  return [me ? vscode.l10n.t('as {0}', me) : '', filterName(filter)].filter(Boolean).join(' · ');
}

function filterName(filter: Filter): string {
  switch (filter) {
    case 'all':
      return '';
    case 'project':
      return vscode.l10n.t('this project only');
    case 'mine':
      return vscode.l10n.t('mine only');
  }
}

function filterMessage(filter: Filter): string {
  switch (filter) {
    case 'all':
      return '';
    case 'project':
      return vscode.l10n.t('What is of other projects is left out.');
    case 'mine':
      return vscode.l10n.t('What is not yours is left out.');
  }
}
