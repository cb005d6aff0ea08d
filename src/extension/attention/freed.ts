/** When what one has asked for is free: one notification, with the way to reserve it. */

import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { type Freed, freedFor, keyOf } from '../../core/attention';
import { withoutLinks } from '../../core/display';
import { inBackground } from '../../util/background';
import type { CommandContext } from '../commands/context';
import { failuresTo } from '../failures';
import { tell } from '../notify';
import { lookAtEachChange } from './looks';
import { Remembered } from './memory';

/** The message that a scope is free follows its release at once, but for a machine that is busy. */
const MESSAGE_DELAYS_MS = [0, 200, 1_000, 5_000];

export class FreedNotice implements vscode.Disposable {
  private readonly told: Remembered;
  private readonly disposable: vscode.Disposable;

  constructor(private readonly context: CommandContext) {
    this.told = new Remembered(context.memory, 'freed.told');
    this.disposable = lookAtEachChange(context, (me) => this.look(me));
  }

  dispose(): void {
    this.disposable.dispose();
  }

  private async look(me: string): Promise<void> {
    const { live, projects, log } = this.context;
    const freed = freedFor(me, live.snapshot, live.now()).filter(
      ({ reservation }) =>
        !this.told.has(keyOf(reservation)) && (reservation.project === undefined || projects.isHere(reservation)),
    );
    await this.told.add(freed.map(({ reservation }) => keyOf(reservation)));
    for (const one of freed) {
      this.tell(one);
    }
    if (freed.length > 0) {
      // It waits for them: what is freed meanwhile is told at once.
      inBackground(this.markRead(me, freed), failuresTo(log));
    }
  }

  private tell({ wanted, reservation }: Freed): void {
    const { context } = this;
    tell(vscode.l10n.t('“{0}” is free now.', withoutLinks(wanted)), [
      {
        title: vscode.l10n.t('Reserve'),
        run: async () => {
          const { reserveTargets } = await import('../commands/handlers');
          await reserveTargets(context, [{ scope: wanted, place: context.projects.placesOf(reservation)[0] }]);
        },
      },
      { title: vscode.l10n.t('Dismiss'), run: () => undefined },
    ]);
  }

  /** The messages that say the same need no reading any more. They are written after the release: some are not there yet. */
  private async markRead(me: string, freed: readonly Freed[]): Promise<void> {
    const { coordination } = this.context.live;
    const awaited = new Set(freed.map(({ reservation }) => reservation.reservation_id));
    for (const delay of MESSAGE_DELAYS_MS) {
      await sleep(delay, undefined, { ref: false });
      const inbox = await coordination.inbox({ agent: me, state: 'unread' });
      for (const { message_id, freed: what } of inbox.ok ? inbox.data : []) {
        if (what && awaited.delete(what.reservation_id)) {
          await coordination.read({ agent: me, message: message_id });
        }
      }
      if (awaited.size === 0) {
        return;
      }
    }
  }
}
