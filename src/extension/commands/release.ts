/** Release, Release All Mine, and the list of what one holds. */

import * as vscode from 'vscode';
import { oneLine } from '../../core/display';
import type { Envelope } from '../../core/envelope';
import type { ActiveItem } from '../../core/overview';
import type { Reservation } from '../../core/reservation';
import { COMMANDS } from '../contributions';
import { requireAgent } from '../identity';
import { type CommandContext, type Handler, record, tellNone, text, told } from './context';
import { mineOf, type Named, pickMine, reservationsOf } from './reservationArgument';

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
    const given = reservationsOf(argument, selected);
    const isOne = given.length === 1;
    // Of several that are selected, what is not one's own is passed over; of one, it is told.
    const named =
      given.length > 0
        ? isOne
          ? given
          : mineOf(given, agent)
        : await pickToRelease(context, vscode.l10n.t('Release'));
    const envelopes = await releaseEach(context, agent, named);
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
    const held = context.live.overview.active
      .filter(({ reservation }) => reservation.agent_id === agent)
      .map(({ reservation }) => reservation);
    if (held.length === 0) {
      tellNone(context, vscode.l10n.t('You hold no scope.'));
      return [];
    }
    const confirmed = record(argument)['skipConfirmation'] === true || (await confirmRelease(held));
    return confirmed ? await releaseEach(context, agent, held) : undefined;
  };
}

/** What the status bar leads to: one's own scopes to release, or a reservation to make. */
export function showHeld(context: CommandContext): Handler {
  return async () => {
    if (mine(context).length === 0) {
      return await vscode.commands.executeCommand(COMMANDS.reserve);
    }
    const agent = await requireAgent(context.live);
    const held = agent ? await pickToRelease(context, vscode.l10n.t('Scopes You Hold')) : [];
    const [envelope] = agent ? await releaseEach(context, agent, held) : [];
    return envelope;
  };
}

export async function releaseEach(
  context: CommandContext,
  agent: string,
  named: readonly Named[],
): Promise<readonly Released[]> {
  return await Promise.all(
    named.map(async ({ scope, project }) =>
      told(context, await context.live.coordination.release({ agent, scope, project })),
    ),
  );
}

function pickToRelease(context: CommandContext, title: string): Promise<readonly Named[]> {
  return pickMine(context, title, vscode.l10n.t('Choose a scope to release it'));
}

function mine(context: CommandContext): readonly ActiveItem[] {
  return context.live.overview.active.filter((item) => item.mine);
}

async function confirmRelease(held: readonly Reservation[]): Promise<boolean> {
  const yes = vscode.l10n.t('Release');
  const question =
    held.length === 1
      ? vscode.l10n.t('Release the scope that you hold?')
      : vscode.l10n.t('Release all {0} scopes that you hold?', held.length);
  const detail = held.map(({ scope }) => oneLine(scope)).join('\n');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
