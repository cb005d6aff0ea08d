/** What a person is asked before a language model changes anything: every argument as it is, and in whose name. */

import * as vscode from 'vscode';
import { oneLine, plainLines } from '../../core/display';
import { asText } from '../../core/input';
import type { Tool } from '../../tools/tool';
import { record } from '../commands/context';

/** Nobody reads more; what is cut is seen to be. */
const LONGEST_VALUE = 2_000;

export function progress({ name }: Tool): string {
  return wordingOf(name).progress;
}

/**
 * The arguments stand in a block of code: written by a model, they must neither be drawn as Markdown nor become links.
 *
 * @param agent who acts where the arguments do not say
 */
export function confirmation(
  { name }: Tool,
  input: unknown,
  agent: string | undefined,
): vscode.LanguageModelToolConfirmationMessages {
  const given = Object.entries({ ...(agent && name !== 'register_agent' ? { agent } : {}), ...record(input) });
  const rows = given.map(([key, value]) => `${labelOf(key)}: ${shown(value)}`);
  return {
    title: wordingOf(name).question,
    message: new vscode.MarkdownString().appendCodeblock(rows.join('\n'), 'text'),
  };
}

function shown(value: unknown): string {
  if (Array.isArray(value)) {
    return oneLine(value.map(asText).join(', '), LONGEST_VALUE);
  }
  // Lines after the first are set in, so that none passes for another argument.
  const text = plainLines(asText(value));
  return (text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text).replaceAll('\n', '\n    ');
}

interface Wording {
  readonly progress: string;
  readonly question: string;
}

function wordingOf(tool: string): Wording {
  const wordings: Readonly<Record<string, Wording>> = {
    reserve_scope: {
      progress: vscode.l10n.t('Reserving scopes'),
      question: vscode.l10n.t('Reserve these scopes?'),
    },
    release_scope: {
      progress: vscode.l10n.t('Releasing scopes'),
      question: vscode.l10n.t('Release these scopes?'),
    },
    renew_scope: {
      progress: vscode.l10n.t('Renewing a scope'),
      question: vscode.l10n.t('Renew this scope?'),
    },
    check_paths: { progress: vscode.l10n.t('Looking up who holds files'), question: '' },
    list_reservations: { progress: vscode.l10n.t('Listing reservations'), question: '' },
    list_messages: { progress: vscode.l10n.t('Listing messages'), question: '' },
    send_message: {
      progress: vscode.l10n.t('Sending a message'),
      question: vscode.l10n.t('Send this message?'),
    },
    acknowledge_message: {
      progress: vscode.l10n.t('Acknowledging a message'),
      question: vscode.l10n.t('Acknowledge this message?'),
    },
    register_agent: {
      progress: vscode.l10n.t('Registering an agent'),
      question: vscode.l10n.t('Register this agent?'),
    },
    request_release: {
      progress: vscode.l10n.t('Asking to release a scope'),
      question: vscode.l10n.t('Ask the holders to release this scope?'),
    },
  };
  return wordings[tool] ?? { progress: tool, question: tool };
}

/** An argument that there is not is shown as it is called: the tool will refuse it. */
function labelOf(argument: string): string {
  const labels: Readonly<Record<string, string>> = {
    agent: vscode.l10n.t('Agent'),
    scopes: vscode.l10n.t('Scopes'),
    scope: vscode.l10n.t('Scope'),
    bead: vscode.l10n.t('Bead'),
    ttl: vscode.l10n.t('Minutes'),
    wait: vscode.l10n.t('Seconds to wait'),
    takeover_stale: vscode.l10n.t('Take over what has expired'),
    on_overlap: vscode.l10n.t('Where it overlaps'),
    reservations: vscode.l10n.t('Reservations'),
    all: vscode.l10n.t('All of this project'),
    reason: vscode.l10n.t('Reason'),
    to: vscode.l10n.t('To'),
    category: vscode.l10n.t('Category'),
    subject: vscode.l10n.t('Subject'),
    body: vscode.l10n.t('Message'),
    message: vscode.l10n.t('Message'),
    name: vscode.l10n.t('Id'),
    role: vscode.l10n.t('Role'),
    display: vscode.l10n.t('Name'),
    force_update: vscode.l10n.t('Change one that is registered'),
    thread: vscode.l10n.t('Thread'),
    folder: vscode.l10n.t('Folder'),
  };
  return labels[argument] ?? oneLine(argument);
}
