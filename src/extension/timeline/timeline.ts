/** The timeline, as a bundle of its own: one panel, opened by its command or where a person left it open. */

import type * as vscode from 'vscode';
import { newPanel, type TimelineContext, TimelinePanel } from './panel';

let shown: TimelinePanel | undefined;

/** Opens the panel, or brings it forward where it is open. */
export function showTimeline(context: TimelineContext): TimelinePanel {
  if (shown) {
    shown.reveal();
    return shown;
  }
  return fill(newPanel(context), context);
}

/** Fills a panel that VS Code has opened again with what it showed when the window was closed. */
export function restoreTimeline(panel: vscode.WebviewPanel, context: TimelineContext): void {
  // There is one at most; a second one may be left from another window's layout.
  shown?.dispose();
  fill(panel, context);
}

function fill(panel: vscode.WebviewPanel, context: TimelineContext): TimelinePanel {
  const made = new TimelinePanel(panel, context);
  shown = made;
  panel.onDidDispose(() => {
    if (shown === made) {
      shown = undefined;
    }
    made.dispose();
  });
  return made;
}
