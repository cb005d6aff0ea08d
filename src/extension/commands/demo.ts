/** Try and Leave the Demo Store, and the walkthrough. */

import * as vscode from 'vscode';
import { WALKTHROUGH } from '../contributions';
import type { CommandContext, Handler } from './context';

/** Answers whether the window shows the demo now. */
export function tryDemo(context: CommandContext): Handler {
  return async () => (await import('../demo/demo')).tryDemo(context);
}

/** Answers whether there was one to leave. */
export function leaveDemo(context: CommandContext): Handler {
  return async () => (await import('../demo/demo')).leaveDemo(context);
}

export function openWalkthrough(): Handler {
  return async () => {
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
  };
}
