/** When another asks for what one holds: one notification, with the ways to answer. */

import * as vscode from 'vscode';
import { type AskedOf, askedOf } from '../../core/attention';
import { withoutLinks } from '../../core/display';
import type { CommandContext } from '../commands/context';
import { COMMANDS } from '../contributions';
import { tell } from '../notify';
import { configuredAgent } from '../settings';
import { Remembered } from './memory';

export class RequestNotice implements vscode.Disposable {
  private readonly told: Remembered;
  private readonly disposable: vscode.Disposable;

  constructor(private readonly context: CommandContext) {
    this.told = new Remembered(context.memory, 'requests.told');
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
    const asked = askedOf(
      me,
      live.overview.messages.map(({ message }) => message),
      live.overview.active,
    ).filter(
      ({ message, reservation }) =>
        !this.told.has(message.message_id) && (reservation.project === undefined || projects.isHere(reservation)),
    );
    await this.told.add(asked.map(({ message }) => message.message_id));
    for (const one of asked) {
      this.tell(me, one);
    }
  }

  private tell(me: string, { message, reservation }: AskedOf): void {
    const { message_id: id, from_agent: from } = message;
    tell(vscode.l10n.t('{0} asks you to release “{1}”.', withoutLinks(from), withoutLinks(reservation.scope)), [
      { title: vscode.l10n.t('Release'), run: () => this.release(me, { message, reservation }) },
      {
        title: vscode.l10n.t('Open Message'),
        run: () => vscode.commands.executeCommand(COMMANDS.openMessage, { message: id }),
      },
      { title: vscode.l10n.t('Later'), run: () => undefined },
    ]);
  }

  /** What was asked for is done: nothing waits for an acknowledgement any more. */
  private async release(me: string, { message, reservation }: AskedOf): Promise<void> {
    const { releaseEach } = await import('../commands/handlers');
    const [released] = await releaseEach(this.context, me, [reservation]);
    if (released?.ok) {
      await this.context.live.coordination.ack({ agent: me, message: message.message_id });
    }
  }
}
