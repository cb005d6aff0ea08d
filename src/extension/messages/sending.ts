/** Sending what was composed. What is refused stays where it was written. */

import * as vscode from 'vscode';
import { withoutLinks } from '../../core/display';
import { type Draft, parseDraft } from '../../core/draft';
import { type Envelope, envelope } from '../../core/envelope';
import { BROADCAST, isToMany, type Message, ROLE_PREFIX } from '../../core/message';
import { type CommandContext, type Handler, told } from '../commands/context';
import { DRAFT_LANGUAGE } from '../contributions';
import { requireAgent } from '../identity';
import { tell } from '../notify';

/** Undefined where the person did not mean it. */
export async function sendAs(
  context: CommandContext,
  from: string,
  { handOver, ...draft }: Draft,
  isMeant = false,
): Promise<Envelope<Message> | undefined> {
  if (isToMany(draft.to) && !isMeant && !(await isForMany(context, from, draft.to))) {
    return undefined;
  }
  const sent = told(
    context,
    await context.live.coordination.send({
      ...draft,
      from,
      ...(handOver ? { handOver: { reservations: handOver } } : {}),
    }),
  );
  if (sent.ok) {
    const to = draft.to === BROADCAST ? vscode.l10n.t('everybody') : withoutLinks(draft.to);
    tell(vscode.l10n.t('Sent to {0}: {1}', to, withoutLinks(draft.subject)));
  }
  return sent;
}

async function isForMany(context: CommandContext, from: string, to: string): Promise<boolean> {
  const role = to === BROADCAST ? undefined : to.slice(ROLE_PREFIX.length);
  const listed = told(context, await context.live.coordination.list({ role }));
  if (!listed.ok) {
    return false;
  }
  const count = listed.data.filter(({ agent_id }) => agent_id !== from).length;
  if (count === 0) {
    // Nobody is there to be asked about: the refusal says so.
    return true;
  }
  const yes = vscode.l10n.t('Send');
  const question =
    role !== undefined
      ? vscode.l10n.t('Send this to every other agent with the role “{0}” ({1})?', withoutLinks(role), count)
      : count === 1
        ? vscode.l10n.t('Send this to the 1 other agent that is registered?')
        : vscode.l10n.t('Send this to all {0} other agents that are registered?', count);
  const detail = vscode.l10n.t('Each gets a message of its own. It cannot be taken back.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

/** Sends the draft in the active editor and closes it; where it is refused, it stays open. Answers the envelope. */
export function sendDraft(context: CommandContext): Handler {
  return async () => {
    const document = activeDraft();
    const from = document && (await requireAgent(context.live));
    if (!document || !from) {
      return undefined;
    }
    const draft = parseDraft(document.getText());
    if (!draft.ok) {
      return told(context, envelope('agent send', draft));
    }
    const sent = await sendAs(context, from, draft.data);
    if (sent?.ok) {
      await close(document);
    }
    return sent;
  };
}

/** Closes the draft in the active editor without sending it, after asking where something was written. */
export function discardDraft(): Handler {
  return async () => {
    const document = activeDraft();
    if (!document) {
      return;
    }
    const draft = parseDraft(document.getText());
    const isEmpty = draft.ok && draft.data.body === '';
    const yes = vscode.l10n.t('Discard');
    const question = vscode.l10n.t('Discard this message? What you have written is lost.');
    if (isEmpty || (await vscode.window.showWarningMessage(question, { modal: true }, yes)) === yes) {
      await close(document);
    }
  };
}

function activeDraft(): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === DRAFT_LANGUAGE ? document : undefined;
}

/** Without the question whether to save it. */
async function close(document: vscode.TextDocument): Promise<void> {
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}
