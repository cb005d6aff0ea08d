/** Ten minutes before something of one's own ends: one notification for all that end then, unless they are renewed anyway. */

import * as vscode from 'vscode';
import { endingSoon, keyOf } from '../../core/attention';
import { withoutLinks } from '../../core/display';
import type { Reservation } from '../../core/reservation';
import type { CommandContext } from '../commands/context';
import type { KeepAlive } from '../keepAlive';
import { tell } from '../notify';
import type { OwnHere } from '../ownHere';
import { configuredAgent, defaultTtl } from '../settings';
import { inSentence, localTime } from '../wording';

export class ExpiryNotice implements vscode.Disposable {
  /** By id and end: what was extended may be told of again. */
  private readonly told = new Set<string>();
  private readonly disposables: readonly vscode.Disposable[];

  constructor(
    private readonly context: CommandContext,
    private readonly own: OwnHere,
    private readonly keepAlive: KeepAlive,
  ) {
    this.disposables = [context.live.onDidChange(() => this.look()), own.onDidChange(() => this.look())];
    this.look();
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private look(): void {
    const candidates = this.own.list().filter((reservation) => !this.keepAlive.keeps(reservation));
    const ending = endingSoon(
      candidates.filter((reservation) => !this.told.has(moment(reservation))),
      this.context.live.now(),
    );
    const agent = configuredAgent();
    if (ending.length === 0 || !agent) {
      return;
    }
    for (const reservation of ending) {
      this.told.add(moment(reservation));
    }
    const several = ending.length > 1;
    tell(text(ending), [
      {
        title: several ? vscode.l10n.t('Renew All') : vscode.l10n.t('Renew'),
        run: async () => {
          const { renewEach } = await import('../commands/handlers');
          await renewEach(this.context, agent, ending, defaultTtl());
        },
      },
      {
        title: several ? vscode.l10n.t('Release All') : vscode.l10n.t('Release'),
        run: async () => {
          const { releaseEach } = await import('../commands/handlers');
          await releaseEach(this.context, agent, ending);
        },
      },
    ]);
  }
}

function moment(reservation: Reservation): string {
  return `${keyOf(reservation)} ${reservation.expires_at}`;
}

function text(ending: readonly Reservation[]): string {
  const [first] = ending;
  return first && ending.length === 1
    ? vscode.l10n.t('“{0}” ends at {1}.', withoutLinks(first.scope), localTime(first.expires_at))
    : vscode.l10n.t(
        '{0} of your scopes end within minutes: {1}.',
        ending.length,
        withoutLinks(inSentence(ending.map(({ scope }) => scope))),
      );
}
