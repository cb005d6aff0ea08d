/** Open Message and Acknowledge Message, with what a HANDOFF offers; and what is done about messages that cannot be read. */

import * as vscode from 'vscode';
import { withoutIcons, withoutLinks } from '../../core/display';
import { stillHandedOver } from '../../core/handoff';
import type { Message } from '../../core/message';
import { isExpired } from '../../core/reservation';
import { type CommandContext, type Handler, record, tellNone, text, told } from '../commands/context';
import { requireAgent } from '../identity';
import { tell, tellWarning } from '../notify';
import { askPick } from '../quickInput';
import { configuredAgent, defaultTtl } from '../settings';
import { categoryName, inSentence } from '../wording';

/**
 * A message of the view, or `{ message, take?, agent? }`; without either, the person picks one. Where it hands over scopes and
 * `take` does not say, the person is asked whether to take them over. Answers the envelope.
 */
export function acknowledge(context: CommandContext): Handler {
  return async (argument) => {
    const agent = text(argument, 'agent') ?? (await requireAgent(context.live));
    if (!agent) {
      return undefined;
    }
    const message =
      messageOf(argument) ??
      (await pickMessage(context, vscode.l10n.t('Acknowledge Message'), waitingFor(context, agent)));
    const given = record(argument)['take'];
    const take = message && (typeof given === 'boolean' ? given : await isToBeTaken(context, message));
    if (!message || take === undefined) {
      return undefined;
    }
    const input = { agent, message, ...(take ? { take, ttl: defaultTtl() } : {}) };
    const acked = told(context, await context.live.coordination.ack(input));
    if (acked.ok) {
      context.documents.updateMessage(acked.data);
      tellTaken(acked.data.taken ?? [], acked.data.not_taken ?? []);
    }
    return acked;
  };
}

/** Undefined where the person gave up. */
async function isToBeTaken({ live }: CommandContext, message: string): Promise<boolean | undefined> {
  const found = await live.coordination.showMessage({ message });
  const now = live.now();
  const offered = found.ok ? stillHandedOver(found.data, live.snapshot.active, (entry) => isExpired(entry, now)) : [];
  if (!found.ok || offered.length === 0) {
    return false;
  }
  const scopes = withoutIcons(inSentence(offered.map(({ scope }) => scope)));
  const answer = await askPick<'take' | 'leave'>({
    title: vscode.l10n.t('Acknowledge Message'),
    placeholder: vscode.l10n.t('{0} hands over what it holds', withoutIcons(found.data.from_agent)),
    choices: () => [
      {
        value: 'take',
        label:
          offered.length === 1
            ? vscode.l10n.t('Take Over 1 Scope and Acknowledge')
            : vscode.l10n.t('Take Over {0} Scopes and Acknowledge', offered.length),
        detail: scopes,
      },
      {
        value: 'leave',
        label: vscode.l10n.t('Only Acknowledge'),
        detail: vscode.l10n.t('The sender goes on holding what it offered.'),
      },
    ],
  });
  return typeof answer === 'string' ? answer === 'take' : undefined;
}

function tellTaken(taken: readonly { scope: string }[], left: readonly { scope: string }[]): void {
  const list = (all: readonly { scope: string }[]) => withoutLinks(inSentence(all.map(({ scope }) => scope)));
  if (taken.length > 0) {
    tell(vscode.l10n.t('Yours now: {0}. Read the files again before you go on.', list(taken)));
  }
  if (left.length > 0) {
    tellWarning(vscode.l10n.t('Not taken over, since it is not held any more as it was offered: {0}', list(left)));
  }
}

/**
 * Shows a message as a read-only document. Opening one that is for the person marks it as read; opening another's
 * leaves it as it is. Answers the envelope of the reading.
 */
export function openMessage(context: CommandContext): Handler {
  return async (argument) => {
    const id = messageOf(argument) ?? (await pickMessage(context, vscode.l10n.t('Open Message'), await known(context)));
    if (!id) {
      return undefined;
    }
    const found = await context.live.coordination.showMessage({ message: id });
    if (!found.ok) {
      return told(context, found);
    }
    const agent = configuredAgent();
    if (agent && found.data.to_agent === agent && found.data.state === 'unread') {
      const read = told(context, await context.live.coordination.read({ agent, message: id }));
      await context.documents.openMessage(read.ok ? read.data : found.data);
      return read;
    }
    await context.documents.openMessage(found.data);
    return found;
  };
}

/** An item of the view that stands for a file which cannot be read. */
export function openMessageFile(): Handler {
  return async (argument) => {
    const path = text(record(argument)['problem'], 'path');
    if (path) {
      await vscode.window.showTextDocument(vscode.Uri.file(path));
    }
  };
}

/** The id of a message that an item of the view stands for, or that was named. */
export function messageOf(argument: unknown): string | undefined {
  return text(record(argument)['message'], 'message_id') ?? text(argument, 'message');
}

function waitingFor({ live }: CommandContext, agent: string): readonly Message[] {
  return live.overview.messages.map(({ message }) => message).filter(({ to_agent }) => to_agent === agent);
}

/** The latest for the person, and whatever waits for an acknowledgement; undefined where what is wrong has been told. */
async function known(context: CommandContext): Promise<readonly Message[] | undefined> {
  const waiting = context.live.overview.messages.map(({ message }) => message);
  const latest = await received(context);
  const all = [...(latest ?? []), ...waiting];
  return latest || waiting.length > 0
    ? [...new Map(all.map((message) => [message.message_id, message])).values()]
    : undefined;
}

/** The latest for the person; undefined where what is wrong has been told. */
export async function received(context: CommandContext): Promise<readonly Message[] | undefined> {
  const agent = configuredAgent();
  if (!agent) {
    return [];
  }
  const inbox = told(context, await context.live.coordination.inbox({ agent }));
  return inbox.ok ? inbox.data : undefined;
}

/** Of those that there are, if it is known which there are. */
export async function pickMessage(
  context: CommandContext,
  title: string,
  messages: readonly Message[] | undefined,
): Promise<string | undefined> {
  if (!messages) {
    return undefined;
  }
  if (messages.length === 0) {
    tellNone(context, vscode.l10n.t('There is no message to choose.'));
    return undefined;
  }
  const picked = await askPick({
    title,
    placeholder: vscode.l10n.t('Choose a message'),
    choices: () =>
      messages.map((message) => ({
        value: message.message_id,
        label: withoutIcons(message.subject) || vscode.l10n.t('(no subject)'),
        description: withoutIcons(`${message.from_agent} → ${message.to_agent}`),
        detail: `${categoryName(message.category)} · ${withoutIcons(message.bead_id)}`,
      })),
  });
  return typeof picked === 'string' ? picked : undefined;
}
