/** How the views are used without seeing them: as text, since VS Code takes such help of a view from its own extensions only. */

import * as vscode from 'vscode';
import type { CommandContext, Handler } from './context';

export function showAccessibilityHelp({ documents }: CommandContext): Handler {
  return async () => {
    await documents.openAccessibilityHelp(helpText());
  };
}

function helpText(): string {
  const commands = [
    vscode.l10n.t('Reserve a scope.'),
    vscode.l10n.t('List what you hold, to release it.'),
    vscode.l10n.t('Release all that you hold, in whatever project.'),
    vscode.l10n.t('Show the status as a text, to be read line by line.'),
    vscode.l10n.t('Choose the agent that you act as.'),
    vscode.l10n.t('Write a message, or one to all.'),
    vscode.l10n.t('Hand over what you hold.'),
    vscode.l10n.t('Show all, only this project, or only your own: Show All, Show This Project Only, Show Mine Only.'),
  ];
  const paragraphs = [
    vscode.l10n.t('The Reservations view is a tree of what agents have reserved in this project and others.'),
    vscode.l10n.t(
      'Its sections are what is active (your own first), what has expired, and files that are changed but not yours. Arrow keys move in it; each item says who holds it, for what and until when.',
    ),
    vscode.l10n.t(
      'Enter opens what a reservation is about. The context menu of an item has what can be done with it: renew, release, take over, ask to release.',
    ),
    vscode.l10n.t('The Messages view is a tree of the messages between agents that concern you, by thread.'),
    vscode.l10n.t(
      'Its groups are what cannot be read, what waits for an acknowledgement (yours first), what you have not read, and what is recent. Arrow keys move in it; a thread with several messages opens to them, in order of time.',
    ),
    vscode.l10n.t(
      'Enter opens a message as a text, which marks it as read. A longer message is written in an editor: its headers, an empty line, and the text. Send it from there.',
    ),
    [
      vscode.l10n.t(
        'Keys can be given to each command, in the Keyboard Shortcuts editor; from the Command Palette they are found by “Reservations”:',
      ),
      ...commands.map((command) => `- ${command}`),
    ].join('\n'),
    vscode.l10n.t(
      'The status bar says how many scopes you hold. Files that another holds have it in their description in the Explorer, and among the Problems once you change them.',
    ),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}
