/** Force Release…: ends what another holds. The last resort of a person, who says why. */

import * as vscode from 'vscode';
import { oneLine, withoutIcons } from '../../core/display';
import type { Envelope } from '../../core/envelope';
import type { Reservation } from '../../core/reservation';
import { requireAgent } from '../identity';
import { tell } from '../notify';
import { localTime } from '../wording';
import { type CommandContext, type Handler, record, text, told } from './context';
import { askReason } from './reason';
import { othersOf, pickOthers } from './reservationArgument';

/**
 * Items of the view, of which those of others are released, or `{ reservation, scope?, reason, agent? }` with
 * `skipConfirmation: true`; without either, the person picks one. Answers one envelope, or a list where several were
 * selected.
 */
export function forceRelease(context: CommandContext): Handler {
  return async (argument, selected) => {
    const by = text(argument, 'agent') ?? (await requireAgent(context.live));
    if (!by) {
      return undefined;
    }
    const id = text(argument, 'reservation');
    const given = text(argument, 'reason');
    if (id !== undefined && record(argument)['skipConfirmation'] === true) {
      const scope = text(argument, 'scope');
      return told(
        context,
        await context.live.coordination.forceRelease({ reservation: id, scope, by, reason: given ?? '' }),
      );
    }
    const reservations = await choose(context, argument, selected);
    const reason = reservations.length > 0 ? (given ?? (await askWhy(reservations))) : undefined;
    if (!reason || !(await isMeant(reservations, reason))) {
      return undefined;
    }
    const envelopes: Envelope<Reservation>[] = [];
    for (const { reservation_id, scope } of reservations) {
      envelopes.push(
        told(context, await context.live.coordination.forceRelease({ reservation: reservation_id, scope, by, reason })),
      );
    }
    return envelopes.length > 1 ? envelopes : envelopes[0];
  };
}

async function choose(context: CommandContext, argument: unknown, selected: unknown): Promise<readonly Reservation[]> {
  const others = othersOf(context, argument, selected);
  if (others === undefined) {
    return await pickOthers(
      context,
      vscode.l10n.t('Force Release'),
      vscode.l10n.t('Choose what another holds, to end it'),
    );
  }
  if (others.length === 0) {
    tell(vscode.l10n.t('That is held by no other any more. What is yours you can just release.'));
  }
  return others;
}

function askWhy(reservations: readonly Reservation[]): Promise<string | undefined> {
  const [first] = reservations;
  return askReason({
    title:
      first && reservations.length === 1
        ? vscode.l10n.t('Force Release {0}', withoutIcons(first.scope))
        : vscode.l10n.t('Force Release {0} Scopes', reservations.length),
    prompt: vscode.l10n.t('Why it has to be ended; the history keeps it'),
    placeholder: vscode.l10n.t('for example: the agent was stopped'),
  });
}

async function isMeant(reservations: readonly Reservation[], reason: string): Promise<boolean> {
  const [first] = reservations;
  const one = reservations.length === 1;
  const question =
    first && one
      ? vscode.l10n.t(
          'Release “{0}”, which {1} holds until {2}?',
          oneLine(first.scope),
          oneLine(first.agent_id),
          localTime(first.expires_at),
        )
      : vscode.l10n.t('Release {0} scopes that others hold?', reservations.length);
  const list = reservations.map(({ scope, agent_id, expires_at }) =>
    vscode.l10n.t('{0}: {1}, until {2}', oneLine(scope), oneLine(agent_id), localTime(expires_at)),
  );
  const detail = [
    ...(one ? [] : [list.join('\n')]),
    vscode.l10n.t(
      'Nobody is asked: the holder may be in the middle of its work, and go on with it. This cannot be undone.',
    ),
    vscode.l10n.t('Reason: {0}', oneLine(reason)),
  ];
  const yes = vscode.l10n.t('Force Release');
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail: detail.join('\n\n') }, yes);
  return answer === yes;
}
