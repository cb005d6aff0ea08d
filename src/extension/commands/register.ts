/** Registers every command; what it does is loaded when the first of them is called. */

import * as vscode from 'vscode';
import { COMMANDS, type CommandKey } from '../contributions';
import type { CommandContext, Handler } from './context';

export function registerCommands(context: CommandContext): readonly vscode.Disposable[] {
  let handlers: Readonly<Record<CommandKey, Handler>> | undefined;
  return Object.entries(COMMANDS).map(([key, id]) =>
    vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
      try {
        handlers ??= (await import('./handlers')).handlersOf(context);
        return await handlers[key as CommandKey](...args);
      } catch (error) {
        context.log.error(error instanceof Error ? error : String(error));
        throw error;
      }
    }),
  );
}
