/** Release, Release All Mine, and the list of what one holds. */

import * as vscode from 'vscode';
import { withoutIcons } from '../../core/display';
import type { Envelope } from '../../core/envelope';
import type { ActiveItem } from '../../core/overview';
import type { Reservation } from '../../core/reservation';
import { COMMANDS } from '../contributions';
import { requireAgent } from '../identity';
import { tell } from '../notify';
import { askPick, type Choice } from '../quickInput';
import { localTime, timeUntil } from '../wording';
import { type CommandContext, type Handler, record, text, told } from './context';
import { reservationsOf } from './reservationArgument';

type Released = Envelope<Reservation>;

/**
 * Items of the view (the one clicked, and all selected), or `{ scope, agent? }`; without either, the person picks one.
 * Answers one envelope, or a list of them where several were selected.
 */
export function release(context: CommandContext): Handler {
  return async (argument, selected) => {
    const agent = text(argument, 'agent') ?? (await requireAgent(context.live));
    if (!agent) {
      return undefined;
    }
    const given = reservationsOf(argument, selected).map(({ scope }) => scope);
    const picked = given.length > 0 ? given : await pickMine(context, vscode.l10n.t('Release'));
    const envelopes = await releaseEach(context, agent, picked);
    return envelopes.length > 1 ? envelopes : envelopes[0];
  };
}

/** Asks first, unless told `{ skipConfirmation: true }`. Answers a list of envelopes. */
export function releaseAllMine(context: CommandContext): Handler {
  return async (argument) => {
    const agent = text(argument, 'agent') ?? (await requireAgent(context.live));
    if (!agent) {
      return undefined;
    }
    const scopes = context.live.overview.active
      .filter(({ reservation }) => reservation.agent_id === agent)
      .map(({ reservation }) => reservation.scope);
    if (scopes.length === 0) {
      tell(vscode.l10n.t('You hold no scope.'));
      return [];
    }
    const confirmed = record(argument)['skipConfirmation'] === true || (await confirmRelease(scopes));
    return confirmed ? await releaseEach(context, agent, scopes) : undefined;
  };
}

/** What the status bar leads to: one's own scopes to release, or a reservation to make. */
export function showHeld(context: CommandContext): Handler {
  return async () => {
    if (mine(context).length === 0) {
      return await vscode.commands.executeCommand(COMMANDS.reserve);
    }
    const agent = await requireAgent(context.live);
    const scopes = agent ? await pickMine(context, vscode.l10n.t('Scopes You Hold')) : [];
    const [envelope] = agent ? await releaseEach(context, agent, scopes) : [];
    return envelope;
  };
}

async function releaseEach(
  context: CommandContext,
  agent: string,
  scopes: readonly string[],
): Promise<readonly Released[]> {
  return await Promise.all(
    scopes.map(async (scope) => told(context, await context.live.coordination.release({ agent, scope }))),
  );
}

async function pickMine(context: CommandContext, title: string): Promise<readonly string[]> {
  const items = mine(context);
  if (items.length === 0) {
    tell(vscode.l10n.t('You hold no scope.'));
    return [];
  }
  const picked = await askPick({
    title,
    placeholder: vscode.l10n.t('Choose a scope to release it'),
    choices: () => items.map(choice),
  });
  return typeof picked === 'string' ? [picked] : [];
}

function choice({ reservation: { scope, bead_id, expires_at }, endsSoon }: ActiveItem): Choice<string> {
  return {
    value: scope,
    label: withoutIcons(scope),
    description: withoutIcons(bead_id),
    detail: vscode.l10n.t('until {0} ({1} left)', localTime(expires_at), timeUntil(expires_at, new Date())),
    iconPath: new vscode.ThemeIcon(endsSoon ? 'watch' : 'unlock'),
  };
}

function mine(context: CommandContext): readonly ActiveItem[] {
  return context.live.overview.active.filter((item) => item.mine);
}

async function confirmRelease(scopes: readonly string[]): Promise<boolean> {
  const yes = vscode.l10n.t('Release');
  const question =
    scopes.length === 1
      ? vscode.l10n.t('Release the scope that you hold?')
      : vscode.l10n.t('Release all {0} scopes that you hold?', scopes.length);
  const detail = scopes.map(withoutIcons).join('\n');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
