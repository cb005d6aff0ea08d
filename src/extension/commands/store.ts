/** Choose Agent…, Refresh, Show Status, and the ways to the store's files and the log. */

import * as vscode from 'vscode';
import type { StatusData } from '../../coordination/reservations';
import { aligned, inColumns } from '../../core/columns';
import { oneLine, withoutLinks } from '../../core/display';
import { chooseAgent } from '../identity';
import type { LiveStore } from '../liveStore';
import { tell } from '../notify';
import { categoryName, timeUntil } from '../wording';
import { type CommandContext, type Handler, text, told } from './context';

/** Answers the id of the agent that was chosen. */
export function choose(context: CommandContext): Handler {
  return () => chooseAgent(context.live);
}

export function refresh(context: CommandContext): Handler {
  return () => context.live.retry();
}

/** Runs `agent status`, which sweeps what has expired, and shows it as a document. `{ bead?, agent? }` filter it. */
export function showStatus(context: CommandContext): Handler {
  return async (argument) => {
    const bead = text(argument, 'bead');
    const agent = text(argument, 'agent');
    const status = told(context, await context.live.coordination.status({ bead, agent }));
    if (status.ok) {
      await context.documents.openStatus(statusText(status.data, context.live));
    }
    return status;
  };
}

export function openStoreFolder(context: CommandContext): Handler {
  return async () => {
    if (context.live.kind === 'postgres') {
      tell(vscode.l10n.t('The store is on a server: {0}. It has no folder.', withoutLinks(context.live.location)));
      return;
    }
    if (context.live.state.kind === 'noStore') {
      tell(
        vscode.l10n.t(
          'There is no store yet. The first reservation makes it at {0}.',
          withoutLinks(context.live.location),
        ),
      );
      return;
    }
    const folder = vscode.Uri.file(context.live.location);
    const isDesktop = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
    // Elsewhere there is no file manager beside VS Code: it opens the folder itself.
    await (isDesktop
      ? vscode.commands.executeCommand('revealFileInOS', folder)
      : vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true }));
  };
}

/** Where a file is what is wrong, shows it, so that it can be mended. */
export function openUnreadable(context: CommandContext): Handler {
  return async () => {
    const { state } = context.live;
    if (state.kind === 'unreadable' && context.live.kind === 'files') {
      await vscode.window.showTextDocument(vscode.Uri.file(state.problem.path));
    }
  };
}

export function showLog(context: CommandContext): Handler {
  return () => {
    context.log.show();
    return Promise.resolve();
  };
}

function statusText(status: StatusData, live: LiveStore): string {
  const { summary } = status;
  const now = live.now();
  const parts = [
    aligned([
      [vscode.l10n.t('Store'), live.location],
      [vscode.l10n.t('Active'), String(summary.active)],
      [vscode.l10n.t('Released in the last 24 hours'), String(summary.released)],
      [vscode.l10n.t('Expired and closed just now'), String(summary.expired)],
      [vscode.l10n.t('To acknowledge'), String(summary.unacked_required_messages)],
    ]),
  ];
  if (status.reservations.length > 0) {
    parts.push(
      section(
        vscode.l10n.t('Active'),
        status.reservations.map(({ scope, agent_id, bead_id, expires_at }) =>
          [scope, agent_id, bead_id, timeUntil(expires_at, now)].map((cell) => oneLine(cell)),
        ),
      ),
    );
  }
  if (status.unacked_required_messages.length > 0) {
    parts.push(
      section(
        vscode.l10n.t('To acknowledge'),
        status.unacked_required_messages.map((message) =>
          [
            message.subject,
            categoryName(message.category),
            `${message.from_agent} → ${message.to_agent}`,
            message.message_id,
          ].map((cell) => oneLine(cell)),
        ),
      ),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

/** A heading and rows of cells below each other. */
function section(title: string, rows: readonly (readonly string[])[]): string {
  return [title, ...inColumns(rows).map((row) => `  ${row}`)].join('\n');
}
