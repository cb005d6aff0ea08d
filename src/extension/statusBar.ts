import * as vscode from 'vscode';
import { oneLine } from '../core/display';
import { ownItems } from '../core/overview';
import { MINUTE_MS } from '../core/time';
import { COMMANDS, VIEW_ID } from './contributions';
import type { LiveStore } from './liveStore';
import { localTime, timeUntil } from './wording';

const PRIORITY = 50;
const LONGEST_LIST = 12;

/** What the person holds: how many scopes, and (hovering) which, and for how long still. */
export class StatusBar implements vscode.Disposable {
  readonly item = vscode.window.createStatusBarItem('held', vscode.StatusBarAlignment.Left, PRIORITY);
  private readonly disposables: vscode.Disposable[] = [this.item];
  private minute: NodeJS.Timeout | undefined;

  constructor(private readonly live: LiveStore) {
    this.item.name = vscode.l10n.t('Reservations Held');
    this.disposables.push(
      live.onDidChange(() => this.update()),
      vscode.window.onDidChangeWindowState(() => this.update()),
    );
    this.update();
  }

  dispose(): void {
    clearTimeout(this.minute);
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private update(): void {
    clearTimeout(this.minute);
    const { item, live } = this;
    if (live.state.kind === 'unreadable') {
      this.showProblem();
      return;
    }
    if (live.state.kind !== 'readable') {
      item.hide();
      return;
    }
    const mine = ownItems(live.overview.active);
    const ending = mine.filter((active) => active.endsSoon);
    const now = new Date();
    item.command = COMMANDS.showHeld;
    item.text = `$(lock) ${vscode.l10n.t('{0} held', mine.length)}`;
    item.backgroundColor = ending.length > 0 ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.tooltip =
      mine.length === 0
        ? vscode.l10n.t('You hold no scope. Click to reserve one.')
        : [
            vscode.l10n.t('You hold:'),
            ...mine
              .slice(0, LONGEST_LIST)
              .map(({ reservation: { scope, expires_at } }) =>
                vscode.l10n.t(
                  '{0} until {1} ({2} left)',
                  oneLine(scope),
                  localTime(expires_at, now),
                  timeUntil(expires_at, now),
                ),
              ),
            ...(mine.length > LONGEST_LIST ? [vscode.l10n.t('and {0} more', mine.length - LONGEST_LIST)] : []),
          ].join('\n');
    item.accessibilityInformation = { label: spoken(mine.length, ending.length), role: 'button' };
    item.show();
    if (mine.length > 0 && vscode.window.state.focused) {
      this.minute = setTimeout(() => this.update(), MINUTE_MS);
    }
  }

  /** A store that broke must not look like one that was never there; the view says what to do. */
  private showProblem(): void {
    const { item } = this;
    const text = vscode.l10n.t('Reservations unreadable');
    item.command = `${VIEW_ID}.focus`;
    item.text = `$(warning) ${text}`;
    item.tooltip = vscode.l10n.t('The store of reservations cannot be read. Click to see what to do.');
    item.accessibilityInformation = { label: text, role: 'button' };
    item.backgroundColor = undefined;
    item.show();
  }
}

function spoken(held: number, ending: number): string {
  const scopes =
    held === 1
      ? vscode.l10n.t('Reservations: you hold 1 scope')
      : vscode.l10n.t('Reservations: you hold {0} scopes', held);
  return ending > 0 ? `${scopes}, ${vscode.l10n.t('{0} of them ending soon', ending)}` : scopes;
}
