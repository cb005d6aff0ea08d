/** When what one has asked for is free: one notification, with the way to reserve it. */

import * as vscode from 'vscode';
import { type Freed, freedFor, keyOf } from '../../core/attention';
import { withoutLinks } from '../../core/display';
import type { CommandContext } from '../commands/context';
import { reserveTargets } from '../commands/reserve';
import { tell } from '../notify';
import { configuredAgent } from '../settings';
import { Remembered } from './memory';

export class FreedNotice implements vscode.Disposable {
  private readonly told: Remembered;
  private readonly disposable: vscode.Disposable;

  constructor(private readonly context: CommandContext) {
    this.told = new Remembered(context.memory, 'freed.told');
    this.disposable = context.live.onDidChange(() => void this.look());
  }

  dispose(): void {
    this.disposable.dispose();
  }

  private async look(): Promise<void> {
    const { live, projects } = this.context;
    const me = configuredAgent();
    if (!me || live.state.kind !== 'readable') {
      return;
    }
    const freed = freedFor(me, live.snapshot, new Date()).filter(
      ({ reservation }) =>
        !this.told.has(keyOf(reservation)) && (reservation.project === undefined || projects.isHere(reservation)),
    );
    await this.told.add(freed.map(({ reservation }) => keyOf(reservation)));
    for (const one of freed) {
      this.tell(one);
    }
    if (freed.length > 0) {
      await this.markRead(me, freed);
    }
  }

  private tell({ wanted, reservation }: Freed): void {
    const { context } = this;
    tell(vscode.l10n.t('“{0}” is free now.', withoutLinks(wanted)), [
      {
        title: vscode.l10n.t('Reserve'),
        run: () => reserveTargets(context, [{ scope: wanted, place: context.projects.placesOf(reservation)[0] }]),
      },
      { title: vscode.l10n.t('Dismiss'), run: () => undefined },
    ]);
  }

  /** The messages that say the same need no reading any more. */
  private async markRead(me: string, freed: readonly Freed[]): Promise<void> {
    const { coordination } = this.context.live;
    const ids = new Set(freed.map(({ reservation }) => reservation.reservation_id));
    const inbox = await coordination.inbox({ agent: me, state: 'unread' });
    const said = (inbox.ok ? inbox.data : []).filter(({ freed: what }) => what && ids.has(what.reservation_id));
    await Promise.all(said.map(({ message_id }) => coordination.read({ agent: me, message: message_id })));
  }
}
