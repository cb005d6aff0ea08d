/** What is drawn beside the names of files and folders, in the Explorer, in tabs and wherever else VS Code shows them. */

import * as vscode from 'vscode';
import { type Badge, badgeOf } from '../core/holders';
import type { ActiveItem } from '../core/overview';
import { inBackground, type OnFailure } from '../util/background';
import { COLORS, CONFIGURATION } from './contributions';
import { type Holders, type Located, lookupIn } from './holders';
import { conflictMode, showsBadges } from './settings';
import { holdingLine } from './wording';

/** VS Code never says what it shows no longer: from here on it is asked to ask again. */
const MOST_ASKED = 100_000;
const LONGEST_LIST = 5;

/** Told apart by shape; the colour only helps. */
const SHAPE = { theirs: '◆', mine: '◇', below: '•' };
const ENDS_SOON = '!';

interface Asked {
  readonly uri: vscode.Uri;
  located?: Located | undefined;
}

export class Badges implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri[] | undefined>();
  readonly onDidChangeFileDecorations = this.changed.event;
  private readonly asked = new Map<string, Asked>();
  private readonly disposables: readonly vscode.Disposable[];

  constructor(
    private readonly holders: Holders,
    onFailure: OnFailure,
  ) {
    this.disposables = [
      this.changed,
      holders.onDidChange((items) => inBackground(this.tellOf(items), onFailure)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (['badges', 'onConflict'].some((name) => event.affectsConfiguration(`${CONFIGURATION}.${name}`))) {
          this.tellOfAll();
        }
      }),
      // What a file's scopes are relative to may have changed.
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.tellOfAll()),
      vscode.window.registerFileDecorationProvider(this),
    ];
  }

  async provideFileDecoration(uri: vscode.Uri): Promise<vscode.FileDecoration | undefined> {
    if (uri.scheme !== 'file' || !showsBadges()) {
      return undefined;
    }
    const asked = this.remember(uri);
    if (this.holders.isEmpty) {
      return undefined;
    }
    const located = await this.locate(asked);
    const badge = located && badgeOf(this.holders.lookup(located));
    return badge && isWanted(badge) ? drawn(badge) : undefined;
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private remember(uri: vscode.Uri): Asked {
    const key = uri.toString();
    const asked = this.asked.get(key) ?? { uri };
    if (this.asked.size >= MOST_ASKED && !this.asked.has(key)) {
      this.tellOfAll();
    }
    this.asked.set(key, asked);
    return asked;
  }

  /** Only those that the changed reservations touch: all others look as they did. */
  private async tellOf(items: readonly ActiveItem[]): Promise<void> {
    const touches = lookupIn(items);
    const all = [...this.asked.values()];
    await Promise.all(all.filter(({ located }) => !located).map((asked) => this.locate(asked)));
    const touched = all.filter(({ located }) => located && badgeOf(touches(located)));
    if (touched.length > 0) {
      this.changed.fire(touched.map(({ uri }) => uri));
    }
  }

  private tellOfAll(): void {
    this.asked.clear();
    this.changed.fire(undefined);
  }

  private async locate(asked: Asked): Promise<Located | undefined> {
    asked.located ??= await this.holders.locate(asked.uri);
    return asked.located;
  }
}

/** Who wants to see nothing of conflicts sees its own holdings only. */
function isWanted({ kind }: Badge): boolean {
  return kind === 'mine' || conflictMode() !== 'off';
}

function drawn({ kind, endsSoon, items }: Badge): vscode.FileDecoration {
  const shape = endsSoon && kind !== 'below' ? SHAPE[kind] + ENDS_SOON : SHAPE[kind];
  return new vscode.FileDecoration(shape, tooltip(items), colorOf(kind, endsSoon));
}

function colorOf(kind: Badge['kind'], endsSoon: boolean): vscode.ThemeColor | undefined {
  switch (kind) {
    case 'theirs':
      return new vscode.ThemeColor(COLORS.heldByOthers);
    case 'mine':
      return endsSoon ? new vscode.ThemeColor(COLORS.endsSoon) : undefined;
    case 'below':
      return undefined;
  }
}

function tooltip(items: readonly ActiveItem[]): string {
  const lines = items.slice(0, LONGEST_LIST).map((item) => holdingLine(item, new Date()));
  const more = items.length - lines.length;
  return [...lines, ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : [])].join('\n');
}
