/** How a reservation looks and sounds in the view. */

import * as vscode from 'vscode';
import { itemKey, type OverviewItem } from '../../core/arrangement';
import { oneLine, plainLines } from '../../core/display';
import type { Reservation, Waiter } from '../../core/reservation';
import { CONTEXT_VALUES } from '../contributions';
import { inSentence, localTime, timeSince, timeUntil } from '../wording';

export type ActiveNode = Extract<OverviewItem, { kind: 'active' }>;
export type ExpiredNode = Extract<OverviewItem, { kind: 'expired' }>;

export function activeItem(node: ActiveNode, now: Date): vscode.TreeItem {
  const { reservation, mine, endsSoon, waiting, asked } = node;
  const scope = oneLine(reservation.scope);
  const holder = mine ? vscode.l10n.t('you') : oneLine(reservation.agent_id);
  const bead = oneLine(reservation.bead_id);
  const left = timeUntil(reservation.expires_at, now);
  const item = new vscode.TreeItem(scope);
  item.id = itemKey(node);
  const waits = waitText(node);
  item.description = [holder, bead, left, waits].filter(Boolean).join(' · ');
  item.iconPath = activeIcon(mine, endsSoon);
  item.contextValue = mine ? CONTEXT_VALUES.mine : CONTEXT_VALUES.theirs;
  item.tooltip = reservationTooltip(reservation, vscode.l10n.t('{0} left', left), [
    ...(waiting.length > 0 ? [[vscode.l10n.t('Wanted by'), waitersText(waiting)] as const] : []),
    ...(asked
      ? [[vscode.l10n.t('Asked'), vscode.l10n.t('you asked for it, and are told when it is free')] as const]
      : []),
  ]);
  const spoken = mine
    ? vscode.l10n.t('{0}, held by you for {1}, {2} left', scope, bead, left)
    : vscode.l10n.t('{0}, held by {1} for {2}, {3} left', scope, holder, bead, left);
  const wait = spokenWait(node);
  item.accessibilityInformation = { label: wait ? vscode.l10n.t('{0}, {1}', spoken, wait) : spoken };
  return item;
}

function waitText({ mine, waiting, asked }: ActiveNode): string {
  if (asked) {
    return vscode.l10n.t('asked');
  }
  return mine && waiting.length > 0 ? vscode.l10n.t('{0} waiting', waiting.length) : '';
}

function spokenWait({ mine, waiting, asked }: ActiveNode): string {
  if (asked) {
    return vscode.l10n.t('you asked for it');
  }
  return mine && waiting.length > 0
    ? vscode.l10n.t('wanted by {0}', inSentence(waiting.map(({ agent_id }) => oneLine(agent_id))))
    : '';
}

/** Each with what it wanted, and since when. */
function waitersText(waiting: readonly Waiter[]): string {
  return inSentence(
    waiting.map(({ agent_id, scope, since }) =>
      vscode.l10n.t('{0} ({1}, since {2})', oneLine(agent_id), oneLine(scope), localTime(since)),
    ),
  );
}

/** Told apart by shape first; the colour only helps. */
function activeIcon(mine: boolean, endsSoon: boolean): vscode.ThemeIcon {
  if (endsSoon) {
    return new vscode.ThemeIcon('watch', new vscode.ThemeColor('list.warningForeground'));
  }
  return mine
    ? new vscode.ThemeIcon('key', new vscode.ThemeColor('charts.green'))
    : new vscode.ThemeIcon('lock', new vscode.ThemeColor('charts.blue'));
}

export function expiredItem(node: ExpiredNode, now: Date): vscode.TreeItem {
  const { reservation, mine, canTakeOver } = node;
  const scope = oneLine(reservation.scope);
  const holder = mine ? vscode.l10n.t('you') : oneLine(reservation.agent_id);
  const since = timeSince(reservation.expires_at, now);
  const item = new vscode.TreeItem(scope);
  item.id = itemKey(node);
  item.description = `${holder} · ${oneLine(reservation.bead_id)} · ${since}`;
  item.iconPath = new vscode.ThemeIcon('history', new vscode.ThemeColor('disabledForeground'));
  item.contextValue = canTakeOver ? CONTEXT_VALUES.expired : CONTEXT_VALUES.superseded;
  item.tooltip = reservationTooltip(reservation, since);
  item.accessibilityInformation = {
    label: vscode.l10n.t('{0}, was held by {1}, ended {2}', scope, holder, since),
  };
  return item;
}

function reservationTooltip(
  reservation: Reservation,
  time: string,
  more: readonly (readonly [string, string])[] = [],
): string {
  return fields([
    [vscode.l10n.t('Scope'), oneLine(reservation.scope)],
    [vscode.l10n.t('Holder'), oneLine(reservation.agent_id)],
    [vscode.l10n.t('Bead'), oneLine(reservation.bead_id)],
    [vscode.l10n.t('Since'), localTime(reservation.created_at)],
    [vscode.l10n.t('Until'), `${localTime(reservation.expires_at)} (${time})`],
    ...more,
    [vscode.l10n.t('Id'), oneLine(reservation.reservation_id)],
  ]);
}

/** A plain string, never Markdown: agents wrote the values. */
export function fields(rows: readonly (readonly [string, string])[]): string {
  return plainLines(rows.map(([name, value]) => `${name}: ${value}`).join('\n'));
}
