/** The reservations that a command is about: callers may pass anything. */

import * as vscode from 'vscode';
import { withoutIcons } from '../../core/display';
import type { ActiveItem } from '../../core/overview';
import type { Reservation } from '../../core/reservation';
import { askPick, type Choice } from '../quickInput';
import { localTime, timeUntil } from '../wording';
import { type CommandContext, record, tellNone, text } from './context';

/** What is known of a reservation that was named: its id only where it came from the view. */
export interface Named {
  readonly scope: string;
  readonly reservation_id?: string;
  readonly agent_id?: string;
  readonly project?: string;
}

/** Of the items that are selected, else of the one that was clicked, or of `{ scope }`. Other items are passed over. */
export function reservationsOf(argument: unknown, selected: unknown): readonly Named[] {
  const items: readonly unknown[] = Array.isArray(selected) && selected.length > 0 ? selected : [argument];
  return items.map(named).filter((one) => one !== undefined);
}

/** Those of them that the agent holds, or may hold: who holds a scope that was merely named is not known. */
export function mineOf(given: readonly Named[], agent: string): readonly Named[] {
  return given.filter(({ agent_id }) => agent_id === undefined || agent_id === agent);
}

/** What others hold of what was named; undefined where nothing was named. */
export function othersOf(
  context: CommandContext,
  argument: unknown,
  selected: unknown,
): readonly Reservation[] | undefined {
  const given = reservationsOf(argument, selected);
  if (given.length === 0) {
    return undefined;
  }
  const isNamed = (reservation: Reservation) =>
    given.some(
      ({ reservation_id, scope }) =>
        scope === reservation.scope && (reservation_id ?? reservation.reservation_id) === reservation.reservation_id,
    );
  return others(context)
    .map(({ reservation }) => reservation)
    .filter(isNamed);
}

/** The person chooses one of its own. */
export function pickMine(context: CommandContext, title: string, placeholder: string): Promise<readonly Reservation[]> {
  const mine = context.live.overview.active.filter((item) => item.mine);
  return pick(context, mine, title, placeholder, vscode.l10n.t('You hold no scope.'));
}

/** The person chooses one of another's. */
export function pickOthers(
  context: CommandContext,
  title: string,
  placeholder: string,
): Promise<readonly Reservation[]> {
  return pick(context, others(context), title, placeholder, vscode.l10n.t('Nobody else holds a scope.'));
}

function others({ live }: CommandContext): readonly ActiveItem[] {
  return live.overview.active.filter((item) => !item.mine);
}

async function pick(
  context: CommandContext,
  items: readonly ActiveItem[],
  title: string,
  placeholder: string,
  none: string,
): Promise<readonly Reservation[]> {
  if (items.length === 0) {
    tellNone(context, none);
    return [];
  }
  const { live } = context;
  const picked = await askPick({ title, placeholder, choices: () => items.map((item) => choice(item, live.now())) });
  return typeof picked === 'object' ? [picked] : [];
}

function choice({ reservation, mine, endsSoon }: ActiveItem, now: Date): Choice<Reservation> {
  const { scope, agent_id, bead_id, expires_at } = reservation;
  return {
    value: reservation,
    label: withoutIcons(scope),
    description: withoutIcons(mine ? bead_id : `${agent_id} · ${bead_id}`),
    detail: vscode.l10n.t('until {0} ({1} left)', localTime(expires_at), timeUntil(expires_at, now)),
    iconPath: new vscode.ThemeIcon(endsSoon ? 'watch' : mine ? 'key' : 'lock'),
  };
}

function named(item: unknown): Named | undefined {
  const source = record(item)['reservation'] ?? item;
  const scope = text(source, 'scope');
  if (scope === undefined) {
    return undefined;
  }
  const known = ['reservation_id', 'agent_id', 'project'].flatMap((field) => {
    const value = text(source, field);
    return value === undefined ? [] : [[field, value] as const];
  });
  return { scope, ...Object.fromEntries(known) };
}
