/**
 * When a message comes that waits for the person's acknowledgement: one notification, with the ways to answer. One that asks for
 * what the person holds has ways of its own. What was there before the window is summed up in one.
 */

import * as vscode from 'vscode';
import { type AskedOf, askedOf } from '../../core/attention';
import { withoutLinks } from '../../core/display';
import type { Message } from '../../core/message';
import type { CommandContext } from '../commands/context';
import { COMMANDS, MESSAGES_VIEW_ID } from '../contributions';
import { type Action, tell } from '../notify';
import { notifiesOfMessages, stopNotifyingOfMessages } from '../settings';
import { categoryName } from '../wording';
import { lookAtEachChange } from './looks';
import { Remembered } from './memory';

export class LetterNotice implements vscode.Disposable {
  private readonly told: Remembered;
  private readonly disposable: vscode.Disposable;
  /** Whose messages have been looked at in this window. */
  private lookedFor: string | undefined;

  constructor(private readonly context: CommandContext) {
    this.told = new Remembered(context.memory, 'requests.told');
    this.disposable = lookAtEachChange(context, (me) => this.look(me));
  }

  dispose(): void {
    this.disposable.dispose();
  }

  private async look(me: string): Promise<void> {
    const { live, projects } = this.context;
    const isFirst = this.lookedFor !== me;
    this.lookedFor = me;
    const mine = live.overview.messages.filter((item) => item.mine).map(({ message }) => message);
    const unread = mine.filter(({ message_id, state }) => state === 'unread' && !this.told.has(message_id));
    const asked = askedOf(me, unread, live.overview.active).filter(
      ({ reservation }) => reservation.project === undefined || projects.isHere(reservation),
    );
    const isAsked = new Set(asked.map(({ message }) => message));
    const others = notifiesOfMessages() ? unread.filter((message) => !isAsked.has(message)) : [];
    await this.told.add([...isAsked, ...others].map(({ message_id }) => message_id));
    for (const one of asked) {
      this.tellAsked(me, one);
    }
    const [first, ...more] = others;
    if (isFirst && first && more.length > 0) {
      this.tellAll(others.length);
    } else {
      for (const message of others) {
        this.tell(message);
      }
    }
  }

  private tellAll(count: number): void {
    tell(vscode.l10n.t('{0} messages wait for your acknowledgement.', count), [
      {
        title: vscode.l10n.t('Show Messages'),
        run: () => vscode.commands.executeCommand(`${MESSAGES_VIEW_ID}.focus`),
      },
      dontShowAgain(),
    ]);
  }

  private tell({ message_id: message, from_agent, category, subject }: Message): void {
    const text = vscode.l10n.t(
      'Message from {1} ({0}): {2}',
      categoryName(category),
      withoutLinks(from_agent),
      withoutLinks(subject),
    );
    tell(text, [
      open(message),
      {
        title: vscode.l10n.t('Acknowledge'),
        run: () => vscode.commands.executeCommand(COMMANDS.acknowledge, { message }),
      },
      dontShowAgain(),
    ]);
  }

  private tellAsked(me: string, { message, reservation }: AskedOf): void {
    const { message_id: id, from_agent: from } = message;
    tell(vscode.l10n.t('{0} asks you to release “{1}”.', withoutLinks(from), withoutLinks(reservation.scope)), [
      { title: vscode.l10n.t('Release'), run: () => this.release(me, { message, reservation }) },
      open(id),
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

function open(message: string): Action {
  return {
    title: vscode.l10n.t('Open Message'),
    run: () => vscode.commands.executeCommand(COMMANDS.openMessage, { message }),
  };
}

function dontShowAgain(): Action {
  return { title: vscode.l10n.t('Don’t Show Again'), run: () => stopNotifyingOfMessages() };
}
