/** Ask to Release…: tells who is in the way what one needs the scope for; the asker is told when it is free. */

import * as vscode from 'vscode';
import { keyOf } from '../../core/attention';
import { withoutIcons, withoutLinks } from '../../core/display';
import type { Envelope } from '../../core/envelope';
import type { Asked, RequestData, RequestInput } from '../../core/request';
import type { Reservation } from '../../core/reservation';
import { requestOf } from '../../core/waiting';
import { COMMANDS } from '../contributions';
import type { DriftFile } from '../drift';
import { requireAgent } from '../identity';
import { type Action, tell, tellWarning } from '../notify';
import { inSentence, localTime } from '../wording';
import { type CommandContext, type Handler, record, text, told } from './context';
import { driftOf, targetOf } from './drift';
import { asInput } from './grant';
import { askReason } from './reason';
import { othersOf, pickOthers } from './reservationArgument';

type Requested = Envelope<RequestData>;
/** What is wanted, and where. */
type Wanted = Pick<RequestInput, 'scope' | 'project' | 'foldCase' | 'bead'>;

/**
 * Items of the view, of which the holders of those of others are asked, of changed files too, or `{ wanted: { scope, project?, foldCase?, bead? } }`
 * for whatever is in its way; `{ reason, agent? }` beside them. Without any, the person picks one. Answers one envelope, or
 * a list where several were selected.
 */
export function askToRelease(context: CommandContext): Handler {
  return async (argument, selected) => {
    const from = text(argument, 'agent') ?? (await requireAgent(context.live));
    const wanted = from ? await whatIsWanted(context, argument, selected, from) : [];
    if (!from || wanted.length === 0) {
      return undefined;
    }
    const reason = text(argument, 'reason') ?? (await askWhy(wanted));
    if (reason === undefined) {
      return undefined;
    }
    const envelopes: Requested[] = [];
    for (const one of wanted) {
      envelopes.push(told(context, await context.live.coordination.request({ ...one, from, reason })));
    }
    tellAsked(envelopes.flatMap((envelope) => (envelope.ok ? envelope.data.requests : [])));
    return envelopes.length > 1 ? envelopes : envelopes[0];
  };
}

/** What has been asked for before is told of, and not asked for again. */
async function whatIsWanted(
  context: CommandContext,
  argument: unknown,
  selected: unknown,
  from: string,
): Promise<readonly Wanted[]> {
  const given = record(record(argument)['wanted']);
  const scope = text(given, 'scope');
  if (scope !== undefined) {
    const [project, bead, foldCase] = [text(given, 'project'), text(given, 'bead'), given['foldCase'] === true];
    return [{ scope, project, bead, foldCase }];
  }
  const drift = driftOf(context, argument, selected);
  const reservations =
    othersWith(context, drift, argument, selected) ??
    (await pickOthers(context, vscode.l10n.t('Ask to Release'), vscode.l10n.t('Choose what another holds')));
  const asked = reservations.filter((reservation) => requestOf(reservation, from));
  const [first] = asked;
  const waiter = first && requestOf(first, from);
  if (first && waiter) {
    tell(
      asked.length === 1
        ? vscode.l10n.t(
            'You asked {0} for “{1}” already, {2}. You are told when it is free.',
            withoutLinks(first.agent_id),
            withoutLinks(first.scope),
            localTime(waiter.since),
          )
        : vscode.l10n.t('{0} of them were asked for already. You are told when they are free.', asked.length),
      waiter.message_id ? [openMessage(waiter.message_id)] : [],
    );
  }
  const wanted = reservations.filter((one) => !asked.includes(one)).map((one) => asWanted(one, drift));
  // Two may hold the same file.
  return [...new Map(wanted.map((one) => [`${one.project}\n${one.scope}`, one])).values()];
}

/** What was named, and what others hold of changed files that were. */
function othersWith(
  context: CommandContext,
  drift: readonly DriftFile[],
  argument: unknown,
  selected: unknown,
): readonly Reservation[] | undefined {
  const items: readonly unknown[] = Array.isArray(selected) && selected.length > 0 ? selected : [argument];
  return othersOf(context, undefined, [...items, ...drift.flatMap(({ held }) => held)]);
}

/** Where one changed file of it is meant, that file alone; but what names no project is in the way of its own scope only. */
function asWanted(reservation: Reservation, drift: readonly DriftFile[]): Wanted {
  const { scope, project } = reservation;
  const [file, ...more] = drift.filter(({ held }) => held.some((one) => keyOf(one.reservation) === keyOf(reservation)));
  return file && more.length === 0 && project !== undefined ? asInput(targetOf(file)) : { scope, project };
}

function askWhy(wanted: readonly Wanted[]): Promise<string | undefined> {
  const [first] = wanted;
  return askReason({
    title:
      first && wanted.length === 1
        ? vscode.l10n.t('Ask to Release {0}', withoutIcons(first.scope))
        : vscode.l10n.t('Ask to Release {0} Scopes', wanted.length),
    prompt: vscode.l10n.t('What you need it for; the holder reads it'),
    placeholder: vscode.l10n.t('for example: the login form has to call the new session'),
  });
}

function tellAsked(requests: readonly Asked[]): void {
  const unheard = requests.filter(({ message_id }) => message_id === null);
  const heard = requests.filter(({ message_id }) => message_id !== null);
  const all = [...new Set(heard.map(({ agent_id }) => agent_id))];
  const holders = withoutLinks(inSentence(all));
  const one = all.length === 1;
  if (heard.length > 0) {
    const asked = one
      ? vscode.l10n.t('{0} was asked. You are told when it is free.', holders)
      : vscode.l10n.t('{0} were asked. You are told when it is free.', holders);
    const askedAlready = one
      ? vscode.l10n.t('{0} was asked already. You are told when it is free.', holders)
      : vscode.l10n.t('{0} were asked already. You are told when it is free.', holders);
    tell(heard.every(({ already }) => already) ? askedAlready : asked);
  }
  const [first] = unheard;
  if (first) {
    tellWarning(
      vscode.l10n.t(
        'Too many wait for “{0}” already; {1} was not asked.',
        withoutLinks(first.scope),
        withoutLinks(first.agent_id),
      ),
    );
  }
}

function openMessage(message: string): Action {
  return {
    title: vscode.l10n.t('Open Message'),
    run: () => vscode.commands.executeCommand(COMMANDS.openMessage, { message }),
  };
}
