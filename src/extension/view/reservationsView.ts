import * as vscode from 'vscode';
import { grouped, rearranged, type Section } from '../../core/arrangement';
import { MINUTE_MS } from '../../core/time';
import { setContext } from '../contextKeys';
import { CONTEXT_KEYS, VIEW_ID } from '../contributions';
import type { Drift } from '../drift';
import { type LiveStore, outOfDateOf } from '../liveStore';
import type { Projects } from '../projects';
import { configuredAgent } from '../settings';
import { type Arranged, arrange, NOTHING, stateKey } from './arranged';
import type { Arrangement } from './arrangement';
import { driftChildren } from './driftItems';
import { DropTarget } from './drop';
import { Elements, nodeKey, type ReservationsElement } from './elements';
import { description, message, problemKey } from './heading';
import { type Node, parentOf, type SectionNode, toTreeItem } from './nodes';

/** So many items of a section are listed, and as many more each time that is asked for: VS Code asks for each at each change. */
const LISTED = 200;

/** The Reservations view: the tree, its badge, its description, and the keys that choose a welcome text. */
export class ReservationsView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly tree: vscode.TreeView<Node>;
  readonly drop = new DropTarget();
  private readonly disposables: vscode.Disposable[] = [this.changed, this.drop];
  private minute: NodeJS.Timeout | undefined;
  private readonly elements = new Elements<ReservationsElement>(nodeKey);
  /** How many are listed, by the keys of sections in which more was asked for. */
  private readonly listed = new Map<string, number>();
  /** Not before it is looked at or the store has been read: until then there is nothing to show. */
  private isArranged = false;
  /** Made with each change, asked for by VS Code when it likes. */
  private arranged = NOTHING;

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
      this.tree.onDidChangeVisibility(({ visible }) => visible && this.showAllAnew()),
      vscode.window.onDidChangeWindowState(() => this.keepTime()),
    );
  }

  getChildren(node?: Node): Node[] {
    if (node) {
      return this.childrenOf(node);
    }
    if (!this.isArranged) {
      this.update();
    }
    const { problems, sections, drift } = this.arranged;
    return [...problems, ...sections, ...(drift ? [drift] : [])].map((one) =>
      one.kind === 'problem' ? one : this.elements.of(one),
    );
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return toTreeItem(node, this.live.now(), outOfDateOf(this.live.state) !== undefined);
  }

  getParent(node: Node): Node | undefined {
    const parent = parentOf(node, this.arranged.sections, this.arranged.drift);
    return parent && this.elements.of(parent);
  }

  /** Selects the item of a reservation, where there is one; a filter that hides it is taken away. */
  async reveal(reservationId: string): Promise<void> {
    const isIt = (node: Node) => 'reservation' in node && node.reservation.reservation_id === reservationId;
    const find = (sections: readonly Section[]) => sections.flatMap(({ items }) => items).find(isIt);
    await vscode.commands.executeCommand(`${VIEW_ID}.focus`);
    const node = find(grouped(this.live.overview, 'state'));
    if (node && !find(this.arranged.sections)) {
      await this.arrangement.setFilter('all');
    }
    if (node) {
      const section = this.arranged.sections.find(({ items }) => items.includes(node));
      if (section) {
        this.list(section, section.items.indexOf(node) + 1);
      }
      await this.tree.reveal(this.elements.of(node), { select: true, focus: true });
    }
  }

  /** Lists more of a section, and goes on with the first of these: what was chosen for it is at the end of them now. */
  async listMore(key: string): Promise<void> {
    const section = this.arranged.sections.find((one) => one.key === key);
    const next = section?.items[this.countOf(section)];
    if (section && next) {
      this.list(section, this.countOf(section) + LISTED);
      await this.tree.reveal(this.elements.of(next), { select: true, focus: true });
    }
  }

  dispose(): void {
    clearTimeout(this.minute);
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private update(): void {
    const { live } = this;
    const before = this.arranged;
    this.isArranged = true;
    this.arranged = arrange(live, this.arrangement, this.projects, this.drift);
    const { active } = live.overview;
    this.say('description', description(live, this.arrangement.filter));
    // Where a view is alone in its container, VS Code does not draw its description.
    this.say('message', this.message);
    setContext(CONTEXT_KEYS.store, live.kind);
    setContext(CONTEXT_KEYS.problem, problemKey(live));
    setContext(CONTEXT_KEYS.state, this.stateKey);
    setContext(CONTEXT_KEYS.holds, active[0]?.mine === true);
    setContext(CONTEXT_KEYS.knowsAgent, configuredAgent() !== undefined);
    this.tell(before);
    this.keepTime();
  }

  private get message(): string {
    return message(this.live, this.stateKey === 'filled' ? this.arrangement.filter : undefined);
  }

  private get stateKey(): string {
    return stateKey(this.live, this.arranged);
  }

  /** VS Code passes on what is set, also where it was so before. */
  private say(where: 'description' | 'message', text: string): void {
    if (this.tree[where] !== text) {
      this.tree[where] = text;
    }
  }

  private countOf({ key }: SectionNode): number {
    return this.listed.get(key) ?? LISTED;
  }

  /** So many of them at least. */
  private list(section: SectionNode, count: number): void {
    if (count > this.countOf(section)) {
      this.listed.set(section.key, count);
      this.changed.fire([this.elements.of(section)]);
    }
  }

  private showAllAnew(): void {
    this.say('message', this.message);
    this.changed.fire(undefined);
    this.keepTime();
  }

  /** Lets VS Code show anew what looks different from before, and no more. */
  private tell(before: Arranged): void {
    const { elements, arranged } = this;
    const { sections, drift } = arranged;
    const changes = isSame(before.problems, arranged.problems) && rearranged(before.sections, sections);
    const isOther = !changes || !before.drift !== !drift || before.isOld !== arranged.isOld;
    if (isOther) {
      elements.keep([...sections, ...sections.flatMap(({ items }) => items), ...(drift ? [drift] : [])]);
      this.changed.fire(undefined);
      return;
    }
    elements.forget(changes.gone);
    const nodes: Node[] = sections
      .filter((one) => changes.sections.some(({ key }) => key === one.key))
      .map(elements.of, elements);
    nodes.push(...changes.items.map(elements.given, elements).filter((node) => node !== undefined));
    if (drift && !isSame(before.drift, drift)) {
      nodes.push(elements.of(drift));
    }
    if (nodes.length > 0) {
      this.changed.fire(nodes);
    }
  }

  /** "12 min left" is written anew once a minute, while somebody can see it. */
  private keepTime(): void {
    clearTimeout(this.minute);
    const isSeen = this.tree.visible && vscode.window.state.focused;
    const { active, expired } = this.live.overview;
    if (isSeen && (active.length + expired.length > 0 || outOfDateOf(this.live.state))) {
      this.minute = setTimeout(() => this.showAllAnew(), MINUTE_MS);
    }
  }

  private childrenOf(node: Node): Node[] {
    switch (node.kind) {
      case 'section': {
        const count = this.countOf(node);
        const more = node.items.length - count;
        return [
          ...node.items.slice(0, count).map((item) => this.elements.of(item)),
          ...(more > 0 ? [{ kind: 'more' as const, section: node.key, count: more }] : []),
        ];
      }
      case 'driftSection':
        return [...driftChildren(node)];
      default:
        return [];
    }
  }
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
