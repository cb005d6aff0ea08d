import * as vscode from 'vscode';
import { oneLine } from '../core/display';
import { type ActiveItem, ownItems } from '../core/overview';
import { MINUTE_MS } from '../core/time';
import type { StoreProblem } from '../store/problem';
import { COMMANDS, VIEW_ID } from './contributions';
import { demo } from './demo/state';
import { type LiveStore, outOfDateOf } from './liveStore';
import { explainProblem, outOfDateText } from './problemWording';
import { localTime, timeUntil } from './wording';

const PRIORITY = 50;
const LONGEST_LIST = 12;

interface Drawn {
  readonly command: string;
  readonly text: string;
  readonly tooltip: string;
  /** For screen readers. */
  readonly label: string;
  readonly warns: boolean;
}

/** What the person holds: how many scopes, and (hovering) which, and for how long still. */
export class StatusBar implements vscode.Disposable {
  readonly item = vscode.window.createStatusBarItem('held', vscode.StatusBarAlignment.Left, PRIORITY);
  private readonly disposables: vscode.Disposable[] = [this.item];
  private minute: NodeJS.Timeout | undefined;
  /** As text, to compare; empty while it is hidden. */
  private drawn = '';

  constructor(private readonly live: LiveStore) {
    this.item.name = vscode.l10n.t('Reservations Held');
    this.disposables.push(
      live.onDidChange(() => this.update()),
      vscode.window.onDidChangeWindowState(() => this.update()),
    );
  }

  dispose(): void {
    clearTimeout(this.minute);
    vscode.Disposable.from(...this.disposables).dispose();
  }

  /** VS Code passes on what is set, also where it was so before. */
  private draw(drawn: Drawn): void {
    const { item } = this;
    const key = JSON.stringify(drawn);
    if (key !== this.drawn) {
      this.drawn = key;
      item.command = drawn.command;
      item.text = drawn.text;
      item.tooltip = drawn.tooltip;
      item.accessibilityInformation = { label: drawn.label, role: 'button' };
      item.backgroundColor = drawn.warns ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
      item.show();
    }
  }

  private update(): void {
    clearTimeout(this.minute);
    const { item, live } = this;
    if (live.state.kind === 'unreadable') {
      this.showProblem(live.state.problem);
      return;
    }
    if (live.state.kind !== 'readable') {
      item.hide();
      this.drawn = '';
      return;
    }
    const mine = ownItems(live.overview.active);
    const ending = mine.filter((active) => active.endsSoon);
    const now = live.now();
    const outOfDate = outOfDateOf(live.state);
    const age = outOfDate && outOfDateText(outOfDate);
    this.draw({
      command: age === undefined ? COMMANDS.showHeld : `${VIEW_ID}.focus`,
      text: `$(${age === undefined ? 'lock' : 'warning'}) ${demo() ? vscode.l10n.t('{0} held (demo)', mine.length) : vscode.l10n.t('{0} held', mine.length)}`,
      tooltip: [...(age === undefined ? [] : [age]), tooltip(mine, now)].join('\n\n'),
      label: [
        ...(demo() ? [vscode.l10n.t('Demo store')] : []),
        spoken(mine.length, ending.length),
        ...(age === undefined ? [] : [age]),
      ].join('. '),
      warns: ending.length > 0,
    });
    if ((mine.length > 0 || age !== undefined) && vscode.window.state.focused) {
      this.minute = setTimeout(() => this.update(), MINUTE_MS);
    }
  }

  /** A store that broke must not look like one that was never there; the view says what to do. */
  private showProblem(problem: StoreProblem): void {
    const isServer = this.live.kind === 'postgres';
    const text = isServer ? vscode.l10n.t('Reservations out of reach') : vscode.l10n.t('Reservations unreadable');
    this.draw({
      command: `${VIEW_ID}.focus`,
      text: `$(warning) ${text}`,
      tooltip: isServer
        ? explainProblem(problem)
        : vscode.l10n.t('The store of reservations cannot be read. Click to see what to do.'),
      label: isServer ? `${text}. ${explainProblem(problem)}` : text,
      warns: false,
    });
  }
}

function tooltip(mine: readonly ActiveItem[], now: Date): string {
  if (mine.length === 0) {
    return vscode.l10n.t('You hold no scope. Click to reserve one.');
  }
  const lines = mine
    .slice(0, LONGEST_LIST)
    .map(({ reservation: { scope, expires_at } }) =>
      vscode.l10n.t('{0} until {1} ({2} left)', oneLine(scope), localTime(expires_at, now), timeUntil(expires_at, now)),
    );
  const more = mine.length - lines.length;
  return [vscode.l10n.t('You hold:'), ...lines, ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : [])].join('\n');
}

function spoken(held: number, ending: number): string {
  const scopes =
    held === 1
      ? vscode.l10n.t('Reservations: you hold 1 scope')
      : vscode.l10n.t('Reservations: you hold {0} scopes', held);
  return ending > 0 ? `${scopes}, ${vscode.l10n.t('{0} of them ending soon', ending)}` : scopes;
}
