/** Copy Scope, Reveal in Explorer and Open Reservation: what a reservation is about, whoever holds it. */

import * as vscode from 'vscode';
import { withoutIcons, withoutLinks } from '../../core/display';
import { tell } from '../notify';
import { askPick } from '../quickInput';
import { uriOfScope } from '../scopes';
import { type CommandContext, type Handler, tellNone } from './context';
import { type Named, reservationsOf } from './reservationArgument';

/** Items of the view, or `{ scope }`; without either, the person picks one. Answers the text: a scope on each line. */
export function copyScope(context: CommandContext): Handler {
  return async (argument, selected) => {
    const given = reservationsOf(argument, selected);
    const named = given.length > 0 ? given : await pick(context, vscode.l10n.t('Copy Scope'));
    if (named.length === 0) {
      return undefined;
    }
    const text = [...new Set(named.map(({ scope }) => scope))].join('\n');
    await vscode.env.clipboard.writeText(text);
    return text;
  };
}

/** An item of the view, or `{ scope }`; without either, the person picks one. Answers what was shown, if there was any. */
export function revealInExplorer(context: CommandContext): Handler {
  return async (argument) => {
    const given = reservationsOf(argument, undefined);
    const [named] = given.length > 0 ? given : await pick(context, vscode.l10n.t('Reveal in Explorer'));
    if (!named) {
      return undefined;
    }
    const uri = await uriOfScope(named.scope, context.projects.placesOf(named));
    if (!uri) {
      tell(vscode.l10n.t('Nothing in this workspace belongs to “{0}”.', withoutLinks(named.scope)));
      return undefined;
    }
    await vscode.commands.executeCommand('revealInExplorer', uri);
    return uri;
  };
}

/** `{ reservation }`; without it, the person picks one. Selects its item in the view, where there is one. */
export function openReservation(context: CommandContext): Handler {
  return async (argument) => {
    const given = reservationsOf(argument, undefined);
    const [named] = given.length > 0 ? given : await pick(context, vscode.l10n.t('Open Reservation'));
    const id = named?.reservation_id;
    if (id !== undefined) {
      await context.view.reveal(id);
    }
    return id;
  };
}

async function pick(context: CommandContext, title: string): Promise<readonly Named[]> {
  const { active, expired } = context.live.overview;
  const items = [...active, ...expired];
  if (items.length === 0) {
    tellNone(context, vscode.l10n.t('Nothing is reserved.'));
    return [];
  }
  const picked = await askPick<Named>({
    title,
    placeholder: vscode.l10n.t('Choose a reservation'),
    choices: () =>
      items.map(({ reservation }) => ({
        value: reservation,
        label: withoutIcons(reservation.scope),
        description: withoutIcons(`${reservation.agent_id} · ${reservation.bead_id}`),
      })),
  });
  return typeof picked === 'object' ? [picked] : [];
}
