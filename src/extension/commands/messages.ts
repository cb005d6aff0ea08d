/** Open Message and Acknowledge Message. */

import * as vscode from 'vscode';
import { withoutIcons } from '../../core/display';
import type { MessageItem } from '../../core/overview';
import { requireAgent } from '../identity';
import { tell } from '../notify';
import { askPick } from '../quickInput';
import { configuredAgent } from '../settings';
import { categoryName } from '../wording';
import { type CommandContext, type Handler, record, text, told } from './context';

/** A message of the view, or `{ message, agent? }`; without either, the person picks one. Answers the envelope. */
export function acknowledge(context: CommandContext): Handler {
  return async (argument) => {
    const agent = text(argument, 'agent') ?? (await requireAgent(context.live));
    if (!agent) {
      return undefined;
    }
    const id =
      messageOf(argument) ??
      (await pickMessage(context, vscode.l10n.t('Acknowledge Message'), ({ message }) => message.to_agent === agent));
    if (!id) {
      return undefined;
    }
    const acked = told(context, await context.live.coordination.ack({ agent, message: id }));
    if (acked.ok) {
      context.documents.updateMessage(acked.data);
    }
    return acked;
  };
}

/**
 * Shows a message as a read-only document. Opening one that is for the person marks it as read; opening another's
 * leaves it as it is. Answers the envelope of the reading.
 */
export function openMessage(context: CommandContext): Handler {
  return async (argument) => {
    const id = messageOf(argument) ?? (await pickMessage(context, vscode.l10n.t('Open Message'), () => true));
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

function messageOf(argument: unknown): string | undefined {
  return text(record(argument)['message'], 'message_id') ?? text(argument, 'message');
}

async function pickMessage(
  context: CommandContext,
  title: string,
  matches: (item: MessageItem) => boolean,
): Promise<string | undefined> {
  const items = context.live.overview.messages.filter(matches);
  if (items.length === 0) {
    tell(vscode.l10n.t('No message waits for an acknowledgement.'));
    return undefined;
  }
  const picked = await askPick({
    title,
    placeholder: vscode.l10n.t('Choose a message'),
    choices: () =>
      items.map(({ message }) => ({
        value: message.message_id,
        label: withoutIcons(message.subject),
        description: withoutIcons(`${message.from_agent} → ${message.to_agent}`),
        detail: `${categoryName(message.category)} · ${withoutIcons(message.bead_id)}`,
      })),
  });
  return typeof picked === 'string' ? picked : undefined;
}
