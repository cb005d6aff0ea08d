/** Renew…: what one holds is held for longer. */

import * as vscode from 'vscode';
import { withoutIcons, withoutLinks } from '../../core/display';
import type { Envelope } from '../../core/envelope';
import type { Reservation } from '../../core/reservation';
import { requireAgent } from '../identity';
import { tell } from '../notify';
import { askTtl } from '../reserveQuestions';
import { defaultTtl } from '../settings';
import { localTime } from '../wording';
import { type CommandContext, type Handler, record, text, told } from './context';
import { mineOf, type Named, pickMine, reservationsOf } from './reservationArgument';

type Renewed = Envelope<Reservation>;

/**
 * Items of the view, of which one's own are renewed, or `{ scope, ttl?, agent? }`; without either, the person picks one.
 * Without a TTL the person is asked for how long, from now. Answers one envelope, or a list where several were selected.
 */
export function renew(context: CommandContext): Handler {
  return async (argument, selected) => {
    const agent = text(argument, 'agent') ?? (await requireAgent(context.live));
    if (!agent) {
      return undefined;
    }
    const given = reservationsOf(argument, selected);
    const named =
      given.length > 0
        ? mineOf(given, agent)
        : await pickMine(context, vscode.l10n.t('Renew'), vscode.l10n.t('Choose a scope to hold it for longer'));
    const ttl = 'ttl' in record(argument) ? (record(argument)['ttl'] as number) : await askHowLong(named);
    if (ttl === undefined) {
      return undefined;
    }
    const envelopes = await renewEach(context, agent, named, ttl);
    return envelopes.length > 1 ? envelopes : envelopes[0];
  };
}

export async function renewEach(
  context: CommandContext,
  agent: string,
  named: readonly Named[],
  ttl: number,
): Promise<readonly Renewed[]> {
  const asked = Date.now();
  return await Promise.all(
    named.map(async ({ scope, project }) => {
      const envelope = told(context, await context.live.coordination.renew({ agent, scope, ttl, project }));
      if (envelope.ok && (Date.parse(envelope.data.renewed_at ?? '') || 0) < asked) {
        tellNotShortened(envelope.data);
      }
      return envelope;
    }),
  );
}

/** Nobody loses time by renewing. */
function tellNotShortened({ scope, expires_at }: Reservation): void {
  tell(
    vscode.l10n.t(
      '“{0}” is yours until {1} already; that is left as it is.',
      withoutLinks(scope),
      localTime(expires_at),
    ),
  );
}

async function askHowLong(named: readonly Named[]): Promise<number | undefined> {
  const [first] = named;
  if (!first) {
    return undefined;
  }
  const title =
    named.length === 1
      ? vscode.l10n.t('Renew {0}', withoutIcons(first.scope))
      : vscode.l10n.t('Renew {0} Scopes', named.length);
  const answer = await askTtl(title, vscode.l10n.t('How long you still need it, from now'), {}, defaultTtl());
  return typeof answer === 'number' ? answer : undefined;
}
