/** Brings the timeline back after a reload, where the person had left it open. Nothing of it is loaded before that. */

import * as vscode from 'vscode';
import type { CommandContext } from '../commands/context';
import { TIMELINE_VIEW } from '../contributions';

export function restoredTimeline(context: CommandContext): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(TIMELINE_VIEW, {
    async deserializeWebviewPanel(panel) {
      const { restoreTimeline } = await import('./timeline');
      restoreTimeline(panel, context);
    },
  });
}
